"""One fake Slack, put together: workspace, Web API, delivery, people's hands and the caller's hooks."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.sandbox.delivery import ACK_SECONDS, Delivery
from bot.sandbox.forms import Forms
from bot.sandbox.gestures import Gestures
from bot.sandbox.hooks import Hooks
from bot.sandbox.socket import SocketHub
from bot.sandbox.webapi import WebApi
from bot.sandbox.workspace import Setup, Workspace

STEPS = ("morning", "1d", "7d", "period_end", "reset")
MORNING = time(10)
SATURDAY = 5


class FakeSlack:
    """Everything the server, the driver and the tests work with."""

    def __init__(self, setup: Setup, hooks: Hooks | None = None, ack_seconds: float = ACK_SECONDS) -> None:
        """Build the workspace of `setup`; nothing is served yet."""
        self.hooks = hooks or Hooks()
        self.workspace = Workspace(setup)
        self.delivery = Delivery(self.workspace, ack_seconds)
        self.gestures = Gestures(self.workspace, self.delivery)
        self.forms = Forms(self.gestures)
        self.api = WebApi(self.workspace)
        self.socket = SocketHub(self.workspace)

    def advance(self, by: timedelta) -> str:
        """Move time and let the caller's data follow; returns its sentence."""
        self.workspace.clock.advance(by)
        said = self.hooks.on_clock(self.workspace.clock.offset)
        self.delivery.tick()
        self.workspace.tell("state")
        return said

    def step(self, step: str, zone: str = "UTC") -> str:
        """Move time by a step the page knows: `morning` (in that zone), `1d`, `7d`, `period_end` or `reset`.

        Raises:
            KeyError: there is no such step.
        """
        now = self.workspace.clock.now()
        if step == "reset":
            self.workspace.clock.reset()
            said = self.hooks.on_clock(timedelta(0))
            self.workspace.tell("state")
            return said
        days = {
            "morning": next_morning(now, ZoneInfo(zone)) - now,
            "1d": timedelta(days=1),
            "7d": timedelta(days=7),
            "period_end": self.hooks.period_end(now) - now,
        }
        return self.advance(days[step])

    def reset(self) -> None:
        """Start over: time first, then the workspace, then the caller's data as of the time that holds again."""
        self.delivery.settle()
        self.delivery.forget()
        self.workspace.reset()
        self.hooks.on_reset()
        self.workspace.tell("state")

    def close(self) -> None:
        """Stop threads; the object is of no use afterwards."""
        self.delivery.close()
        self.socket.close()


def next_morning(now: datetime, zone: ZoneInfo) -> datetime:
    """Ten o'clock in that zone on the next day from Monday to Friday."""
    day = now.astimezone(zone).date() + timedelta(days=1)
    while day.weekday() >= SATURDAY:
        day += timedelta(days=1)
    return datetime.combine(day, MORNING, zone).astimezone(UTC)
