"""What people want to be told, what they put off, and what they made of what they were told."""

from __future__ import annotations

from datetime import date, datetime  # noqa: TC003 (SQLModel reads the annotations)
from typing import Any

from sqlalchemy import BigInteger, Index
from sqlmodel import Field, SQLModel

from store.tables.column_types import Day, core


class Preference(SQLModel, table=True):
    """What one person wants; who never said anything has no row. Lists are JSON, hours minutes after midnight."""

    __tablename__ = "preference"

    rep_id: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    muted: str
    asked_for: str
    opens: int | None
    closes: int | None
    workdays: str
    country: str
    digest_only: bool
    away_from_on: date | None = Field(sa_type=Day)
    away_until_on: date | None = Field(sa_type=Day)
    quiet_until_at: datetime | None
    changed_at: datetime


class Snooze(SQLModel, table=True):
    """A topic that one person does not want to hear of before an instant."""

    __tablename__ = "snooze"

    rep_id: int = Field(primary_key=True, sa_type=BigInteger)
    topic: str = Field(primary_key=True)
    until_at: datetime


class Habit(SQLModel, table=True):
    """How a person treats a kind of notice: how many were left out since the last, and since when they know it."""

    __tablename__ = "habit"

    rep_id: int = Field(primary_key=True, sa_type=BigInteger)
    kind: str = Field(primary_key=True)
    skipped: int
    told_at: datetime | None


class Engagement(SQLModel, table=True):
    """The first click of a person on one message: what says that it was not ignored."""

    __tablename__ = "engagement"
    __table_args__: Any = (Index("ix_engagement_rep_id_at", "rep_id", "at"),)

    notice_id: str = Field(primary_key=True)
    rep_id: int = Field(sa_type=BigInteger)
    what: str
    at: datetime


class Acknowledgement(SQLModel, table=True):
    """A person said that they have seen something that was owed to them."""

    __tablename__ = "acknowledgement"

    rep_id: int = Field(primary_key=True, sa_type=BigInteger)
    topic: str = Field(primary_key=True)
    at: datetime


preference = core(Preference)
snooze = core(Snooze)
habit = core(Habit)
engagement = core(Engagement)
acknowledgement = core(Acknowledgement)
