"""Messages owed, the pace at which they may go out, and the direct message each account is reached in."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 (SQLModel reads the annotations)
from typing import Any

from sqlalchemy import BigInteger, Index, text
from sqlmodel import Field, SQLModel

from store.tables.column_types import Id, core

OPEN = text("state IN ('pending', 'leased', 'unknown')")


class Outbox(SQLModel, table=True):
    """One notice owed, from its fact to its message; `merged_into` is the notice id of the digest that lists it."""

    __tablename__ = "outbox"
    __table_args__: Any = (
        Index("ix_outbox_open", "state", "priority", "outbox_id", sqlite_where=OPEN, postgresql_where=OPEN),
        Index("ix_outbox_rep_id_sent_at", "rep_id", "sent_at"),
        Index("ix_outbox_topic", "topic"),
        Index("ix_outbox_edits", "edits"),
        Index("ix_outbox_merged_into", "merged_into"),
        Index("ix_outbox_payload_hash", "payload_hash"),
    )

    outbox_id: int = Field(primary_key=True, sa_type=Id)
    notice_id: str = Field(unique=True)
    key: str = Field(unique=True)
    kind: str
    priority: int
    rep_id: int = Field(sa_type=BigInteger)
    target: str
    topic: str
    edits: str
    thread: str
    data: str
    receipt_ids: str
    created_at: datetime
    not_before_at: datetime | None
    expires_at: datetime | None
    cleared_until_at: datetime | None
    retry_at: datetime | None
    state: str
    reason: str
    error: str
    attempts: int
    holder: str
    leased_until: datetime | None
    send_started_at: datetime | None
    team_id: str
    channel_id: str
    ts: str
    is_resend: bool
    template: str
    template_version: str
    payload_hash: str
    merged_into: str
    sent_at: datetime | None
    ended_at: datetime | None


class SendLane(SQLModel, table=True):
    """When the next request may start in a workspace, a channel or a method; `reason` says what holds it up.

    Microseconds since 1970, so that one UPDATE can both read and raise it on either database.
    """

    __tablename__ = "send_lane"

    team_id: str = Field(primary_key=True)
    lane: str = Field(primary_key=True)
    next_us: int = Field(sa_type=BigInteger)
    reason: str


class DirectChannel(SQLModel, table=True):
    """The direct message between the bot and an account, opened once."""

    __tablename__ = "direct_channel"

    team_id: str = Field(primary_key=True)
    user_id: str = Field(primary_key=True)
    channel_id: str


outbox = core(Outbox)
send_lane = core(SendLane)
direct_channel = core(DirectChannel)
