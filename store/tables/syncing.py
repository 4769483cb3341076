"""How data comes in: runs of a sync, where each one stands, the files behind it, and what is held back."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 (SQLModel reads the annotations)
from typing import Any

from sqlalchemy import BigInteger, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from store.tables.column_types import Id, core

OPEN = text("status = 'open'")
HELD = text("held = 1")


class SyncRun(SQLModel, table=True):
    """One reading of one kind from one source, and how it went."""

    __tablename__ = "sync_run"
    __table_args__: Any = (Index("ix_sync_run_source_kind", "source", "kind"),)

    sync_run_id: int = Field(primary_key=True, sa_type=Id)
    source: str
    kind: str
    mode: str
    status: str
    started_at: datetime
    finished_at: datetime | None
    pages: int = 0
    read: int = 0
    changed: int = 0
    deleted: int = 0
    quarantined: int = 0
    api_calls: int = 0
    error_class: str = ""
    error_text: str = ""
    spared: int = Field(default=0, sa_column_kwargs={"server_default": "0"})


class SyncState(SQLModel, table=True):
    """Up to when a kind of a source is complete, where to resume, and how often it should be read."""

    __tablename__ = "sync_state"

    source: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    watermark_at: datetime | None
    resume: str
    config_hash: str
    finished_at: datetime | None
    interval_seconds: int


class RawRecord(SQLModel, table=True):
    """A record as its source wrote it last, so that another mapping can read it again without asking the source.

    Attributes:
        body: JSON; "" once another record has absorbed this one and it was never read itself.
        body_hash: Tells whether the record said anything new.
        fact_keys: Which facts it became: "" none, "=" the one of its own id, else a JSON list.
        mapping_hash: What it was last read with; "" when it has to be read again.
        held: Some of it waits in quarantine.
        merged_into: The record that absorbed it.
        seen_sweep: The last sweep, by its number, that saw it.
    """

    __tablename__ = "raw_record"
    __table_args__: Any = (Index("ix_raw_record_held", "source", "kind", sqlite_where=HELD, postgresql_where=HELD),)

    source: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    external_id: str = Field(primary_key=True)
    source_us: int | None = Field(sa_type=BigInteger, nullable=True)
    read_us: int = Field(sa_type=BigInteger)
    deleted: int
    body: str
    body_hash: str
    fact_keys: str
    mapping_hash: str
    held: int
    merged_into: str
    first_seen_us: int = Field(sa_type=BigInteger)
    seen_sweep: int = Field(sa_type=BigInteger)


class Hint(SQLModel, table=True):
    """Something a webhook said has changed: where to look, never what it is. An event is taken once."""

    __tablename__ = "sync_hint"
    __table_args__: Any = (UniqueConstraint("source", "event_id"),)

    hint_id: int = Field(primary_key=True, sa_type=Id)
    source: str
    event_id: str
    kind: str
    external_id: str
    received_at: datetime
    done_at: datetime | None


class SourceFile(SQLModel, table=True):
    """A file as it was read, by the digest of its content. The body is compressed."""

    __tablename__ = "source_file"

    sha256: str = Field(primary_key=True)
    source: str
    name: str
    size: int = Field(sa_type=BigInteger)
    body: bytes
    first_seen_at: datetime


class MappingVersion(SQLModel, table=True):
    """A mapping file as it was used; a new version whenever its text changes."""

    __tablename__ = "mapping"
    __table_args__: Any = (UniqueConstraint("source", "version"),)

    mapping_id: int = Field(primary_key=True, sa_type=Id)
    source: str
    version: int
    text_hash: str
    text: str
    saved_at: datetime


class Quarantine(SQLModel, table=True):
    """A record that waits, and why. One open row per record; it closes when the record passes."""

    __tablename__ = "quarantine"
    __table_args__: Any = (
        Index(
            "uq_quarantine_open",
            "source",
            "kind",
            "external_id",
            unique=True,
            sqlite_where=OPEN,
            postgresql_where=OPEN,
        ),
        Index("ix_quarantine_owner_key", "owner_key", sqlite_where=OPEN, postgresql_where=OPEN),
    )

    quarantine_id: int = Field(primary_key=True, sa_type=Id)
    source: str
    kind: str
    external_id: str
    owner_external_id: str
    owner_key: str
    label: str
    raw_hash: str
    code: str
    detail: str
    remedy: str
    place: str
    status: str
    first_seen_at: datetime
    last_seen_at: datetime
    closed_at: datetime | None


sync_run = core(SyncRun)
sync_state = core(SyncState)
raw_record = core(RawRecord)
hint = core(Hint)
source_file = core(SourceFile)
mapping = core(MappingVersion)
quarantine = core(Quarantine)
