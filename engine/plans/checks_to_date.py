"""Credit and quota to date: refused where what earlier periods come to could not be said again by the new quota."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.plans.tables import Cap, Deduction, Minimum

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.plans.nodes import Reading
    from engine.plans.schema import Component, Plan

TO_DATE = "to_date"
_REMEDY = "Remove it, or choose another `accumulate`."


def check(plan: Plan, reading: Reading) -> None:
    """Reports what a component that accumulates to date cannot have."""
    names = {component.name for component in plan.components if component.accumulate == TO_DATE}
    for position, component in enumerate(plan.components):
        path = f"components[{position}]"
        table = component.table
        if table is not None and table.by != "deal" and table.of in names - {component.name}:
            message = f"{table.of!r} accumulates to date, so it chooses no tier of another component."
            reading.report("to_date_axis", f"{path}.table.of", message, remedy="Let it choose its own tier only.")
        if component.accumulate != TO_DATE:
            continue
        if not component.quota:
            message = "`accumulate: to_date` needs the name of a quota: its rows are what adds up."
            remedy = "Add `quota:`, or choose another window."
            reading.report("quota_unnamed", f"{path}.accumulate", message, remedy=remedy)
        for key in _unsaid(plan, component):
            message = "What earlier periods come to is paid again by the quota to date, which this does not allow."
            reading.report("to_date_unsaid", f"{path}.{key}" if key else path, message, remedy=_REMEDY)


def _unsaid(plan: Plan, component: Component) -> Iterator[str]:
    """The keys that are given and cannot be."""
    measure = component.measure
    given = {
        "gates": bool(component.gates),
        "multipliers": bool(component.multipliers),
        "deduct": component.deduct != Deduction(),
        "minimum": component.minimum != Minimum(),
        "cap": component.cap not in (Cap(), Cap(per_deal=component.cap.per_deal)),
        "pool": component.pool is not None,
        "levels": bool(component.levels),
        "rates": bool(component.rates),
        "fixed": component.fixed is not None,
        "measure.team_commission": measure.team_commission is not None,
        "measure.take": measure.take != "sum",
        "table.of": component.table is not None and (component.table.by == "deal" or bool(component.table.of)),
    }
    yield from (key for key, is_given in given.items() if is_given)
    for position, tier in enumerate(component.table.tiers if component.table is not None else ()):
        if tier.rates:
            yield f"table.tiers[{position}].rates"
    if plan.rounding.step == "line" or any(len(rule.counts_for) < 2 for rule in plan.crediting):
        yield ""
