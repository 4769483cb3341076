"""Level differences: going up from the seller, each higher level is paid what the lower ones have not been.

Every credit that the component counts starts at the rep who is credited, the seller. He is paid what his level is
worth. Going up from him, whoever has a higher level than everybody below is paid the difference to the highest below;
an equal or lower level is paid nothing. Levels are the titles or roles that people have on the day of the deal, in
the order in which the plan lists them, each worth more than the one before. Who is not on the plan that day is passed
over, as is who has none of the levels.

Lines of kind `difference`: x is the position of the level in the plan, y that of the highest below it, -1 for none.
"""

from __future__ import annotations

from math import lcm
from typing import TYPE_CHECKING

import numpy as np

from engine.amounts import Policy
from engine.beside import Side, lines_of
from engine.hierarchy import Step, circular
from engine.money import Rate
from engine.order import running, starts_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.beside import Company, Slot
    from engine.calculation import Extras
    from engine.order import Ints, Rows
    from engine.problems import Problem


def differences(company: Company, slot: Slot) -> tuple[Extras, list[Problem]]:
    """The lines of a component that pays by level, and what is wrong with the hierarchy above its sellers."""
    calc = company.calc
    rows = company.rows(slot.number)
    own = calc.counted.sorted.whole.part(calc.trace.at[rows])
    sellers, days = company.rep_ids[own.rep], own.days.astype(np.int64)
    deal_id = company.deal_ids(own.credit)
    steps, problems = _steps(company, sellers, days)
    ranks = _ranks(company, slot)
    best, sides = np.full(len(rows), -1, dtype=np.int64), list[Side]()
    for step in steps:
        rank = ranks[company.placements.rows(step.rep_id, days[step.start])]
        rep, on_plan = slot.paying(company, step.rep_id, days[step.start])
        rises = np.flatnonzero(on_plan & (rank > best[step.start]))
        start = step.start[rises]
        sides.append(
            Side(rep[rises], days[start], deal_id[start], calc.trace.basis[rows][start], rank[rises], best[start])
        )
        best[start] = rank[rises]
    side = Side(*(np.concatenate([getattr(each, name) for each in sides]) for name in Side.__slots__)).sorted()
    codes = slot.measured.windows.codes(side.rep, side.days)
    before = running(side.basis, starts_of(codes)) - side.basis
    lines, faults = lines_of(company, slot, side, (before, _worth(slot, side, codes)), "difference")
    return lines, problems + faults


def _steps(company: Company, sellers: Ints, days: Rows) -> tuple[list[Step], list[Problem]]:
    """Everybody from the seller up, level by level."""
    placements = company.placements
    above, in_circle = placements.above(sellers, days, 0)
    problems = company.clashes(days) + [circular(int(rep)) for rep in np.unique(sellers[in_circle])]
    return [Step(np.arange(len(sellers)), sellers), *above], problems


def _ranks(company: Company, slot: Slot) -> NDArray[np.int64]:
    """The level of each placement, its position in the plan, and -1 at the end for nobody."""
    placements = company.placements
    found = np.full(len(placements.rep_id) + 1, -1, dtype=np.int64)
    for position, level in enumerate(slot.component.levels):
        found[:-1][placements.held_by([level.level])] = position
    return found


def _worth(slot: Slot, side: Side, codes: Rows) -> Ints:
    """What each one is paid: what counts, times the difference of two levels."""
    plan = slot.plan
    worth = [Rate(0)]
    for level in slot.component.levels:
        per_unit = Rate(0) if level.per_unit is None else Rate(level.per_unit.minor, 10**6)
        worth.append(per_unit if level.rate is None else level.rate)
    den = lcm(*(each.den for each in worth))
    spelled = [each.num * (den // each.den) for each in worth]
    table = np.array(spelled, dtype=np.int64 if max(spelled) < 2**62 else object)
    return Policy.of(plan).scaled(side.basis, (table[side.x + 1] - table[side.y + 1], den), codes)
