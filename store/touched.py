"""The newest change that can matter to one rep: until the next one, every answer about them stays what it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, func, select, union, union_all

from store.tables.access import identity
from store.tables.changes import change
from store.tables.facts import assignment, deal, fx_rate, person, quota, split
from store.tables.pay import plan
from store.tables.periods import period_move

if TYPE_CHECKING:
    from sqlalchemy import BindParameter, Connection

_REP: BindParameter[int] = bindparam("rep_id")
#: Every deal the rep ever owned or shared: what others change about it can change what it gives them.
_DEALS = union(
    select(deal.c.deal_id).where(deal.c.owner_id == _REP), select(split.c.deal_id).where(split.c.rep_id == _REP)
).subquery()
#: A record that moves to somebody else leaves only its end behind.
_OWN = [
    select(func.max(column).label("change_id")).where(table.c.rep_id == _REP)
    for table in (person, quota, assignment)
    for column in (table.c.change_id, table.c.superseded_by)
]
_SHARED = [
    select(func.max(table.c.change_id).label("change_id")).where(table.c.deal_id.in_(select(_DEALS.c.deal_id)))
    for table in (deal, split)
]
_EVERYBODYS = [select(func.max(table.c.change_id).label("change_id")) for table in (plan, period_move)]
_parts = union_all(*_OWN, *_SHARED, *_EVERYBODYS).subquery()
_NEWEST = select(func.coalesce(func.max(_parts.c.change_id), 0))
#: Versions are numbered as they come, so the newest row tells without a look at the others.
_RATES = select(fx_rate.c.change_id).order_by(fx_rate.c.version_id.desc()).limit(1)
_WATERMARK = select(func.coalesce(func.max(change.c.change_id), 0))


def watermark(conn: Connection) -> int:
    """The newest change of all, as `store.changes` has it; spelled once, since every answer begins with it."""
    return int(conn.execute(_WATERMARK).scalar_one())


_ACCOUNT = select(
    _WATERMARK.scalar_subquery(),
    select(func.coalesce(func.max(identity.c.identity_id), 0))
    .where(
        identity.c.team_id == bindparam("team_id"),
        identity.c.user_id == bindparam("user_id"),
        identity.c.unlinked_at.is_(None),
    )
    .scalar_subquery(),
)


def account(conn: Connection, team_id: str, user_id: str) -> tuple[int, int]:
    """The newest change and the number of the account's link (0: none): while both stay, so does who that is."""
    newest, linked = conn.execute(_ACCOUNT, {"team_id": team_id, "user_id": user_id}).one()
    return int(newest), int(linked)


def last_change(conn: Connection, rep_id: int) -> int:
    """The number of the newest change to what is the rep's own, to their deals, or to rates, plans or pay periods."""
    own = conn.execute(_NEWEST, {"rep_id": rep_id}).scalar_one()
    return max(int(own), int(conn.execute(_RATES).scalar() or 0))
