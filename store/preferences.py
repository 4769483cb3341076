"""What people want to be told, what they snoozed, and what they clicked on or acknowledged."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, select

from engine.preferences import Preferences
from store import known
from store.bulk import among, insert_new, upsert
from store.tables.attention import acknowledgement, engagement, habit, preference, snooze
from store.tables.counted import absence

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import date, datetime

    from sqlalchemy import Connection, Row

Spans = tuple[tuple["date", "date"], ...]


@dataclass(frozen=True, slots=True)
class Habit:
    """How many notices of a kind were left out since the last one, and whether the person knows that they are."""

    skipped: int = 0
    is_told: bool = False


def of(conn: Connection, rep_id: int) -> Preferences:
    """What one person wants."""
    return of_many(conn, (rep_id,)).get(rep_id, Preferences())


def of_many(conn: Connection, rep_ids: Collection[int]) -> dict[int, Preferences]:
    """What some people want; who never said anything is left out."""
    rows = conn.execute(select(preference).where(among(conn, preference.c.rep_id, sorted(rep_ids))))
    return {row.rep_id: _preferences(row) for row in rows}


def save(conn: Connection, rep_id: int, wanted: Preferences, now: datetime) -> None:
    """What the person wants from now on."""
    away = wanted.away or (None, None)
    row = {
        "rep_id": rep_id,
        "muted": json.dumps(sorted(wanted.muted)),
        "asked_for": json.dumps(sorted(wanted.asked_for)),
        "opens": wanted.opens,
        "closes": wanted.closes,
        "workdays": json.dumps(sorted(wanted.workdays)),
        "country": wanted.country,
        "digest_only": wanted.digest_only,
        "away_from_on": away[0],
        "away_until_on": away[1],
        "quiet_until_at": wanted.quiet_until,
        "changed_at": now,
    }
    upsert(conn, preference, [row], ("rep_id",))


def absences(conn: Connection, rep_ids: Collection[int], on: date) -> dict[int, Spans]:
    """The days [from, until) on which people are away, as the facts say it, of absences that end after a day."""
    rows = select(absence.c.rep_id, absence.c.start_on, absence.c.end_on).where(
        known.now(absence), absence.c.end_on > on, among(conn, absence.c.rep_id, sorted(rep_ids))
    )
    found: dict[int, list[tuple[date, date]]] = {}
    for rep_id, start, end in conn.execute(rows.order_by(absence.c.start_on)):
        found.setdefault(rep_id, []).append((start, end))
    return {rep_id: tuple(spans) for rep_id, spans in found.items()}


def put_off(conn: Connection, rep_id: int, topic: str, until: datetime) -> None:
    """Nothing on this topic before then."""
    upsert(conn, snooze, [{"rep_id": rep_id, "topic": topic, "until_at": until}], ("rep_id", "topic"))


def wake(conn: Connection, rep_id: int, topic: str) -> None:
    """A topic is snoozed no more."""
    conn.execute(delete(snooze).where(snooze.c.rep_id == rep_id, snooze.c.topic == topic))


def snoozes(conn: Connection, rep_ids: Collection[int], now: datetime) -> dict[int, dict[str, datetime]]:
    """The topics that people have snoozed beyond now, and until when."""
    rows = select(snooze).where(snooze.c.until_at > now, among(conn, snooze.c.rep_id, sorted(rep_ids)))
    found: dict[int, dict[str, datetime]] = {}
    for row in conn.execute(rows):
        found.setdefault(row.rep_id, {})[row.topic] = row.until_at
    return found


def habits(conn: Connection, rep_ids: Collection[int]) -> dict[int, dict[str, Habit]]:
    """How people treat kinds of notices, where anything was left out or said of it."""
    rows = conn.execute(select(habit).where(among(conn, habit.c.rep_id, sorted(rep_ids))))
    found: dict[int, dict[str, Habit]] = {}
    for row in rows:
        found.setdefault(row.rep_id, {})[row.kind] = Habit(row.skipped, row.told_at is not None)
    return found


def keep_habits(conn: Connection, changed: Mapping[tuple[int, str], Habit], now: datetime) -> None:
    """The habits of people and kinds as they are from now on."""
    rows = [
        {"rep_id": rep_id, "kind": kind, "skipped": one.skipped, "told_at": now if one.is_told else None}
        for (rep_id, kind), one in changed.items()
    ]
    upsert(conn, habit, rows, ("rep_id", "kind"))


def engage(conn: Connection, notice_id: str, rep_id: int, what: str, now: datetime) -> bool:
    """Whether this click is the person's first on that message: it was not ignored."""
    row = {"notice_id": notice_id, "rep_id": rep_id, "what": what, "at": now}
    return insert_new(conn, engagement, row, ("notice_id",))


def engaged(conn: Connection, rep_ids: Collection[int], since: datetime) -> frozenset[str]:
    """The messages on which these people have clicked since then."""
    rows = select(engagement.c.notice_id).where(
        engagement.c.at >= since, among(conn, engagement.c.rep_id, sorted(rep_ids))
    )
    return frozenset(conn.execute(rows).scalars())


def newest(conn: Connection) -> datetime | None:
    """When anybody last said what they want; None where nobody did."""
    found: datetime | None = conn.execute(select(func.max(preference.c.changed_at))).scalar()
    return found


def waived(topic: str) -> str:
    """The topic under which it is kept that somebody need not acknowledge one."""
    return f"waived:{topic}"


def acknowledge(conn: Connection, rep_id: int, topic: str, now: datetime) -> bool:
    """Whether the person says for the first time that they have seen it."""
    return insert_new(conn, acknowledgement, {"rep_id": rep_id, "topic": topic, "at": now}, ("rep_id", "topic"))


def acknowledged(conn: Connection, topics: Collection[str]) -> frozenset[tuple[int, str]]:
    """Who has acknowledged which of the topics."""
    rows = select(acknowledgement.c.rep_id, acknowledgement.c.topic).where(
        among(conn, acknowledgement.c.topic, sorted(topics))
    )
    return frozenset((row.rep_id, row.topic) for row in conn.execute(rows))


def _preferences(row: Row[tuple[object, ...]]) -> Preferences:
    said = row._mapping
    away = (said["away_from_on"], said["away_until_on"])
    return Preferences(
        muted=frozenset(json.loads(said["muted"])),
        asked_for=frozenset(json.loads(said["asked_for"])),
        opens=said["opens"],
        closes=said["closes"],
        workdays=frozenset(json.loads(said["workdays"])),
        country=said["country"],
        digest_only=bool(said["digest_only"]),
        away=None if None in away else away,
        quiet_until=said["quiet_until_at"],
    )
