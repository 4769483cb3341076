"""Several small whole numbers in one 64-bit word, and the words of many rows in one text.

The driver makes an object of every number, and lets the interpreter's lock go and takes it again for every row.
Joined by the database and parsed at once, a million deals take two thirds of that time.

Why not ADBC, as for Postgres: its driver brings its own copy of the SQLite library, and two copies in one process do
not see each other's file locks. When the second closes the file it takes itself for the last user, folds the
write-ahead log into the database and deletes it under the first one's feet; what that one commits afterwards is lost.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import Integer, bindparam, func, literal_column, select, type_coerce

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray
    from sqlalchemy import ColumnClause, ColumnElement, Connection, Select

#: The sign bit stays free, so that every word is a number from 0.
WORD_BITS = 63
#: How many rows one text may tell of: some ten megabytes.
ROWS = 250_000
_row: ColumnClause[int] = literal_column("rowid", Integer)


@dataclass(frozen=True, slots=True)
class Slot:
    """Where a column lies: which word, how far from its right end, how wide, and what was taken off before."""

    name: str
    word: int
    shift: int
    bits: int
    low: int

    def unpack(self, words: NDArray[np.int64]) -> NDArray[np.int64]:
        """The column's values out of the words of all rows, one after the other."""
        values: NDArray[np.int64] = words[self.word]
        if not self.bits:
            return values
        return ((values >> self.shift) & ((1 << self.bits) - 1)) + self.low


def read(
    conn: Connection, statement: Select[Any], bounds: Mapping[str, tuple[int, int]]
) -> dict[str, NDArray[np.int64]]:
    """The result column by column.

    Args:
        conn: A connection to SQLite.
        statement: Selects whole numbers only.
        bounds: The least and the greatest value of the columns where they are known; a value outside of them would
            be read wrong, so they come from the same transaction. Other columns travel alone.
    """
    columns = dict(statement.selected_columns.items())
    slots = lay_out(columns, bounds)
    words = [_packed(columns, [slot for slot in slots if slot.word == word]) for word in range(slots[-1].word + 1)]
    joined = statement.with_only_columns(*map(func.group_concat, words), maintain_column_froms=True)
    part = joined.where(_row > bindparam("after"), _row <= bindparam("until"))
    last = conn.execute(select(func.max(_row)).select_from(*statement.get_final_froms())).scalar() or 0
    spans = [{"after": after, "until": after + ROWS} for after in range(0, last, ROWS)]
    found = [numbers(conn.execute(part, span).one()) for span in spans]
    every = np.concatenate(found, axis=1) if found else np.empty((len(words), 0), dtype=np.int64)
    return {slot.name: slot.unpack(every) for slot in slots}


def numbers(texts: Sequence[str | None]) -> NDArray[np.int64]:
    """The numbers that each text joins, as many in each; a text of no rows is None."""
    return np.array([np.fromstring(text or "", dtype=np.int64, sep=",") for text in texts], dtype=np.int64)


def lay_out(names: Sequence[str] | Mapping[str, Any], bounds: Mapping[str, tuple[int, int]]) -> list[Slot]:
    """A slot for each column, filling words from the right; a column without bounds has a word of its own."""
    slots: list[Slot] = []
    word, used = -1, WORD_BITS + 1
    for name in sorted(names, key=lambda name: name in bounds):
        low, high = bounds.get(name, (0, 0))
        bits = max(1, (high - low).bit_length()) if name in bounds else 0
        if not bits or used + bits > WORD_BITS:
            word, used = word + 1, 0
        slots.append(Slot(name, word, used, bits, low))
        used = used + bits if bits else WORD_BITS + 1
    return slots


def _packed(columns: Mapping[str, ColumnElement[Any]], slots: Sequence[Slot]) -> ColumnElement[int]:
    parts = [type_coerce(columns[slot.name], Integer) for slot in slots]
    if not slots[0].bits:
        return parts[0]
    placed = [(part - slot.low).bitwise_lshift(slot.shift) for part, slot in zip(parts, slots, strict=True)]
    word = placed[0]
    for part in placed[1:]:
        word = word.bitwise_or(part)
    return word.label(f"word_{slots[0].word}")
