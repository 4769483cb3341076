"""Records of an API into the store: kept as they came, read with the mapping, and written with the place to go on.

Every record is kept with its stamp and with when it was read. One that is older in both than what is kept changes
nothing; one that says nothing new is only noted as seen. What a record became before and no longer becomes is
deleted with it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from operations.intake import held_row
from operations.packed_bodies import packed
from store import facts, quarantine, raw_records
from store import sync as syncs
from store.raw_records import Known, Row, Seen, digest, micros, packed_keys
from store.sync import PageWrite

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from engine.problems import Problem
    from operations.sources import Feed, FreshRecord, Normal
    from operations.sync_run import SyncRun
    from store.database import Connection
    from store.facts import Compared
    from store.raw_records import Kept
    from store.sync import PageApplied, State

#: Characters that no database keeps in an id.
_UNFIT = {0: "\N{REPLACEMENT CHARACTER}"}


class Item(NamedTuple):
    """A record on its way in: what came, and what was kept of it before. Stamps are in microseconds since 1970."""

    external_id: str
    source_ts: datetime | None
    source_us: int | None
    read_us: int
    deleted: bool
    body: Mapping[str, Any]
    text: str
    hash: str
    before: Known | None = None
    merged_into: str = ""

    def is_older(self) -> bool:
        """Whether what is kept is newer: by the source's stamp, and where that says nothing by when it was read."""
        kept, mine = self.before, self.source_us
        if kept is None:
            return False
        if kept.source_us is not None and mine is not None and kept.source_us != mine:
            return mine < kept.source_us
        return self.read_us < kept.read_us

    def is_news(self, mapping_hash: str) -> bool:
        """Whether it says something that is not known, or has to be read with another mapping."""
        kept = self.before
        return kept is None or kept.body_hash != self.hash or kept.mapping_hash != mapping_hash

    def counts(self, kind: str) -> bool:
        """Whether it is to be read as rows: a person who has left keeps what was known, if anything was."""
        if self.merged_into:
            return False
        return not self.deleted or (kind == "person" and self.before is None)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What taking records did. `refused`: they could not be read at all, nothing was written."""

    applied: PageApplied | None = None
    read: int = 0
    skipped: int = 0
    rejected: int = 0
    released: int = 0
    refused: tuple[Problem, ...] = ()


@dataclass(slots=True)
class Intake:
    """Where records go: one kind of one source, in one run."""

    run: SyncRun
    feed: Feed
    kind: str
    sweep: int = 0

    @property
    def mapping_hash(self) -> str:
        """What records are read with."""
        return self.feed.config_hash[:16]

    def take(self, records: Sequence[FreshRecord], read_at: datetime, state: State) -> Outcome:
        """Records that were read now."""
        came = _unique(records)
        losers = {old: one.external_id for one in records for old in one.absorbed if old != one.external_id}
        with self.run.ctx.db.read() as conn:
            before = raw_records.known(conn, self.feed.name, self.kind, [*came, *losers])
        read_us = micros(read_at)
        if losers:
            came = {external_id: record for external_id, record in came.items() if external_id not in losers}
        items = _fresh(came, read_us, before)
        lost = [_absorbed(old, survivor, read_at, before.get(old)) for old, survivor in losers.items()]
        items = [item for item in items if not _is_absorbed(item)]
        return self._write(items + [item for item in lost if item is not None], state)

    def again(self, kept: Sequence[Kept], state: State) -> Outcome:
        """Records that were kept, read with the mapping as it is now."""
        return self._write([_again(one) for one in kept], state)

    def bury(self, kept: Sequence[Kept], read_at: datetime, state: State) -> Outcome:
        """Records that the source no longer has."""
        return self._write([_buried(one, read_at) for one in kept], state)

    def _write(self, items: Sequence[Item], state: State) -> Outcome:
        """The items stored in one transaction with the state."""
        current = [item for item in items if item.before is None or not item.is_older()]
        mapping_hash = self.mapping_hash
        news = [item for item in current if item.before is None or item.is_news(mapping_hash)]
        if news and self.feed.is_whole(self.kind):
            news = self._with_the_rest(news)
        counted = [item for item in news if item.counts(self.kind)]
        normal = self._normal(counted)
        if normal is not None and normal.refused:
            return Outcome(refused=normal.refused)
        fresh = {item.external_id for item in news}
        same = [item for item in current if item.external_id not in fresh]
        rows = _ordered(normal)
        compared = syncs.compared(self.run.ctx.db, self.kind, self.feed.name, rows)
        page = _Page(self, news, same, _Read(counted, normal), rows, compared)
        with self.run.ctx.db.write() as conn:
            self.run.keep(conn)
            return page.write(conn, state, len(items))

    def _with_the_rest(self, news: list[Item]) -> list[Item]:
        """All that is live, where a row means something only beside the others."""
        mine = {item.external_id for item in news}
        with self.run.ctx.db.read() as conn:
            rest = raw_records.all_live(conn, self.feed.name, self.kind)
        return news + [_again(one) for one in rest if one.external_id not in mine]

    def _normal(self, counted: Sequence[Item]) -> Normal | None:
        if not counted:
            return None
        waiting: frozenset[str] = frozenset()
        if self.kind == "deal" and "split" in self.feed.kinds:
            with self.run.ctx.db.read() as conn:
                waiting = raw_records.held(conn, self.feed.name, "split")
        return self.feed.normalise(self.kind, counted, waiting)


@dataclass(frozen=True, slots=True)
class _Read:
    """Items that were read as rows, and what they became."""

    items: Sequence[Item]
    normal: Normal | None

    def keys(self, kind: str) -> dict[str, set[str]]:
        """The facts that each item became."""
        found: dict[str, set[str]] = {item.external_id: set() for item in self.items}
        if self.normal is not None and len(self.normal.rows):
            for place, key in zip(self.normal.origin, facts.keys(kind, self.normal.rows), strict=True):
                found[self.items[place].external_id].add(key)
        return found

    def held(self) -> set[str]:
        """The items of which something was refused."""
        return set() if self.normal is None else {self.items[p].external_id for p in self.normal.rejected_origin}


@dataclass(slots=True)
class _Page:
    """One transaction: news with what it became, and what is only noted as seen."""

    intake: Intake
    news: Sequence[Item]
    same: Sequence[Item]
    read: _Read
    rows: pd.DataFrame
    compared: Compared | None
    keys: dict[str, set[str]] = field(default_factory=dict)

    def write(self, conn: Connection, state: State, count: int) -> Outcome:
        """Facts, quarantine, records and the place to go on."""
        source, kind, now = self.intake.feed.name, self.intake.kind, self.intake.run.ctx.now
        normal, held = self.read.normal, self.read.held()
        gone = self._gone(conn, held)
        rejected = [] if normal is None else normal.rejected.to_dict("records")
        released = self._release(conn, {row["external_id"] for row in rejected})
        write = PageWrite(
            kind=kind,
            source=source,
            rows=self.rows,
            state=state,
            now=now,
            held=[held_row(source, kind, row) for row in rejected],
            gone=gone,
            actor=self.intake.run.ctx.actor_name,
            cause=f"sync {source}",
            compared=self.compared,
        )
        applied = syncs.apply_page(conn, write)
        self._keep(conn, held)
        skipped = 0 if normal is None else len(normal.skipped)
        return Outcome(applied, count, skipped, len(rejected), released + applied.passed)

    def _gone(self, conn: Connection, held: set[str]) -> set[str]:
        """The keys of facts that are no more."""
        kind = self.intake.kind
        self.keys = self.read.keys(kind)
        gone: set[str] = set()
        for item in self.news if kind == "person" else [item for item in self.news if item.before is not None]:
            before = item.before.facts if item.before is not None else frozenset[str]()
            if item.external_id in held:
                self.keys[item.external_id] |= before
            elif kind == "person":
                gone |= self._left(item, before)
            else:
                gone |= before - self.keys.get(item.external_id, set())
        if gone and kind != "person":
            gone -= {key for keys in self.keys.values() for key in keys}
        if gone and kind not in ("person", "deal", "split"):
            mine = [item.external_id for item in self.news]
            gone -= raw_records.claimed(conn, self.intake.feed.name, kind, mine)
        return gone

    def _left(self, item: Item, before: frozenset[str]) -> set[str]:
        """A person who is gone has left and stays known, once."""
        if not item.deleted:
            return set()
        known = before | self.keys.get(item.external_id, set())
        self.keys[item.external_id] = set(known)
        return set(known) if item.before is None or not item.before.deleted else set()

    def _release(self, conn: Connection, rejected: set[Any]) -> int:
        """How many waiting rows of these records no longer wait."""
        source, kind = self.intake.feed.name, self.intake.kind
        waiting = quarantine.open_rows(conn, source=source, kind=kind)
        if not waiting:
            return 0
        places = {f"{source}: {kind} {item.external_id}" for item in self.news}
        passed = {row.external_id for row in waiting if row.place in places}
        passed |= set(self.rows["key"]) if len(self.rows) else set()
        return quarantine.close_passed(conn, source, kind, passed - rejected, self.intake.run.ctx.now)

    def _keep(self, conn: Connection, held: set[str]) -> None:
        """The records as they are now."""
        intake = self.intake
        source, kind = intake.feed.name, intake.kind
        mapping_hash = intake.mapping_hash
        rows = [self._row(item, mapping_hash, item.external_id in held) for item in self.news]
        raw_records.put(conn, source, kind, rows, intake.sweep)
        by_read: dict[int, list[str]] = {}
        for item in self.same:
            by_read.setdefault(item.read_us, []).append(item.external_id)
        for read_us, ids in by_read.items():
            raw_records.note_seen(conn, source, kind, Seen(ids, read_us, intake.sweep))
        if kind == "split":
            flipped = [item.external_id for item in self.news if _was_held(item) != (item.external_id in held)]
            if flipped:
                raw_records.read_again(conn, source, "deal", flipped)

    def _row(self, item: Item, mapping_hash: str, held: bool) -> Row:
        before = item.before
        known = Known(  # by position: there is one for every record of a backfill
            item.external_id,
            item.source_us,
            item.read_us,
            int(item.deleted),
            item.hash,
            packed_keys(item.external_id, self.keys.get(item.external_id, ())),
            mapping_hash,
            int(held),
            item.merged_into,
            item.read_us if before is None else before.first_seen_us,
        )
        return Row(known, item.text, before is None)


def _ordered(normal: Normal | None) -> pd.DataFrame:
    """The rows in the order of their keys."""
    rows = pd.DataFrame() if normal is None else normal.rows
    return rows.sort_values("key", kind="stable", ignore_index=True) if len(rows) else rows


def _fresh(came: Mapping[str, FreshRecord], read_us: int, before: Mapping[str, Known]) -> list[Item]:
    """The records with what is known of each."""
    return [
        Item(
            external_id,
            record.source_ts,
            None if record.source_ts is None else micros(record.source_ts),
            read_us,
            record.deleted,
            record.body,
            text := packed(record.body),
            digest(text, record.deleted, record.absorbed),
            before.get(external_id),
        )
        for external_id, record in came.items()
    ]


def _unique(records: Sequence[FreshRecord]) -> dict[str, FreshRecord]:
    """Each record once, as its source stamped it last: one that moved while pages were read comes twice."""
    found: dict[str, FreshRecord] = {}
    for record in records:
        external_id = record.external_id
        if not (external_id.isascii() and external_id.isprintable()):
            external_id = external_id.translate(_UNFIT).encode("utf-8", "replace").decode()
        other = found.setdefault(external_id, record)
        if other is not record and _stamp(record) >= _stamp(other):
            found[external_id] = record
    return found


def _stamp(record: FreshRecord) -> int:
    return 0 if record.source_ts is None else micros(record.source_ts)


def _absorbed(old: str, survivor: str, read_at: datetime, before: Known | None) -> Item | None:
    """A record that was merged into another, unless that is known."""
    if before is not None and before.merged_into == survivor and before.deleted:
        return None
    text = "{}"
    return Item(old, None, None, micros(read_at), True, {}, text, digest(text, True, (survivor,)), before, survivor)


def _is_absorbed(item: Item) -> bool:
    """Whether a record is shown that was merged into another: a search may still list it for a while."""
    return item.before is not None and bool(item.before.merged_into)


def _again(kept: Kept) -> Item:
    known = kept.known
    return Item(
        known.external_id,
        kept.source_ts,
        known.source_us,
        known.read_us,
        kept.deleted,
        kept.body,
        packed(kept.body),
        known.body_hash,
        known,
        known.merged_into,
    )


def _buried(kept: Kept, read_at: datetime) -> Item:
    text = packed(kept.body)
    said = digest(text, True, ("gone",))
    return Item(
        kept.external_id,
        kept.source_ts,
        kept.known.source_us,
        max(micros(read_at), kept.known.read_us),
        True,
        kept.body,
        text,
        said,
        kept.known,
    )


def _was_held(item: Item) -> bool:
    return item.before is not None and bool(item.before.held)
