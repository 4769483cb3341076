"""A draft of a plan over history: the payroll calculation, run once as it was and once with the draft in place.

The draft pays wherever the plan that it replaces paid, over the same days, so that nothing but its terms differs.
Locked periods are calculated anew on both sides: what was once paid is no question of a draft.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from engine.commission import calculate
from engine.crossings import Crossing, crossings
from engine.dates import day
from engine.frames import empty, integers, named
from engine.money import Money, divide

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.calculation import Calculation
    from engine.dates import Period
    from engine.frames import Facts
    from engine.plans.schema import Plan
    from engine.problems import Problem

__all__ = ["Crossing", "Impact", "Simulation", "in_place", "simulate"]


@dataclass(frozen=True, slots=True)
class Impact:
    """What one rep is paid over the days, as it was and by the draft, in one currency."""

    rep_id: int
    now: Money
    draft: Money

    @property
    def change(self) -> Money:
        """What the draft adds."""
        return self.draft - self.now

    @property
    def change_ppm(self) -> int | None:
        """The change as a share of what was paid, in parts per million; None where nothing was."""
        return divide(self.change.minor * 1_000_000, abs(self.now.minor)) if self.now.minor else None


@dataclass(frozen=True)
class Simulation:
    """A draft beside what it replaces.

    Attributes:
        span: The days whose pay is compared.
        impacts: One per rep and currency, the greatest gain first. Everybody who is on the plan within the days is
            among them, and whoever else is paid differently, such as managers.
        totals: What they cost by currency, as it was and by the draft; nobody else's pay differs.
        crossings: Tiers, gates and caps that are reached on one side and not on the other.
        problems: What stands in the draft's way and did not stand in the way before.
        now: The calculation as it was.
        draft: The calculation by the draft.
    """

    span: Period
    impacts: tuple[Impact, ...]
    totals: tuple[tuple[Money, Money], ...]
    crossings: tuple[Crossing, ...]
    problems: tuple[Problem, ...]
    now: Calculation
    draft: Calculation


def in_place(draft: Plan, plans: Sequence[Plan], replaced: str) -> tuple[Plan, ...]:
    """The plans with the draft in place of every version of the plan called `replaced`, over that version's days."""
    return tuple(
        replace(draft, name=plan.name, version=plan.version, effective=plan.effective)
        if plan.name == replaced
        else plan
        for plan in plans
    )


def simulate(facts: Facts, plans: Sequence[Plan], draft: tuple[Plan, str], span: Period) -> Simulation:
    """The draft run over the days of `span` in place of the plan that it names. Two calculations for all reps.

    Args:
        facts: The facts of everybody, from the first day of the plans that are in force within the days.
        plans: The plan versions that pay within the days.
        draft: The draft, and the name of the plan that it replaces.
        span: The days whose lines are compared; nothing counts after the last of them.
    """
    told, replaced = draft
    unlocked = replace(facts, locks=empty("locks"), locked=empty("locked"))
    now = calculate(unlocked, plans, span.last_on)
    then = calculate(unlocked, in_place(told, plans, replaced), span.last_on)
    sides = _paid(now, span), _paid(then, span)
    impacts = _impacts(sides, _assigned(facts, replaced, span), _currency(now, replaced))
    return Simulation(
        span,
        impacts,
        _totals(impacts),
        crossings(now, then, (replaced, span)),
        tuple(problem for problem in then.problems if problem not in set(now.problems)),
        now,
        then,
    )


_Paid = dict[tuple[int, str], int]


def _paid(calc: Calculation, span: Period) -> _Paid:
    """What every rep is paid within the days, by currency; straight from the arrays of which lines are made."""
    trace, extras, own_ids = calc.trace, calc.extras, calc.counted.seats.rep_ids
    sizes = [len(plan.components) for plan in calc.plans]
    plan_of = np.repeat(np.arange(len(sizes)), sizes)
    ids = np.union1d(own_ids, extras.rep_id)
    sums, occurs = np.zeros(len(sizes) * len(ids), dtype=np.int64), np.zeros(len(sizes) * len(ids), dtype=bool)
    for place, days, amount in (
        (
            (plan_of * len(ids))[trace.measure] + np.searchsorted(ids, own_ids)[calc.line_reps],
            calc.counted.sorted.whole.days[trace.at],
            trace.amount,
        ),
        (
            extras.plan_no.astype(np.int64) * len(ids) + np.searchsorted(ids, extras.rep_id),
            extras.days,
            extras.amount,
        ),
    ):
        rows = np.flatnonzero((days >= day(span.start_on)) & (days < day(span.end_on)))
        np.add.at(sums, place[rows], amount[rows])
        occurs[place[rows]] = True
    found: _Paid = defaultdict(int)
    for at in np.flatnonzero(occurs).tolist():
        found[int(ids[at % len(ids)]), calc.plans[at // len(ids)].currency] += int(sums[at])
    return dict(found)


def _impacts(sides: tuple[_Paid, _Paid], on_plan: frozenset[int], currency: str) -> tuple[Impact, ...]:
    now, then = sides
    keys = {key for key in now.keys() | then.keys() if key[0] in on_plan or now.get(key, 0) != then.get(key, 0)}
    keys |= {(rep_id, currency) for rep_id in on_plan - {key[0] for key in keys}}
    found = [Impact(key[0], Money(now.get(key, 0), key[1]), Money(then.get(key, 0), key[1])) for key in keys]
    return tuple(sorted(found, key=lambda each: (each.now.currency, each.now.minor - each.draft.minor, each.rep_id)))


def _totals(impacts: Sequence[Impact]) -> tuple[tuple[Money, Money], ...]:
    found = []
    for currency in sorted({each.now.currency for each in impacts}):
        own = [each for each in impacts if each.now.currency == currency]
        sums = sum(each.now.minor for each in own), sum(each.draft.minor for each in own)
        found.append((Money(sums[0], currency), Money(sums[1], currency)))
    return tuple(found)


def _assigned(facts: Facts, name: str, span: Period) -> frozenset[int]:
    table = facts.assignments
    labels = named(table, "plan")
    own = labels.codes == labels.code(name)
    own &= integers(table, "start_on") < day(span.end_on)
    own &= integers(table, "end_on") > day(span.start_on)
    return frozenset(np.unique(integers(table, "rep_id")[own]).tolist())


def _currency(calc: Calculation, name: str) -> str:
    return next((plan.currency for plan in calc.plans if plan.name == name), "USD")
