"""Deals are found by their owner and day, whatever versions say about the rest."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import select

from store import changes, frames, touched
from store.database import MIGRATIONS
from store.tables.facts import deal
from tests.store.conftest import YEAR

if TYPE_CHECKING:
    from store.database import Database
    from tests.store.conftest import Write

AUTUMN = (date(2026, 9, 1), date(2026, 12, 1))
ADA, BEN = 1, 2


def amounts(
    database: Database, rep_id: int, window: tuple[date, date] = YEAR, watermark: int | None = None
) -> list[int]:
    """What a look at one rep finds, after the way for many has found the same."""
    few = frames.facts(database, window, [rep_id], watermark)
    many = frames.facts(database, window, [rep_id, *range(5_000, 5_600)], watermark)
    assert few.inputs_hash() == many.inputs_hash()
    return sorted(few.deals["amount_cents"].tolist())


def listed(database: Database) -> list[int]:
    with database.read() as conn:
        return list(conn.execute(select(deal.c.listed).order_by(deal.c.version_id)).scalars())


def test_only_a_new_owner_or_day_is_listed(database: Database, two_reps: None, write: Write) -> None:
    write("deal", {"external_id": "D1"})
    write("deal", {"external_id": "D1", "amount_cents": 5})
    write("deal", {"external_id": "D1", "amount_cents": 5, "booked_on": date(2026, 10, 1)})
    write("deal", {"external_id": "D1", "amount_cents": 6, "booked_on": date(2026, 10, 1), "stage_name": "Won"})
    write(
        "deal", {"external_id": "D1", "amount_cents": 7, "booked_on": date(2026, 10, 1), "owner_external_id": "ben"}
    )
    assert listed(database) == [1, 0, 1, 0, 1]
    assert amounts(database, ADA) == []
    assert amounts(database, BEN) == amounts(database, BEN, AUTUMN) == [7]


def test_the_past_stays_where_it_was(database: Database, two_reps: None, write: Write) -> None:
    """There and back again: what each rep had is found as of each change."""
    steps = [
        {"amount_cents": 1},
        {"amount_cents": 2},
        {"amount_cents": 3, "owner_external_id": "ben"},
        {"amount_cents": 4, "owner_external_id": "ben"},
        {"amount_cents": 5},
        {"amount_cents": 6, "deleted": True},
        {"amount_cents": 7},
        {"amount_cents": 8, "booked_on": date(2026, 10, 1)},
        {"amount_cents": 9},
    ]
    marks = []
    for step in steps:
        write("deal", {"external_id": "D1", **step})
        with database.read() as conn:
            marks.append(changes.watermark(conn))
    ada = [amounts(database, ADA, watermark=mark) for mark in marks]
    assert ada == [[1], [2], [], [], [5], [], [7], [8], [9]]
    assert [amounts(database, BEN, watermark=mark) for mark in marks] == [[], [], [3], [4], [], [], [], [], []]
    assert [amounts(database, ADA, AUTUMN, mark) for mark in marks] == [[], [], [], [], [], [], [], [8], []]
    with database.read() as conn:
        assert changes.verify_chain(conn).broken == ()
        assert touched.last_change(conn, BEN) == marks[-1]  # what was once Ben's still matters to him


def test_an_owner_who_arrives_later_is_listed(database: Database, two_reps: None, write: Write) -> None:
    write("deal", {"external_id": "D1", "owner_external_id": "zoe", "booked_on": date(1970, 1, 1)})
    write("deal", {"external_id": "D1", "owner_external_id": "zoe"})
    write("deal", {"external_id": "D1", "owner_external_id": "zoe", "amount_cents": 8})
    write("person", {"external_id": "zoe"})
    assert listed(database) == [1, 1, 0, 1]
    assert amounts(database, 3) == [8]


def test_pages_of_changes_are_found_alike_by_every_way(database: Database, two_reps: None, write: Write) -> None:
    """Sixty deals that change owner, day and amount at random over eight pages."""
    draw = np.random.default_rng(14)
    for page in range(8):
        rows = [
            {
                "external_id": f"D{number}",
                "owner_external_id": ("ada", "ben", "who")[draw.integers(3)],
                "booked_on": date(2026, int(draw.integers(1, 13)), 1),
                "amount_cents": page * 100 + number,
                "deleted": bool(draw.random() < 0.1),
            }
            for number in draw.choice(60, 40, replace=False).tolist()
        ]
        write("deal", *rows)
    with database.read() as conn:
        newest = changes.watermark(conn)
        assert changes.verify_chain(conn).broken == ()
    for watermark in range(1, newest + 1):
        for rep_id in (ADA, BEN):
            amounts(database, rep_id, AUTUMN, watermark)


@pytest.mark.parametrize("column", ["owner_id", "booked_on"])
def test_a_version_that_is_hidden_from_its_owner_is_told(
    database: Database, two_reps: None, write: Write, column: str
) -> None:
    write("deal", {"external_id": "D1"})
    moved = {"owner_id": {"owner_external_id": "ben"}, "booked_on": {"booked_on": date(2026, 10, 1)}}[column]
    write("deal", {"external_id": "D1", **moved})
    with database.write() as conn:
        conn.exec_driver_sql("UPDATE deal SET listed = 0 WHERE version_id = 2")
    with database.read() as conn:
        broken = changes.verify_chain(conn).broken
    assert broken == ("deal version 2: that it is found by its owner and day was edited",)


def test_what_was_there_before_the_lists_is_found(database: Database, two_reps: None, write: Write) -> None:
    """Versions of a database that is upgraded are listed in full; those that come afterwards as they must be."""
    write("deal", {"external_id": "D1"}, {"external_id": "D2", "owner_external_id": "ben"})
    write("deal", {"external_id": "D1", "amount_cents": 5})
    with database.write() as conn:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = conn
        command.downgrade(config, "0013")
    database.migrate()
    assert listed(database) == [1, 1, 1]
    write("deal", {"external_id": "D1", "amount_cents": 6}, {"external_id": "D2", "amount_cents": 7})
    assert listed(database) == [1, 1, 1, 0, 1]
    assert amounts(database, ADA) == [6, 7]
    assert amounts(database, BEN) == []
    with database.read() as conn:
        assert changes.verify_chain(conn).broken == ()
