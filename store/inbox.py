"""What Slack delivered: stored before it is acknowledged, answered once, and forgotten in time.

A row goes `received → leased → done`. Whoever received it works on it at once; a row that is still open after a
lease's time belonged to a process that died, and `claim` hands it to the next.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import and_, bindparam, func, or_, select, update

from store.bulk import among, insert_new
from store.spelled import Spelled
from store.tables.work import inbox

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from sqlalchemy import Connection

#: A delivery that outlives this many processes kills them; it is closed instead of being tried again.
MOST_ATTEMPTS = 5
CLAIM_AT_ONCE = 100
_DONE = Spelled(
    update(inbox)
    .where(inbox.c.key == bindparam("its_key"))
    .values(state="done", done_at=bindparam("now"), outcome=bindparam("said"))
)


@dataclass(frozen=True, slots=True)
class Delivery:
    """An open row, taken over."""

    key: str
    kind: str
    payload: str
    attempts: int
    received_at: datetime


def put(conn: Connection, key: str, kind: str, payload: str, now: datetime) -> bool:
    """Whether the delivery is new; False for one that Slack sent again."""
    row = {
        "key": key,
        "kind": kind,
        "payload": payload,
        "state": "received",
        "attempts": 1,
        "received_at": now,
        "leased_until": None,
        "done_at": None,
        "outcome": "",
    }
    return insert_new(conn, inbox, row, ("key",))


def claim(conn: Connection, now: datetime, lease: timedelta, limit: int = CLAIM_AT_ONCE) -> tuple[Delivery, ...]:
    """The rows that somebody left open, oldest first, ours until `now + lease`; no two callers get the same row."""
    left_open = or_(
        and_(inbox.c.state == "received", inbox.c.received_at <= now - lease),
        and_(inbox.c.state == "leased", inbox.c.leased_until <= now),
    )
    conn.execute(
        update(inbox)
        .where(left_open, inbox.c.attempts >= MOST_ATTEMPTS)
        .values(state="done", done_at=now, outcome="gave up")
    )
    oldest = select(inbox).where(left_open).order_by(inbox.c.received_at, inbox.c.inbox_id).limit(limit)
    rows = conn.execute(oldest.with_for_update(skip_locked=True)).all()
    taken = among(conn, inbox.c.inbox_id, [row.inbox_id for row in rows])
    conn.execute(
        update(inbox).where(taken).values(state="leased", leased_until=now + lease, attempts=inbox.c.attempts + 1)
    )
    return tuple(Delivery(row.key, row.kind, row.payload, row.attempts + 1, row.received_at) for row in rows)


def done(conn: Connection, key: str, now: datetime, outcome: str = "answered") -> None:
    """The delivery was answered, or ended another way; it is not taken up again."""
    _DONE.run(conn, {"its_key": key, "now": now, "said": outcome})


def stale(conn: Connection, now: datetime, lease: timedelta) -> int:
    """How many deliveries are open for longer than a lease."""
    left_open = and_(inbox.c.state != "done", inbox.c.received_at <= now - lease)
    return int(conn.execute(select(func.count()).select_from(inbox).where(left_open)).scalar_one())


def purge(conn: Connection, before: datetime) -> int:
    """How many deliveries received before then lost their payload. Keys stay: a late repeat is still known."""
    old = and_(inbox.c.received_at < before, inbox.c.payload != "")
    closed = {"payload": "", "state": "done", "done_at": func.coalesce(inbox.c.done_at, before)}
    return conn.execute(update(inbox).where(old).values(**closed)).rowcount
