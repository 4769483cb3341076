"""Whom the announcement of a SPIF has reached: owed, delivered, opened, acknowledged, or not to be reached."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import and_, func, select, update

from store import bulk
from store.tables.outbox import outbox
from store.tables.spifs import spif_reader

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy import Connection, Row, RowMapping

Far = Literal["acknowledged", "opened", "delivered", "waiting", "unreachable"]
_LOST = ("dead", "suppressed")


@dataclass(frozen=True, slots=True)
class Reader:
    """One person who takes part, and how far the announcement of the rules has reached them.

    `sent_at` is when Slack took it, alone or in a digest; None before that.
    """

    rep_id: int
    far: Far
    owed_at: datetime
    reminded_at: datetime | None = None
    sent_at: datetime | None = None


def topic(spif_id: int, rules_hash: str, rep_id: int) -> str:
    """What the announcement of these rules to this person is about, in the outbox."""
    return f"spif:{spif_id}:announced:{rules_hash[:12]}:{rep_id}"


def owe(conn: Connection, spif_id: int, rules_hash: str, rep_ids: Iterable[int], now: datetime) -> None:
    """Everybody named is owed the announcement of these rules; whoever is already stays as they are."""
    for rep_id in rep_ids:
        row = {
            "spif_id": spif_id,
            "rules_hash": rules_hash,
            "rep_id": rep_id,
            "owed_at": now,
            "reminded_at": None,
            "opened_at": None,
            "acknowledged_at": None,
        }
        bulk.insert_new(conn, spif_reader, row, ("spif_id", "rules_hash", "rep_id"))


def readers(conn: Connection, spif_id: int, rules_hash: str) -> tuple[Reader, ...]:
    """Everybody who is owed the announcement, each by how far it has come, in the order of their numbers."""
    own = select(spif_reader).where(spif_reader.c.spif_id == spif_id, spif_reader.c.rules_hash == rules_hash)
    rows = conn.execute(own.order_by(spif_reader.c.rep_id)).all()
    sent = _sent(conn, spif_id, rules_hash)
    return tuple(_reader(row, *sent.get(row.rep_id, ("", None))) for row in rows)


def acknowledge(conn: Connection, spif_id: int, rules_hash: str, rep_id: int, now: datetime) -> bool:
    """Whether the person had not acknowledged these rules before, and was to."""
    return _mark(conn, (spif_id, rules_hash, rep_id), "acknowledged_at", now)


def open_(conn: Connection, spif_id: int, rules_hash: str, rep_id: int, now: datetime) -> bool:
    """Whether this is the first time that the person looked at these rules."""
    return _mark(conn, (spif_id, rules_hash, rep_id), "opened_at", now)


def remind(conn: Connection, spif_id: int, rules_hash: str, rep_id: int, now: datetime) -> bool:
    """Whether the person had not been reminded of these rules before: it happens once."""
    return _mark(conn, (spif_id, rules_hash, rep_id), "reminded_at", now)


def _mark(conn: Connection, key: tuple[int, str, int], name: str, now: datetime) -> bool:
    spif_id, rules_hash, rep_id = key
    column = spif_reader.c[name]
    its = (
        spif_reader.c.spif_id == spif_id,
        spif_reader.c.rules_hash == rules_hash,
        spif_reader.c.rep_id == rep_id,
        column.is_(None),
    )
    return conn.execute(update(spif_reader).where(*its).values({name: now})).rowcount > 0


def _sent(conn: Connection, spif_id: int, rules_hash: str) -> dict[int, tuple[str, datetime | None]]:
    """The state of each person's announcement in the outbox, and when it was first sent.

    One that was merged is where its digest is. What was sent once stays sent, whatever becomes of a reminder.
    """
    start = f"spif:{spif_id}:announced:{rules_hash[:12]}:"
    digest = outbox.alias("digest")
    both = outbox.outerjoin(digest, and_(outbox.c.merged_into != "", digest.c.notice_id == outbox.c.merged_into))
    state = func.coalesce(digest.c.state, outbox.c.state).label("state")
    sent_at = func.coalesce(digest.c.sent_at, outbox.c.sent_at, type_=outbox.c.sent_at.type).label("sent_at")
    own = (outbox.c.topic.startswith(start, autoescape=True), outbox.c.rep_id != 0)
    found: dict[int, tuple[str, datetime | None]] = {}
    asked = select(outbox.c.rep_id, state, sent_at).select_from(both).where(*own).order_by(outbox.c.outbox_id)
    for row in conn.execute(asked):
        if found.get(row.rep_id, ("", None))[0] != "sent":
            found[row.rep_id] = (row.state, row.sent_at)
    return found


def _reader(row: Row[Any], state: str, sent_at: datetime | None) -> Reader:
    held = row._mapping
    return Reader(held["rep_id"], _far(held, state), held["owed_at"], held["reminded_at"], sent_at)


def _far(held: RowMapping, sent: str) -> Far:
    if held["acknowledged_at"] is not None:
        return "acknowledged"
    if held["opened_at"] is not None:
        return "opened"
    if sent == "sent":
        return "delivered"
    return "unreachable" if sent in _LOST else "waiting"
