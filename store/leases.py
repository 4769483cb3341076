"""Leases: who may act under a name until when. A fencing token tells a holder that was paused from its successor."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import case, or_, select, update

from store.bulk import inserting
from store.errors import LeaseLost
from store.tables.work import lease

if TYPE_CHECKING:
    from datetime import timedelta

    from sqlalchemy import Connection

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


def acquire(conn: Connection, name: str, holder: str, ttl: timedelta, now: datetime) -> int | None:
    """The fencing token of the lease, taken or prolonged; None while someone else holds it.

    A holder whose lease still runs keeps the token. Every other taking raises it, so a token that is still the
    newest proves that nobody else acted in between.
    """
    still_held = (lease.c.holder == holder) & (lease.c.expires_at > now)
    new = inserting(conn, lease)
    taken = new.on_conflict_do_update(
        index_elements=["name"],
        set_={
            "holder": holder,
            "token": lease.c.token + case((still_held, 0), else_=1),
            "expires_at": now + ttl,
        },
        where=or_(lease.c.holder == holder, lease.c.expires_at <= now),
    ).returning(lease.c.token)
    first = {"name": name, "holder": holder, "token": 1, "expires_at": now + ttl}
    token = conn.execute(taken, first).scalar()
    return None if token is None else int(token)


def renew(conn: Connection, name: str, token: int, ttl: timedelta, now: datetime) -> bool:
    """Whether the lease of that token still ran, and runs `ttl` longer now."""
    held = update(lease).where(lease.c.name == name, lease.c.token == token, lease.c.expires_at > now)
    return conn.execute(held.values(expires_at=now + ttl)).rowcount == 1


def keep(conn: Connection, name: str, token: int, ttl: timedelta, now: datetime) -> bool:
    """Whether nobody took the lease after the holder of that token; it runs `ttl` longer, even if it had run out.

    For a holder whose next sign of life may be late: as long as the token is the newest, nobody else acted meanwhile.
    """
    held = update(lease).where(lease.c.name == name, lease.c.token == token, lease.c.holder != "")
    return conn.execute(held.values(expires_at=now + ttl)).rowcount == 1


def release(conn: Connection, name: str, holder: str) -> None:
    """The lease is free, if that holder had it. Its token stays the newest until the next taking raises it."""
    held = select(lease.c.expires_at).where(lease.c.name == name, lease.c.holder == holder)
    if conn.execute(held).first() is not None:
        conn.execute(update(lease).where(lease.c.name == name).values(holder="", expires_at=_LONG_AGO))


def check(conn: Connection, name: str, token: int) -> None:
    """Nothing, while no one took the lease after the holder of that token.

    Raises:
        LeaseLost: someone did; what the holder was about to write must not be written.
    """
    newest = conn.execute(select(lease.c.token).where(lease.c.name == name)).scalar()
    if newest != token:
        raise LeaseLost(name)
