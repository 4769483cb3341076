"""The forms of SPIFs: a new one with a preview that follows every change, and the reason for a move."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Literal

from bot.errors import StaleButtonError
from bot.slack import spifs
from bot.slack.forms import Private, private
from engine.errors import SpifUnreadable
from engine.spifs import templates
from engine.spifs.definition import Spif
from messages import spif_modal
from messages.spif_modal import Entered, Outlook
from messages.spif_terms import OF_KIND
from operations import spif_amend, spif_answers, spif_drafts, spif_endings, spif_launch, spif_refusal, spif_results
from operations.spif_drafts import Wanted
from store.spif_prizes import Ruling

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bot.slack.inbound import Inbound
    from bot.slack.turn import Turn
    from bot.slack.voice import OpenModal

NEW, REASON = "spif_new", "spif_reason"
USUAL = "per_deal"
USUAL_DAYS = "14"
MOST_DAYS = 366
#: The blocks of further terms, which the engine knows by the same names.
TERMS = (
    "cap", "hold", "reversal", "takes", "reward", "gift", "gross_up", "point_value", "ties", "stacking", "divides",
    "team_by", "teams",
)  # fmt: skip
#: Who takes part in what is announced already.
KEPT = ((spif_drafts.MINE, "Those who take part now"),)


class NewSpif(Private):
    """What the form of rules carries: currency and zone, and which SPIF is edited or changed; 0 for a new one."""

    currency: str
    zone: str
    spif: int = 0
    what: Literal["new", "edit", "change"] = "new"


class Why(Private):
    """What the form of a reason carries."""

    spif: int
    what: str
    deal: int = 0
    seen: str = ""


def open_new(turn: Turn) -> None:
    """Open the form of a new SPIF: at once, and with its preview once that is worked out."""
    groups = spif_drafts.groups(turn.context)
    start = (turn.as_of + timedelta(days=1)).isoformat()
    ticked = (spif_modal.SHARES,) if spif_drafts.others_share(turn.context) else ()
    entered = Entered(USUAL, start, groups, turn.person.currency, name=_name(turn.as_of), ticked=ticked)
    carried = NewSpif(currency=turn.person.currency, zone=turn.person.timezone)
    opened = turn.open_modal(NEW, spif_modal.form(entered, None, turn.reader), carried)
    _show(turn, entered, carried, opened)


def open_again(turn: Turn, spif_id: int, what: str) -> None:
    """Open the form with the rules of a draft to edit, or with announced rules to change.

    Raises:
        StaleButtonError: nothing of that sort can be done, or no form made these rules.
    """
    with turn.services.db.read() as conn:
        kept, typed = spif_launch.known(conn, spif_id), spif_drafts.entered(conn, spif_id)
    if what not in ("edit", "change") or typed is None:
        raise StaleButtonError
    spif_answers.overview(turn.context, spif_id)  # whoever does not lead it is told that there is none
    carried = NewSpif(currency=kept.rules.currency, zone=kept.rules.window.zone, spif=spif_id, what=what)
    entered = _filled(typed, carried, _groups(turn, carried))
    opened = turn.open_modal(NEW, spif_modal.form(entered, None, turn.reader), carried)
    _show(turn, entered, carried, opened)


def _filled(typed: Wanted, carried: NewSpif, groups: tuple[tuple[str, str], ...]) -> Entered:
    """A form with what was typed into the one before."""
    ticks = {
        spif_modal.SHARES: typed.more.get("shares_deals"),
        spif_modal.HIDDEN: typed.more.get("visibility", {}).get("audience") == "hidden",
        spif_modal.MORE: typed.terms,
    }
    return Entered(
        template=typed.template,
        start=typed.start_on.isoformat(),
        groups=groups,
        currency=carried.currency,
        group=typed.group if carried.what == "edit" else "",
        name=typed.name,
        length=str(typed.days),
        budget=typed.budget,
        values=typed.values,
        ticked=tuple(name for name, is_on in ticks.items() if is_on),
        terms=typed.terms,
        what=carried.what,
    )


def _groups(turn: Turn, carried: NewSpif) -> tuple[tuple[str, str], ...]:
    """Who may be chosen to take part; nobody joins or leaves once rules are announced."""
    return KEPT if carried.what == "change" else spif_drafts.groups(turn.context)


def preview(turn: Turn) -> None:
    """Work out anew what would come of what stands in the form."""
    carried = private(NewSpif, turn.inbound)
    _show(turn, _entered(turn, carried), carried, None)


def _show(turn: Turn, entered: Entered, carried: NewSpif, opened: OpenModal | None) -> None:
    wanted = _wanted(turn, entered, carried)
    if carried.what == "change":
        seen = spif_amend.preview(turn.context, carried.spif, wanted)
    else:
        seen = spif_drafts.preview(turn.context, wanted, carried.spif)
    past = spif_drafts.replays(seen.dry) if seen.dry is not None else None
    outlook = Outlook(seen.rules, seen.eligible, seen.worst, seen.committed, past, seen.faults)
    turn.update_modal(NEW, spif_modal.form(entered, outlook, turn.reader), carried, opened)


def check_new(inbound: Inbound) -> dict[str, str]:
    """What cannot be read of a new SPIF, at the field where it stands; asks nobody."""
    try:
        carried = NewSpif.model_validate_json(inbound.private)
        entered = _read(inbound, carried, ())
        wanted = _asked(entered, carried, "")
    except (ValueError, SpifUnreadable):
        return {}  # an older form, which is said once it is taken
    wrong: dict[str, str] = {}
    if carried.what == "change" and not entered.reason.strip():
        wrong["reason"] = "Say why, in a few words."
    if not wanted.name.strip():
        wrong["name"] = "Give it a title."
    rules = spif_drafts.read(wanted)
    if isinstance(rules, Spif):
        if rules.budget <= 0:
            wrong["budget"] = "A budget is above zero."
        return wrong
    shown = {blank.name for blank in templates.template(wanted.template).blanks}
    for fault in rules:
        place = fault.field if fault.field in entered.terms else "budget"
        place = f"{wanted.template}.{fault.field}" if fault.field in shown else place
        wrong[place] = f"{fault.message} {fault.remedy}"[:150]
    return wrong


def take_new(turn: Turn) -> None:
    """Save the draft, the edit or the change with its check, ask for its approval, and say what it is."""
    carried = private(NewSpif, turn.inbound)
    entered = _entered(turn, carried)
    wanted = _wanted(turn, entered, carried)
    if carried.what == "change":
        kept, _ = spif_amend.propose(turn.context, carried.spif, wanted, entered.reason)
    elif carried.what == "edit":
        kept, _ = spif_drafts.edit(turn.context, carried.spif, wanted)
    else:
        kept, _ = spif_drafts.save(turn.context, wanted)
    spifs.say_lead(turn, kept.spif_id)


def open_reason(turn: Turn, why: Why) -> None:
    """Open the form that asks why, of what it carries.

    Raises:
        StaleButtonError: nothing asks for a reason of that sort.
    """
    if why.what not in _REASONS:
        raise StaleButtonError
    with turn.services.db.read() as conn:
        kept = spif_launch.known(conn, why.spif)
    turn.open_modal(REASON, spif_modal.reason(why.what, kept.rules.name), why)


def check_reason(inbound: Inbound) -> dict[str, str]:
    """What is wrong with a reason: that there is none."""
    said = inbound.entered.get("reason", "")
    return {} if isinstance(said, str) and said.strip() else {"reason": "Say why, in a few words."}


def take_reason(turn: Turn) -> None:
    """Make the move that a reason was given for."""
    about, said = private(Why, turn.inbound), str(turn.inbound.entered.get("reason", ""))
    act = _REASONS.get(about.what)
    if act is None:
        raise StaleButtonError
    act(turn, about, said)
    spifs.say_lead(turn, about.spif)


def _cancel(turn: Turn, about: Why, said: str) -> None:
    spif_endings.cancel(turn.context, about.spif, said)


def _decline(turn: Turn, about: Why, said: str) -> None:
    spif_refusal.refuse(turn.context, about.spif, said, about.seen)


def _send_back(turn: Turn, about: Why, said: str) -> None:
    spif_launch.send_back(turn.context, about.spif, said)


def _waive(turn: Turn, about: Why, said: str) -> None:
    spif_drafts.waive(turn.context, about.spif, said)


def _rule(turn: Turn, about: Why, said: str) -> None:
    now = turn.services.clock.now()
    spif_results.rule(turn.context, about.spif, Ruling(about.deal, 0, is_out=True, actor="", reason=said, at=now))


def _entered(turn: Turn, carried: NewSpif) -> Entered:
    return _read(turn.inbound, carried, _groups(turn, carried))


def _read(inbound: Inbound, carried: NewSpif, groups: tuple[tuple[str, str], ...]) -> Entered:
    """What stands in the form; blanks of a template that was just chosen have their defaults."""
    got = {name: value for name, value in inbound.entered.items() if isinstance(value, str)}
    kind = got.get("kind") or USUAL
    start, ticked = f"{kind}.", inbound.entered.get("sharing", ())
    typed = {name.removeprefix(start): value for name, value in got.items() if name.startswith(start)}
    terms = {name: typed.pop(name) for name in OF_KIND if name in typed}
    return Entered(
        template=kind,
        start=got.get("start", ""),
        groups=groups,
        currency=carried.currency,
        group=got.get("group", ""),
        name=got.get("name", ""),
        length=got.get("length") or USUAL_DAYS,
        budget=got.get("budget", ""),
        values=typed,
        ticked=ticked if isinstance(ticked, tuple) else (),
        terms=terms | {name: got[name] for name in TERMS if name in got},
        what=carried.what,
        reason=got.get("reason", ""),
    )


def _wanted(turn: Turn, entered: Entered, carried: NewSpif) -> Wanted:
    found = _asked(entered, carried, turn.services.settings.spif_channel)
    return found if found.name.strip() else replace(found, name="New SPIF")


def _asked(entered: Entered, carried: NewSpif, channel: str) -> Wanted:
    """What the form asks for.

    Raises:
        ValueError: its day or length is none.
    """
    days = int(entered.length)
    if not 0 < days <= MOST_DAYS:
        raise ValueError(entered.length)
    return Wanted(
        template=entered.template,
        name=entered.name,
        start_on=date.fromisoformat(entered.start),
        days=days,
        zone=carried.zone,
        currency=carried.currency,
        budget=entered.budget,
        values=entered.values,
        group=entered.group or (entered.groups[0][0] if entered.groups else spif_drafts.MINE),
        channel=channel,
        more=_more(entered.ticked),
        terms=entered.terms if spif_modal.MORE in entered.ticked else {},
    )


def _more(ticked: tuple[str, ...]) -> dict[str, Any]:
    """The further rules that were ticked."""
    found: dict[str, Any] = {"shares_deals": True} if spif_modal.SHARES in ticked else {}
    return found | ({"visibility": {"audience": "hidden"}} if spif_modal.HIDDEN in ticked else {})


def _name(on: date) -> str:
    return f"{on:%B} blitz"


_REASONS: Mapping[str, Callable[[Turn, Why, str], None]] = {
    "cancel": _cancel,
    "decline": _decline,
    "send_back": _send_back,
    "rule": _rule,
    "waive": _waive,
}
SUBMISSIONS: Mapping[str, Callable[[Turn], None]] = {NEW: take_new, REASON: take_reason}
CHECKS: Mapping[str, Callable[[Inbound], Mapping[str, str]]] = {NEW: check_new, REASON: check_reason}
