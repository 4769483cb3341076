"""The rules of a SPIF in words: what counts, what it pays, when, for whom; the same in every message."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from engine import plan_words
from engine.dates import Period
from engine.money import Money, Quantity
from engine.spifs.definition import BOOKED
from messages import format as written
from messages.escape import clip

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from engine.spifs.definition import AwardRule, Scoring, Spif
    from engine.spifs.prize_rules import FirstTo, PerUnit, Pot, Raffle, Ranking, Reward, Steps
    from engine.spifs.windows import Window
    from messages.reader import Reader

#: A title or a line of somebody's text is cut here; the whole is in the record.
TITLE, SENTENCE = 80, 300
PLACES_SHOWN = 5
_MILLION = 1_000_000
_NOUNS = {"count": "deal", "amount": "amount"}


def title(spif: Spif) -> str:
    """Return its title as a message shows it."""
    return clip(spif.name, TITLE)


def window(found: Window, reader: Reader) -> str:
    """Return its days: "1 – 14 July 2026 (Europe/Berlin)"."""
    period = Period(f"{found.start_on} ", found.start_on, found.end_on)
    return f"{written.period(period, reader)} ({found.zone})" if found.days > 1 else _one_day(found, reader)


def score(value: int, unit: str, currency: str, reader: Reader) -> str:
    """Return a score in its unit: "$12,000.00", "3.5", "104%"."""
    if unit == "money":
        return written.money(Money(value, currency), reader)
    return written.percent(value, reader) if unit == "ppm" else written.money(Quantity(value), reader)


def counted(spif: Spif, award: AwardRule) -> str:
    """Return what counts: "won deals of type new, by the day of booking"."""
    metric = award.scoring.metric
    if metric.source == "achievements":
        return metric.of.replace("_", " ")
    said = plan_words.deals(metric.where)
    out = plan_words.conditions(metric.excluding)
    said += f", except those {plan_words.every(out)}" if out else ""
    return said if spif.anchor == BOOKED else f"{said}, by the day of {spif.anchor.replace('_', ' ')}"


def scored(scoring: Scoring) -> str:
    """Return what a score is: "the number of deals", "the largest amount", "attainment of the quota bookings"."""
    of = scoring.metric.of.replace("_", " ")
    plain = "number of deals" if scoring.metric.of == "count" else f"sum of {of}"
    return {
        "sum": f"the {plain}",
        "largest": f"the largest {of}",
        "attainment": f"attainment of {scoring.quota or 'everybody’s own number'}",
        "improvement": f"the {plain} beyond one’s own average",
        "points": "points",
    }[scoring.by]


def prizes(spif: Spif, reader: Reader) -> tuple[str, ...]:
    """Return what each award pays, a line each."""
    many = len(spif.awards) > 1
    return tuple(
        (f"{clip(award.name, 40)}: " if many else "") + award_line(spif, award, reader) for award in spif.awards
    )


def award_line(spif: Spif, award: AwardRule, reader: Reader) -> str:
    """Return what one award pays, in a line."""
    said = _FORMS[award.pays.form](spif, award, reader)
    if award.window is not None:
        said += f", {window(award.window, reader)} only"
    if award.competes == "team":
        said += {
            "equally": "; a team’s prize is divided equally",
            "by_score": "; a team’s prize is divided by score",
            "each": "; everybody in the team gets it",
        }[award.divides]
    return said


def terms(spif: Spif, reader: Reader) -> tuple[str, ...]:
    """Return the small print: caps, ties with pay plans, the hold, and what is taken back."""
    found = []
    if spif.cap_per_rep is not None:
        found.append(f"Nobody wins more than {_cash(spif, spif.cap_per_rep, reader)}.")
    if spif.stacking == "greater_of":
        found.append("It pays what exceeds the commission on the same deals.")
    tax = next((award.reward.gross_up for award in spif.awards if award.reward.gross_up is not None), None)
    if tax is not None and tax.num:
        found.append(f"The company bears the tax on prizes, at {written.rate(tax, reader)}.")
    found.append(
        f"Results are checked for {written.count(spif.hold_days, 'day', reader)} after the end; "
        "what is refunded until then does not count."
    )
    back = spif.reversal
    if back.takes != "nothing" and back.days:
        part = "in proportion" if back.takes == "proportion" else "as a whole"
        found.append(f"For {written.count(back.days, 'day', reader)} after the payout a prize is taken back {part}.")
    return tuple(found)


def replays(said: Mapping[str, Any], currency: str, reader: Reader) -> tuple[str, ...]:
    """Return what the rules would have come to in past windows; that history covers none."""
    if not said:
        return ("Dry run: history covers no such window.",)
    windows = said["windows"]
    highest, mean = (written.money(Money(said[name], currency), reader) for name in ("highest", "mean"))
    times = "the last such window" if len(windows) == 1 else f"the last {len(windows)} such windows"
    winners = [one["winners"] for one in windows]
    few, many = min(winners), max(winners)
    won = f"{few} to {many} people" if few != many else people(few, reader)
    found = [f"Dry run over {times}: {mean} on average, {highest} at most, {won} would have won."]
    share = written.rounded(said["anyway_ppm"], reader)
    odds = f" It exceeds the budget in {written.rounded(said['breach_ppm'], reader)} of mixtures of these." * (
        said["breach_ppm"] is not None
    )
    return (*found, f"Paid for what happens anyway: {share}.{odds}")


def review(said: Mapping[str, Any], reader: Reader) -> tuple[str, ...]:
    """Return whether a SPIF worked, against what is usual anyway; that nobody can tell, where that is so."""
    unit, currency = said["unit"], said["currency"]

    def figure(value: int) -> str:
        return score(value, unit, currency, reader)

    cost = written.money(Money(said["cost"], currency), reader)
    verdict = {
        "lift": "Did it work? There was a lift.",
        "drop": "Did it work? It came to less than usual.",
        "within": "Did it work? Not that one could tell it from chance.",
        "cannot_tell": "Did it work? Nobody can tell.",
    }[said["verdict"]]
    found = [f"{verdict} {said['why']}", f"It came to {figure(said['actual']['value'])} and cost {cost}."]
    if said["lift"] is not None:
        share = f" ({written.rounded(said['lift_ppm'], reader)})" if said["lift_ppm"] is not None else ""
        found.append(f"Usual: {figure(said['usual'])}; beyond it {figure(said['lift'])}{share}.")
    if said["pulled_forward"]:
        found.append(f"Of that {figure(said['pulled_forward'])} was missing afterwards: pulled forward.")
    if said["cost_per_deal"] is not None:
        each = written.money(Money(said["cost_per_deal"], currency), reader)
        found.append(f"Each deal beyond the usual cost {each}.")
    if said["actual"]["undone"]:
        found.append(f"Refunds took back {figure(said['actual']['undone'])}.")
    return tuple(found)


def reward(kind: Reward, amount: int, place: int, currency: str, reader: Reader) -> str:
    """Return a prize: "$500.00", "300 points", the gift by its name."""
    if kind.kind == "points":
        return f"{written.number(amount, reader)} points"
    if kind.kind == "gift":
        return clip(kind.text(place), 60) or f"a gift worth {written.money(Money(amount, currency), reader)}"
    return written.money(Money(amount, currency), reader)


def people(count: int, reader: Reader) -> str:
    """Return "1 person", "23 people"."""
    return "1 person" if count == 1 else f"{written.number(count, reader)} people"


def ordinal(place: int) -> str:
    """Return "1st", "2nd", "11th"."""
    ending = "th" if 10 <= place % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(place % 10, "th")
    return f"{place}{ending}"


def _one_day(found: Window, reader: Reader) -> str:
    return f"{written.day(found.end_on - timedelta(days=1), reader)} ({found.zone})"


def _cash(spif: Spif, amount: int, reader: Reader) -> str:
    return written.money(Money(amount, spif.currency), reader)


def _of_score(spif: Spif, award: AwardRule, value: int, reader: Reader) -> str:
    """Return an amount of score with its noun: "1 deal", "$1,000.00", "80%"."""
    scoring = award.scoring
    if scoring.unit != "number":
        return score(value, scoring.unit, spif.currency, reader)
    noun = "point" if scoring.by == "points" else _NOUNS.get(scoring.metric.of, scoring.metric.of.replace("_", " "))
    if value == _MILLION:
        return f"1 {noun}"
    return f"{score(value, 'number', spif.currency, reader)} {noun if noun.endswith('s') else f'{noun}s'}"


def _per_unit(spif: Spif, award: AwardRule, reader: Reader) -> str:
    pays: PerUnit = award.pays  # type: ignore[assignment]
    per = _of_score(spif, award, pays.per, reader)
    said = f"{reward(award.reward, pays.amount, 1, spif.currency, reader)} for each {per.removeprefix('1 ')}"
    if pays.at_least > 1:
        said += f", from {_of_score(spif, award, pays.at_least, reader)} on"
    return said + (f", at most {_cash(spif, pays.most, reader)}" if pays.most is not None else "")


def _ranking(spif: Spif, award: AwardRule, reader: Reader) -> str:
    pays: Ranking = award.pays  # type: ignore[assignment]
    least = f" with at least {_of_score(spif, award, pays.at_least, reader)}" if pays.at_least > 1 else ""
    ties = {
        "share": "those who tie share",
        "earliest": "of those who tie the earliest wins",
        "all_win": "those who tie all win",
    }[pays.ties]
    return f"by {scored(award.scoring)}{least}: {_listed(spif, award, pays.prizes, reader)}; {ties}"


def _first_to(spif: Spif, award: AwardRule, reader: Reader) -> str:
    pays: FirstTo = award.pays  # type: ignore[assignment]
    target = _of_score(spif, award, pays.target, reader)
    if len(pays.prizes) == 1:
        return f"{reward(award.reward, pays.prizes[0], 1, spif.currency, reader)} for the first to reach {target}"
    return f"for the first {len(pays.prizes)} to reach {target}: {_listed(spif, award, pays.prizes, reader)}"


def _steps(spif: Spif, award: AwardRule, reader: Reader) -> str:
    pays: Steps = award.pays  # type: ignore[assignment]
    said = [
        f"{reward(award.reward, step.amount, place, spif.currency, reader)} "
        f"from {_of_score(spif, award, step.least, reader)}"
        for place, step in enumerate(pays.steps, start=1)
    ]
    return f"the highest step reached pays: {', '.join(said)}"


def _pot(spif: Spif, award: AwardRule, reader: Reader) -> str:
    pays: Pot = award.pays  # type: ignore[assignment]
    if pays.total is not None:
        held = f"a pot of {_cash(spif, pays.total, reader)}"
    else:
        most = f", at most {_cash(spif, pays.most, reader)}" if pays.most is not None else ""
        held = f"a pot of {written.rate(pays.rate, reader) if pays.rate else ''} of what counts{most}"
    least = f" between all with {_of_score(spif, award, pays.at_least, reader)}" if pays.at_least > 1 else ""
    how = {
        "ranks": f"split {'/'.join(map(str, pays.shares))} by rank",
        "equally": "split equally",
        "by_score": "split by score",
    }[pays.divides]
    return f"{held}, {how}{least}"


def _raffle(spif: Spif, award: AwardRule, reader: Reader) -> str:
    pays: Raffle = award.pays  # type: ignore[assignment]
    per = _of_score(spif, award, pays.per, reader).removeprefix("1 ")
    return f"a ticket for each {per}; drawn: {_listed(spif, award, pays.prizes, reader)}"


def _listed(spif: Spif, award: AwardRule, amounts: tuple[int, ...], reader: Reader) -> str:
    said = [
        f"{ordinal(place)} {reward(award.reward, amount, place, spif.currency, reader)}"
        for place, amount in enumerate(amounts[:PLACES_SHOWN], start=1)
    ]
    more = len(amounts) - PLACES_SHOWN
    return ", ".join(said) + (f" and {more} more" if more > 0 else "")


_FORMS: Mapping[str, Callable[[Spif, AwardRule, Reader], str]] = {
    "per_unit": _per_unit,
    "ranking": _ranking,
    "first_to": _first_to,
    "steps": _steps,
    "pot": _pot,
    "raffle": _raffle,
}
