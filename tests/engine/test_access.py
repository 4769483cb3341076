"""Who may see whom, and who may run the machine."""

from __future__ import annotations

from datetime import date

import pytest

from engine.access import can
from engine.people import Person


def person(rep_id: int, role: str = "rep") -> Person:
    return Person(rep_id, f"x{rep_id}", f"Person {rep_id}", f"p{rep_id}@example.com", role)


@pytest.mark.parametrize(
    ("actor", "action", "chain", "may"),
    [
        (person(1), "see_quota", (), True),
        (person(2), "see_quota", (), False),
        (person(2, "manager"), "see_earnings", (), False),
        (person(2, "manager"), "see_earnings", (3, 2), True),
        (person(9, "ops"), "see_statement", (), True),
        (person(9, "admin"), "see_line", (), True),
        (person(1), "sync", (), False),
        (person(2, "manager"), "publish_plan", (2,), False),
        (person(9, "ops"), "sync", (), True),
        (person(9, "admin"), "read_minds", (), False),
        (person(1), "", (), False),
    ],
)
def test_only_those_above_and_ops_see_others(actor: Person, action: str, chain: tuple[int, ...], may: bool) -> None:
    assert can(actor, action, person(1), chain) is may


def test_a_person_is_employed_from_the_first_day_until_the_day_they_are_gone() -> None:
    someone = Person(1, "x", "A", "a@example.com", hired_on=date(2026, 2, 1), left_on=date(2026, 3, 1))
    days = (date(2026, 1, 31), date(2026, 2, 1), date(2026, 2, 28), date(2026, 3, 1))
    assert [someone.is_employed(on) for on in days] == [False, True, True, False]
