"""CRM records of the HubSpot fake: strings, stamps that some edits do not move, a search index that lags.

The real service behaves like this where it surprises: archiving, restoring, calculated properties and associations
leave `hs_lastmodifieddate` alone, and search sees a row only some time after it was written.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

#: What an object is called in paths and errors, its stamp, and the properties that come without being named.
STAMP = "hs_lastmodifieddate"
DEFAULTS = {
    "deals": ("dealname", "amount", "closedate", "pipeline", "dealstage", "createdate", STAMP, "hs_object_id"),
    "companies": ("name", "domain", "createdate", STAMP, "hs_object_id"),
    "line_items": ("name", "price", "quantity", "amount", "createdate", STAMP, "hs_object_id"),
    "products": ("name", "price", "description", "createdate", STAMP, "hs_object_id"),
    "goal_targets": ("hs_goal_name", "hs_target_amount", "createdate", STAMP, "hs_object_id"),
}


def iso(at: datetime) -> str:
    """The instant as HubSpot writes it: UTC, milliseconds, `Z`."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


def milliseconds(at: datetime) -> datetime:
    """The instant cut to the resolution that HubSpot keeps."""
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


@dataclass(slots=True)
class Record:
    """One record. `indexed` is what search knows of it, `waiting` what it will know, and from when."""

    id: str
    properties: dict[str, str | None]
    created_at: datetime
    archived_at: datetime | None = None
    indexed: dict[str, str | None] | None = None
    waiting: list[tuple[datetime, dict[str, str | None]]] = field(default_factory=list)

    @property
    def updated_at(self) -> str:
        """The stamp, as text."""
        return self.properties.get(STAMP) or iso(self.created_at)

    def seen_by_search(self, now: datetime) -> dict[str, str | None] | None:
        """The properties that search has at that instant; None while it has none, or once the record is archived."""
        while self.waiting and self.waiting[0][0] <= now:
            self.indexed = self.waiting.pop(0)[1]
        return None if self.archived_at else self.indexed

    def index(self, at: datetime) -> None:
        """Lets search see the present properties from that instant on."""
        self.waiting.append((at, dict(self.properties)))
        self.waiting.sort(key=lambda pending: pending[0])

    def shown(self, names: Iterable[str], known: Mapping[str, str | None] | None = None) -> dict[str, Any]:
        """The record as an answer holds it, with only the named properties, null where it has none."""
        values = self.properties if known is None else known
        body: dict[str, Any] = {
            "id": self.id,
            "properties": {name: values.get(name) for name in names},
            "createdAt": iso(self.created_at),
            "updatedAt": values.get(STAMP) or self.updated_at,
            "archived": self.archived_at is not None,
        }
        if self.archived_at is not None:
            body["archivedAt"] = iso(self.archived_at)
        return body


@dataclass(slots=True)
class Table:
    """All records of one object type."""

    name: str
    rows: dict[str, Record] = field(default_factory=dict)
    #: Ids that a merge has taken away, and the record that answers for them.
    merged: dict[str, str] = field(default_factory=dict)
    #: The numbers of all rows, in order.
    numbers: list[int] = field(default_factory=list)

    def add(self, record: Record) -> None:
        """Takes a record in."""
        self.rows[record.id] = record
        insort(self.numbers, int(record.id))

    def drop(self, record_id: str) -> None:
        """Forgets a record for good."""
        del self.rows[record_id]
        self.numbers.remove(int(record_id))

    def sorted(self, archived: bool, after: int = 0) -> Iterator[Record]:
        """Live or archived records in the order of the list call: by number, from behind one on."""
        for place in range(bisect_right(self.numbers, after), len(self.numbers)):
            record = self.rows[str(self.numbers[place])]
            if (record.archived_at is not None) == archived:
                yield record

    def get(self, record_id: str, archived: bool = False) -> Record | None:
        """The record of that id, or the one it was merged into."""
        found = self.rows.get(self.merged.get(record_id, record_id))
        return found if found is not None and (found.archived_at is not None) == archived else None

    def searched(self, now: datetime) -> Iterator[tuple[Record, dict[str, str | None]]]:
        """Records that search sees, with the properties it knows of them."""
        for record in self.rows.values():
            known = record.seen_by_search(now)
            if known is not None:
                yield record, known

    def wanted(self, named: Iterable[str]) -> list[str]:
        """The properties an answer holds: those that were named, and those that always come."""
        return list(dict.fromkeys(("hs_object_id", "createdate", STAMP, *(list(named) or DEFAULTS[self.name]))))
