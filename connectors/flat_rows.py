"""Rows of a table or list as records: each by its key, stamped where the source stamps it, no two alike.

Shares of a deal are one record: rows of the kind `split` with one key are gathered, and must stand together.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from connectors.bodies import ROWS, text
from connectors.errors import ConfigRefused
from connectors.source import Raw

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

GATHERED = ("split",)


@dataclass(slots=True)
class FlatRows:
    """What one read of a kind brings.

    Attributes:
        kind: The kind.
        key: The column that names a record.
        stamp: The column that says when it changed; "" where none does.
        value: What a row has under a name.
    """

    kind: str
    key: str
    stamp: str
    value: Callable[[Mapping[str, Any], str], Any]
    _seen: set[str] = field(default_factory=set)

    def raws(self, rows: Iterable[Mapping[str, Any]]) -> Iterator[Raw]:
        """The records, in the order of the rows.

        Raises:
            ConfigRefused: A row has no key, an unreadable stamp, or a key that another record of this read has.
        """
        if self.kind not in GATHERED:
            for row in rows:
                external_id = self._key(row)
                yield Raw(self._once(external_id), self._stamped(row), deleted=False, body=plain(row))
            return
        gathered: list[Mapping[str, Any]] = []
        for row in rows:
            if gathered and self._key(gathered[0]) != self._key(row):
                yield self._gathered(gathered)
                gathered = []
            gathered.append(row)
        if gathered:
            yield self._gathered(gathered)

    def _gathered(self, rows: list[Mapping[str, Any]]) -> Raw:
        external_id = self._key(rows[0])
        stamps = [stamp for row in rows if (stamp := self._stamped(row)) is not None]
        body = {self.key: external_id, ROWS: [plain(row) for row in rows]}
        return Raw(self._once(external_id), max(stamps, default=None), deleted=False, body=body)

    def _key(self, row: Mapping[str, Any]) -> str:
        found = text(scalar(self.value(row, self.key))).strip()
        if not found:
            raise ConfigRefused(
                f"A {self.kind} record has no {self.key!r}, so nobody can tell which it is",
                remedy="Correct `key` in the mapping, or leave such rows out at the source",
            )
        return found

    def _once(self, external_id: str) -> str:
        if external_id in self._seen:
            raise ConfigRefused(
                f"Several {self.kind} records of one read have the same {self.key!r}; one would hide the others",
                remedy="Name a unique column as `key`; order splits by it, so that those of a deal stand together",
            )
        self._seen.add(external_id)
        return external_id

    def _stamped(self, row: Mapping[str, Any]) -> datetime | None:
        if not self.stamp:
            return None
        found = instant(self.value(row, self.stamp))
        if found is None:
            raise ConfigRefused(
                f"A {self.kind} record has no readable instant in {self.stamp!r}",
                remedy="Name a column with instants in ISO 8601 as `stamp`, or leave `stamp` out",
            )
        return found


def instant(value: Any) -> datetime | None:
    """The instant a source wrote; one without an offset is UTC."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return None
    if isinstance(value, datetime):
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    return None


def scalar(value: Any) -> Any:
    """A value as JSON keeps it: instants and days as ISO 8601, numbers exactly as they print."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return Decimal(repr(value)) if math.isfinite(value) else str(value)
    if value is None or isinstance(value, str | int | Decimal | list | dict):
        return value
    return value.hex() if isinstance(value, bytes) else str(value)


def plain(row: Mapping[str, Any]) -> dict[str, Any]:
    """The row as JSON keeps it."""
    return {name: scalar(value) for name, value in row.items()}
