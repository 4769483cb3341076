"""How deals ended: how many were won and how many lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from engine.forecast import Outcomes
from store import known, owned
from store.bulk import among
from store.tables.changes import label
from store.tables.facts import deal

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

    from sqlalchemy import Connection


def closed(conn: Connection, days: tuple[date, date], owners: Collection[int] | None = None) -> Outcomes:
    """The deals that were won or lost in [start, end), of some owners only where they are named."""
    start, end = days
    found = (
        select(label.c.text, func.count())
        .join(deal, deal.c.stage_label == label.c.label_id)
        .where(known.now(deal), deal.c.booked_on >= start, deal.c.booked_on < end, label.c.text.in_(("won", "lost")))
        .group_by(label.c.text)
    )
    if owners is not None:
        theirs = sorted(owners)
        ever = owned.deal_ids(among(conn, owned.listed.c.owner_id, theirs))
        found = found.where(deal.c.deal_id.in_(ever), among(conn, deal.c.owner_id, theirs))
    counts = {str(stage): int(count) for stage, count in conn.execute(found)}
    return Outcomes(counts.get("won", 0), counts.get("lost", 0))
