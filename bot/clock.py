"""What time it is: the machine's clock, or one that the sandbox can move."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from threading import Lock
from typing import Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


class Clock(Protocol):
    """Tells the time; everything that asks for "now" is handed one."""

    def now(self) -> datetime:
        """The current instant, aware, in UTC."""
        ...


class SystemClock:
    """The machine's own time."""

    def now(self) -> datetime:
        """The current instant, aware, in UTC."""
        return datetime.now(UTC)


class MovableClock:
    """The machine's time plus an offset that can be moved while others read it."""

    def __init__(self, offset: timedelta = timedelta(0)) -> None:
        """Start `offset` away from the machine's time."""
        self._lock = Lock()
        self._offset = offset

    @property
    def offset(self) -> timedelta:
        """How far this clock is from the machine's."""
        with self._lock:
            return self._offset

    def now(self) -> datetime:
        """The moved instant, aware, in UTC."""
        return datetime.now(UTC) + self.offset

    def advance(self, by: timedelta) -> None:
        """Move by `by`; a negative value moves back."""
        with self._lock:
            self._offset += by

    def move_to(self, instant: datetime) -> None:
        """Make `now()` start again from `instant`."""
        with self._lock:
            self._offset = instant - datetime.now(UTC)

    def reset(self) -> None:
        """Return to the machine's time."""
        with self._lock:
            self._offset = timedelta(0)


def zone(name: str) -> ZoneInfo:
    """The named time zone; UTC where the name is empty or unknown, so that nobody goes without an answer."""
    try:
        return ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def today(clock: Clock, timezone: str) -> date:
    """The calendar date in the reader's time zone."""
    return clock.now().astimezone(zone(timezone)).date()
