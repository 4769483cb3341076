"""The attention budget: which of the notices that wait for one person may go out now, and what becomes of the rest.

The rules are NG1 to NG10 of the catalogue. NG1: so many direct messages a day and nudges a week. NG2: duties spend
the day's budget first, what is over becomes one digest a day, and none is dropped. NG3: one message per topic until
its state changes. NG4: working hours only. NG5: nudges that are over join the digest or wait; those past their time
end. NG6: what is muted or snoozed stays away. NG7 and NG10 bind the rules and templates; here they are refused where
they can be seen: pay for a channel, a nudge about a gap of nothing. NG8: a kind that is ignored three times in a row
comes half as often, which is said once. NG9: what somebody asked for never counts.

A digest is one direct message, and one nudge where no duty is in it. "Today" and the last seven days are those of the
reader's clock, wherever they are now.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

from engine.notice_kinds import KINDS
from engine.working_hours import Hours

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from engine.notice_kinds import NoticeKind

Action = Literal["send", "wait", "digest", "suppress"]
WEEK_DAYS = 7
# Why something does not go out, as it is kept and shown.
EXPIRED = "its time is over"
TOO_LATE = "would come after its time"
MUTED = "muted by the reader"
NOT_ASKED = "only for those who ask for it"
REPLACED = "a newer one on the same matter"
UNCHANGED = "nothing changed since it was said"
IGNORED = "ignored three times in a row: half as often"
NOTHING_TO_GO = "nothing is left to go"
NO_LONGER_TRUE = "no longer true"
QUIET = "outside working hours"
SNOOZED = "snoozed by the reader"
DAY_SPENT = "the day's messages are spent"
HELD = "kept for duties until the afternoon"
WEEK_SPENT = "the week's nudges are spent"


@dataclass(frozen=True, slots=True)
class Budget:
    """How much attention may be asked for; each number is a setting.

    Attributes:
        dms_a_day: Direct messages a person gets in a day (NG1).
        nudges_a_week: Of them nudges in seven days (NG1).
        held_for_duty: How many of a day's messages nudges leave to duties (NG2) until `held_until`.
        held_until: Minutes after midnight.
        ignored_in_a_row: After so many ignored ones a kind comes half as often (NG8).
        ignored_after_hours: A message without any click is ignored once so many hours have passed.
        cleared_minutes: How long a verdict to send holds.
    """

    dms_a_day: int = 2
    nudges_a_week: int = 5
    held_for_duty: int = 1
    held_until: int = 13 * 60
    ignored_in_a_row: int = 3
    ignored_after_hours: int = 48
    cleared_minutes: int = 30


@dataclass(frozen=True, slots=True)
class Presence:
    """What Slack says of a person: until when they are not to be disturbed, and their zone; "" where not known."""

    quiet_until: datetime | None = None
    zone: str = ""

    def over(self, hours: Hours) -> Hours:
        """The hours of a person with this in them: their zone as of now, and no word before the quiet ends."""
        ends = [each for each in (self.quiet_until, hours.quiet_until) if each is not None]
        until = max(ends, default=None)
        return replace(hours, zone=self.zone or hours.zone, quiet_until=until)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A notice that waits for a person.

    `state` is what its topic stands at, and `is_again` repeats it on purpose; `has_gap` is False of a nudge about a
    gap of nothing; `carries_duty` is said of a digest.
    """

    id: int
    kind: str
    topic: str
    made_at: datetime
    state: str = ""
    expires_at: datetime | None = None
    is_again: bool = False
    has_gap: bool = True
    carries_duty: bool = False

    @property
    def of(self) -> NoticeKind:
        """Its kind."""
        return KINDS[self.kind]


@dataclass(frozen=True, slots=True)
class Said:
    """What was sent, or is on its way. `carries_duty` is said of a digest."""

    kind: str
    topic: str
    sent_at: datetime
    state: str = ""
    engaged: bool = False
    carries_duty: bool = False

    @property
    def counts(self) -> bool:
        """Whether it spends the day's budget: what was asked for does not (NG9), nor what is for ops."""
        return not KINDS[self.kind].is_opt_in and KINDS[self.kind].sort in ("duty", "nudge")

    @property
    def is_nudge(self) -> bool:
        """Whether it spends the week's."""
        return self.counts and (KINDS[self.kind].sort == "nudge" or (self.kind == "digest" and not self.carries_duty))


@dataclass(frozen=True, slots=True)
class Reader:
    """One person: their hours, what they want, and what they were sent.

    Attributes:
        hours: When they may be disturbed.
        muted: Kinds they turned off.
        asked_for: Kinds they turned on that are off by themselves.
        snoozed: Topics, and until when they stay away.
        digest_only: They want everything in the daily digest.
        said: What they were sent, oldest first, for as long as it matters.
        listed: Topics that digests listed, and what they stood at then.
        skipped: Of kinds that are throttled, how many were left out since the last one.
        told: Kinds of which they know that they are throttled.
    """

    hours: Hours = field(default_factory=Hours)
    muted: frozenset[str] = frozenset()
    asked_for: frozenset[str] = frozenset()
    snoozed: Mapping[str, datetime] = field(default_factory=dict)
    digest_only: bool = False
    said: tuple[Said, ...] = ()
    listed: Mapping[str, str] = field(default_factory=dict)
    skipped: Mapping[str, int] = field(default_factory=dict)
    told: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of one notice.

    Attributes:
        id: The notice.
        action: "send" now, "wait", "digest": list it in the digest that goes out now, or "suppress".
        reason: Why, where it is not sent.
        until: Of "wait" when to judge it again; of "send" and "digest" until when the verdict holds.
        says_throttled: The message says that its kind comes half as often from now on.
    """

    id: int
    action: Action
    reason: str = ""
    until: datetime | None = None
    says_throttled: bool = False


def judge(waiting: Sequence[Waiting], reader: Reader, now: datetime, budget: Budget) -> tuple[Verdict, ...]:
    """A verdict on each notice that waits for one person, in their order.

    Args:
        waiting: What waits and is not cleared yet; only kinds that are for a person.
        reader: The person. What is cleared but not sent yet stands among what was said, as of now.
        now: The instant, aware.
        budget: The limits.
    """
    ended = _ended(waiting, reader, now, budget)
    left = [each for each in waiting if each.id not in ended]
    put_off = _put_off(left, reader, now)
    left = [each for each in left if each.id not in put_off]
    spent = _Spending(reader, now, budget).of(left)
    found = {each.id: each for each in (*ended.values(), *put_off.values(), *spent)}
    return tuple(found[each.id] for each in waiting)


def is_throttled(kind: str, said: Iterable[Said], now: datetime, budget: Budget) -> bool:
    """Whether the last few of a kind were all ignored; what is too fresh to tell is passed over (NG8)."""
    if KINDS[kind].sort != "nudge":
        return False
    settled = now - timedelta(hours=budget.ignored_after_hours)
    own = [each for each in said if each.kind == kind and (each.engaged or each.sent_at <= settled)]
    last = own[-budget.ignored_in_a_row :]
    return len(last) == budget.ignored_in_a_row and not any(each.engaged for each in last)


def _ended(waiting: Sequence[Waiting], reader: Reader, now: datetime, budget: Budget) -> dict[int, Verdict]:
    """Those that are not sent at all."""
    newest: dict[str, Waiting] = {}
    for each in sorted(waiting, key=lambda one: (one.made_at, one.id)):
        newest[each.topic] = each
    last = {**reader.listed, **{each.topic: each.state for each in reader.said}}
    throttled = {kind: is_throttled(kind, reader.said, now, budget) for kind in {each.kind for each in waiting}}
    passed = dict(reader.skipped)
    found: dict[int, Verdict] = {}
    for each in waiting:
        reason = _why_not(each, reader, now) or _same(each, newest, last)
        if not reason and throttled[each.kind] and not _takes_turn(each.kind, passed):
            reason = IGNORED
        if reason:
            found[each.id] = Verdict(each.id, "suppress", reason)
    return found


def _takes_turn(kind: str, passed: dict[str, int]) -> bool:
    """Whether a throttled kind comes this time: after one that was left out. `passed` is counted on."""
    if passed.get(kind, 0):
        passed[kind] = 0
        return True
    passed[kind] = 1
    return False


def _why_not(each: Waiting, reader: Reader, now: datetime) -> str:
    is_nudge = each.of.sort == "nudge"
    if each.expires_at is not None and each.expires_at <= now:
        return EXPIRED
    if is_nudge and each.kind in reader.muted:
        return MUTED
    if each.of.is_opt_in and each.kind not in reader.asked_for:
        return NOT_ASKED
    return NOTHING_TO_GO if is_nudge and not each.has_gap else ""


def _same(each: Waiting, newest: Mapping[str, Waiting], last: Mapping[str, str]) -> str:
    """Whether its topic has a newer notice, or was said already and has not changed (NG3)."""
    if newest[each.topic] is not each:
        return REPLACED
    is_same = bool(each.state) and last.get(each.topic) == each.state
    return UNCHANGED if is_same and not each.is_again else ""


def _put_off(left: Sequence[Waiting], reader: Reader, now: datetime) -> dict[int, Verdict]:
    """Those that have to wait whatever the budget is: snoozed, or outside the reader's hours."""
    opens = reader.hours.open_from(now)
    found: dict[int, Verdict] = {}
    for each in left:
        snoozed = reader.snoozed.get(each.topic)
        if snoozed is not None and snoozed > now:
            found[each.id] = _wait(each, reader.hours.open_from(snoozed), SNOOZED)
        elif opens > now and not each.of.skips_quiet_hours:
            found[each.id] = _wait(each, opens, QUIET)
    return found


def _wait(each: Waiting, until: datetime, reason: str) -> Verdict:
    """Wait until then; a nudge whose time is over by then ends."""
    if each.of.sort == "nudge" and each.expires_at is not None and each.expires_at <= until:
        return Verdict(each.id, "suppress", f"{TOO_LATE}: {reason}")
    return Verdict(each.id, "wait", reason, until)


class _Spending:
    """What one person's budget is spent on now."""

    def __init__(self, reader: Reader, now: datetime, budget: Budget) -> None:
        self.reader, self.now, self.budget = reader, now, budget
        hours, self.today = reader.hours, reader.hours.today(now)
        self.day = budget.dms_a_day
        self.week = budget.nudges_a_week
        self.nudged_on: list[date] = []
        self.had_digest = self.is_open = False  # one went out today; one goes out now and has room
        for each in reader.said:
            on = hours.today(each.sent_at)
            if each.counts and on >= self.today:
                self.day -= 1
                self.had_digest |= each.kind == "digest"
            if each.is_nudge and on > self.today - timedelta(days=WEEK_DAYS):
                self.week -= 1
                self.nudged_on.append(on)
        closing = hours.closes_at(now)
        lasts = now + timedelta(minutes=budget.cleared_minutes)
        self.holds_until = min(lasts, closing) if closing > now else lasts

    def of(self, left: Sequence[Waiting]) -> list[Verdict]:
        """A verdict on each of what may go out by its own."""
        free = [each for each in left if each.of.is_opt_in or each.of.sort not in ("duty", "nudge")]
        counted = [each for each in left if each not in free]
        digests = sorted((each for each in counted if each.kind == "digest"), key=_age)
        rest = [each for each in counted if each.kind != "digest"]
        duties = sorted((each for each in rest if each.of.sort == "duty"), key=_urgency)
        nudges = sorted((each for each in rest if each.of.sort == "nudge"), key=_urgency)
        found = [*map(self._send, free), *map(self._opened, digests)]
        found += self._duties(duties, nudges)
        told = {each.id for each in found}
        return found + self._nudges([each for each in nudges if each.id not in told])

    def _send(self, each: Waiting) -> Verdict:
        tells = (
            each.kind not in self.reader.told
            and not each.of.is_opt_in
            and is_throttled(each.kind, self.reader.said, self.now, self.budget)
        )
        return Verdict(each.id, "send", "", self.holds_until, says_throttled=tells)

    def _list(self, each: Waiting) -> Verdict:
        return Verdict(each.id, "digest", "", self.holds_until)

    def _opened(self, each: Waiting) -> Verdict:
        """A digest that was opened before and has not gone out: today's only one, if there is room for it."""
        if self.day <= 0 or self.had_digest:
            return _wait(each, self._tomorrow(), DAY_SPENT)
        if not each.carries_duty and self.week <= 0:
            return _wait(each, self._freed(), WEEK_SPENT)
        self.day, self.week = self.day - 1, self.week - (not each.carries_duty)
        self.had_digest = self.is_open = True
        return self._send(each)

    def _duties(self, duties: list[Waiting], nudges: list[Waiting]) -> list[Verdict]:
        """Duties first. Where they are too many, one digest takes the rest of them, and all nudges with them."""
        if not duties or (len(duties) <= self.day and not self.reader.digest_only):
            self.day -= len(duties)
            return [self._send(each) for each in duties]
        if not self.is_open and (self.day <= 0 or self.had_digest):
            sent, late = duties[: max(self.day, 0)], self._tomorrow()
            self.day = 0
            return [*map(self._send, sent), *(_wait(each, late, DAY_SPENT) for each in duties[len(sent) :])]
        alone = 0 if self.reader.digest_only else self.day - (not self.is_open)
        self.day -= alone + (not self.is_open)
        self.had_digest = self.is_open = True
        return [*map(self._send, duties[:alone]), *map(self._list, [*duties[alone:], *nudges])]

    def _nudges(self, nudges: list[Waiting]) -> list[Verdict]:
        """What duties leave: one by one, and where they are too many, the rest in a digest that counts as one."""
        if self.is_open:
            return [self._list(each) for each in nudges]
        kept = 0 if self._is_afternoon() else self.budget.held_for_duty
        slots = max(min(self.day - kept, self.week), 0)
        if len(nudges) <= slots and not self.reader.digest_only:
            return [self._send(each) for each in nudges]
        if not slots or self.had_digest:
            alone = [] if self.reader.digest_only else nudges[:slots]
            reason, until = self._when(kept)
            return [*map(self._send, alone), *(_wait(each, until, reason) for each in nudges[len(alone) :])]
        alone = [] if self.reader.digest_only else nudges[: slots - 1]
        return [*map(self._send, alone), *map(self._list, nudges[len(alone) :])]

    def _when(self, kept: int) -> tuple[str, datetime]:
        """Why nudges wait, and until when."""
        if self.week <= 0:
            return WEEK_SPENT, self._freed()
        if 0 < self.day <= kept:
            return HELD, self.reader.hours.open_from(self._noon())
        return DAY_SPENT, self._tomorrow()

    def _noon(self) -> datetime:
        """Until when nudges leave something to duties: no later than the middle of the reader's hours."""
        hours = self.reader.hours
        return hours.at(self.today, min(self.budget.held_until, (hours.opens + hours.closes) // 2))

    def _is_afternoon(self) -> bool:
        return self.now >= self._noon()

    def _freed(self) -> datetime:
        """When the oldest of the last week's nudges counts no more."""
        return self.reader.hours.open_on(min(self.nudged_on, default=self.today) + timedelta(days=WEEK_DAYS))

    def _tomorrow(self) -> datetime:
        return self.reader.hours.open_on(self.today + timedelta(days=1))


def _age(each: Waiting) -> tuple[datetime, int]:
    return each.made_at, each.id


def _urgency(each: Waiting) -> tuple[int, bool, datetime, datetime, int]:
    """More urgent kinds first, then what is over soonest, then the oldest."""
    ends = each.expires_at
    return each.of.priority, ends is None, ends or each.made_at, each.made_at, each.id
