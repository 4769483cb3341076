"""Pools: what a component prices, or a fixed amount, shared between the reps on the plan at the window's end."""

from __future__ import annotations

from datetime import date

from tests.engine.booked import deal, facts_of, listed, on_plan, paid, plan_of, quarters, run


def weight(rep: int, share: int) -> dict[str, object]:
    row = {"rep_id": rep, "name": "allocation", "start_on": 20_000, "end_on": 22_000, "amount_cents": share}
    return row | {"currency": "USD"}


def test_a_pool_of_revenue_is_shared_by_weight() -> None:
    """sparrowgenie-pooled: 10% of 1,200,000 in a quarter; an allocation of 25% is 30,000."""
    plan = plan_of("- {name: Pool, rate: 10%, accumulate: quarter, pool: {share: weight, weight: allocation}}")
    facts = facts_of(
        [deal(1, 1, (1, 5), 800_000_00), deal(2, 2, (3, 31), 400_000_00)],
        assignments=on_plan([1, 2, 3]),
        incentives=[weight(1, 350_000), weight(2, 400_000), weight(3, 250_000)],
    )
    before = run(plan, facts, date(2026, 3, 30))
    assert paid(before) == 0
    assert listed(before, "Pool") == [(1, "commission", 80_000_00), (1, "pool", -80_000_00)]
    calc = run(plan, facts, date(2026, 3, 31))
    assert [paid(calc, rep=rep) for rep in (1, 2, 3)] == [42_000_00, 48_000_00, 30_000_00]
    own = calc.lines[calc.lines["rep_id"] == 3]
    assert own[["kind", "basis_cents", "amount_cents"]].to_numpy().tolist() == [["pool", 120_000_00, 30_000_00]]


def test_a_fixed_pool_is_shared_equally_by_who_reached_half_of_the_quota() -> None:
    """corecommissions-equal-pool: 10,000 among ten who reached 50% of their own quota."""
    text = """\
    - {name: Bookings, quota: bookings, accumulate: quarter, rate: 0%}
    - {name: Pool, accumulate: quarter, pool: {amount: 10_000, component: Bookings, at_least: 50%}}
    """
    reps = list(range(1, 13))
    sold = [deal(rep, rep, (2, rep), 50_00 if rep <= 10 else 49_99) for rep in reps]
    quotas = [row for rep in reps for row in quarters(rep, 100_00)]
    calc = run(plan_of(text), facts_of(sold, quotas=quotas), date(2026, 3, 31))
    assert [paid(calc, "Pool", rep) for rep in reps] == [1_000_00] * 10 + [0, 0]
    assert not calc.problems


def test_parts_sum_to_the_pool_exactly() -> None:
    plan = plan_of("- {name: Pool, rate: 10%, accumulate: month, pool: {share: credit}}")
    sold = [deal(1, 1, (1, 5), 33_40), deal(2, 2, (1, 6), 33_30), deal(3, 3, (1, 7), 33_31), deal(4, 4, (1, 8), -10)]
    calc = run(plan, facts_of(sold), date(2026, 1, 31))
    assert [paid(calc, rep=rep) for rep in (1, 2, 3, 4)] == [3_33, 3_33, 3_33, 0]
    assert paid(calc) == sum(amount for _, kind, amount in listed(calc, "Pool") if kind == "commission")


def test_a_pool_that_nobody_is_eligible_for_is_a_problem_and_pays_nothing() -> None:
    text = """\
    - {name: Bookings, quota: bookings, accumulate: quarter, rate: 0%}
    - {name: Pool, rate: 10%, accumulate: quarter, pool: {component: Bookings, at_least: 100%}}
    """
    sold = [deal(1, 1, (1, 5), 50_00), deal(2, 2, (1, 5), 500_00)]
    calc = run(plan_of(text), facts_of(sold, quotas=quarters(1, 100_00)), date(2026, 3, 31))
    assert paid(calc) == 0
    assert [problem.code for problem in calc.problems] == ["pool_unshared", "quota_missing"]


def test_a_rep_without_a_weight_is_a_problem_and_has_no_part() -> None:
    plan = plan_of("- {name: Pool, rate: 10%, accumulate: month, pool: {share: weight, weight: allocation}}")
    facts = facts_of([deal(1, 1, (1, 5), 100_00), deal(2, 2, (1, 5), 0)], incentives=[weight(1, 1)])
    calc = run(plan, facts, date(2026, 1, 31))
    assert (paid(calc, rep=1), paid(calc, rep=2)) == (10_00, 0)
    assert [(problem.code, problem.rep_id) for problem in calc.problems] == [("weight_missing", 2)]


def test_a_reversal_takes_its_part_of_a_later_pool_back() -> None:
    plan = plan_of("- {name: Pool, rate: 10%, accumulate: month, pool: {share: equal}}")
    sold = [deal(1, 1, (1, 5), 100_00), deal(2, 1, (2, 5), -100_00)]
    calc = run(plan, facts_of(sold, assignments=on_plan([1, 2])))
    assert [paid(calc, rep=rep) for rep in (1, 2)] == [0, 0]
    assert len(calc.extras) == 4


def test_a_pool_of_what_the_company_achieved_counts_it_once_and_is_shared_by_large_weights() -> None:
    """5% of what is beyond 10,000,000, by salary: the product of both is beyond 64 bits."""
    plan = plan_of("""\
    - name: Profit
      measure: {achievement: ebitda, unit: money}
      accumulate: year_to_date
      table: {by: amount, behaviour: marginal, tiers: [{from: 0, rate: 0%}, {from: 10_000_000, rate: 5%}]}
      pool: {share: weight, weight: allocation}
    """)
    profit = {"rep_id": 0, "name": "ebitda", "on": 20_600, "value": 12_000_000_00, "unit": "money"}
    weights = [weight(1, 100_000_000_000), weight(2, 300_000_000_000)]
    facts = facts_of([], assignments=on_plan([1, 2]), incentives=weights, achievements=[profit])
    calc = run(plan, facts, date(2026, 12, 31))
    assert [paid(calc, rep=rep) for rep in (1, 2)] == [25_000_00, 75_000_00]
