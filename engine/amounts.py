"""Amounts times an exact factor, rounded as the plan says."""

from __future__ import annotations

from dataclasses import dataclass
from math import lcm
from typing import TYPE_CHECKING

import numpy as np

from engine.bounds import largest
from engine.money import exponent
from engine.order import running, starts_of, steps
from engine.totals import rounded

if TYPE_CHECKING:
    from engine.money import Rounding
    from engine.order import Ints, Rows
    from engine.plans.schema import Plan

_LIMIT = 2**62


@dataclass(frozen=True, slots=True)
class Policy:
    """How a plan rounds: to multiples of `unit` minor units, running totals or each line."""

    mode: Rounding
    unit: int
    by_line: bool

    @classmethod
    def of(cls, plan: Plan) -> Policy:
        """The plan's."""
        places = plan.rounding.places
        unit = 1 if places is None else 10 ** (exponent(plan.currency) - places)
        return cls(plan.rounding.mode, unit, plan.rounding.step == "line")

    def scaled(self, values: Ints, factor: tuple[Ints, int | Ints], codes: Rows) -> Ints:
        """Each of `values` times its factor `num / den`, as differences of rounded running totals of its window."""
        num, den = factor
        if not len(values):
            return values
        if not isinstance(den, int):
            starts = np.arange(len(values)) if self.by_line else starts_of(codes)
            num, den = _together(num, den, starts)
            totals = rounded(running(values.astype(object) * num, starts), den * self.unit, self.mode)
            return steps(totals, starts).astype(np.int64) * self.unit
        if largest(values) * largest(num) * len(values) + den * self.unit >= _LIMIT:
            values, num = values.astype(object), num.astype(object)
        products = values * num
        starts = np.arange(len(values)) if self.by_line else starts_of(codes)
        totals = rounded(running(products, starts), den * self.unit, self.mode)
        return steps(totals, starts).astype(np.int64) * self.unit


def _together(num: Ints, den: Ints, starts: Rows) -> tuple[Ints, Ints]:
    """Fractions with one denominator in each window, so that their running totals can be taken."""
    ends = np.append(starts[1:], len(den))[: len(starts)]
    shared: Ints = np.empty(len(den), dtype=object)
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        shared[start:end] = lcm(*set(den[start:end].tolist()))
    together: Ints = num * (shared // den)
    return together, shared
