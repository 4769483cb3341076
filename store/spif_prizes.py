"""Prizes of SPIFs: posted once each, taken back in part; and what people ruled about doubtful entries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, insert, select

from store import bulk
from store.tables.spifs import spif_prize, spif_ruling

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from sqlalchemy import Connection

    from store.spifs import By


@dataclass(frozen=True, slots=True)
class Posted:
    """A prize as it was posted; a negative amount takes part of one back. `key` makes it happen once."""

    key: str
    rep_id: int
    award: str
    place: int
    reward: str
    text: str
    amount_cents: int
    currency: str
    reason: str
    on_day: date


@dataclass(frozen=True, slots=True)
class Ruling:
    """What was ruled about the credit of one person from one deal: left out of the results, or let in."""

    deal_id: int
    rep_id: int
    is_out: bool
    actor: str
    reason: str
    at: datetime


def post(
    conn: Connection, spif_id: int, prizes: Sequence[Posted], now: datetime, change_id: int
) -> tuple[Posted, ...]:
    """Those of the prizes that had not been posted before."""
    new = []
    for prize in prizes:
        row = {name: getattr(prize, name) for name in Posted.__slots__}
        row |= {"spif_id": spif_id, "at": now, "change_id": change_id}
        if bulk.insert_new(conn, spif_prize, row, ("key",)):
            new.append(prize)
    return tuple(new)


def posted(conn: Connection, spif_id: int, rep_id: int | None = None) -> tuple[Posted, ...]:
    """Every prize of a SPIF, or of one person in it, in the order in which they were posted."""
    its = select(spif_prize).where(spif_prize.c.spif_id == spif_id)
    if rep_id is not None:
        its = its.where(spif_prize.c.rep_id == rep_id)
    rows = conn.execute(its.order_by(spif_prize.c.prize_id))
    return tuple(Posted(*(getattr(row, name) for name in Posted.__slots__)) for row in rows)


def cost(conn: Connection, spif_id: int) -> dict[str, int]:
    """What was posted in all, in minor units by currency, what was taken back deducted."""
    own = select(spif_prize.c.currency, func.sum(spif_prize.c.amount_cents)).where(spif_prize.c.spif_id == spif_id)
    return {str(currency): int(total) for currency, total in conn.execute(own.group_by(spif_prize.c.currency))}


def rule(conn: Connection, spif_id: int, ruling: Ruling, by: By, change_id: int) -> None:
    """A ruling stored; the last one about a credit holds."""
    row = {
        "spif_id": spif_id,
        "deal_id": ruling.deal_id,
        "rep_id": ruling.rep_id,
        "is_out": ruling.is_out,
        "actor": by.name,
        "reason": ruling.reason,
        "at": ruling.at,
        "change_id": change_id,
    }
    conn.execute(insert(spif_ruling), row)


def rulings(conn: Connection, spif_id: int) -> dict[tuple[int, int], Ruling]:
    """The ruling that holds for each deal and person about whom there is one."""
    rows = conn.execute(select(spif_ruling).where(spif_ruling.c.spif_id == spif_id).order_by(spif_ruling.c.ruling_id))
    return {
        (row.deal_id, row.rep_id): Ruling(row.deal_id, row.rep_id, row.is_out, row.actor, row.reason, row.at)
        for row in rows
    }
