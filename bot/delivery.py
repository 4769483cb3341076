"""Delivers what is owed: judged, claimed, worded, paced, sent once, and kept as what was said.

Any number of processes may deliver from one outbox; each row belongs to one of them at a time. Before a request goes
out the row says so, so that a worker which dies leaves at most a question (`bot.lookups` answers it), never a second
message. All waiting happens here: the client repeats nothing, and the pace is kept in the store for all workers.
"""

from __future__ import annotations

import random
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Event
from typing import TYPE_CHECKING

from bot.budget import gate
from bot.errors import TooEarlyError
from bot.illustrations import Illustrations, without
from bot.log import Journal
from bot.lookups import LOOK_AFTER, Lookups
from bot.parcels import Parcel, Parcels, reader_of
from bot.slack import courier as slack
from bot.slack.addresses import NOT_LINKED, SPACING, Addresses
from bot.slack.courier import Courier
from bot.slack.outcomes import REASONS, judged
from bot.slack.sending import Sent
from operations.context import Context
from store import deliveries, lanes, outbox, people
from store.deliveries import Attempt, Hold, Place
from store.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from slack_sdk import WebClient

    from bot.slack.outcomes import Outcome
    from bot.wiring import Services
    from engine.people import Person
    from store.database import Connection
    from store.outbox import Owed

#: Longer than a request and the wait before it may take.
LEASE = timedelta(seconds=45)
POLL_SECONDS = 2.0
#: So long a worker waits for its turn; where that comes later it looks what else there is to do.
PATIENCE = timedelta(milliseconds=900)
LONGEST_TURN = timedelta(seconds=10)
PER_CHANNEL = timedelta(seconds=1)
#: How long a workspace is left alone whose token was refused, and one whose plan allows no more messages.
PARKED = {"credential": timedelta(minutes=10), "plan": timedelta(hours=1)}
LONGEST_PAUSE_SECONDS = 300.0
SETTLE_TRIES = 3
#: How long a token that was refused, or a Slack that cannot be reached, is left alone.
ASK_AGAIN = timedelta(seconds=30)
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
_journal = Journal("bot.delivery")


@dataclass(slots=True)
class Round:
    """What one pass did: notices sent, put off, and ended without being sent; `held` says what holds all up."""

    sent: int = 0
    put_off: int = 0
    ended: int = 0
    held: str = ""

    @property
    def sentence(self) -> str:
        """The pass in a sentence."""
        said = f"Sent {self.sent} notices"
        if self.put_off:
            said += f", put off {self.put_off}"
        if self.ended:
            said += f", ended {self.ended} unsent"
        return f"{said}; {self.held} holds up the rest." if self.held else f"{said}."


class Delivery:
    """One worker on the outbox."""

    def __init__(
        self,
        services: Services,
        client: WebClient,
        gate: Callable[[Context], object],
        wait: Callable[[float], object] | None = None,
    ) -> None:
        """Deliver for the workspace of the client's token.

        Args:
            services: Store, clock and settings.
            client: How to reach Slack; its retry handlers are taken away.
            gate: Judges what is pending and clears what may go out.
            wait: Waits for so many seconds; until a stop where none is given.
        """
        self._services = services
        self._stop = Event()
        self._wait = wait or self._stop.wait
        self._gate = gate
        self._holder = uuid.uuid4().hex
        self._courier = Courier(client)
        self._addresses = Addresses(self._courier)
        self._parcels = Parcels(services)
        self._illustrations = Illustrations(client)
        self._lookups = Lookups(services, self._courier, self._holder, self._parcels.disclose)
        self._ask_again_at, self._refused = _LONG_AGO, ""
        self._spacing = timedelta(minutes=1) / services.settings.sends_per_minute

    def run(self, stop: Event) -> None:
        """Deliver until `stop` is set; what is on its way then ends first."""
        self._stop = stop
        while not stop.is_set():
            try:
                self.round()
            except Exception as error:  # noqa: BLE001 (the thread's last handler: without it nothing is sent any more)
                _journal.error("round failed", error)
            stop.wait(POLL_SECONDS)

    def round(self) -> Round:
        """Everything that may go out now, gone out; what is too early stays for the next round."""
        done, ctx = Round(), self._context()
        with ctx.db.read() as conn:
            if not deliveries.has_open(conn):
                return done
        team_id = self._team(done)
        if not team_id:
            return done
        with ctx.db.write() as conn:
            done.ended += deliveries.expire(conn, ctx.now)
            deliveries.recover(conn, ctx.now)
        self._gate(ctx)
        self._lookups.resolve(team_id)
        while not self._stop.is_set() and self._is_free(team_id, done):
            now = self._services.clock.now()
            with ctx.db.write() as conn:
                claimed = deliveries.claim(conn, self._holder, now, LEASE)
            if not claimed:
                break
            self._deliver_all(team_id, claimed, done)
        return done

    def _deliver_all(self, team_id: str, claimed: tuple[Owed, ...], done: Round) -> None:
        """Each of the claimed rows, or none of the rest once everything is held up."""
        rep_ids = {owed.notice.to.rep_id for owed in claimed} - {0}
        with self._services.db.read() as conn:
            known = _Known(team_id, people.by_ids(conn, rep_ids), lanes.direct_channels(conn, team_id, rep_ids))
        for place, owed in enumerate(claimed):
            if self._stop.is_set() or done.held:
                rest = [one.outbox_id for one in claimed[place:]]
                with self._services.db.write() as conn:
                    deliveries.let_go(conn, rest, self._holder)
                return
            try:
                self._deliver(known, owed, done)
            except StoreError:
                raise
            except Exception as error:  # noqa: BLE001 (one notice must not hold up all the others for ever)
                _journal.error("notice failed", error, kind=owed.notice.kind, notice=owed.notice_id)
                with self._services.db.write() as conn:
                    hold = Hold(owed.outbox_id, self._holder)
                    deliveries.abandon(conn, hold, type(error).__name__, self._services.clock.now())
                done.ended += 1

    def _deliver(self, known: _Known, owed: Owed, done: Round) -> None:
        """One row on its way: addressed, worded, sent, settled."""
        team_id, person = known.team_id, known.people.get(owed.notice.to.rep_id)
        ctx, hold = self._context(), Hold(owed.outbox_id, self._holder)
        address = self._address(ctx, known, owed)
        if address.body is None:
            self._settle(_Settling(team_id, owed, hold, address), None, done)
            return
        reader = reader_of(person, ctx.now)
        parcel = self._parcels.pack(ctx, owed, str(address.body["channel"]["id"]), reader)
        if isinstance(parcel, str):
            with ctx.db.write() as conn:
                if owed.notice.edits:
                    deliveries.pointless(conn, hold, parcel, ctx.now)
                else:
                    deliveries.dead(conn, hold, parcel, "unwordable", ctx.now)
            done.ended += 1
            return
        parcel = self._illustrations.added(parcel, owed, reader)
        sent = self._send(team_id, hold, parcel)
        if sent is None:
            done.put_off += 1
            return
        while (other := _instead(owed, parcel, sent)) is not None:
            _journal.error("refused, sent otherwise", kind=owed.notice.kind, code=sent.code, method=other.method)
            parcel = other
            sent = self._send(team_id, hold, parcel, at_once=True) or Sent("later", "paced", pause=1.0)
        self._settle(_Settling(team_id, owed, hold, sent), parcel, done)

    def _address(self, ctx: Context, known: _Known, owed: Owed) -> Sent:
        """Where the notice goes, as `channel.id` of the body; refused where nobody is there."""
        rep_id = owed.notice.to.rep_id
        if not rep_id:
            return Sent("sent", body={"channel": {"id": owed.notice.to.channel}})
        person = known.people.get(rep_id)
        if person is None or not person.is_employed(ctx.as_of):
            return Sent("refused", NOT_LINKED)
        if rep_id in known.channels:
            return Sent("sent", body={"channel": {"id": known.channels[rep_id]}})
        return self._addresses.direct(ctx, known.team_id, person)

    def _send(self, team_id: str, hold: Hold, parcel: Parcel, *, at_once: bool = False) -> Sent | None:
        """What became of the request; None where it was too early for it, or the row is somebody else's by now.

        `at_once` waits its turn here, instead of leaving the row to a later round.
        """
        slot = self._begin(team_id, hold, parcel, at_once=at_once)
        if slot is None:
            return None
        pause = (slot - self._services.clock.now()).total_seconds()
        if pause > 0:
            self._wait(pause)
        return self._courier.send(parcel.method, parcel.where, parcel.message, parcel.notice_id)

    def _begin(self, team_id: str, hold: Hold, parcel: Parcel, *, at_once: bool) -> datetime | None:
        """The moment at which the request may go out, once the row says that it does."""
        now = self._services.clock.now()
        spacings = {lanes.WORKSPACE: self._spacing, lanes.channel(parcel.channel_id): PER_CHANNEL}
        if parcel.method == slack.UPDATE:
            spacings[lanes.method(parcel.method)] = SPACING
        slot = now
        try:
            with self._services.db.write() as conn:
                slot = lanes.take(conn, team_id, spacings, now)
                if slot - now > (LONGEST_TURN if at_once else PATIENCE):
                    raise TooEarlyError  # rolls back: nothing was taken
                attempt = Attempt(
                    leased_until=slot + LEASE,
                    team_id=team_id,
                    channel_id=parcel.channel_id,
                    template=parcel.message.template,
                    template_version=parcel.version,
                    payload_hash=parcel.payload_hash,
                )
                return slot if deliveries.start(conn, hold, attempt, now) else None
        except TooEarlyError:
            with self._services.db.write() as conn:
                deliveries.let_go(conn, [hold.outbox_id], hold.holder, slot)
            return None

    def _settle(self, case: _Settling, parcel: Parcel | None, done: Round) -> None:
        """Keep what became of a row; a store that is busy is asked again, since Slack has the message by then."""
        for _ in range(SETTLE_TRIES - 1):
            try:
                self._note(case, parcel, done)
            except StoreError as error:
                _journal.error("outcome not stored yet", error)
            else:
                return
        self._note(case, parcel, done)

    def _note(self, case: _Settling, parcel: Parcel | None, done: Round) -> None:
        now, outcome = self._services.clock.now(), _outcome(case, parcel)
        with self._services.db.write() as conn:
            if outcome == "sent" and parcel is not None and case.sent.body is not None:
                at = Place(str(case.sent.body["channel"]), str(case.sent.body["ts"]))
                deliveries.sent(conn, case.hold, at, now, parcel.error)
                self._parcels.disclose(conn, case.owed, parcel.payload_hash, now)
                done.sent += 1
            elif outcome == "retry" or outcome in PARKED:
                self._put_off(conn, case, parcel, done)
            elif outcome == "uncertain":
                deliveries.unsure(conn, case.hold, case.sent.code, now + LOOK_AFTER)
                done.put_off += 1
            else:
                deliveries.dead(conn, case.hold, _reason(outcome, case.sent.code), case.sent.code, now)
                done.ended += 1
        self._tell(case, outcome)

    def _put_off(self, conn: Connection, case: _Settling, parcel: Parcel | None, done: Round) -> None:
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

    def _again_at(self, case: _Settling, parcel: Parcel | None, now: datetime) -> tuple[datetime, bool]:
        """When to try again, and whether that costs no attempt: as Slack says, else later and later, with jitter."""
        if case.sent.pause:
            return now + timedelta(seconds=case.sent.pause), True
        grown = min(LONGEST_PAUSE_SECONDS, 2.0 ** min(case.owed.attempts + 1, 10))
        return now + timedelta(seconds=grown * random.uniform(0.5, 1.0)), parcel is None  # noqa: S311 (jitter)

    def _tell(self, case: _Settling, outcome: Outcome) -> None:
        """The log's line; alerts about these are made from the rows, by who looks after ops."""
        kind, notice_id, code = case.owed.notice.kind, case.owed.notice_id, case.sent.code
        if outcome in ("sent", "retry"):
            _journal.info(f"notice {outcome}", kind=kind, notice=notice_id, code=code)
        elif outcome in PARKED:
            _journal.error("workspace parked", code=code)
        else:
            _journal.warning(f"notice {outcome}", kind=kind, notice=notice_id, code=code)

    def _team(self, done: Round) -> str:
        """The workspace we deliver to; "" where the token is refused or Slack cannot be reached."""
        now = self._services.clock.now()
        if now < self._ask_again_at:
            done.held = self._refused
            return ""
        found = self._courier.team()
        if found.body is not None:
            return str(found.body["team_id"])
        self._ask_again_at, self._refused = now + ASK_AGAIN, found.code
        done.held = found.code
        _journal.error("no workspace to deliver to", code=found.code)
        return ""

    def _is_free(self, team_id: str, done: Round) -> bool:
        """Whether the workspace may be written to now; else `done` says what holds it up."""
        now = self._services.clock.now()
        with self._services.db.read() as conn:
            if lanes.free_at(conn, team_id, (lanes.TEAM, lanes.method(slack.POST)), now) <= now:
                return True
            done.held = next((reason for _, _, _, reason in lanes.blocked(conn, now)), "the pace")
        return False

    def _context(self) -> Context:
        now = self._services.clock.now()
        return Context(self._services.db, now.date(), now)


@dataclass(frozen=True, slots=True)
class _Settling:
    """A row, whose it is, and what became of its request."""

    team_id: str
    owed: Owed
    hold: Hold
    sent: Sent


def _outcome(case: _Settling, parcel: Parcel | None) -> Outcome:
    """What became of the row's request: an address may be asked for twice, and a message edited twice."""
    outcome = judged(case.sent)
    repeatable = parcel is None or parcel.method == slack.UPDATE
    return "retry" if repeatable and outcome == "uncertain" else outcome


def _held_by(method: str) -> tuple[str, ...]:
    """The lanes that a 429 of a method holds up: without posts there is nothing to do."""
    return (lanes.method(method), lanes.WORKSPACE) if method == slack.POST else (lanes.method(method),)


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of everybody in a handful of rows."""

    team_id: str
    people: Mapping[int, Person]
    channels: Mapping[int, str]


def _instead(owed: Owed, parcel: Parcel, sent: Sent) -> Parcel | None:
    """What is sent in place of what Slack refused: no picture, then plain text; a new message for a board's edit."""
    outcome = judged(sent)
    if outcome == "blocks" and parcel.message.blocks:
        return without(parcel) or parcel.as_text(sent.code)
    if outcome == "uneditable" and parcel.method == slack.UPDATE and not owed.notice.to.rep_id:
        return parcel.as_new()
    return None


def delivering(services: Services) -> Delivery:
    """A worker for the workspace of the settings, behind the attention budget."""
    from bot.slack.app import make_client  # Bolt is not needed to deliver, and slow to import

    return Delivery(services, make_client(services.settings), gate(services.settings))


def let_all(ctx: Context) -> int:
    """A gate that lets everything through: for channels of tests and benchmarks, where nobody is disturbed."""
    with ctx.db.write() as conn:
        waiting = outbox.unjudged(conn, ctx.now)
        outbox.clear(conn, [one.outbox_id for one in waiting], outbox.ALWAYS)
    return len(waiting)


def _reason(outcome: Outcome, code: str) -> str:
    return "not linked" if code == NOT_LINKED else REASONS[outcome]
