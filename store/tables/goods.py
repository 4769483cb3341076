"""What is sold and to whom: accounts, products and the line items of deals, one row per version."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Index
from sqlmodel import Field

from store.tables.column_types import core
from store.tables.facts import Fact, current_key, waiting


class Account(Fact, table=True):
    """A customer. Deals name it by tag or by name."""

    __tablename__ = "account"
    __table_args__: Any = (current_key("account"),)

    account_id: int = Field(sa_type=BigInteger)
    name: str
    domain: str
    industry: str
    segment: str
    region: str


class Product(Fact, table=True):
    """Something that is sold."""

    __tablename__ = "product"
    __table_args__: Any = (current_key("product"),)

    product_id: int = Field(sa_type=BigInteger)
    name: str
    code: str
    family: str


class LineItem(Fact, table=True):
    """One product on a deal: how many in millionths, and for how much in all."""

    __tablename__ = "line_item"
    __table_args__: Any = (
        current_key("line_item"),
        Index("ix_line_item_deal_id", "deal_id"),
        waiting("line_item", "deal_id", "deal_external_id"),
    )

    line_item_id: int = Field(sa_type=BigInteger)
    deal_external_id: str
    product_external_id: str
    name: str
    deal_id: int = Field(sa_type=BigInteger)
    quantity: int = Field(sa_type=BigInteger)
    amount_cents: int = Field(sa_type=BigInteger)
    currency_label: int


account = core(Account)
product = core(Product)
line_item = core(LineItem)
