"""Draws, guarantees, salaries and minimum wages over a plan's pay periods."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from engine.commission import calculate
from engine.frames import Facts
from tests.engine.settling import assigned, deal, on, paid, plan_of, run, shown

if TYPE_CHECKING:
    from engine.calculation import Calculation

ALL = "components: [{name: c, rate: 100%}]\n"


def monthly(*gross: str, year: int = 2026) -> list[dict[str, object]]:
    return [deal(number, f"{year}-{number:02d}-10", amount) for number, amount in enumerate(gross, start=1) if amount]


def nets(calc: Calculation, count: int, year: int = 2026) -> list[int]:
    edges = [f"{year}-{month:02d}-01" for month in range(1, count + 2)]
    return [paid(calc, start, end) // 100 for start, end in itertools.pairwise(edges)]


def test_the_floor_stays_while_debt_is_repaid() -> None:
    """siebel-recoverable-draw: April can repay 375 of 500, because nobody takes home less than the draw."""
    plan = plan_of(ALL + "payment: {draw: {amount: 2_000}}", effective="2002-01-01 .. 2003-01-01")
    deals = monthly("2750", "3000", "1500", "2375", "3000", "2750", year=2002)
    calc = run(plan, "2002-06-30", deals=deals)
    assert nets(calc, 6, 2002) == [2750, 3000, 2000, 2000, 2875, 2750]
    assert shown(calc, "draw", "recovery") == [
        ("draw", "2002-03-31", 50_000),
        ("recovery", "2002-04-30", -37_500),
        ("recovery", "2002-05-31", -12_500),
    ]


def test_what_is_above_an_advanced_draw_is_paid_and_what_is_below_is_owed() -> None:
    """visdum-draw-net."""
    first = run(plan_of(ALL + "payment: {draw: {amount: 4_000}}"), "2026-01-31", deals=monthly("6000"))
    assert nets(first, 1)[0] - 4_000 == 2_000
    second = run(plan_of(ALL + "payment: {draw: {amount: 3_000}}"), "2026-01-31", deals=monthly("2000"))
    assert shown(second, "draw") == [("draw", "2026-01-31", 100_000)]


def test_a_draw_paid_in_advance_is_set_off_at_the_end() -> None:
    """visdum-draw-net, line by line; over a year it comes to the same as one that is paid at the end."""
    for amount, rest in (("6000", 200_000), ("2000", -200_000 + 200_000)):
        draw = "4_000" if amount == "6000" else "3_000"
        plan = plan_of(ALL + f"payment: {{draw: {{amount: {draw}, paid: at_start}}}}")
        calc = run(plan, "2026-01-31", deals=monthly(amount))
        assert paid(calc, "2026-01-01", "2026-01-02") == int(draw.replace("_", "")) * 100
        assert paid(calc, "2026-01-02", "2026-02-01") == rest
    deals = monthly("2750", "3000", "1500", "2375", "-300", "2750")
    for more in ("", ", recoverable: false", ", periods: 3, at_end: forgiven"):
        first, second = (
            run(plan_of(ALL + f"payment: {{draw: {{amount: 2_000, paid: {when}{more}}}}}"), deals=deals)
            for when in ("at_start", "at_end")
        )
        assert nets(first, 11) == nets(second, 11)


def test_a_draw_in_advance_waits_for_the_first_day_on_the_plan() -> None:
    plan = plan_of(ALL + "payment: {draw: {amount: 310, paid: at_start}}")
    calc = run(plan, "2026-01-15", assignments=[assigned(1, "2026-01-11")])
    assert shown(calc) == [("draw", "2026-01-11", 21_000)]
    assert shown(run(plan, "2026-01-10", assignments=[assigned(1, "2026-01-11")])) == []


def test_a_draw_appears_when_its_period_has_ended() -> None:
    plan = plan_of(ALL + "payment: {draw: {amount: 2_000}}")
    assert shown(run(plan, "2026-01-30", deals=monthly("500")), "draw") == []
    assert shown(run(plan, "2026-01-31"), "draw") == [("draw", "2026-01-31", 200_000)]


def test_debt_is_owed_in_full_or_forgiven_when_the_draw_ends() -> None:
    owed = plan_of(ALL + "payment: {draw: {amount: 2_000, periods: 2}}")
    forgiven = plan_of(ALL + "payment: {draw: {amount: 2_000, periods: 2, at_end: forgiven}}")
    deals = monthly("1000", "1500", "1000", "3000")
    assert nets(run(owed, deals=deals), 4) == [2000, 2000, 0, 2500]
    assert nets(run(forgiven, deals=deals), 4) == [2000, 2000, 1000, 3000]


def test_the_newest_version_alone_counts_the_same_pay_periods_of_a_draw() -> None:
    text = ALL + "payment: {draw: {amount: 2_000, periods: 4}, guarantee: 500, guarantee_periods: 5}"
    first = plan_of(text, effective="2026-01-01 .. 2026-04-01")
    newest = replace(plan_of(text, effective="2026-04-01 .. 2027-01-01"), version=2)
    rows = Facts.of(assignments=[assigned(1, "2026-01-01")])
    both, alone = (calculate(rows, plans, date(2026, 7, 31)) for plans in ([first, newest], [newest]))
    april_on = [line for line in shown(both) if line[1] > "2026-04-01"]
    assert april_on == [("draw", "2026-04-30", 200_000), ("guarantee", "2026-05-31", 50_000)]
    assert shown(alone) == april_on


def test_a_draw_that_is_not_recoverable_is_never_repaid() -> None:
    plan = plan_of(ALL + "payment: {draw: {amount: 2_000, recoverable: false}}")
    assert nets(run(plan, deals=monthly("1000", "3000")), 2) == [2000, 3000]


def test_joiners_and_leavers_get_the_draw_by_days() -> None:
    plan = plan_of(ALL + "payment: {salary: 3_100, draw: {amount: 310}}")
    calc = run(plan, "2026-12-31", assignments=[assigned(1, "2026-01-11", "2026-03-11")])
    assert shown(calc) == [
        ("salary", "2026-01-31", 210_000),
        ("draw", "2026-01-31", 21_000),
        ("salary", "2026-02-28", 310_000),
        ("draw", "2026-02-28", 31_000),
        ("salary", "2026-03-31", 100_000),
        ("draw", "2026-03-31", 10_000),
    ]


def test_the_periods_of_a_draw_count_from_the_reps_first() -> None:
    plan = plan_of(ALL + "payment: {draw: {amount: 100, periods: 2}}")
    calc = run(plan, assignments=[assigned(1, "2026-04-01")])
    assert [line[1] for line in shown(calc, "draw")] == ["2026-04-30", "2026-05-31"]


def test_a_guarantee_tops_up_and_is_never_repaid() -> None:
    plan = plan_of(ALL + "payment: {guarantee: 1_000, guarantee_periods: 2}")
    assert nets(run(plan, deals=monthly("400", "3000", "400")), 3) == [1000, 3000, 400]


def test_a_negative_period_is_carried_dropped_or_paid() -> None:
    deals = monthly("1000", "-400", "100", "1000")
    expected = {"carry": [1000, 0, 0, 700], "floor": [1000, 0, 100, 1000], "pay": [1000, -400, 100, 1000]}
    for policy, amounts in expected.items():
        plan = plan_of(ALL + f"payment: {{negative: {policy}, salary: 0.01}}")
        calc = run(plan, "2026-04-30", deals=deals)
        assert nets(calc, 4) == amounts, policy


def test_a_true_up_pays_the_year_to_date_less_what_was_paid() -> None:
    """A whole-amount table over the year: each month pays f(year to date) minus what was paid already."""
    table = "{by: amount, behaviour: whole_amount, tiers: [{from: 0, rate: 5%}, {from: 10_000, rate: 10%}]}"
    plan = plan_of(
        f"components: [{{name: c, accumulate: year_to_date, table: {table}}}]\npayment: {{negative: carry}}"
    )
    calc = run(plan, "2026-03-31", deals=monthly("8000", "4000", "-4000"))
    assert nets(calc, 3) == [400, 800, 0]
    assert shown(calc, "carry") == [("carry", "2026-03-31", 80_000)]


def test_base_salary_and_commission_are_paid_together() -> None:
    """mathscore-base-plus, and mathcentral-deductible-tiers for one pay period."""
    plan = plan_of("components: [{name: c, rate: 6%}]\npayment: {salary: 7_000}")
    assert nets(run(plan, deals=monthly("55_000")), 1) == [10_300]
    plan = plan_of("components: [{name: c, rate: 6%}]\npayment: {salary: 10_000}")
    assert nets(run(plan, deals=monthly("59_000")), 1) == [13_540]
    tiers = "[{from: 0, rate: 0%}, {from: 15_000, rate: 0.9%}, {from: 25_000, rate: 1.1%}]"
    table = f"{{by: amount, behaviour: marginal, tiers: {tiers}}}"
    plan = plan_of(f"components: [{{name: c, accumulate: month, table: {table}}}]\npayment: {{salary: 452}}")
    assert paid(run(plan, deals=monthly("28_400")), "2026-01-01", "2026-02-01") == 57_940


def test_pay_is_topped_up_to_the_minimum_wage() -> None:
    """cnesst-base-plus-commission-ok: four weeks of 35 hours at 15.75 are 2,205; 3,100 needs no top-up."""
    plan = plan_of(
        "components: [{name: c, rate: 10%}]\npayment: {salary: 1_900, minimum_wage: {hourly: 15.75, hours: 35}}",
        effective="2026-02-01 .. 2027-02-01",
    )
    fine = run(plan, "2026-02-28", deals=[deal(1, "2026-02-10", "12_000")])
    assert (paid(fine, "2026-02-01", "2026-03-01"), shown(fine, "top_up")) == (310_000, [])
    short = run(plan, "2026-02-28")
    assert shown(short, "top_up") == [("top_up", "2026-02-28", 220_500 - 190_000)]


def test_the_plan_pays_at_most_its_caps() -> None:
    plan = plan_of(ALL + "payment: {cap: 1_000, cap_per_year: 2_500}")
    deals = [*monthly("800", "1500", "1000"), deal(9, "2026-01-20", "700"), deal(10, "2026-01-25", "-600")]
    calc = run(plan, deals=deals)
    assert nets(calc, 3) == [900, 1000, 600]
    assert shown(calc, "cap")[:2] == [("cap", "2026-01-20", -50_000), ("cap", "2026-01-25", 50_000)]


def test_debt_and_carried_amounts_may_be_brought_in() -> None:
    plan = plan_of(ALL + "payment: {negative: carry, draw: {amount: 1_000}}")
    opening = {"rep_id": 1, "plan": "p", "on": on("2025-12-31")}
    balances = [opening | {"name": "draw", "value": 50_000}, opening | {"name": "carry", "value": 20_000}]
    calc = run(plan, "2026-01-31", deals=monthly("1500"), balances=balances)
    assert shown(calc, "carry", "recovery") == [("carry", "2026-01-01", -20_000), ("recovery", "2026-01-31", -30_000)]


def test_only_the_reps_that_are_asked_for_are_paid() -> None:
    plan = plan_of(ALL + "payment: {salary: 100}")
    facts = Facts.of(assignments=[assigned(1), assigned(2)])
    calc = calculate(facts, [plan], date(2026, 1, 31), reps=[2])
    assert calc.lines["rep_id"].tolist() == [2]
