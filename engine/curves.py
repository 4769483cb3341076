"""Tables that pay by value: points of a curve, steps, and tiers that are worth something when they are full.

Every one is straight lines with jumps over an axis: attainment, or credit. In tier k the table comes to

    value_k + slope_k * (axis - start_k)

in money, as a share of the target incentive, or (interpolated rates, which add) as a rate of the whole credit.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import numpy as np

from engine.order import running
from engine.rates import alone, is_strict, size_of
from engine.totals import LIMIT, Axis, Keeping, Position, Totals, widened

if TYPE_CHECKING:
    from engine.order import Ints
    from engine.totals import Numbers

Times = Literal["", "target", "credit"]


@dataclass(frozen=True)
class Curve:
    """A table of values compiled to whole numbers.

    Line 0 holds below the first start, line k + 1 from `starts[k] / axis_den` (times quota, or minor units) on; line
    0 is measured from the first start. Line k is `values[k] + slopes[k] * way + rises[k] * way in credit`, over
    `den`, with the way from its start in units of the axis. `times` says what that is a part of; targets come in
    parts of `1 / target_den` minor units.
    """

    starts: tuple[int, ...]
    axis_den: int
    values: tuple[int, ...]
    slopes: tuple[int, ...]
    rises: tuple[int, ...]
    den: int
    times: Times
    keeping: Keeping
    target_den: int = 1
    above: tuple[bool, ...] = ()  # which lines hold only beyond their start; (): none

    @cached_property
    def is_flat(self) -> bool:
        """Whether it has no slope anywhere, so that nothing is divided by a quota."""
        return not any(self.slopes) and not any(self.rises)

    def amounts(self, at: Position) -> Ints:
        """What each credit pays in minor units: the difference of two rounded running totals of its window."""
        if not len(at.basis):
            return at.basis
        place = at if self._fits(at) else widened(at)
        axis = place.axis
        if axis is not None and axis.by_deal:
            return self._by_deal(place, axis)
        if axis is not None:
            credit = running(place.basis, place.starts)
            return self.keeping.amounts(self._totals((axis.after, axis.quota), place, credit), None, at.starts)
        first = None
        if at.opening is not None:
            opened = place.opened
            first = self._totals((opened.after, opened.quota), opened, opened.after)
            first = replace(first, num=np.where(opened.after == 0, 0, first.num))  # nothing was paid before nothing
        return self.keeping.amounts(self._totals((place.after, place.quota), place, place.after), first, at.starts)

    def singly(self, at: Position) -> Ints:
        """What each credit pays when each starts at the bottom of the table; a negative one mirrors its twin."""
        return alone(self, at)

    def _fits(self, at: Position) -> bool:
        """Whether no figure on the way can pass int64; products with `times` are looked after where they are made."""
        reach, quota = size_of(at.after) + size_of(at.basis), 1 if at.quota is None else size_of(at.quota)
        if at.axis is not None:
            reach, quota = size_of(at.axis.after), 1 if at.axis.quota is None else size_of(at.axis.quota)
        way = reach * self.axis_den + self.starts[-1] * quota
        steepest = max(map(abs, self.slopes)) + max(map(abs, self.rises)) * quota
        worst = max(map(abs, self.values)) * self.axis_den * quota + steepest * way
        below = self.den * self.axis_den * self.target_den * self.keeping.unit * quota
        rows = len(at.basis) if at.axis is not None else 1
        return max(worst, below) * 2 * rows < LIMIT

    def _lines(self, reach: Numbers, quota: Numbers | None) -> tuple[Numbers, Numbers | int]:
        """What the table comes to at each place: numerators, and what they are divided by."""
        line = np.zeros(len(reach), dtype=np.intp)
        for tier, start in enumerate(self.starts):
            line += reach * self.axis_den >= (start if quota is None else start * quota) + is_strict(self, tier)
        values = np.array(self.values, dtype=reach.dtype)
        if self.is_flat:
            return values[line], self.den
        own: Numbers | int = 1 if quota is None else quota
        begin = np.array((self.starts[0], *self.starts), dtype=reach.dtype)[line]
        slope = np.array(self.slopes, dtype=reach.dtype)[line] + np.array(self.rises, dtype=reach.dtype)[line] * own
        num: Numbers = values[line] * own * self.axis_den + slope * (reach * self.axis_den - begin * own)
        return num, self.den * self.axis_den * own

    def _totals(self, place: tuple[Numbers, Numbers | None], at: Position, credit: Numbers) -> Totals:
        num, den = self._lines(*place)
        if self.times == "target" and at.target is not None:
            return Totals(num, den * self.target_den, at.target)
        return Totals(num, den, credit if self.times == "credit" else None)

    def _by_deal(self, at: Position, axis: Axis) -> Ints:
        """Each deal pays by its own figure, whatever others there were."""
        num, den = self._lines(axis.after, axis.quota)
        if self.times == "credit":
            return self.keeping.single(Totals(num, den, at.basis))
        return self.keeping.amounts(
            Totals(running(np.where(at.basis < 0, -num, num), at.starts), den), None, at.starts
        )
