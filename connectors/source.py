"""What a source offers, and the page it hands over: typed rows, refused rows, and where to go on.

A source fetches and normalises; it knows no database and no plan. The runner (`operations.sync`) takes its pages
one by one, outside any transaction, and writes each with the cursor the page carries, so that a crash loses
nothing and a second run finds nothing to do.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    import pandas as pd

    from engine.blending import Rule
    from engine.problems import Problem

#: Kinds in the order they are synced: what others point at comes first.
KINDS = (
    *("person", "placement", "position", "account", "product"),
    *("deal", "line_item", "split", "quota", "assignment", "rate"),
    *("figure", "tag", "event", "achievement", "incentive", "adjustment", "absence"),
)

#: Rows per page: one transaction each, small enough that readers never wait.
PAGE_ROWS = 10_000

#: Of records that are blended with another source's, which takes longer for each of them.
BLENDED_ROWS = 1_000

#: Where a source goes on. A JSON object that only its source understands; stored with the page it came with.
Cursor = dict[str, Any]


#: What a read of an API is for. incremental: what changed; settle: the last hours again, for what came late; sweep:
#: everything, to see what is gone; backfill: everything, for the first time or for a new field.
Mode = Literal["incremental", "settle", "sweep", "backfill"]


@dataclass(frozen=True, slots=True)
class Ask:
    """What is wanted of one kind.

    Attributes:
        kind: The kind.
        mode: What the read is for.
        since: Closed lower bound of the source's stamps, overlap included; None reads from the beginning.
        until: Open upper bound on the source's clock, lag taken off; None reads to the end.
        resume: What the last page that was stored said; empty starts over. Only backfill and sweep are resumed.
    """

    kind: str
    mode: Mode
    since: datetime | None = None
    until: datetime | None = None
    resume: Cursor = field(default_factory=dict)


class Raw(NamedTuple):
    """A record as the source wrote it.

    Attributes:
        external_id: Its id at the source.
        source_ts: When the source says it changed, aware UTC; None where the source has no stamps.
        deleted: The source says it is deleted or archived; of a person: inactive.
        body: JSON with `Decimal` for numbers with decimals. Names are those that a mapping writes.
        absorbed: Ids of records that were merged into this one.
    """

    external_id: str
    source_ts: datetime | None
    deleted: bool
    body: dict[str, Any]
    absorbed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RawPage:
    """What one or a few requests brought.

    Attributes:
        records: Current values.
        read_at: The source's clock when they were read.
        resume: Where a resumed read goes on after this page.
        complete: The last page of a read that showed everything it was asked for.
        safe_watermark: Every change with an earlier stamp has been shown; None where this page says nothing about it.
        missing: Of a read by id: ids that the source does not have.
        total: Records in the whole read where the source says so.
        refused: Why the source cannot be read any further; such a page has no records and is the last one.
    """

    records: tuple[Raw, ...]
    read_at: datetime
    resume: Cursor = field(default_factory=dict)
    complete: bool = False
    safe_watermark: datetime | None = None
    missing: tuple[str, ...] = ()
    total: int | None = None
    refused: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class FileSeen:
    """A file that was applied completely, for the record that receipts cite."""

    name: str
    sha256: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Page:
    """Up to `PAGE_ROWS` records of one kind.

    Attributes:
        rows: Typed rows with the columns of the kind (`connectors.normalise.rows`), and `key`: how quarantine names
            the record.
        rejected: Refused rows: external_id, code, detail, remedy, raw_hash, owner, name, parent, won, place.
        read: Records read for this page, skipped ones included.
        skipped: Records that the mapping's `only_when` leaves out.
        total: Records in the whole batch where the source knows it.
        cursor: To be stored in the transaction that applies this page.
        present: On the last page of a complete snapshot: every record in it in the columns of `rows`, refused ones
            included, of which only the keys can be trusted. Records of the store that are not among them were
            deleted at the source. None: nothing may be deleted.
        files: Files that are completely applied with this page.
        refused: Why the source cannot be trusted from here on; such a page has no rows and is the last one.
    """

    kind: str
    rows: pd.DataFrame
    rejected: pd.DataFrame
    read: int
    skipped: int
    total: int | None
    cursor: Cursor
    present: pd.DataFrame | None = None
    files: tuple[FileSeen, ...] = ()
    refused: tuple[Problem, ...] = ()


class Source(Protocol):
    """What a source must offer; one folder per source, registered in `connectors.registry`."""

    @property
    def name(self) -> str:
        """The name its rows carry in the store."""

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds it has, in the order of `KINDS`."""

    @property
    def interval_seconds(self) -> int:
        """How often it is meant to be synced; past three of them its data is stale."""

    @property
    def config_hash(self) -> str:
        """Changes when its mapping changes, so that everything is read again."""

    @property
    def config_text(self) -> str:
        """The mapping file as written, for the record."""

    @property
    def blends(self) -> tuple[Rule, ...]:
        """How its records are blended with those of other sources."""

    def check(self) -> tuple[Problem, ...]:
        """What would stop a sync: missing files, columns, rights. Applies nothing."""

    def pages(self, kind: str, cursor: Cursor) -> Iterator[Page]:
        """The records of one kind that are new since `cursor`; an empty cursor reads everything.

        A source that cannot be trusted says so in a last page with `refused`; pages before it stay valid.
        """
