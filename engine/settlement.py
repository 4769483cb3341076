"""From earnings to payout: releases, clawbacks, adjustments, caps, draws and guarantees, in that order.

1. Releases and clawbacks, deal by deal (`engine.releases`, `engine.clawbacks`).
2. Adjustments and prizes (`engine.adjustments`). Prizes stand outside caps, draws and guarantees.
3. Caps of the whole plan, per pay period and per plan year: on each day the running total of the period or year is
   clipped, for a negative total alike, and a `cap` line is the difference. Operands: x the limit, y 0 for a pay
   period and 1 for a year, basis the running total before the cap.
4. Pay period by pay period: what is negative, draw, guarantee, salary, minimum wage (`engine.draws`,
   `engine.guarantees`).

What was carried, and the debt of a draw, go on from one version of a plan to the next. They begin with the `balances`
called `carry` and `draw`, which say where the rep stands on their day: the pay period with that day begins with it.

How many pay periods a draw or guarantee has lasted is counted from the rep's first assignment to the plan, but not
from before version 1 of the plan. Where that is not at hand it is counted from the assignment alone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np

from engine.adjustments import adjusted
from engine.by_rep import missing, of_periods
from engine.calculation import KINDS, Extras
from engine.clawbacks import hits_of, taken
from engine.dates import day, on_day
from engine.deals import LARGEST_CENTS
from engine.draws import Pay, Standing, advance, draw, guarantee, lift
from engine.earnings import Beside, lots_of, starts_of_any
from engine.events import events_of
from engine.frames import integers, named
from engine.guarantees import minimum_wage, salary
from engine.order import positions, running, starts_of, steps
from engine.payrun import earned_by, earned_in, pay_periods, staff_of
from engine.plans.terms import PaymentTerms
from engine.problems import Problem
from engine.releases import Settling, never, released

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from datetime import date

    from engine.calculation import Calculation
    from engine.frames import Facts
    from engine.order import Ints
    from engine.payrun import Earned, PayPeriods, Staff
    from engine.plans.schema import Component, Plan

_PLAIN = PaymentTerms()


def settled(calc: Calculation, facts: Facts, as_of: date, reps: Collection[int] | None = None) -> Calculation:
    """The calculation with the extra lines by which its plans turn earnings into payouts."""
    last = day(as_of)
    lines, problems = _by_deal(calc, facts, last)
    if len(facts.table("adjustments")):
        more, faults = adjusted(facts, calc.plans, last, reps)
        lines, problems = lines + more, problems + faults
    calc = _with(calc, lines, problems)
    if any(plan.payment != _PLAIN for plan in calc.plans):
        lines, problems = [], list(_bad_balances(calc, facts, reps))
        for _, versions in groupby(enumerate(calc.plans), key=lambda pair: pair[1].name):
            made, faults = _paid(calc, facts, (last, reps), dict(versions))
            lines, problems = lines + made, problems + faults
        calc = _with(calc, lines, problems)
    return calc


def _with(calc: Calculation, lines: list[Extras], problems: list[Problem]) -> Calculation:
    if not lines and not problems:
        return calc
    return replace(
        calc,
        extras=Extras.joined([calc.extras, *lines]),
        problems=tuple(sorted({*calc.problems, *problems})),
    )


def _by_deal(calc: Calculation, facts: Facts, last: int) -> tuple[list[Extras], list[Problem]]:
    asked = list(_asked(calc))
    if not asked:
        return [], []
    priced = {name for _, _, component in asked for name in _priced(component)}
    events, problems = events_of(facts, calc.counted.deals, last, priced)
    lots = lots_of(calc, [measure for measure, _, _ in asked])
    lines: list[Extras] = []
    for measure, plan_no, component in asked:
        own = lots.part(lots.measure == measure)
        plan = calc.plans[plan_no]
        settling = Settling(plan, plan_no, component, measure, own, events, calc.counted.deals, last)
        if component.clawback is None:
            lines += released(settling, never(own))[0]
            continue
        hits = hits_of(settling, component.clawback)
        made, paid = released(settling, hits.whole_on(len(own.amount)))
        lines += [*made, taken(settling, component.clawback, hits, paid)]
    return lines, problems


def _asked(calc: Calculation) -> Iterator[tuple[int, int, Component]]:
    """The components whose commissions are released over time or may be taken back: number, plan, component."""
    number = 0
    for plan_no, plan in enumerate(calc.plans):
        for component in plan.components:
            if component.release or component.clawback is not None:
                yield number, plan_no, component
            number += 1


def _priced(component: Component) -> set[str]:
    """The names of events whose amounts matter to a component."""
    found = set() if component.clawback is None else set(component.clawback.on)
    cash = [release.event or "payment" for release in component.release if release.on == "cash"]
    return found | {*cash, *(["refund"] if cash else [])}


@dataclass(frozen=True, slots=True)
class _Run:
    """One plan's pay periods being settled."""

    calc: Calculation
    facts: Facts
    staff: Staff
    last: int
    first: int


def _paid(
    calc: Calculation, facts: Facts, asked: tuple[int, Collection[int] | None], versions: dict[int, Plan]
) -> tuple[list[Extras], list[Problem]]:
    """The lines of one plan, version after version, and what its reps lack."""
    if all(plan.payment == _PLAIN for plan in versions.values()):
        return [], []
    last, reps = asked
    name = next(iter(versions.values())).name
    beside = calc.extras.rep_id
    others = np.union1d(calc.counted.seats.rep_ids, beside[starts_of(beside)])
    first = day(min(plan.effective.start_on for plan in versions.values()))
    run = _Run(calc, facts, staff_of(facts, name, others, reps), last, first)
    standing, lines, currency = Standing.at_zero(len(run.staff.rep_ids)), list[Extras](), ""
    problems = list[Problem]()
    earliest = run.staff.first_day()
    if any(plan.version == 1 for plan in versions.values()):
        earliest = np.maximum(earliest, first)
    for number, plan in sorted(versions.items(), key=lambda pair: (pair[1].effective.start_on, pair[1].version)):
        if currency not in ("", plan.currency):  # a debt in another currency has to be brought in as a balance
            standing = Standing.at_zero(len(run.staff.rep_ids))
        currency = plan.currency
        numbers = [each for each, other in versions.items() if other.currency == currency]
        made, faults = _version(run, (number, numbers), earliest, standing)
        lines, problems = lines + made, problems + faults
    return lines, problems


def _version(
    run: _Run, numbers: tuple[int, list[int]], earliest: Ints, standing: Standing
) -> tuple[list[Extras], list[Problem]]:
    """The lines of the pay periods in which one version of a plan pays, and the amounts that the data lacks."""
    calc, staff, (plan_no, family) = run.calc, run.staff, numbers
    periods = pay_periods(calc.plans[plan_no], calc.plans)
    lines, terms = list[Extras](), periods.plan.payment
    if terms.cap is None and terms.cap_per_year is None:
        amounts = earned_in(calc, family, staff.rep_ids, periods)
    else:
        lines, earned = _capped(earned_by(calc, family, staff.rep_ids, None), periods, plan_no, staff.rep_ids)
        amounts = _by_period(earned, periods, len(staff.rep_ids))
    prizes = _by_period(earned_by(calc, family, staff.rep_ids, [KINDS.index("prize")]), periods, len(staff.rep_ids))
    days = staff.days_in(periods)
    given = {name: of_periods(run.facts, name, staff.rep_ids, periods) for name in terms.by_rep}
    begun = np.where(periods.start <= run.last, days, 0)
    faults = [
        each for name in given for each in missing(periods.plan, name, given[name], (staff.rep_ids, begun, periods))
    ]
    since = np.array([periods.window(on_day(int(on))) if on < 2**31 - 1 else 0 for on in np.unique(earliest)])
    start = since[np.searchsorted(np.unique(earliest), earliest)] if len(earliest) else earliest
    for at in range(len(periods.start)):
        if periods.start[at] > run.last:
            break
        _open(run, periods, at, standing)
        turn = int(periods.number[at]) - start
        pay = Pay(periods, at, plan_no, staff.rep_ids, days[:, at], turn, amounts[:, at], lines, given)
        pay.carry_in(standing.carried)
        standing.carried = np.zeros_like(standing.carried)
        advance(pay, standing, staff, run.last)
        if periods.end[at] - 1 > run.last:
            break
        lift(pay, standing)
        draw(pay, standing)
        guarantee(pay)
        salary(pay)
        minimum_wage(pay, prizes[:, at])
    return lines, faults


def _by_period(earned: Earned, periods: PayPeriods, reps: int) -> Ints:
    """Sums by rep and pay period; what falls into no pay period is left out."""
    found = np.zeros((reps, len(periods.start)), dtype=np.int64)
    period = periods.of(earned.day)
    inside = period >= 0
    np.add.at(found, (earned.rep[inside], period[inside]), earned.amount[inside])
    return found


def _capped(earned: Earned, periods: PayPeriods, plan_no: int, rep_ids: Ints) -> tuple[list[Extras], Earned]:
    """The lines of the plan's caps, and what is earned after them."""
    terms, lines = periods.plan.payment, list[Extras]()
    period = periods.of(earned.day)
    inside = np.flatnonzero(period >= 0)
    own = replace(earned, rep=earned.rep[inside], day=earned.day[inside], amount=earned.amount[inside])
    plan = periods.plan
    edges = np.array([day(edge) for edge in plan.calendar.edges("year", plan.effective.end_on)])
    year = np.searchsorted(edges, own.day, side="right")
    for is_year, limit, window in ((0, terms.cap, period[inside]), (1, terms.cap_per_year, year)):
        if limit is None or not len(inside):
            continue
        starts = starts_of_any(own.rep, window)
        total = running(own.amount, starts)
        after = steps(np.clip(total, -limit.minor, limit.minor), starts)
        operands = np.full(len(total), limit.minor), np.full(len(total), is_year)
        made = Beside(
            rep_ids[own.rep],
            plan_no,
            "cap",
            own.day,
            after - own.amount,
            basis=total,
            x=operands[0],
            y=operands[1],
        )
        lines.append(made.lines())
        own = replace(own, amount=after)
    return lines, own


def _open(run: _Run, periods: PayPeriods, at: int, standing: Standing) -> None:
    """Puts reps where the balances say they stand, if they say it for this pay period."""
    frame = run.facts.table("balances")
    if frame.empty:
        return
    name, plan, on = named(frame, "name"), named(frame, "plan"), integers(frame, "on")
    rep, known = positions(integers(frame, "rep_id"), run.staff.rep_ids)
    now = known & (plan.codes == plan.code(periods.plan.name)) & (on < periods.end[at])
    if periods.start[at] != run.first:
        now &= on >= periods.start[at]
    value = integers(frame, "value")
    now &= (value >= 0) & (value <= LARGEST_CENTS)
    for label, target in (("draw", standing.debt), ("carry", standing.carried)):
        rows = np.flatnonzero(now & (name.codes == name.code(label)))
        rows = rows[np.lexsort([value[rows], on[rows]])]  # the last one of a pay period says where the rep stands
        target[rep[rows]] = value[rows]


def _bad_balances(calc: Calculation, facts: Facts, reps: Collection[int] | None) -> Iterator[Problem]:
    """Problems for opening debts that cannot be meant."""
    frame = facts.table("balances")
    if frame.empty:
        return
    name, plan, value = named(frame, "name"), named(frame, "plan"), integers(frame, "value")
    bad = np.isin(name.codes, [name.code("draw"), name.code("carry")])
    bad &= np.isin(plan.codes, [plan.code(each.name) for each in calc.plans if each.payment != _PLAIN])
    bad &= (value < 0) | (value > LARGEST_CENTS)
    for row in np.flatnonzero(bad).tolist():
        rep_id = int(integers(frame, "rep_id")[row])
        if reps is None or rep_id in reps:
            message = "What a rep owes at the start is negative, or more than can be meant: it is not used."
            found = f"{name.names[name.codes[row]]} {int(value[row])}"
            yield Problem("balance_unusable", message, "Correct the balance.", "balances", rep_id, found=found)
