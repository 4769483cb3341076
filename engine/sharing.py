"""What one rep is paid because of others, in this order: level differences, pools, overrides on commissions.

An override may count the lines of the others. Plans that share are priced for everybody in the facts, whoever is
asked for, and only the lines of those who are asked for are kept.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from engine.beside import Company
from engine.calculation import Extras
from engine.dates import day
from engine.differences import differences
from engine.frames import integers, named
from engine.overrides import overrides
from engine.pools import pools
from engine.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import date

    from engine.calculation import Calculation, Sorted
    from engine.credits import Credited
    from engine.frames import Facts
    from engine.plans.schema import Component, Plan


def is_shared(component: Component) -> bool:
    """Whether it pays on what others did."""
    return component.pool is not None or bool(component.levels) or component.measure.team_commission is not None


def shares(plans: Sequence[Plan]) -> bool:
    """Whether any of the plans pays somebody because of others."""
    return any(is_shared(component) for plan in plans for component in plan.components)


def seated(given: Credited) -> Credited:
    """What is credited, with a place for everybody on a plan that shares, credits or not."""
    sharing = {plan.name for plan in given.plans if shares([plan])}
    if not sharing:
        return given
    seats, table = given.seats, given.facts.table("assignments")
    labels = named(table, "plan")
    on_plan = integers(table, "rep_id")[np.isin(labels.codes, [labels.code(name) for name in sharing])]
    rep_ids = np.union1d(seats.rep_ids, on_plan)
    if len(rep_ids) == len(seats.rep_ids):
        return given
    place = np.searchsorted(rep_ids, seats.rep_ids).astype(np.int32)
    return replace(given, seats=replace(seats, rep=place[seats.rep], rep_ids=rep_ids))


def shared(calc: Calculation, facts: Facts, as_of: date, reps: Collection[int] | None = None) -> Calculation:
    """The calculation with the extra lines of every component that pays on what others did."""
    if not shares(calc.plans):
        return calc
    company = Company(calc, facts, day(as_of))
    found, problems = list[Extras](), list[Problem]()
    for slot in company.slots():
        if slot.component.levels or slot.component.pool is not None:
            lines, faults = (differences if slot.component.levels else pools)(company, slot)
            found, problems = [*found, lines], [*problems, *faults]
    extras = Extras.joined(found)
    on_commission = [slot for slot in company.slots() if slot.component.measure.team_commission is not None]
    if on_commission:
        lines, faults = overrides(company, on_commission, extras)
        extras, problems = Extras.joined([extras, lines]), [*problems, *faults]
    whole = replace(calc, extras=extras, problems=tuple(sorted({*calc.problems, *problems})))
    return whole if reps is None else _only(whole, reps)


def _only(calc: Calculation, reps: Collection[int]) -> Calculation:
    """What of a calculation belongs to some reps."""
    counted, wanted = calc.counted, np.fromiter(reps, dtype=np.int64, count=len(reps))
    seats = np.isin(counted.seats.rep_ids, wanted)
    kept, place = _kept(counted.sorted, seats)
    mine = seats[calc.line_reps]
    trace = replace(calc.trace, **{name: getattr(calc.trace, name)[mine] for name in calc.trace.__slots__})
    none = calc.unpaid_trace
    lost = seats[counted.seats.rep[none.credit]]
    beside = np.isin(calc.extras.rep_id, wanted)
    return replace(
        calc,
        trace=replace(trace, at=place[trace.at]),
        unpaid_trace=replace(none, **{name: getattr(none, name)[lost] for name in none.__slots__}),
        counted=replace(counted, sorted=kept),
        problems=tuple(each for each in calc.problems if each.rep_id is None or each.rep_id in reps),
        extras=replace(calc.extras, **{name: getattr(calc.extras, name)[beside] for name in calc.extras.__slots__}),
    )


def _kept(order: Sorted, seats: np.ndarray) -> tuple[Sorted, np.ndarray]:
    """The sorted credits of some reps, and where each credit stands among them."""
    mine = seats[order.whole.rep]
    place = np.cumsum(mine, dtype=np.int32) - np.int32(1)
    spelled = None
    if order.spelled is not None:
        spelled = order.spelled.part(mine)
        spelled = replace(spelled, at=np.arange(len(spelled.rep), dtype=np.int32))
    return replace(order, key=order.key[mine], spelled=spelled), place
