"""Exact running totals → amounts: where credits stand, and the one place where what they come to is rounded.

Totals are rounded, or each line by itself, as the plan says. `int64` is used where the largest possible figure is
proven to fit, Python integers where not.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.money import Rounding, divide
from engine.order import running, starts_of, steps

if TYPE_CHECKING:
    from fractions import Fraction

    from numpy.typing import NDArray

    from engine.order import Ints, Rows

    Numbers = NDArray[Any]  # int64, or Python integers where int64 could overflow

LIMIT = 2**62
_NARROWEST = 4  # bits of a digit, below which long division by digits does not pay


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


def rounded_product(num: Numbers, times: Numbers, den: Any, mode: Rounding) -> Numbers:
    """`num * times / den` rounded to whole numbers, where the product alone might not fit; `den` is positive."""
    largest = int(np.abs(times).max(initial=0))
    if max(int(np.abs(num).max(initial=0)), 1) * max(largest, 1) < LIMIT:
        return rounded(num * times, den, mode)
    width = LIMIT.bit_length() - 3 - int(np.max(den)).bit_length()
    if num.dtype == object or times.dtype == object or width < _NARROWEST:
        return rounded(num.astype(object) * times, den, mode)
    whole, rest = np.divmod(np.abs(num), den)
    if (int(whole.max()) + 1) * largest >= LIMIT:
        return rounded(num.astype(object) * times, den, mode)
    size = np.abs(times)
    quotient, left = np.zeros_like(whole), np.zeros_like(whole)
    for digit in reversed(range(-(-largest.bit_length() // width))):
        left = (left << width) + rest * ((size >> (digit * width)) & ((1 << width) - 1))
        step, left = np.divmod(left, den)
        quotient = (quotient << width) + step
    quotient += whole * size
    if mode == "half_up":
        quotient += 2 * left >= den
    elif mode == "half_even":
        quotient += (2 * left > den) | ((2 * left == den) & (quotient % 2 == 1))
    found: Numbers = np.where((num < 0) ^ (times < 0), -quotient, quotient)
    return found


@dataclass(frozen=True, slots=True)
class Axis:
    """What chooses the tier where that is not the credit itself: before and after each credit.

    `quota` is that of another component, None where the axis is an amount or a number. `by_deal`: a figure of the
    deal, so that every credit has a place of its own and earlier ones stay where they were.
    """

    before: Ints
    after: Ints
    quota: Ints | None
    by_deal: bool

    def part(self, rows: Rows) -> Axis:
        """That of some of the credits."""
        quota = None if self.quota is None else self.quota[rows]
        return Axis(self.before[rows], self.after[rows], quota, self.by_deal)


@dataclass(frozen=True, slots=True)
class Position:
    """Where credits stand in their windows: `after` is the accumulated credit including this one.

    `starts` are the positions at which windows begin, `group` the rate group of each credit (None: all 0), `quota`
    each credit's quota (None for a table by amount), `target` the target incentive of its window in the component's
    own parts of a minor unit and `per` the quota that it is paid for, `opening` the credit with which each window
    began (None: 0), `axis` what chooses the tier (None: the credit).
    """

    basis: Ints
    after: Ints
    starts: Rows
    group: Rows | None
    quota: Ints | None
    target: Ints | None = None
    per: Ints | None = None
    opening: Ints | None = None
    axis: Axis | None = None

    @property
    def opened(self) -> Position:
        """The openings as credits, each alone in its window."""
        opening = np.zeros(len(self.starts), dtype=np.int64) if self.opening is None else self.opening
        quota = None if self.quota is None else self.quota[self.starts]
        target = None if self.target is None else self.target[self.starts]
        per = None if self.per is None else self.per[self.starts]
        return Position(opening, opening, np.arange(len(opening)), None, quota, target, per)


@dataclass(frozen=True, slots=True)
class Totals:
    """Exact running totals: `num * times / den` in minor units."""

    num: Numbers
    den: Any
    times: Numbers | None = None


@dataclass(frozen=True, slots=True)
class Keeping:
    """How exact totals become amounts: multiples of `unit` minor units, totals rounded or each line by itself."""

    unit: int
    mode: Rounding
    by_line: bool = False

    def amounts(self, totals: Totals, first: Totals | None, starts: Rows) -> Ints:
        """What each credit pays; `first` are the totals with which windows began, None: 0."""
        if self.by_line:
            return self.single(_differences(totals, first, starts))
        found = steps(self._rounded(totals), starts)
        if first is not None:
            found[starts] -= self._rounded(first)
        return held(found * self.unit)

    def single(self, amounts: Totals) -> Ints:
        """Exact amounts, each rounded by itself."""
        return held(self._rounded(amounts) * self.unit)

    def exact(self, total: Fraction) -> int:
        """One exact amount in minor units, rounded."""
        return divide(total.numerator, total.denominator * self.unit, self.mode) * self.unit

    def _rounded(self, totals: Totals) -> Numbers:
        den = totals.den * self.unit
        if totals.times is None:
            return rounded(totals.num, den, self.mode)
        return rounded_product(totals.num, totals.times, den, self.mode)


def held(amounts: Numbers) -> Ints:
    """Amounts as `int64`; those beyond all bounds stop at LIMIT, and whoever prices them reports them."""
    if amounts.dtype == object:
        amounts = np.clip(amounts, -LIMIT, LIMIT)
    return amounts.astype(np.int64, copy=False)


def _differences(totals: Totals, first: Totals | None, starts: Rows) -> Totals:
    """The exact differences of running totals; what they are divided by may change from credit to credit."""
    steady = _is_steady(totals.den, starts) and _is_steady(totals.times, starts)
    if steady and _go_together(totals, first, starts):
        num = steps(totals.num, starts)
        if first is not None:
            num[starts] -= first.num
        return Totals(num, totals.den, totals.times)
    num = totals.num.astype(object)
    num = num if totals.times is None else num * totals.times
    den = totals.den if isinstance(totals.den, np.ndarray) else np.full(len(num), totals.den, dtype=object)
    den = den.astype(object)
    earlier, below = np.roll(num, 1), np.roll(den, 1)
    earlier[starts] = 0
    if first is not None:
        earlier[starts] = first.num if first.times is None else first.num.astype(object) * first.times
        below[starts] = first.den
    same = den == below
    return Totals(
        np.where(same, num - earlier, num * below - earlier * den),
        np.where(same, den, den * below),
    )


def _go_together(totals: Totals, first: Totals | None, starts: Rows) -> bool:
    """Whether the totals with which windows began are multiplied by the same as those that follow."""
    if first is None or first.times is None or totals.times is None:
        return True
    return bool((first.times == totals.times[starts]).all())


def _is_steady(values: Numbers | int | None, starts: Rows) -> bool:
    """Whether a figure stays the same within every window."""
    if not isinstance(values, np.ndarray):
        return True
    changes = values[1:] != values[:-1]
    changes[starts[1:] - 1] = False
    return not changes.any()


def widened(at: Position) -> Position:
    """The same position in Python integers, which cannot overflow."""
    axis = at.axis
    if axis is not None:
        axis = Axis(axis.before.astype(object), axis.after.astype(object), _wide(axis.quota), axis.by_deal)
    return replace(
        at,
        basis=at.basis.astype(object),
        after=at.after.astype(object),
        quota=_wide(at.quota),
        target=_wide(at.target),
        per=_wide(at.per),
        opening=_wide(at.opening),
        axis=axis,
    )


def _wide(values: Ints | None) -> Ints | None:
    return None if values is None else values.astype(object)


def positioned(basis: Ints, windows: Rows, group: Rows | None, quota: Ints | None) -> Position:
    """Credits, sorted by window, with their running totals."""
    starts = starts_of(windows)
    return Position(basis, running(basis, starts), starts, group, quota)
