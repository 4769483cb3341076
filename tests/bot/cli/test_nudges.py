"""`attain nudges` over the demo company: who is due what, a week replayed, and what somebody wants."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from bot.cli.main import app

if TYPE_CHECKING:
    from pathlib import Path

MAYA = "maya.thompson@larkspur.example"


def run(folder: Path, *args: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["nudges", *args, "--dir", str(folder)])
    assert "unexpectedly" not in result.output, result.output
    return result.exit_code, result.output


def test_who_is_due_what(larkspur: Path) -> None:
    code, said = run(larkspur, "due", "--json")
    rows = [json.loads(line) for line in said.splitlines()]
    assert code == 0
    assert {"near_tier", "behind_pace"} <= {row["kind"] for row in rows}
    assert MAYA in {row["to"] for row in rows if row["kind"] == "near_tier"}
    assert "N2" in run(larkspur, "due")[1]


def test_a_week_is_replayed_alike_and_within_the_budget(larkspur: Path) -> None:
    code, said = run(larkspur, "simulate", "--days", "7", "--json")
    rows = [json.loads(line) for line in said.splitlines()]
    assert code == 0
    sent = [row for row in rows if row["what"] == "sent"]
    assert 5 < len(sent) < 100, "some, and no flood"
    assert all(row["reason"] for row in rows if row["what"] == "suppressed")
    a_day = [(row["to"], row["at"][:10]) for row in sent]
    assert max(map(a_day.count, a_day)) <= 2
    code, shown = run(larkspur, "simulate", "--days", "7")
    assert f"{len(sent)} direct messages" in shown


def test_what_was_not_sent_is_listed(larkspur: Path) -> None:
    code, said = run(larkspur, "unsent")
    assert (code, "because" in said or "Nothing was held back" in said) == (0, True)


def test_what_somebody_wants(larkspur: Path) -> None:
    code, said = run(larkspur, "prefs", MAYA)
    assert code == 0
    assert "08:30 to 17:30, Mon Tue Wed Thu Fri" in said
    assert "Muted: nothing." in said


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("simulate", "--days", "0"), "Write 1 to 400"),
        (("simulate", "--clicks", "101"), "Write 0 to 100"),
        (("prefs", "no@one.example"), "Nobody has the address"),
    ],
)
def test_a_wrong_use_says_what_is_right(larkspur: Path, args: tuple[str, ...], words: str) -> None:
    code, said = run(larkspur, *args)
    assert (code, words in said) == (2, True), said
