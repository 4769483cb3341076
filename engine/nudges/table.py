"""The rules of nudges as one table: sentences and numbers of `rules.yaml`, and a deployment's own numbers over them.

A file of a deployment has the same names: `near_tier: {near: 15%}` for a number, `personal_best: false` for a rule
that is switched off. What it does not name stays as it is.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

import yaml

from engine.errors import EngineError, NudgesUnreadable
from engine.money import Rate
from engine.nudges.rule import PPM, Limits

if TYPE_CHECKING:
    from collections.abc import Mapping

_SHARED = "shared"
_PARTS = "_ppm"
_MOST = 10_000
_MOST_TIMES = 10


@dataclass(frozen=True, slots=True)
class Said:
    """What a rule says of itself: sentences in which a name in braces stands for a number."""

    code: str
    trigger: str
    audience: str
    cap: str
    ends: str

    def worded(self, limits: Limits) -> Said:
        """The same with the numbers in it."""
        numbers = spelled(limits)
        return Said(*(getattr(self, each.name).format_map(numbers) for each in fields(self)))


@dataclass(frozen=True, slots=True)
class Table:
    """Every rule by its kind, the limits of each by name, and all numbers."""

    rules: Mapping[str, Said]
    names: Mapping[str, tuple[str, ...]]
    limits: Limits


@cache
def table() -> Table:
    """The rules as they come."""
    text = resources.files("engine.nudges").joinpath("rules.yaml").read_text(encoding="utf-8")
    said: dict[str, Any] = yaml.safe_load(text)
    rules = {
        kind: Said(**{each.name: one[each.name] for each in fields(Said)})
        for kind, one in said.items()
        if kind != _SHARED
    }
    names = {kind: tuple(one["limits"]) for kind, one in said.items()}
    changes = {_field(name): _read(name, value) for one in said.values() for name, value in one["limits"].items()}
    return Table(rules, names, replace(Limits(), **changes))


def limits(text: str = "") -> Limits:
    """The numbers of the rules, those that a deployment's file gives in the place of the usual ones.

    Args:
        text: The file's text, as YAML.

    Raises:
        NudgesUnreadable: It names a rule or a number that does not exist, or a value that is none; the message says
            which and what is allowed.
    """
    usual = table()
    off: set[str] = set()
    changes: dict[str, Any] = {}
    for kind, numbers in _given(text).items():
        if kind not in usual.names:
            raise NudgesUnreadable(f"There is no rule {str(kind)[:60]!r}. There are {', '.join(usual.names)}.")
        if numbers is False and kind != _SHARED:
            off.add(kind)
        else:
            changes |= _numbers(kind, numbers, usual.names[kind])
    return replace(usual.limits, **changes, off=frozenset(off))


def _given(text: str) -> dict[Any, Any]:
    try:
        given = yaml.safe_load(text) or {}
    except yaml.YAMLError as error:
        raise NudgesUnreadable(f"The file of nudges is no YAML: {str(error).splitlines()[0]}") from None
    if not isinstance(given, dict):
        raise NudgesUnreadable("The file of nudges has no rules by name. Write such as near_tier: {near: 15%}.")
    return given


def _numbers(kind: str, numbers: object, names: tuple[str, ...]) -> dict[str, Any]:
    """What a file says of one rule, by the fields of `Limits`."""
    if not isinstance(numbers, dict):
        raise NudgesUnreadable(f"{kind}: write its numbers, such as {{near: 15%}}, or false to switch it off.")
    for name in numbers:
        if name not in names:
            raise NudgesUnreadable(f"{kind} has no number {str(name)[:60]!r}. It has {', '.join(names) or 'none'}.")
    return {_field(name): _read(name, value) for name, value in numbers.items()}


def spelled(found: Limits) -> dict[str, str]:
    """Each number as a sentence says it: "10%", "7", "48 and 96"."""
    return {each.name.removesuffix(_PARTS): _spelled(each.name, getattr(found, each.name)) for each in fields(found)}


def _spelled(name: str, value: Any) -> str:
    if isinstance(value, tuple | frozenset):
        parts = [_spelled(name, one) for one in value]
        return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)
    if not name.endswith(_PARTS):
        return str(value)
    whole, rest = divmod(value, PPM // 100)
    return f"{whole}{f'.{rest:04d}'.rstrip('0') if rest else ''}%"


def _field(name: str) -> str:
    """The field of `Limits` that a number of the table is: a share is kept in parts per million."""
    return name if name in _KINDS else f"{name}{_PARTS}"


def _read(name: str, value: object) -> Any:
    usual = _KINDS[_field(name)]
    if isinstance(usual, tuple):
        if not isinstance(value, list) or not 0 < len(value) <= _MOST_TIMES:
            raise NudgesUnreadable(f"{name}: write several numbers, such as [3, 7].")
        if _field(name) == "middle_ppm" and len(value) != len(usual):
            raise NudgesUnreadable(f"{name}: write two shares, from and to, such as [30%, 85%].")
        found = tuple(_one(name, one) for one in value)
        if list(found) != sorted(set(found)):
            raise NudgesUnreadable(f"{name}: let each number be above the one before.")
        return found
    return _one(name, value)


def _one(name: str, value: object) -> int:
    """A share up to all of it in parts per million, or a whole number above zero."""
    if _field(name).endswith(_PARTS):
        try:
            rate = Rate.parse(value) if isinstance(value, str) else Rate(-1)
        except EngineError:
            rate = Rate(-1)
        if 0 <= rate.num <= rate.den:
            return rate.ppm
        raise NudgesUnreadable(f"{name}: write a percentage up to 100%, such as 10%.")
    if isinstance(value, int) and not isinstance(value, bool) and 0 < value <= _MOST:
        return value
    raise NudgesUnreadable(f"{name}: write a whole number from 1 to {_MOST}.")


_KINDS: Mapping[str, object] = {each.name: getattr(Limits(), each.name) for each in fields(Limits)}
