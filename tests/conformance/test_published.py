"""Published, worked examples of sales pay, each a plan and an examples file: what was printed is what Attain pays.

`published.json` holds the figures as they were printed, with their sources; every one of them has to be expected by
some example of its case, so that none can be left out or bent.
"""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import pytest

from engine.plans import example_files
from engine.plans.example_files import ExampleFile
from engine.plans.numbers import Figure
from engine.problems import Problem
from operations.plan_examples import tried

HERE = Path(__file__).parent
PUBLISHED = {case["id"]: case for case in json.loads((HERE / "published.json").read_text(encoding="utf-8"))}
MEASURES = ("pays", "credits", "rate", "share", "attainment", "quota", "needs")

#: Printed figures that are no pay, credit, rate or quota, and why.
NOT_PAY = {
    ("qammunity-graduated-80000", "shortcut_constant_top_band"): "a constant of the one-line formula",
    **{
        ("siebel-recoverable-draw", f"draw_balance_2002-{month}"): "surplus that was paid: the net less the draw"
        for month in ("01", "02", "05", "06")
    },
}
#: Printed as words: the accelerator pays nothing, so Q3 earns the plain rate.
IN_WORDS = {("excelforum-annual-gate-on-accelerator", "accelerator_applies_in_q3"): Fraction(10_000)}


def suite(case: str) -> tuple[str, ExampleFile]:
    path = HERE / case / "cases.examples.yaml"
    text = path.read_text(encoding="utf-8")
    found = example_files.load(text, path.name)
    assert isinstance(found, ExampleFile), found
    return text, found


@pytest.mark.parametrize("case", sorted(PUBLISHED))
def test_pays_what_was_printed(case: str) -> None:
    text, _ = suite(case)
    results = tried(text, "cases.examples.yaml", lambda name: (HERE / case / name).read_text(encoding="utf-8"))
    for result in results:
        assert not isinstance(result, Problem), result
        wrong = [outcome for outcome in result.outcomes if not outcome.holds]
        assert result.holds, (result.example.name, result.problems, wrong)


@pytest.mark.parametrize("case", sorted(PUBLISHED))
def test_expects_every_printed_figure_as_printed(case: str) -> None:
    _, file = suite(case)
    expected = [each for example in file.examples for each in example.expect if each.figure]
    for name, printed in PUBLISHED[case]["expected"].items():
        if (case, name) in NOT_PAY:
            continue
        wanted = IN_WORDS.get((case, name)) or abs(Fraction(printed))
        given = [getattr(each, what) for each in expected if each.figure == name for what in MEASURES]
        values = [abs(Fraction(each.value)) for each in given if isinstance(each, Figure)]
        assert values, f"no example expects {name}"
        assert all(value == wanted or value * 100 == wanted for value in values), (name, printed, values)


@pytest.mark.parametrize("case", sorted(PUBLISHED))
def test_cites_its_source(case: str) -> None:
    _, file = suite(case)
    assert {(example.id, example.source) for example in file.examples} == {(case, PUBLISHED[case]["source"])}
