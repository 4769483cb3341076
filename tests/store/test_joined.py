"""Writes that share a transaction: each is stored once, and one that fails takes no other with it."""

from __future__ import annotations

import time
from threading import Event, Thread
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import event

from store import inbox
from store.database import Database
from store.errors import DatabaseBusy, StatementFailed
from tests.store.conftest import NOW

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from sqlalchemy import Connection


def put(key: str) -> Callable[[Connection], bool]:
    return lambda conn: inbox.put(conn, key, "command", "{}", NOW)


def keys(database: Database) -> list[str]:
    with database.read() as conn:
        return list(conn.exec_driver_sql("SELECT key FROM inbox ORDER BY inbox_id").scalars())


def together(database: Database, jobs: Sequence[Callable[[Connection], Any]]) -> list[Any]:
    """What each job came to, brought by threads of their own while another write is under way."""
    begun, go_on, found = Event(), Event(), [None] * len(jobs)

    def first(conn: Connection) -> None:
        begun.set()
        go_on.wait(10)

    def bring(number: int) -> None:
        try:
            found[number] = database.join(jobs[number])
        except (StatementFailed, LookupError) as error:
            found[number] = type(error)

    threads = [Thread(target=database.join, args=(first,))]
    threads[0].start()
    assert begun.wait(10)
    for number in range(len(jobs)):
        threads.append(Thread(target=bring, args=(number,)))
        threads[-1].start()
        while len(database._joined._waiting) <= number and threads[-1].is_alive():
            time.sleep(0.001)
    go_on.set()
    for thread in threads:
        thread.join(10)
        assert not thread.is_alive()
    return found


def test_a_write_returns_what_it_stored(database: Database) -> None:
    assert database.join(put("Ev1"))
    assert not database.join(put("Ev1"))
    assert keys(database) == ["Ev1"]


def test_writes_that_wait_share_one_transaction_and_a_repeat_among_them_is_known(database: Database) -> None:
    commits: list[Connection] = []
    event.listen(database.engine, "commit", commits.append)
    assert together(database, [put("Ev1"), put("Ev2"), put("Ev1")]) == [True, True, False]
    assert len(commits) == 2, "the one that was under way, and one for the three that waited"
    assert keys(database) == ["Ev1", "Ev2"]


@pytest.mark.parametrize("is_statement", [True, False])
def test_one_that_fails_takes_no_other_with_it(database: Database, is_statement: bool) -> None:
    def broken(conn: Connection) -> None:
        if not is_statement:
            raise LookupError
        conn.exec_driver_sql("INSERT INTO inbox (key) VALUES (NULL)")

    first, failed, last = together(database, [put("Ev1"), broken, put("Ev2")])
    assert (first, last) == (True, True)
    assert failed in (StatementFailed, LookupError)
    assert keys(database) == ["Ev1", "Ev2"]
    assert database.join(put("Ev3"))


def test_nobody_waits_in_vain_while_another_process_writes(tmp_path: Path) -> None:
    """Whoever waits when the store stays locked is told so, and the next write is stored."""
    url = f"sqlite:///{tmp_path}/locked.db"
    ours, theirs = Database.open(url, busy_timeout_ms=200), Database.open(url)
    ours.migrate()
    found: list[object] = []

    def bring(key: str) -> None:
        try:
            found.append(ours.join(put(key)))
        except DatabaseBusy:
            found.append("busy")

    with theirs.write():
        threads = [Thread(target=bring, args=(f"Ev{number}",)) for number in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(10)
    assert found == ["busy"] * 3
    assert ours.join(put("Ev9"))
    assert keys(ours) == ["Ev9"]
    ours.dispose()
    theirs.dispose()


def test_many_threads_store_every_write_once(database: Database) -> None:
    def bring(thread: int) -> None:
        for number in range(20):
            assert database.join(put(f"{thread}-{number}"))

    threads = [Thread(target=bring, args=(thread,)) for thread in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(keys(database)) == 120
