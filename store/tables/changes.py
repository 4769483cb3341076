"""The hash-chained journal of changes that every fact version points into, and the words that facts share."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 (SQLModel reads the annotations)

from sqlalchemy import BigInteger
from sqlmodel import Field, SQLModel

from store.tables.column_types import Id, core


class Change(SQLModel, table=True):
    """One act that wrote facts. `sealed` chains it to the row before it in the journal."""

    __tablename__ = "change"

    change_id: int = Field(primary_key=True, sa_type=Id, sa_column_kwargs={"autoincrement": False})
    actor: str
    cause: str
    reason: str
    at: datetime
    sealed: str


class ChangePart(SQLModel, table=True):
    """One block of versions a change wrote: which kind, which run of version ids, and the digest of their content."""

    __tablename__ = "change_part"

    change_id: int = Field(primary_key=True, sa_type=Id, foreign_key="change.change_id")
    part_no: int = Field(primary_key=True)
    kind: str
    first_version_id: int = Field(sa_type=BigInteger)
    versions: int
    digest: str
    sealed: str


class Label(SQLModel, table=True):
    """A word that many rows repeat (a currency, a product, a plan); facts hold its number."""

    __tablename__ = "label"

    label_id: int = Field(primary_key=True)
    text: str = Field(unique=True)


change = core(Change)
change_part = core(ChangePart)
label = core(Label)
