"""What a plan must be beyond its types: no gap, no overlap, no ambiguity, nothing that cannot be priced."""

from __future__ import annotations

import re
from collections import Counter
from datetime import timedelta
from itertools import combinations
from typing import TYPE_CHECKING

from engine.money import exponent
from engine.plans import checks_conditions, checks_credits, checks_tables, checks_terms, checks_to_date
from engine.plans.asked import both, conditions_of, covers

if TYPE_CHECKING:
    from engine.dates import Period
    from engine.plans.filters import RateRule
    from engine.plans.nodes import Reading
    from engine.plans.schema import Component, CreditRule, Plan

_BUILT_IN = ("owner", "splits")


def check_plan(plan: Plan, reading: Reading) -> None:
    """Reports everything in a well-typed plan that cannot be calculated in exactly one way."""
    _check_head(plan, reading)
    _check_names([rule.name for rule in plan.crediting], "crediting", reading)
    _check_names([component.name for component in plan.components], "components", reading)
    for position, rule in enumerate(plan.crediting):
        _check_credit_rule(rule, f"crediting[{position}]", reading)
    for position, component in enumerate(plan.components):
        _check_component(component, f"components[{position}]", reading)
    checks_credits.check(plan, reading)
    checks_tables.check(plan, reading)
    checks_conditions.check(plan, reading)
    checks_terms.check(plan, reading)
    checks_to_date.check(plan, reading)


def _check_head(plan: Plan, reading: Reading) -> None:
    if plan.version < 1:
        reading.report(
            "value_unknown", "version", "Versions count from 1.", found=str(plan.version), allowed="1, 2, 3 …"
        )
    _check_end(plan.effective, "effective", reading)
    _check_pays_from(plan, reading)
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


def _check_pays_from(plan: Plan, reading: Reading) -> None:
    """Weeks are counted from some day; of every second week it has to be said which."""
    if plan.pays == "biweekly" and plan.pays_from is None:
        message = "Every second week may be one or the other."
        remedy = "Add `pays_from:` with a day on which a pay period begins, such as 2026-01-05."
        reading.report("key_missing", "pays", message, remedy=remedy)
    weeks = plan.pays in ("weekly", "biweekly") or any(
        "week" in (part.accumulate, *(gate.over for gate in part.gates)) for part in plan.components
    )
    if plan.pays_from is not None and not weeks:
        message = "Nothing in this plan is counted in weeks."
        reading.report("pays_from_unused", "pays_from", message, found=str(plan.pays_from), remedy="Remove it.")


def _check_end(span: Period, path: str, reading: Reading) -> None:
    """A range of whole months but for one day: somebody has given its last day in place of the day after."""
    after = span.end_on + timedelta(days=1)
    if span.start_on.day == after.day == 1:
        message = f"The second day of a range is the first that is left out: this one ends without {span.end_on}."
        remedy = f"Write {span.start_on} .. {after}."
        reading.report("period_end", path, message, found=span.label, remedy=remedy)


def _check_names(names: list[str], path: str, reading: Reading) -> None:
    for name, times in Counter(names).items():
        if times > 1:
            last = len(names) - 1 - names[::-1].index(name)
            reading.report(
                "name_repeated", f"{path}[{last}]", f"{name!r} is the name of {times} entries.", remedy="Rename one."
            )


def _check_credit_rule(rule: CreditRule, path: str, reading: Reading) -> None:
    if not rule.to and rule.name not in _BUILT_IN:
        remedy = "Add `to:` with owner, splits, managers, role, team or territory."
        reading.report("key_missing", path, f"The rule {rule.name!r} does not say whom it credits.", remedy=remedy)


def _check_component(component: Component, path: str, reading: Reading) -> None:
    for key in ("per_deal", "per_period"):
        limit = getattr(component.cap, key)
        if limit is not None and limit.minor == 0:
            reading.report(
                "cap_zero",
                f"{path}.cap.{key}",
                "A cap of 0 would pay nothing, ever.",
                remedy="Remove the cap or the component.",
            )
    if component.quota and re.fullmatch(r"[0-9][0-9_.,]*%?", component.quota):
        message = "`quota` is the name of a quota; the number itself comes with your data, per rep and with dates."
        remedy = "Write a name such as `bookings`, and load the number as the quota of that name."
        reading.report("quota_is_number", f"{path}.quota", message, found=component.quota, remedy=remedy)
    if component.accumulate == "quota_period" and not component.quota:
        message = "`accumulate: quota_period` needs the name of a quota: each of its rows is a window."
        remedy = "Add `quota:`, or choose transaction, month, quarter, half_year or year_to_date."
        reading.report("quota_unnamed", f"{path}.accumulate", message, remedy=remedy)
    _check_rules(component.rates, f"{path}.rates", reading)
    for position, tier in enumerate(component.table.tiers if component.table is not None else ()):
        _check_rules(tier.rates, f"{path}.table.tiers[{position}].rates", reading)


def _check_rules(rules: tuple[RateRule, ...], path: str, reading: Reading) -> None:
    for (_, one), (position, other) in combinations(enumerate(rules), 2):
        shared = both(conditions_of(one), conditions_of(other))
        if len(one.conditions) != len(other.conditions) or shared is None:
            continue
        closer = [rule for rule in rules if len(rule.conditions) > len(one.conditions)]
        if not any(covers(conditions_of(rule), shared) for rule in closer):
            message = "Two rates are equally specific for the same deals."
            remedy = "Make their conditions exclude each other, or add a rule for the deals that meet both."
            reading.report("rates_ambiguous", f"{path}[{position}]", message, found=_said(one, other), remedy=remedy)


def _said(one: RateRule, other: RateRule) -> str:
    said = (f"{rule.rate} by {', '.join(rule.conditions) or 'no condition'}" for rule in (one, other))
    return " and ".join(said)
