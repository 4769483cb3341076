"""Records whose owner nobody knows: each of them is held, so that somebody sees it, until it has one."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from sqlalchemy import exists, select

from store import kinds, quarantine, references
from store.columns import SEPARATOR
from store.quarantine import OWNER_UNKNOWN, Held
from store.tables.changes import label
from store.tables.syncing import quarantine as waiting

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Row, Select

    from store.kinds import Kind, Reference


def hold(conn: Connection, now: datetime, only: str = "") -> int:
    """How many records without an owner were not waiting before; one that waits for another reason stays so.

    Args:
        conn: A writing transaction.
        now: Since when they wait.
        only: The one kind in which anything can have changed; "" looks at all of them.
    """
    looked_at = [kind for name, kind in kinds.KINDS.items() if only in ("", name)]
    held = [note for kind in looked_at for owner in kind.owners for note in _notes(conn, kind, owner)]
    return quarantine.put(conn, held, now)


def _notes(conn: Connection, kind: Kind, owner: Reference) -> list[Held]:
    rows = conn.execute(_unheld(kind.name, owner.column)).all()
    if not rows:
        return []
    gone = _departed(conn, owner, rows) if kind.name == "deal" else frozenset()
    return [
        Held(
            source=row.source,
            kind=kind.name,
            external_id=row.external_id,
            code=OWNER_UNKNOWN,
            detail=_detail(row.owner, (row.source_label, row.owner) in gone),
            remedy=_remedy((row.source_label, row.owner) in gone),
            label=row.external_id.replace(SEPARATOR, " "),
            owner_external_id=row.owner,
        )
        for row in rows
    ]


@cache
def _unheld(name: str, column: str) -> Select[int, str, str, str]:
    """Live records without an owner of which nothing, or an earlier owner's name, is on hold.

    Spelled once: to build the statement costs more than to run it.
    """
    kind = kinds.KINDS[name]
    owner = next(one for one in kind.owners if one.column == column)
    table = kind.table
    named = table.c[owner.external]
    is_held = exists().where(
        waiting.c.status == "open",
        waiting.c.source == label.c.text,
        waiting.c.kind == kind.name,
        waiting.c.external_id == table.c.external_id,
        (waiting.c.code != OWNER_UNKNOWN) | (waiting.c.owner_external_id == named),
    )
    return (
        select(table.c.source_label, label.c.text.label("source"), table.c.external_id, named.label("owner"))
        .join(label, label.c.label_id == table.c.source_label)
        .where(table.c[owner.column] == 0, table.c.superseded_by.is_(None), table.c.deleted == 0, named != "")
        .where(~is_held)
        .order_by(table.c.version_id)
    )


def _departed(
    conn: Connection, owner: Reference, rows: Sequence[Row[int, str, str, str]]
) -> frozenset[tuple[int, str]]:
    """Those of the owners who are known, and had left."""
    by_source: dict[int, set[str]] = {}
    for row in rows:
        by_source.setdefault(row.source_label, set()).add(row.owner)
    known = {source: references.resolve(conn, owner, source, names) for source, names in by_source.items()}
    return frozenset((source, name) for source, names in known.items() for name in names)


def _detail(owner: str, has_left: bool) -> str:
    if has_left:
        return f"it was booked for {owner}, who had left by then"
    return f"it belongs to {owner}, whom no source knows yet"


def _remedy(has_left: bool) -> str:
    if has_left:
        return "name the owner who took it over at the source, or correct the day they left"
    return "sync the people it comes with, or correct the owner at the source"
