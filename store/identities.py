"""Who a Slack account is. An account is linked to one person at a time; past links stay on record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, select, update

from engine.notices import Recipient
from store import recipients
from store.bulk import inserting
from store.spelled import Spelled
from store.tables.access import identity

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection


@dataclass(frozen=True, slots=True)
class Link:
    """An account and the person behind it; `how` says what proved it."""

    team_id: str
    user_id: str
    rep_id: int
    email: str
    how: str


#: Every answer after a change asks it, so it is spelled once.
_GET = Spelled(
    select(*(identity.c[name] for name in Link.__slots__)).where(
        identity.c.team_id == bindparam("team_id"),
        identity.c.user_id == bindparam("user_id"),
        identity.c.unlinked_at.is_(None),
    )
)


def get(conn: Connection, team_id: str, user_id: str) -> Link | None:
    """The account's link now."""
    row = _GET.first(conn, {"team_id": team_id, "user_id": user_id})
    return None if row is None else Link(*row)


def of_person(conn: Connection, rep_id: int) -> tuple[Link, ...]:
    """The accounts linked to a person now."""
    rows = conn.execute(select(identity).where(identity.c.rep_id == rep_id, identity.c.unlinked_at.is_(None)))
    return tuple(Link(row.team_id, row.user_id, row.rep_id, row.email, row.how) for row in rows)


def link(conn: Connection, found: Link, now: datetime) -> None:
    """The account belongs to that person from now on; a link to someone else ends, and what was held goes out."""
    held = get(conn, found.team_id, found.user_id)
    if held == found:
        return
    if held is not None:
        unlink(conn, found.team_id, found.user_id, now, "linked anew")
    row = {
        "team_id": found.team_id,
        "user_id": found.user_id,
        "rep_id": found.rep_id,
        "email": found.email,
        "how": found.how,
        "linked_at": now,
        "unlinked_at": None,
        "unlink_reason": "",
    }
    # Two who link one account at the same time mean the same: the second one finds it done.
    conn.execute(inserting(conn, identity).on_conflict_do_nothing(), row)
    recipients.heal(conn, Recipient(found.rep_id))


def unlink(conn: Connection, team_id: str, user_id: str, now: datetime, reason: str) -> bool:
    """Whether the account was linked, and is not any more."""
    ended = update(identity).where(_linked(team_id, user_id)).values(unlinked_at=now, unlink_reason=reason)
    return conn.execute(ended).rowcount == 1


def _linked(team_id: str, user_id: str) -> ColumnElement[bool]:
    return (identity.c.team_id == team_id) & (identity.c.user_id == user_id) & identity.c.unlinked_at.is_(None)
