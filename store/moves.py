"""Records that two sources hold at once, and a source that gives a kind up to another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
from sqlalchemy import delete, select

from store import blending, changes, facts, kinds, known, labels, quarantine, runs
from store.bulk import fetch_all
from store.tables.changes import label
from store.tables.facts import deal
from store.tables.syncing import sync_state

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import Connection

    from store.facts import Applied

#: What tells two deals with one number apart from one deal that two sources hold.
Told = tuple[str, int]


def others(conn: Connection, kind: str, source: str) -> tuple[str, ...]:
    """The other sources that hold live records of the kind, by name."""
    table = kinds.named(kind).table
    held = select(table.c.source_label).where(known.now(table)).distinct()
    rows = select(label.c.text).where(label.c.label_id.in_(held), label.c.text != source)
    return tuple(sorted(conn.execute(rows).scalars()))


def overlap(conn: Connection, kind: str, source: str, incoming: Mapping[str, Told | None]) -> tuple[int, int]:
    """How many of the incoming records the source holds already, and how many it holds in all.

    A deal is the same one when its number is and also its name or its amount: two CRMs may both count from 1.
    """
    table = kinds.named(kind).table
    columns = [deal.c.external_id, deal.c.name, deal.c.amount_cents] if table is deal else [table.c.external_id]
    held = fetch_all(
        conn, select(*columns).where(known.now(table), table.c.source_label == labels.number(conn, source))
    )
    return sum(_is_same(row, incoming) for row in held), len(held)


def retire(conn: Connection, kind: str, source: str, by: tuple[str, str], now: datetime) -> Applied:
    """A tombstone for every record of the kind that the source holds, as one change; nobody waits for it any more.

    Args:
        conn: A writing transaction.
        kind: The kind that it gives up.
        source: Who gives it up.
        by: Who retires it, and the source that supplies the kind from now on.
        now: When.
    """
    actor, successor = by
    change_id = changes.begin(conn, actor, f"retire {source}", now, f"its {kind} records come from {successor} now")
    rule = blending.rule_for(conn, kind, source)
    if rule is not None:
        gone = blending.Told(kind, source, pd.DataFrame(), blending.live_records(conn, kind, source))
        applied = blending.take(conn, gone, rule, change_id, now)
    else:
        applied = facts.delete(conn, kind, source, facts.live_keys(conn, kind, source), change_id)
    quarantine.close_all(conn, source, kind, now)
    conn.execute(delete(sync_state).where(sync_state.c.source == source, sync_state.c.kind == kind))
    if not applied.written:
        changes.withdraw(conn, change_id)
    elif applied.touched:
        runs.mark_stale(conn, applied.touched, change_id)
    return applied


def _is_same(row: tuple[Any, ...], incoming: Mapping[str, Told | None]) -> bool:
    if row[0] not in incoming:
        return False
    told = incoming[row[0]]
    return told is None or told[0] == row[1] or told[1] == row[2]
