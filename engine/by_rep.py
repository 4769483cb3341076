"""Yearly amounts of each rep as amounts of a pay period: a salary, a draw or a guarantee that the data says.

The year is divided by its pay periods and rounded as the plan says. Of a pay period the amount counts that is in
force on its first day, else the first that starts in it, as with target incentives (`engine.targets`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.dates import PAYS, on_day
from engine.earnings import share_of
from engine.exchange import Exchange
from engine.problems import Problem
from engine.targets import incentives_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from engine.frames import Facts
    from engine.order import Ints
    from engine.payrun import PayPeriods
    from engine.plans.schema import Plan
    from engine.targets import Incentives

_SPAN = 1 << 33
_ZERO = 1 << 31


@dataclass(frozen=True, slots=True)
class OfPeriods:
    """Amounts of some reps (rows) in every pay period (columns), and where the data says one."""

    amount: Ints
    known: NDArray[np.bool_]


def of_periods(facts: Facts, name: str, rep_ids: Ints, periods: PayPeriods) -> OfPeriods:
    """The amounts of that name."""
    plan = periods.plan
    rows = incentives_of(facts.incentives, name, rep_ids, (plan, Exchange(facts.rates)))
    at, known = _in_force(rows, len(rep_ids), periods)
    yearly = np.where(known, np.append(rows.amount, 0)[at], 0)
    return OfPeriods(share_of(yearly, 1, PAYS[plan.pays][1], plan.rounding.mode), known)


def missing(plan: Plan, name: str, found: OfPeriods, whose: tuple[Ints, Ints, PayPeriods]) -> Iterator[Problem]:
    """One problem for each rep who is on the plan in a pay period for which the data says no amount."""
    rep_ids, days, periods = whose
    lacking = (days > 0) & ~found.known
    for rep in np.flatnonzero(lacking.any(axis=1)).tolist():
        first = on_day(int(periods.start[int(np.argmax(lacking[rep]))]))
        message = f"There is no usable yearly amount {name!r} for this rep, so 0 is taken."
        remedy = f"Load one yearly amount named {name!r} for this rep that is in force on {first}."
        yield Problem("incentive_missing", message, remedy, plan.name, int(rep_ids[rep]), found=f"from {first}")


def _in_force(rows: Incentives, reps: int, periods: PayPeriods) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """The row of each rep and pay period, and whether there is one."""
    if not len(rows.rep):
        return np.zeros((reps, len(periods.start)), dtype=np.intp), np.zeros((reps, len(periods.start)), dtype=bool)
    place = np.arange(reps, dtype=np.int64)[:, None] * _SPAN + _ZERO
    wanted, until = place + periods.start[None, :], place + periods.end[None, :]
    begins, ends = (rows.rep.astype(np.int64) * _SPAN + _ZERO + each for each in (rows.start, rows.end))
    before = np.searchsorted(begins, wanted, side="right") - 1
    inside = (before >= 0) & (wanted < ends[np.maximum(before, 0)])
    after = np.minimum(np.searchsorted(begins, wanted), len(begins) - 1)
    at = np.where(inside, before, after)
    return at, inside | ((begins[at] >= wanted) & (begins[at] < until))
