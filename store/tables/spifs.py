"""SPIFs: their rules as saved, every move of their state, who was reached, what was scored, and what was won."""

from __future__ import annotations

from datetime import date, datetime  # noqa: TC003 (SQLModel reads the annotations)
from typing import Any

from sqlalchemy import BigInteger, UniqueConstraint
from sqlmodel import Field, SQLModel

from store.tables.column_types import Day, Id, core


class Spif(SQLModel, table=True):
    """One SPIF. `state` is where its last move led; `seed` is drawn when it is announced, for its raffles."""

    __tablename__ = "spif"

    spif_id: int = Field(primary_key=True, sa_type=Id)
    author_id: int = Field(sa_type=BigInteger)
    author: str
    state: str = Field(index=True)
    seed: str
    created_at: datetime


class SpifRules(SQLModel, table=True):
    """The rules as they were saved once; the last row of a SPIF holds, and none is added once it is announced."""

    __tablename__ = "spif_rules"

    rules_id: int = Field(primary_key=True, sa_type=Id)
    spif_id: int = Field(sa_type=Id, foreign_key="spif.spif_id", index=True)
    rules_hash: str
    body: str
    actor: str
    at: datetime
    change_id: int = Field(sa_type=BigInteger, foreign_key="change.change_id")


class SpifMove(SQLModel, table=True):
    """One move: by whom, why, and on which rules and figures; figures are empty where none mattered."""

    __tablename__ = "spif_move"

    move_id: int = Field(primary_key=True, sa_type=Id)
    spif_id: int = Field(sa_type=Id, foreign_key="spif.spif_id", index=True)
    move: str
    state: str
    actor_id: int = Field(sa_type=BigInteger)
    actor: str
    reason: str
    rules_hash: str
    figures_hash: str
    at: datetime
    change_id: int = Field(sa_type=BigInteger, foreign_key="change.change_id")


class SpifReader(SQLModel, table=True):
    """One person who takes part, and how far the announcement of these rules has reached them."""

    __tablename__ = "spif_reader"
    __table_args__: Any = (UniqueConstraint("spif_id", "rules_hash", "rep_id"),)

    reader_id: int = Field(primary_key=True, sa_type=Id)
    spif_id: int = Field(sa_type=Id, foreign_key="spif.spif_id")
    rules_hash: str
    rep_id: int = Field(sa_type=BigInteger)
    owed_at: datetime
    reminded_at: datetime | None
    opened_at: datetime | None
    acknowledged_at: datetime | None


class SpifFigures(SQLModel, table=True):
    """What was worked out once, as JSON: a check with its dry run, standings, results, or a review."""

    __tablename__ = "spif_figures"

    figures_id: int = Field(primary_key=True, sa_type=Id)
    spif_id: int = Field(sa_type=Id, foreign_key="spif.spif_id", index=True)
    kind: str
    rules_hash: str
    figures_hash: str
    body: str
    watermark: int = Field(sa_type=BigInteger)
    as_of: date = Field(sa_type=Day)
    at: datetime


class SpifRuling(SQLModel, table=True):
    """A deal or a person that somebody left out of the results, or let back in; the last ruling holds."""

    __tablename__ = "spif_ruling"

    ruling_id: int = Field(primary_key=True, sa_type=Id)
    spif_id: int = Field(sa_type=Id, foreign_key="spif.spif_id", index=True)
    deal_id: int = Field(sa_type=BigInteger)
    rep_id: int = Field(sa_type=BigInteger)
    is_out: bool
    actor: str
    reason: str
    at: datetime
    change_id: int = Field(sa_type=BigInteger, foreign_key="change.change_id")


class SpifPrize(SQLModel, table=True):
    """A prize posted, or part of one taken back (a negative amount); its key makes that happen once."""

    __tablename__ = "spif_prize"

    prize_id: int = Field(primary_key=True, sa_type=Id)
    spif_id: int = Field(sa_type=Id, foreign_key="spif.spif_id", index=True)
    key: str = Field(unique=True)
    rep_id: int = Field(sa_type=BigInteger, index=True)
    award: str
    place: int
    reward: str
    text: str
    amount_cents: int = Field(sa_type=BigInteger)
    currency: str
    reason: str
    on_day: date = Field(sa_type=Day)
    at: datetime
    change_id: int = Field(sa_type=BigInteger, foreign_key="change.change_id")


class SpifOptOut(SQLModel, table=True):
    """Somebody who does not want their name on boards that others read."""

    __tablename__ = "spif_opt_out"

    rep_id: int = Field(primary_key=True, sa_type=Id)
    since_at: datetime


spif = core(Spif)
spif_rules = core(SpifRules)
spif_move = core(SpifMove)
spif_reader = core(SpifReader)
spif_figures = core(SpifFigures)
spif_ruling = core(SpifRuling)
spif_prize = core(SpifPrize)
spif_opt_out = core(SpifOptOut)
