"""A plan as prose: every key of the language has its sentence, and worked examples are told with their outcome."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.plans import example_files
from engine.plans.example_files import ExampleFile
from engine.plans.load import load
from engine.plans.schema import Plan
from messages.plan_prose import plan
from tests.engine.plan_variants import by_field, everything, language

VARIANTS = by_field(everything())
GOLDEN = Path(__file__).parent / "golden" / "plan_everything.md"
SMALL = """\
plan: ae
version: 2
effective: 2026-01-01 .. 2027-01-01
currency: EUR
description: Account executives.
components:
  - name: New business
    measure: {where: {type: [new, expansion]}}
    quota: bookings
    accumulate: quarter
    table: {by: attainment, behaviour: marginal, tiers: [{from: 0%, rate: 8%}, {from: 100%, rate: 12%}]}
"""
EXAMPLES = """\
examples:
  - name: Half beyond quota
    note: The second half is paid at the better rate.
    quotas: [{amount: 100_000}]
    deals:
      - {id: big, on: 2026-02-01, amount: 150_000, product: Platform}
    expect:
      - {pays: 14_000}
      - {deal: big, tier: 100%, pays: 6_000}
      - {component: New business, attainment: 150%}
"""


def small() -> Plan:
    found = load(SMALL, "ae.yaml")
    assert isinstance(found, Plan)
    return found


def worked() -> ExampleFile:
    found = example_files.load(EXAMPLES, "ae.examples.yaml")
    assert isinstance(found, ExampleFile)
    return found


@pytest.mark.parametrize("field", sorted(VARIANTS))
def test_every_key_of_the_language_is_told(field: str) -> None:
    """Each value of each key changes what is read, wherever in the plan the key means something."""
    told: dict[str, bool] = {}
    for variant in VARIANTS[field]:
        changed = plan(variant.plan) != plan(variant.base)
        told[repr(variant.value)] = told.get(repr(variant.value), False) or changed
    assert all(told.values()), told


def test_every_key_of_the_language_is_tried() -> None:
    assert language() - set(VARIANTS) == {"DealFilter.stage"}  # only won deals are ever credited: it is always said


def test_a_plan_reads_as_sentences() -> None:
    text = plan(small())
    assert text.startswith("# ae, version 2\n\nAccount executives.\n")
    assert "In force from 1 January 2026 to 31 December 2026" in text
    assert "It counts the **amount** of won deals of type new or expansion." in text
    assert "Credit adds up over the quarter and then starts again at 0." in text
    assert "| From | Up to | Pays |\n| --- | --- | --- |\n| 0% | 100% | 8% |\n| 100% | and beyond | 12% |" in text
    assert "Worked examples" not in text


def test_worked_examples_are_told_with_facts_and_outcome() -> None:
    text = plan(small(), worked())
    assert "### Half beyond quota\n\nThe second half is paid at the better rate.\n" in text
    assert "- Deal: 150,000, big, on 1 February 2026, product Platform" in text
    assert "- Quota: 100,000" in text
    assert "- the plan pays 14,000" in text
    assert "- big, tier from 100% pays 6,000" in text
    assert "- New business has an attainment of 150%" in text


def test_the_plan_with_everything_reads_as_reviewed() -> None:
    assert plan(everything()) == GOLDEN.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", sorted(Path("tests/conformance").glob("*/*.yaml")), ids=str)
def test_every_published_case_can_be_told(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    if path.name.endswith(".examples.yaml"):
        examples = example_files.load(text, path.name)
        assert isinstance(examples, ExampleFile)
        told = plan(small(), examples)
        assert all(one.name in told for one in examples.examples)
    else:
        found = load(text, path.name)
        assert isinstance(found, Plan), found
        told = plan(found)
        assert all(f"### {component.name}" in told for component in found.components)
    assert "object at" not in told
    assert "None" not in told.split()
