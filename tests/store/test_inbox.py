"""A delivery is stored once, answered once, taken up again when its process died, and forgotten in time."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from store import inbox
from tests.store.conftest import NOW

if TYPE_CHECKING:
    from store.database import Database

LEASE = timedelta(seconds=60)


def test_a_delivery_that_comes_again_is_known(database: Database) -> None:
    with database.write() as conn:
        assert inbox.put(conn, "Ev1", "event", "{}", NOW)
        assert not inbox.put(conn, "Ev1", "event", "{other}", NOW)
        assert inbox.put(conn, "Ev2", "event", "{}", NOW)


def test_only_what_was_left_open_is_taken_up(database: Database) -> None:
    with database.write() as conn:
        inbox.put(conn, "answered", "command", "{1}", NOW)
        inbox.put(conn, "left", "command", "{2}", NOW)
        inbox.put(conn, "fresh", "command", "{3}", NOW + LEASE)
        inbox.done(conn, "answered", NOW)
        assert inbox.claim(conn, NOW + LEASE / 2, LEASE) == ()
        assert inbox.stale(conn, NOW + LEASE, LEASE) == 1
        (taken,) = inbox.claim(conn, NOW + LEASE, LEASE)
        assert (taken.key, taken.payload, taken.attempts) == ("left", "{2}", 2)
        assert inbox.claim(conn, NOW + LEASE, LEASE) == ()
        assert {row.key for row in inbox.claim(conn, NOW + LEASE * 2, LEASE)} == {"left", "fresh"}


def test_a_delivery_that_kills_its_processes_is_given_up(database: Database) -> None:
    with database.write() as conn:
        inbox.put(conn, "poison", "command", "{}", NOW)
        taken = [inbox.claim(conn, NOW + LEASE * turn, LEASE) for turn in range(1, 10)]
        assert sum(map(len, taken)) == inbox.MOST_ATTEMPTS - 1
        assert inbox.stale(conn, NOW + LEASE * 100, LEASE) == 0


def test_payloads_are_purged_and_keys_stay(database: Database) -> None:
    with database.write() as conn:
        inbox.put(conn, "old", "command", "what she asked", NOW - timedelta(days=2))
        inbox.put(conn, "new", "command", "what he asked", NOW)
        assert inbox.purge(conn, NOW - timedelta(days=1)) == 1
        assert inbox.purge(conn, NOW - timedelta(days=1)) == 0
        assert not inbox.put(conn, "old", "command", "what she asked", NOW)
        kept = conn.exec_driver_sql("SELECT payload FROM inbox ORDER BY key").scalars().all()
        assert kept == ["what he asked", ""]
        assert [row.key for row in inbox.claim(conn, NOW + LEASE, LEASE)] == ["new"]


def test_two_workers_take_different_rows(database: Database) -> None:
    with database.write() as conn:
        for number in range(4):
            inbox.put(conn, f"Ev{number}", "event", "{}", NOW)
    with database.write() as conn:
        first = inbox.claim(conn, NOW + LEASE, LEASE, limit=2)
        if database.dialect == "postgresql":
            with database.write() as other:
                second = inbox.claim(other, NOW + LEASE, LEASE)
    if database.dialect == "sqlite":  # where writers take turns
        with database.write() as other:
            second = inbox.claim(other, NOW + LEASE, LEASE)
    keys = [row.key for row in (*first, *second)]
    assert sorted(keys) == ["Ev0", "Ev1", "Ev2", "Ev3"]
