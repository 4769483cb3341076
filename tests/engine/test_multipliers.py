"""Multipliers: a factor on what a component pays, for some deals, or by what another component has come to."""

from __future__ import annotations

from tests.engine.booked import deal, facts_of, listed, paid, plan_of, quarters, run

STRATEGIC = """\
- name: Commission
  rate: 8%
  multipliers:
    - {name: strategic, when: {product: B}, times: 1.5}
    - {name: enterprise, when: {type: enterprise}, times: 1.25}
"""


def test_a_product_multiplies_and_another_factor_follows() -> None:
    """prowi-product-multiplier: 70,000 at 8% is 5,600; 8,400 after 1.5; 10,500 after 1.25 on top."""
    sold = [
        deal(1, 7, (1, 5), 70_000_00),
        deal(2, 7, (1, 6), 70_000_00, product="B"),
        deal(3, 7, (1, 7), 70_000_00, product="B", deal_type="enterprise"),
    ]
    calc = run(plan_of(STRATEGIC), facts_of(sold))
    assert listed(calc, "Commission") == [
        (1, "commission", 5_600_00),
        (2, "commission", 5_600_00),
        (2, "multiplier", 2_800_00),
        (3, "commission", 5_600_00),
        (3, "multiplier", 2_800_00),
        (3, "multiplier", 2_100_00),
    ]


def test_ten_percent_of_the_commission_on_top_and_a_refund_that_is_its_exact_negative() -> None:
    """oca-formula-5-plus-10-extra: 5% of 750 and 10% of that commission: 41.25."""
    text = "- {name: Commission, rate: 5%, multipliers: [{name: extra, times: 110%}]}"
    calc = run(plan_of(text), facts_of([deal(1, 7, (1, 5), 750_00), deal(2, 7, (2, 5), -750_00)]))
    assert listed(calc, "Commission") == [
        (1, "commission", 37_50),
        (1, "multiplier", 3_75),
        (2, "commission", -37_50),
        (2, "multiplier", -3_75),
    ]


def test_running_totals_are_rounded_so_cents_are_neither_lost_nor_made() -> None:
    text = "- {name: Commission, rate: 1%, multipliers: [{name: half, times: 50%}]}"
    calc = run(plan_of(text), facts_of([deal(n, 7, (1, n), 100) for n in range(1, 5)]))
    assert paid(calc) == 2
    lines = run(plan_of(text, "rounding: {step: line}"), facts_of([deal(n, 7, (1, n), 100) for n in range(1, 5)]))
    assert paid(lines) == 4


STEPPED = """\
- {name: Bookings, quota: bookings, accumulate: quarter, rate: 10%,
   multipliers: [{name: kept, component: Renewals, over: quarter, steps: [{from: 0%, times: 0.5},
   {from: 80%, times: 1}, {from: 110%, times: 1.2}]}]}
- {name: Renewals, measure: {where: {type: renewal}}, quota: renewals, rate: 0%}
"""


def test_what_another_component_reached_multiplies_everything_in_its_window() -> None:
    sold = [deal(1, 7, (1, 5), 1_000_00), deal(2, 7, (4, 5), 1_000_00), deal(3, 7, (7, 5), 1_000_00)]
    kept = [
        deal(4, 7, (3, 31), 110_00, deal_type="renewal"),
        deal(5, 7, (5, 1), 79_99, deal_type="renewal"),
        deal(6, 7, (9, 1), 80_00, deal_type="renewal"),
    ]
    quotas = [*quarters(7, 5_000_00), *quarters(7, 100_00, "renewals")]
    calc = run(plan_of(STEPPED), facts_of([*sold, *kept], quotas=quotas))
    assert [line for line in listed(calc, "Bookings") if line[0] in (1, 2, 3)] == [
        (1, "commission", 100_00),
        (1, "multiplier", 20_00),
        (2, "commission", 100_00),
        (2, "multiplier", -50_00),
        (3, "commission", 100_00),
    ]


def test_a_multiplier_without_a_usable_quota_is_left_out_and_reported() -> None:
    calc = run(plan_of(STEPPED), facts_of([deal(1, 7, (1, 5), 1_000_00)], quotas=quarters(7, 5_000_00)))
    assert listed(calc, "Bookings") == [(1, "commission", 100_00)]
    assert [problem.code for problem in calc.problems] == ["quota_missing"]
    assert "the multiplier 'kept' is left out" in calc.problems[0].message
