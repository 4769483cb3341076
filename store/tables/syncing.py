"""How data comes in: runs of a sync, where each one stands, the files behind it, and what is held back."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 (SQLModel reads the annotations)
from typing import Any

from sqlalchemy import BigInteger, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from store.tables.column_types import Id, core

OPEN = text("status = 'open'")


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
source_file = core(SourceFile)
mapping = core(MappingVersion)
quarantine = core(Quarantine)
