"""Versions of records: which one is current, how a block of new ones is written, and whose pay that can move."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import Integer, and_, bindparam, func, select, type_coerce

from store import bulk
from store.bulk import Sought, among, as_list, fetch_all, listed_in, look_up, next_id
from store.columns import NOTHING, Rows, nullable
from store.journal import Part, append
from store.kinds import KINDS
from store.labels import numbers as label_numbers
from store.references import Unresolved, departures, email_key, resolve, same_person
from store.spelled import Spelled
from store.tables.column_types import Day
from store.tables.facts import deal, person, split

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray
    from sqlalchemy import Column, ColumnElement, Connection
    from sqlalchemy.sql import ClauseElement

    from store.kinds import Kind, Reference

#: The last day of who has not left.
NEVER = np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True)
class Known:
    """The current version of each record asked for, position by position; 0 where there is none."""

    version_id: NDArray[np.int64]
    row_hash: NDArray[np.int64]
    deleted: NDArray[np.int64]
    source_us: NDArray[np.int64]
    numbers: Mapping[str, NDArray[np.int64]]

    def take(self, positions: NDArray[np.intp]) -> Known:
        """Those positions, in that order."""
        return Known(
            self.version_id[positions],
            self.row_hash[positions],
            self.deleted[positions],
            self.source_us[positions],
            {name: values[positions] for name, values in self.numbers.items()},
        )


@dataclass(frozen=True, slots=True)
class Block:
    """Rows that become versions, with what they replace."""

    rows: Rows
    source_label: int
    hashes: NDArray[np.int64]
    replaced: Known


def current(conn: Connection, kind: Kind, source_label: int, keys: Sequence[str]) -> Known:
    """What is known now of the source's records with those keys."""
    kept = dict.fromkeys((*kind.numbers, *kind.carries, *kind.listed_by))
    sought, spelled = _sought(kind.name)
    found = look_up(conn, sought, spelled, keys, {"source": source_label})
    arrays = {column.name: found[:, position] for position, column in enumerate(sought.values)}
    arrays.setdefault("source_us", np.full(len(keys), NOTHING))
    return Known(
        arrays["version_id"],
        arrays["row_hash"],
        arrays["deleted"],
        arrays["source_us"],
        {name: arrays[name] for name in kept},
    )


@cache
def _sought(kind_name: str) -> tuple[Sought, Spelled]:
    """What is asked of current versions, and how."""
    kind = KINDS[kind_name]
    table = kind.table
    stamp = ("source_us",) if "source_us" in table.c else ()
    kept = dict.fromkeys((*kind.numbers, *kind.carries, *kind.listed_by))
    columns = ("version_id", "row_hash", "deleted", *stamp, *kept)
    is_current = and_(table.c.source_label == bindparam("source"), table.c.superseded_by.is_(None))
    values = {_as_kept(table.c[name]).label(name): NOTHING if name == "source_us" else 0 for name in columns}
    sought = Sought(table.c.external_id, is_current, values)
    return sought, sought.spelled()


def write(conn: Connection, block: Block, change_id: int) -> tuple[frozenset[int], tuple[Unresolved, ...]]:
    """A version for each row of the block; the ones before are superseded. Returns reps touched, names missing."""
    kind, rows = block.rows.kind, block.rows
    first = next_id(conn, kind.table.c.version_id)
    numbers = _minted(conn, block, first)
    unresolved: list[Unresolved] = []
    for reference in kind.references:
        resolved = _resolved(conn, block, reference, numbers)
        numbers[reference.column] = resolved
        names = rows.texts[reference.external]
        missing = np.flatnonzero(resolved == 0).tolist()
        unresolved += [Unresolved(rows.keys[i], reference.external, names[i]) for i in missing if names[i]]
    stored = _stored(conn, block, change_id, first) | numbers
    stored |= _listed(kind, block.replaced.numbers, stored, block.replaced.version_id == 0)
    _replace(conn, kind, block.replaced.version_id, stored, change_id)
    old = [block.replaced.numbers[column] for column in kind.reps]
    return _touched(conn, kind, stored, [numbers[column] for column in kind.reps] + old), tuple(unresolved)


def reissue(
    conn: Connection,
    kind: Kind,
    version_ids: NDArray[np.int64],
    change_id: int,
    override: Mapping[str, Sequence[Any] | NDArray[np.int64]],
) -> frozenset[int]:
    """Each of those versions again with some columns changed, superseding the ones before. Returns reps touched."""
    table, count = kind.table, len(version_ids)
    found = fetch_all(
        conn, select(*map(_as_kept, table.c)).where(among(conn, table.c.version_id, version_ids.tolist()))
    )
    place = {row[0]: row for row in found}
    ordered = zip(*(place[version_id] for version_id in version_ids.tolist()), strict=True)
    stored: dict[str, Any] = dict(zip(table.c.keys(), ordered, strict=True))
    old = [np.array(stored[column], dtype=np.int64) for column in kind.reps]
    before = {column: stored[column] for column in kind.listed_by}
    first = next_id(conn, table.c.version_id)
    stored |= {
        "version_id": np.arange(first, first + count),
        "change_id": np.full(count, change_id),
        "superseded_by": [None] * count,
        **override,
    }
    stored |= _listed(kind, before, stored, np.zeros(count, dtype=bool))
    _replace(conn, kind, version_ids, stored, change_id)
    new = [np.array(stored[column], dtype=np.int64) for column in kind.reps]
    return _touched(conn, kind, stored, new + old)


def succeed(conn: Connection, gone: NDArray[np.int64], change_id: int) -> NDArray[np.int64]:
    """Whether each of the persons' records that go stays the one that speaks for its rep; else another one does now.

    A record of the same rep from another source takes over, so that a person is known as long as one source has them.
    """
    said = select(person.c.version_id, person.c.rep_id, person.c.is_primary).where(
        among(conn, person.c.version_id, gone.tolist())
    )
    going = {row[0]: (row[1], row[2]) for row in fetch_all(conn, said)}
    primary = {rep_id for rep_id, is_primary in going.values() if is_primary}
    others = select(person.c.rep_id, func.min(person.c.version_id)).where(
        person.c.superseded_by.is_(None),
        person.c.deleted == 0,
        among(conn, person.c.rep_id, sorted(primary)),
        ~among(conn, person.c.version_id, gone.tolist()),
    )
    heirs = dict(fetch_all(conn, others.group_by(person.c.rep_id)))
    if heirs:
        promoted = np.array(sorted(heirs.values()), dtype=np.int64)
        reissue(conn, KINDS["person"], promoted, change_id, {"is_primary": np.ones(len(promoted), dtype=np.int64)})
    stays = (going[version_id] for version_id in gone.tolist())
    return np.array([int(is_primary and rep_id not in heirs) for rep_id, is_primary in stays], dtype=np.int64)


def digest(kind: Kind, stored: Mapping[str, Any]) -> str:
    """The digest of a block's content: numbers, ties to other records, and what the source said."""
    content = hashlib.sha256()
    for name in ("version_id", *kind.numbers, "row_hash", "deleted"):
        content.update(np.asarray(stored[name], dtype="<i8").tobytes())
    return content.hexdigest()


def _minted(conn: Connection, block: Block, first: int) -> dict[str, NDArray[np.int64]]:
    """The record's own number: the number of its first version, or of the person another source knows."""
    kind, before = block.rows.kind, block.replaced.numbers
    if not kind.mints:
        return {}
    known = before[kind.mints]
    numbers = np.where(known > 0, known, np.arange(first, first + len(known)))
    if kind.table is not person:
        return {kind.mints: numbers}
    emails = [email_key(email) for email in block.rows.texts["email"]]
    same = same_person(conn, block.source_label, (e for e, k in zip(emails, known.tolist(), strict=True) if not k))
    found = [same.get(email, (0, False)) for email in emails]
    linked = np.array([rep_id for rep_id, _ in found], dtype=np.int64)
    is_spoken_for = np.array([spoken_for for _, spoken_for in found], dtype=bool)
    is_linked = (known == 0) & (linked > 0)
    is_primary = np.where(known > 0, before["is_primary"], ~(is_linked & is_spoken_for))
    return {kind.mints: np.where(is_linked, linked, numbers), "is_primary": is_primary.astype(np.int64)}


def _resolved(
    conn: Connection, block: Block, reference: Reference, minted: Mapping[str, NDArray[np.int64]]
) -> NDArray[np.int64]:
    names = block.rows.texts[reference.external]
    known = resolve(conn, reference, block.source_label, set(names))
    if block.rows.kind.table is person:
        known |= dict(zip(block.rows.texts["external_id"], minted["rep_id"].tolist(), strict=True))
    numbers = np.array([known.get(name, 0) for name in names], dtype=np.int64)
    return _still_there(conn, block.rows, numbers) if block.rows.kind.table is deal else numbers


def _still_there(conn: Connection, rows: Rows, owners: NDArray[np.int64]) -> NDArray[np.int64]:
    """The owners of deals; nobody where a deal was won on or after the day its owner had left."""
    gone = departures(conn, set(owners.tolist()))
    if not gone:
        return owners
    left = np.array([gone.get(owner, NEVER) for owner in owners.tolist()], dtype=np.int64)
    won = np.array([stage == "won" for stage in rows.texts["stage"]], dtype=bool)
    return np.where(won & (rows.numbers["booked_on"] >= left), 0, owners)


def _stored(conn: Connection, block: Block, change_id: int, first: int) -> dict[str, Any]:
    """Every column but the numbers of records, as the database takes them."""
    rows, count = block.rows, len(block.rows)
    stored: dict[str, Any] = {
        "version_id": np.arange(first, first + count),
        "change_id": [change_id] * count,
        "superseded_by": [None] * count,
        "row_hash": block.hashes,
        "deleted": [0] * count,
        "source_label": [block.source_label] * count,
        "external_id": rows.keys,
    }
    labelled = [rows.texts[field.name] for field in rows.kind.fields if field.shape == "label"]
    known = label_numbers(conn, set().union(*labelled)) if labelled else {}
    for field in rows.kind.fields:
        if field.shape == "label":
            stored[field.column] = list(map(known.__getitem__, rows.texts[field.name]))
        elif field.shape in ("day", "instant"):
            stored[field.column] = nullable(rows.numbers[field.name])
        else:
            stored[field.column] = rows.texts[field.name] if field.shape == "text" else rows.numbers[field.name]
    if rows.kind.table is person:
        stored["email_key"] = [email_key(email) for email in rows.texts["email"]]
    return stored


def _as_kept(column: Column[Any]) -> ColumnElement[Any]:
    return type_coerce(column, Integer) if isinstance(column.type, Day) else column


def _listed(
    kind: Kind, before: Mapping[str, Any], stored: Mapping[str, Any], is_first: NDArray[np.bool_]
) -> dict[str, NDArray[np.int64]]:
    """Which versions stand in the index of what the kind is listed by: a record's first and those that changed it."""
    if not kind.listed_by:
        return {}
    changed = [np.asarray(before[column]) != np.asarray(stored[column]) for column in kind.listed_by]
    return {"listed": np.logical_or.reduce([is_first, *changed]).astype(np.int64)}


def _replace(
    conn: Connection, kind: Kind, replaced: NDArray[np.int64], stored: dict[str, Any], change_id: int
) -> None:
    table = kind.table
    old = replaced[replaced > 0]
    if len(old):
        bulk.supersede(conn, table, np.sort(old), change_id)
    bulk.insert(conn, table, stored)
    numbered = stored["version_id"]
    append(conn, change_id, Part(kind.name, int(numbered[0]), len(numbered), digest(kind, stored)))


def _touched(
    conn: Connection, kind: Kind, stored: Mapping[str, Any], reps: Sequence[NDArray[np.int64]]
) -> frozenset[int]:
    """Reps named by the block or the versions it replaced, and those whom a deal ties to them."""
    if not kind.numbers or (kind.of_all and 0 in np.asarray(stored["rep_id"])):
        return frozenset(conn.execute(select(person.c.rep_id).where(person.c.superseded_by.is_(None))).scalars())
    found = set(np.unique(np.concatenate(reps)).tolist()) if reps else set()
    if "deal_id" in stored:
        deals = np.unique(np.asarray(stored["deal_id"]))
        deals = deals[deals != 0].tolist()
        for tied in (split.c.rep_id, deal.c.owner_id):
            other = tied.table
            if other is kind.table and other is not split:
                continue  # the owners of the page are known; who shares a deal is not by its changed shares alone
            found.update(_tied(tied).column(conn, {"deals": as_list(conn.dialect.name, deals)}))
    return frozenset(found - {0})


@cache
def _tied(tied: Column[int]) -> Spelled:
    """Who is tied to deals, by a column of a table that names both."""

    def spelled(dialect: str) -> ClauseElement:
        mine = listed_in(dialect, tied.table.c.deal_id, bindparam("deals"))
        return select(tied).where(tied.table.c.superseded_by.is_(None), mine).distinct()

    return Spelled(spelled)
