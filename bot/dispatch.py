"""Sends what is packed: at the pace of the store, said to be on its way before it goes, settled by what became of it.

Where the pace allows many a second, several requests go out at the same time: their rows are marked in one
transaction before and in one after, each by the same protocol as if it went alone.
"""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.errors import TooEarlyError
from bot.log import Journal
from bot.lookups import LOOK_AFTER
from bot.slack import courier as slack
from bot.slack.addresses import NOT_EMPLOYED, NOT_LINKED, SPACING
from bot.slack.outcomes import REASONS, judged
from store import deliveries, lanes, recipients
from store.deliveries import Attempt, Hold, Place
from store.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from concurrent.futures import Future

    from bot.parcels import Parcel, Parcels
    from bot.slack.courier import Courier
    from bot.slack.outcomes import Outcome
    from bot.slack.sending import Sent
    from bot.wiring import Services
    from store.database import Connection
    from store.outbox import Owed

#: Longer than a request and the wait before it may take.
LEASE = timedelta(seconds=45)
#: So long a worker waits for its turn; where that comes later it looks what else there is to do.
PATIENCE = timedelta(milliseconds=900)
LONGEST_TURN = timedelta(seconds=10)
PER_CHANNEL = timedelta(seconds=1)
#: How long a workspace is left alone whose token was refused, and one whose plan allows no more messages.
PARKED = {"credential": timedelta(minutes=10), "plan": timedelta(hours=1)}
LONGEST_PAUSE_SECONDS = 300.0
#: How long a recipient is left alone that takes no messages, and how long what is owed to it waits for it to heal.
MARKED_FOR = timedelta(hours=1)
HELD_FOR = timedelta(days=3)
SETTLE_TRIES = 3
#: So many requests are on their way at a time, as far as that many are due within `GATHERED`.
SENDERS = 8
GATHERED = timedelta(milliseconds=50)
_journal = Journal("bot.dispatch")


@dataclass(slots=True)
class Round:
    """What one pass did: notices sent, put off, and ended without being sent; `held` says what holds all up.

    `marked` are the recipients that take no messages for now: until when, and Slack's code.
    """

    sent: int = 0
    put_off: int = 0
    ended: int = 0
    held: str = ""
    marked: dict[str, tuple[datetime, str]] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """The pass in a sentence."""
        said = f"Sent {self.sent} notices"
        if self.put_off:
            said += f", put off {self.put_off}"
        if self.ended:
            said += f", ended {self.ended} unsent"
        return f"{said}; {self.held} holds up the rest." if self.held else f"{said}."


@dataclass(frozen=True, slots=True)
class Case:
    """A row, whose it is, and what became of its request."""

    team_id: str
    owed: Owed
    hold: Hold
    sent: Sent


@dataclass(frozen=True, slots=True)
class Packed:
    """A row and the parcel it became."""

    team_id: str
    owed: Owed
    hold: Hold
    parcel: Parcel

    def case(self, sent: Sent) -> Case:
        """What became of it."""
        return Case(self.team_id, self.owed, self.hold, sent)

    def attempt(self, slot: datetime) -> Attempt:
        """What its row says while it is on its way at `slot`."""
        parcel = self.parcel
        return Attempt(
            leased_until=slot + LEASE,
            team_id=self.team_id,
            channel_id=parcel.channel_id,
            template=parcel.message.template,
            template_version=parcel.version,
            payload_hash=parcel.payload_hash,
        )


class Dispatch:
    """The way of parcels to Slack, for one worker."""

    def __init__(
        self, services: Services, courier: Courier, parcels: Parcels, wait: Callable[[float], object]
    ) -> None:
        """Send by `courier` and keep by `parcels` whom it showed pay; `wait` waits for so many seconds."""
        self._services = services
        self._courier = courier
        self._parcels = parcels
        self._wait = wait
        self._spacing = timedelta(minutes=1) / services.settings.sends_per_minute
        self.at_once = max(1, min(SENDERS, GATHERED // self._spacing))
        self._senders = ThreadPoolExecutor(self.at_once, thread_name_prefix="attain-send")

    def send(self, ready: Packed, *, at_once: bool = False) -> Sent | None:
        """What became of the request; None where it was too early for it, or the row is somebody else's by now.

        `at_once` waits its turn here, instead of leaving the row to a later round.
        """
        slot = self._begin(ready, at_once=at_once)
        if slot is None:
            return None
        self._wait_for(slot)
        return self._carry(ready.parcel)

    def start_together(self, packed: Sequence[Packed]) -> list[tuple[Packed, Future[Sent]]] | None:
        """The requests of those that are still ours, on their way; None where it is too early for all at once.

        No two of them may be for one channel.
        """
        now = self._services.clock.now()
        spacings = {lanes.channel(one.parcel.channel_id): PER_CHANNEL for one in packed}
        spacings[lanes.WORKSPACE] = self._spacing * len(packed)
        try:
            with self._services.db.write() as conn:
                slot = lanes.take(conn, packed[0].team_id, spacings, now) + self._spacing * (len(packed) - 1)
                if slot - now > PATIENCE:
                    raise TooEarlyError  # rolls back: nothing was taken
                attempts = {one.hold: one.attempt(slot) for one in packed}
                begun = deliveries.start_all(conn, attempts, now)
        except TooEarlyError:
            return None
        self._wait_for(slot)
        ours = [one for one in packed if one.hold.outbox_id in begun]
        return [(one, self._senders.submit(self._carry, one.parcel)) for one in ours]

    def settle_sent(self, arrived: Sequence[tuple[Packed, Sent]], done: Round) -> None:
        """Keep in one transaction what arrived; one by one where the store does not take them together."""
        if not arrived:
            return
        now = self._services.clock.now()
        rows = {ready.hold: (_place(sent), ready.parcel.error) for ready, sent in arrived}
        try:
            with self._services.db.write() as conn:
                deliveries.sent_all(conn, rows, now)
                self._parcels.disclose_all(conn, [(one.owed, one.parcel.payload_hash) for one, _ in arrived], now)
        except StoreError as error:
            _journal.error("outcomes not stored yet", error)
            for ready, sent in arrived:
                self.settle(ready.case(sent), ready.parcel, done)
            return
        done.sent += len(arrived)
        for ready, sent in arrived:
            self._tell(ready.case(sent), "sent")

    def settle(self, case: Case, parcel: Parcel | None, done: Round) -> None:
        """Keep what became of a row; a store that is busy is asked again, since Slack has the message by then."""
        for _ in range(SETTLE_TRIES - 1):
            try:
                self._note(case, parcel, done)
            except StoreError as error:
                _journal.error("outcome not stored yet", error)
            else:
                return
        self._note(case, parcel, done)

    def _carry(self, parcel: Parcel) -> Sent:
        return self._courier.send(parcel.method, parcel.where, parcel.message, parcel.notice_id)

    def _wait_for(self, slot: datetime) -> None:
        pause = (slot - self._services.clock.now()).total_seconds()
        if pause > 0:
            self._wait(pause)

    def _begin(self, ready: Packed, *, at_once: bool) -> datetime | None:
        """The moment at which the request may go out, once the row says that it does."""
        now, parcel, hold = self._services.clock.now(), ready.parcel, ready.hold
        spacings = {lanes.WORKSPACE: self._spacing, lanes.channel(parcel.channel_id): PER_CHANNEL}
        if parcel.method == slack.UPDATE:
            spacings[lanes.method(parcel.method)] = SPACING
        slot = now
        try:
            with self._services.db.write() as conn:
                slot = lanes.take(conn, ready.team_id, spacings, now)
                if slot - now > (LONGEST_TURN if at_once else PATIENCE):
                    raise TooEarlyError  # rolls back: nothing was taken
                return slot if deliveries.start(conn, hold, ready.attempt(slot), now) else None
        except TooEarlyError:
            with self._services.db.write() as conn:
                deliveries.let_go(conn, [hold.outbox_id], hold.holder, slot)
            return None

    def _note(self, case: Case, parcel: Parcel | None, done: Round) -> None:
        now, outcome = self._services.clock.now(), _outcome(case, parcel)
        with self._services.db.write() as conn:
            if outcome == "sent" and parcel is not None and case.sent.body is not None:
                deliveries.sent(conn, case.hold, _place(case.sent), now, parcel.error)
                self._parcels.disclose(conn, case.owed, parcel.payload_hash, now)
                done.sent += 1
            elif outcome == "retry" or outcome in PARKED:
                self._put_off(conn, case, parcel, done)
            elif outcome == "uncertain":
                deliveries.unsure(conn, case.hold, case.sent.code, now + LOOK_AFTER)
                done.put_off += 1
            elif outcome == "destination" or case.sent.code == NOT_LINKED:
                self._mark(conn, case, done)
            else:
                deliveries.dead(conn, case.hold, _reason(outcome, case.sent.code), case.sent.code, now)
                done.ended += 1
        self._tell(case, outcome)

    def hold(self, owed: Owed, hold: Hold, done: Round) -> None:
        """Leave a row for when its marked recipient is tried again; one that has waited long is given up."""
        now = self._services.clock.now()
        until, code = done.marked[owed.notice.to.key]
        with self._services.db.write() as conn:
            if now - owed.created_at < HELD_FOR:
                deliveries.hold(conn, [hold.outbox_id], hold.holder, until, code)
                done.put_off += 1
            else:
                deliveries.dead(conn, hold, _reason("destination", code), code, now)
                done.ended += 1

    def _mark(self, conn: Connection, case: Case, done: Round) -> None:
        """Nobody asks for the recipient for a while. The first notice ends, for ops to see; later ones wait."""
        now, code, to = self._services.clock.now(), case.sent.code, case.owed.notice.to
        recipients.mark(conn, case.team_id, to, now + MARKED_FOR, code)
        done.marked[to.key] = (now + MARKED_FOR, code)
        if case.owed.error == code and now - case.owed.created_at < HELD_FOR:
            deliveries.later(conn, case.hold, now + MARKED_FOR, code, free=True)
            done.put_off += 1
        else:
            deliveries.dead(conn, case.hold, _reason("destination", code), code, now)
            done.ended += 1

    def _put_off(self, conn: Connection, case: Case, parcel: Parcel | None, done: Round) -> None:
        """Pending again, and the lanes held up that Slack or its refusal closes."""
        now, code, outcome = self._services.clock.now(), case.sent.code, _outcome(case, parcel)
        until, free = self._again_at(case, parcel, now)
        held: tuple[str, ...] = ()
        if outcome in PARKED:
            until, free, held = now + PARKED[outcome], True, (lanes.TEAM, lanes.WORKSPACE)
        elif code == "ratelimited" and parcel is not None:
            held = _held_by(parcel.method)
        for lane in held:
            lanes.block(conn, case.team_id, lane, until, code)
        if lanes.WORKSPACE in held:
            done.held = code
        deliveries.later(conn, case.hold, until, code, free=free)
        done.put_off += 1

    def _again_at(self, case: Case, parcel: Parcel | None, now: datetime) -> tuple[datetime, bool]:
        """When to try again, and whether that costs no attempt: as Slack says, else later and later, with jitter."""
        if case.sent.pause:
            return now + timedelta(seconds=case.sent.pause), True
        grown = min(LONGEST_PAUSE_SECONDS, 2.0 ** min(case.owed.attempts + 1, 10))
        return now + timedelta(seconds=grown * random.uniform(0.5, 1.0)), parcel is None  # noqa: S311 (jitter)

    def _tell(self, case: Case, outcome: Outcome) -> None:
        """The log's line; alerts about these are made from the rows, by who looks after ops."""
        kind, notice_id, code = case.owed.notice.kind, case.owed.notice_id, case.sent.code
        if outcome in ("sent", "retry"):
            _journal.info(f"notice {outcome}", kind=kind, notice=notice_id, code=code)
        elif outcome in PARKED:
            _journal.error("workspace parked", code=code)
        else:
            _journal.warning(f"notice {outcome}", kind=kind, notice=notice_id, code=code)


def _outcome(case: Case, parcel: Parcel | None) -> Outcome:
    """What became of the row's request: an address may be asked for twice, and a message edited twice."""
    outcome = judged(case.sent)
    repeatable = parcel is None or parcel.method == slack.UPDATE
    return "retry" if repeatable and outcome == "uncertain" else outcome


def _held_by(method: str) -> tuple[str, ...]:
    """The lanes that a 429 of a method holds up: without posts there is nothing to do."""
    return (lanes.method(method), lanes.WORKSPACE) if method == slack.POST else (lanes.method(method),)


def _place(sent: Sent) -> Place:
    """Where Slack says that the message stands."""
    body = sent.body or {}
    return Place(str(body["channel"]), str(body["ts"]))


def _reason(outcome: Outcome, code: str) -> str:
    said = {NOT_LINKED: "not linked", NOT_EMPLOYED: "no longer with the company"}
    return said.get(code) or REASONS[outcome]
