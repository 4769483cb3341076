"""Makes a notice ready to go: worded for its reader as of now, checked, and aimed at a message or a thread."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.log import Journal
from bot.slack import courier as slack
from bot.slack.turn import payload_hash
from messages import notices
from messages.errors import NotWordableError
from messages.reader import Reader
from messages.validate import validate
from store import disclosures, outbox
from store.disclosures import Disclosure

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from bot.wiring import Services
    from engine.people import Person
    from messages.reply import Message
    from operations.context import Context
    from store.database import Connection
    from store.outbox import Owed

NOTHING_TO_EDIT = "there is no message to correct"
_journal = Journal("bot.parcels")


@dataclass(frozen=True, slots=True)
class Parcel:
    """One request: which method, which channel (and thread or message), and the message. `error` marks plain text."""

    notice_id: str
    method: str
    where: Mapping[str, str]
    message: Message
    version: str
    payload_hash: str
    error: str = ""

    @property
    def channel_id(self) -> str:
        """The channel or direct message."""
        return self.where["channel"]

    def as_text(self, error: str) -> Parcel:
        """The same without blocks, once Slack dislikes them."""
        plain = replace(self.message, blocks=[])
        return replace(self, message=plain, payload_hash=payload_hash(plain.text, []), error=error)

    def as_new(self) -> Parcel:
        """The same as a message of its own, once the one it edits cannot be edited."""
        return replace(self, method=slack.POST, where={"channel": self.channel_id})


@dataclass(frozen=True, slots=True)
class Parcels:
    """Packs notices, and keeps whom they showed pay."""

    services: Services

    def pack(self, ctx: Context, owed: Owed, channel_id: str, reader: Reader) -> Parcel | str:
        """The notice ready to go, or why it cannot."""
        aim = self._aim(ctx, owed, channel_id)
        if aim is None:
            return NOTHING_TO_EDIT
        notice = owed.notice
        try:
            message = notices.worded(notice.kind, notice.data, reader, owed.notice_id, is_resend=owed.is_resend)
        except NotWordableError as error:
            _journal.error("notice cannot be worded", error, kind=notice.kind, notice=owed.notice_id)
            return "it could not be worded"
        hashed = payload_hash(message.text, message.blocks)
        parcel = Parcel(owed.notice_id, aim[0], aim[1], message, notices.version(notice.kind), hashed)
        wrong = validate({"text": message.text, "blocks": message.blocks}, "message")
        if not wrong:
            return parcel
        _journal.error(
            "notice breaks Slack's limits, sent as text", kind=notice.kind, first=wrong[0].partition(":")[0]
        )
        return parcel.as_text("invalid_blocks")

    def disclose(self, conn: Connection, owed: Owed, hashed: str, now: datetime) -> None:
        """Whose pay a person was shown by a notice, or may have been."""
        self.disclose_all(conn, [(owed, hashed)], now)

    def disclose_all(self, conn: Connection, shown: Iterable[tuple[Owed, str]], now: datetime) -> None:
        """Whose pay people were shown by notices, each with the digest of what was sent."""
        disclosures.record_all(conn, [each for owed, hashed in shown for each in _shown(owed, hashed, now)])

    def _aim(self, ctx: Context, owed: Owed, channel_id: str) -> tuple[str, Mapping[str, str]] | None:
        """The method and where to; None for a correction of a message that nobody has."""
        notice = owed.notice
        if not (notice.edits or notice.thread):
            return slack.POST, {"channel": channel_id}
        with ctx.db.read() as conn:
            old = outbox.message_of(conn, notice.edits, notice.to) if notice.edits else None
            above = outbox.message_of(conn, notice.thread, notice.to) if notice.thread else None
            if above is not None and outbox.failed_edits(conn, notice.thread):
                above = None  # what could not be edited is corrected by a message of its own
        if old is not None:
            return slack.UPDATE, {"channel": old.channel_id, "ts": old.ts}
        if notice.edits and notice.to.rep_id:
            return None
        if above is not None:
            return slack.POST, {"channel": above.channel_id, "thread_ts": above.ts}
        return slack.POST, {"channel": channel_id}


def _shown(owed: Owed, hashed: str, now: datetime) -> Iterator[Disclosure]:
    """The showings of one notice; none for a channel, where no pay is said."""
    viewer = owed.notice.to.rep_id
    if not viewer:
        return
    subjects = owed.notice.data.get("subjects") or ([viewer] if owed.notice.receipt_ids else ())
    for subject in subjects:
        for receipt_id in owed.notice.receipt_ids or ("",):
            yield Disclosure(viewer, int(subject), owed.notice.kind, receipt_id, "dm", hashed, now)


def reader_of(person: Person | None, now: datetime) -> Reader:
    """Whom a notice is worded for; nobody in particular for a channel."""
    if person is None:
        return Reader(now=now)
    return Reader(person.locale, person.timezone, now, person.rep_id, person.email)
