"""Records that several sources tell of: what each of them says, which belong together, and by which rule."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Index
from sqlmodel import Field, SQLModel

from store.tables.column_types import core
from store.tables.facts import Fact, current_key


class BlendRule(Fact, table=True):
    """How the records of a kind are blended, as its mapping says; `said` is the rule's canonical text."""

    __tablename__ = "blend_rule"
    __table_args__: Any = (current_key("blend_rule"),)

    rule_id: int = Field(sa_type=BigInteger)
    of_kind: str
    said: str


class BlendPart(Fact, table=True):
    """What one source says of a record: fields and keys as JSON; `source_us` as in `store.tables.facts.Deal`."""

    __tablename__ = "blend_part"
    __table_args__: Any = (
        current_key("blend_part"),
        Index("ix_blend_part_change_id", "change_id"),
    )

    part_id: int = Field(sa_type=BigInteger)
    of_kind: str
    record: str
    said: str
    keys: str
    raw_ref: str
    source_us: int | None = Field(sa_type=BigInteger)


class BlendLink(Fact, table=True):
    """Which anchor a source's record belongs to, how that was found, and who decided it if a person did."""

    __tablename__ = "blend_link"
    __table_args__: Any = (
        current_key("blend_link"),
        Index("ix_blend_link_anchor_id", "of_kind", "anchor_id"),
    )

    link_id: int = Field(sa_type=BigInteger)
    of_kind: str
    record: str
    state: str
    anchor_id: str
    method: str
    decided_by: str


class BlendKey(SQLModel, table=True):
    """What a live part is known by elsewhere; follows from the parts, so that it has no versions."""

    __tablename__ = "blend_key"
    __table_args__: Any = (Index("ix_blend_key_value", "of_kind", "value"),)

    of_kind: str = Field(primary_key=True)
    source: str = Field(primary_key=True)
    record: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    value: str


blend_rule = core(BlendRule)
blend_part = core(BlendPart)
blend_link = core(BlendLink)
blend_key = core(BlendKey)
