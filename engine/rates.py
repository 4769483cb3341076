"""Tiers → money: the only tier arithmetic there is.

A table is an exact piecewise function of accumulated credit. Everything in it shares one denominator, so that it is
evaluated in whole numbers: thresholds that fall on a fraction of a cent stay exact, and the only rounding is that of
the running total. `int64` is used where the largest possible figure is proven to fit, Python integers where not.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from math import lcm
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.money import Rate, Rounding, divide, exponent
from engine.order import running, starts_of, steps

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.order import Ints, Rows
    from engine.plans.tables import Table

    Numbers = NDArray[Any]  # int64, or Python integers where int64 could overflow

_LIMIT = 2**62


def rounded(num: Numbers, den: Any, mode: Rounding) -> Numbers:
    """`num / den` rounded to whole numbers; `den` is positive. The same rule as `engine.money.divide`."""
    if mode == "half_up":
        if isinstance(den, np.ndarray) or den % 2 == 0:
            tie_away: Numbers = (num < 0) & (den % 2 == 0)
            num = num - tie_away
        whole: Numbers = num + den // 2
        whole //= den
        return whole
    if mode == "down":
        cut: Numbers = (num + (num < 0) * (den - 1)) // den
        return cut
    low: Numbers = num // den
    rest = 2 * (num - low * den)
    near: Numbers = low + ((rest > den) | ((rest == den) & (low % 2 == 1)))
    return near


@dataclass(frozen=True, slots=True)
class Position:
    """Where credits stand in their windows: `after` is the accumulated credit including this one.

    `starts` are the positions at which windows begin, `group` the rate group of each credit (None: all 0), `quota`
    each credit's quota (None for a table by amount).
    """

    basis: Ints
    after: Ints
    starts: Rows
    group: Rows | None
    quota: Ints | None


@dataclass(frozen=True)
class Schedule:
    """A rate table compiled to whole numbers.

    Tier k begins at `starts[k] / axis_den` (times quota, or minor units); group g, the deals that see the same rates,
    pays `rates[g][k] / rate_den` there. Totals are kept to multiples of `unit` minor units.
    """

    starts: tuple[int, ...]
    axis_den: int
    rates: tuple[tuple[int, ...], ...]
    rate_den: int
    unit: int
    mode: Rounding
    whole_amount: bool

    @cached_property
    def divisor(self) -> int:
        """What a total in the schedule's own numbers is divided by to give `unit`s."""
        return self.axis_den * self.rate_den * self.unit

    def amounts(self, at: Position) -> Ints:
        """What each credit pays in minor units: the difference of two rounded running totals of its window."""
        if not len(at.basis):
            return at.basis
        place = at if self._fits(at) else _widened(at)
        totals = self._totals(place)
        return steps(rounded(totals, self.divisor, self.mode), at.starts).astype(np.int64, copy=False) * self.unit

    def singly(self, at: Position) -> Ints:
        """What each credit pays when each starts at the bottom of the table; a negative one mirrors its twin."""
        size = np.abs(at.basis)
        alone = Position(size, size, np.arange(len(size)), at.group, at.quota)
        return np.where(at.basis < 0, -1, 1) * self.amounts(alone)

    def tier_at(self, reach: int, quota: int | None) -> int:
        """The tier that an accumulated credit has reached; below zero it is the first."""
        return sum(self.start(tier, quota) <= reach for tier in range(1, len(self.starts)))

    def start(self, tier: int, quota: int | None) -> Fraction:
        """Where a tier begins, in minor units, exactly."""
        return Fraction(self.starts[tier] * (1 if quota is None else quota), self.axis_den)

    def rate(self, group: int, tier: int) -> Fraction:
        """What a group of deals is paid in a tier, exactly."""
        return Fraction(self.rates[group][tier], self.rate_den)

    def total(self, exact: Fraction) -> int:
        """An exact running total in minor units, rounded as the plan says."""
        return divide(exact.numerator, exact.denominator * self.unit, self.mode) * self.unit

    def stretches(self, before: int, after: int, quota: int | None) -> list[tuple[int, Fraction, Fraction]]:
        """The way from `before` to `after`, cut where tiers begin: tier, from and to, in the order of travel."""
        low, high = sorted((before, after))
        edges = [self.start(tier, quota) for tier in range(1, len(self.starts))]
        cuts = [Fraction(low), *(edge for edge in edges if low < edge < high), Fraction(high)]
        found = [(bisect_right(edges, begin), begin, end) for begin, end in pairwise(cuts)]
        return found if after >= before else [(tier, end, begin) for tier, begin, end in reversed(found)]

    def _fits(self, at: Position) -> bool:
        """Whether no figure on the way can pass int64."""
        furthest = max(int(at.after.max()), -int(at.after.min()), 1) + int(np.abs(at.basis).max())
        quota = 1 if at.quota is None else int(np.abs(at.quota).max())
        steepest = max(max(map(abs, rates)) for rates in self.rates) + 1
        reach = max(furthest * self.axis_den, self.starts[-1] * quota)
        worst = 2 * reach * steepest * (len(self.starts) + 1) + self.divisor
        rows = 1 if len(self.rates) == 1 else len(at.basis)
        return worst * rows < _LIMIT

    def _totals(self, at: Position) -> Numbers:
        """The exact running total after each credit, times `divisor / unit`."""
        if self.whole_amount and len(self.starts) > 1:
            return self._whole(at)
        if at.group is None or len(self.rates) == 1:
            return self._curve(at.after * self.axis_den, at.quota)
        return running(self._increments(at, at.group), at.starts)

    def _threshold(self, tier: int, quota: Numbers | None) -> Any:
        return self.starts[tier] if quota is None else self.starts[tier] * quota

    def _curve(self, reach: Numbers, quota: Numbers | None) -> Numbers:
        """Marginal: each tier adds the change of rate times what lies beyond its start."""
        rates = self.rates[0]
        total: Numbers = reach * rates[0]
        for tier in range(1, len(rates)):
            change = rates[tier] - rates[tier - 1]
            if change:
                beyond = reach - self._threshold(tier, quota)
                np.maximum(beyond, 0, out=beyond)
                beyond *= change
                total += beyond
        return total

    def _increments(self, at: Position, group: Rows) -> Numbers:
        """Marginal with several groups: each credit's own stretch of the axis at its own group's rates."""
        table = np.array(self.rates, dtype=at.after.dtype)
        after, step = at.after * self.axis_den, at.basis * self.axis_den
        found = table[:, 0][group] * step
        for tier in range(1, len(self.starts)):
            change = (table[:, tier] - table[:, tier - 1])[group]
            start = self._threshold(tier, at.quota)
            found += change * (np.maximum(after - start, 0) - np.maximum(after - step - start, 0))
        return found

    def _whole(self, at: Position) -> Numbers:
        """Whole amount: everything in the window at the rate of the tier reached."""
        reach = at.after * self.axis_den
        tier = np.zeros(len(at.after), dtype=np.intp)
        for k in range(1, len(self.starts)):
            tier += reach >= self._threshold(k, at.quota)
        table = np.array(self.rates, dtype=at.after.dtype)
        if at.group is None or len(self.rates) == 1:
            only: Numbers = table[0][tier] * reach
            return only
        total = np.zeros_like(reach)
        for g in range(len(self.rates)):
            own = running(np.where(at.group == g, at.basis, 0), at.starts)
            total += table[g][tier] * (own * self.axis_den)
        return total


def _widened(at: Position) -> Position:
    """The same position in Python integers, which cannot overflow."""
    quota = None if at.quota is None else at.quota.astype(object)
    return Position(at.basis.astype(object), at.after.astype(object), at.starts, at.group, quota)


def positioned(basis: Ints, windows: Rows, group: Rows | None, quota: Ints | None) -> Position:
    """Credits, sorted by window, with their running totals."""
    starts = starts_of(windows)
    return Position(basis, running(basis, starts), starts, group, quota)


def schedule(table: Table, groups: tuple[tuple[Rate, ...], ...], money: tuple[str, int | None, Rounding]) -> Schedule:
    """The table in whole numbers. `groups` has each group's rates by tier; `money` is currency, places and mode."""
    starts = [tier.begins for tier in table.tiers]
    axis_den = lcm(*(start.den for start in starts))
    rate_den = lcm(*(rate.den for rates in groups for rate in rates))
    currency, places, mode = money
    return Schedule(
        starts=tuple(start.num * (axis_den // start.den) for start in starts),
        axis_den=axis_den,
        rates=tuple(tuple(rate.num * (rate_den // rate.den) for rate in rates) for rates in groups),
        rate_den=rate_den,
        unit=1 if places is None else 10 ** (exponent(currency) - places),
        mode=mode,
        whole_amount=table.behaviour == "whole_amount",
    )
