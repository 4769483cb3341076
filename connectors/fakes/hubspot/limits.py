"""Rate limits of the HubSpot fake: a short window for everything, one second for search, and the day."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from connectors.fakes.hubspot.errors import Refused

if TYPE_CHECKING:
    from datetime import datetime

WINDOW = timedelta(seconds=10)
SECOND = timedelta(seconds=1)


@dataclass(slots=True)
class Limits:
    """What an app may do. Search answers carry no rate headers, at the real service as here.

    Attributes:
        per_window: Calls per ten seconds.
        searches: Searches per second.
        daily: Calls per day; None leaves the daily headers out, as for OAuth apps.
        used: Calls made today.
    """

    per_window: int = 190
    searches: int = 5
    daily: int | None = 650_000
    used: int = 0
    refused: int = 0
    recent: deque[datetime] = field(default_factory=deque)
    recent_searches: deque[datetime] = field(default_factory=deque)

    def spend(self, now: datetime, is_search: bool) -> None:
        """Counts one call.

        Raises:
            Refused: 429, with the window that is used up.
        """
        if self.daily is not None and self.used >= self.daily:
            self._refuse("DAILY", "daily")
        _forget(self.recent, now - WINDOW)
        if len(self.recent) >= self.per_window:
            self._refuse("TEN_SECONDLY_ROLLING", "ten_secondly_rolling")
        if is_search:
            _forget(self.recent_searches, now - SECOND)
            if len(self.recent_searches) >= self.searches:
                self._refuse("SECONDLY", "secondly")
            self.recent_searches.append(now)
        self.recent.append(now)
        self.used += 1

    def headers(self, is_search: bool) -> dict[str, str]:
        """The rate headers of an answer."""
        if is_search:
            return {}
        shown = {
            "X-HubSpot-RateLimit-Max": str(self.per_window),
            "X-HubSpot-RateLimit-Remaining": str(max(self.per_window - len(self.recent), 0)),
            "X-HubSpot-RateLimit-Interval-Milliseconds": "10000",
        }
        if self.daily is not None:
            shown["X-HubSpot-RateLimit-Daily"] = str(self.daily)
            shown["X-HubSpot-RateLimit-Daily-Remaining"] = str(max(self.daily - self.used, 0))
        return shown

    def _refuse(self, policy: str, words: str) -> None:
        self.refused += 1
        raise Refused.rate_limit(policy, words)


def _forget(recent: deque[datetime], before: datetime) -> None:
    while recent and recent[0] <= before:
        recent.popleft()
