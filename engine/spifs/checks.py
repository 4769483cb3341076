"""What is wrong with the rules of a SPIF: errors, which stop it, and warnings, which somebody should read.

Every fault names the field, what was found, what is allowed, and a remedy. Titles and sentences are plain data: they
are only measured, never read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.errors import CurrencyUnknown
from engine.money import exponent
from engine.spifs.award_checks import LARGEST, award_faults, may_share_deals
from engine.spifs.costs import one_prize, worst_case
from engine.spifs.definition import BOOKED
from engine.spifs.faults import Around, Fault, error, warning
from engine.spifs.windows import is_zone

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from engine.spifs.definition import Spif

__all__ = ["Around", "Fault", "faults", "has_errors"]

LONGEST_NAME, LONGEST_SENTENCE = 80, 240
LONGEST_DAYS, MOST_DAYS = 30, 366


def faults(spif: Spif, around: Around) -> tuple[Fault, ...]:
    """All faults, errors first, then in the order of the fields."""
    found = [fault for check in _CHECKS for fault in check(spif, around)]
    return tuple(sorted(found, key=lambda fault: fault.level != "error"))


def has_errors(found: Sequence[Fault]) -> bool:
    """Whether anything among them stops the SPIF."""
    return any(fault.level == "error" for fault in found)


def _texts(spif: Spif, _: Around) -> Iterator[Fault]:
    for field, text, longest in (("name", spif.name, LONGEST_NAME), ("sentence", spif.sentence, LONGEST_SENTENCE)):
        if not text.strip():
            yield error("text_missing", field, (f"The SPIF has no {field}.", "Write one."))
        if len(text) > longest:
            yield error(
                "text_long", field, (f"The {field} is too long.", "Shorten it."), len(text), f"up to {longest}"
            )
        if any(not sign.isprintable() for sign in text):
            yield error(
                "text_sign", field, (f"The {field} has signs that cannot be shown.", "Leave them out."), ascii(text)
            )
    if sum(spif.sentence.strip().rstrip(".!?").count(end) for end in (". ", "! ", "? ")):
        remedy = "Say in one sentence what to do and what it wins; rules belong into the fields."
        yield warning("one_sentence", "sentence", ("It takes more than one sentence.", remedy), spif.sentence)
    if not spif.fair_play.strip():
        remedy = "Say that deals are neither held back nor moved to fit the window."
        yield warning("fair_play_missing", "fair_play", ("No line forbids sandbagging.", remedy))


def _window(spif: Spif, around: Around) -> Iterator[Fault]:
    window = spif.window
    if window.end_on <= window.start_on:
        said = ("The window ends before it begins.", "Let it end after its first day.")
        yield error("window_empty", "window.end_on", said, window.end_on, f"after {window.start_on}")
        return
    if not is_zone(window.zone):
        said = ("The zone is not known.", "Name an IANA zone, such as Europe/Paris.")
        yield error("zone_unknown", "window.zone", said, window.zone)
    if not spif.is_hidden:
        yield from _past(spif, around)
    if window.days > MOST_DAYS:
        said = ("The window is far too long.", "Choose a shorter one.")
        yield error("window_endless", "window", said, f"{window.days} days", f"up to {MOST_DAYS}")
    elif window.days > LONGEST_DAYS and window.months != 1:
        said = (
            "A SPIF that runs for long loses its pull, and pays for what happens anyway.",
            "Make it a month at most.",
        )
        yield warning("window_long", "window", said, f"{window.days} days", f"up to {LONGEST_DAYS}, or one month")
    for at, award in enumerate(spif.awards):
        own = award.window
        if own is not None and not (window.start_on <= own.start_on < own.end_on <= window.end_on):
            said = ("The award's own days lie outside the SPIF's window.", "Choose some of the SPIF's days.")
            yield error("award_window", f"awards[{at}].window", said, f"{own.start_on} to {own.last_on}")


def _past(spif: Spif, around: Around) -> Iterator[Fault]:
    window = spif.window
    if window.end_on <= around.today:
        said = ("The window is over already.", "Choose days that lie ahead.")
        yield error("window_past", "window.end_on", said, window.end_on, f"after {around.today}")
    elif window.start_on <= around.today and not around.is_running:
        said = ("The window has begun: nobody could be told before it opened.", "Let it begin tomorrow or later.")
        yield error("window_begun", "window.start_on", said, window.start_on, f"after {around.today}")


def _money(spif: Spif, around: Around) -> Iterator[Fault]:
    try:
        exponent(spif.currency)
    except CurrencyUnknown:
        said = ("The currency is not known.", "Use an ISO 4217 code, such as USD.")
        yield error("currency_unknown", "currency", said, spif.currency)
    if spif.is_hidden:
        return
    if not 0 < spif.budget <= LARGEST:
        said = ("There is no sensible budget.", "Set what the SPIF may cost at most.")
        yield error("budget_missing", "budget", said, spif.budget, f"1 to {LARGEST}")
    elif spif.budget < (dearest := max((one_prize(award) for award in spif.awards), default=0)):
        said = ("The budget does not reach for a single prize.", "Raise the budget, or lower the prizes.")
        yield error("budget_below_prize", "budget", said, spif.budget, f"from {dearest}")
    if spif.cap_per_rep is not None and spif.cap_per_rep <= 0:
        said = ("The cap per rep lets nobody win.", "Raise it, or leave it out.")
        yield error("cap_per_rep", "cap_per_rep", said, spif.cap_per_rep, "above 0")
    if (worst := worst_case(spif, around.eligible)) is None:
        said = (
            "Nothing limits what the prizes may come to, so the budget may have to cut them.",
            "Limit what one rep may win, or be sure that the budget suffices.",
        )
        yield warning("open_ended", "cap_per_rep", said)
    elif worst > spif.budget > 0:
        said = ("The prizes may come to more than the budget: then all are cut.", "Raise the budget, or lower them.")
        yield warning("budget_short", "budget", said, spif.budget, f"{worst} for the worst case")


def _people(spif: Spif, around: Around) -> Iterator[Fault]:
    asked = spif.eligibility
    if around.eligible == 0:
        said = ("Nobody may take part.", "Ask for less: fewer teams, titles, days of tenure or quota.")
        yield error("nobody_eligible", "eligibility", said)
    elif around.eligible == 1:
        said = ("Only one person may take part.", "Invite more, or agree it as a bonus with this person.")
        yield warning("one_eligible", "eligibility", said)
    if asked.tenure_days < 0:
        said = ("Days of tenure are below zero.", "Give 0 or more.")
        yield error("tenure_negative", "eligibility.tenure_days", said, asked.tenure_days)
    if (asked.least_quota or asked.least_attainment) and not asked.quota:
        said = ("A least quota or attainment is asked for, but of no quota.", "Name the quota.")
        yield error("quota_unnamed", "eligibility.quota", said)
    if asked.least_quota is not None and asked.least_quota.currency != spif.currency:
        said = ("The least quota is in another currency.", "Give it in the SPIF's currency.")
        yield error("quota_currency", "eligibility.least_quota", said, asked.least_quota, spif.currency)
    of_teams = any(award.competes == "team" for award in spif.awards)
    if of_teams and spif.team_by == "listed":
        yield from _listed_teams(spif)


def _listed_teams(spif: Spif) -> Iterator[Fault]:
    people = [rep_id for team in spif.teams for rep_id in team.rep_ids]
    if len(spif.teams) < 2:
        said = ("There are no two teams to compete.", "List at least two teams.")
        yield error("teams_missing", "teams", said, len(spif.teams), "2 or more")
    if len({team.name for team in spif.teams}) < len(spif.teams):
        yield error("team_repeated", "teams", ("Two teams have one name.", "Rename one of them."))
    if len(set(people)) < len(people):
        yield error("member_repeated", "teams", ("Somebody is in two teams.", "Keep everybody in one."))
    if any(not team.rep_ids for team in spif.teams):
        yield error("team_empty", "teams", ("A team has no members.", "Name some, or remove the team."))
    sizes = [len(team.rep_ids) for team in spif.teams if team.rep_ids]
    sums = any(award.competes == "team" and award.team_score == "sum" for award in spif.awards)
    if sizes and sums and 2 * max(sizes) > 3 * min(sizes):
        said = ("Teams of unlike size compete by their sums.", "Let their average count, or even them out.")
        yield warning("team_sizes", "teams", said, f"{min(sizes)} to {max(sizes)} members")


def _terms(spif: Spif, _: Around) -> Iterator[Fault]:
    lots = (("hold_days", spif.hold_days, 60), ("reversal.days", spif.reversal.days, 730))
    for field, value, most in lots:
        if not 0 <= value <= most:
            yield error("days_range", field, ("These days make no sense.", "Correct them."), value, f"0 to {most}")
    if spif.hold_days == 0:
        said = ("No hold lets refunds and duplicates come to light.", "Hold the results for some days.")
        yield warning("hold_missing", "hold_days", said)
    if spif.anchor in spif.reversal.events:
        said = ("One event both enters a deal and undoes it.", "Choose another day, or another event.")
        yield error("anchor_undoes", "anchor", said, spif.anchor, BOOKED)
    if spif.visibility.top < 1 or spif.visibility.neighbours < 0:
        said = ("The board shows nobody.", "Show at least one rank.")
        yield error("board_empty", "visibility", said, spif.visibility.top, "1 or more")


def _overlaps(spif: Spif, around: Around) -> Iterator[Fault]:
    for other in around.others:
        if spif.is_hidden or other.is_hidden or (spif.shares_deals and other.shares_deals):
            continue
        if may_share_deals(spif, other):
            said = (
                "Another SPIF may pay for the same deals.",
                "Let the windows or the conditions differ, or allow it in both: `shares_deals`.",
            )
            yield error("deals_shared", "awards", said, other.name)


_CHECKS: tuple[Callable[[Spif, Around], Iterator[Fault]], ...] = (
    _texts,
    _window,
    _people,
    award_faults,
    _money,
    _terms,
    _overlaps,
)
