"""Delivers what is owed: judged, claimed, worded, paced, sent once, and kept as what was said.

Any number of processes may deliver from one outbox; each row belongs to one of them at a time. Before a request goes
out the row says so, so that a worker which dies leaves at most a question (`bot.lookups` answers it), never a second
message. All waiting happens here: the client repeats nothing, and the pace is kept in the store for all workers.
"""

from __future__ import annotations

import uuid
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from threading import Event
from typing import TYPE_CHECKING

from bot.budget import gate
from bot.dispatch import LEASE, Case, Dispatch, Packed, Round
from bot.illustrations import Illustrations, without
from bot.log import Journal
from bot.lookups import Lookups
from bot.parcels import Parcels, reader_of
from bot.slack import courier as slack
from bot.slack.addresses import NOT_EMPLOYED, Addresses
from bot.slack.client import OpenClient
from bot.slack.courier import Courier
from bot.slack.outcomes import judged
from bot.slack.sending import Sent
from bot.warming import Warming
from messages import notices
from operations.context import Context
from store import deliveries, lanes, outbox, people, recipients
from store.deliveries import Hold
from store.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from concurrent.futures import Future

    from slack_sdk import WebClient

    from bot.parcels import Parcel
    from bot.wiring import Services
    from engine.people import Person
    from store.outbox import Owed

POLL_SECONDS = 2.0
#: Of what goes out several at a time so many times as many are claimed at once.
CLAIMED_GROUPS = 8
#: How long a token that was refused, or a Slack that cannot be reached, is left alone.
ASK_AGAIN = timedelta(seconds=30)
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
_journal = Journal("bot.delivery")


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
        self._gate = gate
        self._holder = uuid.uuid4().hex
        self._courier = Courier(client)
        self._addresses = Addresses(self._courier)
        self._parcels = Parcels(services)
        self._illustrations = Illustrations(client)
        self._dispatch = Dispatch(services, self._courier, self._parcels, wait or self._pause)
        self._claims = max(deliveries.CLAIM_AT_ONCE, CLAIMED_GROUPS * self._dispatch.at_once)
        self._lookups = Lookups(services, self._courier, self._holder, self._parcels.disclose)
        self._warming: Warming | None = None
        self._ask_again_at, self._refused = _LONG_AGO, ""

    def run(self, stop: Event) -> None:
        """Deliver until `stop` is set; what is on its way then ends first."""
        self._stop = stop
        while not stop.is_set():
            try:
                self.round()
                self._open_ahead()
            except Exception as error:  # noqa: BLE001 (the thread's last handler: without it nothing is sent any more)
                _journal.error("round failed", error)
            stop.wait(POLL_SECONDS)

    def warm(self) -> Delivery:
        """The same worker, which opens direct messages ahead from now on, one after each round of `run`."""
        self._warming = Warming(self._services, self._addresses)
        return self

    def _open_ahead(self) -> None:
        """One direct message opened, where it is time for that and nothing holds up the workspace."""
        if self._warming is None or not self._warming.is_due():
            return
        done = Round()
        team_id = self._team(done)
        if team_id and self._is_free(team_id, done):
            self._warming.step(team_id)
        else:
            self._warming.rest()

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
                claimed = deliveries.claim(conn, self._holder, now, LEASE, self._claims)
            if not claimed:
                break
            self._deliver_all(team_id, claimed, done)
        return done

    def _deliver_all(self, team_id: str, claimed: tuple[Owed, ...], done: Round) -> None:
        """Each of the claimed rows, or none of the rest once everything is held up."""
        rep_ids = {owed.notice.to.rep_id for owed in claimed} - {0}
        with self._services.db.read() as conn:
            known = _Known(team_id, people.by_ids(conn, rep_ids), lanes.direct_channels(conn, team_id, rep_ids))
            done.marked |= recipients.marked(conn, team_id, self._services.clock.now())
        groups = _grouped(claimed, known, self._dispatch.at_once)
        for place, group in enumerate(groups):
            if self._stop.is_set() or done.held:
                rest = [one.outbox_id for later in groups[place:] for one in later]
                with self._services.db.write() as conn:
                    deliveries.let_go(conn, rest, self._holder)
                return
            self._deliver(known, self._unmarked(group, done), done)

    def _unmarked(self, group: Sequence[Owed], done: Round) -> list[Owed]:
        """Those whose recipient takes messages, as far as is known; the others are held, or given up by their age."""
        marked = [owed for owed in group if owed.notice.to.key in done.marked]
        for owed in marked:
            self._dispatch.hold(owed, Hold(owed.outbox_id, self._holder), done)
        return [owed for owed in group if owed not in marked]

    def _deliver(self, known: _Known, group: Sequence[Owed], done: Round) -> None:
        """Some rows on their way, together or one by one: addressed, worded, sent, settled."""
        packed = []
        for owed in group:
            with self._guarding(owed, done):
                ready = self._packed(known, owed, done)
                packed += [ready] if ready is not None else []
        going = self._dispatch.start_together(packed) if len(packed) > 1 else None
        if going is not None:
            self._settle_together(going, done)
            return
        for ready in packed:
            with self._guarding(ready.owed, done):
                sent = self._dispatch.send(ready)
                if sent is None:
                    done.put_off += 1
                else:
                    self._finish(ready, sent, done)

    def _settle_together(self, going: Sequence[tuple[Packed, Future[Sent]]], done: Round) -> None:
        """What became of requests that went out at the same time: what arrived is kept first, and at once."""
        arrived: list[tuple[Packed, Sent]] = []
        others: list[tuple[Packed, Sent]] = []
        for ready, future in going:
            with self._guarding(ready.owed, done):
                sent = future.result()
                (arrived if sent.fate == "sent" else others).append((ready, sent))
        self._dispatch.settle_sent(arrived, done)
        for ready, sent in others:
            with self._guarding(ready.owed, done):
                self._finish(ready, sent, done)

    @contextmanager
    def _guarding(self, owed: Owed, done: Round) -> Iterator[None]:
        """One notice must not hold up all the others for ever: what fails unexpectedly ends it alone."""
        try:
            yield
        except StoreError:
            raise
        except Exception as error:  # noqa: BLE001 (the last handler of a notice, as said above)
            _journal.error("notice failed", error, kind=owed.notice.kind, notice=owed.notice_id)
            with self._services.db.write() as conn:
                hold = Hold(owed.outbox_id, self._holder)
                deliveries.abandon(conn, hold, type(error).__name__, self._services.clock.now())
            done.ended += 1

    def _packed(self, known: _Known, owed: Owed, done: Round) -> Packed | None:
        """The row ready to go; None where it is settled instead."""
        person = known.people.get(owed.notice.to.rep_id)
        ctx, hold = self._context(), Hold(owed.outbox_id, self._holder)
        address = self._address(ctx, known, owed)
        if address.body is None:
            self._dispatch.settle(Case(known.team_id, owed, hold, address), None, done)
            return None
        reader = reader_of(person, ctx.now)
        parcel = self._parcels.pack(ctx, owed, str(address.body["channel"]["id"]), reader)
        if isinstance(parcel, str):
            with ctx.db.write() as conn:
                if owed.notice.edits:
                    deliveries.pointless(conn, hold, parcel, ctx.now)
                else:
                    deliveries.dead(conn, hold, parcel, "unwordable", ctx.now)
            done.ended += 1
            return None
        return Packed(known.team_id, owed, hold, self._illustrations.added(parcel, owed, reader))

    def _address(self, ctx: Context, known: _Known, owed: Owed) -> Sent:
        """Where the notice goes, as `channel.id` of the body; refused where nobody is there."""
        rep_id = owed.notice.to.rep_id
        if not rep_id:
            return Sent("sent", body={"channel": {"id": owed.notice.to.channel}})
        person = known.people.get(rep_id)
        if person is None or not person.is_employed(ctx.as_of):
            return Sent("refused", NOT_EMPLOYED)
        if rep_id in known.channels:
            return Sent("sent", body={"channel": {"id": known.channels[rep_id]}})
        return self._addresses.direct(ctx, known.team_id, person)

    def _finish(self, ready: Packed, sent: Sent, done: Round) -> None:
        """Settle a row, once what Slack refused has been sent otherwise where that is possible."""
        while (other := _instead(ready.owed, ready.parcel, sent)) is not None:
            kind = ready.owed.notice.kind
            _journal.error("refused, sent otherwise", kind=kind, code=sent.code, method=other.method)
            ready = replace(ready, parcel=other)
            sent = self._dispatch.send(ready, at_once=True) or Sent("later", "paced", pause=1.0)
        self._dispatch.settle(ready.case(sent), ready.parcel, done)

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
            held = [code for _, lane, _, code in lanes.blocked(conn, now) if not lane.startswith(lanes.RECIPIENT)]
            done.held = held[0] if held else "the pace"
        return False

    def _pause(self, seconds: float) -> object:
        return self._stop.wait(seconds)

    def _context(self) -> Context:
        now = self._services.clock.now()
        return Context(self._services.db, now.date(), now)


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of everybody in a handful of rows."""

    team_id: str
    people: Mapping[int, Person]
    channels: Mapping[int, str]


def _grouped(claimed: Sequence[Owed], known: _Known, most: int) -> list[list[Owed]]:
    """The rows in their order, in groups of those that may go out at the same time."""
    groups: list[list[Owed]] = []
    room = 0
    for owed in claimed:
        alone = not _is_plain(owed, known)
        if alone or room == 0 or any(owed.notice.to == one.notice.to for one in groups[-1]):
            groups.append([])
            room = most
        groups[-1].append(owed)
        room = 0 if alone else room - 1
    return groups


def _is_plain(owed: Owed, known: _Known) -> bool:
    """Whether nothing has to be asked of Slack first, and nothing that is on its way matters for it."""
    notice = owed.notice
    return notice.to.rep_id in known.channels and not (
        notice.edits or notice.thread or notices.is_illustrated(notice.kind)
    )


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
    settings = services.settings
    return Delivery(
        services, OpenClient(settings.slack_bot_token.get_secret_value(), settings.slack_api_url), gate(settings)
    )


def let_all(ctx: Context) -> int:
    """A gate that lets everything through: for channels of tests and benchmarks, where nobody is disturbed."""
    with ctx.db.write() as conn:
        waiting = outbox.unjudged(conn, ctx.now)
        outbox.clear(conn, [one.outbox_id for one in waiting], outbox.ALWAYS)
    return len(waiting)
