"""Facts come in: whole pages compared with what is known, and only what differs becomes a new version."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import or_, select

from store import columns, kinds, references, settling, versions
from store.bulk import PAGE, among
from store.changes import watermark as newest
from store.columns import NOTHING, Rows, nullable
from store.labels import number
from store.labels import numbers as label_numbers
from store.references import Unresolved
from store.tables.facts import person

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence
    from datetime import date

    import pandas as pd
    from numpy.typing import NDArray
    from sqlalchemy import Connection

    from store.kinds import Kind

__all__ = [
    "Applied",
    "Compared",
    "Unresolved",
    "apply",
    "compare",
    "delete",
    "keys",
    "leave",
    "live_keys",
    "resolve_owners",
]


@dataclass(frozen=True, slots=True)
class Applied:
    """What a page did.

    Attributes:
        inserted: Records seen for the first time.
        changed: Records with a new version.
        unchanged: Rows that said nothing new.
        deleted: Records that got a tombstone.
        older: Rows left out because the source had stamped what is stored later.
        duplicates: Rows left out because the page held their record again.
        healed: Versions written because what they name is known now.
        touched: The reps whose pay all this can move.
        unresolved: Names of owners, managers or deals that nobody knows yet.
    """

    inserted: int = 0
    changed: int = 0
    unchanged: int = 0
    deleted: int = 0
    older: int = 0
    duplicates: int = 0
    healed: int = 0
    touched: frozenset[int] = frozenset()
    unresolved: tuple[Unresolved, ...] = ()

    @property
    def written(self) -> int:
        """How many versions were written."""
        return self.inserted + self.changed + self.deleted + self.healed

    def __add__(self, other: Applied) -> Applied:
        return Applied(
            self.inserted + other.inserted,
            self.changed + other.changed,
            self.unchanged + other.unchanged,
            self.deleted + other.deleted,
            self.older + other.older,
            self.duplicates + other.duplicates,
            self.healed + other.healed,
            self.touched | other.touched,
            self.unresolved + other.unresolved,
        )


@dataclass(frozen=True, slots=True)
class Part:
    """Rows of one source, each record once, and how many were dropped for that.

    Attributes:
        rows: The rows.
        duplicates: How many were left out because their record came again.
        hashes: What tells whether a row says anything new.
        known: What was known of the records; None when nobody has looked.
    """

    rows: Rows
    duplicates: int
    hashes: NDArray[np.int64]
    known: versions.Known | None = None


@dataclass(frozen=True, slots=True)
class Compared:
    """A page held against what was known at a watermark; `apply` looks again if others have written since."""

    watermark: int
    parts: tuple[Part, ...]

    @property
    def keys(self) -> set[str]:
        """The store's keys of the rows."""
        return {key for part in self.parts for key in part.rows.keys}


@dataclass(frozen=True, slots=True)
class _Sorted:
    """Positions of a page's rows by what has to happen to them."""

    new: NDArray[np.intp]
    changed: NDArray[np.intp]
    gone: NDArray[np.intp]
    older: int


@dataclass(frozen=True, slots=True)
class _Gone:
    """Versions that get a tombstone, and when the source says they went."""

    version_id: NDArray[np.int64]
    source_us: list[int | None] | None = None


def compare(conn: Connection, kind: str, rows: pd.DataFrame) -> Compared:
    """The rows read, hashed and looked up in a reading transaction, so that the writing one only has to write.

    Raises:
        FrameRefused: The rows are not in the kind's shape.
    """
    watermark = newest(conn)
    parts = list(_parts(kinds.named(kind), rows))
    firsts = {part.rows.source: place for place, part in reversed(list(enumerate(parts)))}
    for source, place in firsts.items():  # what a source's first rows do, those behind them have to find
        mine = parts[place].rows
        known = versions.current(conn, mine.kind, number(conn, source), mine.keys)
        parts[place] = replace(parts[place], known=known)
    return Compared(watermark, tuple(parts))


def apply(conn: Connection, kind: str, rows: pd.DataFrame | Compared, change_id: int) -> Applied:
    """The rows made known: new and changed records get a version, equal ones nothing, `deleted` ones a tombstone.

    Within the rows the last of a record wins, or the one its source stamped last. A row never replaces what its
    source stamped later. The splits of a deal are replaced together, so all of them must be in `rows`.

    Args:
        conn: A writing transaction in which `change_id` was begun, and nothing else of that change was written yet
            when the rows were compared before.
        kind: A name in `store.kinds.KINDS`.
        rows: The kind's columns and `source`, `deleted` may be there; or what `compare` made of them.
        change_id: The number from `store.changes.begin`.

    Raises:
        FrameRefused: The rows are not in the kind's shape; nothing is stored.
    """
    found = kinds.named(kind)
    applied = Applied()
    if isinstance(rows, Compared):
        # Numbers of changes have no gaps: before this one comes the last that anybody committed.
        holds = rows.watermark == change_id - 1
        parts: Iterable[Part] = rows.parts if holds else (replace(part, known=None) for part in rows.parts)
    else:
        parts = _parts(found, rows)
    for part in parts:
        applied += _apply(conn, part, change_id)
    # A person may have a new address that records wait for; a deal is named by its key, which it had before.
    if found.mints and (applied.inserted or (applied.changed and found.table is person)):
        applied += _heal(conn, change_id, found.name)
    if found.table is person and applied.written:
        applied += _settle(conn, change_id)
    return applied


def _parts(kind: Kind, rows: pd.DataFrame) -> Iterator[Part]:
    for source, mine in _by_source(rows):
        for chunk in _chunks(columns.read(kind, source, mine)):
            once, duplicates = _unique(chunk)
            yield Part(once, duplicates, once.hashes())


def keys(kind: str, rows: pd.DataFrame) -> list[str]:
    """The store's key of each row within its source, in the order of the rows."""
    return columns.keys(kinds.named(kind), rows)


def live_keys(conn: Connection, kind: str, source: str, on: date | None = None) -> frozenset[str]:
    """The keys of the source's records that are known and not deleted: what a complete reading should show again.

    Args:
        conn: Where to look.
        kind: A name in `store.kinds.KINDS`.
        source: Whose records.
        on: Without the people who have left by that day, whom no reading need show.
    """
    table = kinds.named(kind).table
    label = number(conn, source)
    live = select(table.c.external_id).where(
        table.c.superseded_by.is_(None), table.c.source_label == label, table.c.deleted == 0
    )
    if table is person and on is not None:
        live = live.where(or_(person.c.left_on.is_(None), person.c.left_on > on))
    return frozenset(conn.execute(live).scalars())


def leave(conn: Connection, source: str, gone: Collection[str], change_id: int, on: date) -> Applied:
    """The source's people with those keys have left by that day (`deleted`); they and what they earned stay known."""
    count, touched = settling.leave(conn, source, gone, change_id, on)
    return Applied(deleted=count, touched=touched) + (_settle(conn, change_id) if count else Applied())


def delete(conn: Connection, kind: str, source: str, gone: Collection[str], change_id: int) -> Applied:
    """A tombstone for each of the source's records with those keys. Their past stays readable."""
    found = kinds.named(kind)
    label = number(conn, source)
    applied = Applied()
    wanted = sorted(gone)
    for start in range(0, len(wanted), PAGE):
        known = versions.current(conn, found, label, wanted[start : start + PAGE])
        live = known.version_id[(known.version_id > 0) & (known.deleted == 0)]
        applied += _bury(conn, found, _Gone(live), change_id)
    return applied


def resolve_owners(conn: Connection, change_id: int) -> Applied:
    """Every waiting reference whose record is known by now gets its number, as a new version (`healed`)."""
    return _heal(conn, change_id, "person") + _heal(conn, change_id, "deal")


def _settle(conn: Connection, change_id: int) -> Applied:
    count, touched = settling.settle(conn, change_id)
    return Applied(healed=count, touched=touched)


def _heal(conn: Connection, change_id: int, arrived: str) -> Applied:
    applied = Applied()
    for kind in kinds.KINDS.values():
        for reference in kind.references:
            if reference.to != arrived:
                continue
            healed = references.waiting(conn, kind, reference)
            for start in range(0, len(healed.version_id), PAGE):
                window = slice(start, start + PAGE)
                override = {reference.column: healed.number[window]}
                touched = versions.reissue(conn, kind, healed.version_id[window], change_id, override)
                applied += Applied(healed=len(healed.version_id[window]), touched=touched)
    return applied


def _by_source(rows: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    sources: list[Any] = rows["source"].unique().tolist() if len(rows) else []
    if len(sources) == 1 and isinstance(sources[0], str):
        yield sources[0], rows
    elif sources:
        for source, part in rows.groupby("source", sort=True, observed=True):
            yield str(source), part


def _chunks(page: Rows) -> Iterator[Rows]:
    if len(page) <= PAGE or page.kind.together:
        yield page
        return
    for start in range(0, len(page), PAGE):
        yield page.take(np.arange(start, min(start + PAGE, len(page))))


def _apply(conn: Connection, part: Part, change_id: int) -> Applied:
    rows, hashes = part.rows, part.hashes
    kind, source_label = rows.kind, label_numbers(conn, [rows.source])[rows.source]
    known = part.known or versions.current(conn, kind, source_label, rows.keys)
    todo = _sort(rows, known, hashes)
    wanted = np.concatenate([todo.new, todo.changed])
    written = Applied(
        inserted=len(todo.new),
        changed=len(todo.changed),
        unchanged=len(rows) - len(wanted) - len(todo.gone) - todo.older,
        older=todo.older,
        duplicates=part.duplicates,
    )
    stamps = rows.numbers.get("source_at")
    gone = _Gone(
        np.concatenate([known.version_id[todo.gone], _absent_splits(conn, rows, source_label)]),
        None if stamps is None else nullable(stamps[todo.gone]),
    )
    if len(wanted):
        block = versions.Block(rows.take(wanted), source_label, hashes[wanted], known.take(wanted))
        touched, unresolved = versions.write(conn, block, change_id)
        written += Applied(touched=touched, unresolved=unresolved)
    return written + _bury(conn, kind, gone, change_id)


def _unique(page: Rows) -> tuple[Rows, int]:
    """One row per record, and how many were dropped for it."""
    if len(set(page.keys)) == len(page):
        return page, 0
    stamps = page.numbers.get("source_at")
    order = range(len(page)) if stamps is None else np.argsort(stamps, kind="stable").tolist()
    last = {page.keys[position]: position for position in order}
    chosen = np.array(sorted(last.values()), dtype=np.intp)
    return page.take(chosen), len(page) - len(chosen)


def _sort(rows: Rows, known: versions.Known, hashes: NDArray[np.int64]) -> _Sorted:
    is_known = known.version_id > 0
    is_live = is_known & (known.deleted == 0)
    differs = is_known & ~((known.row_hash == hashes) & is_live) & ~rows.deleted
    gone = rows.deleted & is_live
    older = np.zeros(len(rows), dtype=bool)
    stamps = rows.numbers.get("source_at")
    if stamps is not None:
        # A stamp of `NOTHING` is smaller than any other, so a source without stamps is never outrun.
        older = (differs | gone) & (stamps != NOTHING) & (known.source_us > stamps)
    return _Sorted(
        new=np.flatnonzero(~is_known & ~rows.deleted),
        changed=np.flatnonzero(differs & ~older),
        gone=np.flatnonzero(gone & ~older),
        older=int(older.sum()),
    )


def _absent_splits(conn: Connection, rows: Rows, source_label: int) -> NDArray[np.int64]:
    """Versions of the page's deals that the page no longer shows."""
    if not rows.kind.together:
        return np.empty(0, dtype=np.int64)
    table, column = rows.kind.table, rows.kind.table.c[rows.kind.together]
    shown = select(table.c.version_id, table.c.external_id).where(
        table.c.superseded_by.is_(None),
        table.c.deleted == 0,
        table.c.source_label == source_label,
        among(conn, column, sorted(set(rows.texts[rows.kind.together]))),
    )
    here = set(rows.keys)
    absent = [row.version_id for row in conn.execute(shown) if row.external_id not in here]
    return np.array(absent, dtype=np.int64)


def _bury(conn: Connection, kind: Kind, gone: _Gone, change_id: int) -> Applied:
    count = len(gone.version_id)
    if not count:
        return Applied()
    override: dict[str, Sequence[Any] | NDArray[np.int64]] = {"deleted": np.ones(count, dtype=np.int64)}
    if gone.source_us is not None:
        override["source_us"] = gone.source_us
    if kind.table is person:
        override["is_primary"] = versions.succeed(conn, gone.version_id, change_id)
    touched = versions.reissue(conn, kind, gone.version_id, change_id, override)
    return Applied(deleted=count, touched=touched)
