"""Ops alerts: one row per condition, what was found, and every move; and what fixes leave for others to heed."""

from __future__ import annotations

from datetime import date, datetime  # noqa: TC003 (SQLModel reads the annotations)
from typing import Any

from sqlalchemy import BigInteger, Index, text
from sqlmodel import Field, SQLModel

from store.tables.column_types import Day, Id, core

STANDING = text("state <> 'closed'")
FIXED = text("fix <> ''")
UNDONE = text("done_at IS NULL")


class OpsAlert(SQLModel, table=True):
    """A condition that was found at least once. What comes back opens the same row again, as its next round.

    Attributes:
        key: The kind and the condition.
        since_on: The first day concerned; None where every period is.
        risk: What is at risk per currency, as JSON.
        marks: What each finding was recognised by, as JSON; `accepted` those of them that somebody accepted.
        version: Grows with everything that changes the row.
    """

    __tablename__ = "ops_alert"
    __table_args__: Any = (Index("ix_ops_alert_standing", "code", sqlite_where=STANDING, postgresql_where=STANDING),)

    alert_id: int = Field(primary_key=True, sa_type=Id)
    key: str = Field(unique=True)
    code: str
    severity: int
    state: str
    subject: str
    since_on: date | None = Field(sa_type=Day)
    findings: int
    risk: str
    marks: str
    accepted: str
    owner: str
    owner_id: int = Field(sa_type=BigInteger)
    until: datetime | None
    lifts_lock: int
    reason: str
    round: int
    version: int
    opened_at: datetime
    seen_at: datetime
    closed_at: datetime | None


class OpsAlertItem(SQLModel, table=True):
    """One finding of an alert as the last check saw it; of very many only the first are kept."""

    __tablename__ = "ops_alert_item"

    alert_id: int = Field(primary_key=True, sa_type=BigInteger)
    item: str = Field(primary_key=True)
    message: str
    risk_minor: int | None = Field(sa_type=BigInteger)
    currency: str
    found: str


class OpsAlertMove(SQLModel, table=True):
    """One move of an alert, by a check or by somebody: what they did and why. A fix has one effect per round."""

    __tablename__ = "ops_alert_move"
    __table_args__: Any = (
        Index("ix_ops_alert_move_alert_id", "alert_id"),
        Index(
            "uq_ops_alert_move_fix", "alert_id", "round", "fix", "item", unique=True, sqlite_where=FIXED,
            postgresql_where=FIXED,
        ),
    )  # fmt: skip

    move_id: int = Field(primary_key=True, sa_type=Id)
    alert_id: int = Field(sa_type=BigInteger)
    round: int
    move: str
    state: str
    fix: str
    item: str
    actor: str
    reason: str
    detail: str
    change_id: int = Field(sa_type=BigInteger)
    at: datetime


class OwnerMapping(SQLModel, table=True):
    """Whom somebody named as the rep behind an owner's id that no source explains."""

    __tablename__ = "owner_mapping"

    source_label: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    owner_external_id: str = Field(primary_key=True)
    rep_id: int = Field(sa_type=BigInteger)
    change_id: int = Field(sa_type=BigInteger)


class SyncWish(SQLModel, table=True):
    """What the next sync of a source is asked for beyond its schedule: to be at once, or to delete what is gone."""

    __tablename__ = "sync_wish"
    __table_args__: Any = (Index("ix_sync_wish_undone", "source", sqlite_where=UNDONE, postgresql_where=UNDONE),)

    wish_id: int = Field(primary_key=True, sa_type=Id)
    source: str
    kind: str
    what: str
    actor: str
    reason: str
    asked_at: datetime
    done_at: datetime | None


ops_alert = core(OpsAlert)
ops_alert_item = core(OpsAlertItem)
ops_alert_move = core(OpsAlertMove)
owner_mapping = core(OwnerMapping)
sync_wish = core(SyncWish)
