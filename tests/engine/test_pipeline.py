"""What open deals would add: to owners, and to those whom the plan's rules credit with the deals of others."""

from __future__ import annotations

from datetime import date

import pytest

from engine.dates import Period
from engine.pipeline import pipeline
from tests.engine.booked import deal, facts_of, on_plan, person, plan_of

JUNE = Period("June", date(2026, 6, 1), date(2026, 7, 1))
PEOPLE = [person(1, 8), person(2, 8), person(8, 0)]
OPEN = [
    deal(1, 1, (6, 5), 1_000_00) | {"stage": "open"},
    deal(2, 2, (6, 30), 300_00) | {"stage": "open"},
    deal(3, 2, (7, 1), 50_00) | {"stage": "open"},
    deal(4, 1, (6, 6), 7_000_00),
    deal(5, 8, (6, 7), 20_00) | {"stage": "open"},
]
REST = "- {name: Rest, measure: {credited_by: team}, rate: 1%}"
TEAM = """
crediting:
  - {rule: owner}
  - {rule: team, to: managers, levels: 1%s}
"""


@pytest.mark.parametrize(
    ("more", "measure", "rep", "expected"),
    [
        ("", "{credited_by: team}", 8, (1_300_00, 2)),
        (", share: 50%", "{credited_by: team}", 8, (650_00, 2)),
        ("", "{credited_by: owner}", 8, (20_00, 1)),
        (", counts_for: pay", "{credited_by: team}", 8, (0, 0)),
        ("", "{credited_by: team}", 1, (0, 0)),
    ],
)
def test_a_manager_sees_the_open_deals_of_the_team(
    more: str, measure: str, rep: int, expected: tuple[int, int]
) -> None:
    plan = plan_of(f"- {{name: Team, quota: bookings, measure: {measure}, rate: 1%}}\n" + REST, TEAM % more)
    facts = facts_of(OPEN, people=PEOPLE, assignments=on_plan([1, 2, 8], "p"))
    assert pipeline(facts, rep, (plan, plan.components[0]), JUNE) == expected


def test_an_owner_sees_the_own_open_deals_that_count() -> None:
    plan = plan_of("- {name: Own, quota: bookings, rate: 1%}")
    facts = facts_of(OPEN, people=PEOPLE, assignments=on_plan([1, 2, 8], "p"))
    found = [pipeline(facts, rep, (plan, plan.components[0]), JUNE) for rep in (1, 2, 8)]
    assert found == [(1_000_00, 1), (300_00, 1), (20_00, 1)]
