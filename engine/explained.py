"""A line of the trace found again: its plan and component, and its price once more, exactly and on its own."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from engine.answers import Slice
from engine.errors import LineUnknown
from engine.figures import MILLION
from engine.halves import halves
from engine.money import Money, Quantity, Rate
from engine.plans.axes import counts_numbers
from engine.slices import priced, priced_alone
from engine.standing import deal_axis, other_axis
from engine.taken import Credit, Piece, Priced, Spot, Window

if TYPE_CHECKING:
    from engine.calculation import Calculation
    from engine.measures import Measured, Ready
    from engine.order import Rows
    from engine.totals import Axis


@dataclass(frozen=True, slots=True)
class Place:
    """Where a line stands: its row in the trace, and the plan and component that it belongs to."""

    row: int
    plan_no: int
    ready: Ready
    measure: Measured


def span(calc: Calculation, rep: int) -> tuple[int, int]:
    """The rows of the trace with the lines of the rep at a position: [first, last)."""
    first, last = (np.searchsorted(calc.line_reps, rep, side=side) for side in ("left", "right"))
    return int(first), int(last)


def place_of(calc: Calculation, row: int) -> Place:
    """Where the line in a row of the trace stands.

    Raises:
        LineUnknown: No component has such lines.
    """
    number = int(calc.trace.measure[row])
    for plan_no, ready in enumerate(calc.counted.ready):
        if number < len(ready.measures):
            return Place(row, plan_no, ready, ready.measures[number])
        number -= len(ready.measures)
    raise LineUnknown


def priced_again(calc: Calculation, place: Place) -> Priced:
    """The line priced again, exactly and on its own, from the credits of its window up to it."""
    trace, counted, measure = calc.trace, calc.counted, place.measure
    if trace.kind[place.row]:
        return Priced((), int(trace.amount[place.row]), None)
    rows = np.arange(*span(calc, int(calc.line_reps[place.row])))
    rows = rows[(trace.measure[rows] == trace.measure[place.row]) & (trace.kind[rows] == 0)]
    own = counted.sorted.whole.part(trace.at[rows])
    codes = measure.windows.codes(own.rep, own.days)
    window = codes[np.searchsorted(rows, place.row)]
    chain = measure.windows.chain
    earlier = np.zeros(len(rows), dtype=bool) if chain is None else (chain[codes] == chain[window]) & (codes < window)
    carried = int(trace.basis[rows[earlier]].sum())
    rows, deal = rows[codes == window], counted.seats.deal[own.credit[codes == window]]
    kinds = place.ready.kinds(own.credit[codes == window], deal)
    groups: Rows = np.zeros(len(rows), dtype=np.int64)
    if measure.slot is not None:
        groups = np.full(len(rows), measure.slot[0]) if kinds is None else measure.slot[kinds]
    until = int(np.searchsorted(rows, place.row)) + 1
    axis, paid = _axis(calc, place, rows[:until]), trace.basis[rows[:until]]
    mine = own.part(codes == window).part(slice(until))
    half = halves(place.ready, measure, mine.credit, paid, np.full(until, window))
    if half is not None:
        paid, axis = half.paid, half.axis if axis is None else axis
    credits_ = [
        Credit(int(basis), int(group), None if axis is None else _place(axis, at))
        for at, (basis, group) in enumerate(zip(paid, groups[:until], strict=True))
    ]
    seen = _window(measure, int(window), credits_)
    seen = replace(seen, opening=seen.opening + carried)
    if measure.component.accumulate == "transaction":
        return priced_alone(measure.schedule, seen)
    return priced(measure.schedule, seen)


def _axis(calc: Calculation, place: Place, rows: Rows) -> Axis | None:
    """What chose the tiers of some lines, where that was not the credit of their own component."""
    trace, order = calc.trace, calc.counted.sorted.whole
    ready, measure = place.ready, place.measure
    offset = next(number for number, each in enumerate(ready.measures) if each is measure)
    wanted = order.part(trace.at[rows])
    figure = ready.axes[offset] if ready.axes else None
    if figure is not None:
        return deal_axis(figure, wanted.credit)
    if not measure.goes_by_other:
        return None
    table = measure.component.priced_by
    tested = next(number for number, each in enumerate(ready.measures) if each.component.name == table.of)
    every = np.arange(*span(calc, int(calc.line_reps[place.row])))
    number = int(trace.measure[place.row]) - offset + tested
    every = every[(trace.measure[every] == number) & (trace.kind[every] == 0)]
    history = order.part(trace.at[every]), trace.basis[every]
    return other_axis((measure, ready.measures[tested]), history, wanted)


def _place(axis: Axis, at: int) -> Spot:
    quota = None if axis.quota is None else int(axis.quota[at])
    return Spot(int(axis.before[at]), int(axis.after[at]), quota, axis.by_deal)


def _window(measure: Measured, code: int, credits_: list[Credit]) -> Window:
    """The credits with what their window is priced by."""
    component, quotas = measure.component, measure.windows.quota
    quota = None
    if component.is_attainment:
        quota = MILLION
    elif component.needs_quota and quotas is not None:
        quota = int(quotas[code])
    target = None
    if measure.target is not None:
        target = Fraction(int(measure.target[code]), measure.schedule.target_den or 1)
    return Window(
        credits_,
        quota=quota if component.priced_by.by == "attainment" else None,
        target=target,
        per=quota if component.pays_base_rate else None,
        opening=0 if measure.opening is None else int(measure.opening[code]),
    )


def slice_of(place: Place, piece: Piece) -> Slice:
    """A piece of a line as readers see it."""
    schedule, plan = place.measure.schedule, place.ready.plan
    component = place.measure.component
    by, is_number = component.priced_by.by, component.measure.is_number
    scale = MILLION if by == "attainment" else 1
    bounds = [Rate(start * scale, schedule.axis_den) for start in schedule.starts]
    floor = bounds[piece.tier] if piece.tier >= 0 else Rate(0)
    above = bounds[piece.tier + 1] if piece.tier + 1 < len(bounds) else None
    return Slice(
        axis=by,
        from_bound=floor.num // floor.den,
        to_bound=None if above is None else above.num // above.den,
        basis=Quantity(piece.basis) if is_number else Money(piece.basis, plan.currency),
        rate=Rate.of(piece.rate * (MILLION if is_number else 1)),
        amount=Money(piece.amount, plan.currency),
        kind=piece.kind,
        of=component.priced_by.of,
        axis_unit="attainment" if by == "attainment" else "number" if counts_numbers(plan, component) else "money",
    )
