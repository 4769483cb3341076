"""Records of an API into the store: kept as they came, read with the mapping, and written with the place to go on.

Every record is kept with its stamp and with when it was read. One that is older in both than what is kept changes
nothing; one that says nothing new is only noted as seen. What a record became before and no longer becomes is
deleted with it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import pandas as pd

from operations import raw_items
from operations.intake import held_row
from store import facts, quarantine, raw_records
from store import sync as syncs
from store.raw_records import Known, Row, Seen, micros, packed_keys
from store.sync import PageWrite

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from engine.problems import Problem
    from operations.raw_items import Item
    from operations.sources import Feed, FreshRecord, Normal
    from operations.sync_run import SyncRun
    from store.database import Connection
    from store.facts import Compared
    from store.raw_records import Kept
    from store.sync import PageApplied, State

_BEFORE = itemgetter(raw_items.Item._fields.index("before"))


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
        came = raw_items.unique(records)
        losers = {old: one.external_id for one in records for old in one.absorbed if old != one.external_id}
        with self.run.ctx.db.read() as conn:
            before = raw_records.known(conn, self.feed.name, self.kind, [*came, *losers])
        read_us = micros(read_at)
        if losers:
            came = {external_id: record for external_id, record in came.items() if external_id not in losers}
        items = raw_items.fresh(came, read_us, before)
        lost = [raw_items.absorbed(old, into, read_at, before.get(old)) for old, into in losers.items()]
        if before:
            items = [item for item in items if not item.is_absorbed()]
        return self._write(items + [item for item in lost if item is not None], state)

    def again(self, kept: Sequence[Kept], state: State) -> Outcome:
        """Records that were kept, read with the mapping as it is now."""
        return self._write([raw_items.again(one) for one in kept], state)

    def bury(self, kept: Sequence[Kept], read_at: datetime, state: State) -> Outcome:
        """Records that the source no longer has."""
        return self._write([raw_items.buried(one, read_at) for one in kept], state)

    def _write(self, items: Sequence[Item], state: State) -> Outcome:
        """The items stored in one transaction with the state."""
        is_first = not any(map(_BEFORE, items))  # of a backfill: nothing to compare ten thousand times
        mapping_hash = self.mapping_hash
        current = items if is_first else [item for item in items if not item.is_older()]
        news = items if is_first else [item for item in current if item.is_news(mapping_hash)]
        if news and self.feed.is_whole(self.kind):
            news = self._with_the_rest(news)
        counted = [item for item in news if item.counts(self.kind)]
        normal = self._normal(counted)
        if normal is not None and normal.refused:
            return Outcome(refused=normal.refused)
        fresh = frozenset[str]() if is_first else {item.external_id for item in news}
        same = [] if is_first else [item for item in current if item.external_id not in fresh]
        rows = _ordered(normal)
        compared = syncs.compared(self.run.ctx.db, self.kind, self.feed.name, rows)
        page = _Page(self, news, same, _Read(counted, normal), rows, compared)
        with self.run.ctx.db.write() as conn:
            self.run.keep(conn)
            return page.write(conn, state, len(items))

    def _with_the_rest(self, news: Sequence[Item]) -> list[Item]:
        """All that is live, where a row means something only beside the others."""
        mine = {item.external_id for item in news}
        with self.run.ctx.db.read() as conn:
            rest = raw_records.all_live(conn, self.feed.name, self.kind)
        return [*news, *(raw_items.again(one) for one in rest if one.external_id not in mine)]

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
        self._add([item for item in self.news if item.before is None], conn, held)
        known = [self._row(item, mapping_hash, item.external_id in held) for item in self.news if item.before]
        raw_records.put(conn, source, kind, known, intake.sweep)
        by_read: dict[int, list[str]] = {}
        for item in self.same:
            by_read.setdefault(item.read_us, []).append(item.external_id)
        for read_us, ids in by_read.items():
            raw_records.note_seen(conn, source, kind, Seen(ids, read_us, intake.sweep))
        if kind == "split":
            flipped = [item.external_id for item in self.news if item.was_held() != (item.external_id in held)]
            if flipped:
                raw_records.read_again(conn, source, "deal", flipped)

    def _add(self, new: Sequence[Item], conn: Connection, held: set[str]) -> None:
        """Records of which nothing was known, column by column: of a backfill that is every one."""
        if not new:
            return
        ids, _, source_us, read_us, deleted, _, texts, hashes, _, merged_into = zip(*new, strict=True)
        keys = self.keys
        columns: dict[str, Sequence[Any]] = {
            "external_id": ids,
            "source_us": source_us,
            "read_us": read_us,
            "deleted": list(map(int, deleted)),
            "body_hash": hashes,
            "fact_keys": [packed_keys(one, keys.get(one, ())) for one in ids],
            "mapping_hash": [self.intake.mapping_hash] * len(ids),
            "held": [int(one in held) for one in ids],
            "merged_into": merged_into,
            "first_seen_us": read_us,
            "body": texts,
        }
        raw_records.add(conn, self.intake.feed.name, self.intake.kind, columns, self.intake.sweep)

    def _row(self, item: Item, mapping_hash: str, held: bool) -> Row:
        known = Known(
            external_id=item.external_id,
            source_us=item.source_us,
            read_us=item.read_us,
            deleted=int(item.deleted),
            body_hash=item.hash,
            fact_keys=packed_keys(item.external_id, self.keys.get(item.external_id, ())),
            mapping_hash=mapping_hash,
            held=int(held),
            merged_into=item.merged_into,
            first_seen_us=item.read_us if item.before is None else item.before.first_seen_us,
        )
        return Row(known, item.text)


def _ordered(normal: Normal | None) -> pd.DataFrame:
    """The rows in the order of their keys."""
    rows = pd.DataFrame() if normal is None else normal.rows
    return rows.sort_values("key", kind="stable", ignore_index=True) if len(rows) else rows
