"""Thresholds that have to be passed rather than reached: tiers (from, next], gates, pools, conditions and factors."""

from __future__ import annotations

from engine.plan_changes import changes
from messages.plan_prose import plan as prose
from tests.engine.worked_plans import holds, plan_of, refused

QUARTER = "quotas: [{name: q, amount: 100_000, over: 2026-01-01 .. 2026-04-01}]\n  as_of: 2026-03-31"

WHOLE = """
components:
  - name: B
    quota: q
    accumulate: quarter
    table:
      by: attainment
      behaviour: whole_amount
      reached: above
      tiers: [{from: 0%, rate: 5%}, {from: 80%, rate: 8%}, {from: 100%, rate: 10%}]
"""


def test_exactly_quota_stays_in_the_tier_below() -> None:
    plan = plan_of(WHOLE)
    holds(
        plan,
        f"""
- name: exactly quota, paid in the tier below it
  {QUARTER}
  deals: [{{on: 2026-01-05, amount: 80_000}}, {{on: 2026-01-07, amount: 20_000}}]
  expect: [{{pays: 8_000}}, {{tier: 80%, credits: 20_000}}, {{needs: 0.01, to_earn: 10_000}}]
- name: a cent more
  {QUARTER}
  deals: [{{on: 2026-01-05, amount: 80_000}}, {{on: 2026-01-07, amount: 20_000.01}}]
  expect: [{{pays: 10_000}}]
""",
    )
    assert "only beyond its start" in prose(plan)
    assert [each.sentence for each in changes(plan_of(WHOLE.replace("reached: above", "reached: at")), plan)] == [
        "B: is reached at -> above"
    ]


def test_jumps_of_curves_and_steps_and_gates_have_to_be_passed() -> None:
    plan = plan_of("""
components:
  - name: Step
    quota: q
    accumulate: quarter
    table: {by: attainment, behaviour: step, reached: above,
            tiers: [{from: 0%, amount: 100}, {from: 100%, amount: 1_000}]}
  - name: Curve
    quota: q
    accumulate: quarter
    target: 40_000
    table: {by: attainment, behaviour: curve, reached: above,
            tiers: [{from: 50%, pays: 25%}, {from: 100%, pays: 100%, slope: 2}, {from: 150%, pays: 250%, slope: 0}]}
    gates: [{component: Step, more_than: 50%, over: quarter}]
""")
    holds(
        plan,
        f"""
- name: at the gate
  {QUARTER}
  deals: [{{on: 2026-01-05, amount: 50_000}}]
  expect: [{{component: Step, pays: 100}}, {{component: Curve, pays: 0}}]
- name: at quota
  {QUARTER}
  deals: [{{on: 2026-01-05, amount: 50_000}}, {{on: 2026-01-06, amount: 50_000}}]
  expect: [{{component: Step, pays: 100}}, {{component: Curve, pays: 10_000}}]
- name: at the jump, and a cent beyond
  {QUARTER}
  deals: [{{on: 2026-01-05, amount: 150_000}}, {{id: cent, on: 2026-01-06, amount: 0.01}}]
  expect: [{{component: Step, pays: 1_000}}, {{component: Curve, pays: 25_000}}, {{deal: cent, pays: 5_000}}]
- name: back from beyond the jump
  {QUARTER}
  deals: [{{on: 2026-01-05, amount: 150_000.01}}, {{id: cent, on: 2026-01-06, amount: -0.01}}]
  expect: [{{component: Curve, deal: cent, pays: -5_000}}]
""",
    )
    assert "come to more than 50% of its quota" in prose(plan)


def test_one_tier_may_have_to_be_passed_though_the_others_are_reached() -> None:
    """revenue-playbook: 90 to 99 % pays half, 100 to 115 % all, more than 115 % half as much again."""
    plan = plan_of("""
components:
  - name: Net retention
    measure: {achievement: nrr, take: last}
    accumulate: quarter
    target: 80_000
    table: {by: attainment, behaviour: step,
            tiers: [{from: 90%, pays: 50%}, {from: 100%, pays: 100%}, {from: 115%, reached: above, pays: 150%}]}
""")
    holds(
        plan,
        """
- name: at both ends
  achievements:
    - {name: nrr, on: 2026-02-03, value: 115%}
    - {name: nrr, on: 2026-05-03, value: 90%}
    - {name: nrr, on: 2026-08-03, value: 115.0001%}
  expect:
    - {within: 2026-01-01 .. 2026-04-01, pays: 20_000}
    - {within: 2026-04-01 .. 2026-07-01, pays: 10_000}
    - {within: 2026-07-01 .. 2026-10-01, pays: 30_000}
""",
    )
    assert "| above 115% | and beyond |" in prose(plan)


def test_figures_of_a_deal_may_be_bounded_from_above_or_up_to() -> None:
    plan = plan_of("""
components:
  - name: Long terms
    measure: {where: {having: [{of: months, above: 12, up_to: 36}]}}
    rate: 2%
  - name: Discounts
    accumulate: transaction
    table: {by: deal, of: discount_pct, behaviour: whole_amount, reached: above,
            tiers: [{from: 0%, rate: 10%}, {from: 20%, rate: 5%}]}
""")

    def deal(months: int, listed: str) -> str:
        figures = f"[{{name: months, value: {months}, unit: number}}, {{name: list, value: {listed}}}]"
        return f"deals: [{{amount: 8_000, figures: {figures}}}]"

    holds(
        plan,
        f"""
- name: a year, and exactly a fifth off
  {deal(12, "10_000")}
  expect: [{{component: Long terms, pays: 0}}, {{component: Discounts, pays: 800}}]
- name: three years, and more than a fifth
  {deal(36, "10_000.02")}
  expect: [{{component: Long terms, pays: 160}}, {{component: Discounts, pays: 400}}]
- name: too long
  {deal(37, "10_000")}
  expect: [{{component: Long terms, pays: 0}}]
""",
    )
    assert "above 12 and up to 36" in prose(plan)


def test_a_factor_may_lie_between_two_steps() -> None:
    plan = plan_of("""
components:
  - name: Bookings
    rate: 10%
    multipliers:
      - {name: Survey, component: Score, over: quarter, interpolated: true,
         steps: [{from: 0, times: 0.8}, {from: 40, times: 0.8}, {from: 70, times: 1.1}]}
      - {name: Kicker, component: Quota, over: quarter, interpolated: true,
         steps: [{from: 0%, times: 1}, {from: 100%, times: 1}, {from: 200%, times: 2}]}
  - {name: Score, measure: {achievement: nps, take: last}, accumulate: quarter, per_unit: 0}
  - {name: Quota, quota: q, accumulate: quarter, rate: 0%}
""")
    holds(
        plan,
        """
- name: 47 lies at 0.87, and 100 of 70 at 1 3/7
  quotas: [{name: q, amount: 70_000, over: 2026-01-01 .. 2026-04-01}]
  deals: [{on: 2026-01-05, amount: 50_000}, {on: 2026-02-06, amount: 50_000}]
  achievements: [{name: nps, on: 2026-02-01, value: 47}]
  as_of: 2026-03-31
  expect: [{component: Bookings, pays: 12_428.57}]
- name: beyond the last step it stays, below the first too
  quotas: [{name: q, amount: 10_000, over: 2026-01-01 .. 2026-04-01}]
  deals: [{on: 2026-01-05, amount: 50_000}]
  achievements: [{name: nps, on: 2026-02-01, value: 5}]
  as_of: 2026-03-31
  expect: [{component: Bookings, pays: 8_000}]
""",
    )
    assert "in a straight line between them" in prose(plan)


def test_what_contradicts_itself_is_refused_with_its_line() -> None:
    gate = WHOLE + "    gates: [{component: B, over: quarter}]\n"
    assert ("gate_unclear", "p.yaml:15 components[0].gates[0]") in refused(gate)
    both = "    gates: [{component: B, over: quarter, at_least: 5%, more_than: 5%}]\n"
    assert "gate_unclear" in {code for code, _ in refused(WHOLE + both)}
    range_ = "components: [{name: A, rate: 1%, measure: {where: {having: [{of: months, from: 1, above: 2}]}}}]\n"
    assert {code for code, _ in refused(range_)} == {"range_contradicts"}
    factor = "    multipliers: [{name: M, component: B, interpolated: true, steps: [{from: 0%, times: 1}]}]\n"
    assert "multiplier_unclear" in {code for code, _ in refused(WHOLE + factor)}
