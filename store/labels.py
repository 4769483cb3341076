"""Words that many rows repeat, and their numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from store.bulk import among, inserting
from store.tables.changes import label

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection


def numbers(conn: Connection, words: Iterable[str]) -> dict[str, int]:
    """The number of each word; a new word gets one. Two writers that bring the same word agree on its number."""
    wanted = sorted(set(words))
    known = _known(conn, wanted)
    missing = [{"text": word} for word in wanted if word not in known]
    if missing:
        conn.execute(inserting(conn, label).on_conflict_do_nothing(index_elements=["text"]), missing)
        known |= _known(conn, [row["text"] for row in missing])
    return known


def words(conn: Connection) -> dict[int, str]:
    """Every word by its number."""
    return {row.label_id: row.text for row in conn.execute(select(label))}


def number(conn: Connection, word: str) -> int:
    """The number of one word, 0 when no row says it."""
    return conn.execute(select(label.c.label_id).where(label.c.text == word)).scalar() or 0


def _known(conn: Connection, wanted: list[str]) -> dict[str, int]:
    found = conn.execute(select(label.c.text, label.c.label_id).where(among(conn, label.c.text, wanted)))
    return {row.text: row.label_id for row in found}
