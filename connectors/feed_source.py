"""An API as a source: its records as rows, its errors as problems. Operations see nothing else of it."""

from __future__ import annotations

import hashlib
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from zoneinfo import available_timezones

import numpy as np
import pandas as pd

from connectors import bodies
from connectors.errors import ConfigRefused, SourceError, WindowTooLarge
from connectors.normalise.kinds import STAGES
from connectors.normalise.rows import normalise
from connectors.normalise.wide import spread
from connectors.schema import ACCOUNT, FieldSource, Stages
from connectors.source import BLENDED_ROWS, KINDS, Ask, RawPage

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence
    from datetime import datetime

    from connectors.bodies import Readable
    from connectors.feed import Account, Feed
    from connectors.schema import KindMapping, Mapping
    from connectors.source import Cursor, Mode
    from engine.blending import Rule
    from engine.problems import Problem

#: A window is not split below this: then it is too many changes in one moment, and the source must cope by itself.
SMALLEST_WINDOW = timedelta(seconds=2)

#: Types of sources that describe their fields without reading a record.
DESCRIBED = ("hubspot", "salesforce")

#: Records that are handed over at once, if there are as many; what takes longer to bring is handed over as it is, so
#: that the lease is prolonged in time and somebody who watches sees it move.
GATHERED = 10_000
GATHERING = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class Normal:
    """What records became.

    Attributes:
        rows: Typed rows with `key`, as `normalise` makes them.
        origin: For each row the place of its record.
        rejected: Refused rows with code, detail, remedy and `place`.
        rejected_origin: For each of them the place of its record.
        skipped: Places of records that the mapping leaves out.
        refused: Why none of them could be read: the account did not say what the mapping leaves to it.
    """

    rows: pd.DataFrame
    origin: tuple[int, ...]
    rejected: pd.DataFrame
    rejected_origin: tuple[int, ...]
    skipped: frozenset[int]
    refused: tuple[Problem, ...] = ()


class FeedSource:
    """One API of a mapping."""

    def __init__(self, mapping: Mapping, name: str, feed: Feed) -> None:
        self._mapping = mapping
        self._entry = mapping.sources[name]
        self._kinds = {kind.kind: kind for kind in mapping.of_source(name)}
        self._feed = feed
        self._account: Account | None = None

    @property
    def name(self) -> str:
        """The name its rows carry in the store."""
        return self._entry.name

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds the mapping takes from it, in the order of `KINDS`."""
        return tuple(kind for kind in KINDS if kind in self._kinds and kind in self._feed.kinds)

    @property
    def interval_seconds(self) -> int:
        """How often it is meant to be synced."""
        return self._entry.interval_seconds

    @property
    def config_hash(self) -> str:
        """The digest of the mapping file."""
        return self._mapping.sha256

    @property
    def config_text(self) -> str:
        """The mapping file as written, for the record."""
        return self._mapping.text

    @property
    def blends(self) -> tuple[Rule, ...]:
        """How its records are blended with those of other sources."""
        return self._mapping.blends_of(self.name)

    @property
    def lag(self) -> timedelta:
        """How long it may take to show a change."""
        return self._feed.lag

    @property
    def overlap(self) -> timedelta:
        """How much is read again before the watermark."""
        return self._feed.overlap

    def now(self) -> datetime:
        """The source's own clock."""
        return self._feed.now()

    def calls(self) -> int:
        """Requests sent so far."""
        return self._feed.calls()

    def columns(self, kind: str) -> tuple[str, ...]:
        """What the mapping reads of each record; a new name among them means that everything is read again."""
        return self._kinds[kind].columns

    def types(self, kind: str) -> dict[str, str]:
        """The type of each field that the mapping reads, as a CRM describes it; empty where it does not tell now."""
        if self._entry.type not in DESCRIBED:
            return {}
        try:
            known = {one.name: one.type for one in self._feed.properties(kind)}
        except SourceError:
            return {}
        return {name: known[name] for name in self.columns(kind) if known.get(name)}

    def is_whole(self, kind: str) -> bool:
        """Whether its rows mean something only together."""
        return self._kinds[kind].is_whole

    def check(self) -> tuple[Problem, ...]:
        """What would stop a sync; reads no records."""
        try:
            return tuple(self._feed.check())
        except SourceError as error:
            return error.problems

    def pages(
        self, kind: str, mode: Mode, since: datetime | None, until: datetime | None, resume: Cursor
    ) -> Iterator[RawPage]:
        """What was asked for; a source that fails says so in a last page with `refused`.

        A window that is too large is read in halves. Of a kind that is whole there is one page with all of it.
        """
        ask = Ask(kind, mode, since, until, resume)
        most = BLENDED_ROWS if self._kinds[kind].keys else GATHERED
        pages = self._whole(ask) if self.is_whole(kind) else _gathered(self._halved(ask), most)
        try:
            with closing(pages):
                yield from map(partial(self._signed, kind), pages)
        except SourceError as error:
            yield self._refused(error)

    def read(self, kind: str, ids: Sequence[str]) -> RawPage:
        """The current values of those records, and which of them the source does not have."""
        try:
            return self._signed(kind, self._feed.read(kind, ids))
        except SourceError as error:
            return self._refused(error)

    def normalise(self, kind: str, records: Sequence[Readable], waiting: frozenset[str] = frozenset()) -> Normal:
        """Each record as rows, refused with a reason, or left out by the mapping; never raises on data.

        The account may have to be asked for its zone, currency or stages; if it does not say, nothing is read.
        """
        try:
            return self._normal(kind, records, waiting)
        except SourceError as error:
            return Normal(pd.DataFrame(), (), pd.DataFrame(), (), frozenset(), error.problems)

    def _normal(self, kind: str, records: Sequence[Readable], waiting: frozenset[str]) -> Normal:
        mapping = self._settled(self._kinds[kind])
        frame, origin = bodies.frame(records, mapping.columns)
        frame, spread_from = spread(mapping, frame)
        origin = np.array(origin, dtype=np.int64)[spread_from].tolist()
        self._lend_currency(mapping, frame)
        if kind == "person":
            _name_the_gone(mapping, frame, [records[place] for place in origin])
        kept = self._kept(mapping, frame)
        skipped = frozenset(np.array(origin, dtype=np.int64)[~kept].tolist())
        places = np.array(origin, dtype=np.int64)[kept]
        mine = frame if kept.all() else frame[kept].reset_index(drop=True)
        found = normalise(mapping, mine, waiting)
        rows = self._stamped(kind, found.rows, [records[p] for p in places[found.positions].tolist()])
        positions = found.rejected["position"].to_numpy(dtype=np.int64)
        refused = places[positions] if len(positions) else np.zeros(0, dtype=np.int64)
        named = [f"{self.name}: {kind} {records[p].external_id}" for p in refused.tolist()]
        rejected = found.rejected.drop(columns="position").assign(place=pd.Series(named, dtype="str"))
        keyless = (rejected["code"] == "key_missing").to_numpy()
        if keyless.any():  # quarantine names it by the id that the source gave it
            ids = np.array([records[p].external_id for p in refused.tolist()], dtype=object)
            rejected.loc[keyless, "external_id"] = ids[keyless]
        return Normal(rows, tuple(places[found.positions].tolist()), rejected, tuple(refused.tolist()), skipped)

    def _signed(self, kind: str, page: RawPage) -> RawPage:
        """The page with who changed each record under one name, where the mapping says which column tells."""
        told = self._kinds[kind].fields.get(bodies.CHANGED_BY)
        if told is None or not told.column:
            return page
        records = tuple(
            record._replace(body={bodies.CHANGED_BY: record.body.get(told.column)} | record.body)
            for record in page.records
        )
        return replace(page, records=records)

    def _refused(self, error: SourceError) -> RawPage:
        where = self.name
        problems = tuple(replace(p, where=f"{where} {p.where}".strip()) for p in error.problems)
        return RawPage((), self._feed.now(), refused=problems)

    def _halved(self, ask: Ask) -> Generator[RawPage]:
        """The pages of a window, or of its halves where the source refuses it as a whole."""
        begun = False
        try:
            for page in self._feed.pages(ask):
                begun = True
                yield page
        except WindowTooLarge:
            since, until = ask.since, ask.until
            if begun or since is None or until is None or until - since < SMALLEST_WINDOW:
                raise
            middle = since + (until - since) / 2
            for page in self._halved(replace(ask, until=middle)):
                yield replace(page, complete=False, total=None)
            yield from self._halved(replace(ask, since=middle))

    def _whole(self, ask: Ask) -> Generator[RawPage]:
        """Everything as one page."""
        pages = list(self._feed.pages(replace(ask, since=None, resume={})))
        records = tuple(record for page in pages for record in page.records)
        if pages:
            yield replace(pages[-1], records=records, read_at=min(page.read_at for page in pages), total=len(records))

    def _settled(self, mapping: KindMapping) -> KindMapping:
        """The mapping with what it leaves to the account filled in.

        Raises:
            SourceError: The account does not say it.
        """
        if mapping.fmt.timezone == ACCOUNT and any(_is_day(name) for name in mapping.fields):
            mapping = replace(mapping, fmt=replace(mapping.fmt, timezone=self._zone()))
        elif mapping.fmt.timezone == ACCOUNT:
            mapping = replace(mapping, fmt=replace(mapping.fmt, timezone=""))
        currency = mapping.fields.get("currency")
        if currency is not None and currency.account and not currency.column:
            fields = dict(mapping.fields) | {"currency": FieldSource(constant=self._currency())}
            mapping = replace(mapping, fields=MappingProxyType(fields))
        if mapping.kind == "deal" and mapping.stages is None:
            mapping = self._staged(mapping)
        return mapping

    def _staged(self, mapping: KindMapping) -> KindMapping:
        stages = self.account().stages
        won, lost, running = (
            frozenset(name for name, stage in stages.items() if stage.meaning == want) for want in STAGES
        )
        labels = MappingProxyType({name: stage.label or name for name, stage in stages.items()})
        return replace(mapping, stages=Stages(won, lost, running), labels=labels)

    def account(self) -> Account:
        """What the account says, asked once."""
        if self._account is None:
            self._account = self._feed.account()
        return self._account

    def account_hash(self) -> str:
        """Changes when the account's zone, currency or stages do; "" where it cannot be asked now."""
        try:
            account = self.account()
        except SourceError:
            return ""
        stages = sorted((name, stage.meaning, stage.label) for name, stage in account.stages.items())
        return hashlib.sha256(repr((account.timezone, account.currency, stages)).encode()).hexdigest()[:16]

    def _zone(self) -> str:
        zone = self.account().timezone
        if zone not in available_timezones():
            raise ConfigRefused(
                "The account does not say in which time zone its days are",
                where=self.name,
                remedy="Write `timezone: Europe/Berlin` (yours) under the source in the mapping",
            )
        return zone

    def _currency(self) -> str:
        code = self.account().currency
        if not code:
            raise ConfigRefused(
                "The account does not say its currency",
                where=self.name,
                remedy="Write `currency: {constant: USD}` (yours) in the mapping",
            )
        return code

    def _lend_currency(self, mapping: KindMapping, frame: pd.DataFrame) -> None:
        """Amounts without a currency are in the account's, where the mapping says so."""
        currency = mapping.fields.get("currency")
        if currency is None or not currency.account or not currency.column or not len(frame):
            return
        empty = frame[currency.column].str.strip() == ""
        if empty.any():
            frame.loc[empty, currency.column] = self._currency()

    @staticmethod
    def _kept(mapping: KindMapping, frame: pd.DataFrame) -> Any:
        kept = np.ones(len(frame), dtype=bool)
        for column, allowed in mapping.only_when.items():
            kept &= frame[column].str.strip().isin(allowed).to_numpy(dtype=bool)
        return kept

    @staticmethod
    def _stamped(kind: str, rows: pd.DataFrame, records: list[Readable]) -> pd.DataFrame:
        """Deals carry the source's stamp and where their record is kept."""
        if kind == "deal":
            stamps = pd.DatetimeIndex([record.source_ts for record in records], tz="UTC").as_unit("us")
            rows["source_at"] = stamps
            rows["raw_ref"] = pd.Series([f"raw:{record.external_id}" for record in records], dtype="str")
        return rows


def _gathered(pages: Generator[RawPage], most: int) -> Generator[RawPage]:
    """Small pages joined, since each becomes a transaction; what came before a failure is handed over first."""
    waiting: list[RawPage] = []
    failure: SourceError | None = None
    with closing(pages):
        try:
            for page in pages:
                waiting.append(page)
                is_late = page.read_at - waiting[0].read_at >= GATHERING
                if page.complete or is_late or sum(len(one.records) for one in waiting) >= most:
                    yield _joined(waiting)
                    waiting = []
        except SourceError as error:
            failure = error
    if waiting:
        yield _joined(waiting)
    if failure is not None:
        raise failure


def _joined(pages: Sequence[RawPage]) -> RawPage:
    """Pages as one, read when the first of them was; it leads on to where the last does."""
    if len(pages) == 1:
        return pages[0]
    records = tuple(record for page in pages for record in page.records)
    marks = [page.safe_watermark for page in pages if page.safe_watermark is not None]
    read_at = min(page.read_at for page in pages)
    return replace(pages[-1], records=records, read_at=read_at, safe_watermark=marks[-1] if marks else None)


def _is_day(field: str) -> bool:
    return field in ("close", "start", "end", "hired", "left", "updated", "on", "paid")


def _name_the_gone(mapping: KindMapping, frame: pd.DataFrame, people: Sequence[Readable]) -> None:
    """Who has left may have lost their name at the source; they need one to be stored at all."""
    columns = list(mapping.fields["name"].columns)
    if not columns or not len(frame):
        return
    gone = np.array([person.deleted for person in people], dtype=bool)
    nameless = gone & (frame[columns].apply(lambda column: column.str.strip()) == "").all(axis=1).to_numpy()
    for place in np.flatnonzero(nameless).tolist():
        frame.loc[place, columns[0]] = f"Former {people[place].external_id}"
