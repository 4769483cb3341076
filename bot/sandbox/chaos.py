"""Switches that make the fake misbehave the way the platform sometimes does."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING

from bot.sandbox.errors import SandboxError

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True)
class Switch:
    """One way of misbehaving, as the page words it."""

    name: str
    label: str
    description: str


SWITCHES = (
    Switch("lose_response", "Lose the response", "The call is carried out, then the connection breaks."),
    Switch("reset_before", "Reset before storing", "The connection breaks before anything is carried out."),
    Switch("rate_limited", "Rate limited", "Every call is answered 429 with Retry-After."),
    Switch("error_before", "5xx before", "Calls fail with 503; nothing is carried out."),
    Switch("error_after", "5xx after", "Calls fail with 500 after they were carried out."),
    Switch("delay", "Slow answers", "Every call takes two seconds longer."),
    Switch("duplicate_event", "Duplicate events", "Every event is delivered twice with the same id."),
    Switch("reordered_event", "Reordered events", "Every first event waits until the next one has been delivered."),
    Switch("unacked_event", "Lost acknowledgements", "Acknowledged events count as unanswered and are sent again."),
    Switch("revoked_token", "Revoked token", "The bot token stops working."),
    Switch("expired_trigger", "Expired triggers", "Modals cannot open: every trigger has expired."),
    Switch("archived_channel", "Archived channel", "Every channel is archived; direct messages still work."),
    Switch("bot_removed", "Bot removed", "The bot is in no channel; direct messages still work."),
    Switch("deaf_socket", "Deaf socket", "The socket stays connected but delivers and answers nothing."),
    Switch("clock_skew", "Clock skew", "Slack's clock is ten minutes behind: signed requests seem old."),
)
#: How far Slack's clock is behind while `clock_skew` is on.
SKEW_SECONDS = 600
NAMES = frozenset(switch.name for switch in SWITCHES)


class Chaos:
    """Which switches are on; a switch may be limited to a number of strikes or to one Web API method."""

    def __init__(self) -> None:
        """Start well-behaved."""
        self._lock = Lock()
        self._on: dict[str, tuple[int | None, str]] = {}

    def turn(self, name: str, *, on: bool, times: int | None = None, method: str = "") -> None:
        """Turn a switch on or off; `times` strikes then off by itself, `method` limits it to calls of that method.

        Raises:
            SandboxError: there is no such switch.
        """
        if name not in NAMES:
            raise SandboxError(f"No chaos switch is called {name!r}. Choose from: {', '.join(sorted(NAMES))}.")
        with self._lock:
            if on:
                self._on[name] = (times, method)
            else:
                self._on.pop(name, None)

    def on(self, name: str) -> bool:
        """Whether the switch is on, without using up a strike."""
        with self._lock:
            return name in self._on

    def strikes(self, name: str, method: str = "") -> bool:
        """Whether the switch acts now; uses up one strike."""
        with self._lock:
            times, only = self._on.get(name, (0, ""))
            if name not in self._on or (only and only != method):
                return False
            if times is not None:
                if times <= 1:
                    del self._on[name]
                else:
                    self._on[name] = (times - 1, only)
            return True

    def clear(self) -> None:
        """Turn everything off."""
        with self._lock:
            self._on.clear()

    @contextmanager
    def during(self, *names: str, method: str = "") -> Iterator[None]:
        """Turn switches on for the length of a `with` block."""
        for name in names:
            self.turn(name, on=True, method=method)
        try:
            yield
        finally:
            for name in names:
                self.turn(name, on=False)

    def turn_from_query(self, names: str) -> None:
        """Turn on the switches of `?chaos=a,b`; unknown names are refused."""
        for name in filter(None, (part.strip() for part in names.split(","))):
            self.turn(name, on=True)
