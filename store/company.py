"""Who stands where, in few columns: it decides whose facts, and whose results, hang together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from sqlalchemy import func, select

from store import known, labels, placed
from store.bulk import among
from store.tables.counted import position
from store.tables.facts import assignment, deal, person, placement, split

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy import Connection

Structure = tuple[pd.DataFrame, pd.DataFrame]

_NEWEST = select(
    *(
        select(func.coalesce(func.max(table.c.version_id), 0)).scalar_subquery()
        for table in (person, placement, position, assignment)
    )
)


def newest(conn: Connection) -> tuple[int, ...]:
    """The newest version of each kind that is asked here: while these stay, so does `ever`."""
    return tuple(conn.execute(_NEWEST).one())


def plans_of(conn: Connection, rep_id: int, watermark: int) -> frozenset[str]:
    """The plans that one rep was ever on, as known once that change was made."""
    on = select(assignment.c.plan_label).where(known.at(assignment, watermark), assignment.c.rep_id == rep_id)
    words = labels.words(conn)
    return frozenset(words[number] for number in conn.execute(on.distinct()).scalars())


def standing(conn: Connection, watermark: int) -> Structure:
    """Everybody's frame `people` and who was ever on which plan, as known once that change was made."""
    rows = select(assignment.c.rep_id, assignment.c.plan_label).where(known.at(assignment, watermark))
    found = conn.execute(rows.where(assignment.c.rep_id != 0).distinct()).all()
    return placed.people(conn, watermark), _assigned(conn, [tuple(row) for row in found])


def ever(conn: Connection) -> Structure:
    """The same by every version that was ever known: also who is not above somebody any more was paid because of it.

    Days are left out. A position says no team, and a placement no title: both take those of the person's record.
    """
    records = conn.execute(select(*(person.c[name] for name in _COLUMNS)).distinct()).all()
    own = {row.rep_id: row for row in records}
    found = [tuple(row) for row in records]
    placements = conn.execute(select(placement.c.rep_id, placement.c.manager_id, placement.c.team).distinct()).all()
    positions = conn.execute(select(position.c.rep_id, position.c.role, position.c.title).distinct()).all()
    found += [(n, above, own[n].role, own[n].title, team) for n, above, team in placements if n in own]
    found += [(n, 0, role, title, own[n].team) for n, role, title in positions if n in own]
    frame = pd.DataFrame(found, columns=list(_COLUMNS))
    for name in ("rep_id", "manager_id"):
        frame[name] = frame[name].astype(np.int64)
    for name in ("role", "title"):
        frame[name] = frame[name].astype("category")
    # Who is in no team is in no team with others.
    alone = frame["team"] == ""
    frame.loc[alone, "team"] = "\0" + frame.loc[alone, "rep_id"].astype(str)
    frame["team"] = frame["team"].astype("category")
    on_plans = select(assignment.c.rep_id, assignment.c.plan_label).where(assignment.c.rep_id != 0).distinct()
    return frame, _assigned(conn, [tuple(row) for row in conn.execute(on_plans)])


def sharers(conn: Connection, reps: Collection[int]) -> frozenset[int]:
    """Everybody who shares a deal with one of the reps, or owns it, themselves among them."""
    theirs = select(split.c.deal_id).where(split.c.superseded_by.is_(None), among(conn, split.c.rep_id, sorted(reps)))
    shared = select(split.c.rep_id).where(split.c.superseded_by.is_(None), split.c.deal_id.in_(theirs))
    owned = select(deal.c.owner_id).where(deal.c.superseded_by.is_(None), deal.c.deal_id.in_(theirs))
    return (frozenset(conn.execute(shared.union(owned)).scalars()) | frozenset(reps)) - {0}


_COLUMNS = ("rep_id", "manager_id", "role", "title", "team")


def _assigned(conn: Connection, rows: list[tuple[int, int]]) -> pd.DataFrame:
    words = labels.words(conn)
    reps = np.array([rep_id for rep_id, _ in rows], dtype=np.int64)
    return pd.DataFrame({"rep_id": reps, "plan": pd.Categorical([words[number] for _, number in rows])})
