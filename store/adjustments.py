"""Why somebody decided an amount, and who approved it: what the line of an adjustment or prize is explained by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from store import known
from store.tables.counted import adjustment

if TYPE_CHECKING:
    from sqlalchemy import Connection


@dataclass(frozen=True, slots=True)
class Decided:
    """The reason that was given, and who approved it; either may be empty."""

    reason: str
    approved_by: str


def decided(conn: Connection, adjustment_id: int, watermark: int | None = None) -> Decided | None:
    """What is known of the adjustment of that number, once a change was committed or now; None where nothing is."""
    held = known.now(adjustment) if watermark is None else known.at(adjustment, watermark)
    row = conn.execute(select(adjustment).where(held, adjustment.c.adjustment_id == adjustment_id)).first()
    return None if row is None else Decided(row.reason, row.approved_by)
