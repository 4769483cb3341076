"""Where requests are answered: each one once, off Slack's clock, and never silently lost.

A request is in the inbox before it is acknowledged. The desk answers it on the work pool and closes the row together
with the record of what was shown. A row that a dead process left open, or whose answer Slack does not accept for now,
is taken up by whoever sweeps next, a few times.
"""

from __future__ import annotations

from datetime import timedelta
from threading import BoundedSemaphore, Lock, Thread
from typing import TYPE_CHECKING, Any

from bot.errors import NotDeliveredError
from bot.log import Journal
from bot.slack import failures, routes
from bot.slack.inbound import Inbound
from bot.slack.seat import Seat
from bot.slack.turn import Turn
from messages import limits, views
from messages.actions import base
from messages.fields import option_object
from messages.render import render
from messages.reply import Reply
from store import disclosures, inbox
from store.errors import StoreError

if TYPE_CHECKING:
    from bot.slack.identity import Directory
    from bot.slack.voice import Voice
    from bot.wiring import Services
    from messages.reply import View
    from store.database import Connection
    from store.disclosures import Disclosure

LEASE = timedelta(seconds=60)
SWEEP_SECONDS = 10.0
#: Answers that are calculated at once, by database. With SQLite two would only pass one interpreter lock to and fro,
#: and each takes its share from the threads that acknowledge; who waits for a server takes none.
THINKING = {"sqlite": 1, "postgresql": 4}
_journal = Journal("bot.slack.desk")


class Desk:
    """Takes requests that are in the inbox and has each of them answered."""

    def __init__(self, services: Services, voice: Voice, directory: Directory) -> None:
        """Answer through `voice`, to whomever `directory` knows."""
        self.services = services
        self.voice = voice
        self.directory = directory
        self._lock = Lock()
        self._busy: set[str] = set()
        self._thinking = BoundedSemaphore(THINKING[services.db.dialect])

    def record(self, inbound: Inbound) -> bool:
        """Put a request into the inbox; False when it is there already.

        Raises:
            StoreError: it could not be recorded, and must not be acknowledged as if it were.
        """
        payload, now = inbound.model_dump_json(), self.services.clock.now()
        return self.services.db.join(lambda conn: inbox.put(conn, inbound.key, inbound.kind, payload, now))

    def take(self, inbound: Inbound, attempt: int = 1) -> bool:
        """Queue a recorded request; False, and the row closed, when there is too much to do."""
        with self._lock:
            if inbound.key in self._busy:
                return True
            self._busy.add(inbound.key)
        if self.services.pool.hand_on(lambda: self.work(inbound, attempt)):
            return True
        self._close(inbound, "busy", [])
        return False

    def work(self, inbound: Inbound, attempt: int = 1) -> None:
        """Answer one request and close its row, whatever happens; a row that is put off stays open for the sweep."""
        shown: list[Disclosure] = []
        outcome = "answered"
        try:
            outcome = self._answer(inbound, shown)
        except Exception as error:  # noqa: BLE001 - the one place where a failed answer becomes a sentence
            outcome = failures.tell(self.voice, inbound, error)
        finally:
            # A part that is on the screen already must not appear there twice.
            if outcome == failures.PUT_OFF and (shown or attempt >= inbox.MOST_ATTEMPTS):
                outcome = failures.UNDELIVERED
            if outcome == failures.PUT_OFF:
                self._put_off(inbound, attempt)
            else:
                self._close(inbound, outcome, shown)

    def resume(self) -> int:
        """Take up what another process left open; returns how many requests."""
        now = self.services.clock.now()
        with self.services.db.write() as conn:
            rows = inbox.claim(conn, now, LEASE)
        for row in rows:
            self.take(Inbound.model_validate_json(row.payload), row.attempts)
        if rows:
            _journal.warning("took up requests that were left open", count=len(rows))
        return len(rows)

    def suggest(self, inbound: Inbound) -> list[dict[str, Any]]:
        """The options of a menu for what was typed into it; none where nobody offers any, or offering fails.

        Slack waits for them, so that they come on its clock: what offers them reads a few rows at most.
        """
        offer = routes.OPTIONS.get(base(inbound.name))
        try:
            person = self.directory.who(inbound) if offer else None
            if offer is None or person is None:
                return []
            turn = Turn(self.services, self.voice, self.directory, inbound, person, Seat(self._thinking))
            return [option_object(option) for option in offer(turn, inbound.text)[: limits.SELECT_OPTIONS]]
        except Exception as error:  # noqa: BLE001 - an empty menu is all that can be said here
            _journal.error("no options", error, action=inbound.name)
            return []

    def sweep(self) -> None:
        """Look for requests left open, now and every few seconds until the pool closes."""
        Thread(target=self._sweep, name="attain-sweep", daemon=True).start()

    def _sweep(self) -> None:
        while not self.services.pool.closed.wait(SWEEP_SECONDS):
            try:
                self.resume()
            except StoreError as error:
                _journal.warning("inbox could not be swept", reason=type(error).__name__)

    def _answer(self, inbound: Inbound, shown: list[Disclosure]) -> str:
        if inbound.kind == "user_change":
            self.directory.look_again(inbound.team_id, inbound.user_id)
            return "looked again"
        person = self.directory.who(inbound)
        if person is None:
            return self._not_linked(inbound)
        with Seat(self._thinking) as seat:
            routes.answer(Turn(self.services, self.voice, self.directory, inbound, person, seat, shown))
        return "answered"

    def _not_linked(self, inbound: Inbound) -> str:
        message = render(Reply("not_linked", views.not_linked()))
        if inbound.kind == "home":
            self.voice.publish_home(inbound.user_id, message)
        else:
            self.voice.answer(inbound, message)
        return "not linked"

    def _put_off(self, inbound: Inbound, attempt: int) -> None:
        """Leave the row as it is: once its lease is over, the sweep takes it up again."""
        with self._lock:
            self._busy.discard(inbound.key)
        _journal.warning("Slack does not accept the answer, put off", key=inbound.key, attempt=attempt)

    def _close(self, inbound: Inbound, outcome: str, shown: list[Disclosure]) -> None:
        """Close the row and keep what was shown, in one transaction."""
        now = self.services.clock.now()

        def end(conn: Connection) -> None:
            for disclosure in shown:
                disclosures.record(conn, disclosure)
            inbox.done(conn, inbound.key, now, outcome)

        try:
            self.services.db.join(end)
        except StoreError as error:
            _journal.error("row could not be closed", error, key=inbound.key, outcome=outcome)
        finally:
            with self._lock:
                self._busy.discard(inbound.key)
        _journal.info(outcome, key=inbound.key, kind=inbound.kind, name=inbound.name, shown=len(shown))


def whisper(voice: Voice, inbound: Inbound, template: str, view: View) -> None:
    """Tell somebody something without figures; a failure to do so is a log line."""
    try:
        voice.answer(inbound, render(Reply(template, view)))
    except NotDeliveredError as error:
        _journal.warning("could not be told", key=inbound.key, template=template, code=error.code)
