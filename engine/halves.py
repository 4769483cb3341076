"""Credit that counts for quota only, or for pay only: what it moves, and what is paid on it.

See `engine.tallies` for what each means.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.curves import Curve
from engine.figures import MILLION
from engine.order import lengths_of, running, starts_of
from engine.totals import Axis

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.measures import Measured, Ready
    from engine.order import Ints, Rows


@dataclass(frozen=True, slots=True)
class Halves:
    """The credit that is paid on, the credit that moves attainment, and what then chooses the tier; None: itself."""

    paid: Ints
    moved: Ints
    axis: Axis | None


def halves(made: Ready, measure: Measured, credit: Rows, basis: Ints, codes: Rows) -> Halves | None:
    """The halves of the credits of a plan's component, sorted by window; None where all credit counts for both.

    Args:
        made: The plan.
        measure: Its component.
        credit: Which credits.
        basis: What each counts.
        codes: The window of each.
    """
    which = _which(made, measure, credit)
    if which is None:
        return None
    moved, paid = (np.where(half, basis, 0) for half in which)
    component = measure.component
    if isinstance(measure.schedule, Curve):
        return Halves(moved, moved, None)
    if component.accumulate == "transaction" or component.priced_by.of:
        return Halves(paid, moved, None)
    starts = starts_of(codes)
    after = running(moved, starts)
    if measure.opening is not None:
        after = after + np.repeat(measure.opening[codes[starts]], lengths_of(starts, len(codes)))
    quota = None
    if component.priced_by.by == "attainment":
        known = measure.windows.quota
        quota = np.full(len(basis), MILLION) if component.is_attainment or known is None else known[codes]
    return Halves(paid, moved, Axis(after - moved, after, quota, by_deal=False))


def moving(made: Ready, measure: Measured, credit: Rows, basis: Ints) -> Ints:
    """What the credits of a plan's component, which count `basis`, move attainment by."""
    which = _which(made, measure, credit)
    return basis if which is None else np.where(which[0], basis, 0)


def _which(made: Ready, measure: Measured, credit: Rows) -> tuple[NDArray[np.bool_], NDArray[np.bool_]] | None:
    """Whether each credit counts for quota, and for pay; None where all do for both."""
    if not made.tallies or made.rule_of is None:
        return None
    tally = made.tally(next(number for number, each in enumerate(made.measures) if each is measure))
    if tally is None or tally.for_quota is None or tally.for_pay is None:
        return None
    rule = made.rule_of[credit]
    return tally.for_quota[rule], tally.for_pay[rule]
