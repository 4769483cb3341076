"""Further terms of SPIFs that need people: teams made for one, by name."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.people import Person
from operations import spif_teams

ANA = Person(1, "1", "Ana Diaz", "ana@x.example", "rep", "", "USD", "UTC", "en-US", "West", "", 9, None, None)
PEOPLE = (
    ANA,
    replace(ANA, rep_id=2, name="Ben  Cole", email="ben@x.example"),
    replace(ANA, rep_id=3, name="Cy Day", email="cy@x.example"),
    replace(ANA, rep_id=4, name="Cy Day", email="cy2@x.example"),
    replace(ANA, rep_id=9, name="Max", email="max@x.example", role="manager"),
)
TEAMS = {"team_by": "listed", "competes": "team_sum"}


def test_names_and_addresses_become_the_people_they_are() -> None:
    typed = TEAMS | {"teams": "Red: ANA diaz, ben cole\nBlue: cy2@x.example"}
    assert spif_teams.listed(typed, PEOPLE) == {
        "teams": [{"name": "Red", "rep_ids": [1, 2]}, {"name": "Blue", "rep_ids": [4]}]
    }


@pytest.mark.parametrize(
    ("teams", "found", "message"),
    [
        ("Red: Cy Day", "Cy Day", "Several people"),
        ("Red: Max", "Max", "Nobody of that name"),
        ("Red: Zoë <!channel>", "Zoë <!channel>", "Nobody of that name"),
        ("Red", "Red", "lists no teams"),
    ],
)
def test_who_is_not_clear_is_a_fault(teams: str, found: str, message: str) -> None:
    fault = spif_teams.listed(TEAMS | {"teams": teams}, PEOPLE)
    assert not isinstance(fault, dict)
    assert (fault.field, fault.found) == ("teams", found)
    assert message in fault.message


def test_who_takes_no_part_is_not_found_by_any_name() -> None:
    fault = spif_teams.listed(TEAMS | {"teams": "Red: Ana Diaz"}, PEOPLE, part={2})
    assert not isinstance(fault, dict)


def test_teams_are_read_only_where_teams_compete() -> None:
    assert spif_teams.listed({"team_by": "team", "teams": "x"}, PEOPLE) == {}
    assert spif_teams.listed({"team_by": "listed", "competes": "rep", "teams": "x"}, PEOPLE) == {}
