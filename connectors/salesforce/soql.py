"""SOQL from checked names and quoted values; nothing else ever becomes part of a query."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from connectors.errors import ConfigRefused

if TYPE_CHECKING:
    from collections.abc import Iterable

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,79}(?:\.[A-Za-z][A-Za-z0-9_]{0,79}){0,4}")
_ESCAPES = str.maketrans({"\\": "\\\\", "'": "\\'", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"})
_OPERATORS = frozenset({"=", "!=", "<", "<=", ">", ">="})


@dataclass(frozen=True, slots=True)
class Condition:
    """A part of WHERE, made only by the functions below."""

    text: str


@dataclass(frozen=True, slots=True)
class Select:
    """A query of one object. `where` are conditions that must all hold."""

    name: str
    fields: tuple[str, ...]
    where: tuple[Condition, ...] = ()
    order: tuple[str, ...] = ("Id",)

    def text(self) -> str:
        """The query as SOQL."""
        fields = ", ".join(named(field) for field in dict.fromkeys(self.fields))
        said = f"SELECT {fields} FROM {named(self.name)}"  # noqa: S608 - checked names only
        if self.where:
            said += f" WHERE {every(*self.where).text}"
        return f"{said} ORDER BY {', '.join(named(field) for field in self.order)}"


def named(name: str) -> str:
    """The name of a field or object, if it can be one.

    Raises:
        ConfigRefused: It cannot; the mapping wrote something else.
    """
    if not _NAME.fullmatch(name):
        raise ConfigRefused(f"{name[:80]!r} is no name of a Salesforce field or object", remedy="Correct the mapping")
    return name


def literal(value: str | bool | datetime) -> str:
    """The value as SOQL writes it: texts quoted, instants in UTC and never in quotes, in whole seconds.

    Raises:
        ConfigRefused: The text holds a character that cannot be quoted.
    """
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"
    quoted = value.translate(_ESCAPES)
    if any(ord(letter) < 32 or ord(letter) == 127 for letter in quoted):
        raise ConfigRefused("A value holds a control character", remedy="Remove it from the mapping")
    return f"'{quoted}'"


def compare(field: str, operator: str, value: str | bool | datetime) -> Condition:
    """`field operator value`."""
    if operator not in _OPERATORS:
        raise ConfigRefused(f"{operator!r} compares nothing")
    return Condition(f"{named(field)} {operator} {literal(value)}")


def among(field: str, values: Iterable[str]) -> Condition:
    """The field is one of those texts; of none, no record has it."""
    listed = ", ".join(literal(value) for value in values)
    return Condition(f"{named(field)} IN ({listed or literal('')})")


def every(*parts: Condition) -> Condition:
    """All of them hold."""
    return Condition(" AND ".join(part.text for part in parts))


def either(*parts: Condition) -> Condition:
    """One of them holds; in parentheses, because Salesforce refuses AND beside a bare OR."""
    return Condition(
        "(" + " OR ".join(f"({part.text})" if " AND " in part.text else part.text for part in parts) + ")"
    )
