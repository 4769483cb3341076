"""What a sync asks of a source. `connectors` offers it; this room knows only its shape."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

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

    def pages(self, kind: str, cursor: dict[str, Any]) -> Iterator[Page]:
        """The records of one kind that are new since `cursor`; an empty cursor reads everything."""


class Progress(Protocol):
    """Told after every page how far a kind has come."""

    def __call__(self, kind: str, read: int, total: int | None) -> None:
        """`read` of `total` records of that kind are stored."""
