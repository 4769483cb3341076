"""docs/writing-a-plan.md teaches by example: every example is a plan that loads, every code one that exists."""

import re
from pathlib import Path

import pytest

from engine.plans.load import load
from engine.plans.schema import Plan

ROOT = Path(__file__).resolve().parents[3]
GUIDE = (ROOT / "docs/writing-a-plan.md").read_text(encoding="utf-8")
SNIPPETS = re.findall(r"```yaml\n(.*?)```", GUIDE, flags=re.DOTALL)


def test_there_are_examples() -> None:
    assert len(SNIPPETS) >= 6


@pytest.mark.parametrize("text", SNIPPETS, ids=lambda text: text.splitlines()[0])
def test_every_example_loads(text: str) -> None:
    found = load(text, "writing-a-plan.md")
    assert isinstance(found, Plan), found


def test_every_code_it_explains_is_one_the_loader_reports() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "engine/plans").glob("*.py"))
    table = GUIDE.partition("| code | what to do |")[2]
    codes = re.findall(r"`([a-z]+_[a-z]+)`", table)
    assert codes
    assert {code for code in codes if f'"{code}"' not in source} == set()
