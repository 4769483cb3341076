"""`attain sync status` and `attain sync quarantine` on a small company that was synced from an API."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from bot.cli.main import app
from connectors.errors import Transient
from operations import quarantined
from store import hints
from store.database import Database
from tests.operations.feed_desk import Desk, deal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def run(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, list(arguments))
    assert "Traceback" not in result.output
    return result.exit_code, result.stdout, result.stderr


@pytest.fixture
def desk(elsewhere: Path) -> Iterator[Desk]:
    """Three deals, one of them unreadable and one of somebody unknown, where the command line looks."""
    db = Database.open(f"sqlite:///{elsewhere / 'attain.db'}")
    db.migrate()
    desk = Desk(db)
    desk.staff()
    desk.crm.put("deal", "d1", deal("1"))
    desk.crm.put("deal", "=d2", deal("=1+1", name="=cmd()"))
    desk.crm.put("deal", "d3", deal("3", owner="e9"))
    yield desk
    db.dispose()


def test_status_says_how_every_kind_stands(desk: Desk) -> None:
    assert "Nothing was ever synced" in run("sync", "status")[1]
    desk.sync()
    desk.passed(minutes=15)
    desk.crm.failures[desk.crm.requests + 2] = Transient("The service is busy (status 503)")
    desk.sync()
    code, out, err = run("sync", "status")
    assert code == 0
    lines = {line.split()[1]: line for line in out.splitlines() if line.strip().startswith("crm")}
    assert "incremental" in lines["deal"]
    assert "failed" in lines["deal"]
    assert "2026-03-02 09:00:00 UTC" in lines["deal"]
    assert lines["deal"].rstrip().endswith("2")
    assert "2026-03-02 09:15:00 UTC" in lines["person"]
    assert "stale" in lines["person"], "months have passed since"
    assert "crm deal: Transient" in err


def test_what_waits_is_listed_with_reason_and_remedy(desk: Desk) -> None:
    assert quarantined.listed(desk.context()) == ()
    assert "Nothing waits" in run("sync", "quarantine", "list")[1]
    desk.sync()
    out = run("sync", "quarantine", "list")[1]
    assert "amount_unparsable" in out
    assert "owner_unknown" in out
    assert "owner_unknown" not in run("sync", "quarantine", "list", "--kind", "person")[1]


def test_the_export_runs_nothing_in_a_spreadsheet(desk: Desk, elsewhere: Path) -> None:
    desk.sync()
    printed = run("sync", "quarantine", "export")[1]
    file = elsewhere / "waiting.csv"
    assert run("sync", "quarantine", "export", "--to", str(file))[0] == 0
    rows = list(csv.DictReader(io.StringIO(file.read_bytes().decode(), newline="")))
    assert rows == list(csv.DictReader(io.StringIO(printed)))
    assert {row["code"]: row["name"] for row in rows} == {"amount_unparsable": "'=cmd()", "owner_unknown": "d3"}
    assert not any(value.startswith(("=", "+", "-", "@")) for row in rows for value in row.values())


def test_a_retry_reads_the_records_by_id_and_heals_what_is_right_by_now(desk: Desk) -> None:
    """Mended without a new stamp, as a calculated field is: no window would show it before the next sweep."""
    desk.sync()
    desk.passed(minutes=30)
    desk.sync()
    desk.crm.put("deal", "=d2", deal("2", name="=cmd()"), quiet=True)
    desk.passed(minutes=15)
    desk.sync()
    assert set(desk.waiting()) == {"=d2", "d3"}
    code, out, _ = run("sync", "quarantine", "retry")
    assert code == 0
    assert "1 records are read again" in out
    assert "1 rows wait only for their owner" in out
    desk.passed(minutes=15)
    desk.sync()
    assert set(desk.waiting()) == {"d3"}
    assert desk.amounts()["=d2"] == 200
    with desk.db.read() as conn:
        assert hints.pending(conn, "crm", "deal") == []


def test_a_retry_of_what_is_still_wrong_keeps_waiting_since_when_it_did(desk: Desk) -> None:
    desk.sync()
    (before,) = [one for one in quarantined.listed(desk.context()) if one.code == "amount_unparsable"]
    assert quarantined.retry(desk.context()).again == 1
    desk.passed(minutes=15)
    desk.sync()
    (after,) = [one for one in quarantined.listed(desk.context()) if one.code == "amount_unparsable"]
    assert after.first_seen == before.first_seen
    assert after.last_seen > before.last_seen
