"""Pay periods: look at them, put one up for review, lock it, reopen it, mark it paid, and export it for payroll."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from engine import commission
from engine.alert_states import blocks_lock
from engine.dates import PAYS, day
from engine.frames import integers
from engine.needs import needs
from engine.period_states import Asked, moved
from operations import pricing
from operations.errors import PeriodBlocked, PeriodNotEnded, PeriodOutOfTurn, UnknownPeriod
from store import changes, frames, ops_alerts, periods, runs
from store.periods import Moved, Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from engine.calculation import Calculation
    from engine.period_states import Move, State
    from engine.plans.schema import Plan
    from operations.context import Context
    from store.database import Connection
    from store.ops_alerts import Alert

#: So many alerts are named where more hold up a lock.
_MOST_NAMED = 5
_A_MONTH = 28


@dataclass(frozen=True, slots=True)
class PayPeriod:
    """One pay period of the plans that pay so often, the state it is in, and the move that led there."""

    span: Span
    label: str
    state: State
    last: Moved | None


def listed(ctx: Context) -> tuple[PayPeriod, ...]:
    """Every pay period that has begun, by how often it pays and then by day."""
    with ctx.db.read() as conn:
        return begun(conn, ctx)


def begun(conn: Connection, ctx: Context) -> tuple[PayPeriod, ...]:
    """The same, as a transaction sees them."""
    return tuple(_listed(conn, ctx))


def find(ctx: Context, pays: str, label: str) -> PayPeriod:
    """The pay period called so, such as "2026-03" or "Mar 2026".

    Raises:
        UnknownPeriod: No such period has begun.
    """
    known = [period for period in listed(ctx) if period.span.pays == pays]
    for period in known:
        if goes_by(period, label):
            return period
    names = ", ".join(period.label for period in known[-6:]) or "none"
    raise UnknownPeriod(f'There is no {pays} pay period "{label}" that has begun. The latest are: {names}.')


def goes_by(period: PayPeriod, label: str) -> bool:
    """Whether a period is called so: by its name, its first day, or its month if it is at least that long."""
    span = period.span
    names = {period.label, span.start_on.isoformat()}
    if (span.end_on - span.start_on).days >= _A_MONTH:
        names.add(f"{span.start_on:%Y-%m}")
    return label in names


def move(ctx: Context, span: Span, what: Move, reason: str = "") -> PayPeriod:
    """The period moved: submitted for review, withdrawn, locked, reopened or marked as paid.

    Locking stores its lines as they are now; from then on they never change, and whatever is found out later is a
    correction in the open period. The move, who made it and why are kept in the audit trail.

    Raises:
        MoveRefused: The period's state, the actor's role or a missing reason does not allow it.
        PeriodNotEnded: It is to be reviewed or locked before its last day is over.
        PeriodOutOfTurn: An earlier period is still open, or a later one is locked.
        PeriodBlocked: An open alert of severity 1 concerns the period, and nobody may pass it by.
    """
    with ctx.db.write() as conn:
        held = periods.history(conn, span)
        asked = _asked(ctx, held, what, reason)
        after = moved(held[-1].state if held else "open", asked)
        if what in ("submit", "lock") and span.end_on > ctx.as_of:
            raise PeriodNotEnded(
                f"This period ends with {span.end_on - timedelta(days=1)}; it cannot be closed before."
            )
        _check_turn(conn, ctx, span, what)
        if what == "lock":
            _check_blockers(conn, span)
        lines = _lines(conn, span) if what == "lock" else None
        change_id = _begin(conn, ctx, span, what, reason)
        done = Moved(span, what, after, ctx.actor_name, reason, ctx.now, change_id)
        periods.record(conn, done)
        if lines is not None:
            periods.freeze(conn, span, lines, change_id)
        if what == "reopen":
            periods.thaw(conn, span, change_id)
        if what in ("lock", "reopen"):
            runs.mark_all_stale(conn)
        return next(period for period in _listed(conn, ctx) if period.span == span)


def locked_lines(ctx: Context, span: Span) -> pd.DataFrame:
    """The lines of a locked period with rep, plan, component, kind, deal, day, currency and amount."""
    with ctx.db.read() as conn:
        found = periods.lines(conn, changes.watermark(conn))
    own = (found["pays"] == span.pays) & (found["period_start_on"] == day(span.start_on))
    return found[own].reset_index(drop=True)


def _asked(ctx: Context, held: tuple[Moved, ...], what: Move, reason: str) -> Asked:
    """Who asks; the command line speaks as ops where nobody is named, but never approves what it submitted."""
    submitted = next((one.actor for one in reversed(held) if one.move == "submit"), "")
    role = ctx.actor.role if ctx.actor else "ops"
    return Asked(what, ctx.actor_name, role, reason, submitted)


def _check_turn(conn: Connection, ctx: Context, span: Span, what: Move) -> None:
    """Periods are locked in their order, and reopened from the last one back."""
    same = [period for period in _listed(conn, ctx) if period.span.pays == span.pays]
    if what == "lock":
        earlier = [one.label for one in same if one.span.start_on < span.start_on and one.state in ("open", "review")]
        if earlier:
            raise PeriodOutOfTurn(f"{earlier[0]} is not locked yet. Lock periods in their order.")
    if what == "reopen":
        later = [one.label for one in same if one.span.start_on > span.start_on and one.state in ("locked", "paid")]
        if later:
            raise PeriodOutOfTurn(f"{later[-1]} is locked and rests on this period. Reopen that one first.")


def blockers(conn: Connection, span: Span) -> tuple[Alert, ...]:
    """The alerts that hold up the lock of a period: severity 1, of its days or before, and not dealt with."""
    return tuple(
        alert
        for alert in ops_alerts.standing(conn)
        if blocks_lock(alert.severity, alert.standing) and (alert.since_on is None or alert.since_on < span.end_on)
    )


def _check_blockers(conn: Connection, span: Span) -> None:
    held = blockers(conn, span)
    if held:
        named = "; ".join(f"#{alert.alert_id} {alert.code} {alert.subject}" for alert in held[:_MOST_NAMED])
        more = f" and {len(held) - _MOST_NAMED} more" if len(held) > _MOST_NAMED else ""
        raise PeriodBlocked(
            f"{len(held)} open alert{'s' * (len(held) > 1)} of severity 1 hold{'s' * (len(held) == 1)} up the lock: "
            f"{named}{more}. Fix them, or have an admin put them off with a reason."
        )


def _begin(conn: Connection, ctx: Context, span: Span, what: Move, reason: str) -> int:
    return changes.begin(conn, ctx.actor_name, f"{what} period {span.pays} {span.start_on}", ctx.now, reason)


def _lines(conn: Connection, span: Span) -> pd.DataFrame:
    """The lines of the period as they are now, in the columns of the frame `locked`, with their currency."""
    calc = _calculated(conn, span)
    lines, booked = calc.lines, integers(calc.lines, "booked_on")
    pays = [plan.pays == span.pays for plan in calc.plans]
    inside = (booked >= day(span.start_on)) & (booked < day(span.end_on))
    inside &= np.array(pays, dtype=bool)[integers(lines, "plan_no")]
    own = lines[inside]
    found = own[["rep_id", "plan", "component", "kind", "deal_id", "line_no"]].astype({"plan": str, "component": str})
    found["kind"] = found["kind"].astype(str)
    for name in ("basis_cents", "before_cents", "amount_cents"):
        found[name] = own[name]
    found["on"] = own["booked_on"]
    found["for_on"] = _concerns(calc, own, span)
    found["currency"] = [calc.plans[number].currency for number in own["plan_no"].tolist()]
    found["watermark"] = changes.watermark(conn)
    return found


def _calculated(conn: Connection, span: Span) -> Calculation:
    last = span.end_on - timedelta(days=1)
    begun = pricing.begun(conn, last)
    facts = frames.facts(conn, pricing.window(begun, last), more=needs(begun))
    return commission.calculate(facts, begun, last)


def _concerns(calc: Calculation, own: pd.DataFrame, span: Span) -> list[int]:
    """The first day of the period that each line concerns: a correction's is the one that it corrects."""
    extras = calc.extras
    corrected = dict(
        zip(zip(extras.rep_id.tolist(), calc.extra_numbers.tolist(), strict=True), extras.x.tolist(), strict=True)
    )
    rows = zip(own["rep_id"].tolist(), own["line_no"].tolist(), own["kind"].tolist(), strict=True)
    start = day(span.start_on)
    return [corrected[rep, number] if kind == "correction" else start for rep, number, kind in rows]


def _listed(conn: Connection, ctx: Context) -> Iterator[PayPeriod]:
    states = periods.states(conn)
    begun = pricing.begun(conn, ctx.as_of)
    for pays in PAYS:
        labels = {span: label for plan in begun if plan.pays == pays for span, label in _spans(plan, ctx)}
        for span in sorted(labels, key=lambda each: each.start_on):
            last = states.get(span)
            yield PayPeriod(span, labels[span], last.state if last else "open", last)


def _spans(plan: Plan, ctx: Context) -> Iterator[tuple[Span, str]]:
    """The pay periods of a plan that have begun, each with the name that its calendar has for it."""
    until = min(plan.effective.end_on, ctx.as_of + timedelta(days=1))
    edges = plan.calendar.edges(plan.pay_window, until)
    for start, end in pairwise(edges):
        yield Span(plan.pays, start, end), plan.calendar.named(start, end).label
