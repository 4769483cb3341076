"""The records of a Salesforce organisation: versions that become visible late, a bin, and stamps of whole seconds."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from connectors.fakes.errors import SalesforceRefused
from connectors.fakes.salesforce_objects import OBJECTS, FieldSpec, record_id

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Values = dict[str, Any]

_CENT = Decimal("0.01")


def _system_clock() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True)
class Record:
    """One record: what it was from which instant on; None once the bin was emptied."""

    record_id: str
    versions: list[tuple[datetime, Values | None]]

    def latest(self) -> Values | None:
        """What was committed last, visible or not."""
        return self.versions[-1][1]

    def seen(self, now: datetime) -> Values | None:
        """What a query sees of it at that instant; None if nothing."""
        for visible_at, values in reversed(self.versions):
            if visible_at <= now:
                return values
        return None


@dataclass
class Records:
    """Every record, by object and id.

    Attributes:
        clock: Tells the time at Salesforce; settable.
        lag: How long a change stays invisible to queries after its stamp.
        currencies: The organisation has several currencies.
        together: Of each record in the bin, what was put there with it.
        schema: The objects it has, and their fields; take one away and queries that name it are refused.
    """

    clock: Callable[[], datetime] = _system_clock
    lag: timedelta = timedelta(0)
    currencies: bool = True
    schema: dict[str, dict[str, FieldSpec]] = field(default_factory=dict)
    objects: dict[str, dict[str, Record]] = field(default_factory=dict)
    together: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    numbers: int = 0

    def __post_init__(self) -> None:
        for name, fields in OBJECTS.items():
            if self.currencies or name not in ("CurrencyType", "DatedConversionRate"):
                self.schema[name] = {f.name: f for f in fields if self.currencies or not f.currencies}
                self.objects[name] = {}

    def add(self, name: str, values: Values) -> str:
        """The id of a new record with those values."""
        self.numbers += 1
        new = record_id(name, self.numbers)
        stamp = self.stamp()
        fields = self.schema[name]
        whole: Values = {f.name: False if f.type == "boolean" else None for f in fields.values()}
        whole |= {"Id": new, "CreatedDate": stamp, "LastModifiedDate": stamp, "SystemModstamp": stamp}
        whole |= self.typed(name, values)
        self.objects[name][new] = Record(new, [(self.clock() + self.lag, whole)])
        return new

    def change(self, name: str, key: str, values: Values, quiet: bool = False) -> None:
        """The record gets those values and, unless it changes quietly as formulas do, a new stamp."""
        record = self.record(name, key)
        before = record.latest()
        if before is None:
            raise SalesforceRefused("ENTITY_IS_DELETED", "entity is deleted", 404)
        stamps = {} if quiet else {"LastModifiedDate": self.stamp(), "SystemModstamp": self.stamp()}
        record.versions.append((self.clock() + self.lag, before | stamps | self.typed(name, values)))

    def purge(self, name: str, key: str) -> None:
        """No query ever shows the record again."""
        self.record(name, key).versions.append((self.clock(), None))

    def record(self, name: str, key: str) -> Record:
        """That record.

        Raises:
            SalesforceRefused: NOT_FOUND.
        """
        found = self.objects.get(name, {}).get(key)
        if found is None:
            raise SalesforceRefused("NOT_FOUND", "The requested resource does not exist", 404)
        return found

    def get(self, name: str, key: str) -> Values:
        """What was committed of it last, deleted or not; empty once it was purged."""
        return self.record(name, key).latest() or {}

    def living(self, name: str) -> Iterator[Values]:
        """What was committed of every record that is not deleted."""
        for record in self.objects[name].values():
            values = record.latest()
            if values is not None and not values.get("IsDeleted"):
                yield values

    def stamp(self) -> datetime:
        """Now, as records are stamped: in whole seconds."""
        return self.clock().replace(microsecond=0)

    def typed(self, name: str, values: Values) -> Values:
        """The values as the object's fields hold them.

        Raises:
            SalesforceRefused: INVALID_FIELD, of a field that the object does not have.
        """
        fields = self.schema[name]
        for key in values:
            if key not in fields:
                raise SalesforceRefused("INVALID_FIELD", f"No such column '{key}' on sobject of type {name}")
        return {key: _typed(fields[key], value) for key, value in values.items()}


def _typed(spec: FieldSpec, value: Any) -> Any:
    if value is None or value == "":
        return None
    if spec.type == "date":
        return value if isinstance(value, date) else date.fromisoformat(value)
    if spec.type == "datetime":
        return value if isinstance(value, datetime) else datetime.fromisoformat(value)
    if spec.type == "currency":
        return Decimal(str(value)).quantize(_CENT)
    if spec.type in ("percent", "double", "int"):
        return Decimal(str(value))
    return value
