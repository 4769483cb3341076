"""Running totals kept between limits, so that credits which are taken back take back exactly what was paid."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from engine.order import lengths_of, running, starts_of, steps

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.order import Ints, Rows


def clamped(change: Ints, low: Ints, high: Ints, starts: Rows) -> Ints:
    """Running totals of `change` from 0 in every window, each pushed back between its own `low` and `high`.

    Step n turns a total x into clip(x + change, low, high). Such steps compose into one of the same form, so all
    totals are found in about log2(longest window) rounds over the arrays.
    """
    lengths = lengths_of(starts, len(change))
    place = np.arange(len(change)) - np.repeat(starts, lengths)
    total, low, high = change.copy(), low.copy(), high.copy()
    reach = 1
    while reach < int(lengths.max(initial=0)):
        rows = np.flatnonzero(place >= reach)
        before = rows - reach
        bottom = np.clip(low[before] + total[rows], low[rows], high[rows])
        top = np.clip(high[before] + total[rows], low[rows], high[rows])
        total[rows] += total[before].copy()
        low[rows], high[rows] = bottom, top
        reach *= 2
    found: Ints = np.clip(total, low, high)
    return found


def held(change: Ints, priced: tuple[Ints, ...], codes: Rows) -> Ints:
    """`change`, kept so that its running total lies between 0 and the running totals of `priced`.

    With credits that only add nothing is ever cut. Where some are taken back, all that is taken back leaves nothing.
    """
    starts = starts_of(codes)
    back = np.zeros(len(change), dtype=bool)
    for values in (change, *priced):
        back |= values < 0
    if not back.any():
        return change
    totals = [running(values, starts) for values in priced]
    low, high = np.minimum.reduce(totals), np.maximum.reduce(totals)
    np.minimum(low, 0, out=low)
    np.maximum(high, 0, out=high)
    total = running(change, starts)
    beyond = (total < low) | (total > high)
    if not beyond.any():
        return change
    rows = np.flatnonzero(np.repeat(np.logical_or.reduceat(beyond, starts), lengths_of(starts, len(change))))
    own = starts_of(codes[rows])
    found = change.copy()
    found[rows] = steps(clamped(change[rows], low[rows], high[rows], own), own)
    return found


def largest(*values: NDArray[Any]) -> int:
    """The size of the largest figure in some arrays, as a Python integer; at least 1."""
    return max([1, *(max(int(each.max(initial=0)), -int(each.min(initial=0))) for each in values)])
