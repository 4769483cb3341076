"""What was achieved other than by deals, as credits of no deal: scores, objectives, percent of plan.

Every row of the data in reach is a credit of the rep (of everybody on the plan, where the rep id is 0) on its day,
for each component that takes achievements of that name. A credit changes the running total of its window into what
the component takes: the sum of the values, the last one, or their average, rounded to a millionth or a minor unit.

In a pool a row of everybody counts once, for the first person on the plan: it is what the pool is made of.

Such credits stand at stand-ins for deals, whose ids are negative; lines show the deal id 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.crediting import WHOLE, Lot
from engine.dates import day, on_day
from engine.deals import LARGEST_CENTS, Deals
from engine.frames import Named, integers, named
from engine.order import distinct, running, starts_of, steps
from engine.problems import Problem
from engine.rules import is_on_plan
from engine.seating import Part
from engine.totals import rounded

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.frames import Facts
    from engine.money import Rounding
    from engine.order import Ints, Rows
    from engine.plans.schema import Component, Plan
    from engine.quotas import Windows


@dataclass(frozen=True, slots=True)
class Achieved:
    """The credits of achievements, by plan, component, rep, day and value: one stand-in for a deal for each."""

    plan_no: Rows
    component: Rows  # its position in the plan
    rep_id: Ints
    days: Rows
    value: Ints
    problems: tuple[Problem, ...] = ()

    def __len__(self) -> int:
        return len(self.rep_id)

    def before(self, deals: Deals) -> Deals:
        """The deals with the stand-ins before them."""
        if not len(self):
            return deals
        count = len(self)
        nobody, none = np.zeros(count, dtype=np.int64), np.full(count, -1, dtype=np.int8)

        def without(names: Named) -> Named:
            return Named(np.concatenate([none, names.codes]), names.names)

        return Deals(
            np.concatenate([np.arange(-count, 0), deals.deal_id]),
            np.concatenate([nobody, deals.owner_id]),
            np.concatenate([nobody, deals.amount]),
            np.concatenate([self.days, deals.booked]).astype(deals.booked.dtype),
            without(deals.currency),
            without(deals.type),
            without(deals.product),
        )

    def parts(self, plans: tuple[Plan, ...], offset: int) -> list[Part]:
        """The credits, one part for each component; their rule counts on after the plan's own."""
        found = []
        key = self.plan_no.astype(np.int64) << 32 | self.component
        for start, end in zip(starts_of(key), [*starts_of(key)[1:], len(key)], strict=True):
            number = int(self.plan_no[start])
            rule = len(plans[number].crediting) + int(self.component[start])
            rows = np.arange(start, end)
            found.append(Part(number, rule, rows, *distinct(self.rep_id[rows]), Lot(offset + rows, WHOLE)))
        return found


def achieved(facts: Facts, plans: tuple[Plan, ...], as_of: int, wanted: Ints | None) -> Achieved:
    """The achievements that any component of the plans takes, on days up to and including `as_of`."""
    asked = [
        (number, position, component)
        for number, plan in enumerate(plans)
        for position, component in enumerate(plan.components)
        if component.measure.achievement
    ]
    if not asked or facts.table("achievements").empty:
        return _NOTHING
    found = [_of_component(facts, plans, (number, position), (as_of, wanted)) for number, position, _ in asked]
    return Achieved(
        np.concatenate([each.plan_no for each in found]),
        np.concatenate([each.component for each in found]),
        np.concatenate([each.rep_id for each in found]),
        np.concatenate([each.days for each in found]),
        np.concatenate([each.value for each in found]),
        tuple(problem for each in found for problem in each.problems),
    )


def _of_component(
    facts: Facts, plans: tuple[Plan, ...], place: tuple[int, int], reach: tuple[int, Ints | None]
) -> Achieved:
    plan, table = plans[place[0]], facts.achievements
    component = plan.components[place[1]]
    names, units, days = named(table, "name"), named(table, "unit"), integers(table, "on")
    unit = "number" if component.measure.is_number else "money"
    rows: Rows = np.flatnonzero(names.codes == names.code(component.measure.achievement))
    rows = rows[(days[rows] >= day(plan.effective.start_on)) & (days[rows] < day(plan.effective.end_on))]
    rows = rows[days[rows] <= reach[0]]
    rep_id, rows = _spread(facts, plan, integers(table, "rep_id")[rows], rows)
    keep = is_on_plan(facts, plans, plan, (rep_id, days[rows]))
    if reach[1] is not None:
        keep &= np.isin(rep_id, reach[1])
    rep_id, rows = rep_id[keep], rows[keep]
    if component.pool is not None:
        rep_id, rows = _once(rep_id, rows, integers(table, "rep_id")[rows] == 0)
    value = integers(table, "value")[rows]
    order = np.lexsort([value, days[rows], rep_id])
    rep_id, on, value, rows = rep_id[order], days[rows][order], value[order], rows[order]
    faults = {
        "achievement_unit": units.codes[rows] != units.code(unit),
        "achievement_out_of_range": np.abs(value) > LARGEST_CENTS,
        "achievement_repeated": _contradicts(rep_id, on, value, component),
    }
    bad = np.logical_or.reduce(list(faults.values()))
    where = f"{plan.name} / {component.name}"
    problems = [
        _problem(code, where, (int(rep_id[at]), int(on[at])), (component.measure.achievement, unit))
        for code, found in faults.items()
        for at in np.flatnonzero(found)
    ]
    fine = ~bad
    count = int(fine.sum())
    plan_no, position = (np.full(count, each, dtype=np.int32) for each in place)
    return Achieved(plan_no, position, rep_id[fine], on[fine], value[fine], tuple(dict.fromkeys(problems)))


def _once(rep_id: Ints, rows: Rows, is_everybody: NDArray[np.bool_]) -> tuple[Ints, Rows]:
    """The rows with those of everybody counted for one person: a pool sums what it prices for each on the plan."""
    order = np.lexsort([rep_id, rows])
    is_first = np.zeros(len(rows), dtype=bool)
    is_first[order[starts_of(rows[order])]] = True
    keep = is_first | ~is_everybody
    return rep_id[keep], rows[keep]


def _spread(facts: Facts, plan: Plan, rep_id: Ints, rows: Rows) -> tuple[Ints, Rows]:
    """The rows with those of everybody repeated for each person who is ever on the plan."""
    plans = named(facts.assignments, "plan")
    everybody = np.unique(integers(facts.assignments, "rep_id")[plans.codes == plans.code(plan.name)])
    of_all = rows[rep_id == 0]
    own = rep_id != 0
    return (
        np.concatenate([rep_id[own], np.tile(everybody, len(of_all))]),
        np.concatenate([rows[own], np.repeat(of_all, len(everybody))]),
    )


def _contradicts(rep_id: Ints, on: Rows, value: Ints, component: Component) -> NDArray[np.bool_]:
    """Whether a component that takes the last value finds another of the same day."""
    found = np.zeros(len(rep_id), dtype=bool)
    if component.measure.take != "last" or not len(rep_id):
        return found
    same = (rep_id[1:] == rep_id[:-1]) & (on[1:] == on[:-1])
    starts = np.flatnonzero(np.concatenate(([True], ~same)))
    differs = np.maximum.reduceat(value, starts) != np.minimum.reduceat(value, starts)
    return np.repeat(differs, np.diff(starts, append=len(rep_id)))


_SAID = {
    "achievement_unit": (
        "The achievement is in another unit than the component counts, so it is left out.",
        "Load it as money or as a number, as the plan says.",
    ),
    "achievement_out_of_range": (
        "The achievement is beyond anything that can be meant, so it is left out.",
        "Correct its value.",
    ),
    "achievement_repeated": (
        "There are two values of one day where the last one counts, so both are left out.",
        "Keep one of the two.",
    ),
}


def _problem(code: str, where: str, whose: tuple[int, int], what: tuple[str, str]) -> Problem:
    message, remedy = _SAID[code]
    found = f"{what[0]} of {on_day(whose[1])}"
    return Problem(code, message, remedy, where, whose[0], found=found, allowed=f"one {what[1]} for the day")


def increments(component: Component, windows: Windows, own: tuple[Rows, Rows, Ints], mode: Rounding) -> Ints:
    """What each credit of a component (`own`: rep, day and value, in that order) adds to its window."""
    rep, days, value = own
    take = component.measure.take
    if take == "sum" or not len(rep):
        return value
    starts = starts_of(windows.codes(rep, days))
    if take == "last":
        return steps(value, starts)
    count = np.arange(len(rep)) - np.repeat(starts, np.diff(starts, append=len(rep))) + 1
    total = running(value.astype(object), starts)
    return steps(rounded(total, count, mode).astype(np.int64), starts)


_NOBODY = np.zeros(0, dtype=np.int64)
_NOTHING = Achieved(_NOBODY, _NOBODY, _NOBODY, _NOBODY, _NOBODY)
