"""What else than deals can move a rep's pay and was changed between two watermarks: who did it, and when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from store.tables.changes import change
from store.tables.counted import adjustment
from store.tables.facts import assignment, fx_rate, quota

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

_KINDS = (("quota", quota), ("assignment", assignment), ("correction", adjustment), ("rate", fx_rate))


@dataclass(frozen=True, slots=True)
class FactChange:
    """One kind of fact that was changed; `actor` is "" where a sync brought it."""

    kind: str
    actor: str
    at: datetime


def between(conn: Connection, rep_id: int, after: int, until: int) -> tuple[FactChange, ...]:
    """The newest change of each kind that concerns the rep, exchange rates being everybody's."""
    found = []
    for kind, table in _KINDS:
        its = (table.c.change_id > after) & (table.c.change_id <= until)
        if "rep_id" in table.c:
            its &= table.c.rep_id == rep_id
        newest = (
            select(change)
            .join(table, table.c.change_id == change.c.change_id)
            .where(its)
            .order_by(change.c.change_id.desc())
            .limit(1)
        )
        row = conn.execute(newest).first()
        if row is not None:
            is_sync = row.cause.startswith("sync ") or row.actor == "system"
            found.append(FactChange(kind, "" if is_sync else row.actor, row.at))
    return tuple(found)
