"""Credits ÷ quota: how far a rep is on a day, what is left, and where the next tier begins."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from engine.answers import NextTier, QuotaProgress
from engine.calculation import KINDS
from engine.commission import calculate
from engine.dates import Period, day, on_day
from engine.exchange import Exchange
from engine.explained import span
from engine.frames import integers, named
from engine.halves import moving
from engine.history import with_history
from engine.money import Money, Quantity, Rate, divide
from engine.pipeline import pipeline
from engine.plans.axes import counts_numbers, start_of
from engine.plans.filters import RateRule
from engine.problems import Problem
from engine.quota_rules import quotas_of
from engine.quotas import FAULTS, FINE, MISSING, ZERO, QuotaRows, windows

if TYPE_CHECKING:
    from datetime import date

    from engine.calculation import Calculation
    from engine.frames import Facts
    from engine.plans.schema import Component, Plan
    from engine.plans.tables import Tier


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
    def row_amount(self) -> int:
        """The quota that pricing goes by, of the row that runs on the day."""
        priced = self.rows.amount if self.rows.priced_by is None else self.rows.priced_by
        return int(priced[self.now[0]])

    @property
    def row_fault(self) -> int:
        """What is wrong with the row that runs on the day."""
        if not self.now:
            return MISSING
        return int(self.rows.fault[self.now[0]]) or (ZERO if self.row_amount <= 0 else FINE)

    def counted(self, value: int) -> Money | Quantity:
        """An amount of what the component counts: money, or a number."""
        return Quantity(value) if self.component.measure.is_number else Money(value, self.plan.currency)

    @property
    def fault(self) -> int:
        """Why no figure can be shown: the row's own fault, or one for which pricing refuses the window."""
        return self.row_fault or (self.window_fault if self.component.reads_quota else FINE)


def progress(calc: Calculation, facts: Facts, rep_id: int, as_of: date) -> tuple[QuotaProgress, ...]:
    """How far the rep is on each quota that runs on `as_of`, in the order of the plan.

    The quota is that of the row which runs on the day; what counts towards it is what the first component that names
    the quota counts. A component that accumulates over the year and has several rows in it adds the year as a whole,
    one that accumulates to date the rows so far.
    Quotas that are missing, zero or contradictory are left out: `problems` says so.
    """
    reading = _reading(calc, facts, rep_id, as_of)
    found: list[QuotaProgress] = []
    for quota in (each for each in _quotas(reading) if not each.fault):
        start, end = (int(side[quota.now[0]]) for side in (quota.rows.start, quota.rows.end))
        row = quota.plan.calendar.named(on_day(start), on_day(end))
        current = _progress(reading, quota, row, quota.row_amount)
        tier = _next_tier(reading, quota)
        adds_up = quota.component.accumulate in ("year_to_date", "to_date")
        is_whole = adds_up and quota.window_amount != current.quota.minor
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
    table, today = reading.facts.table("assignments"), day(reading.as_of)
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
    exchange, rep_ids, today = Exchange(reading.facts.table("rates")), np.array([reading.rep_id]), day(reading.as_of)
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
    window = plan.window(component.accumulate, as_of)
    if window is not None:
        return plan.calendar.named(window.start_on, min(window.end_on, plan.effective.end_on))
    if not now:
        return Period("", as_of, as_of)
    chain = windows(plan, "to_date", rows, 1).chain if component.accumulate == "to_date" else None
    first = now[0] if chain is None else int(chain[now[0]])
    return plan.calendar.named(on_day(int(rows.start[first])), on_day(int(rows.end[now[0]])))


def _credited(reading: _Reading, quota: _Quota, period: Period) -> int:
    """What the component counted for the rep in the period, with what it began with, in its own smallest unit."""
    calc, position = reading.calc, quota.plan.components.index(quota.component)
    number = sum(len(plan.components) for plan in calc.plans[: quota.plan_no]) + position
    first, last = day(period.start_on), min(day(period.end_on), day(reading.as_of) + 1)
    found = _opening(reading, quota, (first, last))
    if quota.component.measure.team_commission is not None:
        extras = calc.extras
        own = (extras.rep_id == reading.rep_id) & (extras.measure == number)
        own &= (extras.kind == KINDS.index("override")) & (extras.days >= first) & (extras.days < last)
        return found + int(extras.basis[own].sum())
    rep_ids, trace, order = calc.counted.seats.rep_ids, calc.trace, calc.counted.sorted.whole
    rep = int(np.searchsorted(rep_ids, reading.rep_id))
    if not len(trace.at) or rep == len(rep_ids) or rep_ids[rep] != reading.rep_id:
        return found
    low, high = span(calc, rep)
    booked = order.days[trace.at[low:high]]
    own = (trace.measure[low:high] == number) & (trace.kind[low:high] == 0) & (booked >= first) & (booked < last)
    rows, made = low + np.flatnonzero(own), calc.counted.ready[quota.plan_no]
    basis = moving(made, made.measures[position], order.credit[trace.at[rows]], trace.basis[rows])
    return found + int(basis.sum())


def _opening(reading: _Reading, quota: _Quota, days: tuple[int, int]) -> int:
    """The balances of the component on some days: credit with which its windows began."""
    frame = reading.facts.table("balances")
    plans, names, on = named(frame, "plan"), named(frame, "name"), integers(frame, "on")
    own = (integers(frame, "rep_id") == reading.rep_id) & (plans.codes == plans.code(quota.plan.name))
    own &= (names.codes == names.code(quota.component.name)) & (on >= days[0]) & (on < days[1])
    return int(integers(frame, "value")[own].sum())


def _progress(reading: _Reading, quota: _Quota, period: Period, amount: int) -> QuotaProgress:
    credit, counted = _credited(reading, quota, period), quota.counted
    gone = (reading.as_of - period.start_on).days + 1
    gap = max(amount - credit, 0)
    open_amount, open_deals = pipeline(reading.facts, reading.rep_id, (quota.plan, quota.component), period)
    left = period.days - gone
    return QuotaProgress(
        name=quota.component.quota,
        period=period,
        quota=counted(amount),
        credit=counted(credit),
        gap=counted(gap),
        over=counted(max(credit - amount, 0)),
        attainment_ppm=divide(credit * 1_000_000, amount, "down"),
        days_left=left,
        days_total=period.days,
        elapsed_ppm=divide(gone * 1_000_000, period.days, "down"),
        pace=counted(divide(amount * gone, period.days)),
        per_day=counted(divide(gap, max(left, 1))),
        next_tier=None,
        open_pipeline=counted(open_amount),
        open_deals=open_deals,
    )


def _next_tier(reading: _Reading, quota: _Quota) -> NextTier | None:
    """The first tier that begins beyond the credit of the window, solved exactly; None in the top tier.

    None, too, where no credit of the component leads from tier to tier: with a figure of each deal as axis, with the
    credit of another component, and where every transaction starts at the bottom.
    """
    component, amount = quota.component, quota.window_amount
    table = component.table
    if table is None or quota.window_fault or component.accumulate == "transaction":
        return None
    if table.by == "deal" or table.of not in ("", component.name):
        return None
    credit, numbers = _credited(reading, quota, quota.window), counts_numbers(quota.plan, component)
    for tier in table.tiers:
        start = start_of(tier, table.by, numbers) * (amount if table.by == "attainment" else 1)
        least = start + 1 if table.has_to_be_passed(tier) and start.denominator == 1 else start
        if least > max(credit, 0) and start:
            missing = least - credit
            shortfall = quota.counted(-(-missing.numerator // missing.denominator))
            pays, rate = _paid_by(tier, component)
            return NextTier(component.name, Rate.of(Fraction(start, amount)).ppm, rate, shortfall, pays)
    return None


def _paid_by(tier: Tier, component: Component) -> tuple[str, Rate]:
    """What a tier pays: a rate (of a number, minor units for each unit), a share of the target, or an amount."""
    if tier.pays is not None:
        return "target", tier.pays
    if tier.amount is not None:
        return "amount", Rate(tier.amount.minor)
    base = component.rates or (RateRule(rate=component.rate, per_unit=component.per_unit),)
    rules = tier.rules if tier.multiplier is None else base
    plainest = min(rules, key=lambda rule: len(rule.conditions))
    own = plainest.rate if plainest.per_unit is None else Rate(plainest.per_unit.minor)
    if tier.multiplier is None:
        return "rate", own or Rate(0)
    return ("target", tier.multiplier) if own is None else ("rate", Rate.of(own.fraction * tier.multiplier.fraction))
