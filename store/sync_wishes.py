"""What people asked of the next sync of a source: to come at once, or to delete what is gone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from sqlalchemy import insert, select, update

from store.tables.ops_alerts import sync_wish

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection

#: "now": sync before the schedule would; "reread": and read everything; "delete": and delete what is gone.
What = Literal["now", "reread", "delete"]


@dataclass(frozen=True, slots=True)
class Wish:
    """One thing asked for; an empty kind means all of them."""

    source: str
    what: What
    actor: str
    reason: str
    kind: str = ""
    wish_id: int = 0


def put(conn: Connection, wish: Wish, now: datetime) -> None:
    """The next sync of the source heeds it."""
    row = {"source": wish.source, "kind": wish.kind, "what": wish.what, "actor": wish.actor, "reason": wish.reason}
    conn.execute(insert(sync_wish), row | {"asked_at": now, "done_at": None})


def undone(conn: Connection, source: str) -> tuple[Wish, ...]:
    """What is asked of the source and not done yet, oldest first."""
    asked = select(sync_wish).where(sync_wish.c.source == source, sync_wish.c.done_at.is_(None))
    rows = conn.execute(asked.order_by(sync_wish.c.wish_id))
    return tuple(Wish(row.source, row.what, row.actor, row.reason, row.kind, row.wish_id) for row in rows)


def done(conn: Connection, wishes: Sequence[Wish], now: datetime) -> None:
    """They were heeded."""
    for wish in wishes:
        conn.execute(update(sync_wish).where(sync_wish.c.wish_id == wish.wish_id).values(done_at=now))
