"""The clock: what day it is where the reader is."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from bot.clock import MovableClock, SystemClock, today


def test_the_movable_clock_moves_and_comes_back() -> None:
    clock, real = MovableClock(), SystemClock()
    clock.advance(timedelta(days=7))
    assert timedelta(days=6, hours=23) < clock.now() - real.now() < timedelta(days=7, hours=1)
    clock.reset()
    assert abs(clock.now() - real.now()) < timedelta(seconds=5)


@pytest.mark.parametrize(
    ("zone", "on"),
    [
        ("America/Los_Angeles", date(2026, 3, 31)),
        ("Europe/Berlin", date(2026, 4, 1)),
        ("Asia/Tokyo", date(2026, 4, 1)),
        ("", date(2026, 4, 1)),
        ("Mars/Olympus", date(2026, 4, 1)),
        ("../../etc/passwd", date(2026, 4, 1)),
    ],
)
def test_today_is_the_readers_today(zone: str, on: date) -> None:
    clock = MovableClock()
    clock.move_to(datetime(2026, 4, 1, 1, 0, tzinfo=UTC))
    assert today(clock, zone) == on
