"""The newest change that can matter to one rep: until the next one, every answer about them stays what it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, func, select, union, union_all

from store import owned
from store.bulk import as_list, listed_in
from store.spelled import Spelled
from store.tables import counted
from store.tables.access import identity
from store.tables.changes import change, label
from store.tables.facts import assignment, deal, fx_rate, person, placement, quota, split
from store.tables.pay import plan
from store.tables.periods import period_move

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy import BindParameter, ColumnElement, Connection, Select, Table

_REP: BindParameter[int] = bindparam("rep_id")
#: Every deal the rep ever owned or shared: what others change about it can change what it gives them.
_DEALS = union(
    owned.deal_ids(owned.listed.c.owner_id == _REP), select(split.c.deal_id).where(split.c.rep_id == _REP)
).cte("deals")
_OWN = (
    person, placement, quota, assignment, counted.position, counted.incentive, counted.adjustment, counted.balance,
    counted.absence, counted.achievement,
)  # fmt: skip
_OF_DEALS = (deal, split, counted.deal_figure, counted.deal_tag, counted.deal_event)
_ach = counted.achievement


def _latest(table: Table, *which: ColumnElement[bool], ends: bool = False) -> Select[Any]:
    """The newest change that made such a row, and with `ends` the newest that replaced one."""
    made, ended = table.c.change_id, table.c.superseded_by if ends else table.c.change_id
    return select(func.max(made).label("made"), func.max(ended).label("ended")).where(*which)


_parts = union_all(
    # A record that moves to somebody else leaves only its end behind.
    *(_latest(table, table.c.rep_id == _REP, ends=True) for table in _OWN),
    *(_latest(table, table.c.deal_id.in_(select(_DEALS.c.deal_id))) for table in _OF_DEALS),
    # What nobody is named for is everybody's.
    _latest(_ach, _ach.c.rep_id == 0, ends=True),
    *(_latest(table) for table in (plan, period_move)),
).subquery()
_NEWEST = Spelled(select(func.max(_parts.c.made), func.max(_parts.c.ended)))


def _sharing(dialect: str) -> Select[Any]:
    return (
        select(assignment.c.version_id)
        .join(label, label.c.label_id == assignment.c.plan_label)
        .where(assignment.c.rep_id == _REP, listed_in(dialect, label.c.text, bindparam("names")))
        .limit(1)
    )


_SHARING = Spelled(_sharing)
#: Versions are numbered as they come, so the newest row tells without a look at the others.
_RATES = Spelled(select(fx_rate.c.change_id).order_by(fx_rate.c.version_id.desc()).limit(1))
_watermark = select(func.coalesce(func.max(change.c.change_id), 0))
_WATERMARK = Spelled(_watermark)


def watermark(conn: Connection) -> int:
    """The newest change of all, as `store.changes` has it; spelled once, since every answer begins with it."""
    return int(_WATERMARK.scalar(conn))


_ACCOUNT = Spelled(
    select(
        _watermark.scalar_subquery(),
        select(func.coalesce(func.max(identity.c.identity_id), 0))
        .where(
            identity.c.team_id == bindparam("team_id"),
            identity.c.user_id == bindparam("user_id"),
            identity.c.unlinked_at.is_(None),
        )
        .scalar_subquery(),
    )
)


def account(conn: Connection, team_id: str, user_id: str) -> tuple[int, int]:
    """The newest change and the number of the account's link (0: none): while both stay, so does who that is."""
    newest, linked = _ACCOUNT.rows(conn, {"team_id": team_id, "user_id": user_id})[0]
    return int(newest), int(linked)


def last_change(conn: Connection, rep_id: int, sharing: Collection[str] = ()) -> int:
    """The newest change to what is the rep's own, to their deals, or to what is everybody's: rates, plans, periods.

    Args:
        conn: Where to look.
        rep_id: Whose answers are asked about.
        sharing: The names of plans that pay because of others: for who was ever on one, any change can matter.
    """
    if sharing:
        theirs = {"rep_id": rep_id, "names": as_list(conn.dialect.name, sorted(sharing))}
        if _SHARING.first(conn, theirs) is not None:
            return watermark(conn)
    made, ended = _NEWEST.rows(conn, {"rep_id": rep_id})[0]
    return max(int(made or 0), int(ended or 0), int(_RATES.scalar(conn) or 0))
