"""Tiers that are chosen by a figure of the deal, or by how far another component has come."""

from __future__ import annotations

from datetime import date

from engine.statements import explain
from tests.engine.booked import deal, facts_of, listed, paid, plan_of, quota, run
from tests.engine.test_tables_published import cents, sold


def figure(deal_id: int, name: str, value: int, unit: str = "number") -> dict[str, object]:
    return {"deal_id": deal_id, "name": name, "value": value, "unit": unit}


def test_ehow_tiered_margin() -> None:
    """The rate goes by markup on cost, the whole margin is paid at it."""
    text = """
  - name: c
    measure: {sum: margin}
    accumulate: month
    table:
      by: deal
      of: markup_pct
      behaviour: whole_amount
      tiers: [{from: 0%, rate: 10%}, {from: 35.5%, rate: 25%}, {from: 60.5%, rate: 40%}]
"""
    facts = facts_of(sold("150"), figures=[figure(1, "cost", 10_000, "money")])
    calc = run(plan_of(text), facts)
    assert paid(calc, "c") == cents("12.50")
    (only,) = explain(calc, facts, 1, 1, {}).slices
    assert (only.axis, only.of, only.from_bound, only.to_bound) == ("deal", "markup_pct", 355_000, 605_000)
    lacking = run(plan_of(text.replace("sum: margin", "sum: amount")), facts_of(sold("150")))
    assert "figure_missing" in {problem.code for problem in lacking.problems}
    assert not len(lacking.lines)


def test_xactly_spif_per_order() -> None:
    """Each order of at least 10 units pays 250; its refund takes it back."""
    text = """
  - name: c
    accumulate: month
    table: {by: deal, of: quantity, behaviour: step, tiers: [{from: 10, amount: 250}]}
"""
    deals = [*sold("400", "500"), deal(3, 1, (1, 9), -40_000)]
    numbers = [
        figure(1, "quantity", 10_000_000),
        figure(2, "quantity", 9_000_000),
        figure(3, "quantity", -10_000_000),
    ]
    calc = run(plan_of(text), facts_of(deals, figures=numbers))
    assert [amount for *_, amount in listed(calc, "c")] == [25_000, 0, -25_000]


def test_a_term_in_months_is_paid_year_by_year() -> None:
    """36 months: the first 12 at 10 %, the others at 4 %."""
    text = """
  - name: c
    accumulate: month
    table: {by: deal, of: months, behaviour: marginal, tiers: [{from: 0, rate: 10%}, {from: 12, rate: 4%}]}
"""
    facts = facts_of(sold("36000", "6000"), figures=[figure(1, "months", 36_000_000), figure(2, "months", 6_000_000)])
    calc = run(plan_of(text), facts)
    assert [amount for *_, amount in listed(calc, "c")] == [cents("2160"), cents("600")]
    assert [each.basis.minor for each in explain(calc, facts, 1, 1, {}).slices] == [cents("12000"), cents("24000")]


OF_OTHER = """
  - name: services
    measure: {{where: {{product: S}}}}
    accumulate: month
    table: {{by: {by}, of: bookings, behaviour: {behaviour}, tiers: [{tiers}]}}
  - name: bookings
    quota: bookings
    accumulate: quarter
    rate: 0%
"""


def test_another_component_chooses_the_tier() -> None:
    """Services go by how far all bookings have come by then; a deal that crosses a tier is spread over both."""
    deals = [
        deal(1, 1, (1, 5), 50_000),
        deal(2, 1, (1, 9), 10_000, product="S"),
        deal(3, 1, (2, 3), 30_000),
        deal(4, 1, (2, 9), 20_000, product="S"),
        deal(5, 1, (2, 9), 5_000, product="S"),
    ]
    facts = facts_of(deals, quotas=[quota(1, (1, 1), date(2026, 4, 1), 100_000)])
    tiers = "{from: 0%, rate: 10%}, {from: 100%, rate: 20%}"
    calc = run(plan_of(OF_OTHER.format(by="attainment", behaviour="marginal", tiers=tiers)), facts)
    assert listed(calc, "services") == [(2, "commission", 1_000), (4, "commission", 3_000), (5, "commission", 1_000)]
    for number, amount in enumerate(calc.lines["amount_cents"], start=1):
        said = explain(calc, facts, 1, number, {})
        assert sum(each.amount.minor for each in said.slices) + said.rerated.minor == amount
    calc = run(plan_of(OF_OTHER.format(by="attainment", behaviour="whole_amount", tiers=tiers)), facts)
    assert [amount for *_, amount in listed(calc, "services")] == [1_000, 4_000, 1_000]
    money = "{from: 0, rate: 10%}, {from: 1_000, rate: 20%}"
    calc = run(plan_of(OF_OTHER.format(by="amount", behaviour="marginal", tiers=money)), facts)
    assert [amount for *_, amount in listed(calc, "services")] == [1_000, 3_000, 1_000]
