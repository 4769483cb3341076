"""Further published plans, beside those of tests/conformance: written by the guide alone, worked out by hand.

A figure that is named was printed by its source; the others follow from the rules that it prints.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.plans.load import load
from engine.plans.schema import Plan
from engine.problems import Problem
from messages.plan_prose import plan as prose
from operations.plan_examples import tried

HERE = Path(__file__).parent
CASES = sorted(folder.parent.name for folder in HERE.glob("*/plan.yaml"))


@pytest.mark.parametrize("case", CASES)
def test_pays_what_its_rules_say(case: str) -> None:
    def text(name: str) -> str:
        return (HERE / case / name).read_text(encoding="utf-8")

    results = tried(text("cases.examples.yaml"), "cases.examples.yaml", text)
    for result in results:
        assert not isinstance(result, Problem), result
        wrong = [outcome for outcome in result.outcomes if not outcome.holds]
        assert result.holds, (result.example.name, result.problems, wrong)
        assert result.example.id == case
        assert result.example.source.startswith("http")
    plan = load(text("plan.yaml"), "plan.yaml")
    assert isinstance(plan, Plan)
    assert all(component.name in prose(plan) for component in plan.components)
