"""Amounts that people decided, as lines: corrections with a reason (`adjustment`) and prizes (`prize`).

An adjustment counts on its day, in its plan's currency at the rate of that day, linked to its deal if it names one.
It belongs to the version of its plan that is effective that day, or else to the last one before.

Operands: x the adjustment's own number, by which its reason and approver are found.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.dates import day, on_day
from engine.deals import LARGEST_CENTS
from engine.earnings import Beside
from engine.exchange import Exchange
from engine.frames import Named, integers, named
from engine.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import NDArray

    from engine.calculation import Extras
    from engine.frames import Facts
    from engine.order import Ints, Rows
    from engine.plans.schema import Plan

KINDS_OF_ADJUSTMENT = ("adjustment", "prize")
_NEVER = 2**31 - 1
_FAULTS = {
    "adjustment_repeated": ("Two adjustments carry one number, so neither is paid.", "Remove one of them."),
    "adjustment_kind": (
        "The adjustment is of no known kind, so it is not paid.",
        "Make it an `adjustment` or a `prize`.",
    ),
    "adjustment_plan": (
        "The adjustment names a plan that is not effective on its day, so it is not paid.",
        "Name one of the rep's plans, or correct the day.",
    ),
    "adjustment_rep": (
        "The rep was not on the adjustment's plan by that day, so it is not paid.",
        "Assign the rep to the plan, or name another plan.",
    ),
    "amount_out_of_range": ("The amount is beyond anything that can be meant, so it is not paid.", "Correct it."),
    "fx_rate_missing": (
        "There is no single exchange rate into the plan's currency that day, so the adjustment is not paid.",
        "Load one exchange rate for that day, or correct the currency.",
    ),
}


def adjusted(
    facts: Facts, plans: tuple[Plan, ...], as_of: int, reps: Collection[int] | None
) -> tuple[list[Extras], list[Problem]]:
    """The lines of the adjustments up to and including day `as_of`, and problems for those that cannot be paid."""
    frame = facts.adjustments
    on, rep_id = integers(frame, "on"), integers(frame, "rep_id")
    first = min((day(plan.effective.start_on) for plan in plans), default=_NEVER)
    counts = (on <= as_of) & (on >= first)
    if reps is not None:
        counts &= np.isin(rep_id, np.fromiter(reps, dtype=np.int64, count=len(reps)))
    faults = _faults(facts, plans)
    amount = integers(frame, "amount_cents").copy()
    lines: list[Extras] = []
    versions = _versions(facts, plans)
    for number, plan in enumerate(plans):
        rows = np.flatnonzero(counts & (faults == "") & (versions == number))
        if not len(rows):
            continue
        money = named(frame, "currency")
        part = (amount[rows], Named(money.codes[rows], money.names))
        converted = Exchange(facts.rates).into(plan.currency, part, on[rows], plan.rounding.mode)
        if converted.fault is not None:
            faults[rows[converted.fault > 0]] = "fx_rate_missing"
        fine = np.flatnonzero(faults[rows] == "")
        lines += _lines(facts, rows[fine], number, converted.amount[fine])
    bad = np.flatnonzero(counts & (faults != ""))
    return lines, [_problem(facts, int(row), str(faults[row])) for row in bad]


def _lines(facts: Facts, rows: Rows, plan_no: int, amount: Ints) -> list[Extras]:
    frame = facts.adjustments
    kind, numbers = named(frame, "kind"), integers(frame, "adjustment_id")
    found = []
    for name in KINDS_OF_ADJUSTMENT:
        own = kind.codes[rows] == kind.code(name)
        at = rows[own]
        rep_id, on, deal = (integers(frame, column)[at] for column in ("rep_id", "on", "deal_id"))
        found.append(Beside(rep_id, plan_no, name, on, amount[own], deal_id=deal, x=numbers[at]).lines())
    return found


def _versions(facts: Facts, plans: tuple[Plan, ...]) -> Rows:
    """The plan version that each adjustment belongs to; -1 for none."""
    frame = facts.adjustments
    label, on = named(frame, "plan"), integers(frame, "on").astype(np.int64)
    found = np.full(len(on), -1, dtype=np.int64)
    latest = np.full(len(on), -1, dtype=np.int64)
    for number, plan in enumerate(plans):  # by name, then version: of those effective that day the highest stays
        own = label.codes == label.code(plan.name)
        start, end = day(plan.effective.start_on), day(plan.effective.end_on)
        reach = np.where(on < end, _NEVER, end)
        better = own & (on >= start) & (reach >= latest)
        found[better], latest[better] = number, reach[better]
    return found


def _faults(facts: Facts, plans: tuple[Plan, ...]) -> NDArray[np.object_]:
    frame = facts.adjustments
    kind, numbers = named(frame, "kind"), integers(frame, "adjustment_id")
    found = np.full(len(numbers), "", dtype=object)
    amount = integers(frame, "amount_cents")
    found[(amount > LARGEST_CENTS) | (amount < -LARGEST_CENTS)] = "amount_out_of_range"
    found[~_on_plan(facts)] = "adjustment_rep"
    found[_versions(facts, plans) < 0] = "adjustment_plan"
    found[~np.isin(kind.codes, [kind.code(name) for name in KINDS_OF_ADJUSTMENT])] = "adjustment_kind"
    _, first, times = np.unique(numbers, return_inverse=True, return_counts=True)
    found[times[first] > 1] = "adjustment_repeated"
    return found


def _on_plan(facts: Facts) -> NDArray[np.bool_]:
    """Whether the rep of each adjustment had been assigned to its plan by its day."""
    frame, table = facts.adjustments, facts.assignments
    since: dict[tuple[int, str], int] = {}
    label = named(table, "plan")
    names = [label.names[code] if code >= 0 else "" for code in label.codes.tolist()]
    rows = zip(
        integers(table, "rep_id").tolist(),
        names,
        integers(table, "start_on").tolist(),
        integers(table, "end_on").tolist(),
        strict=True,
    )
    for rep_id, name, start, end in rows:
        if start < end:
            since[(rep_id, name)] = min(start, since.get((rep_id, name), _NEVER))
    own = named(frame, "plan")
    wanted = zip(integers(frame, "rep_id").tolist(), own.codes.tolist(), integers(frame, "on").tolist(), strict=True)
    return np.array(
        [since.get((rep_id, own.names[code] if code >= 0 else ""), _NEVER) <= on for rep_id, code, on in wanted],
        dtype=bool,
    )


def _problem(facts: Facts, row: int, code: str) -> Problem:
    frame = facts.adjustments
    message, remedy = _FAULTS[code]
    plan, money = named(frame, "plan"), named(frame, "currency")
    said = plan.names[plan.codes[row]] if plan.codes[row] >= 0 else "no plan"
    currency = money.names[money.codes[row]] if money.codes[row] >= 0 else "no currency"
    number, deal = int(integers(frame, "adjustment_id")[row]), int(integers(frame, "deal_id")[row])
    on = on_day(int(integers(frame, "on")[row]))
    amount = int(integers(frame, "amount_cents")[row])
    found = f"adjustment {number} of {amount} ({currency}) on {on}, plan {said}"
    return Problem(code, message, remedy, "adjustments", int(integers(frame, "rep_id")[row]), deal or None, found)
