"""What a plan says in words that people sign: amounts, shares, days and conditions on deals."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from engine.money import Money, Quantity, Rate, exponent
from engine.plans.asked import unit_of_range

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from engine.dates import Period
    from engine.plans.filters import FigureRange, Filter
    from engine.plans.terms import Clawback, ClawbackStep

EVERY_DEAL = "every won deal"
#: Over what credit adds up, what is judged, or into what a quota is cut.
SPANS = {
    "transaction": "each deal by itself",
    "week": "the week",
    "pay_period": "the pay period",
    "month": "the month",
    "quarter": "the quarter",
    "half_year": "the half year",
    "quota_period": "the days of the quota",
    "to_date": "the year, credit against quota to date",
    "year_to_date": "the year so far",
    "year": "the whole year",
}

#: What a tier or step begins with, by when it is reached.
FROM = {"at": "from", "above": "above"}

_PHRASES = {
    "type": "of type {}",
    "product": "for {}",
    "category": "in category {}",
    "segment": "in segment {}",
    "territory": "in territory {}",
    "role": "credited to a rep who is {}",
    "tagged": "tagged {}",
    "currency": "in {}",
}


def amount(money: Money) -> str:
    """The amount with its currency first and decimals only where it has some: `USD 250,000`."""
    places = exponent(money.currency)
    return f"{money.currency} {number(Fraction(money.minor, 10**places), places)}"


def number(value: Fraction, decimals: int = 6) -> str:
    """An exact number with thousands grouped, its decimals all or none: `1,250.50`, `12`; a fraction as `1/3`."""
    scaled = value * 10**decimals
    if scaled.denominator != 1:
        return f"{value.numerator}/{value.denominator}"
    whole, part = divmod(abs(scaled.numerator), 10**decimals)
    tail = f"{part:0{decimals}d}" if part else ""
    tail = tail if decimals <= 3 else tail.rstrip("0")
    return f"{'-' if value < 0 else ''}{whole:,}{f'.{tail}' if tail else ''}"


def share(rate: Rate) -> str:
    """The rate as a percentage, exactly: `12.5%`, or `1/3` where no percentage with six decimals is that."""
    exact = (rate.fraction * 10**8).denominator == 1
    return rate.percent() if exact else f"{rate.num}/{rate.den}"


def factor(times: Rate) -> str:
    """The factor as people say it: `1.5 times`."""
    return f"{number(times.fraction)} times"


def bound(start: Rate | Money, *, numbers: bool = False) -> str:
    """Where something begins: a percentage, an amount, or a plain number."""
    if isinstance(start, Rate):
        return share(start)
    return number(Fraction(start.minor, 10 ** exponent(start.currency))) if numbers else amount(start)


def credit(counted: Money | Quantity) -> str:
    """What was counted: an amount, or a number."""
    return amount(counted) if isinstance(counted, Money) else str(counted)


def on(day: date) -> str:
    """A day: `1 January 2026`."""
    return f"{day.day} {day:%B %Y}"


def days(period: Period) -> str:
    """A range of days with its last one: `1 January 2026 to 31 December 2026`."""
    return f"{on(period.start_on)} to {on(period.last_on)}"


def either(names: Sequence[str]) -> str:
    """One of several: `new, expansion or renewal`."""
    return _listed(names, "or")


def every(names: Sequence[str]) -> str:
    """All of several: `monthly, quarterly and yearly`."""
    return _listed(names, "and")


def within(window: Clawback | ClawbackStep) -> str:
    """How long a clawback lasts: `12 months`; nothing where it is not said."""
    spans = [f"{window.months} months"] * bool(window.months) + [f"{window.days} days"] * bool(window.days)
    return " and ".join(spans)


def conditions(asked: Filter) -> tuple[str, ...]:
    """Each condition as a phrase that follows "deals": `of type new or expansion`, `in EUR`."""
    found = [phrase.format(either(getattr(asked, name))) for name, phrase in _PHRASES.items() if getattr(asked, name)]
    if asked.booked is not None:
        found.append(f"booked from {days(asked.booked)}")
    return (*found, *(_range(each) for each in asked.having))


def deals(asked: Filter) -> str:
    """The deals that meet the conditions: `won deals of type new`, or `every won deal`."""
    found = conditions(asked)
    return f"won deals {every(found)}" if found else EVERY_DEAL


def figure(name: str) -> str:
    """What a figure is called: `discount_pct` is the discount in percent."""
    plain = name.removesuffix("_pct").replace("_", " ")
    return f"{plain} in percent" if name.endswith("_pct") else plain


def _range(each: FigureRange) -> str:
    numbers = unit_of_range(each) == "number"
    said = (("at least", each.start), ("above", each.above), ("below", each.end), ("up to", each.up_to))
    parts = [f"{how} {bound(edge, numbers=numbers)}" for how, edge in said if edge is not None]
    counted = f" (a {each.unit})" if each.unit == "number" else " (an amount)" if each.unit else ""
    return f"whose {figure(each.of)}{counted} is {every(parts) or 'known'}"


def _listed(names: Sequence[str], last: str) -> str:
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} {last} {names[-1]}"
