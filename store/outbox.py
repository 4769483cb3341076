"""Messages owed: written in the transaction of their fact, judged before they go out, and kept as what was said.

    pending    → leased (claimed), suppressed (by policy, expired, or listed by a digest)
    leased     → sent, pending (to be tried again), unknown (it may have been sent), dead
    unknown    → sent (found in Slack), pending (repeated and marked), suppressed (a digest lists it), dead
    sent, suppressed, dead end there; a dead one may be owed anew under a new key

This file writes notices and answers what is owed and what was said. Whether a pending one may go out is judged by
`operations.attention`, which calls `clear`, `postpone`, `suppress` or `merge`: only cleared rows are ever claimed.
The moves of a row on its way to Slack are in `store.deliveries`.
"""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import and_, bindparam, func, or_, select, update

from engine.notice_kinds import KINDS
from engine.notices import Notice, Recipient
from store import recipients
from store.bulk import among, insert_new
from store.tables.outbox import outbox

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from sqlalchemy import Connection, Row, Select

State = Literal["pending", "leased", "sent", "suppressed", "unknown", "dead"]
ALWAYS = datetime(9999, 12, 31, tzinfo=UTC)
#: A digest carries so many notices at most; what comes after them opens the next.
DIGEST_ITEMS = 40


@dataclass(frozen=True, slots=True)
class Owed:
    """A notice and how far it has come.

    Attributes:
        outbox_id: Its number, by which the moves here name it.
        notice_id: The uuid it carries to Slack and in its buttons.
        notice: What is owed, to whom, with its data.
        state: See the top of this file.
        reason: Why it was suppressed or what became of it; "" while nothing did.
        error: Slack's code of the last failure.
        cleared_until_at: It may go out until then; None while it has not been judged.
        channel_id: Where it was posted, with `ts` the number of the message there.
        ts: See `channel_id`; "" where nothing was posted.
        is_resend: It may have been sent before.
    """

    outbox_id: int
    notice_id: str
    notice: Notice
    state: State
    priority: int
    created_at: datetime
    reason: str = ""
    error: str = ""
    attempts: int = 0
    cleared_until_at: datetime | None = None
    retry_at: datetime | None = None
    send_started_at: datetime | None = None
    sent_at: datetime | None = None
    team_id: str = ""
    channel_id: str = ""
    ts: str = ""
    is_resend: bool = False
    payload_hash: str = ""
    merged_into: str = ""


def put(conn: Connection, notices: Sequence[Notice], now: datetime) -> int:
    """How many of the notices are new; one whose key is known already is left as it is.

    Call it in the transaction that writes their fact: both are stored or neither. Of edits the newest wins: it takes
    the place of one that is still waiting, and of the message itself while that has not been sent.
    """
    new = 0
    for notice in notices:
        if insert_new(conn, outbox, _row(notice, now), ("key",)):
            new += 1
            if notice.edits:
                _overtake(conn, notice, now)
    return new


def pending(conn: Connection, rep_ids: Collection[int] | None = None) -> tuple[Owed, ...]:
    """What waits to go out, most urgent first and then oldest first; of some people only where they are named."""
    waiting = select(outbox).where(outbox.c.state == "pending")
    if rep_ids is not None:
        waiting = waiting.where(among(conn, outbox.c.rep_id, rep_ids))
    return _owed(conn, waiting.order_by(outbox.c.priority, outbox.c.outbox_id))


def unjudged(conn: Connection, now: datetime) -> tuple[Owed, ...]:
    """What is pending, due by `now`, and not cleared or not any more: what the gate has to judge."""
    due = or_(outbox.c.not_before_at.is_(None), outbox.c.not_before_at <= now)
    lapsed = or_(outbox.c.cleared_until_at.is_(None), outbox.c.cleared_until_at <= now)
    waiting = select(outbox).where(outbox.c.state == "pending", due, lapsed)
    return _owed(conn, waiting.order_by(outbox.c.priority, outbox.c.outbox_id))


def cleared(conn: Connection, now: datetime, rep_ids: Collection[int]) -> tuple[Owed, ...]:
    """What these people will be sent in a moment: judged, and not sent yet; not what only mends a message."""
    held = and_(outbox.c.state == "pending", outbox.c.cleared_until_at > now, among(conn, outbox.c.rep_id, rep_ids))
    return _owed(conn, select(outbox).where(held, outbox.c.edits == "").order_by(outbox.c.outbox_id))


def clear(conn: Connection, ids: Iterable[int], until: datetime) -> None:
    """These may go out before `until`; later they have to be judged again."""
    conn.execute(update(outbox).where(_pending(conn, ids)).values(cleared_until_at=until))


def postpone(conn: Connection, until: Mapping[int, datetime]) -> None:
    """Each of these goes out no earlier than its instant, and is judged anew then."""
    if not until:
        return
    later = (
        update(outbox)
        .where(outbox.c.outbox_id == bindparam("its_id"), outbox.c.state == "pending")
        .values(not_before_at=bindparam("its_time"), cleared_until_at=None)
    )
    conn.execute(later, [{"its_id": outbox_id, "its_time": at} for outbox_id, at in until.items()])


def suppress(conn: Connection, ids: Iterable[int], reason: str, now: datetime) -> int:
    """How many of these were still pending, and will not be sent; the reason is kept."""
    ended = {"state": "suppressed", "reason": reason, "ended_at": now}
    return conn.execute(update(outbox).where(_pending(conn, ids)).values(**ended)).rowcount


def withdraw(conn: Connection, topics: Collection[str], reason: str, now: datetime) -> int:
    """How many pending notices on these topics are not sent, because their fact is not true any more."""
    its = and_(outbox.c.state == "pending", among(conn, outbox.c.topic, topics))
    ended = {"state": "suppressed", "reason": reason, "ended_at": now}
    return conn.execute(update(outbox).where(its).values(**ended)).rowcount


def merge(
    conn: Connection, rep_id: int, ids: Iterable[int], now: datetime, not_before_at: datetime | None = None
) -> str:
    """The id of the digest that lists these notices of one person from now on; "" where none was left to list.

    A digest that is still pending takes them up as long as it has room, else a new one opens.
    """
    listed = _owed(conn, select(outbox).where(_mergeable(conn, ids)).order_by(outbox.c.priority, outbox.c.outbox_id))
    notice_id = ""
    for begin in range(0, len(listed), DIGEST_ITEMS):
        notice_id = _list(conn, rep_id, listed[begin : begin + DIGEST_ITEMS], now, not_before_at)
    return notice_id


def sent_to(conn: Connection, rep_id: int, since: datetime) -> tuple[Owed, ...]:
    """What went, or may have gone, to a person since then, oldest first."""
    return sent_since(conn, since, (rep_id,))


def sent_since(conn: Connection, since: datetime, rep_ids: Collection[int] | None = None) -> tuple[Owed, ...]:
    """What went, or may have gone, to people since then, oldest first; not what only mended a message."""
    begun = and_(outbox.c.state.in_(("unknown", "dead")), outbox.c.send_started_at >= since)
    perhaps = or_(begun, outbox.c.state == "leased")  # what a worker holds goes out in a moment
    gone = or_(and_(outbox.c.state == "sent", outbox.c.sent_at >= since), perhaps)
    people = outbox.c.rep_id != 0 if rep_ids is None else among(conn, outbox.c.rep_id, rep_ids)
    return _owed(conn, select(outbox).where(gone, people, outbox.c.edits == "").order_by(outbox.c.outbox_id))


def message_of(conn: Connection, topic: str, to: Recipient) -> Owed | None:
    """The newest message on a topic that a recipient has on screen: as it was posted, or as it was edited last."""
    about = or_(and_(outbox.c.topic == topic, outbox.c.edits == ""), outbox.c.edits == topic)
    its = and_(about, outbox.c.rep_id == to.rep_id, outbox.c.target == to.channel)
    newest = (
        select(outbox).where(its, outbox.c.state == "sent", outbox.c.ts != "").order_by(outbox.c.outbox_id.desc())
    )
    found = _owed(conn, newest.limit(1))
    return found[0] if found else None


def of_topic(conn: Connection, topic: str) -> tuple[Owed, ...]:
    """Every notice on a topic, oldest first."""
    return _owed(conn, select(outbox).where(outbox.c.topic == topic).order_by(outbox.c.outbox_id))


def of_kind(conn: Connection, rep_id: int, kind: str, since: datetime) -> tuple[Owed, ...]:
    """What was owed to a person of a kind since then, whatever became of it, oldest first."""
    its = and_(outbox.c.rep_id == rep_id, outbox.c.kind == kind, outbox.c.created_at >= since)
    return _owed(conn, select(outbox).where(its).order_by(outbox.c.outbox_id))


def amend(conn: Connection, outbox_id: int, data: Mapping[str, Any], receipt_ids: Sequence[str]) -> bool:
    """Whether the notice was still pending, and says this now; it has to be judged anew."""
    told = {"data": _spelled(data), "receipt_ids": json.dumps(list(receipt_ids))}
    its = and_(outbox.c.outbox_id == outbox_id, outbox.c.state == "pending")
    return conn.execute(update(outbox).where(its).values(**told)).rowcount == 1


def by_notice_id(conn: Connection, notice_id: str) -> Owed | None:
    """The notice of that uuid, as buttons and Slack's metadata name it."""
    found = _owed(conn, select(outbox).where(outbox.c.notice_id == notice_id))
    return found[0] if found else None


def by_message(conn: Connection, channel_id: str, ts: str) -> Owed | None:
    """The newest notice that a message on the screen shows."""
    its = and_(outbox.c.channel_id == channel_id, outbox.c.ts == ts)
    found = _owed(conn, select(outbox).where(its).order_by(outbox.c.outbox_id.desc()).limit(1))
    return found[0] if found else None


def by_payload(conn: Connection, payload_hash: str) -> Owed | None:
    """The newest notice that was sent as exactly that."""
    its = and_(outbox.c.payload_hash == payload_hash, outbox.c.payload_hash != "")
    found = _owed(conn, select(outbox).where(its).order_by(outbox.c.outbox_id.desc()).limit(1))
    return found[0] if found else None


def held_by(conn: Connection, holder: str, state: State, ids: Collection[int]) -> tuple[Owed, ...]:
    """Those of the rows that a worker holds in a state, most urgent first."""
    its = and_(outbox.c.state == state, outbox.c.holder == holder, among(conn, outbox.c.outbox_id, ids))
    return _owed(conn, select(outbox).where(its).order_by(outbox.c.priority, outbox.c.outbox_id))


def failed_edits(conn: Connection, topic: str) -> bool:
    """Whether the message on a topic could not be edited, so that what is to be said about it needs a new one."""
    its = and_(outbox.c.edits == topic, outbox.c.state == "dead")
    return conn.execute(select(outbox.c.outbox_id).where(its).limit(1)).first() is not None


def counts(conn: Connection) -> dict[str, int]:
    """How many notices are in each state that any is in."""
    rows = conn.execute(select(outbox.c.state, func.count()).group_by(outbox.c.state).order_by(outbox.c.state))
    return {str(state): int(count) for state, count in rows}


def dead(conn: Connection, since: datetime | None = None) -> tuple[Owed, ...]:
    """What could not be delivered, oldest first; `reason` and `error` say why."""
    ended = select(outbox).where(outbox.c.state == "dead")
    if since is not None:
        ended = ended.where(outbox.c.ended_at >= since)
    return _owed(conn, ended.order_by(outbox.c.outbox_id))


def sent_as_text(conn: Connection, since: datetime) -> tuple[Owed, ...]:
    """What Slack took only without its blocks since then: a template that has to be looked at."""
    its = and_(outbox.c.state == "sent", outbox.c.error != "", outbox.c.sent_at >= since)
    return _owed(conn, select(outbox).where(its).order_by(outbox.c.outbox_id))


def clone(conn: Connection, notice_id: str, now: datetime) -> str:
    """The id of a new notice that owes the same as a dead one; "" where that one is not dead.

    Its key carries the number of the try, so that asking twice at once gives one notice. What else was held for the
    recipient is tried again with it.
    """
    row = conn.execute(select(outbox).where(outbox.c.notice_id == notice_id, outbox.c.state == "dead")).first()
    if row is None:
        return ""
    before = _owed_of(row).notice
    tries = select(func.count()).select_from(outbox).where(outbox.c.key.startswith(f"{before.key}#", autoescape=True))
    key = f"{before.key}#{conn.execute(tries).scalar_one() + 2}"
    new = _row(before, now) | {"key": key, "is_resend": row.send_started_at is not None, "not_before_at": None}
    insert_new(conn, outbox, new, ("key",))
    recipients.heal(conn, before.to)
    return str(conn.execute(select(outbox.c.notice_id).where(outbox.c.key == key)).scalar_one())


def purge_data(conn: Connection, before: datetime) -> int:
    """How many notices that ended before then lost their data; what was sent stays known by its hash and receipts."""
    old = and_(outbox.c.ended_at < before, outbox.c.data != "{}")
    return conn.execute(update(outbox).where(old).values(data="{}")).rowcount


def _overtake(conn: Connection, newest: Notice, now: datetime) -> None:
    """End the edits that a newer one makes pointless, or the newer one where its message has not been sent."""
    here = and_(
        outbox.c.state == "pending", outbox.c.rep_id == newest.to.rep_id, outbox.c.target == newest.to.channel
    )
    ended = {"state": "suppressed", "ended_at": now}
    older = and_(here, outbox.c.edits == newest.edits, outbox.c.key != newest.key)
    conn.execute(update(outbox).where(older).values(reason="a newer version", **ended))
    unsent = and_(here, outbox.c.topic == newest.edits, outbox.c.kind == newest.kind, outbox.c.edits == "")
    told = {"data": _spelled(newest.data), "receipt_ids": json.dumps(newest.receipt_ids)}
    if conn.execute(update(outbox).where(unsent).values(**told)).rowcount:
        own = update(outbox).where(outbox.c.key == newest.key)
        conn.execute(own.values(reason="the message said it at once", **ended))


def _list(
    conn: Connection, rep_id: int, listed: Sequence[Owed], now: datetime, not_before_at: datetime | None
) -> str:
    """Put notices into the person's digest and end them as listed there."""
    items = [{"kind": one.notice.kind, "data": dict(one.notice.data), "id": one.notice_id} for one in listed]
    receipts = tuple(dict.fromkeys(each for one in listed for each in one.notice.receipt_ids))
    notice_id = _into_open_digest(conn, rep_id, items, receipts)
    if not notice_id:
        key = f"digest:{rep_id}:{listed[0].outbox_id}"
        digest = Notice(
            key, "digest", Recipient(rep_id), {"items": items}, not_before_at=not_before_at, receipt_ids=receipts
        )
        row = _row(digest, now)
        insert_new(conn, outbox, row, ("key",))
        notice_id = row["notice_id"]
    ended = {"state": "suppressed", "reason": "in a digest", "merged_into": notice_id, "ended_at": now}
    conn.execute(update(outbox).where(_mergeable(conn, [one.outbox_id for one in listed])).values(**ended))
    return notice_id


def _into_open_digest(conn: Connection, rep_id: int, items: list[dict[str, Any]], receipts: tuple[str, ...]) -> str:
    """The id of the person's pending digest once it lists these too; "" where there is none with room."""
    its = and_(outbox.c.state == "pending", outbox.c.kind == "digest", outbox.c.rep_id == rep_id)
    newest = select(outbox).where(its).order_by(outbox.c.outbox_id.desc()).limit(1).with_for_update()
    row = conn.execute(newest).first()
    if row is None:
        return ""
    held = json.loads(row.data)["items"]
    if len(held) + len(items) > DIGEST_ITEMS:
        return ""
    both = tuple(dict.fromkeys((*json.loads(row.receipt_ids), *receipts)))
    told = {"data": _spelled({"items": held + items}), "receipt_ids": json.dumps(both)}
    conn.execute(update(outbox).where(outbox.c.outbox_id == row.outbox_id).values(**told))
    return str(row.notice_id)


def _pending(conn: Connection, ids: Iterable[int]) -> Any:
    return and_(outbox.c.state == "pending", among(conn, outbox.c.outbox_id, ids))


def _mergeable(conn: Connection, ids: Iterable[int]) -> Any:
    return and_(outbox.c.state.in_(("pending", "unknown")), among(conn, outbox.c.outbox_id, ids))


def _owed(conn: Connection, statement: Select[Any]) -> tuple[Owed, ...]:
    return tuple(map(_owed_of, conn.execute(statement)))


def _owed_of(row: Row[Any]) -> Owed:
    notice = Notice(
        row.key,
        row.kind,
        Recipient(row.rep_id, row.target),
        json.loads(row.data),
        row.topic,
        row.not_before_at,
        row.expires_at,
        row.edits,
        row.thread,
        tuple(json.loads(row.receipt_ids)),
    )
    own = {name: getattr(row, name) for name in Owed.__slots__ if name != "notice"}
    return Owed(notice=notice, **own)


def _row(notice: Notice, now: datetime) -> dict[str, Any]:
    return {
        "notice_id": str(uuid.uuid4()),
        "key": notice.key,
        "kind": notice.kind,
        "priority": KINDS[notice.kind].priority,
        "rep_id": notice.to.rep_id,
        "target": notice.to.channel,
        "topic": notice.topic or notice.key,
        "edits": notice.edits,
        "thread": notice.thread,
        "data": _spelled(notice.data),
        "receipt_ids": json.dumps(notice.receipt_ids),
        "created_at": now,
        "not_before_at": notice.not_before_at,
        "expires_at": notice.expires_at,
        "state": "pending",
        "attempts": 0,
        "is_resend": False,
        **dict.fromkeys(_NOTHING_YET, None),
        **dict.fromkeys(_EMPTY, ""),
        # Whoever reads a channel chose to, and to mend a message costs nobody's attention: only new ones are judged.
        "cleared_until_at": ALWAYS if notice.edits or not notice.to.rep_id else None,
    }


_NOTHING_YET = ("retry_at", "leased_until", "send_started_at", "sent_at", "ended_at")
_EMPTY = (
    "reason", "error", "holder", "team_id", "channel_id", "ts",
    "template", "template_version", "payload_hash", "merged_into",
)  # fmt: skip


def _spelled(data: Mapping[str, Any]) -> str:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))
