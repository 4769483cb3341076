"""Where people stand on a day, and who is above them."""

from __future__ import annotations

from datetime import date

import numpy as np

from engine.dates import day
from engine.frames import Facts
from engine.hierarchy import Placements
from tests.engine.crediting_cases import YEAR, person

SPRING, JUNE = day(date(2026, 3, 1)), date(2026, 6, 1)


def placements(*rows: dict) -> Placements:
    return Placements(Facts.of(people=rows).people)


def above(made: Placements, rep: int, on_day: int, levels: int = 0) -> list[int]:
    steps, _ = made.above(np.array([rep]), np.array([on_day]), levels)
    return [int(step.rep_id[0]) for step in steps]


def test_the_chain_is_that_of_the_day() -> None:
    made = placements(person(1, 2, until=JUNE), person(1, 3, since=JUNE), person(2, 4), person(3), person(4))
    assert above(made, 1, SPRING) == [2, 4]
    assert above(made, 1, SPRING, levels=1) == [2]
    assert above(made, 1, day(JUNE)) == [3]
    assert above(made, 1, YEAR["end_on"]) == []
    assert above(made, 99, SPRING) == []


def test_circles_are_found_and_lead_nowhere() -> None:
    made = placements(person(1, 2), person(2, 3), person(3, 2), person(4, 4), person(5, 6), person(6))
    asked = np.array([1, 2, 4, 5])
    steps, circular = made.above(asked, np.full(4, SPRING), 0)
    assert circular.tolist() == [0, 1, 2]
    assert [step.rep_id.tolist() for step in steps] == [[6]]
    assert above(made, 1, SPRING, levels=2) == [2, 3], "the circle lies beyond the levels that are asked for"


def test_two_placements_on_one_day_are_a_problem_and_count_neither() -> None:
    made = placements(person(1, 2), person(1, 3, since=JUNE), person(4, 2))
    assert above(made, 1, SPRING) == []
    assert [problem.rep_id for problem in made.clashes(SPRING, SPRING)] == [1]
    assert made.clashes(0, 1) == []
    assert above(made, 4, SPRING) == [2]


def test_a_role_or_a_title_may_be_held() -> None:
    made = placements(person(1, role="rep", title="AE", until=JUNE), person(1, title="SE", since=JUNE))
    asked = np.array([1, 1, 2]), np.array([SPRING, day(JUNE), SPRING])
    assert made.holds(*asked, ("AE",)).tolist() == [True, False, False]
    assert made.holds(*asked, ("rep", "SE")).tolist() == [True, True, False]
