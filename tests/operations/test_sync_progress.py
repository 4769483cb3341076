"""A sync that somebody waits for is told in one message; one of the schedule only when it takes long."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from engine.notices import Recipient
from operations.context import Context
from operations.sync_progress import EVERY, LONG, Watch
from operations.sync_run import KindResult, SyncSummary
from store import outbox

if TYPE_CHECKING:
    from store.database import Database

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
OLGA = (Recipient(12),)
DONE = SyncSummary("crm", (KindResult("deal", read=10, inserted=2),))


@dataclass
class Clock:
    at: datetime = NOW

    def now(self) -> datetime:
        return self.at


@dataclass
class Desk:
    db: Database
    clock: Clock

    def watch(self, to: tuple[Recipient, ...] = (), channel: str = "#revops") -> Watch:
        return Watch(Context(self.db, NOW.date(), NOW), "crm", to, channel, self.clock)

    def owed(self) -> list[tuple[str, str, str]]:
        """Whom, in which state, and how far."""
        with self.db.read() as conn:
            waiting = [one.notice for one in outbox.pending(conn)]
        return [(one.to.key, one.data["state"], str(one.data["read"])) for one in waiting]


@pytest.fixture
def desk(sqlite_database: Database) -> Desk:
    return Desk(sqlite_database, Clock())


def test_who_asked_is_told_at_once_then_every_ten_seconds_and_in_the_end_in_one_message(desk: Desk) -> None:
    watch = desk.watch(OLGA)
    watch("deal", 10_000, 100_000)
    assert desk.owed() == [("rep:12", "running", "10000")]
    desk.clock.at += EVERY / 2
    watch("deal", 20_000, 100_000)
    assert desk.owed() == [("rep:12", "running", "10000")]
    desk.clock.at += EVERY
    watch("deal", 30_000, 100_000)
    watch.end(DONE)
    assert desk.owed() == [("rep:12", "done", "10")]


def test_a_sync_of_the_schedule_is_told_to_the_channel_only_when_it_takes_long(desk: Desk) -> None:
    short = desk.watch()
    short("deal", 10, 20)
    short.end(DONE)
    assert desk.owed() == []
    desk.clock.at += LONG
    long = desk.watch()
    long("deal", 50_000, None)
    assert desk.owed() == [("channel:#revops", "running", "50000")]
    long.end(DONE)
    assert desk.owed() == [("channel:#revops", "done", "10")]


def test_without_a_channel_nobody_is_told(desk: Desk) -> None:
    watch = desk.watch(channel="")
    desk.clock.at += LONG + timedelta(minutes=5)
    watch("deal", 50_000, None)
    watch.end(DONE)
    assert desk.owed() == []


def test_what_stands_in_the_way_is_said(desk: Desk) -> None:
    watch = desk.watch(OLGA)
    watch.end(SyncSummary("crm", busy=True))
    assert desk.owed()[0][1] == "busy"
