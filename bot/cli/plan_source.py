"""A plan named on the command line: a file, or a published version."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from bot.cli import plan_examples
from bot.cli.errors import UnsoundError, WrongUseError

if TYPE_CHECKING:
    from engine.plans.schema import Plan
    from operations.context import Context

SUFFIXES = (".yaml", ".yml")
VERSION = "@"


def is_file(what: str) -> bool:
    """Whether it names a file rather than a published plan."""
    return what.endswith(SUFFIXES) or Path(what).is_file()


def from_file(what: str) -> Plan:
    """The plan in a file.

    Raises:
        WrongUseError: The file cannot be read.
        UnsoundError: It has problems; all of them are named.
    """
    from engine.plans.load import load
    from engine.plans.schema import Plan as Read

    path = Path(what)
    found = load(plan_examples.text(path), path.name)
    if isinstance(found, Read):
        return found
    raise UnsoundError("\n".join(plan_examples.line(problem) for problem in found))


def find(ctx: Context | None, what: str) -> Plan:
    """The plan in a file, or the published one that NAME or NAME@VERSION means.

    Raises:
        WrongUseError: What stands behind the @ is no number.
        PlanUnknown: No such plan is published.
    """
    from operations import plans

    if is_file(what) or ctx is None:
        return from_file(what)
    name, _, version = what.partition(VERSION)
    if version and not (version.isascii() and version.isdigit()):
        raise WrongUseError(f"{what!r}: {version!r} is no version. Write NAME@VERSION, for example ae-americas@2.")
    return plans.named(ctx, name, int(version) if version else None)
