"""Queries of the Salesforce fake: which records a parsed query means, and how it shows them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from operator import eq, ge, gt, le, lt, ne
from typing import TYPE_CHECKING, Any

from connectors.fakes.errors import SalesforceRefused
from connectors.fakes.salesforce_soql import Compare

if TYPE_CHECKING:
    from collections.abc import Callable

    from connectors.fakes.salesforce_objects import FieldSpec
    from connectors.fakes.salesforce_records import Records, Values
    from connectors.fakes.salesforce_soql import Condition, Literal, Select

_OPERATORS = {"<": lt, "<=": le, ">": gt, ">=": ge}
_TYPES: dict[str, type | tuple[type, ...]] = {
    "date": date,
    "datetime": datetime,
    "boolean": bool,
    "currency": Decimal,
    "percent": Decimal,
    "double": Decimal,
    "int": Decimal,
}
_NAMES = {"datetime": "dateTime", "currency": "decimal", "percent": "decimal"}


class Query:
    """A query against records.

    Raises:
        SalesforceRefused: INVALID_TYPE or INVALID_FIELD.
    """

    def __init__(self, records: Records, select: Select, deleted: bool = False) -> None:
        self.records = records
        self.select = select
        self.deleted = deleted
        if select.name not in records.schema:
            raise SalesforceRefused("INVALID_TYPE", f"sObject type '{select.name}' is not supported.")
        self.holds = self._condition(select.where) if select.where is not None else None
        self.columns = [(name, self._reader(select.name, name)[0]) for name in select.fields]
        self.order = [(*self._reader(select.name, name), down) for name, down in select.order]

    def ids(self) -> list[str]:
        """The ids of the records it means, in its order."""
        now = self.records.clock()
        found = []
        for record in self.records.objects[self.select.name].values():
            values = record.seen(now)
            if values is None or (not self.deleted and values.get("IsDeleted")):
                continue
            if self.holds is None or self.holds(values):
                found.append(values)
        for read, spec, down in reversed(self.order):
            found.sort(key=lambda v, read=read, spec=spec: _rank(_comparable(spec, read(v))), reverse=down)  # type: ignore[misc]
        ids = [values["Id"] for values in found[self.select.offset :]]
        return ids if self.select.limit is None else ids[: self.select.limit]

    def rows(self, ids: list[str], root: str) -> list[dict[str, Any]]:
        """Those records as they are now; what was purged meanwhile is left out."""
        now = self.records.clock()
        seen = [self.records.objects[self.select.name][key].seen(now) for key in ids]
        return [self._row(values, root) for values in seen if values is not None]

    def _row(self, values: Values, root: str) -> dict[str, Any]:
        row: dict[str, Any] = {"attributes": _attributes(self.select.name, values["Id"], root)}
        for name, read in self.columns:
            *path, last = name.split(".")
            place = row
            for step in path:
                place = place.setdefault(step, {})
            place[last] = shown(read(values))
        return {name: _linked(value) if name != "attributes" else value for name, value in row.items()}

    def _reader(self, name: str, path: str) -> tuple[Callable[[Values], Any], FieldSpec]:
        """How a value is reached from a record, along references, and what type it has."""
        step, _, rest = path.partition(".")
        fields = self.records.schema[name]
        if not rest:
            spec = next((f for f in fields.values() if f.name.lower() == step.lower()), None)
            if spec is None:
                raise SalesforceRefused(
                    "INVALID_FIELD",
                    f"\nSELECT {', '.join(self.select.fields)} FROM {self.select.name}\nERROR at Row:1:Column:8\n"
                    f"No such column '{step}' on entity '{name}'. If you are attempting to use a custom field, be "
                    "sure to append the '__c' after the custom field name.",
                )
            return (lambda values, key=spec.name: values[key]), spec
        link = next((f for f in fields.values() if f.relationship.lower() == step.lower() and f.refers), None)
        if link is None or link.refers not in self.records.schema:
            raise SalesforceRefused("INVALID_FIELD", f"Didn't understand relationship '{step}' in field path.")
        inner, spec = self._reader(link.refers, rest)

        def follow(values: Values) -> Any:
            other = self.records.objects[link.refers].get(values[link.name] or "")
            seen = other.seen(self.records.clock()) if other is not None else None
            return inner(seen) if seen is not None else None

        return follow, spec

    def _condition(self, condition: Condition) -> Callable[[Values], bool]:
        if isinstance(condition, Compare):
            return self._comparison(condition)
        parts = [self._condition(part) for part in condition.parts]
        if condition.word == "and":
            return lambda values: all(part(values) for part in parts)
        if condition.word == "or":
            return lambda values: any(part(values) for part in parts)
        return lambda values: not parts[0](values)

    def _comparison(self, compare: Compare) -> Callable[[Values], bool]:
        read, spec = self._reader(self.select.name, compare.field)
        wanted = [_checked(spec, value) for value in compare.values]
        if compare.op in ("in", "not in"):
            within, among = compare.op == "in", frozenset(wanted)
            return lambda values: (_comparable(spec, read(values)) in among) is within
        value = wanted[0]
        if compare.op in ("=", "!="):
            same = eq if compare.op == "=" else ne
            return lambda values: bool(same(_comparable(spec, read(values)), value))
        order = _OPERATORS[compare.op]

        def compared(values: Values) -> bool:
            found = _comparable(spec, read(values))
            return found is not None and value is not None and bool(order(found, value))

        return compared


def shown(value: Any) -> Any:
    """The value as Salesforce writes it; numbers stay exact."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000+0000")
    return value.isoformat() if isinstance(value, date) else value


def _attributes(name: str, key: str, root: str) -> dict[str, str]:
    return {"type": name, "url": f"{root}/sobjects/{name}/{key}"}


def _linked(value: Any) -> Any:
    """A reference to nothing is null, not an object of nulls."""
    if not isinstance(value, dict):
        return value
    inner = {name: _linked(part) for name, part in value.items()}
    return inner if any(part is not None for part in inner.values()) else None


def _checked(spec: FieldSpec, value: Literal) -> Any:
    """The literal, if it has the field's type."""
    wanted = _TYPES.get(spec.type, str)
    if value is not None and (not isinstance(value, wanted) or (spec.type == "date" and isinstance(value, datetime))):
        kind = _NAMES.get(spec.type, spec.type)
        quoted = " and should not be enclosed in quotes" if isinstance(value, str) else ""
        message = f"value of filter criterion for field '{spec.name}' must be of type {kind}{quoted}"
        raise SalesforceRefused("INVALID_FIELD", message)
    return _comparable(spec, value)


def _comparable(spec: FieldSpec, value: Any) -> Any:
    """Ids compare by their first 15 characters, other texts without regard to case."""
    if not isinstance(value, str):
        return value
    return value[:15] if spec.type in ("id", "reference") else value.casefold()


def _rank(value: Any) -> tuple[bool, Any]:
    """Nulls first."""
    return (value is not None, value if value is not None else 0)
