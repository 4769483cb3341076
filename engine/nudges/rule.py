"""What a rule is given, and what it finds."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from engine.dates import day
from engine.standings import standings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import date, datetime

    from engine.calculation import Calculation
    from engine.frames import Facts
    from engine.nudges.owed import Kept
    from engine.nudges.table import Said
    from engine.people import Person
    from engine.standings import Standing

PPM = 1_000_000
HOURS = 60


@dataclass(frozen=True, slots=True)
class Limits:
    """The numbers in the rules, as `rules.yaml` and a deployment's own file give them; see `engine.nudges.table`.

    Attributes:
        near_ppm: So close to a quota or tier is close (N2).
        recent_days: A crossing is news for so long (N3, N4, N21).
        after_workdays: The next step is said so long after a quota is reached (N4).
        behind_ppm: So far behind pace is behind (N5).
        middle_ppm: Which part of a period is its middle: [from, to) (N5).
        at_risk_ppm: A projection below it is at risk (N6).
        earliest_ppm: Nothing is projected before so much of the period has passed (N6).
        idle_days: An open deal that was left as it is for so long, and should close within as many, is stalled (N7).
        overdue_days: Open deals that are overdue for longer are left to a clean-up of the CRM (N7).
        again_days: A missing field is said again after so many days (N8).
        unpaid_days: What waits for a payment for longer is said (N9).
        statement_hours: A statement is said again after so many hours, unless it is confirmed (N10).
        plan_days: A plan is said again after so many days, unless it is acknowledged (N12).
        approval_hours: What waits for approval is said again after so many hours, at last to all who may (N18).
        owed_days: Statements and plans that are older are no news any more (N10, N12).
        ending_days: A clawback window that ends so soon is ending (N19).
        best_of: How many credits it takes for one of them to be the best (N21).
        overdue_lasts_days: What is due of a rule is worth nothing any more after so many days (N7); likewise
            `unpaid_lasts_days` (N9), `ending_lasts_days` (N19), `week_lasts_days` (N20), `at_risk_lasts_days` (N6),
            `best_lasts_days` (N21).
        off: Kinds of which nobody is told.
    """

    near_ppm: int = 100_000
    recent_days: int = 7
    after_workdays: int = 2
    behind_ppm: int = 150_000
    middle_ppm: tuple[int, int] = (300_000, 850_000)
    at_risk_ppm: int = 750_000
    earliest_ppm: int = 200_000
    idle_days: int = 30
    overdue_days: int = 60
    again_days: int = 3
    unpaid_days: int = 30
    statement_hours: tuple[int, ...] = (48, 96)
    plan_days: tuple[int, ...] = (3, 7)
    approval_hours: tuple[int, ...] = (24, 48, 72)
    owed_days: int = 14
    ending_days: int = 31
    best_of: int = 10
    overdue_lasts_days: int = 2
    unpaid_lasts_days: int = 5
    ending_lasts_days: int = 14
    week_lasts_days: int = 2
    at_risk_lasts_days: int = 2
    best_lasts_days: int = 7
    off: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Readings:
    """What the rules read: a calculation and its facts, and what the store keeps beside them.

    Attributes:
        calc: The calculation of `facts` on `as_of`.
        facts: Its facts, with the open deals.
        as_of: The day.
        now: The instant.
        people: Who is there, with their roles and managers.
        kept: Records that wait, periods, plans and approvals.
        asked_for: Who asked for which kind that is off by itself.
        limits: The numbers in the rules.
    """

    calc: Calculation
    facts: Facts
    as_of: date
    now: datetime
    people: tuple[Person, ...]
    kept: Kept
    asked_for: frozenset[tuple[int, str]]
    limits: Limits

    @cached_property
    def standings(self) -> tuple[Standing, ...]:
        """Where everybody stands."""
        return standings(self.calc, self.facts, self.as_of)

    @cached_property
    def today(self) -> int:
        """The day as a number."""
        return day(self.as_of)

    @cached_property
    def week(self) -> str:
        """The week of the day: "2026-W47"."""
        year, week, _ = self.as_of.isocalendar()
        return f"{year}-W{week:02d}"


@dataclass(frozen=True, slots=True)
class Due:
    """A notice that a rule finds due.

    Attributes:
        kind: A name of `engine.notice_kinds.KINDS`.
        rep_id: Who gets it.
        topic: What it is about.
        state: What the topic stands at: of one topic and state there is one message.
        data: What it says, as JSON; whoever sends it may put more exact words in its place.
        expires_on: From this day of the reader on it is worthless.
        from_minutes: Not before this minute of the reader's day.
        again: The how-manieth repetition it is.
    """

    kind: str
    rep_id: int
    topic: str
    state: str
    data: Mapping[str, Any] = field(default_factory=dict)
    expires_on: date | None = None
    from_minutes: int = 0
    again: int = 0

    @property
    def key(self) -> str:
        """Names the fact: a second notice of the same key is none."""
        return f"{self.topic}:{self.state}" + (f":again{self.again}" if self.again else "")


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: its kind, what it says of itself to whoever asks why, and what finds who is due."""

    kind: str
    said: Said
    find: Callable[[Readings], Iterable[Due]]


def amount(minor: int, currency: str) -> dict[str, Any]:
    """An amount as JSON; without a currency it is a number in millionths."""
    return {"minor": int(minor), "currency": currency} if currency else {"millionths": int(minor), "unit": ""}


def digest_of(parts: Iterable[object]) -> str:
    """A short name for a set of things: the same for every order."""
    text = ",".join(sorted(str(part) for part in parts))
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def repetitions(since: datetime, now: datetime, after_hours: tuple[int, ...]) -> int:
    """How many of the repetitions are due by now."""
    hours = int((now - since).total_seconds()) // (HOURS * HOURS)
    return sum(each <= hours for each in after_hours)
