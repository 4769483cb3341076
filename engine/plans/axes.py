"""What the tiers of a component are measured by, and where they begin on that axis."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from engine.figures import MILLION, unit_of
from engine.money import Money, exponent

if TYPE_CHECKING:
    from engine.plans.schema import Component, Plan
    from engine.plans.tables import Tier


def counts_numbers(plan: Plan, component: Component) -> bool:
    """Whether the component's table is measured in numbers rather than in money, where it is by amount or by deal."""
    table = component.priced_by
    if table.by == "deal":
        return (table.unit or unit_of(table.of)) == "number"
    return measured_by(plan, component).measure.is_number


def measured_by(plan: Plan, component: Component) -> Component:
    """The component whose credit or attainment chooses the tier: itself, or the one its table is `of`."""
    of = component.priced_by.of
    if not of or component.priced_by.by == "deal":
        return component
    return next((each for each in plan.components if each.name == of), component)


def start_of(tier: Tier, by: str, numbers: bool) -> Fraction:
    """Where a tier begins on its axis: attainment, minor units, or millionths of a unit."""
    start = tier.start
    if by == "attainment":
        return start.fraction if not isinstance(start, Money) else Fraction(start.minor)
    if not numbers:
        return Fraction(start.minor) if isinstance(start, Money) else start.fraction
    if isinstance(start, Money):
        return Fraction(start.minor * MILLION, 10 ** exponent(start.currency))
    return start.fraction * MILLION
