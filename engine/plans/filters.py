"""Conditions on deals, and rates that hold where they are met.

The annotation of each field is its documentation: the loader takes its key from it, the JSON Schema its description.
"""

from dataclasses import dataclass
from typing import Annotated, Literal

from engine.dates import Period
from engine.money import Money, Rate


@dataclass(frozen=True, slots=True)
class Says:
    """What a field means, and the key that writes it in the file where that differs from its name."""

    text: str
    key: str = ""


class Factor(Rate):
    """An exact factor such as 1.5 or 150%: unlike a rate it may well be above 1."""

    __slots__ = ()


ONCE = Factor(1)
WHOLE = Rate(1)


@dataclass(frozen=True, slots=True)
class FigureRange:
    """A condition on one of the deal's own figures: from or above one bound, below or up to another."""

    of: Annotated[str, Says("The figure: quantity, margin_pct, discount_pct, months or one that your data brings.")]
    start: Annotated[Rate | Money | None, Says("The least that meets it: a percentage or a number.", "from")] = None
    end: Annotated[Rate | Money | None, Says("The first that is too much.", "below")] = None
    above: Annotated[Rate | Money | None, Says("In place of `from`: what has to be passed.")] = None
    up_to: Annotated[Rate | Money | None, Says("In place of `below`: the most that still meets it.")] = None
    unit: Annotated[
        Literal["", "money", "number"],
        Says("What the figure is, where that is not known: number for quantity, months and percentages, else money."),
    ] = ""

    @property
    def bounds(self) -> tuple[Rate | Money, ...]:
        """Every bound that is given, the lower one first."""
        return tuple(each for each in (self.start, self.above, self.end, self.up_to) if each is not None)


@dataclass(frozen=True, slots=True)
class Filter:
    """Conditions on a deal; all that are given must hold, one of several values is enough."""

    type: Annotated[tuple[str, ...], Says("Deal types, such as new, expansion or renewal.")] = ()
    product: Annotated[tuple[str, ...], Says("Products.")] = ()
    currency: Annotated[tuple[str, ...], Says("Currencies of the deal.")] = ()
    booked: Annotated[Period | None, Says("Days on which the deal was booked: first day .. first day after.")] = None
    category: Annotated[tuple[str, ...], Says("Product categories or families.")] = ()
    segment: Annotated[tuple[str, ...], Says("Customer segments.")] = ()
    territory: Annotated[tuple[str, ...], Says("Territories of the deal.")] = ()
    role: Annotated[tuple[str, ...], Says("Roles or titles of the credited rep on the day of booking.")] = ()
    tagged: Annotated[
        tuple[str, ...], Says("Other tags of the deal, each written name=value; of one name any value is enough.")
    ] = ()
    having: Annotated[tuple[FigureRange, ...], Says("Ranges in which the deal's own figures must lie.")] = ()

    @property
    def conditions(self) -> tuple[str, ...]:
        """The names of the conditions that are given: the more, the more specific."""
        return tuple(name for name in CONDITIONS if getattr(self, name))


#: Every condition a filter may have, in the order in which they are explained.
CONDITIONS = ("type", "product", "category", "segment", "territory", "role", "tagged", "currency", "booked", "having")


@dataclass(frozen=True, slots=True)
class DealFilter(Filter):
    """Conditions on a deal, its stage among them."""

    stage: Annotated[tuple[Literal["won"], ...], Says("Only won deals are ever credited; it may be said.")] = ("won",)


@dataclass(frozen=True, slots=True, kw_only=True)
class RateRule(Filter):
    """What is paid for the deals that meet all conditions. The rule with the most conditions wins."""

    rate: Annotated[
        Rate | None, Says("Share of the credit that is paid; 0% is allowed and means: counts, pays nothing.")
    ] = None
    per_unit: Annotated[Money | None, Says("Paid for each unit of a measure that is a number.")] = None
    fixed: Annotated[Money | None, Says("Paid for each deal, whatever its size.")] = None
