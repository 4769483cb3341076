"""An account is one person at a time, and the past stays on record."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier
from typing import TYPE_CHECKING

from store import identities
from store.identities import Link
from tests.store.conftest import NOW

if TYPE_CHECKING:
    from store.database import Database

ADA = Link("T1", "U1", 1, "ada@example.com", "email")


def test_linked_relinked_and_unlinked(database: Database) -> None:
    with database.write() as conn:
        assert identities.get(conn, "T1", "U1") is None
        identities.link(conn, ADA, NOW)
        identities.link(conn, ADA, NOW + timedelta(days=1))
        assert identities.get(conn, "T1", "U1") == ADA
        assert identities.get(conn, "T2", "U1") is None
        identities.link(conn, replace(ADA, rep_id=2), NOW + timedelta(days=2))
        assert identities.of_person(conn, 1) == ()
        assert identities.of_person(conn, 2) == (replace(ADA, rep_id=2),)
        assert identities.unlink(conn, "T1", "U1", NOW + timedelta(days=3), "deactivated")
        assert not identities.unlink(conn, "T1", "U1", NOW + timedelta(days=3), "deactivated")
        history = conn.exec_driver_sql("SELECT rep_id, unlink_reason FROM identity ORDER BY identity_id").all()
    assert [tuple(row) for row in history] == [(1, "linked anew"), (2, "deactivated")]


def test_two_who_link_one_account_at_once_link_it_once(database: Database) -> None:
    start = Barrier(4)

    def linked(_number: int) -> None:
        start.wait()
        with database.write() as conn:
            identities.link(conn, ADA, NOW)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(linked, range(4)))
    with database.read() as conn:
        assert identities.of_person(conn, ADA.rep_id) == (ADA,)
