"""Fixed amounts taken off: off what a deal counts, before it is shared, and off what a component pays."""

from __future__ import annotations

from engine.plan_changes import changes
from messages.plan_prose import plan as prose
from tests.engine.worked_plans import holds, plan_of, refused

FEES = """
components:
  - name: Sales
    measure: {sum: amount, less: [shipping], times: 0.94, less_per_deal: 395}
    quota: q
    accumulate: year_to_date
    table: {by: attainment, behaviour: marginal, tiers: [{from: 0%, rate: 10%}, {from: 100%, rate: 20%}]}
    deduct: {per_deal: 25, per_period: 100}
"""
SHARED = "rep: Ann, shared: [{rep: Ann, share: 50%}, {rep: Bob, share: 50%}]"


def test_fees_come_off_the_deal_before_the_split_and_off_what_each_is_paid() -> None:
    plan = plan_of(FEES)
    holds(
        plan,
        f"""
- name: a royalty of 6 %, a fee of 395 a deal, 25 and 100 off what is paid
  reps: [{{name: Ann}}, {{name: Bob}}]
  quotas: [{{name: q, amount: 100_000}}]
  deals:
    - {{id: A, {SHARED}, on: 2026-01-05, amount: 10_000, figures: [{{name: shipping, value: 500}}]}}
    - {{id: tiny, rep: Ann, on: 2026-02-05, amount: 100, figures: [{{name: shipping, value: 0}}]}}
    - {{id: back, {SHARED}, on: 2026-03-05, amount: -10_000, figures: [{{name: shipping, value: -500}}]}}
  expect:
    - {{rep: Ann, deal: A, credits: 4_267.50}}
    - {{rep: Ann, deal: A, kind: commission, pays: 426.75}}
    - {{rep: Ann, deal: A, pays: 301.75}}
    - {{rep: Bob, deal: A, kind: deduction, pays: -125}}
    - {{rep: Ann, deal: tiny, pays: 0}}
    - {{rep: Ann, deal: back, pays: -401.75}}
- name: a deal without the figure is a problem, not a guess
  reps: [{{name: Ann}}]
  quotas: [{{name: q, amount: 100_000}}]
  deals: [{{amount: 10_000}}]
  expect: [{{problem: figure_missing}}, {{pays: 0}}]
""",
    )
    told = prose(plan)
    assert "Taken off first: shipping." in told
    assert "Each deal counts USD 395 less, before it is shared, and never less than nothing." in told
    assert "USD 25 is taken off what each deal pays." in told
    dearer = plan_of(FEES.replace("per_deal: 25", "per_deal: 30").replace("per_deal: 395", "per_deal: 400"))
    assert [each.sentence for each in changes(plan, dearer)] == [
        "Sales: counts less per deal USD 395 -> USD 400",
        "Sales, deducted: per deal USD 25 -> USD 30",
    ]


def test_units_may_be_taken_off_a_number() -> None:
    plan = plan_of("""
components:
  - {name: Hours, measure: {sum: quantity, less_per_deal: 2}, per_unit: 15}
""")
    holds(
        plan,
        """
- name: the first two units of an order are free
  deals: [{amount: 0, figures: [{name: quantity, value: 5, unit: number}]}]
  expect: [{credits: 3, pays: 45}]
""",
    )


def test_what_means_nothing_is_refused() -> None:
    def codes(measure: str, more: str = "") -> set[str]:
        found = refused(f"components: [{{name: A, rate: 1%, measure: {measure}{more}}}]\n")
        return {code for code, _ in found}

    assert codes("{less: [quantity]}") == {"unit_contradicts"}
    assert codes("{less: [cost, cost]}") == {"name_repeated"}
    assert codes("{less_per_deal: 0}") == {"amount_zero"}
    assert codes("{achievement: nps, less_per_deal: 5, unit: money}") == {"measure_contradicts"}
    assert codes("{sum: amount}", ", deduct: {per_deal: 0}") == {"amount_zero"}
    rerates = "table: {by: amount, behaviour: whole_amount, tiers: [{from: 0, rate: 5%}, {from: 9, rate: 8%}]}"
    found = refused(f"components: [{{name: A, accumulate: month, deduct: {{per_deal: 5}}, {rerates}}}]\n")
    assert {code for code, _ in found} == {"limit_unclear"}
