"""Statements: a rep's lines, their sums, and why each is what it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.answers import ComponentEarnings, DealName, LineExplanation, LineSummary, PlanRef, RepRef, Slice
from engine.calculation import KINDS
from engine.dates import Period, day, on_day
from engine.errors import LineUnknown
from engine.exchange import Exchange
from engine.money import Money, Rate
from engine.plans.schema import plan_hash
from engine.slices import Credit, Piece, Priced, priced, priced_alone

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.calculation import Calculation
    from engine.frames import Facts
    from engine.measures import Measured, Ready
    from engine.order import Rows


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a line stands: its row in the trace, and the plan and component that it belongs to."""

    row: int
    plan_no: int
    ready: Ready
    measure: Measured


def components(calc: Calculation, rep_id: int, period: Period) -> tuple[ComponentEarnings, ...]:
    """What each component credited and paid the rep for deals booked in `period`, plan by plan, in each one's order.

    Versions of one plan are taken together. A rep on several plans may be paid in several currencies: each component
    is in its plan's, and a total has to be made per currency.
    """
    found: dict[tuple[str, str, str], list[int]] = {}
    for row in _rows(calc, rep_id, period):
        place = _place(calc, int(row))
        plan = place.ready.plan
        sums = found.setdefault((plan.name, place.measure.component.name, plan.currency), [0, 0, 0])
        sums[0] += int(calc.trace.basis[row])
        sums[1] += int(calc.trace.amount[row])
        sums[2] += 1
    return tuple(
        ComponentEarnings(name, Money(credit, currency), Money(amount, currency), count)
        for (_, name, currency), (credit, amount, count) in found.items()
    )


def lines(
    calc: Calculation,
    facts: Facts,  # noqa: ARG001  # part of the room's contract: draws and clawbacks will read it
    rep_id: int,
    period: Period,
    names: Mapping[int, DealName],
) -> tuple[LineSummary, ...]:
    """The rep's lines for deals booked in `period`, in the order of the statement; their amounts are what is paid.

    Each is in the currency of its plan: sum them per currency where a rep is on several plans.
    """
    first = int(np.searchsorted(calc.line_reps, _rep(calc, rep_id)))
    return tuple(_summary(calc, int(row), int(row) - first + 1, names) for row in _rows(calc, rep_id, period))


def explain(
    calc: Calculation, facts: Facts, rep_id: int, line_no: int, names: Mapping[int, DealName]
) -> LineExplanation:
    """Why a line is what it is. The amounts of its slices plus `rerated` are the line's amount, exactly.

    For the line of a cap there is nothing to slice: `rerated` is its whole amount. The rep's name is left empty.

    Raises:
        LineUnknown: The rep has no line of that number.
    """
    trace, counted = calc.trace, calc.counted
    rep = _rep(calc, rep_id)
    first, last = _span(calc, rep)
    if rep < 0 or not 1 <= line_no <= last - first:
        raise LineUnknown
    place = _place(calc, int(first) + line_no - 1)
    at = int(trace.at[place.row])
    credit = int(counted.sorted.whole.credit[at])
    deal = int(counted.seats.deal[credit])
    plan = place.ready.plan
    source = counted.deals.currency.names[counted.deals.currency.codes[deal]]
    booked = int(counted.deals.booked[deal])
    price = _priced(calc, place)
    exchanged = None if source == plan.currency else Exchange(facts.rates).rate_on(source, plan.currency, booked)
    before, basis = int(trace.before[place.row]), int(trace.basis[place.row])
    return LineExplanation(
        rep=RepRef(rep_id, ""),
        line=_summary(calc, place.row, line_no, names),
        plan=PlanRef(plan.name, plan.version, plan_hash(plan)),
        period=_period(place, booked),
        rule=str(calc.lines["rule"].iloc[place.row]),
        deal_amount=Money(int(counted.deals.amount[deal]), source),
        share_ppb=int(counted.seats.share_ppb()[credit]),
        converted_at=exchanged,
        before=Money(before, plan.currency),
        after=Money(before + basis, plan.currency),
        quota=None if price.quota is None else Money(price.quota, plan.currency),
        slices=tuple(_slice(place, each) for each in price.pieces),
        rerated=Money(price.rerated, plan.currency),
        note=_note(calc, place, credit),
    )


def _rep(calc: Calculation, rep_id: int) -> int:
    ids = calc.counted.seats.rep_ids
    at = int(np.searchsorted(ids, rep_id))
    return at if at < len(ids) and ids[at] == rep_id else -1


def _span(calc: Calculation, rep: int) -> tuple[int, int]:
    """The rows of the trace with the lines of the rep at a position: [first, last)."""
    first, last = (np.searchsorted(calc.line_reps, rep, side=side) for side in ("left", "right"))
    return int(first), int(last)


def _rows(calc: Calculation, rep_id: int, period: Period) -> Rows:
    """Rows of the trace with the rep's lines for deals booked in the period."""
    rep, trace, counted = _rep(calc, rep_id), calc.trace, calc.counted
    own = np.arange(*_span(calc, rep))
    booked = counted.sorted.whole.days[trace.at[own]]
    inside: Rows = own[(booked >= day(period.start_on)) & (booked < day(period.end_on))]
    return inside


def _place(calc: Calculation, row: int) -> _Place:
    number = int(calc.trace.measure[row])
    for plan_no, ready in enumerate(calc.counted.ready):
        if number < len(ready.measures):
            return _Place(row, plan_no, ready, ready.measures[number])
        number -= len(ready.measures)
    raise LineUnknown


def _summary(calc: Calculation, row: int, line_no: int, names: Mapping[int, DealName]) -> LineSummary:
    place, trace, counted = _place(calc, row), calc.trace, calc.counted
    deal = int(counted.seats.deal[counted.sorted.whole.credit[trace.at[row]]])
    deal_id, currency = int(counted.deals.deal_id[deal]), place.ready.plan.currency
    return LineSummary(
        line_no=line_no,
        kind=KINDS[trace.kind[row]],
        component=place.measure.component.name,
        deal=names.get(deal_id) or DealName(deal_id, f"Deal {deal_id}", "", str(deal_id), ""),
        booked_on=on_day(int(counted.deals.booked[deal])),
        credit=Money(int(trace.basis[row]), currency),
        amount=Money(int(trace.amount[row]), currency),
    )


def _priced(calc: Calculation, place: _Place) -> Priced:
    """The line priced again, exactly and on its own, from the credits of its window up to it."""
    trace, counted, measure = calc.trace, calc.counted, place.measure
    if trace.kind[place.row]:
        return Priced((), int(trace.amount[place.row]), None)
    rows = np.arange(*_span(calc, int(calc.line_reps[place.row])))
    rows = rows[(trace.measure[rows] == trace.measure[place.row]) & (trace.kind[rows] == 0)]
    own = counted.sorted.whole.part(trace.at[rows])
    codes = measure.windows.codes(own.rep, own.days)
    window = codes[np.searchsorted(rows, place.row)]
    rows, deal = rows[codes == window], counted.seats.deal[own.credit[codes == window]]
    kinds = np.zeros(len(rows), dtype=np.int64) if place.ready.codes is None else place.ready.codes[deal]
    groups = np.zeros(len(rows), dtype=np.int64) if measure.slot is None else measure.slot[kinds]
    quota = measure.windows.quota
    own_quota = int(quota[window]) if measure.component.needs_quota and quota is not None else None
    until = int(np.searchsorted(rows, place.row)) + 1
    credits_ = [Credit(int(trace.basis[row]), int(g)) for row, g in zip(rows[:until], groups[:until], strict=True)]
    if measure.component.accumulate == "transaction":
        return priced_alone(measure.schedule, credits_[-1], own_quota)
    return priced(measure.schedule, credits_, own_quota)


def _slice(place: _Place, piece: Piece) -> Slice:
    schedule, currency = place.measure.schedule, place.ready.plan.currency
    by = place.measure.component.priced_by.by
    scale = 1_000_000 if by == "attainment" else 1
    bounds = [Rate(start * scale, schedule.axis_den) for start in schedule.starts[piece.tier : piece.tier + 2]]
    return Slice(
        axis=by,
        from_bound=bounds[0].num // bounds[0].den,
        to_bound=bounds[1].num // bounds[1].den if len(bounds) > 1 else None,
        basis=Money(piece.basis, currency),
        rate=Rate.of(schedule.rate(piece.group, piece.tier)),
        amount=Money(piece.amount, currency),
    )


def _period(place: _Place, booked: int) -> Period:
    """The window in which the line's credit accumulated; the pay period when it did not accumulate."""
    calendar, on = place.ready.plan.calendar, on_day(booked)
    kind, rows = place.measure.component.accumulate, place.measure.windows.rows
    if kind == "quota_period" and rows is not None:
        for at in np.flatnonzero((rows.start <= booked) & (booked < rows.end)):
            return calendar.named(on_day(int(rows.start[at])), on_day(int(rows.end[at])))
    if kind == "year_to_date":
        return calendar.year(on)
    if kind == "quarter" or (kind == "transaction" and place.ready.plan.pays == "quarterly"):
        return calendar.quarter(on)
    return calendar.month(on)


def _note(calc: Calculation, place: _Place, credit: int) -> str:
    trace, cap, currency = calc.trace, place.measure, place.ready.plan.currency
    if trace.kind[place.row] and cap.per_period is not None:
        limit = Money(cap.per_period, currency)
        return f"This component pays at most {limit} in a pay period."
    whole, counted = int(place.ready.payload.amounts(np.array([credit]))[0]), int(trace.basis[place.row])
    if whole != counted:
        limit = Money(abs(counted), currency)
        return f"A deal counts at most {limit}; the rep's share of this one is {Money(whole, currency)}."
    return ""
