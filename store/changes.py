"""Who changed what, when and why: a journal chained by hashes, whose numbers are the watermarks of the facts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, func, insert, select

from store.journal import seal, spelled, tail
from store.spelled import Spelled
from store.tables.changes import change
from store.verify import verify

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from store.verify import Verification

#: Any fixed number: whoever writes facts on Postgres holds the advisory lock of this name until the commit.
WRITER_LOCK = 4_276_101
_BEGIN = Spelled(insert(change))
_WATERMARK = Spelled(select(func.coalesce(func.max(change.c.change_id), 0)))


def begin(conn: Connection, actor: str, cause: str, now: datetime, reason: str = "") -> int:
    """The number of a new change. Until the commit no other writer of facts gets one.

    Numbers therefore grow in the order of commits, which is what makes `watermark` a point in the past that reads
    the same for ever.
    """
    if conn.dialect.name == "postgresql":
        conn.execute(select(func.pg_advisory_xact_lock(WRITER_LOCK)))
    newest = tail(conn)
    change_id = newest.change_id + 1
    sealed = seal(newest.sealed, change_id, actor, cause, reason, spelled(now))
    row = {"change_id": change_id, "actor": actor, "cause": cause, "reason": reason, "at": now, "sealed": sealed}
    _BEGIN.run(conn, row)
    return change_id


def withdraw(conn: Connection, change_id: int) -> None:
    """The change begun in this transaction never was: it wrote nothing, and its number is free again."""
    conn.execute(delete(change).where(change.c.change_id == change_id))


def watermark(conn: Connection) -> int:
    """The newest change: what is known now. 0 before the first."""
    return int(_WATERMARK.scalar(conn))


def verify_chain(conn: Connection) -> Verification:
    """Whether the journal still matches the facts: every seal, every row, every succession of versions."""
    return verify(conn)
