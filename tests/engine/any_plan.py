"""What holds for every plan that the loader accepts, over any facts: each property as a function that asserts it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from engine import attainment, statements
from engine.commission import calculate
from engine.dates import Period, add_months, day
from engine.frames import COLUMNS, Facts, integers, shaped
from engine.plan_changes import changes
from engine.whatif import Closing, Question, what_if
from engine.whynot import why_not

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

    from engine.calculation import Calculation
    from engine.plans.schema import Plan

ALWAYS = Period("always", date(1990, 1, 1), date(2099, 1, 1))
MOST_EXPLAINED = 12


def said(calc: Calculation, reps: Sequence[int] | None = None) -> list[list[Any]]:
    """The lines as values, of some reps or of all."""
    lines = calc.lines
    rows = lines if reps is None else lines[lines["rep_id"].isin(reps)]
    return [list(row) for row in rows.astype(object).itertuples(index=False)]


def total(calc: Calculation) -> dict[tuple[int, str], int]:
    """What each rep is paid by each plan, where that is not 0."""
    found: dict[tuple[int, str], int] = {}
    lines = calc.lines
    for rep, plan, amount in zip(
        lines["rep_id"], lines["plan"], integers(lines, "amount_cents").tolist(), strict=True
    ):
        found[int(rep), str(plan)] = found.get((int(rep), str(plan)), 0) + amount
    return {key: amount for key, amount in found.items() if amount}


def whole_numbers(calc: Calculation) -> None:
    """Money is int64, and no column is ever a float."""
    for frame in (calc.lines, calc.credits, calc.unpaid):
        for column in frame:
            assert frame[column].dtype.kind not in "fc", column
            assert not str(column).endswith("_cents") or frame[column].dtype == np.int64, column
    assert all(problem.message and problem.remedy for problem in calc.problems), calc.problems


def everything_is_told(asked: Question, calc: Calculation, chance: Random) -> None:
    """Statements add up, and every line is explained by slices that add up to it."""
    own = calc.lines[calc.lines["rep_id"] == asked.rep_id]
    amount = int(integers(own, "amount_cents").sum())
    assert sum(part.amount.minor for part in statements.components(calc, asked.rep_id, ALWAYS)) == amount
    assert sum(line.amount.minor for line in statements.lines(calc, asked.facts, asked.rep_id, ALWAYS, {})) == amount
    assert sum(part.payout.minor for part in statements.payout(calc, asked.rep_id, ALWAYS)) == amount
    numbers = own["line_no"].tolist()
    for line_no in chance.sample(numbers, min(len(numbers), MOST_EXPLAINED)):
        found = statements.explain(calc, asked.facts, asked.rep_id, line_no, {})
        parts = sum(part.amount.minor for part in found.slices) + found.rerated.minor
        assert parts == found.line.amount.minor, (line_no, found)


def quotas_are_told(asked: Question, calc: Calculation) -> None:
    """Attainment, and what keeps it from being shown, is told on any day."""
    for months in (0, -3):
        on = add_months(asked.as_of, months)
        attainment.progress(calc, asked.facts, asked.rep_id, on)
        attainment.problems(calc, asked.facts, asked.rep_id, on)


def deals_are_told(asked: Question, calc: Calculation, chance: Random) -> None:
    """Why a deal pays, and what closing it would pay."""
    deals = sorted(set(asked.facts.deals["deal_id"].tolist()))
    for deal_id in chance.sample(deals, min(len(deals), 3)):
        why_not(calc, asked, deal_id)
    if deals:
        closings = [Closing(deal_id, asked.as_of, 123_456) for deal_id in chance.sample(deals, min(2, len(deals)))]
        what_if(asked, closings)


def order_means_nothing(asked: Question, calc: Calculation, chance: Random) -> None:
    """Rows in another order, in other categories, and other chunks give the same lines and the same hash."""
    frames = {}
    for name, frame in asked.facts.frames():
        rows = chance.sample(range(len(frame)), len(frame))
        moved = frame.iloc[rows].reset_index(drop=True)
        frames[name] = shaped(
            name, moved.astype({c: object for c, kind in COLUMNS[name].items() if kind == "category"})
        )
    other = Facts(**frames)
    assert other.inputs_hash() == asked.facts.inputs_hash()
    again = calculate(other, asked.plans[::-1], asked.as_of, chunk_rows=chance.choice((1, 3, 1_000)))
    assert said(again) == said(calc)
    assert again.problems == calc.problems


def one_rep_is_a_part_of_all(asked: Question, calc: Calculation) -> None:
    """A calculation of one rep gives the lines that the calculation of all gives them."""
    alone = calculate(asked.facts, asked.plans, asked.as_of, reps=[asked.rep_id])
    assert said(alone, [asked.rep_id]) == said(calc, [asked.rep_id])


def locks_hold(asked: Question, chance: Random) -> None:
    """Locked periods never change, and with the corrections everything comes to what it would have without a lock."""
    start, facts = asked.plans[0].effective.start_on, asked.facts
    if start.day > 28 or any(plan.effective.start_on != start for plan in asked.plans):
        return
    end = add_months(start, 60)
    spans = {"monthly": (day(add_months(start, 2)), day(add_months(start, 3)))}
    spans["quarterly"] = (day(start), spans["monthly"][1])
    inside = _inside(calculate(facts, asked.plans, end), spans)
    locks = [{"pays": pays, "start_on": low, "end_on": high} for pays, (low, high) in spans.items()]
    held = replace(facts, locks=shaped("locks", locks), locked=shaped("locked", inside[list(COLUMNS["locked"])]))
    assert total(calculate(held, asked.plans, end)) == total(calculate(facts, asked.plans, end))
    deals = facts.deals.copy()
    changed = np.array([chance.random() < 0.3 for _ in range(len(deals))], dtype=bool)
    deals["amount_cents"] = np.where(changed & (abs(deals["amount_cents"]) < 10**9), 77_700, deals["amount_cents"])
    corrected = calculate(replace(held, deals=deals), asked.plans, end)
    assert total(corrected) == total(calculate(replace(facts, deals=deals), asked.plans, end))
    assert _amounts(_inside(corrected, spans)) == _amounts(inside)


def _inside(calc: Calculation, spans: dict[str, tuple[int, int]]) -> pd.DataFrame:
    """The lines of the periods that are locked, as they are kept."""
    lines, parts = calc.lines, []
    booked = integers(lines, "booked_on")
    for number, plan in enumerate(calc.plans):
        low, high = spans.get(plan.pays, (0, 0))
        own = lines[(lines["plan_no"] == number).to_numpy() & (booked >= low) & (booked < high)]
        parts.append(own.astype(object).assign(on=own["booked_on"], for_on=low, watermark=7))
    return pd.concat(parts, ignore_index=True)


def _amounts(lines: pd.DataFrame) -> list[tuple[Any, ...]]:
    names = ("rep_id", "plan", "component", "kind", "deal_id", "amount_cents")
    return sorted((tuple(row) for row in lines[list(names)].itertuples(index=False)), key=str)


def reversal_returns_to_zero(asked: Question) -> None:
    """Every deal with its negative beside it pays nothing, in plans that go by what was sold alone."""
    facts = asked.facts
    ids = integers(facts.deals, "deal_id")
    offset = int(ids.max(initial=0)) + 1
    frames = {}
    for name in ("deals", "splits", "figures", "tags"):
        frame = getattr(facts, name)
        negative = frame.assign(deal_id=frame["deal_id"] + offset)
        for column in ("amount_cents", "value"):
            if column in COLUMNS[name] and COLUMNS[name][column] == "int64":
                negative = negative.assign(**{column: -negative[column]})
        frames[name] = shaped(name, pd.concat([frame, negative], ignore_index=True))
    nothing = {name: shaped(name, ()) for name in ("balances", "adjustments", "events", "achievements")}
    assert total(calculate(replace(facts, **frames, **nothing), asked.plans, asked.as_of)) == {}


def is_by_sales_alone(plan: Plan) -> bool:
    """Whether nothing in the plan pays for time, heads, or the order in which something was reached."""
    terms, plain = plan.payment, type(plan.payment)()
    if replace(terms, cap=None, cap_per_year=None, negative="pay") != plain or terms.negative != "pay":
        return False
    if plan.rounding.step == "line" or any(rule.by_role or len(rule.counts_for) < 2 for rule in plan.crediting):
        return False
    return all(
        part.measure.sum not in ("count", "margin_pct", "markup_pct", "discount_pct")
        and not part.measure.achievement
        and part.fixed is None
        and not any(rule.fixed is not None or rule.having for rule in part.rates)
        and part.minimum.per_deal is None
        and not part.measure.where.having
        and not part.clawback
        and not part.release
        and (part.pool is None or part.pool.amount is None)
        and not any(gate.judged == "as_reached" for gate in part.gates)
        and not any(multiplier.when.having for multiplier in part.multipliers)
        and (part.table is None or _returns(part))
        for part in plan.components
    )


def _returns(part: Any) -> bool:
    tiers = part.table.tiers
    if part.table.by == "deal" or part.table.of or part.accumulate == "transaction":
        return False
    if any(rule.having for tier in tiers for rule in tier.rates):
        return False
    starts_paid = part.table.behaviour == "step" or part.table.behaviour == "curve"
    return not (starts_paid and tiers[0].begins.num == 0)


def differ(plans: Sequence[Plan]) -> None:
    """What changes between any two plans can be said."""
    for one in plans:
        for other in plans:
            found = changes(one, other)
            assert bool(found) == (replace(one, version=1) != replace(other, version=1)) or one.name != other.name
