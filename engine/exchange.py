"""Amounts from one currency into another, at the rate of a day, rounded once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.deals import LARGEST_CENTS
from engine.errors import CurrencyUnknown
from engine.frames import Named, integers, named
from engine.money import Rate, Rounding, exponent
from engine.totals import rounded

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.frames import Frame
    from engine.order import Ints, Rows

FINE, MISSING, UNKNOWN = 0, 1, 2
_LIMIT = 2**61


@dataclass(frozen=True, slots=True)
class Converted:
    """Amounts in one currency, and per amount whether that was possible: None when all were."""

    amount: Ints
    fault: NDArray[np.int8] | None


class Exchange:
    """Exchange rates, by pair and day. Each says what one unit of a currency is worth in another, in major units."""

    def __init__(self, rates: Frame) -> None:
        """Read the rates; those not above zero are not used, nor is any on a day that has two different ones."""
        self._source, self._target = named(rates, "from_currency"), named(rates, "to_currency")
        self._spans = (integers(rates, "start_on"), integers(rates, "end_on"))
        self._values = (integers(rates, "rate_num"), integers(rates, "rate_den"))

    def into(self, target: str, money: tuple[Ints, Named], days: Rows, mode: Rounding) -> Converted:
        """`money` (amounts and their currencies) in the currency `target`, at the rates of `days`."""
        amounts, currency = money
        own = currency.code(target)
        foreign = currency.codes != own
        if not foreign.any():
            return Converted(amounts, None)
        converted = amounts.copy()
        fault = np.zeros(len(amounts), dtype=np.int8)
        for code in np.unique(currency.codes[foreign]):
            at = np.flatnonzero(currency.codes == code)
            name = currency.names[code] if code >= 0 else ""
            converted[at], fault[at] = self._convert((name, target), amounts[at], days[at], mode)
        return Converted(converted, fault if fault.any() else None)

    def rate_on(self, source: str, target: str, on: int) -> Rate | None:
        """The rate of one day, or None when there is none, or two that differ."""
        place, found, rows = self._find(source, target, np.array([on]))
        if not found[0]:
            return None
        row = rows[place[0]]
        return Rate(int(self._values[0][row]), int(self._values[1][row]))

    def _find(self, source: str, target: str, days: Rows) -> tuple[Rows, NDArray[np.bool_], Rows]:
        """For each day the place of its rate among `rows`, and whether there is exactly one rate."""
        wanted = (self._source.codes == self._source.code(source)) & (self._target.codes == self._target.code(target))
        wanted &= (self._values[0] > 0) & (self._values[1] > 0) & (self._spans[0] < self._spans[1])
        rows = np.flatnonzero(wanted)
        if not len(rows):
            return np.zeros(len(days), dtype=np.intp), np.zeros(len(days), dtype=bool), rows
        if len(rows) == 1:  # the rule where a rate is said for a year: nothing can differ from it
            start, end = int(self._spans[0][rows[0]]), int(self._spans[1][rows[0]])
            return np.zeros(len(days), dtype=np.intp), (days >= start) & (days < end), rows
        first, rate = self._distinct(rows)
        edges, only = _rate_by_day(self._spans[0][rows], self._spans[1][rows], rate)
        stretch = np.searchsorted(edges, days, side="right") - 1
        place = np.where(stretch >= 0, only[stretch], -1)
        return np.maximum(place, 0), place >= 0, rows[first]

    def _distinct(self, rows: Rows) -> tuple[Rows, Rows]:
        """The first place of each rate among `rows`, and which of them every row has: 2/4 is 1/2."""
        num, den = self._values[0][rows].astype(np.int64), self._values[1][rows].astype(np.int64)
        common = np.gcd(num, den)
        _, first, rate = np.unique(
            np.stack([num // common, den // common]), axis=1, return_index=True, return_inverse=True
        )
        return first, rate

    def _convert(
        self, pair: tuple[str, str], amounts: Ints, days: Rows, mode: Rounding
    ) -> tuple[Ints, NDArray[np.int8] | int]:
        try:
            shift = exponent(pair[1]) - exponent(pair[0])
        except CurrencyUnknown:
            return np.zeros_like(amounts), UNKNOWN
        place, found, rows = self._find(*pair, days)
        if not len(rows):
            return np.zeros_like(amounts), MISSING
        exact: NDArray[Any] = np.where(found, amounts, 0)
        num, den = self._values[0][rows], self._values[1][rows]
        if (
            int(num.max()) * int(np.abs(exact).max()) * 10 ** abs(shift) >= _LIMIT
            or int(den.max()) * 10 ** abs(shift) >= _LIMIT
        ):
            exact, num, den = exact.astype(object), num.astype(object), den.astype(object)
        whole = rounded(exact * (num * 10 ** max(shift, 0))[place], (den * 10 ** max(-shift, 0))[place], mode)
        within = np.abs(whole) <= LARGEST_CENTS
        fault = np.where(found, np.where(within, FINE, UNKNOWN), MISSING).astype(np.int8)
        return np.where(within, whole, 0).astype(np.int64), fault


def _rate_by_day(start: Rows, end: Rows, rate: Rows) -> tuple[Rows, Rows]:
    """The days on which rates change, and which rate runs from each on: -1 where there is none, or more than one."""
    order = np.lexsort([start, rate])
    start, end, rate = start[order].astype(np.int64), end[order].astype(np.int64), rate[order].astype(np.int64)
    # rows of one rate may overlap; each is cut to the days that none before it has covered
    covered = np.maximum.accumulate((rate << 33) + end) - (rate << 33)
    start[1:] = np.where(rate[1:] == rate[:-1], np.maximum(start[1:], covered[:-1]), start[1:])
    kept = start < end
    start, end, rate = start[kept], end[kept], rate[kept]
    edges, where = np.unique(np.concatenate([start, end]), return_inverse=True)
    count, total = np.zeros(len(edges), dtype=np.int64), np.zeros(len(edges), dtype=np.int64)
    for at, sign in ((where[: len(start)], 1), (where[len(start) :], -1)):
        np.add.at(count, at, sign)
        np.add.at(total, at, sign * rate)
    return edges, np.where(np.cumsum(count) == 1, np.cumsum(total), -1)
