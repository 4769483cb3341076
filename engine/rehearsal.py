"""An outbox in memory, judged by the attention budget: what people would be sent, and what would not be, and why.

It sends nothing. Time passes in ticks; at each, what waits for a person is judged as the gate would judge it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from engine.attention import IGNORED, NO_LONGER_TRUE, Budget, Reader, Said, Verdict, Waiting, is_throttled, judge
from engine.notice_kinds import KINDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one notice: "sent", "listed" in a digest, or "suppressed"; a digest itself is "sent"."""

    rep_id: int
    at: datetime
    kind: str
    topic: str
    what: str
    reason: str = ""
    carries_duty: bool = False
    says_throttled: bool = False


@dataclass
class _Held:
    waiting: Waiting
    from_at: datetime | None


@dataclass
class _Person:
    reader: Reader
    held: list[_Held] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)
    listed: dict[str, str] = field(default_factory=dict)
    skipped: dict[str, int] = field(default_factory=dict)
    told: set[str] = field(default_factory=set)


class Rehearsal:
    """People, what waits for them, and what they were sent so far."""

    def __init__(
        self, readers: Mapping[int, Reader], budget: Budget, clicks: Callable[[str], bool] = lambda _: True
    ) -> None:
        """Begin with nothing owed.

        Args:
            readers: The people, by number.
            budget: The limits.
            clicks: Whether somebody clicks on the message with that key.
        """
        self._people = {rep_id: _Person(reader) for rep_id, reader in readers.items()}
        self._budget, self._clicks = budget, clicks
        self._keys: set[str] = set()
        self._next = 1
        self.outcomes: list[Outcome] = []

    def owe(self, rep_id: int, key: str, waiting: Waiting, from_at: datetime | None = None) -> bool:
        """Whether the notice is new; a key that was owed before is none."""
        person = self._people.get(rep_id)
        if key in self._keys or person is None:
            return False
        self._keys.add(key)
        person.held.append(_Held(replace(waiting, id=self._next), from_at))
        self._next += 1
        return True

    def change(self, rep_id: int, how: Callable[[Reader], Reader]) -> None:
        """Let a person move, or want something else."""
        self._people[rep_id].reader = how(self._people[rep_id].reader)

    def tick(self, now: datetime, holds: Callable[[int, Waiting], bool] = lambda _rep_id, _one: True) -> None:
        """Judge whatever is due; what would go out but does not hold any more is not sent.

        Args:
            now: The instant.
            holds: Whether the fact behind a notice still holds.
        """
        for rep_id, person in self._people.items():
            due = [each for each in person.held if each.from_at is None or each.from_at <= now]
            if due:
                self._judge(rep_id, person, due, (now, holds))

    def left(self) -> Iterator[tuple[int, Waiting]]:
        """What still waits."""
        return ((rep_id, held.waiting) for rep_id, person in self._people.items() for held in person.held)

    def _judge(self, rep_id: int, person: _Person, due: list[_Held], at: tuple[datetime, Any]) -> None:
        now, holds = at
        reader = self._reader(person, now)
        going = judge([each.waiting for each in due], reader, now, self._budget)
        untrue = {each.id for each in going if each.action in ("send", "digest")}
        untrue = {each.waiting.id for each in due if each.waiting.id in untrue and not holds(rep_id, each.waiting)}
        for each in [one for one in due if one.waiting.id in untrue]:
            self._end(rep_id, person, each, now, NO_LONGER_TRUE)
        left = [each for each in due if each.waiting.id not in untrue]
        verdicts = judge([each.waiting for each in left], reader, now, self._budget) if untrue else going
        by_id = {each.waiting.id: each for each in left}
        self._digest(rep_id, person, [by_id[each.id] for each in verdicts if each.action == "digest"], now)
        for verdict in verdicts:
            self._settle(rep_id, person, by_id[verdict.id], verdict, now)

    def _reader(self, person: _Person, now: datetime) -> Reader:
        throttled = {kind for kind in KINDS if is_throttled(kind, person.said, now, self._budget)}
        return replace(
            person.reader,
            said=tuple(person.said),
            listed=dict(person.listed),
            skipped=dict(person.skipped),
            told=frozenset(person.told & throttled),
        )

    def _settle(self, rep_id: int, person: _Person, held: _Held, verdict: Verdict, now: datetime) -> None:
        one = held.waiting
        if verdict.action == "wait":
            held.from_at = verdict.until
        elif verdict.action == "suppress":
            if verdict.reason == IGNORED:
                person.skipped[one.kind] = person.skipped.get(one.kind, 0) + 1
            self._end(rep_id, person, held, now, verdict.reason)
        elif verdict.action == "send":
            person.held.remove(held)
            person.skipped[one.kind] = 0
            if verdict.says_throttled:
                person.told.add(one.kind)
            is_clicked = self._clicks(f"{rep_id}:{one.topic}:{one.state}")
            person.said.append(Said(one.kind, one.topic, now, one.state, is_clicked))
            self.outcomes.append(
                Outcome(rep_id, now, one.kind, one.topic, "sent", says_throttled=verdict.says_throttled)
            )

    def _digest(self, rep_id: int, person: _Person, listed: list[_Held], now: datetime) -> None:
        if not listed:
            return
        carries = any(each.waiting.of.sort == "duty" for each in listed)
        for each in listed:
            person.held.remove(each)
            person.listed[each.waiting.topic] = each.waiting.state
            person.skipped[each.waiting.kind] = 0
            self.outcomes.append(Outcome(rep_id, now, each.waiting.kind, each.waiting.topic, "listed"))
        person.said.append(Said("digest", f"digest:{now}", now, "", engaged=True, carries_duty=carries))
        self.outcomes.append(Outcome(rep_id, now, "digest", "", "sent", carries_duty=carries))

    def _end(self, rep_id: int, person: _Person, held: _Held, now: datetime, reason: str) -> None:
        person.held.remove(held)
        one = held.waiting
        self.outcomes.append(Outcome(rep_id, now, one.kind, one.topic, "suppressed", reason))
