"""Salesforce as a feed: which object is which kind, and how much of it is read in each mode."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING

from connectors.errors import ConfigRefused, SourceError
from connectors.feed import Property
from connectors.salesforce import account, deals, goods, people, placements, quotas, rates, splits
from connectors.salesforce.session import Session
from connectors.salesforce.soql import among
from connectors.salesforce.table import Window, changed, everything
from connectors.source import KINDS, RawPage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime

    from connectors.feed import Account, Setup
    from connectors.salesforce.splits import Splits
    from connectors.salesforce.table import Table
    from connectors.schema import KindMapping
    from connectors.source import Ask, Raw
    from engine.problems import Problem

#: How long a change may take to show itself, and how much is read again.
LAG, OVERLAP = timedelta(minutes=5), timedelta(minutes=1)

_ID = re.compile(r"[A-Za-z0-9]{15}(?:[A-Za-z0-9]{3})?")

_TABLES: Mapping[str, Callable[[KindMapping], Table]] = MappingProxyType(
    {
        "person": people.table,
        "placement": placements.table,
        "deal": deals.table,
        "figure": deals.table,
        "tag": deals.table,
        **dict.fromkeys(goods.OBJECTS, goods.table),
        "quota": quotas.table,
        "assignment": placements.assigned,
        "rate": rates.table,
    }
)


class SalesforceFeed:
    """One organisation, as a mapping reads it."""

    lag = LAG
    overlap = OVERLAP

    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self._session = Session(setup)

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds that the mapping takes from it."""
        return tuple(kind for kind in KINDS if self._setup.kind(kind) is not None)

    def now(self) -> datetime:
        """Salesforce's own clock, as its last answer said; it is asked before a window is cut by ours.

        Who cannot sign in learns why from whatever is asked next.
        """
        with suppress(SourceError):
            self._session.connect()
        return self._session.now()

    def calls(self) -> int:
        """Requests sent so far."""
        return self._session.calls

    def account(self) -> Account:
        """The organisation's time zone, corporate currency and stages."""
        return account.account(self._session)

    def check(self) -> tuple[Problem, ...]:
        """What would stop a sync: the sign-in, the version, objects and fields that are not there or not for us."""
        try:
            versions = self._session.versions()
        except SourceError as refusal:
            return refusal.problems
        if self._session.api not in versions:
            return ConfigRefused(
                f"The organisation does not speak version {self._session.api} of the API",
                where=self._setup.source.name,
                remedy=f'Write `api: "{versions[-1]}"`' if versions else "Check `domain` in the mapping",
            ).problems
        found: list[Problem] = []
        for kind in self.kinds:
            found += self._problems(kind)
        return tuple(dict.fromkeys(found))

    def pages(self, ask: Ask) -> Iterator[RawPage]:
        """What was asked for.

        Raises:
            SourceError: Salesforce refuses, or does not answer.
        """
        self._session.connect()
        windowed = ask.until is not None and ask.mode in ("incremental", "settle")
        kind, is_split = ask.kind, ask.kind == "split"
        if not windowed:
            for refusal in self._refusals(kind):
                raise refusal
            yield from self._all_splits(ask) if is_split else self._all(ask)
            return
        window = self._window(ask)
        yield from self._closed(self._changed_splits(window) if is_split else self._changed(kind, window), window)

    def read(self, kind: str, ids: Sequence[str]) -> RawPage:
        """The current values of those records, the deleted ones among them; of splits, those of these deals.

        Raises:
            SourceError: Salesforce refuses, or does not answer.
        """
        self._session.connect()
        known = [key for key in dict.fromkeys(ids) if _ID.fullmatch(key)]
        if kind == "split":
            records, read_at = self._splits().of(self._session, known)
        else:
            records, read_at = self._by_id(self._table(kind), known)
        shown = {record.external_id for record in records}
        missing = tuple(key for key in dict.fromkeys(ids) if key not in shown)
        return RawPage(tuple(records), read_at or self.now(), complete=True, missing=missing, total=len(records))

    def properties(self, kind: str) -> tuple[Property, ...]:
        """The fields of the kind's object that the integration user may see."""
        name = self._splits().table.name if kind == "split" else self._table(kind).name
        columns = self._session.columns(name).values()
        return tuple(Property(c.name, c.label, c.type, options=c.options) for c in columns)

    def _changed(self, kind: str, window: Window) -> Iterator[RawPage]:
        """What changed in the window."""
        table = self._table(kind)
        for batch, reached in changed(self._session, table, window):
            records = tuple(map(table.raw, batch.rows))
            yield RawPage(records, batch.read_at, safe_watermark=reached, total=batch.total)

    def _changed_splits(self, window: Window) -> Iterator[RawPage]:
        """All splits of each deal of which one changed in the window, or went into the bin."""
        found = self._splits()
        for batch, reached in changed(self._session, found.table, window):
            touched = list(dict.fromkeys(str(row[found.deal]) for row in batch.rows if row.get(found.deal)))
            records, _ = found.of(self._session, touched)
            yield RawPage(tuple(records), batch.read_at, safe_watermark=reached)

    def _all(self, ask: Ask) -> Iterator[RawPage]:
        """Every record, in the order of ids, from where a cut read stopped; complete only if none was left out."""
        table, after = self._table(ask.kind), str(ask.resume.get("after", ""))
        known = not after
        read = total = 0
        for batch, last in everything(self._session, table, after):
            read, total = read + len(batch.rows), max(total, batch.total)
            yield RawPage(
                records=tuple(map(table.raw, batch.rows)),
                read_at=batch.read_at,
                resume={"after": last},
                complete=batch.done and read >= total,
                total=total if known else None,
            )

    def _all_splits(self, ask: Ask) -> Iterator[RawPage]:
        after = str(ask.resume.get("after", ""))
        read = total = 0
        for batch, records, last in self._splits().grouped(self._session, after):
            read, total = read + len(batch.rows), max(total, batch.total)
            complete = batch.done and read >= total
            yield RawPage(tuple(records), batch.read_at, {"after": last}, complete=complete)

    def _by_id(self, table: Table, ids: list[str]) -> tuple[list[Raw], datetime | None]:
        records: list[Raw] = []
        read_at: datetime | None = None
        for start in range(0, len(ids), splits.CHUNK):
            chosen = among("Id", ids[start : start + splits.CHUNK])
            for batch in self._session.read(table.select(chosen)):
                records += map(table.raw, batch.rows)
                read_at = min(read_at or batch.read_at, batch.read_at)
        return records, read_at

    def _window(self, ask: Ask) -> Window:
        """The window asked for in whole seconds, and never into the last minutes of Salesforce's own clock.

        The clock of this machine may be fast; a stamp that Salesforce has not reached yet proves nothing.
        """
        latest = self._session.now() - LAG
        until = min(ask.until or latest, latest).astimezone(UTC).replace(microsecond=0)
        since = ask.since.astimezone(UTC).replace(microsecond=0) if ask.since is not None else None
        return Window(since, until)

    def _closed(self, pages: Iterator[RawPage], window: Window) -> Iterator[RawPage]:
        """The pages, the last of them with the watermark at the window's end; one page if nothing changed."""
        last: RawPage | None = None
        for page in pages:
            if last is not None:
                yield last
            last = page
        reached = None if window.is_empty else window.until
        yield replace(last or RawPage((), self.now()), complete=True, safe_watermark=reached)

    def _problems(self, kind: str) -> list[Problem]:
        """What would stop a sync of the kind."""
        try:
            return [problem for refusal in self._refusals(kind) for problem in refusal.problems]
        except SourceError as refusal:
            return list(refusal.problems)

    def _refusals(self, kind: str) -> list[ConfigRefused]:
        """What the kind's object lacks.

        Raises:
            SourceError: There is no such object, or it cannot be told.
        """
        table = self._splits().table if kind == "split" else self._table(kind)
        missing = self._session.missing(table.name, table.select().fields)
        if not missing and table.name == splits.SPLIT:
            splits.check_types(self._session, splits.granting(self._setup))
        return missing

    def _table(self, kind: str) -> Table:
        return _TABLES[kind](self._mapping(kind))

    def _splits(self) -> Splits:
        return splits.splits(self._setup, self._mapping("split"))

    def _mapping(self, kind: str) -> KindMapping:
        mapping = self._setup.kind(kind)
        if mapping is None:
            raise ConfigRefused(f"The mapping takes no {kind} from this source", where=self._setup.source.name)
        return mapping
