"""Answers whether a message arrived that may have been sent: found in Slack, or settled by what its kind asks for.

A direct message carries its notice's id as metadata, by which it is found. In channels nothing can be read, and a
message that is not found may still be on its way: so it is looked up some seconds later, never at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.log import Journal
from bot.slack import courier as slack
from bot.slack.outcomes import judged
from engine.notice_kinds import KINDS
from store import deliveries, lanes, outbox
from store.deliveries import Hold, Place

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from bot.slack.courier import Courier
    from bot.slack.sending import Sent
    from bot.wiring import Services
    from store.database import Connection
    from store.outbox import Owed

    Disclose = Callable[[Connection, Owed, str, datetime], None]

#: A request is over by then, so that what is not there will not come.
LOOK_AFTER = timedelta(seconds=15)
LOOK_AGAIN = timedelta(seconds=30)
#: Slack that cannot be asked for so long is asked no more.
ASK_FOR = timedelta(hours=1)
AT_ONCE = 20
LEASE = timedelta(seconds=45)
SPACING = timedelta(milliseconds=1_400)
_journal = Journal("bot.lookups")


@dataclass(frozen=True, slots=True)
class Lookups:
    """Settles the rows that may have been sent."""

    services: Services
    courier: Courier
    holder: str
    disclose: Disclose

    def resolve(self, team_id: str) -> int:
        """How many questions were answered."""
        now = self.services.clock.now()
        with self.services.db.read() as conn:
            if not deliveries.has_unknown(conn, now):
                return 0
        with self.services.db.write() as conn:
            waiting = deliveries.claim_unknown(conn, self.holder, now, LEASE, AT_ONCE)
        return sum(self._answer(team_id, owed) for owed in waiting)

    def _answer(self, team_id: str, owed: Owed) -> bool:
        """Whether the row is settled."""
        now, hold = self.services.clock.now(), Hold(owed.outbox_id, self.holder)
        started = owed.send_started_at or now
        if not owed.notice.to.rep_id or now - started > ASK_FOR:
            return self._settle(owed, hold, "")
        if now < started + LOOK_AFTER:
            return self._put_off(hold, started + LOOK_AFTER)
        free = self._reserve(team_id, now)
        if free > now:
            return self._put_off(hold, free)
        above = self._thread(owed)
        found = self.courier.find(owed.notice_id, owed.channel_id, started, above)
        if found.body is None and _is_passing(found):
            return self._put_off(hold, now + max(LOOK_AGAIN, timedelta(seconds=found.pause)))
        return self._settle(owed, hold, str(found.body["ts"]) if found.body is not None else "")

    def _settle(self, owed: Owed, hold: Hold, ts: str) -> bool:
        """Sent where it was found; else given up, repeated, or left to a digest, as the kind asks for."""
        now, then = self.services.clock.now(), KINDS[owed.notice.kind].unknown
        with self.services.db.write() as conn:
            if ts:
                moved = deliveries.found(conn, hold, Place(owed.channel_id, ts), now)
            elif then == "resend":
                return deliveries.resend(conn, hold)
            elif then == "digest" and owed.notice.to.rep_id:
                moved = deliveries.into_digest(conn, hold, owed.notice.to.rep_id, now)
            else:
                moved = deliveries.give_up(conn, hold, now)
            if moved:
                self.disclose(conn, owed, owed.payload_hash, now)
        _journal.info("question answered", notice=owed.notice_id, kind=owed.notice.kind, found=str(bool(ts)))
        return moved

    def _put_off(self, hold: Hold, until: datetime) -> bool:
        with self.services.db.write() as conn:
            deliveries.look_later(conn, hold, until)
        return False

    def _reserve(self, team_id: str, now: datetime) -> datetime:
        """`now` where history may be read, else when."""
        lane = lanes.method(slack.HISTORY)
        with self.services.db.write() as conn:
            free = lanes.free_at(conn, team_id, (lanes.TEAM, lane), now)
            if free <= now:
                lanes.reserve(conn, team_id, lane, SPACING, now)
        return free

    def _thread(self, owed: Owed) -> str:
        """The message under which the notice was posted; "" where it stands by itself."""
        if not owed.notice.thread:
            return ""
        with self.services.db.read() as conn:
            above = outbox.message_of(conn, owed.notice.thread, owed.notice.to)
        return above.ts if above is not None else ""


def _is_passing(sent: Sent) -> bool:
    """Whether asking again may help: nothing about the channel or our rights in it was refused."""
    return judged(sent) in ("retry", "uncertain")
