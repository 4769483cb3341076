"""Deductions, minimum and caps of a component: what is taken off a line, and what keeps it within limits.

In this order: what is deducted from a deal, then in the pay period; the minimum of a deal; the cap of a deal, of the
window, of the pay period, of the plan year. Those of a deal look at what one credit pays, and mirror it where a deal
is taken back (its amount is negative): a reversal takes back the minimum, and no more than the cap. A deal that a
gate has closed has no minimum, nor has one without amount and credit. The last three keep the running total of the
window, period or year between the cap and its negative, so that a reversal gives back what a cap took. What is
deducted in a pay period comes off its running total as far as that is above 0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.bounds import held
from engine.order import running, starts_of, steps

if TYPE_CHECKING:
    from engine.order import Ints, Rows


def less_per_deal(amount: Ints, taken: int, reps: Rows) -> Ints:
    """Each amount nearer to 0 by `taken`, never beyond it."""
    return held(np.sign(amount) * np.maximum(np.abs(amount) - taken, 0), (amount,), reps)


def less_per_window(amount: Ints, taken: int, codes: Rows) -> Ints:
    """The amounts with `taken` off their running total in each window, as far as that is above 0."""
    starts = starts_of(codes)
    total = running(amount, starts)
    return steps(np.where(total > 0, np.maximum(total - taken, 0), total), starts)


def at_least(amount: Ints, least: int, way: Ints, reps: Rows) -> Ints:
    """Each amount lifted to `least` (`way` 1), lowered to its negative where a deal is taken back (-1), or left."""
    lifted = np.where(way > 0, np.maximum(amount, least), np.where(way < 0, np.minimum(amount, -least), amount))
    return held(lifted, (amount, amount + way * least), reps)


def per_deal(amount: Ints, limit: int, reps: Rows) -> Ints:
    """Each amount cut to `limit`."""
    return held(np.clip(amount, -limit, limit), (amount,), reps)


def per_window(amount: Ints, limit: int | Ints, codes: Rows) -> Ints:
    """The amounts with their running total in each window kept within `limit`, one for all or one for each."""
    starts = starts_of(codes)
    return steps(np.clip(running(amount, starts), np.negative(limit), limit), starts)
