"""`attain demo`: from nothing to an answer that a rep can trust, and the same again."""

import json
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

import pytest
from typer.testing import CliRunner

from bot.cli.main import app
from bot.demo.story import DIRTY


def test_it_ends_with_the_quota_of_a_rep_and_a_receipt(seeding: tuple[Path, str]) -> None:
    printed = seeding[1]
    assert "Larkspur Systems on 21 November 2026: 44 reps" in printed
    assert f'$ attain ask --dir {seeding[0]} --as maya.thompson@larkspur.example "/myquota"' in printed
    assert "to go" in printed
    assert re.search(r"receipt rcp_[a-z2-7]{16}", printed)


def test_every_planned_dirty_row_waits_with_its_reason(seeding: tuple[Path, str]) -> None:
    printed = seeding[1]
    waiting = printed.partition("rows wait in quarantine")[2].partition("Calculated")[0]
    found = set(re.findall(r"  ([a-z]+_[a-z_]+)$", waiting, flags=re.MULTILINE))
    assert found == set(DIRTY.values())
    assert "Foxglove Freight" in waiting
    assert "7007, whom no source knows yet" in waiting


def test_each_plan_pays_and_what_stands_in_the_way_is_said(seeding: tuple[Path, str]) -> None:
    printed = seeding[1].partition("Calculated")[2]
    for plan in ("ae-americas", "ae-emea", "account-manager"):
        assert plan in printed
    assert "Matthias Gruber: " in printed
    assert "Lucille Arceneaux: " in printed


@pytest.mark.soak
def test_again_it_goes_on_with_the_company_that_is_there(elsewhere: Path) -> None:
    arguments = ["demo", "--dir", "d", "--no-serve", "--today", "2026-11-21"]
    first = CliRunner().invoke(app, arguments)
    assert first.exit_code == 0, first.output
    files = {path: path.read_bytes() for path in (elsewhere / "d/sources").iterdir()}
    second = CliRunner().invoke(app, ["demo", "--dir", "d", "--no-serve"])
    assert second.exit_code == 0, second.output
    assert {path: path.read_bytes() for path in (elsewhere / "d/sources").iterdir()} == files
    assert "nothing to calculate" in second.output
    other = CliRunner().invoke(app, ["demo", "--dir", "d", "--no-serve", "--today", "2026-12-24"])
    assert other.exit_code == 2
    assert "--reset" in other.stderr
    anew = CliRunner().invoke(app, ["demo", "--dir", "d", "--no-serve", "--today", "2026-12-24", "--reset"])
    assert anew.exit_code == 0, anew.output
    assert "24 December 2026" in anew.output


def test_it_never_touches_a_database_that_is_not_its_own(elsewhere: Path) -> None:
    mine = elsewhere / "mine"
    mine.mkdir()
    (mine / "attain.db").write_bytes(b"precious")
    (mine / "notes.txt").write_text("keep", encoding="utf-8")
    result = CliRunner().invoke(app, ["demo", "--dir", "mine", "--no-serve"])
    assert result.exit_code == 2
    assert "not a demo's" in result.stderr
    assert (mine / "attain.db").read_bytes() == b"precious"


@pytest.mark.parametrize("day", ["yesterday", "2026-02-30", "21.11.2026", "0001-01-01", "9999-12-31"])
def test_a_day_that_is_none_is_a_wrong_use(elsewhere: Path, day: str) -> None:
    result = CliRunner().invoke(app, ["demo", "--dir", "d", "--no-serve", "--today", day])
    assert result.exit_code == 2
    assert "YYYY-MM-DD" in result.stderr
    assert not (elsewhere / "d").exists()


def test_a_damaged_company_or_database_is_one_sentence(elsewhere: Path) -> None:
    folder = elsewhere / "d"
    folder.mkdir()
    (folder / "attain.db").write_bytes(b"this is no database, whatever its name says")
    (folder / "company.json").write_text('{"seed": 1, "today": "2026-11-21", "pinned": true}', encoding="utf-8")
    for damage in (None, "{", '{"seed": "x"}'):
        if damage:
            (folder / "company.json").write_text(damage, encoding="utf-8")
        result = CliRunner().invoke(app, ["ask", "--dir", "d", "--as", "maya@larkspur.example", "/myquota"])
        assert result.exit_code == 1
        assert result.stderr.count("\n") == 1
        assert "unexpectedly" not in result.stderr


def test_a_taken_port_is_said(larkspur: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        result = CliRunner().invoke(app, ["sandbox", "--dir", str(larkspur), "--port", port])
    assert result.exit_code == 1
    assert port in result.stderr
    assert "--port" in result.stderr


def test_the_page_is_served_and_its_address_printed(larkspur: Path) -> None:
    command = [sys.executable, "-u", "-m", "bot.cli", "demo", "--dir", str(larkspur), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        assert process.stdout is not None
        try:
            address = next(line.split()[-1] for line in process.stdout if line.startswith("Attain sandbox: "))
            with urlopen(f"{address}/ui/state", timeout=10) as answer:  # noqa: S310 - our own loopback address
                state = json.load(answer)
        finally:
            process.send_signal(signal.SIGTERM)  # SIGINT is ignored where a shell put us in the background
            code = process.wait(20)
    assert state["workspace"]["name"] == "Larkspur Systems"
    assert state["me"]["email"] == "maya.thompson@larkspur.example"
    assert code == 0
