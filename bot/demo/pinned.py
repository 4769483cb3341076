"""A clock that the demo keeps on the day it was seeded for."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

from bot.clock import MovableClock

if TYPE_CHECKING:
    from datetime import date


class PinnedClock(MovableClock):
    """Starts at noon UTC of a day, goes on from there, and returns there when it is reset."""

    def __init__(self, day: date) -> None:
        """Start on `day`: noon UTC is the same date from Los Angeles to Tokyo."""
        super().__init__()
        self._day = day
        self.reset()

    def reset(self) -> None:
        """Return to noon of the day."""
        self.move_to(datetime.combine(self._day, time(12), UTC))


def clock_for(day: date | None) -> MovableClock:
    """The clock of a pinned day, or the machine's time, movable."""
    return MovableClock(timedelta(0)) if day is None else PinnedClock(day)
