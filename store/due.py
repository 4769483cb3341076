"""Whose figures a day alone changes: what is dated counts from its day on, and nobody writes anything that day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, or_, select

from store import known, labels
from store.tables import counted
from store.tables.facts import deal, split

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy import ColumnElement, Connection, Table


def won_between(conn: Connection, after: date, until: date) -> frozenset[int]:
    """Who is credited for a won deal booked in (after, until]: what counts for them changes with the day alone."""
    words = {text: number for number, text in labels.words(conn).items()}
    booked = (
        (deal.c.superseded_by.is_(None))
        & (deal.c.deleted == 0)
        & (deal.c.stage_label == words.get("won", 0))
        & (deal.c.booked_on > after)
        & (deal.c.booked_on <= until)
    )
    owners = select(deal.c.owner_id).where(booked)
    shared = select(split.c.rep_id).where(
        split.c.superseded_by.is_(None), split.c.deal_id.in_(select(deal.c.deal_id).where(booked))
    )
    return frozenset(conn.execute(owners.union(shared)).scalars()) - {0}


def dated_between(conn: Connection, after: date, until: date) -> frozenset[int]:
    """Whose achievements, adjustments, balances or events of deals have a day in (after, until]; 0: everybody's."""
    found: set[int] = set()
    for table in (counted.achievement, counted.adjustment, counted.balance):
        own = _dated(table, after, until)
        if table is counted.achievement:
            found.update(conn.execute(select(table.c.rep_id).where(own, or_(table.c.rep_id != 0, _OF_ALL))).scalars())
        else:
            found.update({*conn.execute(select(table.c.rep_id).where(own)).scalars()} - {0})
    deals = select(counted.deal_event.c.deal_id).where(_dated(counted.deal_event, after, until))
    for tied in (deal.c.owner_id, split.c.rep_id):
        theirs = select(tied).where(tied.table.c.superseded_by.is_(None), tied.table.c.deal_id.in_(deals))
        found.update({*conn.execute(theirs.distinct()).scalars()} - {0})
    return frozenset(found)


_OF_ALL = counted.achievement.c.person_external_id == ""


def _dated(table: Table, after: date, until: date) -> ColumnElement[bool]:
    return and_(known.now(table), table.c.on_day > after, table.c.on_day <= until)
