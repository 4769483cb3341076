"""Credits summed by whoever competes, in all and day by day; exact, in one pass."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.order import positions

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.order import Ints, Rows
    from engine.spifs.entries import Entries


def totals(found: Entries, ids: Ints, code: Rows | None = None, *, largest: bool = False) -> Ints:
    """What the credits of each competitor sum to, or the largest of them (0 where none is above it).

    Args:
        found: The credits.
        ids: Rep ids, rising; credits of others are left out.
        code: The competitor that each of `ids` belongs to, -1 for none; None: each is one.
        largest: The largest credit instead of the sum.
    """
    lookup, size = _lookup(found, ids, code)
    every = np.zeros(size + 1, dtype=np.int64)
    add = np.maximum if largest else np.add
    if len(found.value):
        add.at(every, lookup, add.reduceat(found.value, found.starts))
    return every[:size]


def daily(found: Entries, ids: Ints, code: Rows | None, span: tuple[int, int], *, largest: bool = False) -> Ints:
    """The same after each day of `span`: one row per competitor, one column per day, running."""
    found = found.counted()
    lookup, size = _lookup(found, ids, code)
    first, after = span
    table = np.zeros((size + 1, max(after - first, 1)), dtype=np.int64)
    (np.maximum if largest else np.add).at(table, (lookup[found.rep], found.days - first), found.value)
    run: Ints = np.maximum.accumulate(table, axis=1) if largest else np.cumsum(table, axis=1)
    return run[:size]


def stands_since(run: NDArray[np.object_] | Ints, target: NDArray[np.object_] | Ints, first: int) -> Ints:
    """The day from which each row has stood at `target` or above until the end; 0 for those that do not end there."""
    below = run < target[:, None]
    days = run.shape[1]
    last = days - 1 - np.argmax(below[:, ::-1], axis=1)
    since = np.where(below.any(axis=1), last + 1, 0)
    return np.where(since < days, since + first, 0)


def _lookup(found: Entries, ids: Ints, code: Rows | None) -> tuple[Rows, int]:
    """For each rep of the credits the competitor's number, or the number after the last one for nobody."""
    size = len(ids) if code is None else int(code.max(initial=-1)) + 1
    place, known = positions(found.rep_ids, ids)
    own = place if code is None else code[place] if len(ids) else place
    return np.where(known & (own >= 0), own, size).astype(np.int32), size
