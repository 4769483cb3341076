"""Deals that a measure excludes: those that meet every condition given, and no others."""

from __future__ import annotations

from datetime import date

from engine.commission import calculate
from engine.frames import Facts
from engine.inverse import Inverse
from engine.whatif import Question
from engine.whynot import why_not
from tests.engine.settling import assigned, deal, plan_of

PLAN = plan_of("components: [{name: c, rate: 10%, measure: {excluding: {type: renewal, product: B}}}]")
DEALS = [
    deal(1, "2026-01-05", "100"),
    deal(2, "2026-01-06", "100", deal_type="renewal", product="B"),
    deal(3, "2026-01-07", "100", deal_type="renewal"),
]
ASKED = Question(Facts.of(deals=DEALS, assignments=[assigned()]), (PLAN,), date(2026, 12, 31), 1)
CALC = calculate(ASKED.facts, ASKED.plans, ASKED.as_of)


def test_only_what_meets_all_conditions_is_left_out() -> None:
    assert CALC.lines[["deal_id", "amount_cents"]].to_numpy().tolist() == [[1, 10_00], [3, 10_00]]


def test_why_not_names_the_exclusion() -> None:
    blocker = why_not(CALC, ASKED, 2).blocker
    assert blocker is not None
    assert (blocker.asks, blocker.found) == ("c counts such deals", "it excludes them")
    assert why_not(CALC, ASKED, 3).blocker is None


def test_the_inverse_thinks_of_a_deal_that_counts() -> None:
    plan = plan_of("components: [{name: c, rate: 10%, measure: {excluding: {type: new}}}]")
    asked = Question(Facts.of(assignments=[assigned()]), (plan,), date(2026, 12, 31), 1)
    assert Inverse(asked, plan, plan.components[0]).needed(50_00) == 499_95  # 49.995, rounded half up
