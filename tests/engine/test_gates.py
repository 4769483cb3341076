"""Gates: one component pays only once another has come far enough, and each gate says which quota it tests."""

from __future__ import annotations

from datetime import date

import pytest

from engine.dates import day
from tests.engine.booked import deal, facts_of, listed, on_plan, paid, plan_of, quarters, quota, run

ACCELERATED = """\
- {name: Base, quota: bookings, accumulate: quarter, rate: 10%}
- name: Accelerator
  quota: bookings
  accumulate: quarter
  table: {by: attainment, behaviour: marginal, tiers: [{from: 0, rate: 0%}, {from: 100%, rate: 5%}]}
  gates: [{component: Base, at_least: 100%, over: OVER, judged: JUDGED}]
"""
SOLD = [deal(1, 7, (2, 1), 50_000_00), deal(2, 7, (5, 1), 75_000_00), deal(3, 7, (8, 1), 200_000_00)]


def accelerated(over: str, judged: str = "at_end"):
    return plan_of(ACCELERATED.replace("OVER", over).replace("JUDGED", judged))


@pytest.mark.parametrize(("over", "expected"), [("year", 0), ("year_to_date", 5_000_00), ("quarter", 5_000_00)])
def test_a_gate_says_which_quota_is_tested(over: str, expected: int) -> None:
    """excelforum-annual-gate-on-accelerator: 325,000 is above the quota so far and below the year's."""
    facts = facts_of(SOLD, quotas=quarters(7, 100_000_00))
    calc = run(accelerated(over), facts, date(2026, 9, 30))
    assert paid(calc, "Accelerator") == expected
    assert paid(calc, "Base") == 32_500_00
    assert not calc.problems


def test_a_closed_gate_is_a_line_that_takes_the_commission_away() -> None:
    facts = facts_of(SOLD, quotas=quarters(7, 100_000_00))
    calc = run(accelerated("year"), facts, date(2026, 9, 30))
    assert listed(calc, "Accelerator")[-2:] == [(3, "commission", 5_000_00), (3, "gate", -5_000_00)]


def test_a_gate_judged_at_the_end_opens_for_everything_in_its_window() -> None:
    sold = [*SOLD, deal(4, 7, (11, 1), 80_000_00)]
    facts = facts_of(sold, quotas=quarters(7, 100_000_00))
    assert paid(run(accelerated("year"), facts), "Accelerator") == 5_000_00


@pytest.mark.parametrize(("judged", "expected"), [("at_end", 6_000), ("as_reached", 5_000)])
def test_as_reached_pays_from_the_deal_that_reaches_it(judged: str, expected: int) -> None:
    text = """\
    - {name: Bookings, quota: bookings, accumulate: quarter, rate: 0%}
    - {name: Kicker, rate: 10%, gates: [{component: Bookings, at_least: 100%, over: quarter, judged: JUDGED}]}
    """.replace("JUDGED", judged)
    sold = [deal(1, 7, (1, 5), 10_000), deal(2, 7, (1, 5), 30_000), deal(3, 7, (3, 1), 20_000)]
    facts = facts_of(sold, quotas=quarters(7, 40_000))
    assert paid(run(plan_of(text), facts), "Kicker") == expected


def test_what_a_closed_gate_pays_instead() -> None:
    text = """\
    - {name: Bookings, quota: bookings, accumulate: quarter, rate: 0%}
    - {name: Kicker, rate: 10%, gates: [{component: Bookings, at_least: 100%, over: quarter, otherwise: 2.5%}]}
    """
    facts = facts_of([deal(1, 7, (1, 5), 10_001), deal(2, 7, (4, 5), 40_000)], quotas=quarters(7, 40_000))
    calc = run(plan_of(text), facts)
    assert listed(calc, "Kicker") == [(1, "commission", 1_000), (1, "gate", -750), (2, "commission", 4_000)]


def test_all_gates_have_to_be_open() -> None:
    text = """\
    - {name: New, measure: {where: {type: new}}, rate: 0%}
    - {name: Old, measure: {where: {type: renewal}}, rate: 0%}
    - name: Bonus
      rate: 10%
      gates:
        - {component: New, at_least: 100, over: year}
        - {component: Old, at_least: 50, over: year}
    """
    sold = [deal(1, 7, (1, 5), 100_00), deal(2, 7, (4, 5), 49_99, deal_type="renewal")]
    assert paid(run(plan_of(text), facts_of(sold)), "Bonus") == 0
    sold.append(deal(3, 7, (12, 31), 1, deal_type="renewal"))
    assert paid(run(plan_of(text), facts_of(sold)), "Bonus") == 15_00


def test_a_gate_whose_quota_is_missing_is_a_problem_and_stays_closed() -> None:
    calc = run(accelerated("year"), facts_of(SOLD, quotas=quarters(7, 100_000_00)[:0]))
    assert paid(calc, "Accelerator") == 0
    text = """\
    - {name: Bookings, quota: bookings, rate: 0%}
    - {name: Kicker, rate: 10%, gates: [{component: Bookings, at_least: 0%, over: month}]}
    """
    facts = facts_of(SOLD, quotas=[quota(7, (1, 1), date(2027, 1, 1), 40_000)])
    calc = run(plan_of(text), facts)
    assert paid(calc, "Kicker") == 0
    assert {problem.code for problem in calc.problems} == {"quota_missing"}
    assert len(calc.problems) == 3
    assert "the gate stays closed" in calc.problems[0].message
    assert calc.problems[0].rep_id == 7


def test_the_year_to_date_quota_is_what_has_started_by_the_day() -> None:
    text = """\
    - {name: Bookings, quota: bookings, rate: 0%}
    - {name: Kicker, rate: 10%, gates: [{component: Bookings, at_least: 100%, over: year_to_date, judged: JUDGED}]}
    """
    sold = [deal(1, 7, (1, 5), 100_00), deal(2, 7, (4, 5), 50_00), deal(3, 7, (5, 5), 50_00)]
    facts = facts_of(sold, quotas=quarters(7, 100_00))
    reached = run(plan_of(text.replace("JUDGED", "as_reached")), facts)
    assert [line for line in listed(reached, "Kicker") if line[1] == "gate"] == [(2, "gate", -5_00)]
    at_end = plan_of(text.replace("JUDGED", "at_end"))
    assert paid(run(at_end, facts, date(2026, 6, 30)), "Kicker") == 20_00
    assert paid(run(at_end, facts, date(2026, 7, 1)), "Kicker") == 0


@pytest.mark.parametrize("judged", ["at_end", "as_reached"])
@pytest.mark.parametrize("over", ["month", "quarter", "year"])
def test_taking_everything_back_leaves_nothing(over: str, judged: str) -> None:
    text = f"""\
    - {{name: Bookings, rate: 0%}}
    - {{name: Kicker, rate: 10%, gates: [{{component: Bookings, at_least: 100, over: {over}, judged: {judged}}}]}}
    """
    sold = [deal(1, 7, (1, 5), 30_00), deal(2, 7, (1, 6), 90_00), deal(3, 7, (2, 6), 70_00)]
    back = [deal(4, 7, (2, 8), -30_00), deal(5, 7, (2, 9), -70_00), deal(6, 7, (3, 9), -90_00)]
    assert paid(run(plan_of(text), facts_of(sold)), "Kicker") > 0
    assert paid(run(plan_of(text), facts_of([*sold, *back])), "Kicker") == 0


def test_a_company_goal_is_a_component_that_pays_nothing_and_reads_an_achievement() -> None:
    """sec-bookings-bonus-curve: company EBITDA must be at least 15M."""
    text = """\
    - {name: EBITDA, measure: {achievement: ebitda, unit: money}, rate: 0%}
    - {name: Bonus, rate: 10%, gates: [{component: EBITDA, at_least: 15_000_000, over: year}]}
    """
    for ebitda, expected in ((15_000_000_00, 10_00), (14_999_999_99, 0)):
        reached = {"rep_id": 0, "name": "ebitda", "on": 20_500, "value": ebitda, "unit": "money"}
        calc = run(plan_of(text), facts_of([deal(1, 7, (1, 5), 100_00)], achievements=[reached]))
        assert paid(calc, "Bonus") == expected


PLAN_OF_THREE = """\
- name: Revenue
  measure: {achievement: revenue, take: last}
  target: 10_000
  accumulate: quarter
  table: {by: attainment, behaviour: curve, tiers: [{from: 80%, pays: 15%, slope: 2.5},
    {from: 90%, pays: 60%, slope: 2.5}, {from: 100%, pays: 100%, slope: 0}]}
- name: Operating income
  measure: {achievement: operating income, take: last}
  target: 10_000
  accumulate: quarter
  table: {by: attainment, behaviour: curve, tiers: [{from: 90%, pays: 15%, slope: 5},
    {from: 95%, pays: 60%, slope: 5}, {from: 100%, pays: 100%, slope: 1}]}
  gates: [{component: Revenue, at_least: 100%, over: quarter, at_most: LIMIT}]
- {name: MBO, measure: {achievement: mbo, take: last}, target: 10_000, accumulate: quarter}
"""


@pytest.mark.parametrize("limit", ["100%", "2_500"])
@pytest.mark.parametrize(("revenue", "income"), [(96, 2_500_00), (100, 4_650_00)])
def test_a_closed_gate_may_pay_up_to_a_limit(revenue: int, income: int, limit: str) -> None:
    """sec-mibp-three-components: operating income is capped at 100% while revenue is below plan."""
    reached = {"revenue": revenue, "operating income": 186, "mbo": 100}
    values = [
        {"rep_id": 7, "name": name, "on": day(date(2026, 3, 31)), "value": percent * 10_000, "unit": "number"}
        for name, percent in reached.items()
    ]
    plan = plan_of(PLAN_OF_THREE.replace("LIMIT", limit), "pays: quarterly")
    calc = run(plan, facts_of([], assignments=on_plan([7]), achievements=values))
    assert paid(calc, "Operating income") == income
    assert paid(calc, "MBO") == 2_500_00
    if revenue == 96:
        assert paid(calc, "Revenue") == 1_875_00
        assert paid(calc) == 6_875_00
