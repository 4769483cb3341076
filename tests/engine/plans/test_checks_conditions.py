"""Plans whose gates, multipliers, limits, pools, levels or overrides cannot be meant are refused, with their line."""

from __future__ import annotations

import pytest

from engine.plans.load import load
from engine.plans.schema import Plan
from tests.engine.booked import codes_of

SALES = "- {name: Sales, rate: 5%}\n"
QUOTA = "- {name: Sales, rate: 5%, quota: bookings}\n"
TABLE = "table: {by: amount, behaviour: whole_amount, tiers: [{from: 0, rate: 1%}, {from: 5, rate: 2%}]}"


@pytest.mark.parametrize(
    ("components", "code"),
    [
        (SALES + "- {name: X, rate: 5%, gates: [{component: Sale, at_least: 5, over: month}]}", "component_unknown"),
        (SALES + "- {name: X, rate: 5%, gates: [{component: X, at_least: 5, over: month}]}", "component_unknown"),
        (SALES + "- {name: X, rate: 5%, gates: [{component: Sales, at_least: 50%, over: month}]}", "quota_unnamed"),
        (
            SALES + "- {name: X, measure: {sum: count}, per_unit: 5, "
            "gates: [{component: Sales, at_least: 5, over: month, otherwise: 1%}]}",
            "otherwise_unit",
        ),
        (
            (
                "- {name: Lead, measure: {team_commission: {levels: 1}}, rate: 5%}\n"
                "- {name: X, rate: 5%, gates: [{component: Lead, at_least: 5, over: month}]}"
            ),
            "component_untestable",
        ),
        (
            (
                "- {name: NPS, measure: {achievement: nps, take: last}, rate: 0%}\n"
                "- {name: X, rate: 5%, gates: [{component: NPS, at_least: 70, over: quarter}]}"
            ),
            "window_mismatch",
        ),
        (
            SALES + "- {name: X, rate: 5%, gates: [{component: Sales, at_least: 5, over: month, at_most: 100%}]}",
            "target_missing",
        ),
        (
            SALES + "- {name: X, rate: 5%, gates: [{component: Sales, at_least: 5, over: month, at_most: 9, "
            "otherwise: 1%}]}",
            "gate_unclear",
        ),
        ("- {name: X, rate: 5%, multipliers: [{name: a}]}", "multiplier_unclear"),
        (QUOTA + "- {name: X, rate: 5%, multipliers: [{name: a, times: 2, component: Sales}]}", "multiplier_unclear"),
        ("- {name: X, rate: 5%, multipliers: [{name: a, times: 2}, {name: a, times: 2}]}", "name_repeated"),
        (
            QUOTA
            + "- {name: X, rate: 5%, multipliers: [{name: a, component: Sales, steps: [{from: 5%, times: 2}]}]}",
            "step_gap",
        ),
        (
            QUOTA + "- {name: X, rate: 5%, multipliers: [{name: a, component: Sales, steps: [{from: 0, times: 2}, "
            "{from: 50%, times: 3}, {from: 100, times: 3}]}]}",
            "step_axis",
        ),
        (
            QUOTA + "- {name: X, rate: 5%, multipliers: [{name: a, component: Sales, steps: [{from: 0, times: 2}, "
            "{from: 50%, times: 3}, {from: 50%, times: 3}]}]}",
            "step_order",
        ),
        (
            SALES + "- {name: X, rate: 5%, multipliers: [{name: a, component: Sales, steps: [{from: 0%, times: 2}, "
            "{from: 50%, times: 3}]}]}",
            "quota_unnamed",
        ),
        ("- {name: X, rate: 5%, minimum: {per_deal: 50}, cap: {per_year: 49}}", "minimum_above_cap"),
        ("- {name: X, rate: 5%, cap: {pay_per_deal: 0}}", "cap_zero"),
        ("- {name: X, rate: 5%, cap: {per_year: 0}}", "cap_zero"),
        (f"- {{name: X, accumulate: month, {TABLE}, minimum: {{per_deal: 50}}}}", "limit_unclear"),
        ("- {name: X, rate: 5%, accumulate: transaction, pool: {share: equal}}", "window_unknown"),
        ("- {name: X, rate: 5%, accumulate: month, pool: {}, release: [{share: 100%, on: booking}]}", "pool_release"),
        ("- {name: X, rate: 5%, accumulate: month, pool: {amount: 5}}", "pool_size"),
        ("- {name: X, accumulate: month, pool: {share: equal}}", "pool_size"),
        ("- {name: X, accumulate: month, pool: {amount: 0}}", "pool_size"),
        ("- {name: X, accumulate: month, pool: {amount: 5, at_least: 50%}}", "key_missing"),
        ("- {name: X, accumulate: month, pool: {amount: 5, component: Y, at_least: 50%}}", "component_unknown"),
        ("- {name: X, accumulate: month, pool: {amount: 5, component: X, at_least: 50%}}", "quota_unnamed"),
        ("- {name: X, accumulate: month, pool: {amount: 5, share: weight}}", "key_missing"),
        ("- {name: X, levels: [{level: a, rate: 1%}, {level: a, rate: 2%}]}", "name_repeated"),
        ("- {name: X, levels: [{level: a, rate: 2%}, {level: b, rate: 2%}]}", "level_order"),
        ("- {name: X, levels: [{level: a, per_unit: 2}]}", "level_unpriced"),
        ("- {name: X, levels: [{level: a, rate: 2%}], target: 500, quota: bookings}", "levels_mixed"),
        ("- {name: X, rate: 5%, measure: {sum: margin, team_commission: {levels: 1}}}", "measure_mixed"),
        ("- {name: X, fixed: 5, measure: {team_commission: {levels: 1}}}", "override_priced"),
    ],
)
def test_what_cannot_be_meant_is_refused(components: str, code: str) -> None:
    assert code in codes_of(components)


def test_a_problem_names_line_key_and_what_is_allowed() -> None:
    text = """\
plan: p
version: 1
effective: 2026-01-01 .. 2027-01-01
currency: USD
components:
  - {name: Sales, rate: 5%}
  - name: Kicker
    rate: 5%
    gates:
      - component: Selas
        at_least: 100
        over: quarter
"""
    found = load(text, "p.yaml")
    assert not isinstance(found, Plan)
    assert str(found[0]) == (
        "p.yaml:10 components[1].gates[0].component: This names no other component of the plan. "
        "Found 'Selas'. Allowed: 'Sales'. Correct the file and load it again."
    )


def test_two_components_may_be_each_others_gate() -> None:
    gate = "gates: [{{component: {}, at_least: 5, over: month}}]"
    text = f"- {{name: A, rate: 5%, {gate.format('B')}}}\n- {{name: B, rate: 5%, {gate.format('A')}}}"
    assert codes_of(text) == []
