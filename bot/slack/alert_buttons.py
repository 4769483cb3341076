"""Buttons of ops alerts. Anyone in the channel can press one: each press is judged anew, and answered in private."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.alerts import telling
from bot.errors import StaleButtonError
from bot.slack.forms import Private
from engine.access import can
from engine.alert_kinds import FIXES, KINDS
from messages import actions, alert_forms, views
from messages.fields import Option
from messages.ops_alerts import Listed
from operations.errors import AlertUnknown
from operations.fixes import presses
from operations.ops_alerts import checks
from store import ops_alerts, people, plans

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from bot.slack.turn import Turn
    from engine.alert_kinds import Fix
    from operations.fixes.presses import Pressed
    from store.ops_alerts import Alert, Item, Move


#: So many people are offered for what was typed.
MOST_REPS = 20


class AlertValue(BaseModel):
    """What a button about an alert carries."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    v: Literal[1]
    alert: int = Field(ge=1, lt=2**63)
    fix: str = Field("", max_length=40)


class AlertForm(Private):
    """What a form about an alert carries."""

    alert: int = Field(ge=1, lt=2**63)
    fix: str = Field("", max_length=40)


def alert_open(turn: Turn) -> None:
    """Show the alert with all that is known of it, in a form that nobody else sees."""
    value = _value(turn)
    turn.permitted("see_alerts", turn.person)
    alert, items = _read(turn, value.alert)
    with turn.services.db.read() as conn:
        history = ops_alerts.moves(conn, value.alert)
    shown = [alert_forms.Shown(one.item, one.message, one.risk) for one in items]
    view = alert_forms.alert(listed(alert), shown, [_told(move) for move in history], turn.reader)
    turn.open_modal("alert", view, AlertForm(alert=value.alert), paid_in(alert, items[: alert_forms.SHOWN]))


def alert_fix(turn: Turn) -> None:
    """Do what the fix does at once, or ask for what it needs.

    Raises:
        StaleButtonError: there is no such fix any more.
    """
    value = _value(turn)
    turn.permitted("fix_alert", turn.person)
    chosen = FIXES.get(value.fix)
    if chosen is None:
        raise StaleButtonError
    alert, items = _read(turn, value.alert)
    if not chosen.needs_reason and (not chosen.fields or (chosen.fields == ("item",) and len(items) == 1)):
        after(turn, presses.fix(turn.context, value.alert, value.fix, None, telling(turn.services.settings)))
        return
    shown = [alert_forms.Shown(one.item, one.message, None) for one in items]
    with turn.services.db.read() as conn:
        names = sorted({version.name for version in plans.all(conn)}) if "plan" in chosen.fields else []
    view = alert_forms.fix(listed(alert), chosen, shown, _known(chosen, items), names)
    turn.open_modal("alert_fix", view, AlertForm(alert=value.alert, fix=value.fix))


def alert_take(turn: Turn) -> None:
    """Make the alert the presser's."""
    value = _value(turn)
    turn.permitted("take_alert", turn.person)
    after(turn, presses.take(turn.context, value.alert, telling(turn.services.settings)))


def alert_snooze(turn: Turn) -> None:
    """Ask until when to put the alert off, and why."""
    value = _value(turn)
    turn.permitted("snooze_alert", turn.person)
    alert, _ = _read(turn, value.alert)
    lifts = can(turn.person, "lift_lock", turn.person, ())
    view = alert_forms.snooze(listed(alert), turn.as_of, lifts=lifts)
    turn.open_modal("alert_snooze", view, AlertForm(alert=value.alert))


def after(turn: Turn, done: Pressed) -> None:
    """Look whether the alert is gone where that takes no calculation, and say what the press did."""
    said = done.detail
    if done.alert.code in checks.CHEAP and done.alert.standing.state == "resolved":
        checks.check(turn.context, telling(turn.services.settings), codes=(done.alert.code,))
        with turn.services.db.read() as conn:
            now = ops_alerts.by_id(conn, done.alert.alert_id)
        if now is not None and now.standing.state == "closed":
            said = f"{said} The alert is closed."
    turn.say("alert_said", views.alert_said(f"{done.alert.code} {KINDS[done.alert.code].name}: {said}"))


def listed(alert: Alert) -> Listed:
    """The alert as messages take it."""
    named = (alert.alert_id, alert.code, alert.severity, alert.standing.state, alert.subject)
    return Listed(*named, alert.count, alert.risk, alert.owner, alert.opened_at)


def paid_in(alert: Alert, items: Sequence[Item]) -> frozenset[int]:
    """Whose pay the findings say, where it is pay that they put at risk."""
    if KINDS[alert.code].risk_of != "pay":
        return frozenset()
    return frozenset(int(one.found["rep"]) for one in items if one.risk is not None and one.found.get("rep"))


def _value(turn: Turn) -> AlertValue:
    try:
        return AlertValue.model_validate_json(turn.inbound.value)
    except ValidationError:
        raise StaleButtonError from None


def _read(turn: Turn, alert_id: int) -> tuple[Alert, tuple[Item, ...]]:
    with turn.services.db.read() as conn:
        alert = ops_alerts.by_id(conn, alert_id)
        items = ops_alerts.items(conn, alert_id)
    if alert is None:
        raise AlertUnknown
    return alert, items


def _known(chosen: Fix, items: tuple[Item, ...]) -> Mapping[str, str]:
    """What is filled in already: what the only finding knows; of several only what they share."""
    if not items:
        return {}
    shared = {
        name: text for name, text in items[0].found.items() if all(one.found.get(name) == text for one in items)
    }
    if "on" in shared:
        shared.setdefault("start_on", shared["on"])
    # Whose an unknown owner's deals are is what the fix asks; whom a correction is for is known.
    return {name: text for name, text in shared.items() if name in chosen.fields}


def _told(move: Move) -> str:
    """A move as a line of what happened. What a draft says is for its approval, and stands in its own words."""
    what = "drafted a correction" if move.fix == "draft_correction" else move.detail or move.move
    why = f" ({move.reason})" if move.reason and move.reason not in what else ""
    return f"{move.at:%Y-%m-%d %H:%M} UTC, {move.actor}: {what}{why}"


def pick_rep(_turn: Turn) -> None:
    """A rep was picked in a form: nothing happens before it is sent."""


def reps_like(turn: Turn, typed: str) -> Sequence[Option]:
    """The people whose name or address holds what was typed, for those who may fix."""
    turn.permitted("fix_alert", turn.person)
    with turn.services.db.read() as conn:
        found = people.like(conn, typed, MOST_REPS)
    return [Option(one.name[:75], one.email, one.email[:75]) for one in found if one.is_employed(turn.as_of)]


OPTIONS: Mapping[str, Callable[[Turn, str], Sequence[Option]]] = {actions.ALERT_REP: reps_like}
ACTIONS: Mapping[str, Callable[[Turn], None]] = {
    actions.ALERT_OPEN: alert_open,
    actions.ALERT_FIX: alert_fix,
    actions.ALERT_TAKE: alert_take,
    actions.ALERT_SNOOZE: alert_snooze,
    actions.ALERT_REP: pick_rep,
}
