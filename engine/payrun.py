"""The pay periods of a plan version, who is on the plan in each, and what was earned in it.

A pay period is a window of the plan's calendar, as far as this version of the plan pays in it. Somebody who joins or
leaves in it is on the plan for some of its days, and fixed amounts shrink by days; one who is on it throughout gets
them whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.calculation import KINDS
from engine.dates import day
from engine.earnings import share_of
from engine.frames import integers, named
from engine.measures import paying_days
from engine.order import AT_ONCE, among, positions, sorted_rows

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import date

    from numpy.typing import NDArray

    from engine.calculation import Calculation
    from engine.frames import Facts
    from engine.order import Ints, Rows
    from engine.plans.schema import Plan


@dataclass(frozen=True, slots=True)
class PayPeriods:
    """Pay periods in order of time, [start, end), with the days of the whole window and its place in the calendar."""

    plan: Plan
    start: Rows
    end: Rows
    days: Rows
    number: Rows
    lookup: Rows  # per day of the plan: its pay period, -1 where this version does not pay

    @property
    def origin(self) -> int:
        """The first day of `lookup`."""
        return day(self.plan.effective.start_on)

    def of(self, on: Rows) -> Rows:
        """The pay period of each day; -1 for a day in none."""
        at = np.asarray(on).astype(np.int64) - self.origin
        if len(at) and int(at.min()) >= 0 and int(at.max()) < len(self.lookup):
            return self.lookup.take(at)
        inside = (at >= 0) & (at < len(self.lookup))
        return np.where(inside, self.lookup[np.clip(at, 0, len(self.lookup) - 1)], -1)

    def window(self, on: date) -> int:
        """The place in the calendar of the window with a day, which may lie before the plan."""
        return self.plan.calendar.number(self.plan.pay_window, on)


def pay_periods(plan: Plan, plans: tuple[Plan, ...]) -> PayPeriods:
    """The pay periods of one version of a plan among `plans`."""
    edges = np.array([day(edge) for edge in plan.calendar.edges(plan.pay_window, plan.effective.end_on)])
    origin = day(plan.effective.start_on)
    begun = origin - int(edges[0])  # of a week that the plan begins in
    lookup = np.repeat(np.arange(len(edges) - 1), np.diff(edges))[begun : begun + plan.effective.days]
    active = paying_days(plan, plans)
    if active is not None:
        lookup = np.where(active, lookup, -1)
    paying = np.flatnonzero(lookup >= 0)
    number, begin = np.unique(lookup[paying], return_index=True)
    first, last = paying[begin], paying[np.append(begin[1:], len(paying)) - 1] if len(paying) else paying
    place = np.full(len(edges), -1, dtype=np.int64)
    place[number] = np.arange(len(number))
    own = np.where(lookup >= 0, place[lookup], -1)
    return PayPeriods(plan, first + origin, last + origin + 1, np.diff(edges)[number], number, own)


@dataclass(frozen=True, slots=True)
class Staff:
    """The reps of a plan by rising id, and their rows among its assignments."""

    rep_ids: Ints
    rep: Rows
    start: Ints
    end: Ints

    def days_in(self, periods: PayPeriods) -> Ints:
        """How many days each rep is on the plan in each pay period, [rep, period]."""
        since = np.maximum(self.start[:, None], periods.start[None, :])
        until = np.minimum(self.end[:, None], periods.end[None, :])
        found = np.zeros((len(self.rep_ids), len(periods.start)), dtype=np.int64)
        np.add.at(found, self.rep, np.maximum(until - since, 0))
        capped: Ints = np.minimum(found, (periods.end - periods.start)[None, :])
        return capped

    def joined_in(self, periods: PayPeriods, at: int) -> Ints:
        """The first day of a pay period on which each rep is on the plan; its last day for those who never are."""
        start, end = int(periods.start[at]), int(periods.end[at])
        found = np.full(len(self.rep_ids), end - 1, dtype=np.int64)
        own = np.flatnonzero((self.start < end) & (self.end > start))
        np.minimum.at(found, self.rep[own], np.maximum(self.start[own], start))
        return found

    def first_day(self) -> Ints:
        """The first day of each rep's first assignment; far in the future for a rep without one."""
        found = np.full(len(self.rep_ids), 2**31 - 1, dtype=np.int64)
        np.minimum.at(found, self.rep, self.start)
        return found


def staff_of(facts: Facts, plan_name: str, others: Ints, reps: Collection[int] | None) -> Staff:
    """Everybody who is ever on the plan, and `others`; only `reps` where they are given."""
    table = facts.table("assignments")
    label, who = named(table, "plan"), integers(table, "rep_id")
    start, end = integers(table, "start_on").astype(np.int64), integers(table, "end_on").astype(np.int64)
    rows = np.flatnonzero((label.codes == label.code(plan_name)) & (start < end))
    rep_ids = np.union1d(who[rows], others).astype(np.int64)
    if reps is not None:
        rep_ids = rep_ids[np.isin(rep_ids, np.fromiter(reps, dtype=np.int64, count=len(reps)))]
    rep, known = positions(who[rows], rep_ids)
    rows = rows[known]
    return Staff(rep_ids, rep[known], start[rows], end[rows])


def prorated(amount: int | Ints, days: Ints, whole: int, mode: str) -> Ints:
    """A fixed amount of a pay period, or one of each rep, by the days on the plan."""
    full: NDArray[np.int64] = np.broadcast_to(np.asarray(amount, dtype=np.int64), days.shape)
    return share_of(full, days, whole, mode)  # type: ignore[arg-type]  # a plan's rounding mode is one of three


@dataclass(frozen=True, slots=True)
class Earned:
    """What a plan's lines came to, per rep (a position) and day: one entry each, by rep, then day."""

    rep: Rows
    day: Rows
    amount: Ints


def earned_by(calc: Calculation, numbers: Sequence[int], rep_ids: Ints, kinds: Sequence[int] | None) -> Earned:
    """The sums by rep and day of all lines of some plans (positions in `calc.plans`).

    With `kinds` only the extras of these kinds count, without it all lines but prizes.
    """
    extras = calc.extras
    chosen = np.isin(extras.plan_no, numbers)
    if kinds is not None:
        rows = np.flatnonzero(chosen & np.isin(extras.kind, kinds))
        return _summed(extras.rep_id[rows], extras.days[rows], extras.amount[rows], rep_ids)
    counted, trace = calc.counted, calc.trace
    plan_of = np.repeat(np.arange(len(calc.plans)), [len(plan.components) for plan in calc.plans])
    own = slice(None) if len(numbers) == len(calc.plans) else np.flatnonzero(np.isin(plan_of[trace.measure], numbers))
    rows = np.flatnonzero(chosen & (extras.kind != KINDS.index("prize")))
    credits_ = counted.sorted.whole  # by rep and day, so that their sums need no sorting
    sums = np.zeros(len(credits_.at), dtype=np.int64)
    np.add.at(sums, trace.at[own], trace.amount[own])
    changed = np.ones(len(sums), dtype=bool)
    changed[1:] = (credits_.rep[1:] != credits_.rep[:-1]) | (credits_.days[1:] != credits_.days[:-1])
    starts = np.flatnonzero(changed)
    paid = np.add.reduceat(sums, starts) if len(starts) else sums
    who = np.concatenate([counted.seats.rep_ids[credits_.rep[starts]], extras.rep_id[rows]])
    on = np.concatenate([credits_.days[starts], extras.days[rows]])
    return _summed(who, on, np.concatenate([paid, extras.amount[rows]]), rep_ids)


def earned_in(calc: Calculation, numbers: Sequence[int], rep_ids: Ints, periods: PayPeriods) -> Ints:
    """The sums by rep and pay period of all lines of some plans but prizes; what falls into no period is left out."""
    count = len(periods.start)
    nowhere = len(rep_ids) * count
    found = np.zeros(nowhere + 1, dtype=np.int64)

    extras, trace = calc.extras, calc.trace
    rows = np.flatnonzero(np.isin(extras.plan_no, numbers) & (extras.kind != KINDS.index("prize")))
    period, (rep, known) = periods.of(extras.days[rows]), positions(extras.rep_id[rows], rep_ids)
    np.add.at(found, np.where(known & (period >= 0), rep * count + period, nowhere), extras.amount[rows])
    rep, known = positions(calc.counted.seats.rep_ids, rep_ids)
    begin, whole = np.where(known, rep * count, nowhere), calc.counted.sorted.whole
    plan_of = np.repeat(np.arange(len(calc.plans)), [len(plan.components) for plan in calc.plans])
    own = np.flatnonzero(np.isin(plan_of, numbers)).tolist()
    for low in range(0, len(trace.at), AT_ONCE):
        part = slice(low, low + AT_ONCE)
        at, amount = trace.at[part], trace.amount[part]
        if len(own) < len(plan_of):
            mine = among(trace.measure[part], own)
            if not mine.any():
                continue
            if not mine.all():  # reps of one plan stand together
                at, amount = at[mine], amount[mine]
        first = int(at.min())  # lines are by rep, so that their credits stand together
        credits_ = slice(first, int(at.max()) + 1)
        cell, period = begin.take(whole.rep[credits_]), periods.of(whole.days[credits_])
        cell += period
        if int(period.min()) < 0 or int(cell.max()) >= nowhere:
            cell[(period < 0) | (cell >= nowhere)] = nowhere
        np.add.at(found, cell.take(at - first), amount)
    return found[:-1].reshape(len(rep_ids), count)


def _summed(who: Ints, on: Rows, amount: Ints, rep_ids: Ints) -> Earned:
    rep, known = positions(who, rep_ids)
    days = on.astype(np.int64)
    if not known.all():
        rep, days, amount = rep[known], days[known], amount[known]
    if not len(rep):
        return Earned(rep.astype(np.int64), days, amount)
    first = int(days.min())
    order = sorted_rows([(rep, len(rep_ids)), (days - first, int(days.max()) - first + 1)])
    rep, days = rep[order].astype(np.int64), days[order]
    starts = np.flatnonzero(np.append(True, (rep[1:] != rep[:-1]) | (days[1:] != days[:-1])))
    return Earned(rep[starts], days[starts], np.add.reduceat(amount[order], starts))
