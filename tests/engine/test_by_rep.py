"""Salaries, draws and guarantees that the data says for each rep."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.plans.load import load
from engine.plans.schema import Plan
from tests.engine.settling import assigned, deal, on, paid, plan_of, run, shown

ALL = "components: [{name: c, rate: 100%}]\n"


def yearly(rep: int, name: str, amount: int, start: str = "2026-01-01", end: str = "2027-01-01") -> dict[str, object]:
    span = {"start_on": on(start), "end_on": on(end), "currency": "USD"}
    return {"rep_id": rep, "name": name, "amount_cents": amount * 100, **span}


def test_each_rep_is_paid_their_own_salary_and_a_raise_counts_from_the_next_period() -> None:
    plan = plan_of(ALL + "payment: {salary_by_rep: base}")
    rows = [
        yearly(1, "base", 60_000, end="2026-03-01"),
        yearly(1, "base", 72_000, start="2026-03-01"),
        yearly(2, "base", 48_000),
    ]
    calc = run(plan, "2026-04-30", incentives=rows, assignments=[assigned(1), assigned(2)])
    months = ["2026-01-01", "2026-02-01", "2026-03-01", "2026-04-01", "2026-05-01"]
    spans = list(itertools.pairwise(months))
    assert [paid(calc, *span) for span in spans] == [500_000, 500_000, 600_000, 600_000]
    assert [paid(calc, *span, rep=2) for span in spans] == [400_000] * 4
    assert calc.problems == ()


def test_a_draw_and_a_guarantee_of_ones_own() -> None:
    draw = plan_of(ALL + "payment: {draw: {by_rep: draw, shares: [100%, 50%]}}")
    calc = run(draw, "2026-03-31", incentives=[yearly(1, "draw", 36_000)], deals=[deal(1, "2026-02-10", "9_000")])
    assert shown(calc, "draw", "recovery") == [("draw", "2026-01-31", 300_000), ("recovery", "2026-02-28", -300_000)]
    sure = plan_of(ALL + "payment: {guarantee_by_rep: sure, guarantee_periods: 2}")
    calc = run(sure, "2026-03-31", incentives=[yearly(1, "sure", 24_000)])
    assert shown(calc, "guarantee") == [("guarantee", "2026-01-31", 200_000), ("guarantee", "2026-02-28", 200_000)]


def test_who_has_none_in_the_data_is_a_problem_and_is_paid_their_commission() -> None:
    plan = plan_of(ALL + "payment: {salary_by_rep: base}")
    calc = run(plan, "2026-01-31", deals=[deal(1, "2026-01-10", "100")])
    assert paid(calc, "2026-01-01", "2026-02-01") == 10_000
    (problem,) = calc.problems
    assert (problem.code, problem.rep_id, problem.found) == ("incentive_missing", 1, "from 2026-01-01")
    assert "2026-01-01" in problem.remedy


def test_a_joiner_has_the_part_of_their_days() -> None:
    plan = plan_of(ALL + "payment: {salary_by_rep: base}")
    rows = [yearly(1, "base", 36_600, start="2026-01-17")]
    calc = run(plan, "2026-01-31", incentives=rows, assignments=[assigned(start="2026-01-17")])
    assert paid(calc, "2026-01-01", "2026-02-01") == round(305_000 * 15 / 31)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10**9), st.sampled_from(["monthly", "quarterly", "yearly"]))
def test_one_amount_for_everybody_and_the_same_in_the_data_pay_the_same(period_amount: int, pays: str) -> None:
    times = {"monthly": 12, "quarterly": 4, "yearly": 1}[pays]
    cents = period_amount + 1
    fixed = plan_of(ALL + f"payment: {{salary: {cents // 100}.{cents % 100:02d}}}", more=f"pays: {pays}")
    named = plan_of(ALL + "payment: {salary_by_rep: base}", more=f"pays: {pays}")
    rows = [yearly(1, "base", 1) | {"amount_cents": cents * times}]
    both = [run(plan, "2026-12-31", incentives=rows) for plan in (fixed, named)]
    assert shown(both[0]) == shown(both[1])


@pytest.mark.parametrize(
    ("payment", "code"),
    [
        ("{draw: {periods: 3}}", "draw_amount"),
        ("{draw: {amount: 5, by_rep: d}}", "draw_amount"),
        ("{salary: 5, salary_by_rep: base}", "amount_twice"),
        ("{guarantee: 5, guarantee_by_rep: sure}", "amount_twice"),
    ],
)
def test_an_amount_is_said_once(payment: str, code: str) -> None:
    head = "plan: p\nversion: 1\neffective: 2026-01-01 .. 2027-01-01\ncurrency: USD\n"
    found = load(head + ALL + f"payment: {payment}\n", "p.yaml")
    assert not isinstance(found, Plan)
    assert [problem.code for problem in found] == [code]
