"""What if, gap, whynot and bridge in the terminal, over the demo company."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from bot.cli.main import app

if TYPE_CHECKING:
    from pathlib import Path

MAYA = "maya.thompson@larkspur.example"


def run(folder: Path, *args: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, [*args, "--dir", str(folder)])
    assert "unexpectedly" not in result.output, result.output
    return result.exit_code, result.output


def test_the_deals_that_reach_quota_and_what_they_pay(larkspur: Path) -> None:
    code, said = run(larkspur, "gap", MAYA)
    assert code == 0
    assert re.search(r"To the quota bookings: USD [\d,.]+ are missing; one deal does", said)
    receipt = re.search(r"rcp_\w+", said)
    assert receipt
    assert "replays byte for byte: gap" in run(larkspur, "replay", receipt[0])[1]


def test_what_if_a_deal_closes(larkspur: Path) -> None:
    code, said = run(larkspur, "whatif", MAYA, "Brightwater Logistics")
    assert code == 0
    assert "Maya Thompson with 1 open deal closed" in said
    assert re.search(r"all together \+USD [\d,.]+", said)
    assert "which reaches the tier from 100.0%" in said


def test_what_the_next_pay_is_made_of(larkspur: Path) -> None:
    code, said = run(larkspur, "paycheck", MAYA, "--by", "next month")
    assert code == 0
    assert re.search(r"Maya Thompson by \d{4}-\d\d-\d\d: pay of \d{4}-\d\d \(due \d{4}-\d\d-01\)", said)
    assert re.search(r"sure USD [\d,.]+, expected USD [\d,.]+ more", said)
    receipt = re.search(r"rcp_\w+", said)
    assert receipt
    assert "replays byte for byte: paycheck" in run(larkspur, "replay", receipt[0])[1]
    assert run(larkspur, "paycheck", MAYA, "--by", "2020-01-01")[0] != 0


def test_why_an_open_deal_is_not_paid(larkspur: Path) -> None:
    code, said = run(larkspur, "whynot", MAYA, "Brightwater Logistics")
    assert (code, "because this fails: The deal is won (open)" in said) == (0, True)
    assert "[NO] The deal is won (open)" in said


def test_why_pay_changed_and_between_two_receipts(larkspur: Path) -> None:
    code, said = run(larkspur, "bridge", MAYA, "--from", "last month")
    assert code == 0
    assert "sum" in said
    before, after = re.findall(r"rcp_\w+", said)[-2:]
    again = run(larkspur, "bridge", before, after)
    assert (again[0], again[1].splitlines()[0]) == (0, said.splitlines()[0])


@pytest.mark.parametrize(
    ("args", "code", "words"),
    [
        (("gap", "no@one.example"), 2, "Nobody has the address"),
        (("whatif", MAYA, "no such deal at all"), 1, "No open deal of Maya Thompson is called"),
        (("whynot", MAYA, "no such deal at all"), 1, "credits Maya Thompson"),
        (("bridge", "rcp_x"), 2, "compared with another one"),
        (("bridge", MAYA, "rcp_x"), 2, "Write two receipts"),
        (("bridge", MAYA, "--to", "2031-Q1"), 1, "begins on"),
        (("whatif", MAYA, "Brightwater Logistics=much"), 1, "No open deal"),
    ],
)
def test_what_cannot_be_answered_is_said(larkspur: Path, args: tuple[str, ...], code: int, words: str) -> None:
    found, said = run(larkspur, *args)
    assert (found, words in said) == (code, True), said
