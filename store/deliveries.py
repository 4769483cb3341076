"""The moves of a notice on its way to Slack; each names the state it starts from, so that no other move is possible.

A row is claimed for a lease's time. `start` is committed before the request goes out: whoever dies after it leaves a
row that may have been sent, which becomes `unknown` when its lease runs out and is looked up, not sent again.
Whoever dies before it leaves one that certainly was not sent.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, bindparam, case, or_, select, update

from store import outbox as owed_notices
from store.bulk import among
from store.tables.outbox import outbox

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime, timedelta

    from sqlalchemy import Connection
    from sqlalchemy.sql.elements import ColumnElement

    from store.outbox import Owed, State

CLAIM_AT_ONCE = 20


@dataclass(frozen=True, slots=True)
class Hold:
    """A row and the worker that has it."""

    outbox_id: int
    holder: str


@dataclass(frozen=True, slots=True)
class Attempt:
    """One sending: until when it is the worker's, and what exactly goes where."""

    leased_until: datetime
    team_id: str
    channel_id: str
    template: str
    template_version: str
    payload_hash: str


_SAID = {each.name: f"its_{each.name}" for each in fields(Attempt)}
_MINE = and_(outbox.c.outbox_id == bindparam("its_id"), outbox.c.holder == bindparam("its_holder"))
_START = (
    update(outbox)
    .where(_MINE, outbox.c.state == "leased", outbox.c.leased_until > bindparam("now"))
    .values(
        send_started_at=bindparam("now"),
        attempts=outbox.c.attempts + 1,
        **{name: bindparam(key) for name, key in _SAID.items()},
    )
)
_SENT = (
    update(outbox)
    .where(_MINE, or_(outbox.c.state == "leased", outbox.c.state == "unknown"))
    .values(
        state="sent",
        holder="",
        leased_until=None,
        channel_id=bindparam("its_channel"),
        ts=bindparam("its_ts"),
        error=bindparam("its_error"),
        sent_at=bindparam("now"),
        ended_at=bindparam("now"),
    )
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a message stands in Slack."""

    channel_id: str
    ts: str


def has_open(conn: Connection) -> bool:
    """Whether anything is pending, on its way or unknown."""
    its = outbox.c.state.in_(("pending", "leased", "unknown"))
    return conn.execute(select(outbox.c.outbox_id).where(its).limit(1)).first() is not None


def has_unknown(conn: Connection, now: datetime) -> bool:
    """Whether anything that may have been sent is to be looked up by now."""
    its = and_(outbox.c.state == "unknown", or_(outbox.c.retry_at.is_(None), outbox.c.retry_at <= now))
    return conn.execute(select(outbox.c.outbox_id).where(its).limit(1)).first() is not None


def expire(conn: Connection, now: datetime) -> int:
    """How many pending notices are worthless by now and were ended."""
    late = and_(outbox.c.state == "pending", outbox.c.expires_at <= now)
    return conn.execute(
        update(outbox).where(late).values(state="suppressed", reason="expired", ended_at=now)
    ).rowcount


def claim(
    conn: Connection, holder: str, now: datetime, lease: timedelta, limit: int = CLAIM_AT_ONCE
) -> tuple[Owed, ...]:
    """The most urgent rows that may go out now, ours until `now + lease`; no two workers get the same."""
    its = outbox.c
    due = and_(
        its.state == "pending",
        its.cleared_until_at > now,
        or_(its.not_before_at.is_(None), its.not_before_at <= now),
        or_(its.retry_at.is_(None), its.retry_at <= now),
        or_(its.expires_at.is_(None), its.expires_at > now),
    )
    return _take(conn, due, (holder, now, lease, limit), state="leased")


def claim_unknown(conn: Connection, holder: str, now: datetime, lease: timedelta, limit: int) -> tuple[Owed, ...]:
    """The rows that may have been sent and that nobody looks up just now."""
    its = outbox.c
    idle = or_(its.leased_until.is_(None), its.leased_until <= now)
    due = and_(its.state == "unknown", idle, or_(its.retry_at.is_(None), its.retry_at <= now))
    return _take(conn, due, (holder, now, lease, limit), state="unknown")


def recover(conn: Connection, now: datetime) -> tuple[int, int]:
    """How many rows of dead workers are pending again, and how many may have been sent."""
    lapsed = and_(outbox.c.state == "leased", outbox.c.leased_until <= now)
    free = {"holder": "", "leased_until": None}
    unsent = update(outbox).where(lapsed, outbox.c.send_started_at.is_(None)).values(state="pending", **free)
    # The worker stays named: it may be slow, not dead, and then it is the one who knows.
    unsure = (
        update(outbox).where(lapsed, outbox.c.send_started_at.is_not(None)).values(state="unknown", leased_until=None)
    )
    return conn.execute(unsent).rowcount, conn.execute(unsure).rowcount


def start(conn: Connection, hold: Hold, attempt: Attempt, now: datetime) -> bool:
    """Whether the row is still ours and is being sent from now on; commit this before the request goes out."""
    return conn.execute(_START, _begun(hold, attempt, now)).rowcount == 1


def start_all(conn: Connection, attempts: Mapping[Hold, Attempt], now: datetime) -> frozenset[int]:
    """Which of a worker's rows are still its own and are being sent from now on; commit this before they go out."""
    begun = conn.execute(_START, [_begun(hold, attempt, now) for hold, attempt in attempts.items()])
    if begun.rowcount == len(attempts):  # each names one row, so it is every one
        return frozenset(hold.outbox_id for hold in attempts)
    holder = next(iter(attempts)).holder
    mine = and_(among(conn, outbox.c.outbox_id, [hold.outbox_id for hold in attempts]), outbox.c.holder == holder)
    its = and_(mine, outbox.c.state == "leased", outbox.c.send_started_at == now)
    return frozenset(conn.execute(select(outbox.c.outbox_id).where(its)).scalars())


def sent(conn: Connection, hold: Hold, place: Place, now: datetime, error: str = "") -> bool:
    """From leased to sent; from unknown, too, while nobody else has taken it up.

    `error` is Slack's code where it took the message only without its blocks.
    """
    return conn.execute(_SENT, _arrived(hold, place, now, error)).rowcount == 1


def sent_all(conn: Connection, arrived: Mapping[Hold, tuple[Place, str]], now: datetime) -> None:
    """The same for many rows, each with its place and code."""
    conn.execute(_SENT, [_arrived(hold, place, now, error) for hold, (place, error) in arrived.items()])


def later(conn: Connection, hold: Hold, retry_at: datetime, error: str, *, free: bool = False) -> bool:
    """From leased to pending: certainly not sent, to be tried again from `retry_at` on. `free` costs no attempt."""
    less = case((outbox.c.attempts > 0, outbox.c.attempts - 1), else_=0)
    cost = {"attempts": less} if free else {}
    back = {"state": "pending", "send_started_at": None, "retry_at": retry_at, "error": error}
    return _move(conn, _ours(hold), back | cost)


def let_go(conn: Connection, ids: Sequence[int], holder: str, retry_at: datetime | None = None) -> int:
    """From leased to pending for rows that were claimed and not started: how many there were."""
    ours = and_(
        among(conn, outbox.c.outbox_id, ids),
        outbox.c.state == "leased",
        outbox.c.holder == holder,
        outbox.c.send_started_at.is_(None),
    )
    back = {"state": "pending", "holder": "", "leased_until": None, "retry_at": retry_at}
    return conn.execute(update(outbox).where(ours).values(**back)).rowcount


def hold(conn: Connection, ids: Sequence[int], holder: str, until: datetime, error: str) -> None:
    """From leased to pending for rows whose recipient takes no messages for now; to be tried from `until` on."""
    if let_go(conn, ids, holder, until):
        conn.execute(update(outbox).where(among(conn, outbox.c.outbox_id, ids)).values(error=error))


def unsure(conn: Connection, hold: Hold, error: str, look_at: datetime) -> bool:
    """From leased to unknown: it may have been sent; to be looked up from `look_at` on."""
    return _move(conn, _ours(hold), {"state": "unknown", "error": error, "retry_at": look_at})


def dead(conn: Connection, hold: Hold, reason: str, error: str, now: datetime) -> bool:
    """From leased to dead: it cannot be delivered; certainly nothing was sent."""
    ended = {"state": "dead", "reason": reason, "error": error, "ended_at": now, "send_started_at": None}
    return _move(conn, _ours(hold), ended)


def abandon(conn: Connection, hold: Hold, error: str, now: datetime) -> None:
    """From leased to dead, or to unknown where the request may have gone out: the worker cannot go on with it."""
    if let_go(conn, [hold.outbox_id], hold.holder):
        ended = {"state": "dead", "reason": "it failed unexpectedly", "error": error, "ended_at": now}
        pending = and_(outbox.c.outbox_id == hold.outbox_id, outbox.c.state == "pending")
        conn.execute(update(outbox).where(pending).values(**ended))
    else:
        unsure(conn, hold, error, now)


def found(conn: Connection, hold: Hold, place: Place, now: datetime) -> bool:
    """From unknown to sent: the message stands in Slack."""
    ended = {"state": "sent", "channel_id": place.channel_id, "ts": place.ts, "sent_at": now, "ended_at": now}
    return _move(conn, _ours(hold, "unknown"), ended | {"reason": "found in Slack"})


def look_later(conn: Connection, hold: Hold, retry_at: datetime) -> bool:
    """Still unknown, nobody could look; again from `retry_at` on."""
    return _move(conn, _ours(hold, "unknown"), {"retry_at": retry_at})


def resend(conn: Connection, hold: Hold) -> bool:
    """From unknown to pending, marked as perhaps a repetition."""
    again = {"state": "pending", "is_resend": True, "send_started_at": None, "retry_at": None}
    return _move(conn, _ours(hold, "unknown"), again)


def give_up(conn: Connection, hold: Hold, now: datetime) -> bool:
    """From unknown to dead: it may have arrived and is not sent a second time."""
    ended = {"state": "dead", "reason": "may have arrived, not sent twice", "ended_at": now}
    return _move(conn, _ours(hold, "unknown"), ended)


def into_digest(conn: Connection, hold: Hold, rep_id: int, now: datetime) -> bool:
    """From unknown to suppressed: the person's next digest lists it."""
    if conn.execute(select(outbox.c.outbox_id).where(_ours(hold, "unknown"))).first() is None:
        return False
    return owed_notices.merge(conn, rep_id, [hold.outbox_id], now) != ""


def pointless(conn: Connection, hold: Hold, reason: str, now: datetime) -> bool:
    """From leased to pending to suppressed: nothing was sent, and nothing need be."""
    ended = {"state": "suppressed", "reason": reason, "ended_at": now, "send_started_at": None}
    return _move(conn, _ours(hold), ended)


def _take(
    conn: Connection, due: ColumnElement[bool], by: tuple[str, datetime, timedelta, int], state: State
) -> tuple[Owed, ...]:
    holder, now, lease, limit = by
    first = select(outbox.c.outbox_id).where(due).order_by(outbox.c.priority, outbox.c.outbox_id).limit(limit)
    ids = list(conn.execute(first.with_for_update(skip_locked=True)).scalars())
    if not ids:
        return ()
    mine = and_(among(conn, outbox.c.outbox_id, ids), due)
    conn.execute(update(outbox).where(mine).values(state=state, holder=holder, leased_until=now + lease))
    return owed_notices.held_by(conn, holder, state, ids)


def _move(conn: Connection, where: ColumnElement[bool], to: dict[str, Any]) -> bool:
    free = {"holder": "", "leased_until": None}
    return conn.execute(update(outbox).where(where).values(**free, **to)).rowcount == 1


def _begun(hold: Hold, attempt: Attempt, now: datetime) -> dict[str, Any]:
    said = {key: getattr(attempt, name) for name, key in _SAID.items()}
    return _of(hold) | said | {"now": now}


def _arrived(hold: Hold, place: Place, now: datetime, error: str) -> dict[str, Any]:
    said = {"its_channel": place.channel_id, "its_ts": place.ts, "its_error": error, "now": now}
    return _of(hold) | said


def _of(hold: Hold) -> dict[str, Any]:
    return {"its_id": hold.outbox_id, "its_holder": hold.holder}


def _ours(hold: Hold, *states: str) -> ColumnElement[bool]:
    mine = and_(outbox.c.outbox_id == hold.outbox_id, outbox.c.holder == hold.holder)
    return and_(mine, outbox.c.state.in_(states or ("leased",)))
