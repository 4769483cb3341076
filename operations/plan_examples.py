"""Worked examples of plan files: read, run, and told apart into those that hold and those that do not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine import worked
from engine.errors import ExampleUnclear
from engine.plans import example_files
from engine.plans.load import load
from engine.plans.schema import Plan
from engine.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.plans.example_files import Example, ExampleFile
    from engine.worked import Outcome

SUFFIX = ".examples.yaml"


@dataclass(frozen=True, slots=True)
class Tried:
    """One example: what it expected beside what was found, or the problems that kept it from being run."""

    example: Example
    outcomes: tuple[Outcome, ...]
    problems: tuple[Problem, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether everything came out as expected."""
        return not self.problems and bool(self.outcomes) and all(outcome.holds for outcome in self.outcomes)


def tried(text: str, filename: str, plan_text: Callable[[str], str]) -> tuple[Tried, ...] | tuple[Problem, ...]:
    """Every example in `text`, run against the plans it names; or the problems of the file itself.

    Args:
        text: The YAML of an examples file.
        filename: Its name, which problems quote; without a `plan:` in it, the plan is that of the same stem.
        plan_text: The text of a plan file by its name, relative to the examples file.
    """
    found = example_files.load(text, filename)
    if isinstance(found, tuple):
        return found
    return tuple(_tried(found, example, filename, plan_text) for example in found.examples)


def _tried(file: ExampleFile, example: Example, filename: str, plan_text: Callable[[str], str]) -> Tried:
    names = example.plan or file.plan or (filename.removesuffix(SUFFIX) + ".yaml",)
    plans: list[Plan] = []
    problems: list[Problem] = []
    for name in names:
        plan = load(plan_text(name), name)
        if isinstance(plan, Plan):
            plans.append(plan)
        else:
            problems += plan
    if problems:
        return Tried(example, (), tuple(problems))
    try:
        return Tried(example, worked.run(example, tuple(plans)))
    except ExampleUnclear as fault:
        remedy = "Correct the example and run it again."
        return Tried(example, (), (Problem("example_unclear", str(fault), remedy, filename),))
