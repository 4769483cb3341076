"""One request being answered: who asks, on which day, about whom, and what was shown to them."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bot.clock import today
from bot.errors import NotPermittedError
from bot.slack.voice import OpenModal
from engine.access import can
from messages.modals import modal
from messages.reader import Reader
from messages.render import render
from messages.reply import Reply
from operations.context import Context
from store import people
from store.disclosures import Disclosure

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

    from bot.slack.forms import Private
    from bot.slack.identity import Directory
    from bot.slack.inbound import Inbound
    from bot.slack.seat import Seat
    from bot.slack.voice import Voice
    from bot.wiring import Services
    from engine.people import Person
    from messages.reply import Message, View, Visibility


@dataclass(frozen=True, slots=True)
class Turn:
    """What a handler is given. It asks one operation and calls `say`; everything else is decided here."""

    services: Services
    voice: Voice
    directory: Directory
    inbound: Inbound
    person: Person
    seat: Seat
    shown: list[Disclosure] = field(default_factory=list)

    @property
    def as_of(self) -> date:
        """Today where the reader is."""
        return today(self.services.clock, self.person.timezone)

    @property
    def context(self) -> Context:
        """What operations are given."""
        return Context(self.services.db, self.as_of, self.services.clock.now(), self.person)

    @property
    def reader(self) -> Reader:
        """Whom messages are worded for."""
        return Reader(
            self.person.locale,
            self.person.timezone,
            self.services.clock.now(),
            self.person.rep_id,
            self.person.email,
        )

    def permitted(self, action: str, subject: Person | None) -> Person:
        """`subject`, if the reader may do `action` to them today.

        Raises:
            NotPermittedError: they may not, or there is no such person: the two read alike.
        """
        if subject is None:
            raise NotPermittedError
        if can(self.person, action, subject, ()):
            return subject  # who stands above them changes nothing: most ask about themselves
        with self.services.db.read() as conn:
            chain = people.chain(conn, subject.rep_id, self.as_of)
        if not can(self.person, action, subject, chain):
            raise NotPermittedError
        return subject

    def person_with(self, rep_id: int) -> Person | None:
        """The person with that id, None where there is none."""
        with self.services.db.read() as conn:
            return people.by_id(conn, rep_id)

    def say(self, template: str, view: View, subject: Person | None = None) -> None:
        """Word an answer, send it where it was asked for, and remember whose pay was shown to whom."""
        message = render(Reply(template, view, self._visibility()))
        self.seat.leave()  # hardly anything is calculated after it: a thread that waited to come back would be missed
        surface = self.voice.answer(self.inbound, message)
        self._remember(message, surface, subject)

    def open_modal(
        self, template: str, view: View, private: Private | None = None, about: Collection[int] = ()
    ) -> OpenModal:
        """Open the modal of that template; over the one that was pressed in, where it was pressed in one.

        A modal that takes long to work out is opened as `working` first and updated: Slack lets it open for three
        seconds. `about` are those whose pay it shows, which is kept on record.

        Raises:
            TooLateToOpenError: Slack does not let it open any more.
        """
        made = modal(template, view)
        with self.seat.left():
            opened = self.voice.open_modal(self.inbound, made.payload(_carried(private)))
        at, digest = self.services.clock.now(), payload_hash("", made.payload().get("blocks", []))
        self.shown.extend(
            Disclosure(self.person.rep_id, rep_id, template, "", "modal", digest, at) for rep_id in sorted(about)
        )
        return opened

    def update_modal(
        self, template: str, view: View, private: Private | None = None, opened: OpenModal | None = None
    ) -> bool:
        """Show that template in `opened`, or in the modal that was pressed in; False where it has moved on.

        What was worked out for a state of a form that is no more is dropped: whatever changed it has its own answer.
        """
        where = opened or OpenModal(self.inbound.view_id, self.inbound.view_hash)
        payload = modal(template, view).payload(_carried(private))
        with self.seat.left():
            return self.voice.update_modal(where, payload)

    def show_home(self, view: View, subject: Person | None) -> None:
        """Publish the reader's Home tab, and remember what it shows."""
        message = render(Reply("home", view, "home"))
        with self.seat.left():
            surface = self.voice.publish_home(self.inbound.user_id, message)
        self._remember(message, surface, subject)

    def _visibility(self) -> Visibility:
        return "dm" if self.inbound.surface == "im" and self.inbound.kind != "command" else "ephemeral"

    def _remember(self, message: Message, surface: str, subject: Person | None) -> None:
        if subject is None:
            return
        at, digest = self.services.clock.now(), payload_hash(message.text, message.blocks)
        self.shown.extend(
            Disclosure(self.person.rep_id, subject.rep_id, message.template, receipt_id, surface, digest, at)
            for receipt_id in message.receipt_ids or ("",)
        )


def _carried(private: Private | None) -> str:
    return private.model_dump_json() if private is not None else ""


def payload_hash(text: str, blocks: list[dict[str, Any]]) -> str:
    """SHA-256 over the canonical JSON of what was sent, by which a message on the screen finds its disclosure."""
    spelled = json.dumps({"text": text, "blocks": blocks}, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(spelled.encode()).hexdigest()
