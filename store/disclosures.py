"""Who was shown whose pay: one row per showing, never changed."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, exists, func, insert, or_, select

from store.bulk import among, as_list, listed_in
from store.spelled import Spelled
from store.tables.access import disclosure
from store.tables.facts import person
from store.tables.outbox import outbox

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Row, Select

_RECORD = Spelled(
    insert(disclosure),
    ("viewer_id", "subject_id", "template", "receipt_id", "surface", "payload_hash", "at"),
)


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
    record_all(conn, (shown,))


def record_all(conn: Connection, shown: Sequence[Disclosure]) -> None:
    """The showings are on record."""
    rows = [_row(each) for each in shown]
    if rows:
        _RECORD.run_each(conn, rows)


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


def saw_own(conn: Connection, rep_ids: Collection[int], since: datetime) -> dict[int, datetime]:
    """When each of these people, if they did, last saw pay of their own since then."""
    rows = conn.execute(
        select(disclosure.c.subject_id, func.max(disclosure.c.at))
        .where(
            among(conn, disclosure.c.subject_id, rep_ids),
            disclosure.c.viewer_id == disclosure.c.subject_id,
            disclosure.c.at >= since,
        )
        .group_by(disclosure.c.subject_id)
    )
    return {row[0]: row[1] for row in rows}


def _row(shown: Disclosure) -> dict[str, Any]:
    row = asdict(shown)
    row["viewer_id"], row["subject_id"] = row.pop("viewer"), row.pop("subject")
    return row


def were_told(conn: Connection, rep_ids: Collection[int], kinds: Collection[str]) -> frozenset[int]:
    """Those of the people who were ever shown pay of their own, or owed a notice of one of the kinds."""
    wanted = {"reps": as_list(conn.dialect.name, sorted(rep_ids)), "kinds": as_list(conn.dialect.name, kinds)}
    return frozenset(_TOLD.column(conn, wanted))


def _told(dialect: str) -> Select[Any]:
    its = person.c.rep_id
    saw = exists().where(disclosure.c.subject_id == its, disclosure.c.viewer_id == its)
    owed = exists().where(outbox.c.rep_id == its, listed_in(dialect, outbox.c.kind, bindparam("kinds")))
    mine = listed_in(dialect, its, bindparam("reps"))
    return select(its).distinct().where(mine, or_(saw, owed))


_TOLD = Spelled(_told)


def _disclosure(row: Row[tuple[object, ...]]) -> Disclosure:
    said: Any = row
    return Disclosure(
        said.viewer_id, said.subject_id, said.template, said.receipt_id, said.surface, said.payload_hash, said.at
    )
