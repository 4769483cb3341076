"""What else than deals can move a rep's pay and was changed between two watermarks: who did it, and when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, select

from store.spelled import Spelled
from store.tables.changes import change
from store.tables.counted import adjustment
from store.tables.facts import assignment, fx_rate, quota

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection, Table


@dataclass(frozen=True, slots=True)
class FactChange:
    """One kind of fact that was changed; `actor` is "" where a sync brought it."""

    kind: str
    actor: str
    at: datetime


def between(conn: Connection, rep_id: int, after: int, until: int) -> tuple[FactChange, ...]:
    """The newest change of each kind that concerns the rep, exchange rates being everybody's."""
    found = []
    for kind, newest in _NEWEST.items():
        row = newest.first(conn, {"after": after, "until": until, "rep_id": rep_id})
        if row is not None:
            actor, cause, at = row
            is_sync = cause.startswith("sync ") or actor == "system"
            found.append(FactChange(kind, "" if is_sync else actor, at))
    return tuple(found)


def _newest(table: Table) -> Spelled:
    its = (table.c.change_id > bindparam("after")) & (table.c.change_id <= bindparam("until"))
    if "rep_id" in table.c:
        its &= table.c.rep_id == bindparam("rep_id")
    made = select(change.c.actor, change.c.cause, change.c.at).join(table, table.c.change_id == change.c.change_id)
    return Spelled(made.where(its).order_by(change.c.change_id.desc()).limit(1))


_NEWEST = {
    "quota": _newest(quota),
    "assignment": _newest(assignment),
    "correction": _newest(adjustment),
    "rate": _newest(fx_rate),
}
