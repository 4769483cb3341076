"""When the next request may go out: as fast as the service's own headers allow, and no faster."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

#: A clock that jumps must not stop a sync: nobody waits longer than this for a turn.
LONGEST_WAIT = 60.0


@dataclass(frozen=True, slots=True)
class Budget:
    """What the rate headers of an answer say; None where they say nothing.

    Attributes:
        remaining: Requests left in the running window.
        interval_seconds: How long a window is.
        maximum: Requests in a window.
        daily_used: Requests used today, by everybody who shares the account.
        daily_max: Requests a day.
    """

    remaining: int | None = None
    interval_seconds: float | None = None
    maximum: int | None = None
    daily_used: int | None = None
    daily_max: int | None = None


@dataclass(slots=True)
class Pacer:
    """Keeps to the window that the headers describe, and to fixed paces that no header tells.

    A window is used up freely; once nothing is left, the next request waits until the window that began with the
    first answer seen in it has passed. So a long read takes as long as the limits demand and no longer.
    """

    paces: Mapping[str, float]
    _next_at: dict[str, float] = field(default_factory=dict)
    _budget: Budget = field(default_factory=Budget)
    _window_at: float | None = None
    _sent: int = 0

    def wait(self, pace: str, now: float) -> float:
        """Seconds until a request of that pace may go out; it is taken to go out then."""
        at = max(now, self._window_opens(now))
        every = self.paces.get(pace)
        if every:
            at = max(at, min(self._next_at.get(pace, 0.0), now + LONGEST_WAIT))
            self._next_at[pace] = at + 1.0 / every
        self._sent += 1
        return min(at - now, LONGEST_WAIT)

    def told(self, budget: Budget, now: float) -> None:
        """Takes note of what an answer's headers say."""
        before = self._budget.remaining
        if budget.remaining is None:
            return
        if before is None or budget.remaining > before or self._window_at is None:
            self._window_at = now
        self._budget = budget
        self._sent = 0

    def is_spent(self, share: float) -> bool:
        """Whether so large a share of the day's requests is used that the rest is left to others."""
        used, most = self._budget.daily_used, self._budget.daily_max
        return used is not None and most is not None and used >= most * share

    def note_day(self, budget: Budget) -> None:
        """Takes note of the day's figures alone, where an answer has no others."""
        if budget.remaining is None and budget.daily_used is not None:
            kept = self._budget
            self._budget = Budget(
                kept.remaining, kept.interval_seconds, kept.maximum, budget.daily_used, budget.daily_max
            )

    def _window_opens(self, now: float) -> float:
        left, interval = self._budget.remaining, self._budget.interval_seconds
        if left is None or not interval or left - self._sent > 0 or self._window_at is None:
            return now
        opens = self._window_at + interval
        if now < opens <= now + interval:
            return opens
        return now + interval / max(self._budget.maximum or 1, 1) if opens > now else now
