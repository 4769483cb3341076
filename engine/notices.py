"""What the bot owes somebody unprompted, as data: whom it is for, what it says, and until when it is worth saying.

Operations write notices into the outbox in the transaction of the fact that caused them; `engine.attention` decides
when one may go out; messages word it; the bot delivers it. The kinds there are stand in `engine.notice_kinds`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Recipient:
    """A person, by direct message, or a channel by its name or id: exactly one of the two is set."""

    rep_id: int = 0
    channel: str = ""

    @property
    def key(self) -> str:
        """The recipient as it stands in keys: "rep:12" or "channel:#sales"."""
        return f"rep:{self.rep_id}" if self.rep_id else f"channel:{self.channel}"


@dataclass(frozen=True, slots=True)
class Notice:
    """One message owed.

    Attributes:
        key: Names the fact and its recipient, "near_tier:12:2026-Q4:120"; a second notice of the same key is none.
        kind: A name of `engine.notice_kinds.KINDS`.
        to: Who gets it.
        data: What its template needs, as JSON: texts, ids, ISO days and instants; an amount is
            {"minor": 420000, "currency": "USD"}, a share an integer of parts per million.
        topic: What it is about; of one topic there is one message until its state changes. Empty is the key itself.
        not_before_at: Not to be sent earlier.
        expires_at: Worthless from this instant on; None where it never is.
        edits: The topic whose last message is to be updated instead of a new one posted, where there is one.
        thread: The topic under whose last message this is posted as a reply, where there is one.
        receipt_ids: The receipts that its figures come from.
    """

    key: str
    kind: str
    to: Recipient
    data: Mapping[str, Any] = field(default_factory=dict)
    topic: str = ""
    not_before_at: datetime | None = None
    expires_at: datetime | None = None
    edits: str = ""
    thread: str = ""
    receipt_ids: tuple[str, ...] = ()
