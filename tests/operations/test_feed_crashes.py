"""A process that dies at any statement of a sync, and two processes that want the same source."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from store import raw_records
from store import sync as syncs
from store.database import Database
from tests.operations.feed_desk import Desk, deal

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]


def company(desk: Desk) -> Desk:
    """Two people, five deals, three a page."""
    desk.crm.page_size = 3
    desk.staff()
    for number in range(5):
        desk.crm.put("deal", f"d{number}", deal(str(number + 1)))
    return desk


def edits(desk: Desk) -> None:
    """What happens between two syncs: a change, an archived deal, a purged one, a bad one, a new owner's one."""
    desk.passed(minutes=15)
    desk.crm.put("deal", "d0", deal("100"))
    desk.crm.archive("deal", "d1")
    desk.crm.purge("deal", "d2")
    desk.crm.put("deal", "d3", deal("N/A"))
    desk.crm.put("deal", "d9", deal("9", owner="e9"))
    desk.passed(minutes=15)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("which", ["first", "second"])
def test_bug_20_a_process_may_die_at_any_statement(database_url: str, which: str) -> None:
    """Then the next one ends where an undisturbed one would have ended."""
    if which == "second":
        database = Database.open(database_url)
        assert company(Desk(database)).sync().ok
        database.dispose()
    until = 1
    while _dies(database_url, until, which):
        until += 1 if until < 4 else 11
    assert until > 50
    database = Database.open(database_url)
    desk = _desk(database, which)
    desk.passed(minutes=20)
    assert desk.sync().ok
    assert desk.sync("sweep").ok
    first = {f"d{number}": (number + 1) * 100 for number in range(5)}
    second = {"d0": 10_000, "d3": 400, "d4": 500, "d9": 900}
    assert desk.amounts() == (second if which == "second" else first)
    assert desk.waiting() == ({"d3": "amount_unparsable", "d9": "owner_unknown"} if which == "second" else {})
    change = desk.change()
    desk.passed(minutes=20)
    desk.sync()
    assert desk.change() == change
    with database.read() as conn:
        assert not [run for run in syncs.latest_runs(conn) if run.status == "running"]
        known = raw_records.known(conn, "crm", "deal", [f"d{n}" for n in range(10)])
    assert len(known) == (6 if which == "second" else 5)
    database.dispose()


def _desk(database: Database, which: str) -> Desk:
    desk = company(Desk(database))
    if which == "second":
        edits(desk)
    return desk


def _dies(url: str, until: int, which: str) -> bool:
    """Whether a process that syncs dies at that statement or commit; its lease runs out at once."""
    child = os.fork()
    if child == 0:
        _sync_and_die(url, until, which)
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    assert code in (0, 9)
    database = Database.open(url)
    with database.write() as conn:
        conn.exec_driver_sql("UPDATE lease SET holder = '', expires_at = '1970-01-01 00:00:00'")
    database.dispose()
    return code == 9


def _sync_and_die(url: str, until: int, which: str) -> None:
    """Never returns: 9 at the statement, 0 at the end, 1 for anything that should not be."""
    left = until

    def count(*_said: object) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os._exit(9)

    code = 1
    try:
        desk = _desk(Database.open(url), which)
        event.listen(Engine, "before_cursor_execute", count)
        event.listen(Engine, "commit", count)
        desk.sync()
        desk.sync("sweep")
        code = 0
    finally:
        os._exit(code)


HOLDING = """
import sys
from store.database import Database
from tests.operations.feed_desk import Desk
from tests.operations.test_feed_crashes import company

desk = company(Desk(Database.open(sys.argv[1])))

def wait(request):
    if request == 2:
        print("reading", flush=True)
        sys.stdin.readline()

desk.crm.on_request = wait
print(desk.sync().ok, flush=True)
"""


@pytest.fixture
def holder(database_url: str) -> Iterator[subprocess.Popen[str]]:
    """Another process in the middle of syncing the same source."""
    other = subprocess.Popen(
        [sys.executable, "-c", HOLDING, database_url],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    assert other.stdout is not None
    assert other.stdout.readline() == "reading\n"
    yield other
    other.kill()
    other.wait()


def test_two_processes_share_one_lease(database_url: str, holder: subprocess.Popen[str]) -> None:
    database = Database.open(database_url)
    desk = company(Desk(database))
    assert desk.sync().busy
    assert holder.stdin is not None
    assert holder.stdout is not None
    holder.stdin.write("\n")
    holder.stdin.flush()
    assert holder.stdout.readline() == "True\n"
    desk.passed(minutes=15)
    summary = desk.sync()
    assert summary.ok
    assert summary.changed == 0
    assert len(desk.amounts()) == 5
    database.dispose()


def test_who_was_paused_and_replaced_writes_nothing_more(database_url: str, holder: subprocess.Popen[str]) -> None:
    """Its lease ran out, another process took it and finished: the first one's next page is refused."""
    database = Database.open(database_url)
    desk = company(Desk(database))
    desk.passed(minutes=30)
    assert desk.sync().ok
    desk.crm.put("deal", "d0", deal("77"))
    desk.passed(minutes=30)
    desk.sync()
    assert holder.stdin is not None
    assert holder.stdout is not None
    holder.stdin.write("\n")
    holder.stdin.close()
    assert holder.stdout.read() == ""
    holder.wait(timeout=60)
    assert holder.returncode != 0
    assert desk.amounts()["d0"] == 7_700
    database.dispose()
