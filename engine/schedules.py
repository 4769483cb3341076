"""Components → what prices them: tables of a plan compiled to whole numbers."""

from __future__ import annotations

from fractions import Fraction
from itertools import accumulate
from math import lcm
from typing import TYPE_CHECKING

from engine.curves import Curve
from engine.figures import MILLION
from engine.money import exponent
from engine.plans.axes import counts_numbers, start_of
from engine.plans.filters import RateRule
from engine.rates import Schedule
from engine.targets import parts_of_target
from engine.totals import Keeping

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from engine.plans.schema import Component, Plan
    from engine.plans.tables import Table, Tier

#: Behaviours whose tiers are worth a value, not a rate; interpolated tiers may be either.
BY_VALUE = ("curve", "step", "interpolated")


def rules_of(component: Component) -> tuple[tuple[RateRule, ...], ...]:
    """Each tier's rates as rules; where tiers multiply the component's own rates, those."""
    base = component.rates or (RateRule(rate=component.rate, per_unit=component.per_unit),)
    return tuple(
        base if component.table is not None and tier.multiplier is not None else tier.rules
        for tier in component.priced_by.tiers
    )


def priced(rule: RateRule, tier: Tier) -> Fraction:
    """What one minor unit, or one millionth of a unit, of credit pays by a rule in a tier, in minor units."""
    found = Fraction(0)
    if rule.rate is not None:
        found += rule.rate.fraction
    if rule.per_unit is not None:
        found += Fraction(rule.per_unit.minor, MILLION)
    if tier.multiplier is None:
        return found
    return tier.multiplier.fraction * (found if rule.rate is not None or rule.per_unit is not None else 1)


def pricer(plan: Plan, component: Component, patterns: Sequence[Sequence[RateRule]]) -> Schedule | Curve:
    """What prices the component; `patterns` has, for each group of deals, the rule that holds in each tier."""
    table, numbers = component.priced_by, counts_numbers(plan, component)
    starts = [start_of(tier, table.by, numbers) for tier in table.tiers]
    rounding = plan.rounding
    unit = 1 if rounding.places is None else 10 ** (exponent(plan.currency) - rounding.places)
    keeping = Keeping(unit, rounding.mode, rounding.step == "line")
    if table.behaviour in BY_VALUE:
        return _curve(plan, component, starts, keeping)
    groups = [[priced(rule, tier) for rule, tier in zip(rules, table.tiers, strict=True)] for rules in patterns]
    fixed = [0 if rules[0].fixed is None else rules[0].fixed.minor for rules in patterns]
    axis_den, rate_den = _shared(starts), _shared([rate for rates in groups for rate in rates])
    return Schedule(
        starts=_whole(starts, axis_den),
        axis_den=axis_den,
        rates=tuple(_whole(rates, rate_den) for rates in groups),
        rate_den=rate_den,
        keeping=keeping,
        behaviour=table.behaviour,
        fixed=tuple(fixed) if any(fixed) else (),
        target_den=parts_of_target(plan, component) if component.pays_base_rate else 0,
        above=_passed(table),
    )


def _passed(table: Table) -> tuple[bool, ...]:
    found = tuple(table.has_to_be_passed(tier) for tier in table.tiers)
    return found if any(found) else ()


def _curve(plan: Plan, component: Component, starts: list[Fraction], keeping: Keeping) -> Curve:
    table = component.priced_by
    values, slopes, rises = _SHAPES[table.behaviour](component, table, starts)
    axis_den, den = _shared(starts), _shared([*values, *slopes, *rises])
    of_target = any(tier.pays is not None for tier in table.tiers)
    by_rate = any(priced_each(tier, component) is not None for tier in table.tiers)
    return Curve(
        starts=_whole(starts, axis_den),
        axis_den=axis_den,
        values=_whole(values, den),
        slopes=_whole(slopes, den),
        rises=_whole(rises, den),
        den=den,
        times="target" if of_target else "credit" if by_rate and table.behaviour == "interpolated" else "",
        keeping=keeping,
        target_den=parts_of_target(plan, component) if of_target else 1,
        above=_passed(table),
    )


_Lines = tuple[list[Fraction], list[Fraction], list[Fraction]]


def priced_each(tier: Tier, component: Component) -> Fraction | None:
    """The rate that an interpolated tier adds when it is full; None where it is worth an amount."""
    if tier.amount is not None:
        return None
    if tier.multiplier is not None:
        return priced(RateRule(rate=component.rate, per_unit=component.per_unit), tier)
    return None if tier.rate is None and tier.per_unit is None else priced(tier.rules[0], tier)


def _interpolated(component: Component, table: Table, starts: list[Fraction]) -> _Lines:
    """Every tier adds its worth as it fills; the last one is only the end of the one before."""
    worths = []
    for tier in table.tiers[:-1]:
        rate = priced_each(tier, component)
        worths.append(rate if rate is not None else Fraction(0 if tier.amount is None else tier.amount.minor))
    values = list(accumulate(worths, initial=Fraction(0)))
    slopes = [worth / (end - start) for worth, start, end in zip(worths, starts, starts[1:], strict=False)]
    by_rate = any(priced_each(tier, component) is not None for tier in table.tiers)
    below = Fraction(0) if by_rate or not slopes else slopes[0]
    nothing = [Fraction(0)] * (len(values) + 1)
    return [Fraction(0), *values], [below, *slopes, Fraction(0)], nothing


def _points(component: Component, table: Table, starts: list[Fraction]) -> _Lines:  # noqa: ARG001
    """Straight lines from point to point, or as steep as the tier says; after the last one level."""
    values, slopes, rises = [Fraction(0)], [Fraction(0)], [Fraction(0)]
    worths = [_worth(tier) for tier in table.tiers]
    for k, tier in enumerate(table.tiers):
        values.append(worths[k])
        straight = tier.slope is None and k + 1 < len(worths)
        slopes.append((worths[k + 1] - worths[k]) / (starts[k + 1] - starts[k]) if straight else Fraction(0))
        rises.append(Fraction(0))
        if tier.slope is not None:
            (slopes if tier.pays is not None else rises)[-1] = tier.slope.fraction
    return values, slopes, rises


def _steps(component: Component, table: Table, starts: list[Fraction]) -> _Lines:  # noqa: ARG001
    values = [Fraction(0), *(_worth(tier) for tier in table.tiers)]
    level = [Fraction(0)] * len(values)
    return values, level, level


_SHAPES: dict[str, Callable[[Component, Table, list[Fraction]], _Lines]] = {
    "interpolated": _interpolated,
    "curve": _points,
    "step": _steps,
}


def _worth(tier: Tier) -> Fraction:
    if tier.pays is not None:
        return tier.pays.fraction
    return Fraction(0 if tier.amount is None else tier.amount.minor)


def _shared(values: Sequence[Fraction]) -> int:
    return lcm(*(value.denominator for value in values))


def _whole(values: Sequence[Fraction], den: int) -> tuple[int, ...]:
    return tuple(int(value * den) for value in values)
