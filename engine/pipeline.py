"""What open deals would add to a component, if they close when they are expected to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.commission import calculate
from engine.crediting import seats_of
from engine.dates import day, on_day
from engine.deals import deals_in
from engine.exchange import Exchange
from engine.frames import COLUMNS, Columns, Named, integers, named, none_of
from engine.halves import moving
from engine.kinds import Kinds, Names, Told
from engine.money import divide
from engine.rules import has_own_credits
from engine.tallies import names_rules

if TYPE_CHECKING:
    from engine.dates import Period
    from engine.frames import Facts
    from engine.order import Rows
    from engine.plans.schema import Component, Plan

#: What is counted beside deals, and what is locked, means nothing for deals that are still open.
_BESIDE = ("achievements", "balances", "adjustments", "events", "locks", "locked")


def pipeline(facts: Facts, rep_id: int, counting: tuple[Plan, Component], period: Period) -> tuple[int, int]:
    """The rep's credit of open deals that would count, if they close in the period as expected, and how many.

    It is 0 where something else than amounts is counted: what open deals will bring of it is not known.
    """
    plan, component = counting
    if component.measure.achievement:
        return 0, 0
    frame = facts.table("deals")
    stage, booked = named(frame, "stage"), integers(frame, "booked_on")
    rows = (stage.codes == stage.code("open")) & (booked >= day(period.start_on)) & (booked < day(period.end_on))
    if not rows.any():
        return 0, 0
    if has_own_credits(plan) or names_rules(plan):
        return _by_rules(facts, rep_id, counting, (period, np.flatnonzero(rows)))
    return _own(facts, rep_id, counting, np.flatnonzero(rows))


def _by_rules(
    facts: Facts, rep_id: int, counting: tuple[Plan, Component], opened: tuple[Period, Rows]
) -> tuple[int, int]:
    """By the plan's own credit rules, as if the open deals had been won and nothing else."""
    (plan, component), (period, rows) = counting, opened
    frame = facts.table("deals")
    columns = {
        name: _taken(named(frame, name), rows) if dtype == "category" else integers(frame, name)[rows]
        for name, dtype in COLUMNS["deals"].items()
    }
    won = Columns(columns | {"stage": Named(np.zeros(len(rows), dtype=np.int8), ("won",))})
    alone = facts.changed(deals=won, **{name: none_of(name) for name in _BESIDE})
    calc = calculate(alone, [plan], on_day(day(period.end_on) - 1), reps=[rep_id])
    number = plan.components.index(component)
    lines = np.flatnonzero((calc.trace.measure == number) & (calc.trace.kind == 0))
    made, whole = calc.counted.ready[0], calc.counted.sorted.whole
    credit = whole.credit[calc.trace.at[lines]]
    basis = moving(made, made.measures[number], credit, calc.trace.basis[lines])
    deals = len(np.unique(calc.counted.seats.deal[credit[basis != 0]]))
    is_amount = component.measure.sum == "amount" and not component.measure.is_number
    return int(basis.sum()) if is_amount else 0, deals


def _taken(values: Named, rows: Rows) -> Named:
    return Named(values.codes[rows], values.names)


def _own(facts: Facts, rep_id: int, counting: tuple[Plan, Component], rows: Rows) -> tuple[int, int]:
    """The rep's own deals, and shares of deals."""
    plan, component = counting
    deals = deals_in(facts.table("deals")).take(rows)
    deals = deals.take(np.argsort(deals.deal_id, kind="stable"))
    exchange = Exchange(facts.table("rates"))
    seats, _ = seats_of(deals, facts.table("splits"))
    converted = exchange.into(plan.currency, (deals.amount, deals.currency), deals.booked, plan.rounding.mode)
    measure = component.measure
    filters = [measure.where, measure.excluding, *(rule.when for rule in plan.crediting)]
    told = Told(facts, deals, exchange)
    kinds, of_deals = Kinds(Names.of(told, filters), filters).codes(told)
    held = kinds.held(told, seats.rep_ids[seats.rep], deals.booked[seats.deal])
    codes = kinds.of_credits(of_deals, seats.deal, held)
    counts = kinds.counted(measure)
    counts &= np.logical_or.reduce([kinds.meeting(rule.when) for rule in plan.crediting])
    own = seats.rep_ids[seats.rep] == rep_id
    own &= counts[0] if codes is None else counts[codes]
    if converted.fault is not None:
        own &= converted.fault[seats.deal] == 0
    if measure.sum != "amount" or measure.is_number or measure.team_commission is not None:
        return 0, int(own.sum())
    amount = int(seats.amounts(converted.amount)[own].sum())
    return divide(amount * measure.times.num, measure.times.den), int(own.sum())
