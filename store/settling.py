"""What an arrival, a departure or a new address of people means for the records that name them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import Integer, or_, select, type_coerce

from engine.dates import day
from store import columns, known, owned, references, versions
from store.bulk import PAGE, among, fetch_all
from store.kinds import KINDS
from store.labels import number
from store.references import email_key
from store.tables.facts import deal, person

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from datetime import date

    from numpy.typing import NDArray
    from sqlalchemy import Connection

    from store.kinds import Kind, Reference


def leave(
    conn: Connection, source: str, gone: Collection[str], change_id: int, on: date
) -> tuple[int, frozenset[int]]:
    """How many of the source's people left that day, and the reps touched; who had left before is left alone.

    They stay known, for what they earned is still theirs.
    """
    kind, label = KINDS["person"], number(conn, source)
    as_kept = [
        type_coerce(column, Integer) if column.name in ("hired_on", "left_on") else column for column in person.c
    ]
    staying = or_(person.c.left_on.is_(None), person.c.left_on > on)
    here = select(*as_kept).where(
        known.now(person), person.c.source_label == label, among(conn, person.c.external_id, sorted(gone)), staying
    )
    rows = fetch_all(conn, here.order_by(person.c.version_id))
    if not rows:
        return 0, frozenset()
    stored: dict[str, Any] = dict(zip(person.c.keys(), map(list, zip(*rows, strict=True)), strict=True))
    stored["left_on"] = [day(on)] * len(rows)
    said = [["" if value is None else str(value) for value in stored[field.column]] for field in kind.hashed]
    override = {"left_on": stored["left_on"], "row_hash": columns.row_hashes(said, len(rows))}
    return len(rows), versions.reissue(conn, kind, np.array(stored["version_id"]), change_id, override)


def settle(conn: Connection, change_id: int) -> tuple[int, frozenset[int]]:
    """How many versions a change of people made in the records that name them, and the reps touched.

    A record that names an address goes to whoever has it now. A deal that was won on or after its owner's last day
    has no owner: somebody must say who took it over.
    """
    changed = or_(person.c.change_id == change_id, person.c.superseded_by == change_id)
    moved = conn.execute(select(person.c.email_key, person.c.rep_id).where(changed)).all()
    if not moved:
        return 0, frozenset()
    addresses = {row.email_key for row in moved} - {""}
    count, touched = 0, frozenset[int]()
    for kind in KINDS.values():
        for reference in kind.references:
            strays = _readdressed(conn, kind, reference, addresses) if reference.to == "person" else {}
            if reference.column == "owner_id":
                strays |= _abandoned(conn, {row.rep_id for row in moved})
            for version_ids, numbers in _pages(strays):
                touched |= versions.reissue(conn, kind, version_ids, change_id, {reference.column: numbers})
            count += len(strays)
    return count, touched


def _readdressed(conn: Connection, kind: Kind, reference: Reference, addresses: set[str]) -> dict[int, int]:
    """Current versions that name one of the addresses but have another rep's number, and the number it should be."""
    table = kind.table
    named, held = table.c[reference.external], table.c[reference.column]
    rows = select(table.c.version_id, table.c.source_label, named, held).where(
        known.now(table), held != 0, named.like("%@%")
    )
    found = [row for row in fetch_all(conn, rows) if email_key(row[2]) in addresses]
    names: dict[int, set[str]] = {}
    for _, source_label, name, _ in found:
        names.setdefault(source_label, set()).add(name)
    right = {label: references.resolve(conn, reference, label, said) for label, said in names.items()}
    wanted = {version_id: right[label].get(name, rep_id) for version_id, label, name, rep_id in found}
    has_left = references.abandoned(conn, list(wanted.items())) if table is deal else set()
    now = {version_id: rep_id for version_id, _, _, rep_id in found}
    return {v: rep_id for v, rep_id in wanted.items() if rep_id != now[v] and v not in has_left}


def _abandoned(conn: Connection, reps: set[int]) -> dict[int, int]:
    """Current deals of those reps that were won after they had left; nobody owns them."""
    gone = sorted(references.departures(conn).keys() & reps)
    if not gone:
        return {}
    ever = owned.deal_ids(among(conn, owned.listed.c.owner_id, gone))
    theirs = select(deal.c.version_id, deal.c.owner_id).where(
        known.now(deal), deal.c.deal_id.in_(ever), among(conn, deal.c.owner_id, gone)
    )
    return dict.fromkeys(references.abandoned(conn, fetch_all(conn, theirs)), 0)


def _pages(strays: dict[int, int]) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    version_ids = np.array(sorted(strays), dtype=np.int64)
    numbers = np.array([strays[version_id] for version_id in sorted(strays)], dtype=np.int64)
    for start in range(0, len(version_ids), PAGE):
        yield version_ids[start : start + PAGE], numbers[start : start + PAGE]
