"""A CRM in memory, and the feed that reads it: as unreliable as the real ones, without a byte of HTTP.

What surprises people in real CRMs happens here on demand: a search that shows changes late, stamps that do not move,
pages cut at any row, records archived, purged, restored and merged, and failures at any request.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from connectors.feed import Account, Property
from connectors.source import KINDS, Raw, RawPage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from connectors.errors import SourceError
    from connectors.source import Ask
    from engine.problems import Problem

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Entry:
    """A record as it stands.

    Attributes:
        body: Its fields.
        stamp: When the CRM says it changed.
        archived_at: When it was deleted; it can be restored.
        absorbed: Records that were merged into it.
    """

    body: dict[str, Any]
    stamp: datetime
    archived_at: datetime | None = None
    absorbed: tuple[str, ...] = ()

    def raw(self, external_id: str) -> Raw:
        """The record as a feed hands it over."""
        return Raw(
            external_id, self.stamp, self.archived_at is not None, self.body | {"id": external_id}, self.absorbed
        )


@dataclass(slots=True)
class _Slot:
    """What a record is, and what searches show of it until the index has caught up."""

    entry: Entry
    shown: Entry | None
    shown_from: datetime


@dataclass(slots=True)
class MemoryCrm:
    """The records, by kind and id.

    Attributes:
        clock: The CRM's own clock.
        account: Zone, currency and stages.
        page_size: Records a page holds at most.
        failures: By the number of a request, counted from 1: what it raises instead of answering.
        requests: Requests answered or failed so far.
        on_request: Called before each answer: somebody edits while pages are read.
    """

    clock: Callable[[], datetime] = _utc_now
    account: Account = field(default_factory=lambda: Account("America/New_York", "USD"))
    page_size: int = 100
    failures: dict[int, SourceError] = field(default_factory=dict)
    requests: int = 0
    on_request: Callable[[int], None] | None = None
    _slots: dict[str, dict[str, _Slot]] = field(default_factory=dict)

    def put(
        self,
        kind: str,
        external_id: str,
        body: dict[str, Any],
        *,
        quiet: bool = False,
        late: timedelta = timedelta(0),
    ) -> None:
        """The record has that body now.

        Args:
            kind: Its kind.
            external_id: Its id.
            body: Its fields.
            quiet: Its stamp does not move, as with calculated fields.
            late: How long searches show what was before.
        """
        slot = self._slots.setdefault(kind, {}).get(external_id)
        stamp = slot.entry.stamp if quiet and slot is not None else self.clock()
        absorbed = () if slot is None else slot.entry.absorbed
        self._change(kind, external_id, Entry(dict(body), stamp, absorbed=absorbed), late)

    def archive(self, kind: str, external_id: str) -> None:
        """The record is deleted; its stamp does not move."""
        slot = self._slots[kind][external_id]
        self._change(kind, external_id, replace(slot.entry, archived_at=self.clock()))

    def restore(self, kind: str, external_id: str, *, quiet: bool = False) -> None:
        """The record is back; its stamp says so unless `quiet`."""
        entry = self._slots[kind][external_id].entry
        stamp = entry.stamp if quiet else self.clock()
        self._change(kind, external_id, replace(entry, archived_at=None, stamp=stamp))

    def purge(self, kind: str, external_id: str) -> None:
        """The record is gone without a trace."""
        self._slots[kind].pop(external_id, None)

    def merge(self, kind: str, survivor: str, loser: str, new_id: str = "") -> None:
        """The loser vanishes into the survivor, or both vanish into a record with a new id."""
        kept, lost = self._slots[kind][survivor].entry, self._slots[kind].pop(loser).entry
        absorbed = (*kept.absorbed, *lost.absorbed, loser, *((survivor,) if new_id else ()))
        if new_id:
            self._slots[kind].pop(survivor)
        self._change(kind, new_id or survivor, replace(kept, stamp=self.clock(), absorbed=absorbed))

    def live(self, kind: str) -> dict[str, dict[str, Any]]:
        """The records that are there, by id."""
        slots = self._slots.get(kind, {})
        return {name: slot.entry.body for name, slot in slots.items() if slot.entry.archived_at is None}

    def current(self, kind: str) -> dict[str, Entry]:
        """Every record as it is, archived ones included."""
        return {name: slot.entry for name, slot in self._slots.get(kind, {}).items()}

    def searched(self, kind: str) -> dict[str, Entry]:
        """Every record as a search shows it now."""
        now = self.clock()
        found = {n: s.entry if s.shown_from <= now else s.shown for n, s in self._slots.get(kind, {}).items()}
        return {name: entry for name, entry in found.items() if entry is not None}

    def answer(self) -> datetime:
        """A request is answered at that time of the CRM's clock, or fails as scripted."""
        self.requests += 1
        if self.on_request is not None:
            self.on_request(self.requests)
        failure = self.failures.pop(self.requests, None)
        if failure is not None:
            raise failure
        return self.clock()

    def _change(self, kind: str, external_id: str, entry: Entry, late: timedelta = timedelta(0)) -> None:
        slots = self._slots.setdefault(kind, {})
        before = self.searched(kind).get(external_id)
        slots[external_id] = _Slot(entry, before, self.clock() + late)


@dataclass(slots=True)
class MemoryFeed:
    """Reads a `MemoryCrm` as a careful connector reads a real one."""

    crm: MemoryCrm
    kinds: tuple[str, ...] = KINDS
    lag: timedelta = timedelta(0)
    overlap: timedelta = timedelta(minutes=10)

    def now(self) -> datetime:
        """The CRM's clock."""
        return self.crm.clock()

    def calls(self) -> int:
        """Requests so far."""
        return self.crm.requests

    def account(self) -> Account:
        """Zone, currency and stages; costs no request here."""
        return self.crm.account

    def check(self) -> tuple[Problem, ...]:
        """Nothing can be wrong with it."""
        return ()

    def properties(self, kind: str) -> tuple[Property, ...]:
        """The names that any record of the kind has."""
        names = {name for body in self.crm.live(kind).values() for name in body}
        return tuple(Property(name, name, "text") for name in sorted(names))

    def pages(self, ask: Ask) -> Iterator[RawPage]:
        """Changes by stamp and id, or everything by id."""
        return self._changes(ask) if ask.mode in ("incremental", "settle") else self._everything(ask)

    def read(self, kind: str, ids: Sequence[str]) -> RawPage:
        """The records as they are, whatever searches show."""
        read_at = self.crm.answer()
        current = self.crm.current(kind)
        found = tuple(current[name].raw(name) for name in ids if name in current)
        missing = tuple(name for name in ids if name not in current)
        return RawPage(found, read_at, complete=True, missing=missing)

    def _changes(self, ask: Ask) -> Iterator[RawPage]:
        after = (ask.since or _EPOCH, "")
        while True:
            read_at = self.crm.answer()
            window = sorted(
                (max(entry.stamp, entry.archived_at or entry.stamp), name, entry)
                for name, entry in self.crm.searched(ask.kind).items()
            )
            rows = [row for row in window if row[:2] > after and (ask.until is None or row[0] < ask.until)]
            page = rows[: self.crm.page_size]
            records = tuple(entry.raw(name) for _, name, entry in page)
            if len(page) == len(rows):
                end = read_at - self.lag if ask.until is None else min(ask.until, read_at - self.lag)
                yield RawPage(records, read_at, complete=True, safe_watermark=end)
                return
            after = page[-1][:2]
            yield RawPage(records, read_at, safe_watermark=after[0])

    def _everything(self, ask: Ask) -> Iterator[RawPage]:
        after = str(ask.resume.get("after", ""))
        while True:
            read_at = self.crm.answer()
            listed = self.crm.searched(ask.kind)
            rows = sorted(name for name in listed if name > after)
            page = rows[: self.crm.page_size]
            records = tuple(listed[name].raw(name) for name in page)
            after = page[-1] if page else after
            complete = len(page) == len(rows)
            yield RawPage(records, read_at, {"after": after}, complete=complete, total=len(listed))
            if complete:
                return
