"""What reps were credited in earlier parts, for quotas that grow out of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from engine.dates import Period, add_months, day
from engine.frames import shaped
from engine.money import Money, Rate
from engine.plans.schema import Component
from engine.plans.tables import Cap
from engine.plans.terms import PaymentTerms
from engine.quota_rules import COUNTED

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence
    from datetime import date

    from engine.calculation import Calculation
    from engine.frames import Facts
    from engine.plans.schema import Plan

    Calculate = Callable[[Facts, Sequence[Plan], date, Collection[int] | None], Calculation]


def with_history(
    facts: Facts, plans: Sequence[Plan], asked: tuple[date, Collection[int] | None], calculate: Calculate
) -> Facts:
    """The facts with, for every quota that grows, what each rep was credited, as balances.

    Facts that have been given their history already get the same.

    It is the same calculation, over the plan moved back by a year, with nothing but the measure of the first
    component that names the quota. The deals of that time have to be among the facts; who was on which plan then is
    not asked.

    Args:
        facts: The facts of the calculation.
        plans: Its plans.
        asked: The last day that counts, and the reps that are asked for.
        calculate: `engine.commission.calculate`.
    """
    found = [frame for plan in plans for frame in _histories(facts, plan, asked, calculate)]
    if not found:
        return facts
    given = facts.balances[~facts.balances["name"].astype(str).str.startswith(COUNTED)]
    return replace(facts, balances=shaped("balances", pd.concat([given.astype(object), *found])))


def _histories(
    facts: Facts, plan: Plan, asked: tuple[date, Collection[int] | None], calculate: Calculate
) -> Iterator[pd.DataFrame]:
    for rule in plan.quotas:
        component = next((each for each in plan.components if each.quota == rule.name), None)
        if rule.growth is None or component is None or plan.effective.start_on.year <= 1:
            continue
        earlier = _earlier(plan, component)
        span = {"start_on": day(earlier.effective.start_on), "end_on": day(earlier.effective.end_on)}
        people = np.union1d(facts.deals["owner_id"].to_numpy(), facts.splits["rep_id"].to_numpy())
        everybody = shaped("assignments", [{"rep_id": int(one), "plan": plan.name, **span} for one in people])
        then = replace(facts, assignments=everybody)
        lines = calculate(then, [earlier], *asked).lines
        lines = lines[lines["kind"] == "commission"]
        yield pd.DataFrame(
            {
                "rep_id": lines["rep_id"].to_numpy(),
                "plan": plan.name,
                "name": COUNTED + rule.name,
                "on": lines["booked_on"].to_numpy(),
                "value": lines["basis_cents"].to_numpy(),
            },
            dtype=object,
        )


def _earlier(plan: Plan, component: Component) -> Plan:
    """The plan from a year earlier on, with only what the component counts."""
    start = add_months(plan.effective.start_on, -12)
    counted = Component(component.name, component.measure, rate=Rate(0), cap=Cap(per_deal=component.cap.per_deal))
    if component.measure.is_number:
        counted = replace(counted, rate=None, per_unit=Money(0, plan.currency))
    return replace(
        plan,
        effective=Period("", start, plan.effective.end_on),
        components=(counted,),
        quotas=(),
        payment=PaymentTerms(),
    )
