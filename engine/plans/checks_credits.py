"""Who is credited with what, and what is counted: refused where it contradicts itself or could mean nothing."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from engine.money import Money, Rate
from engine.plans.asked import UNITS, bounds_of, is_empty, is_whole, tag_of, unit_of_range
from engine.plans.filters import WHOLE, Factor, Filter
from engine.plans.schema import Measure

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.plans.filters import FigureRange
    from engine.plans.nodes import Reading
    from engine.plans.schema import Component, CreditRule, Plan

_FURTHER = ("managers", "role", "team", "territory")
_OWN = ("owner", "splits")
_SAME = ("role", "team", "territory")
_ONCE = Factor(1)


@dataclass(frozen=True, slots=True)
class _Place:
    """A path in the file that is being read."""

    path: str
    reading: Reading

    def refuse(self, code: str, key: str, message: str, **more: str) -> None:
        """Reports a problem at a key below the path, "" for the path itself."""
        self.reading.report(code, f"{self.path}.{key}" if key else self.path, message, **more)

    def says(self, key: str) -> bool:
        """Whether the file gives the key."""
        return f"{self.path}.{key}" in self.reading.lines


def check(plan: Plan, reading: Reading) -> None:
    """Reports every credit rule, measure and filter of which it is not certain what it means."""
    for position, rule in enumerate(plan.crediting):
        _check_rule(rule, _Place(f"crediting[{position}]", reading))
    for position, component in enumerate(plan.components):
        _check_measure(component.measure, plan, _Place(f"components[{position}].measure", reading))
    _check_counted(plan, reading)
    for path, each in _filters(plan):
        _check_filter(each, _Place(path, reading))


def _check_rule(rule: CreditRule, at: _Place) -> None:
    whom = rule.credits_whom
    _check_keys(rule, whom, at)
    if whom == "role" and not rule.role:
        message = "A rule to a role must say which."
        at.refuse("role_missing", "to", message, remedy="Add `role:` with one or more roles or titles.")
    if rule.share.num == 0 or rule.share > WHOLE:
        message = "The credited part of a deal is above 0% and at most 100%."
        at.refuse("share_out_of_range", "share", message, found=str(rule.share), allowed="above 0% up to 100%")
    if rule.by_role:
        _check_by_role(rule, at)


def _check_keys(rule: CreditRule, whom: str, at: _Place) -> None:
    """Keys that mean something only to rules of another kind."""
    allowed = {"same": _SAME, "levels": ("managers",), "shares": _OWN, "by_role": ("splits",)}
    for key, kinds in allowed.items():
        if (
            whom in (*_OWN, *_FURTHER)
            and whom not in kinds
            and (getattr(rule, key) if key == "same" else at.says(key))
        ):
            message = f"`{key}` means nothing in a rule to {whom}."
            remedy = f"Remove it, or write `to:` with {' or '.join(kinds)}."
            at.refuse("key_meaningless", key, message, found=f"to: {whom}", remedy=remedy)


def _check_by_role(rule: CreditRule, at: _Place) -> None:
    total = sum((each.share.fraction for each in rule.by_role), Fraction(0))
    if total != 1:
        found = str(Rate.of(total))
        at.refuse("shares_sum", "by_role", "The shares by role must sum to 100%.", found=found, allowed="100%")
    for role, times in Counter(each.role for each in rule.by_role).items():
        if times > 1:
            message = f"The role {role!r} has {times} shares."
            at.refuse("role_repeated", "by_role", message, remedy="Give each role one share.")
    if rule.shares != "percent":
        message = "Shares by role stand in place of those in the data, so these cannot be points or full as well."
        at.refuse("shares_contradict", "shares", message, remedy="Remove `shares:` or `by_role:`.")


def _check_measure(measure: Measure, plan: Plan, at: _Place) -> None:
    names = [rule.name for rule in plan.crediting]
    for name in measure.credited_by:
        if name not in names:
            message = f"No credit rule is called {name!r}."
            at.refuse("rule_unknown", "credited_by", message, found=name, allowed=", ".join(names))
    if measure.times.num == 0:
        at.refuse("times_zero", "times", "Counting everything 0 times would count nothing, ever.", found="0")
    known = UNITS.get(measure.sum)
    if measure.unit and known and measure.unit != known and not measure.achievement:
        message = f"{measure.sum!r} is always {known}."
        at.refuse("unit_contradicts", "unit", message, found=measure.unit, allowed=known)
    _check_less(measure, at)
    _check_source(measure, at)


def _check_less(measure: Measure, at: _Place) -> None:
    """What is taken off is known, counted in one unit, and no more than once."""
    unit = "number" if measure.is_number else "money"
    for name in measure.less:
        if UNITS.get(name, unit) != unit:
            message = f"This counts {'a number' if unit == 'number' else 'money'}, and {name!r} is none."
            at.refuse("unit_contradicts", "less", message, found=UNITS[name])
    if len(set(measure.less)) < len(measure.less) or measure.sum in measure.less:
        message = "A figure is taken off once, and not off itself."
        at.refuse("name_repeated", "less", message, found=", ".join(measure.less), remedy="Name each figure once.")
    if measure.less_per_deal is not None and measure.less_per_deal.minor == 0:
        message = "Taking off 0 changes nothing."
        at.refuse("amount_zero", "less_per_deal", message, remedy="Give an amount, or remove the key.")


def _check_source(measure: Measure, at: _Place) -> None:
    """One source: deals, an achievement, or the commissions of others."""
    others = [key for key in ("achievement", "team_commission") if getattr(measure, key)]
    if len(others) > 1:
        message = "A component counts an achievement or the commissions of others, not both."
        at.refuse("measure_contradicts", "team_commission", message, remedy="Make two components of it.")
    if measure.take != "sum" and not measure.achievement:
        at.refuse("take_meaningless", "take", "`take` is about achievements.", remedy="Remove it.")
    plain = Measure()
    of_deals = ("sum", "where", "excluding", "times", "less", "less_per_deal", "credited_by")
    for key in of_deals if others else ():
        if getattr(measure, key) != getattr(plain, key):
            message = f"`{key}` is about credited deals, which `{others[0]}` stands in place of."
            at.refuse("measure_contradicts", key, message, remedy=f"Remove `{key}:` or `{others[0]}:`.")


def _check_counted(plan: Plan, reading: Reading) -> None:
    """Rules to further people of which no component counts the credit."""
    deals = [each.measure for each in plan.components if not each.measure.achievement]
    if any(measure.team_commission is not None or not measure.credited_by for measure in deals):
        return
    named = {name for measure in deals for name in measure.credited_by}
    for position, rule in enumerate(plan.crediting):
        if rule.credits_whom in _FURTHER and rule.name not in named:
            message = f"No component counts what {rule.name!r} credits."
            remedy = "Name it in the `credited_by` of a component, or remove the rule."
            reading.report("rule_uncounted", f"crediting[{position}]", message, remedy=remedy)


def _filters(plan: Plan) -> Iterator[tuple[str, Filter]]:
    """Every filter of the plan with its path."""
    for number, rule in enumerate(plan.crediting):
        yield f"crediting[{number}].when", rule.when
    for number, component in enumerate(plan.components):
        path = f"components[{number}]"
        yield f"{path}.measure.where", component.measure.where
        yield f"{path}.measure.excluding", component.measure.excluding
        yield from _rates(component, path)
        for place, multiplier in enumerate(component.multipliers):
            yield f"{path}.multipliers[{place}].when", multiplier.when


def _rates(component: Component, path: str) -> Iterator[tuple[str, Filter]]:
    for place, rate in enumerate(component.rates):
        yield f"{path}.rates[{place}]", rate
    for number, tier in enumerate(component.table.tiers if component.table is not None else ()):
        for place, rate in enumerate(tier.rates):
            yield f"{path}.table.tiers[{number}].rates[{place}]", rate


def _check_filter(each: Filter, at: _Place) -> None:
    for text in each.tagged:
        if "=" not in text or not all(tag_of(text)):
            message = "A tag is written with its name and its value."
            at.refuse("tag_unreadable", "tagged", message, found=text, allowed="name=value")
    for position, figure in enumerate(each.having):
        _check_range(figure, _Place(f"{at.path}.having[{position}]", at.reading))


def _check_range(figure: FigureRange, at: _Place) -> None:
    bounds = figure.bounds
    for one, other, key in ((figure.start, figure.above, "above"), (figure.end, figure.up_to, "up_to")):
        if one is not None and other is not None:
            message = "A bound either belongs to its range or does not."
            at.refuse("range_contradicts", key, message, remedy=f"Give one of `{key}` and its twin.")
    if not bounds:
        message = "A range says `from` or `above`, `below` or `up_to`, or one of each."
        at.refuse("range_unbounded", "", message, found=figure.of)
        return
    unit, known = unit_of_range(figure), UNITS.get(figure.of)
    if known and unit != known:
        allowed = "an amount such as 1_000" if known == "money" else "a number or a percentage"
        at.refuse("unit_contradicts", "", f"{figure.of!r} is always {known}.", found=unit, allowed=allowed)
        return
    if unit == "money" and not all(isinstance(bound, Money) for bound in bounds):
        allowed = "amounts such as 1_000"
        at.refuse(
            "unit_contradicts", "", "Money is not compared with a percentage.", found=figure.of, allowed=allowed
        )
        return
    if not all(map(is_whole, bounds)):
        at.refuse(
            "range_too_fine", "", "Figures are known to a millionth.", allowed="at most 4 decimals of a percent"
        )
    if is_empty(bounds_of(figure)[1]):
        message = "Nothing lies in this range."
        at.refuse(
            "range_empty",
            "",
            message,
            found=" to ".join(map(str, bounds)),
            allowed="a first bound less than the second",
        )
