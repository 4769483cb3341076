"""Credits ÷ quota: how far a rep is on a day, what is left, and where the next tier begins."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from engine.answers import NextTier, QuotaProgress
from engine.commission import calculate
from engine.crediting import seats_of
from engine.dates import Calendar, Period, day, on_day
from engine.deals import deals_in
from engine.exchange import Exchange
from engine.frames import integers, named
from engine.halves import moving
from engine.history import with_history
from engine.kinds import Kinds, Names, Told
from engine.money import Money, Rate, divide
from engine.problems import Problem
from engine.quota_rules import quotas_of
from engine.quotas import FAULTS, FINE, MISSING, ZERO, QuotaRows, windows

if TYPE_CHECKING:
    from datetime import date

    from engine.calculation import Calculation
    from engine.frames import Facts
    from engine.plans.schema import Component, Plan

_MONTHLY = {"month": Calendar.month, "quarter": Calendar.quarter, "year_to_date": Calendar.year}


@dataclass(frozen=True, slots=True)
class _Reading:
    """What is read for one rep on one day."""

    calc: Calculation
    facts: Facts
    rep_id: int
    as_of: date


@dataclass(frozen=True, slots=True)
class _Quota:
    """One component's quota: its rows for the rep, those of them that run on the day, and what pricing makes of them.

    `window` is where the component accumulates on the day, as far as the plan runs; `window_amount` is its quota and
    `window_fault` what is wrong with that.
    """

    plan: Plan
    plan_no: int
    component: Component
    rows: QuotaRows
    now: list[int]
    window: Period
    window_amount: int
    window_fault: int

    @property
    def row_fault(self) -> int:
        """What is wrong with the row that runs on the day."""
        if not self.now:
            return MISSING
        return int(self.rows.fault[self.now[0]]) or (ZERO if self.rows.amount[self.now[0]] <= 0 else FINE)

    @property
    def fault(self) -> int:
        """Why no figure can be shown: the row's own fault, or one for which pricing refuses the window."""
        return self.row_fault or (self.window_fault if self.component.reads_quota else FINE)


def progress(calc: Calculation, facts: Facts, rep_id: int, as_of: date) -> tuple[QuotaProgress, ...]:
    """How far the rep is on each quota that runs on `as_of`, in the order of the plan.

    The quota is that of the row which runs on the day; what counts towards it is what the first component that names
    the quota counts. A component that accumulates over the year and has several rows in it adds the year as a whole.
    Quotas that are missing, zero or contradictory are left out: `problems` says so.
    """
    reading = _reading(calc, facts, rep_id, as_of)
    found: list[QuotaProgress] = []
    for quota in (each for each in _quotas(reading) if not each.fault):
        start, end = (int(side[quota.now[0]]) for side in (quota.rows.start, quota.rows.end))
        row = quota.plan.calendar.named(on_day(start), on_day(end))
        current = _progress(reading, quota, row, int(quota.rows.amount[quota.now[0]]))
        tier = _next_tier(reading, quota)
        is_whole = quota.component.accumulate == "year_to_date" and quota.window_amount != current.quota.minor
        if is_whole and not quota.window_fault:
            whole = _progress(reading, quota, quota.window, quota.window_amount)
            found += [current, replace(whole, next_tier=tier)]
        else:
            found.append(replace(current, next_tier=tier))
    return tuple(found)


def problems(calc: Calculation, facts: Facts, rep_id: int, as_of: date) -> tuple[Problem, ...]:
    """What keeps the rep's quotas from being shown on `as_of`: no plan, or a quota that is missing or unusable."""
    reading = _reading(calc, facts, rep_id, as_of)
    if not _plans(reading):
        message = f"No plan applies to this rep on {as_of}."
        remedy = "Assign the rep to a plan that is effective on that day."
        return (Problem("plan_missing", message, remedy, "assignments", rep_id),)
    found = []
    for quota in (each for each in _quotas(reading) if each.fault):
        code, message = FAULTS[quota.fault]
        place = f"{quota.plan.name} / {quota.component.name}"
        count = f"{len(quota.now)} quotas on {as_of}"
        found.append(Problem(code, message, _remedy(quota, as_of), place, rep_id, found=count))
    return tuple(found)


def _reading(calc: Calculation, facts: Facts, rep_id: int, as_of: date) -> _Reading:
    return _Reading(calc, with_history(facts, calc.plans, (as_of, (rep_id,)), calculate), rep_id, as_of)


def _remedy(quota: _Quota, as_of: date) -> str:
    if quota.row_fault:
        return f"Load one quota named {quota.component.quota!r} for this rep that runs on {as_of}."
    inside = f"start and end inside {quota.window.start_on} .. {quota.window.end_on}"
    return (
        f"Load quotas named {quota.component.quota!r} for this rep that {inside} and do not overlap, "
        f"or change what the component accumulates over ({quota.component.accumulate})."
    )


def _plans(reading: _Reading) -> list[tuple[int, Plan]]:
    """The plan versions that apply to the rep on the day, with their positions."""
    table, today = reading.facts.assignments, day(reading.as_of)
    labels = named(table, "plan")
    own = integers(table, "rep_id") == reading.rep_id
    own &= (integers(table, "start_on") <= today) & (today < integers(table, "end_on"))
    assigned = {labels.names[code] for code in np.unique(labels.codes[own])}
    current = {
        plan.name: (number, plan)
        for number, plan in enumerate(reading.calc.plans)
        if plan.name in assigned and reading.as_of in plan.effective
    }
    return list(current.values())


def _quotas(reading: _Reading) -> list[_Quota]:
    """The quotas that the rep's plans name, each once per plan, by the first component that names it."""
    found: list[_Quota] = []
    exchange, rep_ids, today = Exchange(reading.facts.rates), np.array([reading.rep_id]), day(reading.as_of)
    for number, plan in _plans(reading):
        named_by = {component.quota: component for component in reversed(plan.components) if component.quota}
        for component in plan.components:
            if component.quota and named_by[component.quota] is component:
                rows = quotas_of(reading.facts, component.quota, rep_ids, plan, exchange)
                now = np.flatnonzero((rows.start <= today) & (today < rows.end)).tolist()
                window = _window(plan, component, rows, (now, reading.as_of))
                priced = windows(plan, component.accumulate, rows, 1).quota_on(today)
                found.append(_Quota(plan, number, component, rows, now, window, *priced))
    return found


def _window(plan: Plan, component: Component, rows: QuotaRows, on: tuple[list[int], date]) -> Period:
    """The window in which the component accumulates on the day, as far as the plan runs."""
    now, as_of = on
    find = _MONTHLY.get(component.accumulate)
    if find is not None:
        window = find(plan.calendar, as_of)
        return plan.calendar.named(window.start_on, min(window.end_on, plan.effective.end_on))
    if not now:
        return Period("", as_of, as_of)
    return Period("", on_day(int(rows.start[now[0]])), on_day(int(rows.end[now[0]])))


def _credited(reading: _Reading, quota: _Quota, period: Period) -> int:
    """What the component counted for the rep in the period, in minor units of the plan's currency."""
    calc, trace = reading.calc, reading.calc.trace
    rep = int(np.searchsorted(calc.counted.seats.rep_ids, reading.rep_id))
    if (
        not len(trace.at)
        or rep == len(calc.counted.seats.rep_ids)
        or calc.counted.seats.rep_ids[rep] != reading.rep_id
    ):
        return 0
    first, last = np.searchsorted(calc.line_reps, rep), np.searchsorted(calc.line_reps, rep, side="right")
    number = sum(len(plan.components) for plan in calc.plans[: quota.plan_no])
    number += quota.plan.components.index(quota.component)
    order = calc.counted.sorted.whole
    booked = order.days[trace.at[first:last]]
    own = (trace.measure[first:last] == number) & (trace.kind[first:last] == 0)
    own &= (booked >= day(period.start_on)) & (booked < day(period.end_on)) & (booked <= day(reading.as_of))
    rows = first + np.flatnonzero(own)
    made = calc.counted.ready[quota.plan_no]
    measure = made.measures[quota.plan.components.index(quota.component)]
    return int(moving(made, measure, order.credit[trace.at[rows]], trace.basis[rows]).sum())


def _progress(reading: _Reading, quota: _Quota, period: Period, amount: int) -> QuotaProgress:
    credit, currency = _credited(reading, quota, period), quota.plan.currency
    gone = (reading.as_of - period.start_on).days + 1
    gap = max(amount - credit, 0)
    open_amount, open_deals = _pipeline(reading, quota, period)
    left = period.days - gone
    return QuotaProgress(
        name=quota.component.quota,
        period=period,
        quota=Money(amount, currency),
        credit=Money(credit, currency),
        gap=Money(gap, currency),
        over=Money(max(credit - amount, 0), currency),
        attainment_ppm=divide(credit * 1_000_000, amount, "down"),
        days_left=left,
        days_total=period.days,
        elapsed_ppm=divide(gone * 1_000_000, period.days, "down"),
        pace=Money(divide(amount * gone, period.days), currency),
        per_day=Money(divide(gap, max(left, 1)), currency),
        next_tier=None,
        open_pipeline=Money(open_amount, currency),
        open_deals=open_deals,
    )


def _next_tier(reading: _Reading, quota: _Quota) -> NextTier | None:
    """The first tier that begins beyond the credit of the window, solved exactly; None in the top tier."""
    table, amount = quota.component.table, quota.window_amount
    if table is None or quota.window_fault or quota.component.accumulate == "transaction":
        return None
    credit = _credited(reading, quota, quota.window)
    for tier in table.tiers[1:]:
        start = tier.begins.fraction * (amount if table.by == "attainment" else 1)
        if start > credit:
            missing = start - credit
            shortfall = Money(-(-missing.numerator // missing.denominator), quota.plan.currency)
            plainest = min(tier.rules, key=lambda rule: len(rule.conditions))
            rate = plainest.rate or Rate(0)
            return NextTier(quota.component.name, Rate.of(Fraction(start, amount)).ppm, rate, shortfall)
    return None


def _pipeline(reading: _Reading, quota: _Quota, period: Period) -> tuple[int, int]:
    """The rep's share of open deals that would count, if they close in the period as expected, and how many."""
    frame = reading.facts.deals
    stage, booked = named(frame, "stage"), integers(frame, "booked_on")
    rows = (stage.codes == stage.code("open")) & (booked >= day(period.start_on)) & (booked < day(period.end_on))
    deals = deals_in(frame).take(np.flatnonzero(rows))
    deals = deals.take(np.argsort(deals.deal_id, kind="stable"))
    if not len(deals):
        return 0, 0
    plan, exchange = quota.plan, Exchange(reading.facts.rates)
    seats, _ = seats_of(deals, reading.facts.splits)
    converted = exchange.into(plan.currency, (deals.amount, deals.currency), deals.booked, plan.rounding.mode)
    filters = [quota.component.measure.where, *(rule.when for rule in plan.crediting)]
    told = Told(reading.facts, deals, exchange)
    kinds, of_deals = Kinds(Names.of(told, filters), filters).codes(told)
    held = kinds.held(told, seats.rep_ids[seats.rep], deals.booked[seats.deal])
    codes = kinds.of_credits(of_deals, seats.deal, held)
    counts = kinds.meeting(quota.component.measure.where)
    counts &= np.logical_or.reduce([kinds.meeting(rule.when) for rule in plan.crediting])
    own = seats.rep_ids[seats.rep] == reading.rep_id
    own &= counts[0] if codes is None else counts[codes]
    if converted.fault is not None:
        own &= converted.fault[seats.deal] == 0
    return int(seats.amounts(converted.amount)[own].sum()), int(own.sum())
