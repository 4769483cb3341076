"""People by number and address, and the managers above them on a day."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from store import changes, people

if TYPE_CHECKING:
    from store.database import Database
    from tests.store.conftest import Write

JULY, AUGUST, SEPTEMBER = date(2026, 7, 1), date(2026, 8, 1), date(2026, 9, 1)


def test_a_person_as_the_source_says(database: Database, write: Write) -> None:
    write(
        "person",
        {
            "external_id": "ada",
            "name": "Ada",
            "email": "ada@example.com",
            "role": "manager",
            "title": "AE",
            "timezone": "Europe/Berlin",
            "locale": "de-DE",
            "team": "East",
            "region": "EMEA",
            "hired_on": date(2020, 2, 29),
            "left_on": None,
        },
    )
    with database.read() as conn:
        ada = people.by_id(conn, 1)
        assert ada is not None
        assert (ada.role, ada.timezone, ada.locale, ada.region) == ("manager", "Europe/Berlin", "de-DE", "EMEA")
        assert (ada.hired_on, ada.left_on, ada.manager_id) == (date(2020, 2, 29), None, 0)
        assert people.by_id(conn, 2) is None
        assert people.all(conn) == (ada,)


def test_an_address_is_found_in_any_case(database: Database, two_reps: None) -> None:
    with database.read() as conn:
        for said in ("ada@example.com", " ADA@EXAMPLE.COM "):
            found = people.by_email(conn, said)
            assert found is not None
            assert (found.rep_id, found.email) == (1, "Ada@Example.com")
        assert people.by_email(conn, "") is None
        assert people.by_email(conn, "nobody@example.com") is None


def test_an_address_of_two_people_finds_nobody(database: Database, write: Write) -> None:
    write(
        "person", {"external_id": "a", "email": "team@example.com"}, {"external_id": "b", "email": "team@example.com"}
    )
    with database.read() as conn:
        assert people.by_email(conn, "team@example.com") is None


def test_a_person_seen_by_two_sources_is_one(database: Database, write: Write, two_reps: None) -> None:
    write("person", {"external_id": "77", "email": "ADA@example.com", "name": "A. Lovelace"}, source="hr")
    with database.read() as conn:
        found = people.by_email(conn, "ada@example.com")
        assert found is not None
        assert (found.rep_id, found.name) == (1, "Ada")
        assert [person.rep_id for person in people.all(conn)] == [1, 2]


def test_a_person_as_known_then(database: Database, write: Write, two_reps: None) -> None:
    with database.read() as conn:
        then = changes.watermark(conn)
    write("person", {"external_id": "ada", "name": "Ada King"})
    with database.read() as conn:
        now, before = people.by_id(conn, 1), people.by_id(conn, 1, then)
    assert now is not None
    assert before is not None
    assert (now.name, before.name) == ("Ada King", "Ada")


def test_the_chain_follows_placements_of_the_day(database: Database, write: Write, two_reps: None) -> None:
    """Ada reports to Ben; in August she sits under Cy, who reports to Dee."""
    write("person", {"external_id": "cy"}, {"external_id": "dee"})
    write(
        "placement",
        {"person_external_id": "ada", "manager_external_id": "cy", "start_on": AUGUST, "end_on": SEPTEMBER},
    )
    write("placement", {"person_external_id": "cy", "manager_external_id": "dee", "start_on": JULY, "end_on": None})
    with database.read() as conn:
        assert people.chain(conn, 1, JULY) == (2,)
        assert people.chain(conn, 1, AUGUST) == (3, 4)
        assert people.chain(conn, 1, SEPTEMBER) == (2,)
        assert people.chain(conn, 4, AUGUST) == ()
        assert people.chain(conn, 99, AUGUST) == ()


def test_a_circle_of_managers_ends(database: Database, write: Write) -> None:
    write(
        "person",
        {"external_id": "a", "manager_external_id": "b"},
        {"external_id": "b", "manager_external_id": "c"},
        {"external_id": "c", "manager_external_id": "a"},
        {"external_id": "self", "manager_external_id": "self"},
    )
    with database.read() as conn:
        assert people.chain(conn, 1, JULY) == (2, 3)
        assert people.chain(conn, 4, JULY) == ()
