"""The `values` of a mapping: columns of one row that each hold a figure or a tag."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from connectors.normalise.kinds import MONEY, UNITS, WIDE
from connectors.normalise.wide import NAME, UNIT, VALUE
from connectors.schema import FieldSource, Value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connectors.strict_yaml import Node, Notes

#: Where the fields of a spread row come from.
SPREAD: Mapping[str, FieldSource] = MappingProxyType(
    {"name": FieldSource(column=NAME), "value": FieldSource(column=VALUE), "unit": FieldSource(column=UNIT)}
)


def values_of(kind: str, node: Node | None, notes: Notes) -> tuple[Value, ...]:
    """The columns that each hold one, `cost: {column: …, unit: money}`, or for tags `segment: Column`."""
    if node is None:
        return ()
    if kind not in WIDE or node.keys is None:
        notes.refuse(node, "`values` names columns of figures and tags", WIDE)
        return ()
    has_unit = "unit" in WIDE[kind]
    return tuple(_value(name, each, notes, has_unit) for name, each in node.keys.items())


def check_currency(
    kind: str, node: Node, fields: Mapping[str, FieldSource], values: tuple[Value, ...], notes: Notes
) -> None:
    """Notes money whose currency the mapping does not name: it decides what a minor unit is."""
    unit = fields.get("unit")
    is_money = any(value.unit == MONEY for value in values) or (unit is not None and unit.constant == MONEY)
    is_paid = kind == "event" and "amount" in fields
    if (is_money or is_paid) and "currency" not in fields:
        notes.refuse(node, "Money wants a currency", ["currency: Column", "currency: {constant: USD}"])


def _value(name: str, node: Node, notes: Notes, has_unit: bool) -> Value:
    if node.text is not None and not has_unit:
        return Value(name, node.text)
    allowed = ("column", "unit") if has_unit else ("column",)
    said = {key: each.text or "" for key, each in (node.keys or {}).items()}
    if set(said) != set(allowed):
        notes.refuse(node, f"{name} wants {' and '.join(allowed)}", [f"{{column: {node.text or '…'}, unit: money}}"])
    if has_unit and said.get("unit", MONEY) not in UNITS:
        notes.refuse((node.keys or {})["unit"], "Unknown unit", UNITS)
    return Value(name, said.get("column", ""), said.get("unit", ""))
