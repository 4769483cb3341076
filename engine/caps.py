"""Minimum and caps of a component: what is added to a line so that it pays enough, and taken so that not too much.

In this order: the minimum of a deal, the cap of a deal, the cap of the pay period, the cap of the plan year. The
first two look at what one credit pays, and mirror it where a deal is taken back (its amount is negative): a reversal
takes back the minimum, and no more than the cap. A deal that a gate has closed has no minimum. The last two keep the
running total of the period or year between the cap and its negative, so that a reversal gives back what a cap took.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.bounds import held
from engine.order import running, starts_of, steps

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.order import Ints, Rows


def at_least(amount: Ints, least: int, sides: tuple[NDArray[np.bool_], NDArray[np.bool_]], reps: Rows) -> Ints:
    """Each amount lifted to `least`, or lowered to its negative; `sides`: where deals are taken back, where paid."""
    is_back, open_ = sides
    sign = np.where(is_back, -1, 1) * open_
    lifted = np.where(open_, np.where(is_back, np.minimum(amount, -least), np.maximum(amount, least)), amount)
    return held(lifted, (amount, amount + sign * least), reps)


def per_deal(amount: Ints, limit: int, reps: Rows) -> Ints:
    """Each amount cut to `limit`."""
    return held(np.clip(amount, -limit, limit), (amount,), reps)


def per_window(amount: Ints, limit: int, codes: Rows) -> Ints:
    """The amounts with their running total in each window kept within `limit`."""
    starts = starts_of(codes)
    return steps(np.clip(running(amount, starts), -limit, limit), starts)
