"""Statements: a rep's lines, their sums, and why each is what it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.answers import ComponentEarnings, DealName, LineExplanation, LineSummary, PlanRef, RepRef
from engine.calculation import KINDS
from engine.dates import Period, day, on_day
from engine.errors import LineUnknown
from engine.exchange import Exchange
from engine.explained import Place, place_of, priced_again, slice_of, span
from engine.money import Money
from engine.plans.schema import plan_hash

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.calculation import Calculation
    from engine.frames import Facts
    from engine.order import Rows


def components(calc: Calculation, rep_id: int, period: Period) -> tuple[ComponentEarnings, ...]:
    """What each component credited and paid the rep for deals booked in `period`, plan by plan, in each one's order.

    Versions of one plan are taken together. A rep on several plans may be paid in several currencies: each component
    is in its plan's, and a total has to be made per currency.
    """
    found: dict[tuple[str, str, str], list[int]] = {}
    for row in _rows(calc, rep_id, period):
        place = place_of(calc, int(row))
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
    first, last = span(calc, rep)
    if rep < 0 or not 1 <= line_no <= last - first:
        raise LineUnknown
    place = place_of(calc, int(first) + line_no - 1)
    at = int(trace.at[place.row])
    credit = int(counted.sorted.whole.credit[at])
    deal = int(counted.seats.deal[credit])
    plan = place.ready.plan
    source = counted.deals.currency.names[counted.deals.currency.codes[deal]]
    booked = int(counted.deals.booked[deal])
    price = priced_again(calc, place)
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
        slices=tuple(slice_of(place, each) for each in price.pieces),
        rerated=Money(price.rerated, plan.currency),
        note=_note(calc, place, credit),
    )


def _rep(calc: Calculation, rep_id: int) -> int:
    ids = calc.counted.seats.rep_ids
    at = int(np.searchsorted(ids, rep_id))
    return at if at < len(ids) and ids[at] == rep_id else -1


def _rows(calc: Calculation, rep_id: int, period: Period) -> Rows:
    """Rows of the trace with the rep's lines for deals booked in the period."""
    rep, trace, counted = _rep(calc, rep_id), calc.trace, calc.counted
    own = np.arange(*span(calc, rep))
    booked = counted.sorted.whole.days[trace.at[own]]
    inside: Rows = own[(booked >= day(period.start_on)) & (booked < day(period.end_on))]
    return inside


def _summary(calc: Calculation, row: int, line_no: int, names: Mapping[int, DealName]) -> LineSummary:
    place, trace, counted = place_of(calc, row), calc.trace, calc.counted
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


def _period(place: Place, booked: int) -> Period:
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


def _note(calc: Calculation, place: Place, credit: int) -> str:
    trace, cap, currency = calc.trace, place.measure, place.ready.plan.currency
    if trace.kind[place.row] and cap.component.cap.per_period is not None:
        limit = cap.component.cap.per_period
        return f"This component pays at most {limit} in a pay period."
    whole, counted = int(place.ready.payload.amounts(np.array([credit]))[0]), int(trace.basis[place.row])
    if whole != counted:
        limit = Money(abs(counted), currency)
        return f"A deal counts at most {limit}; the rep's share of this one is {Money(whole, currency)}."
    return ""
