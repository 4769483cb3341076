"""Words that many rows repeat, and their numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, Pool, func, select

from store.bulk import among, inserting
from store.spelled import Spelled
from store.tables.changes import label

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from sqlalchemy import Connection

#: What reading transactions have seen: the newest number, and the words by number.
_WORDS: WeakKeyDictionary[Engine, tuple[int, dict[int, str]]] = WeakKeyDictionary()
#: The same by word, for reading and writing transactions alike.
_NUMBERS: WeakKeyDictionary[Pool, dict[str, int]] = WeakKeyDictionary()

_NEWEST = Spelled(select(func.max(label.c.label_id)))


def numbers(conn: Connection, words: Collection[str]) -> dict[str, int]:
    """The number of each word; a new word gets one. Two writers that bring the same word agree on its number.

    Words and their numbers never change once they are committed, so what was read before need not be looked up.
    """
    held = _NUMBERS.get(conn.engine.pool, {})
    known = {word: held[word] for word in words if word in held}
    wanted = sorted({word for word in words if word not in known})
    if not wanted:
        return known
    known |= _known(conn, wanted)
    missing = [{"text": word} for word in wanted if word not in known]
    if missing:
        conn.execute(inserting(conn, label).on_conflict_do_nothing(index_elements=["text"]), missing)
        known |= _known(conn, [row["text"] for row in missing])
    return known


def words(conn: Connection) -> Mapping[int, str]:
    """Every word by its number.

    Words are only ever added, so what a reading transaction saw stays true; it is read again when there are more.
    """
    if not conn.get_execution_options().get("attain_read"):
        return _read_words(conn)
    newest = _NEWEST.scalar(conn) or 0
    held = _WORDS.get(conn.engine)
    if held is None or held[0] != newest:
        held = _WORDS[conn.engine] = (newest, _read_words(conn))
        _NUMBERS[conn.engine.pool] = {word: number for number, word in held[1].items()}
    return held[1]


def number(conn: Connection, word: str) -> int:
    """The number of one word, 0 when no row says it."""
    return conn.execute(select(label.c.label_id).where(label.c.text == word)).scalar() or 0


def _read_words(conn: Connection) -> dict[int, str]:
    return {row.label_id: row.text for row in conn.execute(select(label))}


def _known(conn: Connection, wanted: list[str]) -> dict[str, int]:
    found = conn.execute(select(label.c.text, label.c.label_id).where(among(conn, label.c.text, wanted)))
    return {row.text: row.label_id for row in found}
