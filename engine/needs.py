"""Which of the facts that may be left out some plans go by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.plans.asked import DERIVED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from engine.plans.filters import Filter
    from engine.plans.schema import Component, Plan

#: Decisions about single people: they pay under any plan.
ALWAYS = frozenset({"adjustments"})
_TAGGED = ("category", "segment", "territory", "tagged")


def needs(plans: Iterable[Plan]) -> frozenset[str]:
    """The names of the optional frames that any of the plans reads, so that no others have to be loaded."""
    found = set(ALWAYS)
    for plan in plans:
        found |= _of_crediting(plan) | _of_payment(plan)
        for component in plan.components:
            found |= _of_component(component)
        for each in _filters(plan):
            found |= _of_filter(each)
    return frozenset(found)


def _filters(plan: Plan) -> Iterator[Filter]:
    yield from (rule.when for rule in plan.crediting)
    for component in plan.components:
        yield component.measure.where
        yield component.measure.excluding
        yield from component.rates
        yield from (each.when for each in component.multipliers)
        yield from (rule for tier in component.priced_by.tiers for rule in tier.rates)


def _of_filter(each: Filter) -> set[str]:
    found = {"tags"} if any(getattr(each, name) for name in _TAGGED) else set()
    if each.role:
        found.add("people")
    return found | ({"figures"} if each.having else set())


def _of_crediting(plan: Plan) -> set[str]:
    found: set[str] = set()
    for rule in plan.crediting:
        if rule.credits_whom in ("managers", "role", "team", "territory") or rule.role or rule.by_role:
            found.add("people")
        if rule.credits_whom == "territory" or "territory" in rule.same:
            found.add("tags")
    return found


def _of_component(component: Component) -> set[str]:
    measure, found = component.measure, {"balances"}
    if measure.achievement:
        found.add("achievements")
    if measure.sum not in DERIVED or (measure.sum != "amount" and measure.sum != "count"):
        found.add("figures")
    if component.priced_by.by == "deal" or measure.less:
        found.add("figures")
    if component.prorate != "none":
        found |= {"absences", "people"}
    if component.incentive or (component.pool is not None and component.pool.weight):
        found.add("incentives")
    if component.levels or measure.team_commission is not None:
        found.add("people")
    if component.release or component.clawback is not None:
        found.add("events")
    return found


def _of_payment(plan: Plan) -> set[str]:
    found: set[str] = set()
    if plan.payment.draw is not None:
        found.add("balances")
    if plan.payment.by_rep:
        found.add("incentives")
    if any(rule.prorate != "none" for rule in plan.quotas):
        found |= {"absences", "people"}
    if any(rule.ramp for rule in plan.quotas):
        found.add("people")
    return found
