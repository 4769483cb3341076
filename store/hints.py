"""What webhooks said has changed: ids to read again, each event taken once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import delete, select, update

from store.bulk import among, insert_new
from store.tables.syncing import hint

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection

#: Hints that are followed at once; the others wait for the next sync.
MOST = 1_000


@dataclass(frozen=True, slots=True)
class Hint:
    """A record that may have changed."""

    hint_id: int
    external_id: str


def put(conn: Connection, source: str, event_id: str, about: tuple[str, str], now: datetime) -> bool:
    """Whether the event is new; one that comes again is not kept again.

    Args:
        conn: A writing transaction.
        source: Who sent it.
        event_id: What the sender calls the event.
        about: The kind and the id of the record.
        now: When it came.
    """
    kind, external_id = about
    row = {"source": source, "event_id": event_id, "kind": kind, "external_id": external_id, "received_at": now}
    return insert_new(conn, hint, row | {"done_at": None}, ("source", "event_id"))


def pending(conn: Connection, source: str, kind: str) -> list[Hint]:
    """The oldest hints that nobody has followed."""
    waiting = select(hint.c.hint_id, hint.c.external_id).where(
        hint.c.source == source, hint.c.kind == kind, hint.c.done_at.is_(None)
    )
    return [Hint(*row) for row in conn.execute(waiting.order_by(hint.c.hint_id).limit(MOST))]


def done(conn: Connection, ids: Sequence[int], now: datetime) -> None:
    """Those hints were followed."""
    conn.execute(update(hint).where(among(conn, hint.c.hint_id, ids)).values(done_at=now))


def purge(conn: Connection, before: datetime) -> int:
    """How many followed hints from before that instant are forgotten: an event so old is not accepted again."""
    old = delete(hint).where(hint.c.done_at.is_not(None), hint.c.received_at < before)
    return conn.execute(old).rowcount
