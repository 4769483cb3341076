"""The sandbox's time: what `bot.clock.MovableClock` offers, as a protocol."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime, timedelta


class MovingClock(Protocol):
    """A clock that can be advanced; every timeout, trigger and rate limit of the fake reads it."""

    @property
    def offset(self) -> timedelta:
        """How far this clock is from the machine's."""
        ...

    def now(self) -> datetime:
        """The current instant, aware, in UTC."""
        ...

    def advance(self, by: timedelta) -> None:
        """Move by `by`."""
        ...

    def reset(self) -> None:
        """Return to the machine's time."""
        ...
