"""Minimum and caps: of a deal, a pay period, a year; and reversals that take back exactly what was paid."""

from __future__ import annotations

import pytest

from tests.engine.booked import deal, facts_of, listed, paid, plan_of, run


def test_a_small_deal_pays_the_minimum() -> None:
    """datafield-mini-floor: 25% of gross with a minimum of 150 a car; below 600 of gross the minimum governs."""
    plan = plan_of("- {name: Cars, rate: 25%, minimum: {per_deal: 150}}")
    sold = [deal(1, 7, (1, 1), 599_99), deal(2, 7, (1, 2), 600_00), deal(3, 7, (1, 3), 600_04)]
    calc = run(plan, facts_of(sold))
    assert listed(calc, "Cars") == [
        (1, "commission", 150_00),
        (2, "commission", 150_00),
        (3, "commission", 150_01),
    ]
    calc = run(plan, facts_of([deal(1, 7, (1, 1), 200_00), deal(2, 7, (1, 2), -200_00)]))
    assert listed(calc, "Cars") == [
        (1, "commission", 50_00),
        (1, "minimum", 100_00),
        (2, "commission", -50_00),
        (2, "minimum", -100_00),
    ]


def test_a_deal_that_a_gate_has_closed_has_no_minimum() -> None:
    text = """\
    - {name: Goal, rate: 0%}
    - {name: Cars, rate: 25%, minimum: {per_deal: 150}, gates: [{component: Goal, at_least: 1_000, over: month}]}
    """
    assert paid(run(plan_of(text), facts_of([deal(1, 7, (1, 1), 200_00)])), "Cars") == 0


def test_one_deal_pays_at_most_so_much() -> None:
    plan = plan_of("- {name: New, rate: 10%, cap: {pay_per_deal: 500}}")
    calc = run(
        plan, facts_of([deal(1, 7, (1, 1), 9_000_00), deal(2, 7, (1, 2), 5_000_00), deal(3, 7, (1, 3), -9_000_00)])
    )
    assert listed(calc, "New") == [
        (1, "commission", 900_00),
        (1, "cap", -400_00),
        (2, "commission", 500_00),
        (3, "commission", -900_00),
        (3, "cap", 400_00),
    ]


@pytest.mark.parametrize(("cap", "expected"), [("per_period", 40_000_00), ("per_year", 10_000_00)])
def test_a_period_and_a_year_pay_at_most_so_much(cap: str, expected: int) -> None:
    """sparrowgenie-cap: 3% of 400,000 is 12,000, capped at 10,000 a month."""
    plan = plan_of(f"- {{name: New, rate: 3%, cap: {{{cap}: 10_000}}}}")
    sold = [deal(month, 7, (month, 3), 400_000_00) for month in range(1, 5)]
    assert paid(run(plan, facts_of(sold))) == expected
    back = [deal(month + 10, 7, (month, 9), -400_000_00) for month in range(1, 5)]
    assert paid(run(plan, facts_of([*sold, *back]))) == 0


def test_the_order_is_gate_multiplier_minimum_cap_per_deal_per_period_per_year() -> None:
    text = """\
    - {name: Goal, rate: 0%}
    - name: New
      rate: 10%
      gates: [{component: Goal, at_least: 1_000, over: month, judged: as_reached}]
      multipliers: [{name: double, times: 2}]
      minimum: {per_deal: 50}
      cap: {pay_per_deal: 300, per_period: 500, per_year: 600}
    """
    sold = [
        deal(1, 7, (1, 1), 900_00),
        deal(2, 7, (1, 2), 100_00),
        deal(3, 7, (1, 3), 2_000_00),
        deal(4, 7, (1, 4), 2_000_00),
        deal(5, 7, (2, 4), 2_000_00),
    ]
    calc = run(plan_of(text), facts_of(sold))
    assert listed(calc, "New") == [
        (1, "commission", 90_00),
        (1, "gate", -90_00),
        (2, "commission", 10_00),
        (2, "multiplier", 10_00),
        (2, "minimum", 30_00),
        (3, "commission", 200_00),
        (3, "multiplier", 200_00),
        (3, "cap", -100_00),
        (4, "commission", 200_00),
        (4, "multiplier", 200_00),
        (4, "cap", -100_00),
        (4, "cap", -150_00),
        (5, "commission", 200_00),
        (5, "multiplier", 200_00),
        (5, "cap", -100_00),
        (5, "cap", -200_00),
    ]


@pytest.mark.parametrize("limit", ["minimum: {per_deal: 40}", "cap: {pay_per_deal: 20}"])
def test_taking_everything_back_leaves_nothing_in_any_order(limit: str) -> None:
    table = "{by: amount, behaviour: marginal, tiers: [{from: 0, rate: 1%}, {from: 500, rate: 20%}]}"
    plan = plan_of(f"- {{name: New, accumulate: year_to_date, table: {table}, {limit}}}")
    sold = [deal(1, 7, (1, 1), 400_00), deal(2, 7, (1, 2), 300_00), deal(3, 7, (1, 3), 300_00)]
    back = [deal(4, 7, (2, 1), -400_00), deal(5, 7, (2, 2), -300_00), deal(6, 7, (2, 3), -300_00)]
    assert paid(run(plan, facts_of(sold))) > 0
    assert paid(run(plan, facts_of([*sold, *back]))) == 0
