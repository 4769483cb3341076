"""Tiers → money at rates: marginal, for the whole amount, or for the whole overage.

A table is an exact piecewise function of accumulated credit. Everything in it shares one denominator, so that it is
evaluated in whole numbers: thresholds that fall on a fraction of a cent stay exact, and the only rounding is that of
`engine.totals`. Tables that pay by value rather than by rate are in `engine.curves`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from engine.order import running, steps
from engine.totals import LIMIT, Axis, Keeping, Position, Totals, held, rounded, widened

if TYPE_CHECKING:
    from engine.order import Ints, Rows
    from engine.totals import Numbers


@dataclass(frozen=True)
class Schedule:
    """A rate table compiled to whole numbers.

    Tier k begins at `starts[k] / axis_den` (times quota, or minor units); group g, the deals that see the same rates,
    pays `rates[g][k] / rate_den` there, and `fixed[g]` minor units for each deal. With `target_den` rates are
    multiples of the target incentive by the quota, and targets come in parts of `1 / target_den` minor units.
    """

    starts: tuple[int, ...]
    axis_den: int
    rates: tuple[tuple[int, ...], ...]
    rate_den: int
    keeping: Keeping
    behaviour: str
    fixed: tuple[int, ...] = ()
    target_den: int = 0
    above: tuple[bool, ...] = ()  # which tiers are reached only beyond their start; (): none

    @cached_property
    def divisor(self) -> int:
        """What a total in the schedule's own numbers is divided by to give minor units."""
        return self.axis_den * self.rate_den

    @cached_property
    def is_plain(self) -> bool:
        """Whether totals are nothing but rates times credit, rounded as totals."""
        return not self.fixed and not self.target_den and not self.keeping.by_line

    def amounts(self, at: Position) -> Ints:
        """What each credit pays in minor units: the difference of two rounded running totals of its window."""
        if not len(at.basis):
            return at.basis
        place = at if self._fits(at) else widened(at)
        if place.axis is not None:
            return self._by_axis(place, place.axis)
        num = self._totals(place)
        if self.is_plain and at.opening is None:
            unit = self.keeping.unit
            whole = steps(rounded(num, self.divisor * unit, self.keeping.mode), at.starts)
            return held(whole * unit) if whole.dtype == object else whole * unit
        first = None
        if at.opening is not None and len(self.rates) == 1:
            first = self._scaled(self._totals(place.opened), place.opened)
        return self.keeping.amounts(self._scaled(num + self._per_deal(place), place), first, at.starts)

    def singly(self, at: Position) -> Ints:
        """What each credit pays when each starts at the bottom of the table; a negative one mirrors its twin."""
        return alone(self, at)

    def start(self, tier: int, quota: int | None) -> Fraction:
        """Where a tier begins, in minor units, exactly."""
        return Fraction(self.starts[tier] * (1 if quota is None else quota), self.axis_den)

    def rate(self, group: int, tier: int) -> Fraction:
        """What a group of deals is paid in a tier, exactly."""
        return Fraction(self.rates[group][tier], self.rate_den)

    def _fits(self, at: Position) -> bool:
        """Whether no figure on the way can pass int64; products with a target are looked after elsewhere."""
        furthest = size_of(at.after) + size_of(at.basis)
        quota = 1 if at.quota is None else size_of(at.quota)
        if at.axis is not None:
            furthest = max(furthest, size_of(at.axis.after) + size_of(at.axis.before))
            quota = max(quota, 1 if at.axis.quota is None else size_of(at.axis.quota))
        steepest = max(max(map(abs, rates)) for rates in self.rates) + 1
        reach = max(furthest * self.axis_den, self.starts[-1] * quota)
        worst = 2 * reach * steepest * (len(self.starts) + 1) + self.divisor * self.keeping.unit
        if at.axis is not None:
            worst = max(worst, furthest * self.divisor * self.keeping.unit)
        if self.fixed:
            worst += len(at.basis) * max(self.fixed) * self.divisor
        if at.per is not None:
            worst = max(worst, self.divisor * self.keeping.unit * self.target_den * size_of(at.per))
        rows = 1 if len(self.rates) == 1 and at.axis is None else len(at.basis)
        return worst * rows < LIMIT

    def _scaled(self, num: Numbers, at: Position) -> Totals:
        """Totals in the schedule's own numbers as money: times target by quota, where rates are multiples of it."""
        if at.target is not None and at.per is not None:
            return Totals(num, self.divisor * self.target_den * at.per, at.target)
        return Totals(num, self.divisor)

    def _per_deal(self, at: Position) -> Numbers | int:
        """The running total of what is paid for each deal, whatever its size, times `divisor`."""
        if not self.fixed:
            return 0
        each = np.array(self.fixed, dtype=at.after.dtype)
        paid = each[0] if at.group is None else each[at.group]
        return running(np.where(at.basis < 0, -paid, paid), at.starts) * self.divisor

    def _totals(self, at: Position) -> Numbers:
        """The exact running total after each credit, times `divisor`."""
        if len(self.starts) > 1:
            if self.behaviour == "whole_amount":
                return self._whole(at, self._reached(at.after, at.quota))
            if self.behaviour == "overage":
                return self._overage(at)
        if at.group is None or len(self.rates) == 1:
            return self._curve(at.after * self.axis_den, at.quota)
        return running(self._increments(at, at.group), at.starts)

    def _threshold(self, tier: int, quota: Numbers | None) -> Any:
        return self.starts[tier] if quota is None else self.starts[tier] * quota

    def _reached(self, reach: Numbers, quota: Numbers | None) -> Rows:
        """The tier that each accumulated credit has reached; below zero it is the first."""
        tier = np.zeros(len(reach), dtype=np.intp)
        for k in range(1, len(self.starts)):
            tier += reach * self.axis_den >= self._threshold(k, quota) + is_strict(self, k)
        return tier

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
        return self._stretch(at.after, at.basis, (group, at.quota))

    def _stretch(self, after: Numbers, step: Numbers, by: tuple[Rows | int, Numbers | None]) -> Numbers:
        """What the rates of a group come to over a step on the axis that ends at a place, times `divisor`."""
        group, quota = by
        table = np.array(self.rates, dtype=after.dtype)
        after, step = after * self.axis_den, step * self.axis_den
        found = table[:, 0][group] * step
        for tier in range(1, len(self.starts)):
            change = (table[:, tier] - table[:, tier - 1])[group]
            start = self._threshold(tier, quota)
            found += change * (np.maximum(after - start, 0) - np.maximum(after - step - start, 0))
        return found

    def _whole(self, at: Position, tier: Rows) -> Numbers:
        """Whole amount: everything in the window at the rate of the tier reached."""
        table = np.array(self.rates, dtype=at.after.dtype)
        if at.group is None or len(self.rates) == 1:
            reach = at.after if at.axis is None else running(at.basis, at.starts)
            only: Numbers = table[0][tier] * (reach * self.axis_den)
            return only
        return self._by_group(at.basis * self.axis_den, at, tier)

    def _by_group(self, credit: Numbers, at: Position, tier: Rows) -> Numbers:
        """What has come together of some credit, each group's at its own rate of the tier reached."""
        table = np.array(self.rates, dtype=at.after.dtype)
        group = np.zeros(len(credit), dtype=np.intp) if at.group is None else at.group
        total = np.zeros_like(credit)
        for g in range(len(self.rates)):
            total += table[g][tier] * running(np.where(group == g, credit, 0), at.starts)
        return total

    def _overage(self, at: Position) -> Numbers:
        """Up to the second tier at the first rate; what is beyond it at the rate of the tier reached."""
        table = np.array(self.rates, dtype=at.after.dtype)
        reach, edge = at.after * self.axis_den, self._threshold(1, at.quota)
        tier = self._reached(at.after, at.quota)
        over = np.maximum(reach - edge, 0)
        if at.group is None or len(self.rates) == 1:
            only: Numbers = table[0][0] * (reach - over) + table[0][tier] * over
            return only
        step = at.basis * self.axis_den
        beyond = over - np.maximum(reach - step - edge, 0)
        base = running(table[:, 0][at.group] * (step - beyond), at.starts)
        return base + self._by_group(beyond, at, tier)

    def _by_axis(self, at: Position, axis: Axis) -> Ints:
        """What each credit pays where something else chooses the tier."""
        if self.behaviour == "marginal":
            return self.keeping.single(self._spread(at, axis))
        tier = self._reached(axis.after, axis.quota)
        if not axis.by_deal:
            return self.keeping.amounts(self._scaled(self._whole(at, tier), at), None, at.starts)
        table = np.array(self.rates, dtype=at.after.dtype)
        rate = table[0][tier] if at.group is None else table[at.group, tier]
        total = running(rate * (at.basis * self.axis_den), at.starts)
        return self.keeping.amounts(self._scaled(total, at), None, at.starts)

    def _spread(self, at: Position, axis: Axis) -> Totals:
        """Each credit spread evenly over its way along the axis; where there is no way, at the rate of its place."""
        group: Rows | int = 0 if at.group is None else at.group
        low = np.where(axis.after > 0, 0, axis.after) if axis.by_deal else axis.before
        way = axis.after - low
        paid = self._stretch(axis.after, way, (group, axis.quota))
        table = np.array(self.rates, dtype=at.after.dtype)
        still = table[group, self._reached(axis.after, axis.quota)] * self.axis_den
        num = np.where(way < 0, -paid, np.where(way == 0, still, paid))
        den = np.where(way == 0, 1, np.abs(way)) * self.divisor
        if at.target is None or at.per is None:
            return Totals(num, den, at.basis)
        return Totals(num.astype(object) * at.target, den.astype(object) * self.target_den * at.per, at.basis)


class Started(Protocol):
    """Whatever has tiers that start somewhere."""

    @property
    def starts(self) -> tuple[int, ...]:
        """Where they start."""
        ...

    @property
    def above(self) -> tuple[bool, ...]:
        """Which are reached only beyond that."""
        ...


def is_strict(table: Started, tier: int) -> bool:
    """Whether a tier is reached only beyond its start; one that starts at 0 always is with 0."""
    return bool(table.above) and table.above[tier] and table.starts[tier] > 0


class Pricer(Protocol):
    """Whatever prices credits where they stand."""

    def amounts(self, at: Position) -> Ints:
        """What each credit pays in minor units."""
        ...


def alone(pricer: Pricer, at: Position) -> Ints:
    """What each credit pays when each starts at the bottom of the table; a negative one mirrors its twin."""
    size = np.abs(at.basis)
    each = replace(at, basis=size, after=size, starts=np.arange(len(size)), opening=None)
    return np.where(at.basis < 0, -1, 1) * pricer.amounts(each)


def size_of(values: Numbers) -> int:
    """The largest of some numbers by size, at least 1."""
    return max(int(values.max()), -int(values.min()), 1)
