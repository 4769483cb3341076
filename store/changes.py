"""Who changed what, when and why: a journal chained by hashes, whose numbers are the watermarks of the facts."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import UTC
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, insert, select

from store.bulk import next_id
from store.tables.changes import change, change_part

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

#: Any fixed number: whoever writes facts on Postgres holds the advisory lock of this name until the commit.
WRITER_LOCK = 4_276_101


def begin(conn: Connection, actor: str, cause: str, now: datetime, reason: str = "") -> int:
    """The number of a new change. Until the commit no other writer of facts gets one.

    Numbers therefore grow in the order of commits, which is what makes `watermark` a point in the past that reads
    the same for ever.
    """
    if conn.dialect.name == "postgresql":
        conn.execute(select(func.pg_advisory_xact_lock(WRITER_LOCK)))
    sealed_before = _tail(conn)
    change_id = next_id(conn, change.c.change_id)
    sealed = seal(sealed_before, change_id, actor, cause, reason, spelled(now))
    row = {"change_id": change_id, "actor": actor, "cause": cause, "reason": reason, "at": now, "sealed": sealed}
    conn.execute(insert(change), row)
    return change_id


def withdraw(conn: Connection, change_id: int) -> None:
    """The change begun in this transaction never was: it wrote nothing, and its number is free again."""
    conn.execute(delete(change).where(change.c.change_id == change_id))


def watermark(conn: Connection) -> int:
    """The newest change: what is known now. 0 before the first."""
    return int(conn.execute(select(func.coalesce(func.max(change.c.change_id), 0))).scalar_one())


@dataclass(frozen=True, slots=True)
class Part:
    """A block of versions that a change wrote: their numbers are `first_version_id` and the following."""

    kind: str
    first_version_id: int
    versions: int
    digest: str


def append(conn: Connection, change_id: int, part: Part) -> None:
    """Note in the journal that a change wrote a block of versions, chained to the row before."""
    sealed_before = _tail(conn)
    parts = select(func.count()).select_from(change_part).where(change_part.c.change_id == change_id)
    part_no = int(conn.execute(parts).scalar_one()) + 1
    row = {"change_id": change_id, "part_no": part_no, **asdict(part)}
    conn.execute(insert(change_part), row | {"sealed": seal(sealed_before, *row.values())})


def seal(before: str, *content: object) -> str:
    """The hash that chains a journal row to the one before it."""
    text = json.dumps([before, *content], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def spelled(at: datetime) -> str:
    """An instant's one spelling in the chain."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _tail(conn: Connection) -> str:
    newest = select(change.c.change_id, change.c.sealed).order_by(change.c.change_id.desc()).limit(1)
    row = conn.execute(newest).first()
    if row is None:
        return ""
    part = (
        select(change_part.c.sealed)
        .where(change_part.c.change_id == row.change_id)
        .order_by(change_part.c.part_no.desc())
        .limit(1)
    )
    return conn.execute(part).scalar() or str(row.sealed)
