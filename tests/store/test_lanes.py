"""One pace for all workers: no two get the same moment, and what Slack holds up stays held up."""

from __future__ import annotations

from datetime import timedelta
from threading import Thread
from typing import TYPE_CHECKING

from store import identities, lanes
from tests.store.conftest import NOW

if TYPE_CHECKING:
    from datetime import datetime

    from store.database import Database

SECOND = timedelta(seconds=1)
PACE = {lanes.WORKSPACE: SECOND / 2, lanes.channel("D1"): SECOND}


def test_moments_are_given_out_one_after_the_other(database: Database) -> None:
    with database.write() as conn:
        assert [lanes.take(conn, "T", PACE, NOW) - NOW for _ in range(3)] == [0 * SECOND, SECOND, 2 * SECOND]
        other = {lanes.WORKSPACE: SECOND / 2, lanes.channel("D2"): SECOND}
        assert lanes.take(conn, "T", other, NOW) - NOW == SECOND * 3 / 2
        assert lanes.take(conn, "T2", PACE, NOW) == NOW
        assert lanes.take(conn, "T", PACE, NOW + 60 * SECOND) == NOW + 60 * SECOND


def test_workers_at_the_same_time_get_different_moments(database: Database) -> None:
    found: list[datetime] = []

    def work() -> None:
        for _ in range(10):
            with database.write() as conn:
                found.append(lanes.take(conn, "T", {lanes.WORKSPACE: SECOND}, NOW))

    threads = [Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [NOW + number * SECOND for number in range(30)]


def test_what_is_held_up_is_held_up_for_its_time_and_says_why(database: Database) -> None:
    until = NOW + 30 * SECOND
    with database.write() as conn:
        lanes.block(conn, "T", lanes.WORKSPACE, until, "ratelimited")
        lanes.block(conn, "T", lanes.WORKSPACE, NOW + SECOND, "ratelimited")
        assert lanes.free_at(conn, "T", (lanes.WORKSPACE,), NOW) == until
        assert lanes.take(conn, "T", PACE, NOW) == until
    with database.write() as conn:
        lanes.block(conn, "T", lanes.TEAM, until, "token_revoked")
        assert [(lane, code) for _, lane, _, code in lanes.blocked(conn, NOW)] == [(lanes.TEAM, "token_revoked")]
        lanes.unblock(conn, "T")
        assert lanes.blocked(conn, NOW) == []


def test_a_clock_that_is_put_back_stops_nobody(database: Database) -> None:
    with database.write() as conn:
        lanes.take(conn, "T", PACE, NOW + timedelta(days=7))
        assert lanes.free_at(conn, "T", tuple(PACE), NOW) == NOW
        assert lanes.take(conn, "T", PACE, NOW) == NOW


def test_direct_messages_are_known_by_person_and_forgotten(database: Database) -> None:
    with database.write() as conn:
        identities.link(conn, identities.Link("T", "U1", 7, "a@x.com", "email"), NOW)
        lanes.keep_direct_channel(conn, "T", "U1", "D1")
        assert lanes.direct_channels(conn, "T", [7, 8]) == {7: "D1"}
        lanes.keep_direct_channel(conn, "T", "U1", "")
        assert lanes.direct_channels(conn, "T", [7]) == {}
        assert lanes.forget_old(conn, NOW) == 0
