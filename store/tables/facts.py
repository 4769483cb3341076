"""The facts pay rests on, one row per version.

Nothing but `superseded_by` of a version ever changes: it is set once, to the change that replaced the version. Bulk
tables carry no foreign keys, since a trigger per row would cost more than the row; `store.changes.verify_chain` and
the tests hold what the keys would.
"""

from __future__ import annotations

from datetime import date  # noqa: TC003 (SQLModel reads the annotations)
from typing import Any

from sqlalchemy import BigInteger, Index, SmallInteger, text
from sqlmodel import Field, SQLModel

from store.tables.column_types import Day, Id, core

CURRENT = text("superseded_by IS NULL")
LISTED = text("listed = 1")
#: All that is asked of the index: with `listed` among them SQLite need not look into the table for its condition.
_FOUND_BY = ("owner_id", "booked_on", "deal_id", "listed")


def current_key(name: str) -> Index:
    """The rule that a record has one current version, which is also the way an incoming row finds it."""
    return Index(
        f"uq_{name}_current",
        "source_label",
        "external_id",
        unique=True,
        sqlite_where=CURRENT,
        postgresql_where=CURRENT,
    )


def waiting(name: str, ref: str, external: str) -> Index:
    """The few current versions whose reference is not known yet: found when the missing record arrives."""
    where = text(f"{ref} = 0 AND superseded_by IS NULL")
    return Index(f"ix_{name}_waiting_{external}", external, sqlite_where=where, postgresql_where=where)


class Fact(SQLModel):
    """The columns every version has. `row_hash` covers what the source said; `deleted` marks a tombstone."""

    version_id: int = Field(primary_key=True, sa_type=Id, sa_column_kwargs={"autoincrement": False})
    change_id: int = Field(sa_type=BigInteger)
    superseded_by: int | None = Field(default=None, sa_type=BigInteger)
    row_hash: int = Field(sa_type=BigInteger)
    deleted: int = Field(sa_type=SmallInteger)
    source_label: int
    external_id: str


class Person(Fact, table=True):
    """Someone a source knows. Records of the same person in several sources share `rep_id`; one is primary."""

    __tablename__ = "person"
    __table_args__: Any = (
        current_key("person"),
        Index("ix_person_rep_id", "rep_id"),
        Index("ix_person_email_key", "email_key"),
        waiting("person", "manager_id", "manager_external_id"),
    )

    rep_id: int = Field(sa_type=BigInteger)
    is_primary: int = Field(sa_type=SmallInteger)
    email: str
    email_key: str
    name: str
    role: str
    title: str
    currency: str
    timezone: str
    locale: str
    team: str
    region: str
    manager_external_id: str
    manager_id: int = Field(sa_type=BigInteger)
    hired_on: date | None = Field(sa_type=Day)
    left_on: date | None = Field(sa_type=Day)


class Placement(Fact, table=True):
    """Where someone sat in the organisation, [start_on, end_on)."""

    __tablename__ = "placement"
    __table_args__: Any = (
        current_key("placement"),
        Index("ix_placement_rep_id", "rep_id"),
        waiting("placement", "rep_id", "person_external_id"),
        waiting("placement", "manager_id", "manager_external_id"),
    )

    person_external_id: str
    rep_id: int = Field(sa_type=BigInteger)
    manager_external_id: str
    manager_id: int = Field(sa_type=BigInteger)
    team: str
    territory: str
    start_on: date = Field(sa_type=Day)
    end_on: date = Field(sa_type=Day)


class Deal(Fact, table=True):
    """A CRM record we count. `source_us` is the source's own stamp in microseconds since 1970-01-01 UTC.

    `listed` is 1 where owner or day are others than in the version before, and by these versions alone a deal is
    found by its owner and day: `store.owned`.
    """

    __tablename__ = "deal"
    __table_args__: Any = (
        current_key("deal"),
        Index("ix_deal_listed", *_FOUND_BY, sqlite_where=LISTED, postgresql_where=LISTED),
        Index("ix_deal_deal_id", "deal_id"),
        waiting("deal", "owner_id", "owner_external_id"),
    )

    deal_id: int = Field(sa_type=BigInteger)
    owner_id: int = Field(sa_type=BigInteger)
    amount_cents: int = Field(sa_type=BigInteger)
    booked_on: date = Field(sa_type=Day)
    currency_label: int
    stage_label: int
    stage_name_label: int
    deal_type_label: int
    product_label: int
    source_us: int | None = Field(sa_type=BigInteger)
    owner_external_id: str
    name: str
    account: str
    raw_ref: str
    listed: int = Field(default=1, sa_type=SmallInteger, sa_column_kwargs={"server_default": text("1")})


class Split(Fact, table=True):
    """A rep's share of a deal in parts per billion."""

    __tablename__ = "split"
    __table_args__: Any = (
        current_key("split"),
        Index("ix_split_deal_id", "deal_id"),
        Index("ix_split_rep_id", "rep_id"),
        Index(
            "ix_split_of_deal",
            "source_label",
            "deal_external_id",
            sqlite_where=CURRENT,
            postgresql_where=CURRENT,
        ),
        waiting("split", "rep_id", "person_external_id"),
        waiting("split", "deal_id", "deal_external_id"),
    )

    deal_external_id: str
    deal_id: int = Field(sa_type=BigInteger)
    person_external_id: str
    rep_id: int = Field(sa_type=BigInteger)
    share_ppb: int = Field(sa_type=BigInteger)


class Quota(Fact, table=True):
    """The number to reach over [start_on, end_on)."""

    __tablename__ = "quota"
    __table_args__: Any = (
        current_key("quota"),
        Index("ix_quota_rep_id", "rep_id"),
        waiting("quota", "rep_id", "person_external_id"),
    )

    person_external_id: str
    rep_id: int = Field(sa_type=BigInteger)
    name_label: int
    start_on: date = Field(sa_type=Day)
    end_on: date = Field(sa_type=Day)
    amount_cents: int = Field(sa_type=BigInteger)
    currency_label: int


class Assignment(Fact, table=True):
    """The plan that pays someone over [start_on, end_on)."""

    __tablename__ = "assignment"
    __table_args__: Any = (
        current_key("assignment"),
        Index("ix_assignment_rep_id", "rep_id"),
        waiting("assignment", "rep_id", "person_external_id"),
    )

    person_external_id: str
    rep_id: int = Field(sa_type=BigInteger)
    plan_label: int
    start_on: date = Field(sa_type=Day)
    end_on: date = Field(sa_type=Day)


class FxRate(Fact, table=True):
    """One unit of `from` is exactly `rate_num / rate_den` units of `to` over [start_on, end_on)."""

    __tablename__ = "fx_rate"
    __table_args__: Any = (current_key("fx_rate"),)

    from_currency_label: int
    to_currency_label: int
    start_on: date = Field(sa_type=Day)
    end_on: date = Field(sa_type=Day)
    rate_num: int = Field(sa_type=BigInteger)
    rate_den: int = Field(sa_type=BigInteger)


person = core(Person)
placement = core(Placement)
deal = core(Deal)
split = core(Split)
quota = core(Quota)
assignment = core(Assignment)
fx_rate = core(FxRate)
