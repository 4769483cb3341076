"""What components count where that is not simply the amount of every credit.

A component without `credited_by` counts what every rule gives, but for rules to managers, role, team and territory
that another component of the plan names in its `credited_by`: these are for the components that name them.

Credit that counts for quota only fills tiers and moves attainment, and pays nothing by itself; credit that counts for
pay only is paid at the rate of the place that quota credit has reached by then, and moves nothing. Where what is paid
follows from attainment alone (curves, steps, interpolated tiers), quota credit decides and pay credit adds nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.achievements import increments
from engine.figures import MILLION
from engine.money import exponent
from engine.plans.filters import ONCE
from engine.rules import is_further

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.achievements import Achieved
    from engine.crediting import Seats
    from engine.kinds import Told
    from engine.measures import Measured, Ready
    from engine.money import Money, Rounding
    from engine.order import Ints, Rows
    from engine.plans.schema import Component, Plan


@dataclass(frozen=True, slots=True)
class Tally:
    """What one component counts. Each field is None where it is as usual.

    `counts`, `for_quota` and `for_pay` have one entry per credit rule of the plan, then one per component, for its
    achievements, and a last one, False, for no rule.
    """

    values: Ints | None  # per credit
    fault: NDArray[np.int8] | None  # per deal: why it has no such figure
    counts: NDArray[np.bool_] | None
    for_quota: NDArray[np.bool_] | None
    for_pay: NDArray[np.bool_] | None

    def takes_all(self, rule: Rows | None) -> bool:
        """Whether every credit counts, given the rule of each."""
        if self.fault is not None:
            return False
        return self.counts is None or rule is None or bool(self.counts.take(rule).all())


def names_rules(plan: Plan) -> bool:
    """Whether it matters by which rule anybody is credited."""
    chosen = any(component.measure.credited_by for component in plan.components)
    halves = any(len(set(rule.counts_for)) < 2 for rule in plan.crediting)
    return chosen or halves or any(component.measure.achievement for component in plan.components)


def is_plain(component: Component) -> bool:
    """Whether it counts the amounts of its credits."""
    measure = component.measure
    as_it_is = (
        measure.sum == "amount" and measure.times == ONCE and not measure.less and measure.less_per_deal is None
    )
    return as_it_is and not measure.achievement and not measure.is_number


class Tallies:
    """The tallies of all plans; figures that several components sum are worked out once."""

    def __init__(self, told: Told, seats: Seats, achieved: Achieved) -> None:
        """Remember what is counted."""
        self._told, self._seats, self._achieved = told, seats, achieved
        self._known: dict[tuple[object, ...], tuple[Ints, NDArray[np.int8] | None]] = {}

    def of(self, plan_no: int, made: Ready) -> tuple[Tally | None, ...]:
        """One for each component of a plan, None where it counts the amounts of all credits."""
        return tuple(self._of(plan_no, made, position) for position in range(len(made.measures)))

    def _of(self, plan_no: int, made: Ready, position: int) -> Tally | None:
        plan, measure = made.plan, made.measures[position]
        component = measure.component
        values, fault = None, None
        if component.measure.achievement:
            values = self._of_achievements(plan_no, len(plan.crediting) + position, measure, plan.rounding.mode)
        elif not is_plain(component):
            values, fault = self._of_figure(plan, component)
        if made.rule_of is None:
            return None if values is None else Tally(values, fault, None, None, None)
        halves = [_counting(plan, half) for half in ("quota", "pay")]
        split = not all(half.all() for half in halves)
        quota, pay = (np.append(half, [True] * len(plan.components) + [False]) for half in halves)
        counts = _counted(plan, position)
        apart = any(each.measure.achievement for each in plan.components)
        if values is None and not split and not apart and counts[: len(plan.crediting)].all():
            return None
        return Tally(values, fault, counts, quota if split else None, pay if split else None)

    def _of_figure(self, plan: Plan, component: Component) -> tuple[Ints, NDArray[np.int8] | None]:
        measure, mode = component.measure, plan.rounding.mode
        unit = "number" if measure.is_number else "money"
        key = (measure.sum, unit, measure.times, measure.less, measure.less_per_deal, plan.currency, mode)
        if key not in self._known:
            money = plan.currency, self._told.exchange, mode
            figure = self._told.figures.axis(measure.sum, unit, money, measure.times)
            for name in measure.less:
                figure = figure.less(self._told.figures.axis(name, unit, money, measure.times))
            if measure.less_per_deal is not None:
                figure = figure.reduced(_parts(measure.less_per_deal, unit))
            real = self._told.deals.deal_id > 0
            fault = None if figure.fault is None else np.where(real, figure.fault, 0).astype(np.int8)
            value = np.where(real, figure.value, 0)
            self._known[key] = self._seats.amounts(value, mode), fault
        return self._known[key]

    def _of_achievements(self, plan_no: int, rule: int, measure: Measured, mode: Rounding) -> Ints:
        seats, achieved = self._seats, self._achieved
        values = np.zeros(len(seats.deal), dtype=np.int64)
        if seats.plan_no is None or seats.rule is None:
            return values
        own = np.flatnonzero((seats.plan_no == plan_no) & (seats.rule == rule))
        rep, deal = seats.rep[own], seats.deal[own]
        taken = (rep, achieved.days[deal], achieved.value[deal])
        values[own] = increments(measure.component, measure.windows, taken, mode)
        return values


def _parts(taken: Money, unit: str) -> int:
    """An amount in minor units, or what is written as one in millionths of a unit."""
    return taken.minor if unit == "money" else taken.minor * MILLION // 10 ** exponent(taken.currency)


def _counting(plan: Plan, half: str) -> NDArray[np.bool_]:
    return np.array([half in rule.counts_for for rule in plan.crediting])


def _counted(plan: Plan, position: int) -> NDArray[np.bool_]:
    """Per rule whether the component counts what it gives."""
    component = plan.components[position]
    found = np.zeros(len(plan.crediting) + len(plan.components) + 1, dtype=bool)
    if component.measure.achievement:
        found[len(plan.crediting) + position] = True
        return found
    chosen = set(component.measure.credited_by)
    elsewhere = {name for each in plan.components for name in each.measure.credited_by}
    for number, rule in enumerate(plan.crediting):
        found[number] = rule.name in chosen if chosen else not (is_further(rule) and rule.name in elsewhere)
    return found
