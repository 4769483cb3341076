"""The journal's chain: each row is sealed with the hash of the row before it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import UTC
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, func, insert, select

from store.errors import InstantNaive
from store.spelled import Spelled
from store.tables.changes import change, change_part

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection


@dataclass(frozen=True, slots=True)
class Part:
    """A block of versions that a change wrote: their numbers are `first_version_id` and the following."""

    kind: str
    first_version_id: int
    versions: int
    digest: str


def append(conn: Connection, change_id: int, part: Part) -> None:
    """Note in the journal that a change wrote a block of versions, chained to the row before."""
    newest = tail(conn)
    parts = newest.parts if newest.change_id == change_id else int(_PARTS.scalar(conn, {"change": change_id}))
    row = {"change_id": change_id, "part_no": parts + 1, **asdict(part)}
    _NOTE.run(conn, row | {"sealed": seal(newest.sealed, *row.values())})


def seal(before: str, *content: object) -> str:
    """The hash that chains a journal row to the one before it."""
    text = json.dumps([before, *content], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def spelled(at: datetime) -> str:
    """An instant's one spelling in the chain.

    Raises:
        InstantNaive: It has no time zone.
    """
    if at.utcoffset() is None:
        raise InstantNaive
    return at.astimezone(UTC).isoformat(timespec="microseconds")


@dataclass(frozen=True, slots=True)
class Tail:
    """The end of the journal: the newest change, how many blocks it noted, and the seal of its newest row."""

    change_id: int = 0
    parts: int = 0
    sealed: str = ""


def tail(conn: Connection) -> Tail:
    """The end of the journal; nothing before its first row."""
    newest = _NEWEST.first(conn)
    if newest is None:
        return Tail()
    change_id, sealed, parts, last = newest
    return Tail(change_id, parts, last or str(sealed))


_NOTE = Spelled(insert(change_part))
_PARTS = Spelled(select(func.count()).select_from(change_part).where(change_part.c.change_id == bindparam("change")))
_ITS_PARTS = select(func.count()).select_from(change_part).where(change_part.c.change_id == change.c.change_id)
_LAST_PART = (
    select(change_part.c.sealed)
    .where(change_part.c.change_id == change.c.change_id)
    .order_by(change_part.c.part_no.desc())
    .limit(1)
)
_NEWEST = Spelled(
    select(
        change.c.change_id,
        change.c.sealed,
        _ITS_PARTS.correlate(change).scalar_subquery(),
        _LAST_PART.correlate(change).scalar_subquery(),
    )
    .order_by(change.c.change_id.desc())
    .limit(1)
)
