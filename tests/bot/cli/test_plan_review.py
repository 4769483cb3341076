"""Before a plan is published: what changes, how it reads, what it would have cost, whether its examples hold."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from bot.cli.main import app

if TYPE_CHECKING:
    from pathlib import Path

MAYA = "maya.thompson@larkspur.example"
PLAN = """\
plan: ae
version: 1
effective: 2026-01-01 .. 2027-01-01
currency: USD
components:
  - name: New business
    rate: 8%
"""
EXAMPLES = "examples: [{name: One deal, deals: [{amount: 1_000}], expect: [{pays: 80}]}]\n"


def run(*args: object) -> tuple[int, str]:
    result = CliRunner().invoke(app, [str(arg) for arg in args])
    assert "unexpectedly" not in result.output, result.output
    return result.exit_code, result.output


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    path = tmp_path / "ae.yaml"
    path.write_text(PLAN, encoding="utf-8")
    path.with_name("ae.examples.yaml").write_text(EXAMPLES, encoding="utf-8")
    return path


def test_two_files_are_compared_without_a_database(draft: Path, elsewhere: Path) -> None:
    other = elsewhere / "next.yaml"
    other.write_text(PLAN.replace("8%", "9%"), encoding="utf-8")
    assert run("plan", "diff", draft, other) == (
        0,
        "From ae version 1 to ae version 1:\n- New business: rate 8% -> 9%\n",
    )
    assert run("plan", "diff", draft, draft)[1].endswith("- nothing\n")


def test_published_versions_are_compared_for_everybody_and_for_one_person(larkspur: Path) -> None:
    _, said = run("plan", "diff", "ae-americas@2", "ae-americas@3", "--dir", larkspur)
    assert "- New business, tier from 100%: rate 10% -> 10.5%" in said
    _, own = run("plan", "diff", "ae-americas@2", "ae-americas@3", "--for", MAYA, "--dir", larkspur)
    assert "for Maya Thompson (on the plan" in own
    _, other = run("plan", "diff", "ae-emea@2", "ae-emea@3", "--for", MAYA, "--dir", larkspur)
    assert other == "Nothing changes for Maya Thompson: they are not on ae-emea on any of these days.\n"


def test_a_file_is_explained_with_its_examples(draft: Path, elsewhere: Path) -> None:
    code, said = run("plan", "explain", draft)
    assert code == 0
    assert said.startswith("# ae, version 1\n")
    assert "It pays 8% of the credit." in said
    assert "### One deal\n\n- Deal: 1,000\n\nThen:\n\n- the plan pays 80\n" in said


def test_a_published_plan_is_explained(larkspur: Path) -> None:
    code, said = run("plan", "explain", "account-manager", "--dir", larkspur)
    assert (code, "| From | Up to | Deals | Pays |" in said) == (0, True)


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("explain", "nobody"), "No plan called 'nobody' is published. There are: account-manager"),
        (("explain", "ae-americas@x"), "Write NAME@VERSION"),
        (("explain", "ae-americas@99"), "has no version 99"),
        (("diff", "ae-americas@1", "gone.yaml"), "gone.yaml cannot be read"),
        (("diff", "ae-americas@1", "ae-americas@2", "--for", "no@one.example"), "Nobody has this address"),
        (("simulate", "ae-americas", "--over", "soon"), "is no period"),
    ],
)
def test_what_cannot_be_found_is_said(larkspur: Path, args: tuple[str, ...], words: str) -> None:
    code, said = run("plan", *args, "--dir", larkspur)
    assert code in (1, 2)
    assert words in said


def test_a_draft_is_simulated_over_history(larkspur: Path, tmp_path: Path) -> None:
    table = tmp_path / "impact.csv"
    code, said = run("plan", "simulate", "ae-americas@1", "--over", "FY2027", "--csv", table, "--dir", larkspur)
    assert code == 0
    assert "ae-americas version 1 in place of ae-americas, over FY2027" in said
    assert "Total cost USD" in said
    assert "Those who lose most:" in said
    rows = list(csv.DictReader(table.open(encoding="utf-8")))
    changes = [float(row["change"]) for row in rows]
    assert changes == sorted(changes, reverse=True)
    assert all(round(float(row["draft"]) - float(row["now"]) - float(row["change"]), 2) == 0 for row in rows)
    assert {row["rep"] for row in rows} >= {"Maya Thompson", "Dwayne Carter"}


def test_a_draft_takes_the_place_of_another_plan(larkspur: Path, draft: Path) -> None:
    code, said = run("plan", "simulate", draft, "--over", "FY2027", "--against", "account-manager", "--dir", larkspur)
    assert (code, "ae version 1 in place of account-manager" in said) == (0, True)


def test_publishing_runs_the_examples_beside_the_file(draft: Path, elsewhere: Path, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{elsewhere / 'a.db'}")
    draft.with_name("ae.examples.yaml").write_text(EXAMPLES.replace("80", "81"), encoding="utf-8")
    code, said = run("plan", "publish", draft)
    assert code == 1
    assert "“One deal”: pays: expected 81, found 80" in said
    code, said = run("plan", "publish", draft, "--without-examples", " ")
    assert (code, "needs a reason" in said) == (1, True)
    code, said = run("plan", "publish", draft, "--without-examples", "the publisher rounds up")
    assert (code, "published ae version 1" in said) == (0, True)
    draft.with_name("ae.examples.yaml").write_text(EXAMPLES, encoding="utf-8")
    assert run("plan", "publish", draft)[0] == 0
