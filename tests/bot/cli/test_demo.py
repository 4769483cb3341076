"""`attain demo`: from nothing to an answer that a rep can trust, and the same again."""

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli.main import app
from bot.demo.story import DIRTY


def test_it_ends_with_the_quota_of_a_rep_and_a_receipt(seeding: tuple[Path, str]) -> None:
    printed = seeding[1]
    assert "Larkspur Systems on 21 November 2026: 44 reps" in printed
    assert '$ attain ask --as maya.thompson@larkspur.example "/myquota"' in printed
    assert "to go" in printed
    assert re.search(r"receipt rcp_[a-z2-7]{16}", printed)


def test_every_planned_dirty_row_waits_with_its_reason(seeding: tuple[Path, str]) -> None:
    printed = seeding[1]
    waiting = printed.partition("rows wait in quarantine")[2].partition("Calculated")[0]
    found = set(re.findall(r"  ([a-z]+_[a-z_]+)$", waiting, flags=re.MULTILINE))
    assert found == set(DIRTY.values())
    assert "Foxglove Freight" in waiting
    assert "E-contractor-7" in waiting


def test_each_plan_pays_and_what_stands_in_the_way_is_said(seeding: tuple[Path, str]) -> None:
    printed = seeding[1].partition("Calculated")[2]
    for plan in ("ae-americas", "ae-emea", "account-manager"):
        assert plan in printed
    assert "Matthias Gruber: " in printed
    assert "Lucille Arceneaux: " in printed


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


@pytest.mark.parametrize("day", ["yesterday", "2026-02-30", "21.11.2026"])
def test_a_day_that_is_none_is_a_wrong_use(elsewhere: Path, day: str) -> None:
    result = CliRunner().invoke(app, ["demo", "--dir", "d", "--no-serve", "--today", day])
    assert result.exit_code == 2
    assert "YYYY-MM-DD" in result.stderr
    assert not (elsewhere / "d").exists()
