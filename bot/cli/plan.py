"""`attain plan`: check plan files, compare, explain, test, simulate and publish them, and print their schema."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli import place, plan_diff, plan_examples, plan_explain, plan_simulate, terminal
from bot.cli.errors import UnsoundError, WrongUseError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from engine.plans.schema import Plan
    from operations.plans import Proof

plan = typer.Typer(no_args_is_help=True, help="Check, compare, explain, test, simulate and publish plans.")
plan.command("diff")(plan_diff.diff)
plan.command("explain")(plan_explain.explain)
plan.command("simulate")(plan_simulate.simulate)

FilesArgument = Annotated[
    list[Path], typer.Argument(help="Plan files, or folders of them.", metavar="FILE…", show_default=False)
]


@plan.command("check")
def check(files: FilesArgument) -> None:
    """Say whether plan files hold; every problem is listed with file, line, key and remedy.

    The exit code is 0 when all hold and 1 when one does not. Nothing is stored.
    """
    from engine.plans.load import load
    from engine.plans.schema import Plan as Read

    wrong = 0
    for path in _expand(files):
        try:
            found = load(plan_examples.text(path), path.name)
        except UnsoundError as error:
            wrong += 1
            terminal.failure(str(error))
            continue
        if isinstance(found, Read):
            terminal.say(f"{path.name}: {_summary(found)}")
        else:
            wrong += len(found)
            for problem in found:
                terminal.failure(plan_examples.line(problem))
    if wrong:
        raise UnsoundError(f"{wrong} problem{'s' * (wrong != 1)} found. Mend what is named above and check again.")


@plan.command("test")
def run_examples(
    files: FilesArgument,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Name the examples that hold, too.")] = False,
) -> None:
    """Run the worked examples beside plan files: NAME.examples.yaml beside NAME.yaml, or all in a folder."""
    plan_examples.run(files, verbose=verbose)


@plan.command("schema")
def schema() -> None:
    """Print the JSON Schema of plan files; point your editor at it and it completes keys and marks mistakes."""
    import json

    from engine.plans.load import json_schema

    terminal.say(json.dumps(json_schema(), indent=2, ensure_ascii=False))


@plan.command("publish")
def publish(
    files: FilesArgument,
    without_examples: Annotated[
        str | None,
        typer.Option("--without-examples", metavar="REASON", help="Do not run the worked examples; on record."),
    ] = None,
    into_locked: Annotated[
        str | None,
        typer.Option("--into-locked", metavar="REASON", help="Reach into locked periods by corrections; on record."),
    ] = None,
    folder: place.DirOption = None,
) -> None:
    """Store plan files as the versions in force; a version that is published already is left as it is.

    The worked examples in NAME.examples.yaml beside NAME.yaml are run first, and one that fails keeps the plan from
    being published. Published versions never change: give the next one a higher number.
    """
    from operations import plans

    with place.find(folder).context(create=True) as ctx:
        for path in _expand(files):
            proof = _proof(path, without_examples, into_locked)
            published = plans.publish(ctx, plan_examples.text(path), path.name, proof)
            terminal.say(f"{path.name}: published {_summary(published)}")


def _proof(path: Path, without: str | None, into_locked: str | None) -> Proof:
    """The worked examples beside a plan file, and the reasons that go on record."""
    from operations.plan_examples import SUFFIX
    from operations.plans import Proof as Beside

    beside = path.with_name(path.stem + SUFFIX)
    text = plan_examples.text(beside) if beside.is_file() and without is None else ""
    return Beside(text, beside.name, lambda name: plan_examples.text(path.parent / name), without, into_locked)


def _expand(files: Iterable[Path]) -> list[Path]:
    """The files, with each folder replaced by the YAML files in it, in the order of their names."""
    found: list[Path] = []
    for path in files:
        inside = sorted(_plan_files(path)) if path.is_dir() else [path]
        if not inside:
            raise WrongUseError(f"{path} holds no YAML file. Name a plan file or a folder with some.")
        found += inside
    return found


def _plan_files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.glob("*.y*ml") if not path.name.endswith(".examples.yaml"))


def _summary(found: Plan) -> str:
    span = f"{found.effective.start_on} .. {found.effective.end_on}"
    names = ", ".join(component.name for component in found.components)
    return f"{found.name} version {found.version}, {span}, {found.currency}: {names}"
