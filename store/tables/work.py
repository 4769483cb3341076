"""Who is doing what: leases, scheduled slots and the Slack deliveries taken in."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 (SQLModel reads the annotations)
from typing import Any

from sqlalchemy import BigInteger, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from store.tables.column_types import Id, core


class Lease(SQLModel, table=True):
    """Who may act under a name until when. The row stays, so that `token` only ever grows."""

    __tablename__ = "lease"

    name: str = Field(primary_key=True)
    holder: str
    token: int = Field(sa_type=BigInteger)
    expires_at: datetime


class JobRun(SQLModel, table=True):
    """One firing of a job, at most one per slot."""

    __tablename__ = "job_run"
    __table_args__: Any = (UniqueConstraint("job", "slot_at"),)

    job_run_id: int = Field(primary_key=True, sa_type=Id)
    job: str
    slot_at: datetime
    token: int = Field(sa_type=BigInteger)
    status: str
    detail: str
    claimed_at: datetime
    finished_at: datetime | None


class Inbox(SQLModel, table=True):
    """A Slack delivery, stored before it was acknowledged. The payload goes after a day, the key stays."""

    __tablename__ = "inbox"
    __table_args__: Any = (Index("ix_inbox_state_received_at", "state", "received_at"),)

    inbox_id: int = Field(primary_key=True, sa_type=Id)
    key: str = Field(unique=True)
    kind: str
    payload: str
    state: str
    attempts: int
    received_at: datetime
    leased_until: datetime | None
    done_at: datetime | None
    outcome: str


lease = core(Lease)
job_run = core(JobRun)
inbox = core(Inbox)
