"""What earlier periods come to by the quota to date: a `true_up` line at the end of each row of a quota.

A component that accumulates to date pays what its credit so far is worth by its quota so far, less what was paid.
When a row of the quota follows another one, the credit of before stands against more quota; the line on the last day
of the row, once that has come, is the difference. Within the row deals are priced by the quota to date of that row,
so that the lines up to the end of each row sum to what the whole credit is worth by then, rounded once.

Operands: basis the credit of earlier rows, before what that was worth until now, x the quota to date until now, y
that of the row.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from engine.beside import Company, Side, extras_of
from engine.calculation import Extras
from engine.dates import day
from engine.quotas import FINE, chained
from engine.totals import Position

if TYPE_CHECKING:
    from datetime import date

    from numpy.typing import NDArray

    from engine.beside import Slot
    from engine.calculation import Calculation
    from engine.frames import Facts
    from engine.measures import Measured
    from engine.order import Ints, Rows


def trued_up(calc: Calculation, facts: Facts, as_of: date) -> Calculation:
    """The calculation with the true-up lines of the components that accumulate to date."""
    if not any(component.accumulate == "to_date" for plan in calc.plans for component in plan.components):
        return calc
    company = Company(calc, facts, day(as_of))
    slots = [slot for slot in company.slots() if slot.measured.windows.chain is not None]
    return replace(calc, extras=Extras.joined([calc.extras, *(_lines(company, slot) for slot in slots)]))


def _lines(company: Company, slot: Slot) -> Extras:
    """The lines of one component."""
    measure, spans = slot.measured, slot.measured.windows
    if spans.rows is None or spans.chain is None or spans.quota is None or spans.fault is None:
        raise AssertionError("a component that accumulates to date has the rows of a quota")
    own, credited = _credit(company, slot)
    last = np.minimum(spans.rows.end, day(slot.plan.effective.end_on)) - 1
    rows = np.flatnonzero(
        (spans.chain < np.arange(len(last)))
        & (spans.fault[: len(last)] == FINE)
        & (last <= company.as_of)
        & (last >= spans.rows.start)
        & credited
    )
    rows = rows[slot.pays(spans.rows.rep[rows], last[rows])]
    credit = own[rows]
    before, after = (_worth(measure, at, credit) for at in (rows - 1, rows))
    nothing = np.zeros(len(rows), dtype=np.int64)
    side = Side(spans.rows.rep[rows], last[rows], nothing, credit, spans.quota[rows - 1], spans.quota[rows])
    return extras_of(company, slot, side, (before, after - before), "true_up")


def _credit(company: Company, slot: Slot) -> tuple[Ints, NDArray[np.bool_]]:
    """What had been counted before each row of the quota, and whether that was anything."""
    calc, spans = company.calc, slot.measured.windows
    if spans.chain is None:
        raise AssertionError("only components that accumulate to date are asked for")
    rows = company.rows(slot.number)
    codes = spans.codes(calc.line_reps[rows], calc.counted.sorted.whole.days[calc.trace.at[rows]])
    counted, times = (np.zeros(len(spans.chain), dtype=np.int64) for _ in range(2))
    np.add.at(counted, codes, calc.trace.basis[rows])
    np.add.at(times, codes, 1)
    before = chained(counted, spans.chain) - counted
    if slot.measured.opening is not None:  # what the balances of earlier rows say
        linked = spans.chain < np.arange(len(before))
        before = before + np.where(linked, np.roll(slot.measured.opening, 1), 0)
    return before, (chained(times, spans.chain) - times) > 0


def _worth(measure: Measured, rows: Rows, credit: Ints) -> Ints:
    """What some credit is worth by the quotas to date of some rows."""
    component, spans = measure.component, measure.windows
    quota = None if spans.quota is None else spans.quota[rows]
    at = Position(
        credit,
        credit,
        np.arange(len(rows)),
        None,
        quota if component.priced_by.by == "attainment" else None,
        None if measure.target is None else measure.target[rows],
        quota if component.pays_base_rate else None,
    )
    return measure.schedule.amounts(at)
