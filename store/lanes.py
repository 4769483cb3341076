"""The pace of sending, shared by every process: one request after the other in each lane of a workspace.

A lane is the whole workspace, a channel, or a method of Slack's. `reserve` takes the next free moment in one
statement, so that two workers never get the same; `block` holds a lane up for as long as Slack asked.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, case, delete, func, literal, select, text, update

from store.bulk import among, inserting
from store.tables.access import identity
from store.tables.outbox import direct_channel, send_lane

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy import Case, Connection, TextClause

WORKSPACE = "workspace"
#: Holds up every request of a workspace: its token was refused, or its plan allows no more messages.
TEAM = "team"
#: Begins the lanes of recipients that take no messages for now; see `store.recipients`.
RECIPIENT = "to:"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_TAKEN = timedelta(minutes=2) // _MICROSECOND
_HELD = timedelta(hours=3) // _MICROSECOND


def channel(channel_id: str) -> str:
    """The lane of one channel or direct message."""
    return f"channel:{channel_id}"


def method(name: str) -> str:
    """The lane of one method."""
    return f"method:{name}"


def free_at(conn: Connection, team_id: str, lanes: Sequence[str], now: datetime) -> datetime:
    """When all of these lanes are free: `now` where they are."""
    its = (send_lane.c.team_id == team_id) & among(conn, send_lane.c.lane, lanes)
    latest = conn.execute(select(func.max(_free(_number(now)))).where(its)).scalar()
    return now if latest is None else max(now, _instant(int(latest)))


def reserve(conn: Connection, team_id: str, lane: str, spacing: timedelta, now: datetime) -> datetime:
    """The moment that is ours in a lane, no earlier than `now`; the next one's is `spacing` later at the earliest."""
    at, gap = _number(now), spacing // _MICROSECOND
    free = _free(at)
    taken = (
        inserting(conn, send_lane)
        .values(team_id=team_id, lane=lane, next_us=at + gap, reason="")
        .on_conflict_do_update(index_elements=["team_id", "lane"], set_={"next_us": free + gap, "reason": ""})
        .returning(send_lane.c.next_us)
    )
    return _instant(int(conn.execute(taken).scalar_one()) - gap)


def take(conn: Connection, team_id: str, spacings: Mapping[str, timedelta], now: datetime) -> datetime:
    """The first moment at which all of these lanes are ours; each is taken for its spacing from when it is free.

    One statement, always in the same order, so that workers wait for each other and never for ever. Whoever does not
    want to wait until then rolls the transaction back, and has taken nothing.
    """
    at = _number(now)
    given: dict[str, Any] = {"team": team_id, "at": at}
    for number, (lane, spacing) in enumerate(spacings.items()):
        given |= {f"lane{number}": lane, f"until{number}": at + spacing // _MICROSECOND}
    rows = conn.execute(_taking(len(spacings)), given).all()
    return max(_instant(next_us - spacings[lane] // _MICROSECOND) for lane, next_us in rows)


@cache
def _taking(count: int) -> TextClause:
    """Spelled once, and as text: rows of values are compiled anew for every execution."""
    rows = ", ".join(f"(:team, :lane{number}, :until{number}, '')" for number in range(count))
    return text(
        f"INSERT INTO send_lane (team_id, lane, next_us, reason) VALUES {rows} "  # noqa: S608 (our own names)
        "ON CONFLICT (team_id, lane) DO UPDATE SET reason = '', next_us = excluded.next_us - :at + CASE "
        "WHEN send_lane.next_us > :at AND send_lane.next_us - :at <= "
        f"CASE WHEN send_lane.reason = '' THEN {_TAKEN} ELSE {_HELD} END THEN send_lane.next_us ELSE :at END "
        "RETURNING lane, next_us"
    )


def block(conn: Connection, team_id: str, lane: str, until: datetime, reason: str) -> None:
    """Nothing goes through the lane before `until`, or before what held it up already."""
    at = _number(until)
    later = case((send_lane.c.next_us > at, send_lane.c.next_us), else_=literal(at, BigInteger()))
    held = (
        inserting(conn, send_lane)
        .values(team_id=team_id, lane=lane, next_us=at, reason=reason)
        .on_conflict_do_update(index_elements=["team_id", "lane"], set_={"next_us": later, "reason": reason})
    )
    conn.execute(held)


def unblock(conn: Connection, team_id: str) -> None:
    """The workspace may be written to again: its credentials were set anew."""
    its = (send_lane.c.team_id == team_id) & (send_lane.c.lane == TEAM)
    conn.execute(update(send_lane).where(its).values(next_us=0, reason=""))


def blocked(conn: Connection, now: datetime) -> list[tuple[str, str, datetime, str]]:
    """What is held up for a reason: workspace, lane, until when, and Slack's code."""
    its = (send_lane.c.next_us > _number(now)) & (send_lane.c.reason != "")
    rows = conn.execute(select(send_lane).where(its).order_by(send_lane.c.team_id, send_lane.c.lane))
    return [(row.team_id, row.lane, _instant(row.next_us), row.reason) for row in rows]


def forget_old(conn: Connection, before: datetime) -> int:
    """How many lanes nobody went through since then were cleared away."""
    return conn.execute(delete(send_lane).where(send_lane.c.next_us < _number(before))).rowcount


def direct_channels(conn: Connection, team_id: str, rep_ids: Iterable[int]) -> dict[int, str]:
    """The direct messages with some people, as far as they are linked and one was opened."""
    rows = conn.execute(
        select(identity.c.rep_id, direct_channel.c.channel_id)
        .join(
            direct_channel,
            (direct_channel.c.team_id == identity.c.team_id) & (direct_channel.c.user_id == identity.c.user_id),
        )
        .where(
            identity.c.team_id == team_id,
            identity.c.unlinked_at.is_(None),
            among(conn, identity.c.rep_id, rep_ids),
            direct_channel.c.channel_id != "",
        )
    )
    return {row.rep_id: row.channel_id for row in rows}


def direct_channel_of(conn: Connection, team_id: str, user_id: str) -> str:
    """The direct message with an account; "" while none was opened."""
    its = (direct_channel.c.team_id == team_id) & (direct_channel.c.user_id == user_id)
    return str(conn.execute(select(direct_channel.c.channel_id).where(its)).scalar() or "")


def keep_direct_channel(conn: Connection, team_id: str, user_id: str, channel_id: str) -> None:
    """The direct message with an account is known from now on; "" forgets it."""
    kept = inserting(conn, direct_channel).values(team_id=team_id, user_id=user_id, channel_id=channel_id)
    anew = {"channel_id": channel_id}
    conn.execute(kept.on_conflict_do_update(index_elements=["team_id", "user_id"], set_=anew))


def _free(at: int) -> Case[int]:
    """When a lane is free, not before `at`.

    One that is taken for longer than anybody takes or holds it up was written by a clock that has been put back.
    """
    longest = case((send_lane.c.reason == "", literal(_TAKEN, BigInteger())), else_=literal(_HELD, BigInteger()))
    taken = (send_lane.c.next_us > at) & (send_lane.c.next_us <= at + longest)
    return case((taken, send_lane.c.next_us), else_=literal(at, BigInteger()))


def _number(at: datetime) -> int:
    return (at - _EPOCH) // _MICROSECOND


def _instant(number: int) -> datetime:
    return _EPOCH + timedelta(microseconds=number)
