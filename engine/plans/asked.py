"""What the conditions of a filter ask about, as sets of names and as ranges of whole numbers."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from engine.dates import day
from engine.money import Money, exponent

if TYPE_CHECKING:
    from engine.money import Rate
    from engine.plans.filters import FigureRange, Filter

MILLION = 1_000_000
COLUMNS = ("type", "product", "currency", "role")
TAGS = ("category", "segment", "territory")

#: Figures that are worked out, with the unit each has; `count` and the percentages never come from the data.
DERIVED = {
    "amount": "money",
    "margin": "money",
    "count": "number",
    "margin_pct": "number",
    "markup_pct": "number",
    "discount_pct": "number",
}
#: Figures of the data that can only be meant in one unit.
GIVEN = {"cost": "money", "list": "money", "mrr": "money", "arr": "money", "quantity": "number", "months": "number"}
UNITS = DERIVED | GIVEN

Asked = tuple[str, ...]  # a column, ("tag", name), ("booked",) or ("figure", name, unit, currency)
Bounds = tuple[int | None, int | None]  # [from, below); None is open


def unit_of(name: str) -> str:
    """The unit in which a figure is counted when nothing else says it: percentages and known counts are numbers."""
    return UNITS.get(name, "number" if name.endswith("_pct") else "money")


def wanted_by(each: Filter) -> dict[Asked, frozenset[str]]:
    """The names that a filter wants, by what it asks about."""
    found: dict[Asked, frozenset[str]] = {
        (name,): frozenset(getattr(each, name)) for name in COLUMNS if getattr(each, name)
    }
    tagged: dict[str, set[str]] = {}
    for name, value in map(tag_of, each.tagged):
        tagged.setdefault(name, set()).add(value)
    for name in TAGS:
        own = getattr(each, name)
        if own:  # the same tag may be asked for in both ways: then both must hold
            tagged[name] = tagged[name] & set(own) if name in tagged else set(own)
    return found | {("tag", name): frozenset(values) for name, values in tagged.items()}


def tag_of(text: str) -> tuple[str, str]:
    """The name and the value that `name=value` writes."""
    name, _, value = text.partition("=")
    return name.strip(), value.strip()


def bounds_of(each: FigureRange) -> tuple[Asked, Bounds]:
    """What a range asks about, and its bounds as whole numbers: minor units, or millionths rounded up."""
    unit = unit_of_range(each)
    currency = next((bound.currency for bound in each.bounds if isinstance(bound, Money)), "")
    low, high = (None if bound is None else -(-_exact(bound, unit) // 1) for bound in (each.start, each.end))
    above, most = (None if bound is None else _exact(bound, unit) // 1 + 1 for bound in (each.above, each.up_to))
    found = (above if low is None else low), (most if high is None else high)
    return ("figure", each.of, unit, currency if unit == "money" else ""), found


def unit_of_range(each: FigureRange) -> str:
    """The unit of a range's figure: as it says, or as its name or a percentage implies."""
    is_percent = any(not isinstance(bound, Money) for bound in each.bounds)
    return each.unit or ("number" if is_percent else unit_of(each.of))


def is_whole(bound: Rate | Money) -> bool:
    """Whether a percentage is no finer than a millionth."""
    return isinstance(bound, Money) or _exact(bound, "number").denominator == 1


def _exact(bound: Rate | Money, unit: str) -> Fraction:
    if not isinstance(bound, Money):
        return bound.fraction * (MILLION if unit == "number" else 1)
    return (
        Fraction(bound.minor) if unit == "money" else Fraction(bound.minor * MILLION, 10 ** exponent(bound.currency))
    )


Conditions = dict[Asked, "frozenset[str] | Bounds"]


def conditions_of(each: Filter) -> Conditions:
    """All conditions of a filter, by what they ask about."""
    found: Conditions = dict(wanted_by(each))
    for asked, bounds in map(bounds_of, each.having):
        found[asked] = _narrowed(found.get(asked, (None, None)), bounds)
    if each.booked is not None:
        found[("booked",)] = day(each.booked.start_on), day(each.booked.end_on)
    return found


def both(one: Conditions, other: Conditions) -> Conditions | None:
    """The conditions of what meets both, or None when nothing can."""
    found = dict(one)
    for asked, held in other.items():
        found[asked] = _narrowed(found[asked], held) if asked in found else held
    return None if any(is_empty(held) for held in found.values()) else found


def covers(rule: Conditions, met: Conditions) -> bool:
    """Whether everything with the conditions `met` meets the rule."""
    return all(asked in met and _narrowed(held, met[asked]) == met[asked] for asked, held in rule.items())


def is_empty(held: frozenset[str] | Bounds) -> bool:
    """Whether nothing meets one condition."""
    if isinstance(held, frozenset):
        return not held
    return held[0] is not None and held[1] is not None and held[0] >= held[1]


def _narrowed(one: frozenset[str] | Bounds, other: frozenset[str] | Bounds) -> frozenset[str] | Bounds:
    if isinstance(one, frozenset) or isinstance(other, frozenset):
        return frozenset(map(str, one)) & frozenset(map(str, other))
    lows = [bounds[0] for bounds in (one, other) if bounds[0] is not None]
    highs = [bounds[1] for bounds in (one, other) if bounds[1] is not None]
    return max(lows, default=None), min(highs, default=None)
