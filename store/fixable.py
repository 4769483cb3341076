"""What fixes change, as its source wrote it: assignments of a rep, a deal's source and its shares."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from store import known, labels
from store.tables.changes import label
from store.tables.facts import assignment, deal, person

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy import Connection


@dataclass(frozen=True, slots=True)
class Assigned:
    """One assignment as its source wrote it."""

    source: str
    person_external_id: str
    plan: str
    start_on: date
    end_on: date


def assignments(conn: Connection, rep_id: int, plan: str) -> tuple[Assigned, ...]:
    """A rep's assignments to a plan, by first day."""
    rows = conn.execute(
        select(label.c.text, assignment.c.person_external_id, assignment.c.start_on, assignment.c.end_on)
        .join(label, label.c.label_id == assignment.c.source_label)
        .where(known.now(assignment), assignment.c.rep_id == rep_id)
        .where(assignment.c.plan_label == labels.number(conn, plan))
        .order_by(assignment.c.start_on)
    )
    return tuple(Assigned(row.text, row.person_external_id, plan, row.start_on, row.end_on) for row in rows)


def holds_deal(conn: Connection, source: str, external_id: str) -> bool:
    """Whether that deal of the source is known and not deleted."""
    its = (deal.c.source_label == labels.number(conn, source), deal.c.external_id == external_id)
    return conn.execute(select(deal.c.deal_id).where(known.now(deal), *its)).first() is not None


def name_of(conn: Connection, rep_id: int) -> tuple[str, str] | None:
    """The source and the id under which a person is known to the one that speaks for them; None for nobody."""
    row = conn.execute(
        select(label.c.text, person.c.external_id)
        .join(label, label.c.label_id == person.c.source_label)
        .where(known.now(person), person.c.is_primary == 1, person.c.rep_id == rep_id)
    ).first()
    return None if row is None else (row.text, row.external_id)
