"""What a plan must be beyond its types: no gap, no overlap, no ambiguity, nothing that cannot be priced."""

from __future__ import annotations

from collections import Counter
from itertools import combinations, pairwise
from typing import TYPE_CHECKING

from engine.dates import Period
from engine.money import Money, Rate, exponent

if TYPE_CHECKING:
    from engine.plans.filters import Filter, RateRule
    from engine.plans.nodes import Reading
    from engine.plans.schema import Component, CreditRule, Plan
    from engine.plans.tables import Table, Tier

_BUILT_IN = ("owner", "splits")
_PRICES = ("rate", "rates", "per_unit", "fixed", "levels", "table")


def check_plan(plan: Plan, reading: Reading) -> None:
    """Reports everything in a well-typed plan that cannot be calculated in exactly one way."""
    _check_head(plan, reading)
    _check_names([rule.name for rule in plan.crediting], "crediting", reading)
    _check_names([component.name for component in plan.components], "components", reading)
    for position, rule in enumerate(plan.crediting):
        _check_credit_rule(rule, f"crediting[{position}]", reading)
    for position, component in enumerate(plan.components):
        _check_component(component, f"components[{position}]", reading)


def _check_head(plan: Plan, reading: Reading) -> None:
    if plan.version < 1:
        reading.report(
            "value_unknown", "version", "Versions count from 1.", found=str(plan.version), allowed="1, 2, 3 …"
        )
    if plan.effective.days > 366 * 20:
        reading.report(
            "period_too_long", "effective", "A plan runs for at most 20 years.", found=plan.effective.label
        )
    places, most = plan.rounding.places, exponent(plan.currency)
    if places is not None and places > most:
        allowed = f"0 to {most} for {plan.currency}"
        reading.report(
            "places_unknown",
            "rounding.places",
            "The currency has no such decimals.",
            found=str(places),
            allowed=allowed,
        )


def _check_names(names: list[str], path: str, reading: Reading) -> None:
    for name, times in Counter(names).items():
        if times > 1:
            last = len(names) - 1 - names[::-1].index(name)
            reading.report(
                "name_repeated", f"{path}[{last}]", f"{name!r} is the name of {times} entries.", remedy="Rename one."
            )


def _check_credit_rule(rule: CreditRule, path: str, reading: Reading) -> None:
    if not rule.to and rule.name not in _BUILT_IN:
        remedy = "Add `to: owner` or `to: splits`."
        reading.report("key_missing", path, f"The rule {rule.name!r} does not say whom it credits.", remedy=remedy)


def _prices_differently(component: Component, given: list[str]) -> bool:
    """Whether a target stands in for a rate, or a table multiplies the rate beside it."""
    if not given:
        return component.has_target or component.pool is not None
    multiplies = component.table is not None and any(tier.multiplier is not None for tier in component.table.tiers)
    return multiplies and len(given) == 2 and given[0] in ("rate", "per_unit")


def _check_component(component: Component, path: str, reading: Reading) -> None:
    given = [key for key in _PRICES if getattr(component, key) not in (None, ())]
    if len(given) != 1 and not _prices_differently(component, given):
        message = "A component is paid by exactly one of rate, rates, per_unit, fixed, levels and table."
        reading.report("component_unpriced", path, message, found=" and ".join(given) or "none of them")
        return
    for key in ("per_deal", "per_period"):
        limit = getattr(component.cap, key)
        if limit is not None and limit.minor == 0:
            reading.report(
                "cap_zero",
                f"{path}.cap.{key}",
                "A cap of 0 would pay nothing, ever.",
                remedy="Remove the cap or the component.",
            )
    if component.accumulate == "quota_period" and not component.quota:
        message = "`accumulate: quota_period` needs the name of a quota: each of its rows is a window."
        remedy = "Add `quota:`, or choose transaction, month, quarter or year_to_date."
        reading.report("quota_unnamed", f"{path}.accumulate", message, remedy=remedy)
    _check_rules(component.rates, f"{path}.rates", reading)
    if component.table is not None:
        _check_table(component, component.table, path, reading)


def _check_table(component: Component, table: Table, path: str, reading: Reading) -> None:
    if f"{path}.accumulate" not in reading.lines:
        remedy = "Add `accumulate:` with transaction, month, quarter, quota_period or year_to_date."
        reading.report("key_missing", path, "A table must say over which window credit adds up.", remedy=remedy)
    if table.by == "attainment" and not component.quota:
        reading.report(
            "quota_unnamed",
            path,
            "Attainment needs the name of a quota.",
            remedy="Add `quota:`, or use `by: amount`.",
        )
    if table.by == "attainment" and component.accumulate == "transaction":
        remedy = "Choose month, quarter, quota_period or year_to_date, or use `by: amount`."
        reading.report(
            "window_unknown", f"{path}.accumulate", "A single transaction has no attainment.", remedy=remedy
        )
    for position, tier in enumerate(table.tiers):
        _check_tier(tier, table, f"{path}.table.tiers[{position}]", reading)
    _check_order(table, f"{path}.table.tiers", reading)


def _check_tier(tier: Tier, table: Table, path: str, reading: Reading) -> None:
    if (tier.rate is None) == (not tier.rates):
        reading.report("tier_unpriced", path, "A tier has exactly one of rate and rates.")
    is_zero = tier.start in (Rate(0), Money(0, getattr(tier.start, "currency", "")))
    if not is_zero and isinstance(tier.start, Rate) != (table.by == "attainment"):
        wanted = "a percentage such as 100%" if table.by == "attainment" else "an amount such as 50_000"
        message = f"This table is measured by {table.by}."
        reading.report("tier_axis", f"{path}.from", message, found=str(tier.start), allowed=wanted)
    _check_rules(tier.rates, f"{path}.rates", reading)


def _check_order(table: Table, path: str, reading: Reading) -> None:
    first = table.tiers[0].begins
    if first != Rate(0):
        message = f"The first tier must begin at 0: below {table.tiers[0].start} nothing is said."
        reading.report(
            "tier_gap", f"{path}[0].from", message, remedy="Begin at 0, with `rate: 0%` if nothing is paid there."
        )
    for position, (low, high) in enumerate(pairwise(table.tiers), start=1):
        if not low.begins < high.begins:
            message = f"This tier begins at {high.start}, but the one above it begins at {low.start}: they overlap."
            reading.report(
                "tier_order",
                f"{path}[{position}].from",
                message,
                remedy="List tiers in rising order, each start once.",
            )


def _check_rules(rules: tuple[RateRule, ...], path: str, reading: Reading) -> None:
    for (_, one), (position, other) in combinations(enumerate(rules), 2):
        shared = _meet(one, other)
        if len(one.conditions) != len(other.conditions) or shared is None:
            continue
        if not any(len(rule.conditions) > len(one.conditions) and _covers(rule, shared) for rule in rules):
            message = "Two rates are equally specific for the same deals."
            remedy = "Make their conditions exclude each other, or add a rule for the deals that meet both."
            reading.report("rates_ambiguous", f"{path}[{position}]", message, found=_said(one, other), remedy=remedy)


def _said(one: RateRule, other: RateRule) -> str:
    said = (f"{rule.rate} by {', '.join(rule.conditions) or 'no condition'}" for rule in (one, other))
    return " and ".join(said)


Conditions = dict[str, "frozenset[str] | Period"]


def _meet(one: Filter, other: Filter) -> Conditions | None:
    """The conditions of the deals that meet both filters, or None when no deal can."""
    found: Conditions = {}
    for name in {*one.conditions, *other.conditions}:
        sides = [getattr(side, name) for side in (one, other) if name in side.conditions]
        if name == "booked":
            start, end = max(side.start_on for side in sides), min(side.end_on for side in sides)
            if start >= end:
                return None
            found[name] = Period("", start, end)
            continue
        values = frozenset.intersection(*(frozenset(side) for side in sides))
        if not values:
            return None
        found[name] = values
    return found


def _covers(rule: RateRule, deals: Conditions) -> bool:
    """Whether every deal with these conditions meets the rule."""
    for name in rule.conditions:
        held = deals.get(name)
        if isinstance(held, Period):
            span = rule.booked
            if span is None or span.start_on > held.start_on or held.end_on > span.end_on:
                return False
        elif held is None or not held <= frozenset(getattr(rule, name)):
            return False
    return True
