"""Minimum and caps of a component: what is added to a line so that it pays enough, and taken so that not too much.

In this order: the minimum of a deal, the cap of a deal, of the window, of the pay period, of the plan year. The first
two look at what one credit pays, and mirror it where a deal is taken back (its amount is negative): a reversal
takes back the minimum, and no more than the cap. A deal that a gate has closed has no minimum, nor has one without
amount and credit. The last three keep the running total of the window, period or year between the cap and its
negative, so that a reversal gives back what a cap took.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.bounds import held
from engine.order import running, starts_of, steps

if TYPE_CHECKING:
    from engine.order import Ints, Rows


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
