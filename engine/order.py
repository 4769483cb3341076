"""Orders of rows and running sums: the few array moves that everything else is made of.

Rows are ordered by packing their columns and their own position into one `int64` and sorting the values, which is
several times faster than sorting by columns; where the columns need more than 63 bits, `numpy.lexsort` does it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Rows = NDArray[np.integer[Any]]

WIDEST = 63
_SMALL = 1_000  # values of a table that are worth comparing before it is used
AT_ONCE = 1 << 16  # rows that are worked on together where there are many, so that they stay in the processor's cache


def bits(size: int) -> int:
    """How many bits hold the numbers 0 … size - 1."""
    return max(size - 1, 0).bit_length()


def narrow(size: int) -> np.dtype[np.signedinteger[Any]]:
    """The narrowest dtype that holds -1 for nothing, and the numbers 0 … size - 1."""
    return next(np.dtype(kind) for kind in (np.int8, np.int16, np.int32, np.int64) if size - 1 <= np.iinfo(kind).max)


def sorted_rows(columns: Sequence[tuple[Rows, int]]) -> Rows:
    """The order that sorts rows by `columns`, equal rows by position. Each column holds numbers 0 … its size - 1."""
    count = len(columns[0][0])
    if bits(count) + sum(bits(size) for _, size in columns) > WIDEST:
        return np.lexsort([values for values, _ in columns][::-1])
    return _by_key(columns)[0]


def _by_key(columns: Sequence[tuple[Rows, int]]) -> tuple[Rows, Ints]:
    """The order that sorts rows by `columns`, which fit into one number, and these numbers in that order."""
    count = len(columns[0][0])
    low = bits(count)
    key: Ints = np.zeros(count, dtype=np.int64)
    for values, size in columns:
        key <<= bits(size)
        key |= values
    if bool((key[1:] >= key[:-1]).all()):
        return np.arange(count, dtype=np.int64), key
    key <<= low
    key |= np.arange(count, dtype=np.int64)
    key.sort()
    return key & ((1 << low) - 1), key >> low


def ordered(columns: Sequence[Rows]) -> Rows:
    """The order that sorts rows by columns of any whole numbers, the first one first; equal rows by position.

    As many columns as fit are packed; only rows that are equal in these are compared by the others.
    """
    packed = _fitting(columns)
    rest = columns[len(packed) :]
    if not rest or not packed:
        return sorted_rows(packed) if packed else np.lexsort(columns[::-1])
    order, key = _by_key(packed)
    same = np.zeros(len(order), dtype=bool)
    np.equal(key[1:], key[:-1], out=same[1:])
    if not same.any():
        return order
    tied = same.copy()
    tied[:-1] |= same[1:]
    rows = np.flatnonzero(tied)
    own = order[rows]
    others = [np.cumsum(~same)[rows], *(values[own] for values in rest)]
    packed = _fitting(others)
    order[rows] = own[sorted_rows(packed) if len(packed) == len(others) else np.lexsort(others[::-1])]
    return order


def _fitting(columns: Sequence[Rows]) -> list[tuple[Rows, int]]:
    """As many of the columns as fit into one number with the position of a row, from 0 up, with their sizes."""
    found: list[tuple[Rows, int]] = []
    width = bits(len(columns[0]))
    for values in columns if len(columns[0]) else ():
        least = int(values.min())
        size = int(values.max()) - least + 1
        width += bits(size)
        if width > WIDEST:
            break
        found.append((values.astype(np.int64) - least, size))
    return found


def starts_of(codes: Rows) -> Rows:
    """Positions at which a run of equal codes begins; the first is 0."""
    if not len(codes):
        return np.zeros(0, dtype=np.intp)
    changed = np.empty(len(codes), dtype=bool)
    changed[0] = True
    np.not_equal(codes[1:], codes[:-1], out=changed[1:])
    return np.flatnonzero(changed)


def distinct(values: Rows) -> tuple[Ints, Rows]:
    """The values that occur, rising, and where each stands among them; small whole numbers need no sorting."""
    if not len(values):
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int32)
    highest = int(values.max())
    if int(values.min()) < 0 or highest > 4 * len(values) + 1_000:
        known, place = np.unique(values, return_inverse=True)
        return known.astype(np.int64), place.astype(np.int32)
    present = np.zeros(highest + 1, dtype=bool)
    present[values] = True
    lookup = np.cumsum(present, dtype=np.int32) - np.int32(1)
    return np.flatnonzero(present), lookup.take(values)


def passed(edges: Rows, values: Rows) -> Rows:
    """How many of some rising edges each value has reached; values that lie close are looked up in a table."""
    if len(values):
        first, last = int(values.min()), int(values.max())
        if last - first <= len(values):
            return np.searchsorted(edges, np.arange(first, last + 1), side="right").take(values - first)
    return np.searchsorted(edges, values, side="right")


def merged(parts: Sequence[Rows], size: int) -> list[Ints]:
    """Where the entries of some parts, each sorted, stand when put together; equal ones in the order of parts.

    Every part holds numbers 0 … size - 1.
    """
    counts = [np.bincount(part, minlength=size) for part in parts]
    total = np.add.reduce(counts)
    begin = np.cumsum(total) - total
    found = []
    for part, count in zip(parts, counts, strict=True):
        shift = begin - (np.cumsum(count) - count)
        found.append(np.arange(len(part)) + shift[part])
        begin += count
    return found


def looked_up(table: NDArray[Any], codes: Rows) -> NDArray[Any]:
    """The value of each code, piece by piece, because an index is made wide before it is used."""
    if 0 < len(table) < _SMALL and bool((table == table[0]).all()):
        return np.full(len(codes), table[0], dtype=table.dtype)
    if len(table) < _SMALL and table.dtype == codes.dtype and np.array_equal(table, np.arange(len(table))):
        return codes
    found = np.empty(len(codes), dtype=table.dtype)
    for low in range(0, len(codes), AT_ONCE):
        part = slice(low, low + AT_ONCE)
        found[part] = table[codes[part]]
    return found


def among(values: Rows, wanted: Sequence[int]) -> NDArray[np.bool_]:
    """Whether each value is one of a few."""
    found = np.zeros(len(values), dtype=bool)
    for each in wanted:
        found |= values == each
    return found


def rises(values: Rows) -> bool:
    """Whether no value is lower than the one before it."""
    return bool((values[1:] >= values[:-1]).all())


def lengths_of(starts: Rows, count: int) -> Rows:
    """How long each run is that begins at `starts`."""
    found = np.empty_like(starts)
    if len(found):
        np.subtract(starts[1:], starts[:-1], out=found[:-1])
        found[-1] = count - starts[-1]
    return found


def running(values: NDArray[Any], starts: Rows) -> NDArray[Any]:
    """Running sums that begin again at every position of `starts`."""
    total = np.cumsum(values)
    if len(starts) > 1:
        carried = total[starts[1:] - 1]
        total[starts[1] :] -= np.repeat(carried, lengths_of(starts[1:], len(values)))
    return total


def steps(totals: NDArray[Any], starts: Rows) -> NDArray[Any]:
    """The differences of running totals that begin again at every position of `starts`: the inverse of `running`."""
    found = totals.copy()
    found[1:] -= totals[:-1]
    found[starts] = totals[starts]
    return found


def positions(wanted: Rows, known: Ints) -> tuple[Rows, NDArray[np.bool_]]:
    """Where each wanted value stands in `known`, which rises strictly, and whether it is there at all."""
    if not len(known):
        return np.zeros(len(wanted), dtype=np.intp), np.zeros(len(wanted), dtype=bool)
    first, last = int(known[0]), int(known[-1])
    if first >= 0 and last < 4 * (len(known) + len(wanted)) + 1_000:
        lookup = np.full(last + 2, -1, dtype=np.int32)
        lookup[known] = np.arange(len(known), dtype=np.int32)
        place = lookup[np.clip(wanted, -1, last + 1)]
        return np.maximum(place, 0), place >= 0
    place = np.minimum(np.searchsorted(known, wanted), len(known) - 1)
    return place, known[place] == wanted
