"""One field of a mapping: a column name, a constant, joined columns, or how a range ends."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from connectors.format_reader import check_date_format
from connectors.schema import FieldSource, Span
from connectors.strict_yaml import words

if TYPE_CHECKING:
    from connectors.normalise.kinds import Field
    from connectors.strict_yaml import Node, Notes

UNITS = ("percent", "fraction")
SPAN = re.compile(r"([1-9][0-9]{0,2}) (day|week|month|year)s?")
KEYS = {
    "text": ("column", "constant", "join", "with", "account"),
    "money": ("column", "constant"),
    "number": ("column", "constant"),
    "share": ("column", "constant", "unit"),
    "date": ("column", "constant", "format"),
    "instant": ("column", "format"),
    "end": ("column", "constant", "format", "inclusive", "until", "last", "length"),
}


def read_field(name: str, field: Field, node: Node, notes: Notes) -> FieldSource:
    """The field as written: the short form `name: Column` or a block with one of column, constant, join, until."""
    if node.text is not None:
        _check_short(name, field, node, notes)
        return FieldSource(column=node.text)
    allowed = KEYS[field.type]
    if node.keys is None:
        notes.refuse(node, f"{name} wants a column name or a block", allowed)
        return FieldSource()
    for key, value in node.keys.items():
        if key not in allowed:
            notes.refuse(value, f"Unknown key {key!r} for {name}", allowed, found=repr(key))
    if "account" in node.keys:
        _check_account(name, node, notes)
    else:
        _check_one_origin(name, node, notes)
    return _block(name, field, node, notes)


def _block(name: str, field: Field, node: Node, notes: Notes) -> FieldSource:
    keys = node.keys or {}
    plain = {key: value.text or "" for key, value in keys.items() if value.text is not None}
    if field.type == "share" and plain.get("unit") not in UNITS:
        notes.refuse(keys.get("unit", node), "Say whether shares are percent or fraction", UNITS)
    if "format" in keys:
        check_date_format(keys["format"], notes)
    if "until" in keys and plain.get("until") != "next":
        notes.refuse(keys["until"], "Unknown value", ["next"])
    if field.type == "end" and "column" in keys and plain.get("inclusive") not in ("true", "false"):
        notes.refuse(
            keys.get("inclusive", node),
            f"Say whether {name} is the last day of the range",
            ["inclusive: true", "false"],
        )
    return FieldSource(
        column=plain.get("column", ""),
        constant=plain.get("constant"),
        join=tuple(words(keys["join"], notes)) if "join" in keys else (),
        separator=plain.get("with", " "),
        date_format=plain.get("format", ""),
        unit=plain.get("unit", ""),
        inclusive=plain.get("inclusive") == "true",
        until_next="until" in keys,
        account=plain.get("account") == "true",
        last=_span(keys.get("last") or keys.get("length"), notes),
    )


def _check_short(name: str, field: Field, node: Node, notes: Notes) -> None:
    if not node.text:
        notes.refuse(node, f"{name} wants a column name", found="nothing")
    elif field.type == "share":
        notes.refuse(
            node, "Say whether shares are percent or fraction", ["{column: …, unit: percent}", "unit: fraction"]
        )
    elif field.type == "end":
        notes.refuse(
            node,
            f"Say whether {name} is the last day of the range",
            [f"{{column: {node.text}, inclusive: true}}", "inclusive: false", "{until: next, last: 3 months}"],
        )


def _check_account(name: str, node: Node, notes: Notes) -> None:
    """Only a currency can be the account's: alone, or where the column is empty."""
    keys = node.keys or {}
    if name != "currency" or keys["account"].text != "true" or not keys.keys() <= {"account", "column"}:
        notes.refuse(keys["account"], "Only the currency can be the account's", ["currency: {account: true}"])


def _check_one_origin(name: str, node: Node, notes: Notes) -> None:
    keys = node.keys or {}
    origins = [key for key in ("column", "constant", "join", "until", "length") if key in keys]
    if len(origins) != 1:
        allowed = ("column", "constant", "join", "until", "length")
        notes.refuse(node, f"{name} wants exactly one origin", allowed, found=", ".join(origins) or "none")
    if "until" in keys and "last" not in keys:
        notes.refuse(node, "Say how long the last range is", ["last: 3 months"])


def _span(node: Node | None, notes: Notes) -> Span | None:
    if node is None:
        return None
    match = SPAN.fullmatch(node.text or "")
    if match is None:
        notes.refuse(node, "A length of time is wanted here", ["3 months", "1 year", "1 day", "2 weeks"])
        return None
    count, unit = int(match[1]), match[2]
    return Span(months=count * {"month": 1, "year": 12}.get(unit, 0), days=count * {"day": 1, "week": 7}.get(unit, 0))
