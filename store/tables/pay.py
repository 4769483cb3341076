"""Plans, calculation runs with their lines, the statement each rep sees, and receipts."""

from __future__ import annotations

from datetime import date, datetime  # noqa: TC003 (SQLModel reads the annotations)
from typing import Any

from sqlalchemy import BigInteger, UniqueConstraint
from sqlmodel import Field, SQLModel

from store.tables.column_types import Day, Id, core


class PlanText(SQLModel, table=True):
    """One published version of a plan, word for word; effective over [effective_from_on, effective_to_on)."""

    __tablename__ = "plan"
    __table_args__: Any = (UniqueConstraint("name", "version"),)

    plan_id: int = Field(primary_key=True, sa_type=Id)
    name: str
    version: int
    plan_hash: str = Field(unique=True)
    text: str
    effective_from_on: date = Field(sa_type=Day)
    effective_to_on: date = Field(sa_type=Day)
    change_id: int = Field(sa_type=BigInteger, foreign_key="change.change_id")


class Run(SQLModel, table=True):
    """One calculation: what it knew (`watermark`), what priced it, and how it ended."""

    __tablename__ = "run"

    run_id: int = Field(primary_key=True, sa_type=Id)
    as_of_on: date = Field(sa_type=Day)
    watermark: int = Field(sa_type=BigInteger)
    plan_hashes: str
    inputs_hash: str
    code_version: str
    cause: str
    status: str
    detail: str
    started_at: datetime
    finished_at: datetime | None


class Line(SQLModel, table=True):
    """One row of a run's trace. Never updated; a newer run writes its own."""

    __tablename__ = "line"
    __table_args__: Any = ({"sqlite_with_rowid": False},)

    run_id: int = Field(primary_key=True, sa_type=BigInteger)
    rep_id: int = Field(primary_key=True, sa_type=BigInteger)
    line_no: int = Field(primary_key=True)
    plan_label: int
    component_label: int
    kind_label: int
    rule_label: int
    deal_id: int = Field(sa_type=BigInteger)
    booked_on: date = Field(sa_type=Day)
    basis_cents: int = Field(sa_type=BigInteger)
    before_cents: int = Field(sa_type=BigInteger)
    amount_cents: int = Field(sa_type=BigInteger)


class Statement(SQLModel, table=True):
    """What one run says of one rep's period in one currency. Kept for good."""

    __tablename__ = "statement"

    run_id: int = Field(primary_key=True, sa_type=BigInteger, foreign_key="run.run_id")
    rep_id: int = Field(primary_key=True, sa_type=BigInteger)
    period_start_on: date = Field(primary_key=True, sa_type=Day)
    period_end_on: date = Field(primary_key=True, sa_type=Day)
    currency: str = Field(primary_key=True)
    period_label: str
    lines: int
    total_cents: int = Field(sa_type=BigInteger)
    published_at: datetime


class StatementPointer(SQLModel, table=True):
    """Which run a rep's period shows now: the one row that publishing moves."""

    __tablename__ = "statement_pointer"

    rep_id: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    period_start_on: date = Field(primary_key=True, sa_type=Day)
    period_end_on: date = Field(primary_key=True, sa_type=Day)
    currency: str = Field(primary_key=True)
    run_id: int = Field(sa_type=BigInteger, foreign_key="run.run_id")


class StaleRep(SQLModel, table=True):
    """A rep whose figures are older than the facts: `change_id` is the newest change that touched them."""

    __tablename__ = "stale_rep"

    rep_id: int = Field(primary_key=True, sa_type=Id, sa_column_kwargs={"autoincrement": False})
    change_id: int = Field(sa_type=BigInteger)


class ReceiptRow(SQLModel, table=True):
    """Everything needed to give one answer again, byte for byte."""

    __tablename__ = "receipt"

    receipt_id: str = Field(primary_key=True)
    rep_id: int = Field(sa_type=BigInteger, index=True)
    head: str
    output: bytes


plan = core(PlanText)
run = core(Run)
line = core(Line)
statement = core(Statement)
statement_pointer = core(StatementPointer)
stale_rep = core(StaleRep)
receipt = core(ReceiptRow)
