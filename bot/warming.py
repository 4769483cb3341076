"""Opens direct messages ahead, a few a minute, so that a first announcement does not wait for each to be opened.

Slack takes about forty such requests a minute: announced to 200 people, a SPIF would reach the last one after ten
minutes. Whoever opens nothing here is tried again the next day, or by the first notice that is owed to them.
"""

from __future__ import annotations

from collections import deque
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from bot.log import Journal
from operations.context import Context
from store import lanes, people

if TYPE_CHECKING:
    from bot.slack.addresses import Addresses
    from bot.wiring import Services
    from engine.people import Person

#: How long after one person the next one is opened, and how often is looked who is new.
APART = timedelta(seconds=4)
LOOK_AGAIN = timedelta(minutes=15)
#: When one that could not be opened is tried again.
TRY_AGAIN = timedelta(days=1)
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
_journal = Journal("bot.warming")


class Warming:
    """Opens what is not open yet, one person at a time; what was opened is remembered in the store."""

    def __init__(self, services: Services, addresses: Addresses) -> None:
        """Open by `addresses`."""
        self._services = services
        self._addresses = addresses
        self._waiting: deque[Person] = deque()
        self._tried: dict[int, datetime] = {}
        self._look_at, self._next_at = _LONG_AGO, _LONG_AGO

    def is_due(self) -> bool:
        """Whether somebody's direct message may be opened now, or it is time to look for whom."""
        now = self._services.clock.now()
        return now >= self._next_at and (bool(self._waiting) or now >= self._look_at)

    def step(self, team_id: str) -> bool:
        """Whether the next person's direct message was opened."""
        now = self._services.clock.now()
        ctx = Context(self._services.db, now.date(), now)
        if not self._waiting:
            self._look_at = now + LOOK_AGAIN
            self._waiting.extend(self._unopened(ctx, team_id))
        if not self._waiting:
            return False
        self._next_at = now + APART
        person = self._waiting.popleft()
        opened = self._addresses.direct(ctx, team_id, person)
        if opened.fate == "later":
            self._waiting.appendleft(person)
        elif opened.body is None:
            self._tried[person.rep_id] = now
            _journal.info("direct message not opened", code=opened.code)
        return opened.body is not None

    def rest(self) -> None:
        """Ask nothing of Slack for a while: it cannot be reached, or takes nothing."""
        self._next_at = self._services.clock.now() + LOOK_AGAIN

    def _unopened(self, ctx: Context, team_id: str) -> list[Person]:
        """Everybody employed who has no direct message yet and was not tried within the last day."""
        with ctx.db.read() as conn:
            here = [one for one in people.all(conn) if one.email and one.is_employed(ctx.as_of) and self._is_new(one)]
            opened = lanes.direct_channels(conn, team_id, [one.rep_id for one in here])
        return [one for one in here if one.rep_id not in opened]

    def _is_new(self, person: Person) -> bool:
        """Whether it was not tried within the last day."""
        return self._services.clock.now() - self._tried.get(person.rep_id, _LONG_AGO) >= TRY_AGAIN
