"""Multipliers: factors on what a component pays, for some deals or by what another component has come to.

Each is a line of its own with the difference it makes; several multiply one after another. A factor by another
component goes by what that one's window has come to by the day of the calculation, for all credits in the window; a
quota that cannot be used is a Problem, and the factor is 1. An interpolated factor lies on the straight line between
the two steps around what was reached: an exact fraction of its own for every window.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import gcd, lcm
from typing import TYPE_CHECKING

import numpy as np

from engine.gates import Yardstick, bar, reaches
from engine.money import Rate

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.calculation import Credits
    from engine.exchange import Exchange
    from engine.frames import Facts
    from engine.gates import History
    from engine.order import Ints, Rows
    from engine.plans.schema import Plan
    from engine.plans.tables import Multiplier


@dataclass(frozen=True, slots=True)
class Factored:
    """One multiplier, ready: the factors it may be, over one denominator; the first is 1."""

    multiplier: Multiplier
    meets: NDArray[np.bool_]  # per kind of deal
    yardstick: Yardstick | None
    factors: Ints
    den: int

    @classmethod
    def of(
        cls, plan: Plan, multiplier: Multiplier, meets: NDArray[np.bool_], context: tuple[Facts, Exchange, Ints]
    ) -> Factored:
        """The multiplier made ready for the reps of `context`."""
        factors = [Rate(1), *(step.times for step in multiplier.steps)]
        yardstick = None
        if multiplier.component:
            by_quota = any(isinstance(step.start, Rate) for step in multiplier.steps)
            yardstick = Yardstick.of(plan, multiplier.component, multiplier.over, by_quota, context)
        elif multiplier.times is not None:
            factors.append(multiplier.times)
        den = lcm(*(factor.den for factor in factors))
        spelled = [factor.num * (den // factor.den) for factor in factors]
        fits = max(spelled) < 2**62
        return cls(multiplier, meets, yardstick, np.array(spelled, dtype=np.int64 if fits else object), den)

    def chosen(
        self,
        wanted: Credits,
        kinds: Rows | None,
        tested: tuple[History | None, NDArray[np.int8] | None],
        as_of: int,
    ) -> tuple[Ints, int | Ints]:
        """The factor of each wanted credit as numerators and denominators, one for all or one for each.

        `tested`: what the other component came to, and quota faults.
        """
        history, faults = tested
        place = np.zeros(len(wanted.rep), dtype=np.intp)
        way: tuple[Ints, Ints | None] | None = None
        if self.yardstick is None or history is None:
            place += 1
        else:
            reached = self.yardstick.at_end(history, wanted)
            quota, _ = self.yardstick.quota(wanted, as_of)
            for step in self.multiplier.steps:
                start, by_quota = bar(step.start, self.yardstick.component)
                strict = self.multiplier.reached == "above" and start.num > 0
                place += reaches(reached, start, quota if by_quota else None, strict=strict)
            place = np.maximum(place, 1)  # below 0 the first step holds
            way = reached, quota
        if faults is not None:
            place[faults > 0] = 0
        place *= self.meets[0] if kinds is None else self.meets[kinds]
        if way is None or not self.multiplier.interpolated:
            return self.factors[place], self.den
        return self._between(place, *way)

    def _between(self, place: Rows, reached: Ints, quota: Ints | None) -> tuple[Ints, Ints]:
        """The factors on the straight lines between steps, in lowest terms."""
        if self.yardstick is None:
            raise AssertionError("only factors by another component are interpolated")
        bars = [bar(step.start, self.yardstick.component) for step in self.multiplier.steps]
        axis_den = lcm(*(start.den for start, _ in bars))
        spelled = [0, *(start.num * (axis_den // start.den) for start, _ in bars)]
        begins, factors = np.array(spelled, dtype=object), np.array(self.factors, dtype=object)
        own = np.ones(len(place), dtype=object)
        if quota is not None and any(by_quota for _, by_quota in bars):
            own = quota.astype(object)
        last = len(spelled) - 1
        is_between = (place > 0) & (place < last) & (reached > 0)
        upper = np.where(is_between, np.minimum(place + 1, last), place)
        length = np.where(is_between, (begins[upper] - begins[place]) * own, 1)
        gone = reached.astype(object) * axis_den - begins[place] * own
        num = factors[place] * length + (factors[upper] - factors[place]) * gone
        den = length * self.den
        shared = np.array([gcd(*each) for each in zip(num.tolist(), den.tolist(), strict=True)], dtype=object)
        return num // shared, den // shared
