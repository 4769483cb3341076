"""The facts beside deals and quotas that plans may go by, one row per version as in `store.tables.facts`."""

from __future__ import annotations

from datetime import date  # noqa: TC003 (SQLModel reads the annotations)
from typing import Any

from sqlalchemy import BigInteger, Index
from sqlmodel import Field

from store.tables.column_types import Day, core
from store.tables.facts import Fact, current_key, waiting


class Position(Fact, table=True):
    """The role and title that someone had over [start_on, end_on); outside of any, those of the person's record."""

    __tablename__ = "position"
    __table_args__: Any = (
        current_key("position"),
        Index("ix_position_rep_id", "rep_id"),
        waiting("position", "rep_id", "person_external_id"),
    )

    person_external_id: str
    rep_id: int = Field(sa_type=BigInteger)
    role: str
    title: str
    start_on: date = Field(sa_type=Day)
    end_on: date = Field(sa_type=Day)


class DealFigure(Fact, table=True):
    """A figure of a deal: money in minor units of the deal's currency, numbers in millionths."""

    __tablename__ = "deal_figure"
    __table_args__: Any = (
        current_key("deal_figure"),
        Index("ix_deal_figure_deal_id", "deal_id"),
        waiting("deal_figure", "deal_id", "deal_external_id"),
    )

    deal_external_id: str
    deal_id: int = Field(sa_type=BigInteger)
    name_label: int
    value: int = Field(sa_type=BigInteger)
    unit_label: int


class DealTag(Fact, table=True):
    """A name that a deal carries, such as its category, segment or territory."""

    __tablename__ = "deal_tag"
    __table_args__: Any = (
        current_key("deal_tag"),
        Index("ix_deal_tag_deal_id", "deal_id"),
        waiting("deal_tag", "deal_id", "deal_external_id"),
    )

    deal_external_id: str
    deal_id: int = Field(sa_type=BigInteger)
    name_label: int
    value_label: int


class DealEvent(Fact, table=True):
    """Something that happened to a deal after it was won. `record` tells two of one name and day apart."""

    __tablename__ = "deal_event"
    __table_args__: Any = (
        current_key("deal_event"),
        Index("ix_deal_event_deal_id", "deal_id"),
        waiting("deal_event", "deal_id", "deal_external_id"),
    )

    deal_external_id: str
    deal_id: int = Field(sa_type=BigInteger)
    name_label: int
    on_day: date = Field(sa_type=Day)
    record: str
    amount_cents: int = Field(sa_type=BigInteger)
    currency_label: int


class Achievement(Fact, table=True):
    """What was achieved other than by deals. Without a person it is everybody's on the plan."""

    __tablename__ = "achievement"
    __table_args__: Any = (
        current_key("achievement"),
        Index("ix_achievement_rep_id", "rep_id"),
        waiting("achievement", "rep_id", "person_external_id"),
    )

    person_external_id: str
    rep_id: int = Field(sa_type=BigInteger)
    name_label: int
    on_day: date = Field(sa_type=Day)
    record: str
    value: int = Field(sa_type=BigInteger)
    unit_label: int


class Incentive(Fact, table=True):
    """A yearly amount of someone over [start_on, end_on), such as the target variable."""

    __tablename__ = "incentive"
    __table_args__: Any = (
        current_key("incentive"),
        Index("ix_incentive_rep_id", "rep_id"),
        waiting("incentive", "rep_id", "person_external_id"),
    )

    person_external_id: str
    rep_id: int = Field(sa_type=BigInteger)
    name_label: int
    start_on: date = Field(sa_type=Day)
    end_on: date = Field(sa_type=Day)
    amount_cents: int = Field(sa_type=BigInteger)
    currency_label: int


class Adjustment(Fact, table=True):
    """An amount that people decided, with its reason and who approved it."""

    __tablename__ = "adjustment"
    __table_args__: Any = (
        current_key("adjustment"),
        Index("ix_adjustment_rep_id", "rep_id"),
        waiting("adjustment", "rep_id", "person_external_id"),
        waiting("adjustment", "deal_id", "deal_external_id"),
    )

    adjustment_id: int = Field(sa_type=BigInteger)
    person_external_id: str
    rep_id: int = Field(sa_type=BigInteger)
    on_day: date = Field(sa_type=Day)
    kind_label: int
    plan_label: int
    deal_external_id: str
    deal_id: int = Field(sa_type=BigInteger)
    amount_cents: int = Field(sa_type=BigInteger)
    currency_label: int
    reason: str
    approved_by: str


class Balance(Fact, table=True):
    """Where something stood on a day: the credit of a component, the debt of a draw."""

    __tablename__ = "balance"
    __table_args__: Any = (
        current_key("balance"),
        Index("ix_balance_rep_id", "rep_id"),
        waiting("balance", "rep_id", "person_external_id"),
    )

    person_external_id: str
    rep_id: int = Field(sa_type=BigInteger)
    plan_label: int
    name_label: int
    on_day: date = Field(sa_type=Day)
    value: int = Field(sa_type=BigInteger)


class Absence(Fact, table=True):
    """Days over [start_on, end_on) on which someone is away and has no quota."""

    __tablename__ = "absence"
    __table_args__: Any = (
        current_key("absence"),
        Index("ix_absence_rep_id", "rep_id"),
        waiting("absence", "rep_id", "person_external_id"),
    )

    person_external_id: str
    rep_id: int = Field(sa_type=BigInteger)
    start_on: date = Field(sa_type=Day)
    end_on: date = Field(sa_type=Day)


position = core(Position)
deal_figure = core(DealFigure)
deal_tag = core(DealTag)
deal_event = core(DealEvent)
achievement = core(Achievement)
incentive = core(Incentive)
adjustment = core(Adjustment)
balance = core(Balance)
absence = core(Absence)
