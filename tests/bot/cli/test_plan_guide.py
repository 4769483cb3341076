"""docs/writing-a-plan.md teaches by example: every example is a plan that loads, every code one that exists."""

import re
from pathlib import Path

import pytest

from engine.plans.load import load
from engine.plans.schema import Plan
from operations.plan_examples import Tried, tried

ROOT = Path(__file__).resolve().parents[3]
GUIDE = (ROOT / "docs/writing-a-plan.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```yaml\n(.*?)```", GUIDE, flags=re.DOTALL)
SNIPPETS = [block for block in BLOCKS if not block.startswith("examples:")]
NAMED = {re.findall(r"plan: (\S+)", text)[0]: text for text in SNIPPETS}
#: Examples belong to the plan before them; the first ones say which plan they mean.
EXAMPLES = [
    ("ae-americas" if number == 0 else re.findall(r"plan: (\S+)", BLOCKS[at - 1])[0], block)
    for number, (at, block) in enumerate((at, b) for at, b in enumerate(BLOCKS) if b.startswith("examples:"))
]


def test_there_are_examples() -> None:
    assert len(SNIPPETS) >= 6


@pytest.mark.parametrize("text", SNIPPETS, ids=lambda text: text.splitlines()[0])
def test_every_example_loads(text: str) -> None:
    found = load(text, "writing-a-plan.md")
    assert isinstance(found, Plan), found


@pytest.mark.parametrize(("plan", "text"), EXAMPLES, ids=[name for name, _ in EXAMPLES])
def test_every_worked_example_holds(plan: str, text: str) -> None:
    for each in tried(text, f"{plan}.examples.yaml", lambda name: NAMED[name.removesuffix(".yaml")]):
        assert isinstance(each, Tried), each
        assert each.holds, (each.problems, [outcome for outcome in each.outcomes if not outcome.holds])


def test_every_code_it_explains_is_one_the_loader_reports() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "engine/plans").glob("*.py"))
    table = GUIDE.partition("| code | what to do |")[2]
    codes = re.findall(r"`([a-z]+_[a-z]+)`", table)
    assert codes
    assert {code for code in codes if f'"{code}"' not in source} == set()
