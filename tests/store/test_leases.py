"""One holder at a time, and a token that tells a paused holder from its successor."""

from __future__ import annotations

import multiprocessing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from store import jobs, leases
from store.database import Database
from store.errors import LeaseLost
from tests.store.conftest import NOW

TTL = timedelta(seconds=10)

if TYPE_CHECKING:
    from collections.abc import Iterator


def test_a_lease_is_held_prolonged_and_passed_on(database: Database) -> None:
    with database.write() as conn:
        assert leases.acquire(conn, "schedule", "a", TTL, NOW) == 1
        assert leases.acquire(conn, "schedule", "b", TTL, NOW + TTL / 2) is None
        assert leases.acquire(conn, "schedule", "a", TTL, NOW + TTL / 2) == 1
        assert leases.acquire(conn, "schedule", "b", TTL, NOW + TTL) is None
        assert leases.acquire(conn, "schedule", "b", TTL, NOW + TTL * 2) == 2
        assert leases.acquire(conn, "other", "a", TTL, NOW) == 1


def test_a_holder_that_slept_past_its_lease_gets_a_new_token(database: Database) -> None:
    with database.write() as conn:
        leases.acquire(conn, "schedule", "a", TTL, NOW)
        assert leases.acquire(conn, "schedule", "a", TTL, NOW + TTL * 2) == 2


def test_a_released_lease_is_free_at_once_and_its_token_stays_used(database: Database) -> None:
    with database.write() as conn:
        leases.acquire(conn, "schedule", "a", TTL, NOW)
        leases.release(conn, "schedule", "b")
        assert leases.acquire(conn, "schedule", "b", TTL, NOW) is None
        leases.release(conn, "schedule", "a")
        assert leases.acquire(conn, "schedule", "b", TTL, NOW) == 2


def test_renewing_and_checking_know_a_successor(database: Database) -> None:
    with database.write() as conn:
        token = leases.acquire(conn, "schedule", "a", TTL, NOW)
        assert token is not None
        assert leases.renew(conn, "schedule", token, TTL, NOW + TTL / 2)
        leases.check(conn, "schedule", token)
        assert not leases.renew(conn, "schedule", token, TTL, NOW + TTL * 3)
        leases.acquire(conn, "schedule", "b", TTL, NOW + TTL * 3)
        with pytest.raises(LeaseLost, match="schedule"):
            leases.check(conn, "schedule", token)


def test_a_slot_is_claimed_once_and_not_by_a_former_leader(database: Database) -> None:
    slot = datetime(2026, 7, 1, 10, tzinfo=UTC)
    with database.write() as conn:
        assert jobs.claim_slot(conn, "sync", slot, 1)
        assert not jobs.claim_slot(conn, "sync", slot, 1)
        assert jobs.claim_slot(conn, "recalculate", slot, 2)
        assert not jobs.claim_slot(conn, "sync", slot + TTL, 1)  # token 2 has acted since
        jobs.finish(conn, "sync", slot, NOW)
        newest = jobs.latest(conn, "sync")
        assert newest is not None
        assert (newest.slot_at, newest.status, newest.finished_at) == (slot, "done", NOW)
        assert jobs.latest(conn, "never") is None


def _compete(url: str, name: str, start: Any, told: Any) -> None:
    """Try for the lease and then for twenty slots, as a scheduler does."""
    database = Database.open(url)
    start.wait(60)
    with database.write() as conn:
        token = leases.acquire(conn, "schedule", name, TTL, NOW)
    claimed = 0
    for number in range(20):
        with database.write() as conn:
            claimed += jobs.claim_slot(conn, "sync", NOW + timedelta(minutes=number), token or 1)
    told.put((name, token, claimed))
    database.dispose()


@pytest.fixture
def processes(database_url: str) -> Iterator[tuple[list[Any], Any]]:
    context = multiprocessing.get_context("spawn")
    start, told = context.Event(), context.Queue()
    started = [context.Process(target=_compete, args=(database_url, name, start, told)) for name in ("a", "b")]
    for process in started:
        process.start()
    start.set()
    yield started, told
    for process in started:
        process.join(60)


def test_of_two_processes_one_wins_and_each_slot_is_run_once(processes: tuple[list[Any], Any]) -> None:
    _, told = processes
    found = [told.get(timeout=60) for _ in range(2)]
    assert sorted(token or 0 for _, token, _ in found) == [0, 1]
    assert sum(claimed for _, _, claimed in found) == 20


def test_a_late_holder_keeps_a_lease_that_nobody_took(database: Database) -> None:
    with database.write() as conn:
        token = leases.acquire(conn, "sync", "one", TTL, NOW)
        assert token is not None
        assert leases.keep(conn, "sync", token, TTL, NOW + TTL * 3)
        assert leases.acquire(conn, "sync", "two", TTL, NOW + TTL * 3.5) is None
        assert leases.acquire(conn, "sync", "two", TTL, NOW + TTL * 5) == token + 1
        assert not leases.keep(conn, "sync", token, TTL, NOW + TTL * 5)
        leases.release(conn, "sync", "two")
        assert not leases.keep(conn, "sync", token + 1, TTL, NOW + TTL * 5)
