"""Who someone is on Slack, and who was shown whose pay."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 (SQLModel reads the annotations)
from typing import Any

from sqlalchemy import BigInteger, Index, text
from sqlmodel import Field, SQLModel

from store.tables.column_types import Id, core

LINKED = text("unlinked_at IS NULL")


class Identity(SQLModel, table=True):
    """A Slack account linked to a person; unlinking closes the row, so that the past stays answerable."""

    __tablename__ = "identity"
    __table_args__: Any = (
        Index(
            "uq_identity_linked",
            "team_id",
            "user_id",
            unique=True,
            sqlite_where=LINKED,
            postgresql_where=LINKED,
        ),
        Index("ix_identity_rep_id", "rep_id"),
    )

    identity_id: int = Field(primary_key=True, sa_type=Id)
    team_id: str
    user_id: str
    rep_id: int = Field(sa_type=BigInteger)
    email: str
    how: str
    linked_at: datetime
    unlinked_at: datetime | None
    unlink_reason: str


class Disclosure(SQLModel, table=True):
    """One showing of pay: who saw whose figure, where, and which receipt it rests on."""

    __tablename__ = "disclosure"
    __table_args__: Any = (
        Index("ix_disclosure_subject_id_at", "subject_id", "at"),
        Index("ix_disclosure_payload_hash", "payload_hash"),
    )

    disclosure_id: int = Field(primary_key=True, sa_type=Id)
    viewer_id: int = Field(sa_type=BigInteger)
    subject_id: int = Field(sa_type=BigInteger)
    template: str
    receipt_id: str
    surface: str
    payload_hash: str
    at: datetime


identity = core(Identity)
disclosure = core(Disclosure)
