"""Where every rep stands on every quota, as arrays: what `engine.attainment` says of one rep, of all at once.

The same functions make the quotas and windows, and the same lines are summed; the tests hold both sides equal. Rules
that look at everybody go by this, and whoever is told something is then told the figures of `engine.attainment`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.calculation import KINDS
from engine.commission import calculate
from engine.dates import day
from engine.exchange import Exchange
from engine.frames import integers, named
from engine.halves import moving
from engine.history import with_history
from engine.order import positions, starts_of
from engine.plans.axes import counts_numbers, start_of
from engine.quota_rules import quotas_of
from engine.quotas import FINE, windows

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from engine.calculation import Calculation
    from engine.frames import Facts
    from engine.order import Ints, Rows
    from engine.plans.schema import Component, Plan
    from engine.quotas import QuotaRows

_WIDE = 2**61
NONE = -1


@dataclass(frozen=True)
class Counted:
    """The lines that count towards one component, by rep and day; `place` is the rep's position among the asked."""

    place: Rows
    days: Rows
    basis: Ints
    reps: int

    def between(self, start: Ints, end: Ints) -> Ints:
        """What each rep was credited on their days [start, end)."""
        found = np.zeros(self.reps, dtype=np.int64)
        if not len(self.place):
            return found
        inside = (self.days >= start[self.place]) & (self.days < end[self.place])
        starts = starts_of(self.place)
        np.add.at(found, self.place[starts], np.add.reduceat(np.where(inside, self.basis, 0), starts))
        return found

    @cached_property
    def largest(self) -> Ints:
        """The largest single credit of each rep."""
        found = np.zeros(self.reps, dtype=np.int64)
        if len(self.place):
            starts = starts_of(self.place)
            np.maximum.at(found, self.place[starts], np.maximum.reduceat(self.basis, starts))
        return found

    def typical(self, place: int) -> int:
        """The middle one of a rep's credits above zero; 0 where there is none."""
        low, high = np.searchsorted(self.place, [place, place + 1])
        own = np.sort(self.basis[low:high][self.basis[low:high] > 0])
        return int(own[(len(own) - 1) // 2]) if len(own) else 0


@dataclass(frozen=True)
class Standing:
    """One quota of one plan: an entry for every rep on whom it runs on the day, by rep.

    `start`, `end` and `quota` are the quota's days and amount; `window_*` those of the window in which tiers are used
    up, which may be longer; `missing` is the credit to the next tier there (`NONE`: there is none) and `tier` its
    position in the table; `reached` is the position of the tier in which the credit stands.
    """

    plan: Plan
    component: Component
    counted: Counted
    rep_id: Ints
    place: Rows
    start: Ints
    end: Ints
    quota: Ints
    credit: Ints
    window_start: Ints
    window_end: Ints
    window_quota: Ints
    tier: Rows
    missing: Ints
    reached: Rows
    opening: Ints

    @property
    def gap(self) -> Ints:
        """What is left to the quota, never below 0."""
        left: Ints = np.maximum(self.quota - self.credit, 0)
        return left

    @property
    def unit(self) -> str:
        """The currency of the quota, "" where it is a number."""
        return "" if self.component.measure.is_number else self.plan.currency

    def credit_until(self, end: Ints | int) -> Ints:
        """What counted towards the quota before a day."""
        return self._sum(self.start, np.minimum(self.end, end))

    def tier_credit_until(self, end: Ints | int) -> Ints:
        """What counted towards the tiers before a day."""
        return self.opening + self._sum(self.window_start, np.minimum(self.window_end, end))

    @cached_property
    def starts(self) -> list[Any]:
        """Where the tiers of the component begin, exactly."""
        return _starts(self.plan, self.component)

    def reached_with(self, credit: Ints) -> Rows:
        """The tier in which each entry would stand with that credit."""
        return _tiers(self, credit, np.ones(len(credit), dtype=bool))[2]

    def threshold(self, tier: int, entry: int) -> int:
        """The least credit with which an entry's rep stands in a tier."""
        start = self.starts[tier]
        by_quota = self.component.priced_by.by == "attainment"
        exact = start * (int(self.window_quota[entry]) if by_quota else 1)
        return int(-(-exact.numerator // exact.denominator))

    def from_ppm(self, tier: int, entry: int) -> int:
        """Where a tier begins, in parts per million of the window's quota."""
        start = self.starts[tier]
        if self.component.priced_by.by == "attainment":
            return int(start * 1_000_000)
        return int(start * 1_000_000 / max(int(self.window_quota[entry]), 1))

    def _sum(self, start: Ints, end: Ints) -> Ints:
        low, high = np.zeros(self.counted.reps, dtype=np.int64), np.zeros(self.counted.reps, dtype=np.int64)
        low[self.place], high[self.place] = start, end
        found: Ints = self.counted.between(low, high)[self.place]
        return found


def standings(calc: Calculation, facts: Facts, as_of: date) -> tuple[Standing, ...]:
    """Where everybody stands on `as_of`, quota by quota in the order of the plans.

    Quotas that are missing, zero or contradictory are left out, as `attainment.progress` does.

    Args:
        calc: The calculation of these facts on that day.
        facts: Its facts; quotas that grow take their history from them.
        as_of: The day.
    """
    facts = with_history(facts, calc.plans, (as_of, None), calculate)
    today, exchange = day(as_of), Exchange(facts.rates)
    found = []
    for number, plan in _current(calc, facts, as_of):
        rep_ids = _assigned(facts, plan.name, today)
        named_by = {each.quota: each for each in reversed(plan.components) if each.quota}
        for component in plan.components:
            if component.quota and named_by[component.quota] is component and len(rep_ids):
                rows = quotas_of(facts, component.quota, rep_ids, plan, exchange)
                counted = _counted(calc, (number, component), rep_ids)
                found.append(_standing(_Asked(calc, facts, plan, component, rows, counted), rep_ids, as_of))
    return tuple(each for each in found if len(each.rep_id))


@dataclass(frozen=True, slots=True)
class _Asked:
    calc: Calculation
    facts: Facts
    plan: Plan
    component: Component
    rows: QuotaRows
    counted: Counted


def _current(calc: Calculation, facts: Facts, as_of: date) -> list[tuple[int, Plan]]:
    """The plan versions that run on the day, the highest of each name."""
    held = set(named(facts.assignments, "plan").names)
    running = {plan.name: (number, plan) for number, plan in enumerate(calc.plans) if as_of in plan.effective}
    return [each for name, each in running.items() if name in held]


def _assigned(facts: Facts, name: str, today: int) -> Ints:
    table = facts.assignments
    labels = named(table, "plan")
    own = (labels.codes == labels.code(name)) & (integers(table, "start_on") <= today)
    return np.unique(integers(table, "rep_id")[own & (today < integers(table, "end_on"))])


def _counted(calc: Calculation, which: tuple[int, Component], rep_ids: Ints) -> Counted:
    """The lines that count towards a component; halves of a credit that do not move attainment count 0."""
    plan_no, component = which
    plan = calc.plans[plan_no]
    position = plan.components.index(component)
    number = sum(len(each.components) for each in calc.plans[:plan_no]) + position
    if component.measure.team_commission is not None:
        extras = calc.extras
        rows = np.flatnonzero((extras.measure == number) & (extras.kind == KINDS.index("override")))
        place, known = positions(extras.rep_id[rows], rep_ids)
        return Counted(place[known], extras.days[rows][known], extras.basis[rows][known], len(rep_ids))
    trace, order = calc.trace, calc.counted.sorted.whole
    rows = np.flatnonzero((trace.measure == number) & (trace.kind == 0))
    at, made = trace.at[rows], calc.counted.ready[plan_no]
    place, known = positions(calc.counted.seats.rep_ids, rep_ids)
    of_rep, is_asked = place[order.rep[at]], known[order.rep[at]]
    basis = moving(made, made.measures[position], order.credit[at], trace.basis[rows])
    if not is_asked.all():
        return Counted(of_rep[is_asked], order.days[at][is_asked], basis[is_asked], len(rep_ids))
    return Counted(of_rep, order.days[at], basis, len(rep_ids))


def _standing(asked: _Asked, rep_ids: Ints, as_of: date) -> Standing:
    plan, component, rows, today = asked.plan, asked.component, asked.rows, day(as_of)
    priced = rows.amount if rows.priced_by is None else rows.priced_by
    now = np.flatnonzero((rows.start <= today) & (today < rows.end))
    now = now[np.unique(rows.rep[now], return_index=True)[1]]  # the first of each rep
    now = now[(rows.fault[now] == FINE) & (priced[now] > 0)]
    place, quota = rows.rep[now], priced[now].astype(np.int64)
    start, end = rows.start[now].astype(np.int64), rows.end[now].astype(np.int64)
    made = windows(plan, component.accumulate, rows, len(rep_ids))
    codes = made.codes(place, np.full(len(place), today))
    faults = made.faults(codes)
    known = np.zeros(1, dtype=np.int64) if made.quota is None else made.quota
    window_quota = np.where((codes >= 0) & (made.quota is not None), known[np.minimum(codes, len(known) - 1)], 0)
    is_fine = np.ones(len(place), dtype=bool) if faults is None else faults == FINE
    kept = np.flatnonzero(is_fine) if component.reads_quota else np.arange(len(place))
    span, first = _window(asked, as_of), start
    if made.chain is not None:
        first = rows.start[made.chain[now]].astype(np.int64)
    begin, finish = (first, end) if span is None else (np.full_like(start, span[0]), np.full_like(end, span[1]))
    columns = [each[kept] for each in (place, start, end, quota, begin, finish, window_quota, is_fine)]
    place, start, end, quota, begin, finish, window_quota, is_fine = columns
    opening = _openings(asked, rep_ids, (start, np.minimum(end, today + 1), place))
    own = _openings(asked, rep_ids, (begin, np.minimum(finish, today + 1), place))
    nothing = np.full(len(place), NONE)
    bare = Standing(
        plan, component, asked.counted, rep_ids[place], place, start, end, quota, opening,
        begin, finish, window_quota, nothing, nothing, nothing, own,
    )  # fmt: skip
    tier, missing, reached = _tiers(bare, bare.tier_credit_until(today + 1), is_fine)
    credit = opening + bare.credit_until(today + 1)
    return replace(bare, credit=credit, tier=tier, missing=missing, reached=reached)


def _window(asked: _Asked, as_of: date) -> tuple[int, int] | None:
    """The days of the calendar window with the day, as far as the plan runs; None where quota rows are windows."""
    found = asked.plan.window(asked.component.accumulate, as_of)
    if found is None:
        return None
    return day(found.start_on), day(min(found.end_on, asked.plan.effective.end_on))


def _openings(asked: _Asked, rep_ids: Ints, spans: tuple[Ints, Ints, Rows]) -> Ints:
    """The balances of the component on each rep's days: credit with which windows began."""
    start, end, place = spans
    frame, found = asked.facts.balances, np.zeros(len(rep_ids), dtype=np.int64)
    if frame.empty:
        return found[place]
    plans, names = named(frame, "plan"), named(frame, "name")
    own = (plans.codes == plans.code(asked.plan.name)) & (names.codes == names.code(asked.component.name))
    rows = np.flatnonzero(own)
    at, known = positions(integers(frame, "rep_id")[rows], rep_ids)
    low, high = np.zeros(len(rep_ids), dtype=np.int64), np.zeros(len(rep_ids), dtype=np.int64)
    low[place], high[place] = start, end
    on = integers(frame, "on")[rows]
    known &= (on >= low[at]) & (on < high[at])
    np.add.at(found, at[known], integers(frame, "value")[rows][known])
    return found[place]


def _tiers(of: Standing, credit: Ints, is_fine: Any) -> tuple[Rows, Ints, Rows]:
    """The next tier, what is missing to it, and the tier in which the credit stands; `NONE` where there is none."""
    component, table = of.component, of.component.table
    nothing = np.full(len(credit), NONE)
    leads = table is not None and component.accumulate != "transaction" and table.by != "deal"
    if table is None or not leads or table.of not in ("", component.name):
        return nothing, nothing.copy(), nothing.copy()
    tier, missing, reached = nothing, nothing.copy(), nothing.copy()
    by_quota = table.by == "attainment"
    for number, start in reversed(list(enumerate(of.starts))):
        scaled: Any = of.window_quota if by_quota else np.ones_like(credit)
        if abs(start.numerator) * int(np.abs(scaled).max(initial=1)) >= _WIDE:
            scaled = scaled.astype(object)
        edge = scaled * start.numerator + (table.has_to_be_passed(table.tiers[number]) and start > 0)
        lacks = -((credit * start.denominator - edge) // start.denominator)
        is_ahead = edge > np.maximum(credit, 0) * start.denominator
        tier = np.where(is_ahead, number, tier)
        missing = np.where(is_ahead, lacks, missing).astype(np.int64)
        reached = np.where(~is_ahead & (reached == NONE), number, reached)
    return np.where(is_fine, tier, NONE), np.where(is_fine, missing, NONE), np.where(is_fine, reached, NONE)


def _starts(plan: Plan, component: Component) -> list[Any]:
    table, numbers = component.priced_by, counts_numbers(plan, component)
    return [start_of(tier, table.by, numbers) for tier in table.tiers]


def of_rep(found: tuple[Standing, ...], rep_id: int) -> Iterator[tuple[Standing, int]]:
    """The entries of one rep."""
    for standing in found:
        for entry in np.flatnonzero(standing.rep_id == rep_id).tolist():
            yield standing, entry
