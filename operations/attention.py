"""The gate between what is owed and what goes out: each person's notices judged by the attention budget.

What is about to go out is worked out anew first: a nudge whose fact changed says the new figures, or is not sent. The
figures are worked out without a transaction, then everything is judged again in the one that writes the verdicts, so
that two workers cannot spend the same budget twice.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from engine.attention import (
    IGNORED,
    NO_LONGER_TRUE,
    Budget,
    Presence,
    Reader,
    Said,
    Verdict,
    Waiting,
    is_throttled,
    judge,
)
from engine.errors import EngineError
from engine.notice_kinds import KINDS
from engine.nudges.rules import RULES
from engine.preferences import Preferences
from operations import nudges_told
from operations.errors import OperationError
from store import attention, outbox, people, preferences
from store.preferences import Habit

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
    from datetime import datetime

    from engine.people import Person
    from operations.context import Context
    from operations.nudges_told import Told
    from store.database import Connection
    from store.outbox import Owed

    Retell = Callable[[Context, Person, str, str], Told | None]
    Present = Callable[[Context, Collection[int]], Mapping[int, Presence]]
    _Given = tuple["_Inbox", Sequence[Verdict]]

BUDGET = Budget()
#: How far back it matters what somebody was sent.
REMEMBERED = timedelta(days=60)
#: So many nudges are worked out in one pass: each takes some hundredths of a second, and others wait behind them.
MOST_RETOLD = 100
#: Beyond so many people it is quicker to read everybody.
_FEW = 50
GONE = "no longer with the company"
UNKNOWN = "nobody has that number"
UNWORKABLE = "could not be worked out"


@dataclass(frozen=True, slots=True)
class Judged:
    """One notice and what became of it."""

    owed: Owed
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class GateSummary:
    """What a pass of the gate did."""

    judged: tuple[Judged, ...] = ()

    @property
    def counts(self) -> Mapping[str, int]:
        """How many notices each verdict met."""
        return Counter(each.verdict.action for each in self.judged)


@dataclass(frozen=True)
class _Inbox:
    """One person's part of the outbox: what has to be judged, and whom it is for."""

    person: Person | None
    reader: Reader
    owed: tuple[Owed, ...]
    habits: Mapping[str, Habit] = field(default_factory=dict)


def nobody_asked(_ctx: Context, _rep_ids: Collection[int]) -> Mapping[int, Presence]:
    """Nothing is known of anybody beside what the store knows."""
    return {}


def gate(
    ctx: Context, budget: Budget = BUDGET, retell: Retell = nudges_told.again, present: Present = nobody_asked
) -> GateSummary:
    """Every notice that is due judged: cleared to be sent, put off, listed in a digest, or not sent at all.

    Args:
        ctx: The instant; the day is each reader's own.
        budget: The limits.
        retell: What works out anew what a nudge says.
        present: What says of people, as of now, whether they may be disturbed and where they are.
    """
    with ctx.db.read() as conn:
        waiting = outbox.unjudged(conn, ctx.now)
    if not waiting:
        return GateSummary()
    seen = present(ctx, {each.notice.to.rep_id for each in waiting if each.notice.to.rep_id})
    with ctx.db.read() as conn:
        inboxes = _inboxes(conn, ctx, waiting, budget, seen)
    told = _retold(ctx, inboxes, budget, retell)
    with ctx.db.write() as conn:
        waiting = outbox.unjudged(conn, ctx.now)
        found = _channels(conn, ctx, [each for each in waiting if not each.notice.to.rep_id], budget)
        to = _Writing()
        for inbox in _inboxes(conn, ctx, waiting, budget, seen):
            found += _settle(conn, ctx, (inbox, _verdicts(inbox, ctx.now, budget, told)), told, to)
        to.write(conn, ctx.now)
    return GateSummary(tuple(found))


@dataclass(frozen=True, slots=True)
class _Unsaid:
    """Why a nudge that would go out now says nothing."""

    reason: str


def _retold(ctx: Context, inboxes: Iterable[_Inbox], budget: Budget, retell: Retell) -> dict[int, Told | _Unsaid]:
    """What the nudges that would go out now say, by notice. One that cannot be worked out stops no other."""
    found: dict[int, Told | _Unsaid] = {}
    for inbox in inboxes:
        if len(found) >= MOST_RETOLD:
            break
        going = {each.id for each in _judge(inbox, ctx.now, budget) if each.action in ("send", "digest")}
        own = replace(ctx, as_of=inbox.reader.hours.today(ctx.now), actor=None)
        for owed in inbox.owed:
            if inbox.person is not None and owed.outbox_id in going and owed.notice.kind in RULES:
                try:
                    told = retell(own, inbox.person, owed.notice.kind, owed.notice.topic)
                except (OperationError, EngineError, LookupError, ValueError) as error:
                    found[owed.outbox_id] = _Unsaid(f"{UNWORKABLE}: {type(error).__name__}")
                else:
                    found[owed.outbox_id] = told or _Unsaid(NO_LONGER_TRUE)
    return found


def _verdicts(inbox: _Inbox, now: datetime, budget: Budget, told: Mapping[int, Told | _Unsaid]) -> list[Verdict]:
    """The verdicts on one person's notices; what is not true any more does not take anybody's place."""
    unsaid = {key: one.reason for key, one in told.items() if isinstance(one, _Unsaid)}
    left = replace(inbox, owed=tuple(each for each in inbox.owed if each.outbox_id not in unsaid))
    found = [
        Verdict(each.outbox_id, "suppress", unsaid[each.outbox_id]) for each in inbox.owed if each.outbox_id in unsaid
    ]
    kinds = {each.outbox_id: each.notice.kind for each in left.owed}
    for verdict in _judge(left, now, budget):
        is_going = verdict.action in ("send", "digest")
        if is_going and kinds[verdict.id] in RULES and verdict.id not in told and inbox.person is not None:
            continue  # it came, or came up, while the others were worked out: the next pass sees it
        found.append(verdict)
    return found


def _judge(inbox: _Inbox, now: datetime, budget: Budget) -> tuple[Verdict, ...]:
    if inbox.person is None or not inbox.person.is_employed(inbox.reader.hours.today(now)):
        reason = UNKNOWN if inbox.person is None else GONE
        return tuple(Verdict(each.outbox_id, "suppress", reason) for each in inbox.owed)
    return judge([_waiting(each) for each in inbox.owed], inbox.reader, now, budget)


@dataclass
class _Writing:
    """What a pass writes, put together so that thousands of people cost a handful of statements."""

    cleared: dict[datetime, list[int]] = field(default_factory=dict)
    ended: dict[str, list[int]] = field(default_factory=dict)
    late: dict[int, datetime] = field(default_factory=dict)
    habits: dict[tuple[int, str], Habit] = field(default_factory=dict)

    def clear(self, outbox_id: int, until: datetime) -> None:
        """The row may go out before then."""
        self.cleared.setdefault(until, []).append(outbox_id)

    def take(self, verdict: Verdict) -> None:
        """The verdict is carried out."""
        if verdict.action == "send" and verdict.until is not None:
            self.clear(verdict.id, verdict.until)
        elif verdict.action == "suppress":
            self.ended.setdefault(verdict.reason, []).append(verdict.id)
        elif verdict.action == "wait" and verdict.until is not None:
            self.late[verdict.id] = verdict.until

    def write(self, conn: Connection, now: datetime) -> None:
        """Store it all."""
        for until, ids in self.cleared.items():
            outbox.clear(conn, ids, until)
        for reason, ids in self.ended.items():
            outbox.suppress(conn, ids, reason, now)
        outbox.postpone(conn, self.late)
        preferences.keep_habits(conn, self.habits, now)


def _settle(
    conn: Connection,
    ctx: Context,
    given: tuple[_Inbox, Sequence[Verdict]],
    told: Mapping[int, Told | _Unsaid],
    to: _Writing,
) -> list[Judged]:
    """One person's verdicts: words first, then digests, then what is cleared, put off or ended."""
    inbox, verdicts = given
    owed = {each.outbox_id: each for each in inbox.owed}
    for verdict in (each for each in verdicts if each.action in ("send", "digest")):
        _reword(conn, owed[verdict.id], _words(told, verdict.id), says_throttled=verdict.says_throttled)
    _list(conn, ctx, given, to)
    for verdict in verdicts:
        to.take(verdict)
    to.habits.update(_habits(inbox, verdicts))
    return [Judged(owed[each.id], each) for each in verdicts]


def _words(told: Mapping[int, Told | _Unsaid], outbox_id: int) -> Told | None:
    found = told.get(outbox_id)
    return None if isinstance(found, _Unsaid) else found


def _reword(conn: Connection, owed: Owed, told: Told | None, *, says_throttled: bool) -> None:
    data: dict[str, Any] = dict(owed.notice.data if told is None else told.data)
    if told is not None:  # what somebody put off comes again, whatever number the rule gives it
        data["again"] = max(int(owed.notice.data.get("again", 0)), int(data.get("again", 0)))
    if says_throttled:
        data["is_throttled"] = True
    if told is not None or says_throttled:
        receipts = owed.notice.receipt_ids if told is None else told.receipt_ids
        attention.reword(conn, owed.outbox_id, data, receipts)


def _list(conn: Connection, ctx: Context, given: _Given, to: _Writing) -> None:
    """The digest of what is to be listed, cleared to go out at once."""
    inbox, verdicts = given
    listed = [each for each in verdicts if each.action == "digest"]
    if not listed or inbox.person is None:
        return
    notice_id = outbox.merge(conn, inbox.person.rep_id, [each.id for each in listed], ctx.now)
    digest = outbox.by_notice_id(conn, notice_id) if notice_id else None
    if digest is not None and listed[0].until is not None:
        to.clear(digest.outbox_id, listed[0].until)


def _habits(inbox: _Inbox, verdicts: Sequence[Verdict]) -> dict[tuple[int, str], Habit]:
    """Of throttled kinds: what was left out, what came, and that it was said."""
    if inbox.person is None:
        return {}
    kinds = {each.outbox_id: each.notice.kind for each in inbox.owed}
    changed: dict[tuple[int, str], Habit] = {}
    for verdict in verdicts:
        kind = kinds[verdict.id]
        before = changed.get((inbox.person.rep_id, kind), inbox.habits.get(kind, Habit()))
        after = before
        if verdict.action == "suppress" and verdict.reason == IGNORED:
            after = replace(before, skipped=before.skipped + 1)
        elif verdict.action in ("send", "digest"):
            after = Habit(0, before.is_told or verdict.says_throttled)
        if after != before:
            changed[inbox.person.rep_id, kind] = after
    return changed


def _channels(conn: Connection, ctx: Context, owed: Sequence[Owed], budget: Budget) -> list[Judged]:
    """What is for a channel spends nobody's budget; it only has to be in time."""
    found = []
    until = ctx.now + timedelta(minutes=budget.cleared_minutes)
    for each in owed:
        ends = each.notice.expires_at
        late = ends is not None and ends <= ctx.now
        verdict = Verdict(each.outbox_id, "suppress", "its time is over") if late else Verdict(each.outbox_id, "send")
        found.append(Judged(each, verdict))
    outbox.clear(conn, [each.verdict.id for each in found if each.verdict.action == "send"], until)
    outbox.suppress(
        conn, [each.verdict.id for each in found if each.verdict.action == "suppress"], "its time is over", ctx.now
    )
    return found


def _inboxes(
    conn: Connection, ctx: Context, waiting: Iterable[Owed], budget: Budget, seen: Mapping[int, Presence]
) -> list[_Inbox]:
    """Each person for whom something waits, with what they want, what they were sent, and their own clock."""
    own: dict[int, list[Owed]] = {}
    for each in waiting:
        if each.notice.to.rep_id:
            own.setdefault(each.notice.to.rep_id, []).append(each)
    who, readers, habits = _readers(conn, ctx, sorted(own), budget)
    readers |= {
        rep_id: replace(readers[rep_id], hours=said.over(readers[rep_id].hours))
        for rep_id, said in seen.items()
        if rep_id in readers
    }
    return [
        _Inbox(who.get(rep_id), readers.get(rep_id, Reader()), tuple(owed), habits.get(rep_id, {}))
        for rep_id, owed in sorted(own.items())
    ]


def _readers(
    conn: Connection, ctx: Context, rep_ids: Sequence[int], budget: Budget
) -> tuple[dict[int, Person], dict[int, Reader], dict[int, dict[str, Habit]]]:
    who = _people(conn, rep_ids)
    wanted, habits = preferences.of_many(conn, rep_ids), preferences.habits(conn, rep_ids)
    snoozed = preferences.snoozes(conn, rep_ids, ctx.now)
    away = preferences.absences(conn, rep_ids, (ctx.now - timedelta(days=2)).date())
    since = ctx.now - REMEMBERED
    clicked = preferences.engaged(conn, rep_ids, since)
    sent: dict[int, list[Owed]] = {}
    for each in outbox.sent_since(conn, since, rep_ids):
        sent.setdefault(each.notice.to.rep_id, []).append(each)
    cleared: dict[int, list[Owed]] = {}
    for each in outbox.cleared(conn, ctx.now, rep_ids):
        cleared.setdefault(each.notice.to.rep_id, []).append(each)
    readers: dict[int, Reader] = {}
    for rep_id, person in who.items():
        own = wanted.get(rep_id, Preferences())
        said = [
            _said(each, each.sent_at or each.send_started_at or ctx.now, clicked) for each in sent.get(rep_id, ())
        ]
        said += [_said(each, ctx.now, clicked) for each in cleared.get(rep_id, ())]
        knows = {kind for kind, one in habits.get(rep_id, {}).items() if one.is_told}
        readers[rep_id] = Reader(
            hours=own.hours(person, away.get(rep_id, ())),
            muted=own.muted,
            asked_for=own.asked_for,
            snoozed=snoozed.get(rep_id, {}),
            digest_only=own.digest_only,
            said=tuple(sorted(said, key=lambda each: each.sent_at)),
            listed=_listed([*sent.get(rep_id, ()), *cleared.get(rep_id, ())]),
            skipped={kind: one.skipped for kind, one in habits.get(rep_id, {}).items()},
            told=frozenset(kind for kind in knows if is_throttled(kind, said, ctx.now, budget)),
        )
    return who, readers, habits


def _people(conn: Connection, rep_ids: Sequence[int]) -> dict[int, Person]:
    if len(rep_ids) > _FEW:
        wanted = set(rep_ids)
        return {person.rep_id: person for person in people.all(conn) if person.rep_id in wanted}
    found = (people.by_id(conn, rep_id) for rep_id in rep_ids)
    return {person.rep_id: person for person in found if person is not None}


def _waiting(owed: Owed) -> Waiting:
    """A notice as the budget sees it."""
    data = owed.notice.data
    return Waiting(
        id=owed.outbox_id,
        kind=owed.notice.kind,
        topic=owed.notice.topic,
        made_at=owed.created_at,
        state=str(data.get("state", "")),
        expires_at=owed.notice.expires_at,
        is_again=bool(data.get("again")),
        has_gap=_has_gap(data.get("gap")),
        carries_duty=_carries_duty(owed),
    )


def _has_gap(gap: object) -> bool:
    """Whether something is left to reach: an amount, a number, or nothing that the notice speaks of."""
    if isinstance(gap, dict):
        return bool(gap.get("minor", gap.get("millionths", 1)))
    return gap != 0


def _said(owed: Owed, at: datetime, clicked: Collection[str]) -> Said:
    notice = owed.notice
    state = str(notice.data.get("state", ""))
    return Said(notice.kind, notice.topic, at, state, owed.notice_id in clicked, _carries_duty(owed))


def _carries_duty(owed: Owed) -> bool:
    items = owed.notice.data.get("items", ()) if owed.notice.kind == "digest" else ()
    return any(KINDS[each["kind"]].sort == "duty" for each in items)


def _listed(sent: Iterable[Owed]) -> dict[str, str]:
    """The topics that digests listed, and what they stood at."""
    items = [each for owed in sent if owed.notice.kind == "digest" for each in owed.notice.data.get("items", ())]
    return {each["data"]["topic"]: str(each["data"].get("state", "")) for each in items if "topic" in each["data"]}
