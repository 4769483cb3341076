"""What sources say of records that are blended, as it stands now."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from engine.blending import Part
from store.bulk import PAGE, among, fetch_all
from store.columns import SEPARATOR
from store.labels import number, words
from store.tables.blending import blend_part

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection, Table

    from engine.blending import Ref


@dataclass(slots=True)
class Parts:
    """The live parts of records while one change settles; each is read once, for it says the same until the end."""

    conn: Connection
    kind: str
    change_id: int
    _read: dict[Ref, tuple[Part, str] | None] = field(default_factory=dict)

    def of(self, refs: Iterable[Ref]) -> dict[Ref, Part]:
        """The parts of those records that have one."""
        return {ref: part for ref, (part, _) in self.with_places(refs).items()}

    def with_places(self, refs: Iterable[Ref]) -> dict[Ref, tuple[Part, str]]:
        """The same, each with the reference to its raw record."""
        wanted = list(refs)
        unread = [ref for ref in wanted if ref not in self._read]
        if unread:
            self._read |= dict.fromkeys(unread)
            self._read |= known(self.conn, self.kind, unread)
        return {ref: found for ref in wanted if (found := self._read[ref]) is not None}


def known(conn: Connection, kind: str, refs: Iterable[Ref] | None) -> dict[Ref, tuple[Part, str]]:
    """The live parts of those records with the reference to their raw record."""
    names = words(conn)
    found: dict[Ref, tuple[Part, str]] = {}
    for row in current(conn, blend_part, ("record", "said", "keys", "raw_ref"), kind, refs):
        label, record, said, keys, raw_ref = row
        part = Part(names[label], record, json.loads(said), json.loads(keys))
        found[part.ref] = (part, raw_ref)
    return found


def current(
    conn: Connection, table: Table, wanted: tuple[str, ...], kind: str, refs: Iterable[Ref] | None
) -> list[tuple[Any, ...]]:
    """The label and those columns of the live current versions of the records, or of all of the kind."""
    rows = select(table.c.source_label, *(table.c[name] for name in wanted)).where(
        table.c.of_kind == kind, table.c.superseded_by.is_(None), table.c.deleted == 0
    )
    if refs is None:
        return fetch_all(conn, rows)
    found: list[tuple[Any, ...]] = []
    for source, records in by_source(refs).items():
        label = number(conn, source)
        for start in range(0, len(records), PAGE):
            listed = [part_key(kind, record) for record in records[start : start + PAGE]]
            mine = rows.where(table.c.source_label == label, among(conn, table.c.external_id, listed))
            found += fetch_all(conn, mine)
    return found


def part_key(kind: str, record: str) -> str:
    """How the store names a record's part within its source."""
    return f"{kind}{SEPARATOR}{record}"


def by_source(refs: Iterable[Ref]) -> dict[str, list[str]]:
    """The records of each source, in their order."""
    found: dict[str, list[str]] = {}
    for source, record in sorted(refs):
        found.setdefault(source, []).append(record)
    return found
