"""What people do to an alert: fix it, take it, put it off. Each press is judged anew and has one effect."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from engine import alert_states
from engine.access import can
from engine.alert_kinds import FIXES, KINDS
from engine.alert_states import Standing
from operations.errors import AlertUnknown, FixDone, FixRefused, NotForYou, ReasonMissing
from operations.fixes import deals, machine, people
from operations.fixes.work import Told, Work
from operations.ops_alerts import notices
from store import ops_alerts, outbox
from store.ops_alerts import Move

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from engine.alert_kinds import Fix
    from operations.context import Context
    from operations.fixes.work import Done, Effect
    from operations.ops_alerts.notices import Telling
    from store.database import Connection
    from store.ops_alerts import Alert

EFFECTS: Mapping[str, Effect] = {**people.EFFECTS, **deals.EFFECTS, **machine.EFFECTS}
#: Nobody puts an alert off for longer.
LONGEST_SNOOZE = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class Pressed:
    """The alert after a press, and what that did, in a sentence."""

    alert: Alert
    detail: str


def fix(ctx: Context, alert_id: int, name: str, told: Told | None = None, telling: Telling | None = None) -> Pressed:
    """A fix carried out, in one transaction with its record.

    Raises:
        AlertUnknown: There is no such alert.
        NotForYou: The actor's role does not allow it.
        FixDone: Somebody did it before, or the alert is closed; the message says who and when.
        ReasonMissing: It changes money or leaves things as they are, and no reason was given.
        FixRefused: The alert has no such fix, or what was filled in does not fit.
    """
    said = told or Told()
    with ctx.db.write() as conn:
        alert = _allowed(conn, ctx, alert_id, "fix_alert")
        chosen = _offered(alert, name)
        _check_first(conn, alert, chosen, said)
        if chosen.needs_reason and not said.reason.strip():
            raise ReasonMissing
        work = Work(conn, ctx, alert, ops_alerts.items(conn, alert_id), said)
        item = "" if chosen.once or "item" not in chosen.fields else work.item().item
        _check_first(conn, alert, chosen, replace(said, item=item))
        done = EFFECTS[name](work)
        after = _after(conn, ctx, alert, (chosen, item))
        made = Move(
            chosen.outcome,
            after.standing.state,
            ctx.actor_name,
            ctx.now,
            alert.round,
            said.reason.strip(),
            name,
            item,
        )
        ops_alerts.record(conn, alert_id, replace(made, detail=done.detail, change_id=done.change_id))
        _changed(conn, ctx, alert, after, telling)
    return Pressed(after, _public(chosen, done))


def take(ctx: Context, alert_id: int, telling: Telling | None = None) -> Pressed:
    """The alert is the actor's from now on.

    Raises:
        AlertUnknown: There is no such alert.
        NotForYou: The actor's role does not allow it.
        FixDone: It is closed, or somebody else has just taken it.
    """
    with ctx.db.write() as conn:
        alert = _allowed(conn, ctx, alert_id, "take_alert")
        _check_standing(conn, alert)
        if alert.owner == ctx.actor_name:
            raise FixDone("It is yours already.")
        after = replace(alert, owner=ctx.actor_name, owner_id=ctx.actor.rep_id if ctx.actor else 0)
        _record(conn, ctx, after, "taken", "")
        after = _changed(conn, ctx, alert, after, telling)
    instead = f" {alert.owner} had it." if alert.owner else ""
    return Pressed(after, f"It is yours now.{instead}")


def snooze(ctx: Context, alert_id: int, until: datetime, reason: str, telling: Telling | None = None) -> Pressed:
    """The alert put off until then. One of severity 1 goes on holding up the lock unless an admin puts it off.

    Raises:
        AlertUnknown: There is no such alert.
        NotForYou: The actor's role does not allow it.
        FixDone: It is closed, or put off already.
        ReasonMissing: No reason was given.
        FixRefused: The instant is past, or too far away.
    """
    if not reason.strip():
        raise ReasonMissing
    if not ctx.now < until <= ctx.now + LONGEST_SNOOZE:
        raise FixRefused(f"Put it off until a later day, by {LONGEST_SNOOZE.days} days at most.")
    with ctx.db.write() as conn:
        alert = _allowed(conn, ctx, alert_id, "snooze_alert")
        _check_standing(conn, alert)
        if alert.standing.state == "snoozed":
            last = ops_alerts.moves(conn, alert_id)[-1]
            raise FixDone(f"{last.actor} has put it off already: {alert.reason}")
        lifts = ctx.actor is not None and can(ctx.actor, "lift_lock", ctx.actor, ())
        standing = alert_states.pressed(alert.standing, "snooze", Standing(until=until, lifts_lock=lifts))
        after = replace(alert, standing=standing, reason=reason.strip())
        _record(conn, ctx, after, "snoozed", reason.strip())
        after = _changed(conn, ctx, alert, after, telling)
    holds = alert.severity == 1 and not lifts
    return Pressed(after, f"Put off until {until:%Y-%m-%d}." + (" It still holds up the lock." if holds else ""))


def wake(ctx: Context, alert_id: int, telling: Telling | None = None) -> Pressed:
    """An alert that was put off, or accepted, is open again.

    Raises:
        AlertUnknown: There is no such alert.
        NotForYou: The actor's role does not allow it.
        MoveRefused: It is neither.
    """
    with ctx.db.write() as conn:
        alert = _allowed(conn, ctx, alert_id, "snooze_alert")
        after = replace(
            alert, standing=alert_states.pressed(alert.standing, "wake"), reason="", round=alert.round + 1
        )
        _record(conn, ctx, after, "woken", "")
        after = _changed(conn, ctx, alert, after, telling)
    return Pressed(after, "It is open again.")


def _allowed(conn: Connection, ctx: Context, alert_id: int, action: str) -> Alert:
    """The alert, which nobody else changes before the transaction ends. The command line speaks as ops."""
    if ctx.actor is not None and not can(ctx.actor, action, ctx.actor, ()):
        raise NotForYou
    alert = ops_alerts.by_id(conn, alert_id, to_change=True)
    if alert is None:
        raise AlertUnknown
    return alert


def _offered(alert: Alert, name: str) -> Fix:
    kind = KINDS[alert.code]
    if name not in FIXES or FIXES[name] not in kind.offered:
        offers = ", ".join(each.name for each in kind.offered) or "none"
        raise FixRefused(f"{alert.code} has no fix {name!r}. It offers: {offers}. {kind.outside}".strip())
    return FIXES[name]


def _check_standing(conn: Connection, alert: Alert) -> None:
    """Refuses a press on what is over, and says whose doing that was."""
    if alert.standing.state != "closed":
        return
    made = ops_alerts.fixes(conn, alert)
    by = f" {made[-1].actor} fixed it on {made[-1].at:%Y-%m-%d %H:%M} UTC." if made else ""
    raise FixDone(f"It is closed: its condition is gone.{by}")


def _check_first(conn: Connection, alert: Alert, chosen: Fix, told: Told) -> None:
    """Refuses what was done in this round already, and says by whom."""
    for made in ops_alerts.fixes(conn, alert):
        if made.fix == chosen.name and (chosen.once or made.item == told.item):
            when = f"{made.at:%Y-%m-%d %H:%M} UTC"
            raise FixDone(f"{made.actor} did this on {when}: {_shown(made)}. Nothing was done twice.")
    _check_standing(conn, alert)


def _shown(made: Move) -> str:
    return "drafted a correction" if made.fix == "draft_correction" else made.detail


def _public(chosen: Fix, done: Done) -> str:
    if chosen.name == "draft_correction":
        return "The correction is drafted; another person approves it."
    return f"Done: {done.detail}."


def _after(conn: Connection, ctx: Context, alert: Alert, made: tuple[Fix, str]) -> Alert:
    """The alert after a fix: of one of several findings it stays open until each has been fixed."""
    chosen, item = made
    if chosen.name == "draft_correction":
        return alert
    fixed = {one.item for one in ops_alerts.fixes(conn, alert) if one.fix == chosen.name} | {item}
    if not chosen.once and item and len(fixed) < alert.count:
        return alert
    if chosen.outcome == "accept":
        said = Standing(accepted=alert.marks)
        return replace(alert, standing=alert_states.pressed(alert.standing, "accept", said))
    later = Standing(until=ctx.now + timedelta(minutes=chosen.waits) if chosen.waits else None)
    if alert.standing.state not in ("open", "snoozed"):
        return alert
    return replace(alert, standing=alert_states.pressed(alert.standing, "resolve", later))


def _record(conn: Connection, ctx: Context, alert: Alert, move: str, reason: str) -> None:
    made = Move(move, alert.standing.state, ctx.actor_name, ctx.now, alert.round, reason)
    ops_alerts.record(conn, alert.alert_id, made)


def _changed(conn: Connection, ctx: Context, before: Alert, after: Alert, telling: Telling | None) -> Alert:
    """The alert stored as it is now, and the channel owed the difference."""
    after = replace(after, version=before.version + 1)
    ops_alerts.change(conn, before, after)
    if telling is not None:
        outbox.put(conn, notices.owed(conn, telling, [after], ctx.now), ctx.now)
    return after
