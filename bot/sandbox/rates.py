"""How often each method may be called: the platform's tiers, and one message a second per channel."""

from __future__ import annotations

import math
from collections import deque
from typing import TYPE_CHECKING

from bot.sandbox.errors import RateLimitError

if TYPE_CHECKING:
    from datetime import datetime

TIERS = {"T1": 1, "T2": 20, "T3": 50, "T4": 100, "special": 600}
WINDOW = 60.0


class Rates:
    """Counts calls against the tiers of https://docs.slack.dev/apis/web-api/rate-limits.

    `burst` is how many messages one channel may get at once before the one-a-second pace holds; Slack tolerates short
    bursts without saying how long, 1 is the strictest reading.
    """

    def __init__(self, burst: int = 1) -> None:
        """Start with nothing counted."""
        self.burst = burst
        self._calls: dict[str, deque[float]] = {}
        self._tokens: dict[str, tuple[float, float]] = {}

    def count(self, method: str, tier: str, now: datetime) -> None:
        """Count one call of `method`.

        Raises:
            RateLimitError: the tier is used up.
        """
        at = now.timestamp()
        calls = self._calls.setdefault(method, deque())
        while calls and not 0 <= at - calls[0] < WINDOW:
            calls.popleft()
        if len(calls) >= TIERS[tier]:
            raise RateLimitError(max(1, math.ceil(WINDOW - (at - calls[0]))))
        calls.append(at)

    def post(self, channel: str, now: datetime) -> None:
        """Count one message to `channel`.

        Raises:
            RateLimitError: faster than one a second, beyond the burst.
        """
        at = now.timestamp()
        tokens, since = self._tokens.get(channel, (float(self.burst), at))
        tokens = min(float(self.burst), tokens + max(0.0, at - since))
        if tokens < 1:
            self._tokens[channel] = (tokens, at)
            raise RateLimitError(1)
        self._tokens[channel] = (tokens - 1, at)
