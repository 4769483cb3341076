"""What goes from Slack to the app, what came back, and the record the inspector shows."""

from __future__ import annotations

import uuid
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from typing import Any, Literal

JSON = dict[str, Any]
EnvelopeKind = Literal["events_api", "slash_commands", "interactive"]
REMEMBERED = 1000
RELATED = timedelta(minutes=2)


@dataclass(frozen=True)
class Envelope:
    """One payload on its way to the app. Retries keep `id` and payload and raise `attempt`."""

    kind: EnvelopeKind
    payload: JSON
    user: str = ""
    channel: str = ""
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    attempt: int = 0
    reason: str = ""


@dataclass(frozen=True)
class Ack:
    """How the app answered. `reason` says why there was no acknowledgement, in the words of Slack's retry header."""

    ok: bool
    body: JSON | str | None = None
    reason: str = ""
    no_retry: bool = False


@dataclass(frozen=True)
class Attempt:
    """One delivery: when, over what, how it was answered and how long that took."""

    number: int
    at: datetime
    transport: str
    ack: Ack
    ack_ms: int


@dataclass
class Record:
    """An envelope with all its deliveries."""

    envelope: Envelope
    attempts: list[Attempt] = field(default_factory=list)


class Records:
    """The last envelopes, by id."""

    def __init__(self) -> None:
        """Start empty."""
        self._lock = Lock()
        self._records: OrderedDict[str, Record] = OrderedDict()

    def open(self, envelope: Envelope) -> Record:
        """The record of this envelope, made on its first delivery."""
        with self._lock:
            record = self._records.setdefault(envelope.id, Record(envelope))
            while len(self._records) > REMEMBERED:
                self._records.popitem(last=False)
            return record

    def find(self, envelope_id: str) -> Record | None:
        """The record with this envelope id, or None."""
        with self._lock:
            return self._records.get(envelope_id)

    def all(self) -> list[Record]:
        """Every record, oldest first."""
        with self._lock:
            return list(self._records.values())

    def cause_of(self, now: datetime, *, channel: str = "", user: str = "") -> str:
        """The envelope most likely behind a call that names none: the latest of this channel, else of this user."""
        recent = [record for record in reversed(self.all()) if _is_recent(record, now)]
        for record in recent:
            if channel and record.envelope.channel == channel:
                return record.envelope.id
        for record in recent:
            if user and record.envelope.user == user:
                return record.envelope.id
        return ""


def _is_recent(record: Record, now: datetime) -> bool:
    return not record.attempts or now - record.attempts[-1].at < RELATED
