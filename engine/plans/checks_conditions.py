"""What gates, multipliers, limits, pools, levels and overrides must be to be calculated in exactly one way."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

from engine.money import Rate
from engine.plans.schema import Measure

if TYPE_CHECKING:
    from engine.plans.nodes import Reading
    from engine.plans.schema import Component, Plan
    from engine.plans.tables import Multiplier

_RERATES = ("whole_amount", "overage")
_LIMITS = ("pay_per_deal", "per_period", "per_year")
_SPANS = {"year": "year_to_date"}


def check(plan: Plan, reading: Reading) -> None:
    """Reports everything about the conditions of components, and about what they pay because of others."""
    known = {component.name: component for component in plan.components}
    for position, component in enumerate(plan.components):
        path = f"components[{position}]"
        _check_gates(component, known, path, reading)
        _check_multipliers(component, known, path, reading)
        _check_limits(component, path, reading)
        _check_window_cap(component, path, reading)
        _check_axis(component, known, path, reading)
        if component.pool is not None:
            _check_pool(component, known, f"{path}.pool", reading)
        if component.levels:
            _check_levels(component, f"{path}.levels", reading)
        if component.measure.team_commission is not None:
            _check_override(component, path, reading)


def _check_gates(component: Component, known: dict[str, Component], path: str, reading: Reading) -> None:
    for number, gate in enumerate(component.gates):
        place = f"{path}.gates[{number}]"
        if (gate.at_least is None) == (gate.more_than is None):
            message = "A gate says what has to be reached, or what has to be passed."
            reading.report("gate_unclear", place, message, remedy="Give one of `at_least:` and `more_than:`.")
            continue
        _check_tested(component, known, (gate.component, isinstance(gate.bar, Rate)), place, reading)
        _check_window(known.get(gate.component), gate.over, place, reading)
        if gate.otherwise is not None and gate.at_most is not None:
            message = "While it is not met a gate pays another rate, or at most so much, not both."
            reading.report("gate_unclear", f"{place}.at_most", message, remedy="Remove one of them.")
        if isinstance(gate.at_most, Rate) and not component.has_target:
            message = "A percentage is one of the target incentive, and this component has none."
            reading.report("target_missing", f"{place}.at_most", message, remedy="Write an amount, or give `target`.")
        if gate.otherwise is not None and component.measure.is_number:
            message = "`otherwise` is a share of money, and this component counts a number."
            remedy = "Add another component that pays less, or measure money."
            reading.report("otherwise_unit", f"{place}.otherwise", message, remedy=remedy)


def _check_tested(
    component: Component, known: dict[str, Component], asked: tuple[str, bool], path: str, reading: Reading
) -> None:
    """Whether the component of that name can be tested; `asked` also says whether by percentage of its quota."""
    name, by_quota = asked
    tested = known.get(name)
    if tested is None or tested is component:
        message = "This names no other component of the plan."
        others = ", ".join(repr(each) for each in known if each != component.name) or "none: there is no other"
        reading.report("component_unknown", f"{path}.component", message, found=repr(name), allowed=others)
        return
    if tested.measure.team_commission is not None:
        message = "A component that pays on the commissions of others has no credit that could be tested."
        remedy = "Test a component that counts credit, such as one that rolls up the team's deals and pays 0%."
        reading.report("component_untestable", f"{path}.component", message, found=repr(name), remedy=remedy)
    elif by_quota and not (tested.quota or tested.is_attainment):
        message = f"A percentage of quota is tested, but {name!r} names no quota."
        remedy = f"Add `quota:` to {name!r}, or test an amount."
        reading.report("quota_unnamed", path, message, remedy=remedy)


def _check_window(tested: Component | None, over: str, path: str, reading: Reading) -> None:
    """An achievement that is no sum of its values is known only for the windows in which it is taken."""
    if tested is None or not tested.measure.achievement:
        return
    is_sum = tested.measure.take == "sum" and not tested.is_attainment
    if not is_sum and _SPANS.get(over, over) != tested.accumulate:
        message = f"{tested.name!r} takes its achievement by {tested.accumulate}, so over {over} it has none."
        remedy = f"Give {tested.name!r} the `accumulate` that is tested, or test what it has."
        reading.report("window_mismatch", f"{path}.over", message, found=over, remedy=remedy)


def _check_multipliers(component: Component, known: dict[str, Component], path: str, reading: Reading) -> None:
    names = Counter(each.name for each in component.multipliers)
    beside = component.measure.team_commission is not None or bool(component.levels)
    for number, each in enumerate(component.multipliers):
        place = f"{path}.multipliers[{number}]"
        if names[each.name] > 1:
            message = f"{each.name!r} is the name of {names[each.name]} multipliers of this component."
            reading.report("name_repeated", place, message, remedy="Rename one.")
        if (each.times is None) == (not each.steps) or bool(each.component) != bool(each.steps):
            message = "A multiplier has either `times`, or `component` and `steps`."
            reading.report("multiplier_unclear", place, message)
            continue
        if each.interpolated and (len(each.steps) < 2 or each.reached == "above"):
            message = "A straight line needs two steps at least, and has no jump that could be reached or passed."
            remedy = "Give further steps, or remove `interpolated` or `reached`."
            reading.report("multiplier_unclear", f"{place}.interpolated", message, remedy=remedy)
        if each.when.conditions and beside:
            message = "A component that pays on what others did has no deals of its own that a filter could choose."
            remedy = "Leave `when` out, or filter in `measure`."
            reading.report("multiplier_filter", f"{place}.when", message, remedy=remedy)
        if each.steps:
            by_quota = any(isinstance(step.start, Rate) for step in each.steps)
            _check_tested(component, known, (each.component, by_quota), place, reading)
            _check_window(known.get(each.component), each.over, place, reading)
            _check_steps(each, f"{place}.steps", reading)


def _check_steps(multiplier: Multiplier, path: str, reading: Reading) -> None:
    starts = [step.start for step in multiplier.steps]
    values = [start.fraction if isinstance(start, Rate) else Fraction(start.minor) for start in starts]
    if values[0]:
        message = f"The first step must begin at 0: below {starts[0]} nothing is said."
        reading.report(
            "step_gap", f"{path}[0].from", message, remedy="Begin at 0, with `times: 1` if nothing changes."
        )
    kinds = {isinstance(start, Rate) for start, value in zip(starts, values, strict=True) if value}
    if len(kinds) > 1:
        message = "Some steps begin at a percentage, others at an amount or number."
        reading.report("step_axis", path, message, remedy="Write all of them in one unit.")
        return
    for number, (low, high) in enumerate(pairwise(values), start=1):
        if not low < high:
            message = f"This step begins at {starts[number]}, but the one before it at {starts[number - 1]}."
            reading.report("step_order", f"{path}[{number}].from", message, remedy="List steps in rising order.")


def _check_limits(component: Component, path: str, reading: Reading) -> None:
    caps = {key: limit for key in _LIMITS if (limit := getattr(component.cap, key)) is not None}
    for key, limit in caps.items():
        if limit.minor == 0 and key != "per_period":  # per_period is checked with the other caps
            message = "A cap of 0 would pay nothing, ever."
            remedy = "Remove the cap or the component."
            reading.report("cap_zero", f"{path}.cap.{key}", message, remedy=remedy)
    least = component.minimum.per_deal
    for key, limit in caps.items():
        if least is not None and least > limit:
            message = f"The minimum of a deal, {least}, is above this cap."
            reading.report("minimum_above_cap", f"{path}.cap.{key}", message, found=str(limit))
    for key in ("per_deal", "per_period"):
        taken = getattr(component.deduct, key)
        if taken is not None and taken.minor == 0:
            message = "Taking off 0 changes nothing."
            reading.report(
                "amount_zero", f"{path}.deduct.{key}", message, remedy="Give an amount, or remove the key."
            )
    of_deals = (least, component.cap.pay_per_deal, component.deduct.per_deal)
    by_line = any(limit is not None for limit in of_deals)
    rerates = component.table is not None and component.table.behaviour in _RERATES
    if by_line and rerates and component.accumulate != "transaction":
        message = "With this table a deal also changes what earlier ones pay, so what it pays itself has no limit."
        remedy = "Use `behaviour: marginal`, `accumulate: transaction`, or a cap per period."
        reading.report("limit_unclear", f"{path}.table.behaviour", message, remedy=remedy)


def _check_window_cap(component: Component, path: str, reading: Reading) -> None:
    limit, place = component.cap.per_window, f"{path}.cap.per_window"
    if limit is None:
        return
    if (limit.num if isinstance(limit, Rate) else limit.minor) == 0:
        message = "A cap of 0 would pay nothing, ever."
        reading.report("cap_zero", place, message, remedy="Remove the cap or the component.")
    if component.accumulate == "transaction":
        message = "Every deal is a window of its own here."
        reading.report("window_unknown", place, message, remedy="Use `pay_per_deal`, or choose another `accumulate`.")
    if isinstance(limit, Rate) and not component.has_target:
        message = "A percentage is one of the target incentive, and this component has none."
        reading.report("target_missing", place, message, remedy="Write an amount, or give `target` or `incentive`.")


def _check_axis(component: Component, known: dict[str, Component], path: str, reading: Reading) -> None:
    table = component.table
    if table is None or table.by == "deal" or not table.of or table.of not in known:
        return
    if known[table.of].measure.team_commission is not None:
        message = "A component that pays on the commissions of others has no credit that could choose the tier."
        reading.report("component_untestable", f"{path}.table.of", message, found=repr(table.of))


def _check_pool(component: Component, known: dict[str, Component], path: str, reading: Reading) -> None:
    pool = component.pool
    if pool is None:
        return
    above = path.removesuffix(".pool")
    if component.accumulate in ("transaction", "quota_period"):
        message = "A pool is shared at the end of a window that is the same for everybody."
        allowed = "month, quarter, half_year or year_to_date"
        reading.report("window_unknown", f"{above}.accumulate", message, found=component.accumulate, allowed=allowed)
    if component.release or component.clawback is not None:
        message = "A pool is of no single deal, so its parts can wait for none and be taken back for none."
        reading.report("pool_release", path, message, remedy="Remove `release` and `clawback`.")
    if component.levels or component.measure.team_commission is not None:
        reading.report("pool_priced", path, "A pool is made of what credit prices, or of an amount.")
    if (pool.share == "weight") != bool(pool.weight):
        message = "`weight` names the weights of `share: weight`."
        reading.report("key_missing", path, message, remedy="Give both, or neither.")
    _check_pool_size(component, path, reading)
    _check_eligible(component, known, path, reading)


def _check_eligible(component: Component, known: dict[str, Component], path: str, reading: Reading) -> None:
    pool = component.pool
    if pool is None:
        return
    if pool.at_least is not None and pool.more_than is not None:
        message = "What makes eligible has either to be reached or to be passed."
        reading.report("gate_unclear", path, message, remedy="Give one of `at_least:` and `more_than:`.")
    elif bool(pool.component) != (pool.bar is not None):
        message = "`component` and `at_least` (or `more_than`) say together who is eligible."
        reading.report("key_missing", path, message, remedy="Give both, or neither.")
    elif pool.component and pool.component != component.name:
        _check_tested(component, known, (pool.component, True), path, reading)
        _check_window(known.get(pool.component), component.accumulate, path, reading)
    elif pool.component and not (component.quota or component.is_attainment):
        message = "A percentage of quota makes eligible, but this component names no quota."
        reading.report("quota_unnamed", path, message, remedy="Add `quota:`.")


def _check_pool_size(component: Component, path: str, reading: Reading) -> None:
    pool = component.pool
    if pool is None:
        return
    prices = (component.rate, component.per_unit, component.fixed, component.table, component.target)
    is_priced = any(price is not None for price in prices) or bool(component.rates or component.incentive)
    if is_priced == (pool.amount is not None):
        message = "A pool is made either of what the component prices, or of `amount`."
        reading.report("pool_size", path, message, found="both" if is_priced else "neither")
    if pool.amount is not None and not pool.amount:
        reading.report("pool_size", f"{path}.amount", "A pool of 0 would pay nothing, ever.")


def _check_levels(component: Component, path: str, reading: Reading) -> None:
    above = path.removesuffix(".levels")
    if component.has_target or component.measure.team_commission is not None:
        message = "Levels share what credit is worth; targets and commissions of others go by other rules."
        reading.report("levels_mixed", above, message, remedy="Use a component of its own for each.")
    for name, times in Counter(level.level for level in component.levels).items():
        if times > 1:
            reading.report("name_repeated", path, f"{name!r} is the name of {times} levels.", remedy="Remove one.")
    wanted = "per_unit" if component.measure.is_number else "rate"
    unwanted = "rate" if wanted == "per_unit" else "per_unit"
    values = [getattr(level, wanted) for level in component.levels]
    for number, level in enumerate(component.levels):
        if values[number] is None or getattr(level, unwanted) is not None:
            counted = "a number" if wanted == "per_unit" else "money"
            message = f"The component counts {counted}, so each level has `{wanted}` and nothing else."
            reading.report("level_unpriced", f"{path}[{number}]", message)
            return
    for number, (low, high) in enumerate(pairwise(values), start=1):
        if not low < high:
            message = "Levels are listed from the lowest up, each worth more than the one before."
            reading.report("level_order", f"{path}[{number}]", message, found=f"{high} after {low}")


def _check_override(component: Component, path: str, reading: Reading) -> None:
    measure = component.measure
    if Measure(team_commission=measure.team_commission) != measure:
        message = "What the people below are paid is the whole measure."
        remedy = "Remove the other keys of `measure`."
        reading.report("measure_mixed", f"{path}.measure", message, remedy=remedy)
    for key in ("rates", "per_unit", "fixed", "levels"):
        if getattr(component, key) not in (None, ()):
            message = "Commissions of others are money without a deal of the rep's own; they are paid at one rate."
            allowed = "rate, or a table with one rate for each tier"
            reading.report("override_priced", f"{path}.{key}", message, found=key, allowed=allowed)
    table = component.table
    if table is None:
        return
    if table.by == "deal" or table.of:
        message = "The tiers of an override are chosen by the commissions that it counts."
        reading.report("override_axis", f"{path}.table", message, allowed="by: amount or attainment, without of")
    for number, tier in enumerate(table.tiers):
        if tier.rates or tier.per_unit is not None:
            message = "Commissions of others are money without a deal of the rep's own; a tier has one rate."
            reading.report("override_priced", f"{path}.table.tiers[{number}]", message, allowed="rate")
