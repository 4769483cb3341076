"""The part of a quota that falls on some days: of each quota row as many days as it shares with them.

Where a plan that the rep is on makes quotas (by seasons, ramps or proration), its parts count instead of the data's.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import lcm
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.dates import day
from engine.frames import Named, integers, named
from engine.order import positions
from engine.problems import Problem
from engine.quota_rules import quotas_of
from engine.quotas import FINE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.order import Ints, Rows
    from engine.plans.schema import Plan
    from engine.spifs.entries import Ground

_REMEDY = "Load one quota of that name for these days, or score by another measure."


@dataclass(frozen=True, slots=True)
class QuotaShares:
    """Per rep `num / den`: the quota of the days, in minor units or millionths; 0 where there is none."""

    num: list[int]
    den: int
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class _Rows:
    """Quotas of days: whose (a place among the reps asked about), from when until when, how much, what is wrong."""

    place: Rows
    start: Ints
    end: Ints
    amount: Ints
    fault: NDArray[np.bool_]

    def take(self, rows: NDArray[np.bool_]) -> _Rows:
        """Some of them."""
        return _Rows(self.place[rows], self.start[rows], self.end[rows], self.amount[rows], self.fault[rows])


def quota_shares(ground: Ground, name: str, rep_ids: Ints, asked: tuple[str, tuple[int, int]]) -> QuotaShares:
    """The quota called `name` of each rep, as far as it falls on the days [first, after).

    Args:
        ground: The facts, and the plans whose rules make quotas: seasons, ramps, proration.
        name: The quota's name.
        rep_ids: Whose, rising.
        asked: The currency into which amounts are converted, at the rate of the row's first day ("" for a quota that
            is a number), and the days.
    """
    currency, (first, after) = asked
    lots = [_given(ground, name, rep_ids, currency)]
    for plan in ground.plans:
        if any(rule.name == name for rule in plan.quotas):
            own = _on_plan(ground, plan, rep_ids, (first, after))
            made = _made(ground, (plan, name), rep_ids, currency)
            lots = [lot.take(~own[lot.place]) for lot in lots] + [made.take(own[made.place])]
    columns = ("place", "start", "end", "amount", "fault")
    every = _Rows(*(np.concatenate([getattr(lot, column) for lot in lots]) for column in columns))
    return _shared(every.take((every.start < after) & (every.end > first)), name, rep_ids, (first, after))


def _shared(rows: _Rows, name: str, rep_ids: Ints, span: tuple[int, int]) -> QuotaShares:
    first, after = span
    shared = np.minimum(rows.end, after) - np.maximum(rows.start, first)
    length = rows.end - rows.start
    den = lcm(*np.unique(length).tolist())
    times = np.array([den // one for one in length.tolist()], dtype=object)
    num: Any = np.zeros(len(rep_ids), dtype=object)
    np.add.at(num, rows.place, rows.amount.astype(object) * shared * times)
    days = np.zeros(len(rep_ids), dtype=np.int64)
    np.add.at(days, rows.place, shared)
    bad = (days > after - first) | np.array([one <= 0 for one in num], dtype=bool)
    bad[rows.place[rows.fault]] = True
    problems = tuple(_missing(int(rep_ids[at]), name, int(days[at]) > after - first) for at in np.flatnonzero(bad))
    return QuotaShares([0 if wrong else int(one) for one, wrong in zip(num, bad, strict=True)], den, problems)


def _given(ground: Ground, name: str, rep_ids: Ints, currency: str) -> _Rows:
    """The quotas as the data has them."""
    frame = ground.facts.quotas
    labels, money = named(frame, "name"), named(frame, "currency")
    place, known = positions(integers(frame, "rep_id"), rep_ids)
    start, end = integers(frame, "start_on").astype(np.int64), integers(frame, "end_on").astype(np.int64)
    rows = np.flatnonzero(known & (labels.codes == labels.code(name)) & (start < end))
    given = (integers(frame, "amount_cents")[rows], Named(money.codes[rows], money.names))
    amount, fault = _converted(ground, given, start[rows], currency)
    return _Rows(place[rows], start[rows], end[rows], amount, fault)


def _made(ground: Ground, asked: tuple[Plan, str], rep_ids: Ints, currency: str) -> _Rows:
    """The quotas as a plan makes them."""
    plan, name = asked
    rows = quotas_of(ground.facts, name, rep_ids, plan, ground.told.exchange)
    start, end = rows.start.astype(np.int64), rows.end.astype(np.int64)
    given = (rows.amount, Named(np.zeros(len(rows.amount), dtype=np.int8), (plan.currency,)))
    amount, fault = _converted(ground, given, start, currency)
    return _Rows(rows.rep, start, end, amount, fault | (rows.fault != FINE))


def _on_plan(ground: Ground, plan: Plan, rep_ids: Ints, span: tuple[int, int]) -> NDArray[np.bool_]:
    """Who is assigned to the plan on any of the days, while this version of it is effective."""
    frame = ground.facts.assignments
    labels = named(frame, "plan")
    first = max(span[0], day(plan.effective.start_on))
    after = min(span[1], day(plan.effective.end_on))
    rows = (labels.codes == labels.code(plan.name)) & (integers(frame, "start_on") < after)
    rows &= (integers(frame, "end_on") > first) & (first < after)
    return np.isin(rep_ids, integers(frame, "rep_id")[rows])


def _converted(ground: Ground, given: tuple[Ints, Named], on: Ints, currency: str) -> tuple[Ints, NDArray[np.bool_]]:
    """Amounts in a currency, and which could not be converted; as they are where it is ""."""
    none = np.zeros(len(on), dtype=bool)
    if not currency:
        return given[0], none
    found = ground.told.exchange.into(currency, given, on, "half_up")
    return found.amount, none if found.fault is None else found.fault > 0


def _missing(rep_id: int, name: str, is_double: bool) -> Problem:
    if is_double:
        message = "Two quotas of one name run on the same day, so the rep has no attainment in the SPIF."
        return Problem("quota_overlap", message, _REMEDY, "SPIF", rep_id, found=name)
    message = "There is no usable quota above zero for the days of the SPIF, so the rep has no attainment in it."
    return Problem("quota_missing", message, _REMEDY, "SPIF", rep_id, found=name or "no quota named")
