"""Whom the announcement of a SPIF has reached: owed, delivered, opened, acknowledged, or not to be reached."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from sqlalchemy import func, select, update

from store import bulk
from store.tables.outbox import outbox
from store.tables.spifs import spif_reader

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy import Connection

Far = Literal["acknowledged", "opened", "delivered", "waiting", "unreachable"]
_LOST = ("dead", "suppressed")


@dataclass(frozen=True, slots=True)
class Reader:
    """One person who takes part, and how far the announcement of the rules has reached them."""

    rep_id: int
    far: Far
    owed_at: datetime
    reminded_at: datetime | None = None


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
    return tuple(
        Reader(row.rep_id, _far(row, sent.get(row.rep_id, "")), row.owed_at, row.reminded_at) for row in rows
    )


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


def _sent(conn: Connection, spif_id: int, rules_hash: str) -> dict[int, str]:
    """The state of each person's announcement in the outbox; of several the newest."""
    start = f"spif:{spif_id}:announced:{rules_hash[:12]}:"
    newest = (
        select(func.max(outbox.c.outbox_id))
        .where(outbox.c.topic.startswith(start, autoescape=True), outbox.c.rep_id != 0)
        .group_by(outbox.c.rep_id)
    )
    states = select(outbox.c.rep_id, outbox.c.state, outbox.c.merged_into).where(outbox.c.outbox_id.in_(newest))
    return {row.rep_id: _standing(row.state, row.merged_into) for row in conn.execute(states)}


def _standing(state: str, merged_into: str) -> str:
    return "sent" if state == "suppressed" and merged_into else state


def _far(row: object, sent: str) -> Far:
    held = row._mapping  # type: ignore[attr-defined]
    if held["acknowledged_at"] is not None:
        return "acknowledged"
    if held["opened_at"] is not None:
        return "opened"
    if sent == "sent":
        return "delivered"
    return "unreachable" if sent in _LOST else "waiting"
