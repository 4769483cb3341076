"""Facts come out as the engine wants them, the same by every way and on both databases."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from engine.frames import check
from store import changes, facts, frames
from tests.store.conftest import NOW, YEAR, rows_of

if TYPE_CHECKING:
    from store.database import Database
    from tests.store.conftest import Write


@pytest.fixture
def year(write: Write, two_reps: None) -> None:
    """Deals of two owners around a year, split ones among them, with quotas, plans and rates."""
    write("person", {"external_id": "cy"})
    write(
        "deal",
        {"external_id": "before", "booked_on": date(2025, 12, 31)},
        {"external_id": "first day", "booked_on": date(2026, 1, 1)},
        {"external_id": "last day", "booked_on": date(2026, 12, 31), "currency": "EUR", "product": "Analytics"},
        {"external_id": "after", "booked_on": date(2027, 1, 1)},
        {"external_id": "open", "stage": "open"},
        {"external_id": "lost", "stage": "lost"},
        {"external_id": "shared", "owner_external_id": "ben"},
        {"external_id": "ben's", "owner_external_id": "ben"},
        {"external_id": "nobody's", "owner_external_id": "who"},
    )
    write(
        "split",
        {"deal_external_id": "lost", "person_external_id": "ada", "share_ppb": 1_000_000_000},
        {"deal_external_id": "shared", "person_external_id": "ada", "share_ppb": 400_000_000},
        {"deal_external_id": "shared", "person_external_id": "ben", "share_ppb": 600_000_000},
    )
    write("quota", {"person_external_id": "ada"}, {"person_external_id": "ben", "name": "renewals"})
    write("quota", {"person_external_id": "ada", "start_on": date(2025, 1, 1), "end_on": date(2026, 1, 1)})
    write("assignment", {"person_external_id": "ada"}, {"person_external_id": "ben", "plan": "manager"})
    write("rate", {}, {"from_currency": "GBP"})


def names(database: Database, found: Any) -> set[str]:
    with database.read() as conn:
        return {name.external_id for name in frames.names(conn, found["deal_id"]).values()}


def test_everybody(database: Database, year: None) -> None:
    found = frames.facts(database, YEAR)
    check(found)
    assert names(database, found.deals) == {"first day", "last day", "shared", "ben's", "nobody's"}
    assert sorted(found.deals["owner_id"]) == [0, 1, 1, 2, 2]
    assert sorted(found.splits["share_ppb"]) == [400_000_000, 600_000_000]  # the lost deal's split has no deal
    assert list(found.deals["currency"].cat.categories) == ["EUR", "USD"]
    assert sorted(found.quotas["name"]) == ["bookings", "renewals"]
    assert sorted(found.rates["from_currency"]) == ["EUR", "GBP"]


def test_one_rep_gets_what_is_theirs_and_the_whole_of_what_they_share(database: Database, year: None) -> None:
    found = frames.facts(database, YEAR, [1])
    check(found)
    assert names(database, found.deals) == {"first day", "last day", "shared"}
    assert sorted(found.splits["rep_id"]) == [1, 2]
    assert found.quotas["rep_id"].tolist() == found.assignments["rep_id"].tolist() == [1]
    assert len(found.rates) == 2


def test_open_deals_come_when_asked_for(database: Database, year: None) -> None:
    for reps in (None, [1]):
        found = frames.facts(database, YEAR, reps, more=[frames.PIPELINE])
        check(found)
        assert "open" in names(database, found.deals)
        assert set(found.deals["stage"]) == {"won", "open"}
    assert set(frames.facts(database, YEAR).deals["stage"].cat.categories) == {"won"}


@pytest.mark.parametrize("reps", [None, [1], [1, 2], list(range(1000)), [99], []])
@pytest.mark.parametrize("pipeline", [False, True])
def test_every_way_of_reading_gives_the_same(
    database: Database, year: None, reps: list[int] | None, pipeline: bool
) -> None:
    """Through ADBC, through a reading connection, and through one that writes."""
    by_database = frames.facts(database, YEAR, reps, more=[frames.PIPELINE] if pipeline else [])
    check(by_database)
    with database.read() as conn:
        by_reader = frames.facts(conn, YEAR, reps, more=[frames.PIPELINE] if pipeline else [])
    with database.write() as conn:
        by_writer = frames.facts(conn, YEAR, reps, more=[frames.PIPELINE] if pipeline else [])
    assert by_database.inputs_hash() == by_reader.inputs_hash() == by_writer.inputs_hash()


def test_many_reps_are_read_like_few(database: Database, year: None) -> None:
    few = frames.facts(database, YEAR, [1]).inputs_hash()
    many = frames.facts(database, YEAR, [1, *range(5_000, 6_000)]).inputs_hash()
    assert few == many


def test_both_databases_give_the_same_bytes(year: None, database: Database) -> None:
    """Deal and rep numbers included: the hash is written out, so that both are held to the same one."""
    found = frames.facts(database, YEAR, more=[frames.PIPELINE])
    assert sorted(found.deals["deal_id"]) == [2, 3, 5, 7, 8, 9]
    assert found.inputs_hash() == "f4a0d321562498736ffa626566eaea03143a494fd8d7723afae89ceb55c8c1bd"


def test_an_empty_store_gives_empty_frames(database: Database) -> None:
    for reps in (None, [1]):
        found = frames.facts(database, YEAR, reps)
        check(found)
        assert all(frame.empty for _, frame in found.frames())


def test_names_survive_deletion_and_follow_the_watermark(database: Database, write: Write, two_reps: None) -> None:
    write("deal", {"external_id": "D1", "name": "old"})
    with database.read() as conn:
        then = changes.watermark(conn)
    write("deal", {"external_id": "D1", "name": "new"})
    write("deal", {"external_id": "D1", "deleted": True})
    with database.read() as conn:
        assert frames.names(conn, [1])[1].name == "new"
        assert frames.names(conn, np.array([1, 1, 0]), watermark=then)[1].name == "old"
        assert frames.names(conn, []) == {}
        assert frames.names(conn, [12345]) == {}


def test_a_label_of_a_rolled_back_write_is_not_remembered(database: Database, write: Write, two_reps: None) -> None:
    write("deal", {"external_id": "D1"})
    frames.facts(database, YEAR)
    rows = rows_of("deal", ({"external_id": "D2", "product": "Ghost"},))
    with database.write() as conn:
        facts.apply(conn, "deal", rows, changes.begin(conn, "ops", "sync", NOW))
        assert "Ghost" in set(frames.facts(conn, YEAR).deals["product"])
        conn.rollback()
    write("deal", {"external_id": "D2", "product": "Real"})
    for reps in (None, [1]):
        assert set(frames.facts(database, YEAR, reps).deals["product"]) == {"Platform", "Real"}
