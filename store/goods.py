"""What deals sell, product by product, as known now or at an earlier change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import and_, func, select

from engine.money import Money
from store import known, labels
from store.bulk import among
from store.tables.goods import line_item, product

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection


@dataclass(frozen=True, slots=True)
class Sold:
    """What a deal sells of one product.

    Attributes:
        product: The product's name, or the line item's own where it names no product that is known.
        family: The product's family; "" where it has none.
        quantity: How many, in millionths.
        amount: For how much in all.
    """

    product: str
    family: str
    quantity: int
    amount: Money


def sold(conn: Connection, deal_ids: Iterable[int], watermark: int | None = None) -> dict[int, tuple[Sold, ...]]:
    """The line items of those deals, summed by product and currency; deals without any are left out."""
    at = known.point(conn, watermark)
    mine = and_(
        product.c.source_label == line_item.c.source_label,
        product.c.external_id == line_item.c.product_external_id,
        known.at(product, at),
    )
    name = func.coalesce(product.c.name, line_item.c.name)
    family = func.coalesce(product.c.family, "")
    by = (line_item.c.deal_id, name, family, line_item.c.currency_label)
    rows = (
        select(*by, func.sum(line_item.c.quantity), func.sum(line_item.c.amount_cents))
        .select_from(line_item.outerjoin(product, mine))
        .where(known.at(line_item, at), among(conn, line_item.c.deal_id, sorted(set(deal_ids) - {0})))
        .group_by(*by)
        .order_by(*by)
    )
    words = labels.words(conn)
    found: dict[int, list[Sold]] = {}
    for deal_id, called, of, currency, quantity, cents in conn.execute(rows):
        one = Sold(called, of, int(quantity), Money(int(cents), words[currency]))
        found.setdefault(deal_id, []).append(one)
    return {deal_id: tuple(each) for deal_id, each in found.items()}
