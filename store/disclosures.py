"""Who was shown whose pay: one row per showing, never changed."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select

from store.tables.access import disclosure

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection, Row

_RECORD = insert(disclosure)


@dataclass(frozen=True, slots=True)
class Disclosure:
    """`viewer` saw a figure of `subject` (both are rep numbers): by which template and receipt, where, and when.

    `payload_hash` is the digest of what was sent, so that a message on a screen finds its row; no amount is kept.
    """

    viewer: int
    subject: int
    template: str
    receipt_id: str
    surface: str
    payload_hash: str
    at: datetime


def record(conn: Connection, shown: Disclosure) -> None:
    """The showing is on record."""
    row = asdict(shown)
    row["viewer_id"], row["subject_id"] = row.pop("viewer"), row.pop("subject")
    conn.execute(_RECORD, row)


def by_payload(conn: Connection, payload_hash: str) -> tuple[Disclosure, ...]:
    """The showings of one message, oldest first."""
    rows = conn.execute(
        select(disclosure).where(disclosure.c.payload_hash == payload_hash).order_by(disclosure.c.disclosure_id)
    )
    return tuple(map(_disclosure, rows))


def of_subject(conn: Connection, subject: int, since: datetime) -> tuple[Disclosure, ...]:
    """Who was shown this person's pay since then, newest first."""
    rows = select(disclosure).where(disclosure.c.subject_id == subject, disclosure.c.at >= since)
    return tuple(map(_disclosure, conn.execute(rows.order_by(disclosure.c.at.desc()))))


def _disclosure(row: Row[tuple[object, ...]]) -> Disclosure:
    said: Any = row
    return Disclosure(
        said.viewer_id, said.subject_id, said.template, said.receipt_id, said.surface, said.payload_hash, said.at
    )
