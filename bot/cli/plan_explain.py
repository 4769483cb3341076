"""`attain plan explain`: a plan as prose with its worked examples, in Markdown for the wiki."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from bot.cli import place, plan_diff, plan_examples, plan_source, terminal
from bot.cli.errors import UnsoundError

if TYPE_CHECKING:
    from engine.plans.example_files import ExampleFile


def explain(what: plan_diff.PlanArgument, folder: place.DirOption = None) -> None:
    """Tell a plan as prose: who is credited, how each component pays, how it is paid out, and its worked examples."""
    from messages import plan_prose

    if plan_source.is_file(what):
        told = plan_prose.plan(plan_source.from_file(what), _examples(Path(what)))
    else:
        with place.find(folder).context() as ctx:
            told = plan_prose.plan(plan_source.find(ctx, what))
    terminal.say(told.rstrip("\n"))


def _examples(path: Path) -> ExampleFile | None:
    """The examples beside the plan file; None where there are none."""
    from engine.plans import example_files
    from engine.plans.example_files import ExampleFile as Read
    from operations.plan_examples import SUFFIX

    beside = path.with_name(path.stem + SUFFIX)
    if not beside.is_file():
        return None
    found = example_files.load(plan_examples.text(beside), beside.name)
    if isinstance(found, Read):
        return found
    raise UnsoundError("\n".join(plan_examples.line(problem) for problem in found))
