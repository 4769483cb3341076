"""How much more it takes to be paid an amount, exactly."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import CreditUnclear
from engine.inverse import Inverse
from engine.plans.load import load
from engine.plans.schema import Plan
from engine.whatif import Question
from tests.engine.test_whatif import WON, question

TABLES = {
    "marginal": "{by: attainment, behaviour: marginal, tiers: [{from: 0%, rate: 0%}, {from: 50%, rate: 9%}, "
    "{from: 100%, rate: 11%}]}",
    "whole_amount": "{by: attainment, behaviour: whole_amount, tiers: [{from: 0%, rate: 5%}, "
    "{from: 100%, rate: 10%}]}",
    "step": "{by: attainment, behaviour: step, tiers: [{from: 80%, amount: 1_000}, {from: 120%, amount: 5_000}]}",
}


def inverse(table: str) -> Inverse:
    text = f"""
plan: ae
version: 1
effective: 2026-01-01 .. 2027-01-01
currency: USD
components: [{{name: New business, quota: bookings, accumulate: year_to_date, table: {TABLES[table]}}}]
"""
    asked = question(WON, plan=text)
    (plan,) = asked.plans
    return Inverse(asked, plan, plan.components[0])


@pytest.mark.parametrize("table", sorted(TABLES))
@settings(deadline=None, max_examples=25)
@given(goal=st.integers(1, 30_000_00))
def test_a_cent_less_is_not_enough(table: str, goal: int) -> None:
    solved = inverse(table)
    needed = solved.needed(goal)
    if needed is None:
        assert table == "step"
        assert goal > 5_000_00
        return
    assert solved.pays(needed) >= goal
    assert needed == 0 or solved.pays(needed - 1) < goal


def test_a_jump_is_met_at_the_edge_of_its_tier() -> None:
    assert inverse("whole_amount").needed(9_000_00) == 40_000_00


def test_what_cannot_be_thought_of_is_said() -> None:
    text = """
plan: ae
version: 1
effective: 2026-01-01 .. 2027-01-01
currency: USD
components: [{name: Units, measure: {sum: count}, per_unit: 10}]
"""
    read = load(text, "plan.yaml")
    assert isinstance(read, Plan)
    asked = question(WON)
    solved = Inverse(Question(asked.facts, (read,), date(2026, 5, 1), 1), read, read.components[0])
    with pytest.raises(CreditUnclear, match="count"):
        solved.needed(100_00)
