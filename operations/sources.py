"""What a sync asks of a source. `connectors` offers it; this room knows only its shape."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime, timedelta

    import pandas as pd

    from engine.blending import Rule
    from engine.problems import Problem


class FileSeen(Protocol):
    """A file that a page completes."""

    @property
    def name(self) -> str:
        """Its path below the source's folder."""

    @property
    def body(self) -> bytes:
        """Its content."""


class Page(Protocol):
    """Records of one kind, as `connectors.source.Page` describes them."""

    @property
    def rows(self) -> pd.DataFrame:
        """Typed rows with the store's columns and `key`."""

    @property
    def rejected(self) -> pd.DataFrame:
        """Refused rows with code, detail and remedy."""

    @property
    def read(self) -> int:
        """Records read for this page."""

    @property
    def skipped(self) -> int:
        """Records the mapping leaves out."""

    @property
    def total(self) -> int | None:
        """Records in the whole batch, where known."""

    @property
    def cursor(self) -> dict[str, Any]:
        """Where the source goes on after this page."""

    @property
    def present(self) -> pd.DataFrame | None:
        """Every record of a complete snapshot, on its last page."""

    @property
    def files(self) -> tuple[FileSeen, ...]:
        """Files this page completes."""

    @property
    def refused(self) -> tuple[Problem, ...]:
        """Why the source cannot be trusted any further."""


class Source(Protocol):
    """Where records come from."""

    @property
    def name(self) -> str:
        """The name its records carry."""

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds it has, those that others point at first."""

    @property
    def interval_seconds(self) -> int:
        """How often it is meant to be synced."""

    @property
    def config_hash(self) -> str:
        """Changes when its mapping does."""

    @property
    def config_text(self) -> str:
        """Its mapping as written."""

    @property
    def blends(self) -> tuple[Rule, ...]:
        """How its records are blended with those of other sources."""

    def pages(self, kind: str, cursor: dict[str, Any]) -> Iterator[Page]:
        """The records of one kind that are new since `cursor`; an empty cursor reads everything."""


#: What an API is read for.
Mode = Literal["incremental", "settle", "sweep", "backfill"]


class Record(Protocol):
    """A record as its source wrote it, read now or kept."""

    @property
    def external_id(self) -> str:
        """Its id at the source."""

    @property
    def source_ts(self) -> datetime | None:
        """When the source says it changed."""

    @property
    def deleted(self) -> bool:
        """Whether the source says it is gone."""

    @property
    def body(self) -> Mapping[str, Any]:
        """What the source wrote."""


class FreshRecord(Record, Protocol):
    """A record that was read now."""

    @property
    def absorbed(self) -> tuple[str, ...]:
        """Ids of records that were merged into it."""


class RawPage(Protocol):
    """What an API handed over, as `connectors.source.RawPage` describes it."""

    @property
    def records(self) -> Sequence[FreshRecord]:
        """Current values."""

    @property
    def read_at(self) -> datetime:
        """The source's clock when they were read."""

    @property
    def resume(self) -> dict[str, Any]:
        """Where a resumed read goes on."""

    @property
    def complete(self) -> bool:
        """Whether everything that was asked for has been shown."""

    @property
    def safe_watermark(self) -> datetime | None:
        """Every change with an earlier stamp has been shown."""

    @property
    def missing(self) -> tuple[str, ...]:
        """Ids that the source does not have."""

    @property
    def total(self) -> int | None:
        """Records in the whole read, where known."""

    @property
    def refused(self) -> tuple[Problem, ...]:
        """Why the source cannot be read any further."""


class Normal(Protocol):
    """What records became, as `connectors.feed_source.Normal` describes it."""

    @property
    def rows(self) -> pd.DataFrame:
        """Typed rows with `key`."""

    @property
    def origin(self) -> tuple[int, ...]:
        """For each row the place of its record."""

    @property
    def rejected(self) -> pd.DataFrame:
        """Refused rows."""

    @property
    def rejected_origin(self) -> tuple[int, ...]:
        """For each of them the place of its record."""

    @property
    def skipped(self) -> frozenset[int]:
        """Places of records that the mapping leaves out."""

    @property
    def refused(self) -> tuple[Problem, ...]:
        """Why none could be read."""


@runtime_checkable
class Feed(Protocol):
    """An API that records come from: it is asked for a window of changes or for everything, and for records by id."""

    @property
    def name(self) -> str:
        """The name its records carry."""

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds it has."""

    @property
    def interval_seconds(self) -> int:
        """How often it is meant to be synced."""

    @property
    def config_hash(self) -> str:
        """Changes when its mapping does."""

    @property
    def config_text(self) -> str:
        """Its mapping as written."""

    @property
    def blends(self) -> tuple[Rule, ...]:
        """How its records are blended with those of other sources."""

    @property
    def lag(self) -> timedelta:
        """How long it may take to show a change."""

    @property
    def overlap(self) -> timedelta:
        """How much is read again before the watermark."""

    def now(self) -> datetime:
        """Its own clock."""

    def calls(self) -> int:
        """Requests sent so far."""

    def account_hash(self) -> str:
        """Changes when what the account says does; "" where it cannot be asked."""

    def columns(self, kind: str) -> tuple[str, ...]:
        """What the mapping reads of each record."""

    def types(self, kind: str) -> dict[str, str]:
        """The type of each field that the mapping reads; empty where the source does not tell."""

    def is_whole(self, kind: str) -> bool:
        """Whether its rows mean something only together."""

    def pages(
        self, kind: str, mode: Mode, since: datetime | None, until: datetime | None, resume: dict[str, Any]
    ) -> Iterator[RawPage]:
        """What was asked for, or more; changes in `[since, until)` or everything."""

    def read(self, kind: str, ids: Sequence[str]) -> RawPage:
        """The current values of those records."""

    def normalise(self, kind: str, records: Sequence[Record], waiting: frozenset[str]) -> Normal:
        """The records as rows, refused, or left out."""


class Progress(Protocol):
    """Told after every page how far a kind has come."""

    def __call__(self, kind: str, read: int, total: int | None) -> None:
        """`read` of `total` records of that kind are stored."""
