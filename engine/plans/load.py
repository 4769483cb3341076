"""YAML text → a `Plan`, or problems that name file, line, key, what was found and what is allowed."""

from __future__ import annotations

import re
from dataclasses import is_dataclass
from datetime import date
from difflib import get_close_matches
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Any, Literal, TypeVar, get_args, get_origin

from engine.dates import Period
from engine.errors import EngineError, PlanUnreadable
from engine.money import CURRENCIES, Money, Rate
from engine.plans.checks import check_plan
from engine.plans.filters import Factor
from engine.plans.json_schema import json_schema
from engine.plans.nodes import Reading, compose, items, mapping, scalar
from engine.plans.numbers import Figure
from engine.plans.other_words import for_key, for_value
from engine.plans.schema import Plan, described, plan_hash

if TYPE_CHECKING:
    from collections.abc import Callable

    import yaml

    from engine.problems import Problem

__all__ = ["json_schema", "load", "plan_hash"]

_PERIOD = re.compile(r"(\d{4}-\d\d-\d\d)\s*\.\.\s*(\d{4}-\d\d-\d\d)", re.ASCII)
_LONGEST_TEXT = 2_000
Kind = TypeVar("Kind")


def load(text: str, filename: str) -> Plan | tuple[Problem, ...]:
    """The plan that `text` writes, or every problem found in it, sorted by line. `filename` is only quoted.

    Nothing is guessed: unknown and repeated keys, anchors, gaps, overlaps, ambiguous rates and thresholds that the
    table cannot hold are all refused.
    """
    reading = Reading(filename)
    root = compose(text, reading)
    plan = None if root is None else _Reader(reading).plan(root)
    if plan is not None and not reading.problems:
        check_plan(plan, reading)
    if plan is None or reading.problems:
        return tuple(sorted(set(reading.problems), key=lambda problem: (_line_of(problem), problem)))
    return plan


def read_object(text: str, filename: str, kind: type[Kind]) -> Kind | tuple[Problem, ...]:
    """One object of the types that say how they are written, or every problem found in `text`, sorted by line."""
    reading = Reading(filename)
    root = compose(text, reading)
    found = None if root is None else _Reader(reading).of(root, kind)
    if not isinstance(found, kind) or reading.problems:
        return tuple(sorted(set(reading.problems), key=lambda problem: (_line_of(problem), problem)))
    return found


def _line_of(problem: Problem) -> int:
    return int(problem.where.split(" ")[0].rsplit(":", 1)[1])


class _Reader:
    """Reads nodes by the types of `engine.plans.schema`; every method reports what it refuses."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.currency = ""
        self.scalars: dict[type, Callable[[str, str], object]] = {
            str: self._text,
            int: self._whole,
            bool: self._truth,
            Rate: self._rate,
            Factor: self._factor,
            Figure: self._figure,
            date: self._date,
            Money: self._money,
            Period: self._period,
        }

    def plan(self, root: yaml.Node) -> Plan | None:
        """The plan at the root. The currency is read first: amounts are written in it."""
        keys = mapping(root, "", self.reading)
        if keys is None:
            return None
        if "currency" in keys:
            code = scalar(keys["currency"], "currency", self.reading)
            if code is not None and code not in CURRENCIES:
                self._refuse(
                    "currency_unknown", "currency", "This is no ISO 4217 currency code.", code, "a code such as USD"
                )
            self.currency = code if code in CURRENCIES else ""
        plan = self.of(root, Plan)
        return plan if isinstance(plan, Plan) else None

    def of(self, root: yaml.Node, kind: Any) -> object | None:
        """The object of that kind at the root, or None after reporting."""
        try:
            return self._object(root, "", kind)
        except PlanUnreadable:
            return None

    def _refuse(self, code: str, path: str, message: str, found: str, allowed: str) -> None:
        self.reading.report(code, path, message, found=repr(found[:60]), allowed=allowed)

    def _value(self, node: yaml.Node, path: str, hint: Any) -> object:
        origin = get_origin(hint)
        if origin is UnionType:
            return self._one_of(node, path, [kind for kind in get_args(hint) if kind is not NoneType])
        if origin is tuple:
            return self._several(node, path, get_args(hint)[0])
        if origin is Literal:
            return self._choice(self._scalar(node, path), path, [choice for choice in get_args(hint) if choice])
        if is_dataclass(hint) and hint not in self.scalars:
            return self._object(node, path, hint)
        return self.scalars[hint](self._scalar(node, path), path)

    def _scalar(self, node: yaml.Node, path: str) -> str:
        text = scalar(node, path, self.reading)
        if text is None:
            raise PlanUnreadable
        return text

    def _one_of(self, node: yaml.Node, path: str, kinds: list[Any]) -> object:
        """A union of two is where something starts: a percentage is a rate, anything else an amount."""
        if len(kinds) == 1:
            return self._value(node, path, kinds[0])
        return self._value(node, path, Rate if self._scalar(node, path).endswith("%") else Money)

    def _several(self, node: yaml.Node, path: str, item: Any) -> tuple[object, ...]:
        """A list; a single plain value stands for a list of one."""
        if isinstance(node.value, str) and (get_origin(item) is Literal or item in self.scalars):
            return (self._value(node, path, item),)
        entries = items(node, path, self.reading)
        if entries is None:
            raise PlanUnreadable
        return tuple(self._all([(place, value, item) for place, value in entries]))

    def _all(self, parts: list[tuple[str, yaml.Node, Any]]) -> list[object]:
        """Every part read, so that one load reports every fault; refuses only after the last."""
        found: list[object] = []
        for place, value, hint in parts:
            try:
                found.append(self._value(value, place, hint))
            except PlanUnreadable:
                continue
        if len(found) < len(parts):
            raise PlanUnreadable
        return found

    def _object(self, node: yaml.Node, path: str, kind: Any) -> object:
        given = mapping(node, path, self.reading)
        if given is None:
            raise PlanUnreadable
        keys = described(kind)
        self._check_keys(given, keys, path)
        known = [key for key in given if key in keys]
        values = self._all([(f"{path}.{key}" if path else key, given[key], keys[key][1]) for key in known])
        if any(needed and key not in given for key, (*_, needed) in keys.items()):
            raise PlanUnreadable
        return kind(**{keys[key][0]: value for key, value in zip(known, values, strict=True)})

    def _check_keys(self, given: dict[str, yaml.Node], keys: dict[str, Any], path: str) -> None:
        allowed = ", ".join(keys)
        for key in given:
            if key not in keys:
                near = get_close_matches(key, keys, n=1)
                remedy = f"Did you mean `{near[0]}`?" if near else "Remove it, or use one of the allowed keys."
                remedy = for_key(key, keys) or remedy
                place = f"{path}.{key}" if path else key
                self.reading.report(
                    "key_unknown", place, f"`{key[:40]}` is not known here.", allowed=allowed, remedy=remedy
                )
        for key, (_, _, says, needed) in keys.items():
            if needed and key not in given:
                self.reading.report(
                    "key_missing", path, f"`{key}` is missing here.", remedy=f"Add `{key}:`. {says.text}"
                )

    def _text(self, text: str, path: str) -> str:
        if len(text) > _LONGEST_TEXT or any(ord(character) < 32 and character not in "\n\t" for character in text):
            self._refuse("text_refused", path, "This text is too long or has control characters.", text, "plain text")
            raise PlanUnreadable
        return text

    def _whole(self, text: str, path: str) -> int:
        if not re.fullmatch(r"[0-9]{1,9}", text):
            self._refuse("wrong_type", path, "This must be a whole number.", text, "digits, such as 3")
            raise PlanUnreadable
        return int(text)

    def _truth(self, text: str, path: str) -> bool:
        return self._choice(text.lower(), path, ["true", "false"]) == "true"

    def _choice(self, text: str, path: str, choices: list[str]) -> str:
        if text not in choices:
            near = get_close_matches(text, choices, n=1)
            remedy = for_value(text, choices) or (f"Did you mean `{near[0]}`?" if near else "Write one of these.")
            message = "This is none of the allowed values."
            found, allowed = repr(text[:60]), ", ".join(choices)
            self.reading.report("value_unknown", path, message, found=found, allowed=allowed, remedy=remedy)
            raise PlanUnreadable
        return text

    def _rate(self, text: str, path: str) -> Rate:
        allowed = "a percentage such as 8%, or a decimal up to 1 such as 0.08"
        try:
            rate = Rate.parse(text)
        except EngineError:
            self._refuse("rate_unreadable", path, "This is no exact rate.", text, allowed)
            raise PlanUnreadable from None
        if rate.num < 0 or rate > Rate(100) or ("%" not in text and rate > Rate(1)):
            self._refuse("rate_out_of_range", path, "This rate is negative, or far too high.", text, allowed)
            raise PlanUnreadable
        return rate

    def _factor(self, text: str, path: str) -> Factor:
        allowed = "a factor such as 1.5 or 150%"
        try:
            factor = Factor.parse(text)
        except EngineError:
            self._refuse("factor_unreadable", path, "This is no exact factor.", text, allowed)
            raise PlanUnreadable from None
        if factor.num < 0 or factor > Rate(1_000):
            self._refuse("factor_out_of_range", path, "This factor is negative, or far too high.", text, allowed)
            raise PlanUnreadable
        return Factor(factor.num, factor.den)

    def _figure(self, text: str, path: str) -> Figure:
        try:
            return Figure.parse(text)
        except EngineError:
            self._refuse("number_unreadable", path, "This is no exact number.", text, "1_250.00, -750 or 33.3%")
            raise PlanUnreadable from None

    def _date(self, text: str, path: str) -> date:
        try:
            return date.fromisoformat(text)
        except ValueError:
            self._refuse("day_unreadable", path, "This is no day.", text, "a day such as 2026-03-31")
            raise PlanUnreadable from None

    def _money(self, text: str, path: str) -> Money:
        try:
            money = Money.parse(text, self.currency or "USD")
        except EngineError:
            allowed = f"an amount of {self.currency or 'the plan currency'} such as 50_000"
            self._refuse("money_unreadable", path, "This is no exact amount of money.", text, allowed)
            raise PlanUnreadable from None
        if not 0 <= money.minor <= 10**15:
            self._refuse("money_out_of_range", path, "This amount is negative, or far too high.", text, "0 and above")
            raise PlanUnreadable
        return money

    def _period(self, text: str, path: str) -> Period:
        match = _PERIOD.fullmatch(text)
        try:
            start, end = (date.fromisoformat(part) for part in match.groups()) if match else (None, None)
        except ValueError:
            start = end = None
        if start is None or end is None:
            self._refuse("period_unreadable", path, "This is no range of days.", text, "2026-01-01 .. 2027-01-01")
            raise PlanUnreadable
        if start >= end:
            self._refuse(
                "period_empty",
                path,
                "This range ends before it starts.",
                text,
                "the first day .. the first day after",
            )
            raise PlanUnreadable
        return Period(f"{start} .. {end}", start, end)
