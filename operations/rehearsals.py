"""A month of nudges replayed over the facts as they are: who would have got what, and what was not sent, and why."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

from engine.attention import Budget, Reader, Waiting
from engine.nudges import rules
from engine.preferences import Preferences
from engine.rehearsal import Outcome, Rehearsal
from operations import nudges
from store import people, preferences

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from engine.nudges.rule import Due, Limits
    from engine.people import Person
    from operations.context import Context

_HOURS = 24
_PPM = 1_000_000


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a replay found: every outcome in order, what still waits, and the people."""

    first: date
    days: int
    outcomes: tuple[Outcome, ...]
    waiting: int
    people: Mapping[int, Person]


def simulate(
    ctx: Context, days: int, budget: Budget | None = None, limits: Limits | None = None, clicks_ppm: int = 500_000
) -> Replayed:
    """The days up to the context's day replayed, hour by hour, without writing or sending anything.

    The facts are those of now, without the deals that were won after each day. Only what rules find is replayed, not
    what is written when deals are won, figures change or SPIFs move.

    Args:
        ctx: The store, and the last day.
        days: How many.
        budget: The attention budget.
        limits: The numbers in the rules.
        clicks_ppm: What share of the messages is clicked on; which ones is the same each time.
    """
    with ctx.db.read() as conn:
        everybody = {person.rep_id: person for person in people.all(conn)}
        wanted = preferences.of_many(conn, everybody)
        first = ctx.as_of - timedelta(days=days - 1)
        away = preferences.absences(conn, everybody, first)
    readers = {
        rep_id: _reader(person, wanted.get(rep_id, Preferences()), away.get(rep_id, ()))
        for rep_id, person in everybody.items()
    }
    played = Rehearsal(readers, budget or Budget(), lambda key: _is_clicked(key, clicks_ppm))
    for number in range(days):
        _play(ctx, played, readers, (first + timedelta(days=number), limits or nudges.LIMITS))
    return Replayed(first, days, tuple(played.outcomes), sum(1 for _ in played.left()), everybody)


def _play(ctx: Context, played: Rehearsal, readers: Mapping[int, Reader], on: tuple[date, Limits]) -> None:
    """One day, UTC: the rules at its beginning, then the gate every hour."""
    day, limits = on
    midnight = datetime.combine(day, time(0, 5), UTC)
    with ctx.db.read() as conn:
        found = list(rules.due(nudges.readings(conn, replace(ctx, as_of=day, now=midnight), limits=limits)))
    true = {(each.rep_id, each.topic) for each in found}
    for each in found:
        if each.rep_id in readers:
            played.owe(each.rep_id, each.key, *_owed(each, readers[each.rep_id], midnight))
    for hour in range(_HOURS):
        played.tick(midnight + timedelta(hours=hour), lambda rep_id, one: (rep_id, one.topic) in true)


def _owed(due: Due, reader: Reader, now: datetime) -> tuple[Waiting, datetime | None]:
    hours = reader.hours
    ends = hours.at(due.expires_on, 0) if due.expires_on is not None else None
    begins = hours.at(hours.today(now), due.from_minutes) if due.from_minutes else None
    gap = due.data.get("gap", {})
    return (
        Waiting(
            0,
            due.kind,
            due.topic,
            now,
            due.state,
            ends,
            is_again=bool(due.again),
            has_gap=not gap or gap.get("minor", gap.get("millionths", 1)) != 0,
        ),
        begins,
    )


def _reader(person: Person, wanted: Preferences, away: tuple[tuple[date, date], ...]) -> Reader:
    return Reader(
        hours=wanted.hours(person, away),
        muted=wanted.muted,
        asked_for=wanted.asked_for,
        digest_only=wanted.digest_only,
    )


def _is_clicked(key: str, share_ppm: int) -> bool:
    """Whether a message is clicked on: the same answer for the same message."""
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:4]) % _PPM < share_ppm
