"""Open deals that nobody has touched for long: what is read of them stands as it stood."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from store import known, labels
from store.tables.changes import change
from store.tables.facts import deal

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy import Connection

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Idle:
    """An open deal, who owns it, when it should close, and since when nothing about it changed."""

    deal_id: int
    rep_id: int
    due_on: date
    since_at: datetime


def idle(conn: Connection, closing: tuple[date, date], since: datetime) -> tuple[Idle, ...]:
    """The open deals that should close in [first, end) and were last changed before an instant, by owner and deal.

    A change is one of what is read: amount, day, stage, owner. It is when the source says, where it says so, and when
    we learnt of it elsewhere.
    """
    first, end = closing
    rows = conn.execute(
        select(deal.c.deal_id, deal.c.owner_id, deal.c.booked_on, deal.c.source_us, change.c.at)
        .join(change, change.c.change_id == deal.c.change_id)
        .where(known.now(deal), deal.c.stage_label == labels.number(conn, "open"), deal.c.owner_id != 0)
        .where(deal.c.booked_on >= first, deal.c.booked_on < end)
        .order_by(deal.c.owner_id, deal.c.deal_id)
    )
    found = (
        Idle(row.deal_id, row.owner_id, row.booked_on, row.at if row.source_us is None else _at(row.source_us))
        for row in rows
    )
    return tuple(one for one in found if one.since_at < since)


def _at(microseconds: int) -> datetime:
    return _EPOCH + timedelta(microseconds=microseconds)
