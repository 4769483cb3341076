"""Pay periods: every move of their state, and the lines as they were locked."""

from __future__ import annotations

from datetime import date, datetime  # noqa: TC003 (SQLModel reads the annotations)

from sqlalchemy import BigInteger
from sqlmodel import Field, SQLModel

from store.tables.column_types import Day, Id, core


class PeriodMove(SQLModel, table=True):
    """One move of a pay period [start_on, end_on) of the plans that pay so often. The last one is its state."""

    __tablename__ = "period_move"

    move_id: int = Field(primary_key=True, sa_type=Id)
    pays: str
    start_on: date = Field(sa_type=Day)
    end_on: date = Field(sa_type=Day)
    move: str
    state: str
    actor: str
    reason: str
    at: datetime
    change_id: int = Field(sa_type=BigInteger, foreign_key="change.change_id")


class LockedLine(SQLModel, table=True):
    """One line as it was locked; `superseded_by` is the change that reopened its period, None while it is locked."""

    __tablename__ = "locked_line"

    locked_line_id: int = Field(primary_key=True, sa_type=Id)
    change_id: int = Field(sa_type=BigInteger, foreign_key="change.change_id", index=True)
    superseded_by: int | None = Field(sa_type=BigInteger, default=None)
    pays: str
    period_start_on: date = Field(sa_type=Day)
    rep_id: int = Field(sa_type=BigInteger, index=True)
    plan: str
    component: str
    kind: str
    deal_id: int = Field(sa_type=BigInteger)
    on_day: date = Field(sa_type=Day)
    for_on: date = Field(sa_type=Day)
    currency: str
    basis_cents: int = Field(sa_type=BigInteger)
    before_cents: int = Field(sa_type=BigInteger)
    amount_cents: int = Field(sa_type=BigInteger)
    line_no: int = Field(sa_type=BigInteger)
    watermark: int = Field(sa_type=BigInteger)


period_move = core(PeriodMove)
locked_line = core(LockedLine)
