"""Target incentives: what each rep is paid in a window at 100%, exactly, in parts of a minor unit.

The target of a window is the year's times its months by twelve, times the component's weight; that of a week, of two
weeks or of half a month is its 52nd, 26th or 24th part, by the row in force on its first day. An incentive in the
data is dated: of every month the row counts that is in force on its first day, else the first that starts in it. Of a
window that is a quota's own, the row counts that is in force on its first day, else the first that starts in it;
months that have only begun count by their days.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from engine.dates import PAYS, add_months, day, on_day
from engine.deals import LARGEST_CENTS
from engine.frames import Named, integers, named
from engine.order import positions, sorted_rows
from engine.presence import share_den, shares_there
from engine.quotas import FINE, NO_INCENTIVE, Windows, chained
from engine.totals import LIMIT

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.exchange import Exchange
    from engine.frames import Facts, Frame
    from engine.order import Ints, Rows
    from engine.plans.schema import Component, Plan

_PARTS_OF_MONTH = 28 * 29 * 15 * 31  # a month's days by the days of any month is a whole number of these
_SPAN = 1 << 20


_A_YEAR = {kind: count for kind, count in PAYS.values() if kind in ("week", "two_weeks", "half_month")}


def parts_of_target(plan: Plan, component: Component) -> int:
    """How many parts a minor unit of a target is counted in, so that every window's is a whole number."""
    there = share_den(plan, component)
    short = _A_YEAR.get(plan.window_kind(component.accumulate))
    if short is not None:
        return short * component.weight.den * there
    months = _PARTS_OF_MONTH if component.accumulate in ("quota_period", "to_date") else 1
    return 12 * component.weight.den * months * there


@dataclass(frozen=True, slots=True)
class Incentives:
    """Yearly amounts in the plan's currency by rep (a position in `rep_ids`), then start; none overlap."""

    rep: Rows
    start: Rows
    end: Rows
    amount: Ints


def targets(
    plan: Plan, component: Component, made: Windows, context: tuple[Facts, Exchange, Ints]
) -> tuple[Ints, Windows]:
    """The target of every window, in `parts_of_target`, and the windows with those marked that have none."""
    facts, exchange, rep_ids = context
    rows = None
    if component.target is None:
        rows = incentives_of(facts.incentives, component.incentive, rep_ids, (plan, exchange))
    if made.kind in ("quota_period", "to_date"):
        amount, known = _by_row(component, made, rows)
        if made.chain is not None:
            amount, known = chained(amount, made.chain), chained((~known).astype(np.int64), made.chain) == 0
    elif made.kind in _A_YEAR:
        amount, known = _by_window(plan, component, made, (rows, len(rep_ids)))
    else:
        amount, known = _by_month(plan, component, made, (rows, len(rep_ids)))
    if component.prorate != "none":
        there = shares_there(plan, component, (facts, rep_ids))
        is_wide = int(amount.max(initial=0)) * int(there.max(initial=0)) >= LIMIT
        amount = (amount.astype(object) if is_wide else amount) * there
    most = component.weight.num * int(amount.max(initial=0))
    amount = amount.astype(object if most >= LIMIT else np.int64) * component.weight.num
    if known.all():
        return amount, made
    fault = np.zeros(len(known), dtype=np.int8) if made.fault is None else made.fault.copy()
    fault[: len(known)][(fault[: len(known)] == FINE) & ~known] = NO_INCENTIVE
    return amount, replace(made, fault=fault)


def incentives_of(table: Frame, name: str, rep_ids: Ints, money: tuple[Plan, Exchange]) -> Incentives:
    """The usable rows of one name: in a known currency, not negative, not on a day that another one has."""
    plan, exchange = money
    labels = named(table, "name")
    rows = np.flatnonzero(labels.codes == labels.code(name))
    place, known = positions(integers(table, "rep_id")[rows], rep_ids)
    rows, place = rows[known], place[known]
    start, end = integers(table, "start_on")[rows], integers(table, "end_on")[rows]
    rank = np.clip(start.astype(np.int64) + _SPAN // 2, 0, _SPAN - 1)
    order = sorted_rows([(place, max(len(rep_ids), 1)), (rank, _SPAN)])
    rows, place, start, end = rows[order], place[order], start[order], end[order]
    currency = named(table, "currency")
    amounts = (integers(table, "amount_cents")[rows], Named(currency.codes[rows], currency.names))
    converted = exchange.into(plan.currency, amounts, start, plan.rounding.mode)
    fine = (start < end) & (converted.amount >= 0) & (converted.amount <= LARGEST_CENTS)
    if converted.fault is not None:
        fine &= converted.fault == 0
    twin = np.zeros(len(rows), dtype=bool)
    ends = place.astype(np.int64) * 2 * _SPAN + np.clip(end.astype(np.int64) + _SPAN // 2, 0, _SPAN - 1)
    begins = place.astype(np.int64) * 2 * _SPAN + rank
    twin[1:] = np.maximum.accumulate(ends)[:-1] > begins[1:]
    twin[:-1] |= begins[1:] < ends[:-1]
    fine &= ~twin
    return Incentives(place[fine], start[fine], end[fine], converted.amount[fine])


def _by_month(
    plan: Plan, component: Component, made: Windows, whose: tuple[Incentives | None, int]
) -> tuple[Ints, NDArray[np.bool_]]:
    """Twelve times the target of every calendar window, and for which of them there is one."""
    rows, reps = whose
    edges = np.array([day(edge) for edge in plan.calendar.starts(1, plan.effective.end_on)])
    firsts = edges[:-1]
    window = made.lookup[firsts - made.origin]
    if rows is None:
        yearly = 0 if component.target is None else component.target.minor
        months = np.bincount(window, minlength=made.count).astype(np.int64)
        return np.tile(months * yearly, reps), np.ones(reps * made.count, dtype=bool)
    amount = np.zeros(reps * made.count, dtype=np.int64)
    known = np.zeros(len(amount), dtype=bool)
    # each row covers months [first, last]; a month goes to the earliest row that has a day in it
    inside = (rows.end > firsts[0]) & (rows.start < edges[-1])
    rep, amounts = rows.rep[inside], rows.amount[inside]
    first = np.maximum(np.searchsorted(edges, rows.start[inside], side="right") - 1, 0)
    last = np.minimum(np.searchsorted(edges, rows.end[inside] - 1, side="right") - 1, len(firsts) - 1)
    taken = np.full(len(rep), -1)
    same = rep[1:] == rep[:-1]
    taken[1:][same] = last[:-1][same]
    first = np.maximum(first, taken + 1)
    counts = np.maximum(last - first + 1, 0)
    month = np.arange(int(counts.sum())) - np.repeat(np.cumsum(counts) - counts, counts) + np.repeat(first, counts)
    code = np.repeat(rep, counts) * np.int64(made.count) + window[month]
    np.add.at(amount, code, np.repeat(amounts, counts))
    known[code] = True
    return amount, known


def _by_window(
    plan: Plan, component: Component, made: Windows, whose: tuple[Incentives | None, int]
) -> tuple[Ints, NDArray[np.bool_]]:
    """The yearly target of every window shorter than a month, and for which of them there is one."""
    rows, reps = whose
    if rows is None:
        yearly = 0 if component.target is None else component.target.minor
        return np.full(reps * made.count, yearly, dtype=np.int64), np.ones(reps * made.count, dtype=bool)
    edges = np.array([day(edge) for edge in plan.calendar.edges(made.kind, plan.effective.end_on)])
    amount, known = np.zeros((reps, made.count), dtype=np.int64), np.zeros((reps, made.count), dtype=bool)
    if len(rows.rep):
        place = np.arange(reps, dtype=np.int64)[:, None] * _SPAN + _SPAN // 2
        wanted, until = place + edges[None, :-1], place + edges[None, 1:]
        begins, ends = (rows.rep.astype(np.int64) * _SPAN + each + _SPAN // 2 for each in (rows.start, rows.end))
        before = np.searchsorted(begins, wanted, side="right") - 1
        inside = (before >= 0) & (wanted < ends[np.maximum(before, 0)])
        at = np.where(inside, before, np.minimum(np.searchsorted(begins, wanted), len(begins) - 1))
        known = inside | ((begins[at] >= wanted) & (begins[at] < until))
        amount = np.where(known, rows.amount[at], 0)
    return amount.ravel(), known.ravel()


def _by_row(component: Component, made: Windows, rows: Incentives | None) -> tuple[Ints, NDArray[np.bool_]]:
    """The target of each window that is a quota's own, in twelfths of parts of a month, and where there is one."""
    quota = made.rows
    if quota is None:
        raise AssertionError("windows of this kind are the rows of a quota")
    spans, where = np.unique(np.stack([quota.start, quota.end]), axis=1, return_inverse=True)
    lengths = [_months(int(start), int(end)) for start, end in spans.T]
    parts = np.array(lengths, dtype=object)[where.ravel()]
    if rows is None:
        yearly = 0 if component.target is None else component.target.minor
        return parts * yearly, np.ones(len(parts), dtype=bool)
    if not len(rows.rep):
        return parts * 0, np.zeros(len(parts), dtype=bool)
    begins, ends = (rows.rep.astype(np.int64) * _SPAN + each + _SPAN // 2 for each in (rows.start, rows.end))
    wanted, until = (quota.rep.astype(np.int64) * _SPAN + each + _SPAN // 2 for each in (quota.start, quota.end))
    at = np.searchsorted(begins, wanted, side="right") - 1
    inside = (at >= 0) & (wanted < ends[np.maximum(at, 0)])
    at = np.where(inside, at, np.minimum(np.searchsorted(begins, wanted), len(begins) - 1))
    found = inside | ((begins[at] >= wanted) & (begins[at] < until))
    amount: Ints = np.where(found, parts * rows.amount[at].astype(object), 0)
    return amount, found


def _months(start: int, end: int) -> int:
    """How long a range of days is in parts of a month: whole months from its start, then days of the last one."""
    if start >= end:
        return 0
    begin, until, whole = on_day(start), on_day(end), 0
    while add_months(begin, whole + 1) <= until:
        whole += 1
    edge, after = add_months(begin, whole), add_months(begin, whole + 1)
    length = whole + Fraction((until - edge).days, (after - edge).days)
    return int(length * _PARTS_OF_MONTH)
