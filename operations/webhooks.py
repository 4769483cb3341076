"""What webhooks hint at, noted for the next sync: each event once, however often it is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from store import hints

if TYPE_CHECKING:
    from collections.abc import Iterable

    from operations.context import Context


class Event(Protocol):
    """Something that may have changed, as `connectors.webhooks.Event` describes it."""

    @property
    def event_id(self) -> str:
        """The same when the event is sent again."""

    @property
    def kind(self) -> str:
        """What changed."""

    @property
    def external_id(self) -> str:
        """Which record."""


def note(ctx: Context, source: str, events: Iterable[Event]) -> int:
    """How many of the events are new. The next sync reads their records by id; nothing else of them is used."""
    with ctx.db.write() as conn:
        return sum(hints.put(conn, source, one.event_id, (one.kind, one.external_id), ctx.now) for one in events)
