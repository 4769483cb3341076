"""A line of the trace found again: its plan and component, and its price once more, exactly and on its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.answers import Slice
from engine.errors import LineUnknown
from engine.money import Money, Rate
from engine.slices import Credit, Piece, Priced, priced, priced_alone

if TYPE_CHECKING:
    from engine.calculation import Calculation
    from engine.measures import Measured, Ready


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


def slice_of(place: Place, piece: Piece) -> Slice:
    """A piece of a line as readers see it."""
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
