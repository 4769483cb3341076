"""Quotas and the windows in which credit accumulates.

A quota row counts in the window in which it starts, and is never spread: a row that is longer than the window is a
Problem. The quota of a window is the sum of its rows; with `quota_period` every row is a window of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from engine.dates import day
from engine.deals import LARGEST_CENTS
from engine.exchange import Converted
from engine.frames import Named, integers, named
from engine.order import bits, positions, sorted_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.exchange import Exchange
    from engine.frames import Frame
    from engine.order import Ints, Rows
    from engine.plans.schema import Plan

# Why a window has no usable quota; FINE has to be 0.
FINE, MISSING, ZERO, OVERLAP, TOO_LONG, NO_RATE, NO_INCENTIVE, BEYOND = range(8)
FAULTS = {
    MISSING: ("quota_missing", "There is no quota for this time, so nothing can be priced."),
    ZERO: ("quota_zero", "The quota is not above zero, so attainment means nothing and nothing is priced."),
    OVERLAP: ("quota_overlap", "Two quotas of one name run on the same day, so nothing is priced."),
    TOO_LONG: ("quota_too_long", "The quota runs longer than the window it is needed for, so nothing is priced."),
    NO_RATE: ("fx_rate_missing", "The quota's currency has no exchange rate on its first day, so nothing is priced."),
    NO_INCENTIVE: ("incentive_missing", "There is no usable target incentive for this time, so nothing can be paid."),
    BEYOND: ("pay_out_of_range", "What this pays is beyond all bounds, so it was cut and is not to be trusted."),
}
_LONGEST_DAYS = {
    "week": 7, "two_weeks": 14, "half_month": 16, "month": 31, "quarter": 92, "half_year": 184,
    "year": 366, "year_to_date": 366, "quota_period": 366 * 20,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class QuotaRows:
    """The quotas of one name in the plan's currency, by rep (a position in `rep_ids`), then start.

    `priced_by` is what pricing goes by where a rule of the plan made an amount 0; None: the amounts.
    """

    rep: Rows
    start: Rows
    end: Rows
    amount: Ints
    fault: NDArray[np.int8]
    priced_by: Ints | None = None

    def longest(self) -> Rows:
        """For each row the one that ends last among those of its rep up to it."""
        ends = (self.rep.astype(np.int64) << 32) + self.end + 2**31
        is_last = ends == np.maximum.accumulate(ends)
        return np.maximum.accumulate(np.where(is_last, np.arange(len(ends)), 0))


def quota_rows(quotas: Frame, name: str, rep_ids: Ints, plan: Plan, exchange: Exchange) -> QuotaRows:
    """The rows of the quota called `name` of the reps in `rep_ids`, with what is wrong with each."""
    labels = named(quotas, "name")
    rows = np.flatnonzero(labels.codes == labels.code(name))
    place, known = positions(integers(quotas, "rep_id")[rows], rep_ids)
    rows, place = rows[known], place[known]
    start, end = integers(quotas, "start_on")[rows], integers(quotas, "end_on")[rows]
    span = 1 << 17
    rank = np.clip(start.astype(np.int64) + span // 2, 0, span - 1)
    order = sorted_rows([(place, max(len(rep_ids), 1)), (rank, span)])
    rows, place, start, end = rows[order], place[order], start[order], end[order]
    money = named(quotas, "currency")
    amounts = (integers(quotas, "amount_cents")[rows], Named(money.codes[rows], money.names))
    if is_number(plan, name):
        converted = Converted(amounts[0], None)
    else:
        converted = exchange.into(plan.currency, amounts, start, plan.rounding.mode)
    fault = np.zeros(len(rows), dtype=np.int8)
    if converted.fault is not None:
        fault[converted.fault > 0] = NO_RATE
    fault[_overlapping(place, start, end)] = OVERLAP
    fault[(start >= end) | (np.abs(converted.amount) > LARGEST_CENTS)] = MISSING
    return QuotaRows(place, start, end, converted.amount, fault)


def is_number(plan: Plan, name: str) -> bool:
    """Whether a quota counts something else than money: then its currency means nothing."""
    return any(component.measure.is_number for component in plan.components if component.quota == name)


def _overlapping(rep: Rows, start: Rows, end: Rows) -> Rows:
    """Positions of the rows that share a day with any other row of their rep. Rows lie by rep, then start."""
    proper = np.flatnonzero(start < end)
    high = rep[proper].astype(np.int64) << 32
    begins, ends = high + start[proper] + 2**31, high + end[proper] + 2**31
    clash = np.zeros(len(proper), dtype=bool)
    clash[1:] = np.maximum.accumulate(ends)[:-1] > begins[1:]
    clash[:-1] |= begins[1:] < ends[:-1]
    return proper[clash]


@dataclass(frozen=True, slots=True)
class Windows:
    """The windows of one component: a code for every rep and day, and the quota and fault of each code.

    `edges` are the first days of calendar windows, code = rep * windows + position. With quota rows as windows
    (`rows`), code = position of the row; with transactions, every credit is its own. To date the quota of a row is
    the sum of those up to it.
    """

    kind: str
    origin: int
    lookup: NDArray[np.int32]  # day since origin → window, for calendar windows
    count: int
    rows: QuotaRows | None
    quota: Ints | None
    fault: NDArray[np.int8] | None
    chain: Rows | None = None  # to_date: for each row the first one of its rep's plan year; credit adds up from it

    def codes(self, rep: Rows, days: Rows) -> Rows:
        """The window of each credit, -1 where it lies in none. Credits are sorted by rep, then day."""
        if self.kind == "transaction":
            return np.arange(len(rep), dtype=np.int64)
        if self.rows is None:
            if self.count == 1:
                return rep.astype(np.int64)
            codes = rep * np.int64(self.count)
            codes += self.lookup.take(days - self.origin)
            return codes
        return self._row_codes(self.rows, rep, days)

    def _row_codes(self, rows: QuotaRows, rep: Rows, days: Rows) -> Rows:
        if not len(rows.rep):
            return np.full(len(rep), -1, dtype=np.int64)
        shift = bits(1 << 17)
        keys = (rows.rep.astype(np.int64) << shift) + rows.start + (1 << 16)
        place = np.searchsorted(keys, (rep.astype(np.int64) << shift) + days + (1 << 16), side="right") - 1
        at = np.maximum(place, 0)
        if rows.fault.any():  # a row may lie inside a longer one, which goes on after it
            at = np.where(days < rows.end[at], at, rows.longest()[at])
        inside = (place >= 0) & (rows.rep[at] == rep) & (days < rows.end[at])
        return np.where(inside, at, -1)

    def faults(self, codes: Rows) -> NDArray[np.int8] | None:
        """What is wrong with the quota of each credit's window; None when nothing is, or none is needed."""
        if self.fault is None:
            return None
        found = self.fault[codes]
        found[codes < 0] = MISSING
        return found if found.any() else None

    def quota_on(self, on: int) -> tuple[int, int]:
        """Quota and fault of the first rep's window with that day: what the pricing of a deal booked then goes by."""
        code = self.codes(np.zeros(1, dtype=np.int64), np.array([on]))
        fault = self.faults(code)
        quota = 0 if self.quota is None or code[0] < 0 else int(self.quota[code[0]])
        return quota, FINE if fault is None else int(fault[0])


def windows(plan: Plan, kind: str, rows: QuotaRows | None, reps: int) -> Windows:
    """The windows of a component. `rows` are its quota's rows, None when no quota is needed."""
    kind = plan.window_kind(kind)
    origin, end = day(plan.effective.start_on), day(plan.effective.end_on)
    nothing = np.zeros(0, dtype=np.int32)
    if kind == "transaction":
        return Windows(kind, origin, nothing, 1, None, None, None)
    if kind in ("quota_period", "to_date"):
        if rows is None:
            raise AssertionError("the loader gives every component with such windows the name of a quota")
        priced = rows.amount if rows.priced_by is None else rows.priced_by
        if kind == "to_date":
            return _to_date(plan, rows, priced)
        fault = np.where((rows.fault == FINE) & (priced <= 0), ZERO, rows.fault).astype(np.int8)
        return Windows(kind, origin, nothing, 1, rows, priced, np.append(fault, np.int8(MISSING)))
    lookup, count, first = _calendar(plan, kind)
    if rows is None:
        return Windows(kind, origin, lookup, count, None, None, None)
    quota, fault = _summed(rows, (first, end, lookup), (reps, count), _LONGEST_DAYS[kind])
    return Windows(kind, origin, lookup, count, None, quota, fault if fault.any() else None)


def _to_date(plan: Plan, rows: QuotaRows, priced: Ints) -> Windows:
    """Quota rows as windows that go on from each other through a plan year; a fault taints all that follow."""
    edges = np.array([day(edge) for edge in plan.calendar.starts(12, plan.effective.end_on)])
    year = np.searchsorted(edges, rows.start, side="right")
    begins = np.ones(len(rows.rep), dtype=bool)
    begins[1:] = (rows.rep[1:] != rows.rep[:-1]) | (year[1:] != year[:-1])
    chain = np.maximum.accumulate(np.where(begins, np.arange(len(begins)), 0))
    quota = chained(priced, chain)
    worst = np.maximum.accumulate(chain.astype(np.int64) * 128 + rows.fault) % 128
    fault = np.where((worst == FINE) & (quota <= 0), ZERO, worst).astype(np.int8)
    nothing = np.zeros(0, dtype=np.int32)
    origin = day(plan.effective.start_on)
    return Windows("to_date", origin, nothing, 1, rows, quota, np.append(fault, np.int8(MISSING)), chain)


def chained(values: Ints, chain: Rows) -> Ints:
    """The sum of each row's value and those before it in its chain."""
    sums = np.cumsum(values)
    return sums - (sums - values)[chain]


@lru_cache(maxsize=256)
def _calendar(plan: Plan, kind: str) -> tuple[NDArray[np.int32], int, int]:
    """For each day of the plan the number of its window, how many windows there are, and when the first begins."""
    edges = np.array([day(edge) for edge in plan.calendar.edges(kind, plan.effective.end_on)])
    begun = day(plan.effective.start_on) - int(edges[0])  # of a week that the plan begins in
    lookup = np.repeat(np.arange(len(edges) - 1, dtype=np.int32), np.diff(edges))[begun : begun + plan.effective.days]
    return lookup, len(edges) - 1, int(edges[0])


def _summed(
    rows: QuotaRows, calendar: tuple[int, int, NDArray[np.int32]], shape: tuple[int, int], longest: int
) -> tuple[Ints, NDArray[np.int8]]:
    """Quota and fault per window: the sum of the rows that start in it, and the gravest fault of any."""
    first, end, lookup = calendar
    inside = (rows.start >= first) & (rows.start < end)
    since = np.maximum(rows.start[inside] - (end - len(lookup)), 0)  # a week may begin before its plan does
    code = rows.rep[inside] * np.int64(shape[1]) + lookup[since]
    quota = np.zeros(shape[0] * shape[1], dtype=np.int64)
    np.add.at(quota, code, rows.amount[inside])
    if rows.priced_by is not None:
        priced = np.zeros_like(quota)
        np.add.at(priced, code, rows.priced_by[inside])
        quota = np.where(quota == 0, priced, quota)
    given = np.zeros(len(quota), dtype=bool)
    given[code] = True
    fault = np.where(given, np.where(quota > 0, FINE, ZERO), MISSING).astype(np.int8)
    own = np.where(rows.end - rows.start > longest, np.int8(TOO_LONG), rows.fault)[inside]
    np.maximum.at(fault, code, own)
    return quota, fault
