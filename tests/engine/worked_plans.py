"""Plans and worked examples in the words of a plan's author, run and explained line by line."""

from __future__ import annotations

from textwrap import dedent, indent

from engine.commission import calculate
from engine.plans import example_files
from engine.plans.example_files import ExampleFile
from engine.plans.load import load
from engine.plans.schema import Plan
from engine.statements import explain
from engine.worked import run
from engine.worked_facts import Cast, facts_of

HEAD = "plan: p\nversion: 1\neffective: 2026-01-01 .. 2027-01-01\ncurrency: USD\n"


def plan_of(body: str, head: str = HEAD) -> Plan:
    """The plan with that body."""
    found = load(head + dedent(body), "p.yaml")
    assert isinstance(found, Plan), found
    return found


def refused(body: str, head: str = HEAD) -> list[tuple[str, str]]:
    """Why the plan with that body is refused: code and where."""
    found = load(head + dedent(body), "p.yaml")
    assert not isinstance(found, Plan)
    return [(problem.code, problem.where) for problem in found]


def holds(plan: Plan, examples: str) -> None:
    """Every expectation of the examples holds, and every line is explained by pieces that sum to it."""
    text = "plan: p.yaml\nexamples:\n" + indent(dedent(examples).strip("\n"), "  ") + "\n"
    file = example_files.load(text, "p.examples.yaml")
    assert isinstance(file, ExampleFile), file
    for example in file.examples:
        wrong = [each for each in run(example, (plan,)) if not each.holds]
        assert not wrong, (example.name, wrong)
        cast = Cast(example, (plan,))
        facts = facts_of(cast)
        calc = calculate(facts, (plan,), cast.as_of)
        for rep_id, line_no, amount in calc.lines[["rep_id", "line_no", "amount_cents"]].itertuples(index=False):
            told = explain(calc, facts, int(rep_id), int(line_no), {})
            assert sum(piece.amount.minor for piece in told.slices) + told.rerated.minor == amount
