"""`attain plan test`: run the worked examples beside plan files and say which hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.cli import terminal
from bot.cli.errors import UnsoundError, WrongUseError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from engine.problems import Problem
    from operations.plan_examples import Tried


def run(paths: Iterable[Path], *, verbose: bool) -> None:
    """Run every example found below `paths`.

    Raises:
        UnsoundError: An example fails, or a file cannot be read.
    """
    passed = failed = 0
    for path in _files(paths):
        try:
            results = _tried(path)
        except UnsoundError as error:
            failed += 1
            terminal.failure(str(error))
            continue
        for each in results:
            passed, failed = passed + each.holds, failed + (not each.holds)
            if verbose or not each.holds:
                _tell(path, each)
    terminal.say(f"{passed} passed" + (f", {failed} failed" if failed else ""))
    if failed:
        raise UnsoundError(f"{failed} worked example{'s' * (failed != 1)} failed; what differs is named above.")


def _files(paths: Iterable[Path]) -> list[Path]:
    from operations.plan_examples import SUFFIX

    found: list[Path] = []
    for path in paths:
        beside = path.with_name(path.stem + SUFFIX) if path.suffix in (".yaml", ".yml") else path
        if path.is_dir():
            inside = sorted(path.rglob(f"*{SUFFIX}"))
        else:
            inside = [path] if path.name.endswith(SUFFIX) else [beside] * beside.is_file()
        if not inside:
            raise WrongUseError(f"{path} has no worked examples. Write some in NAME{SUFFIX} beside NAME.yaml.")
        found += inside
    return found


def _tried(path: Path) -> tuple[Tried, ...]:
    from engine.problems import Problem
    from operations.plan_examples import tried

    found = tried(text(path), path.name, lambda name: text(path.parent / name))
    refused = [each for each in found if isinstance(each, Problem)]
    if refused:
        raise UnsoundError("\n".join(line(problem) for problem in refused))
    return tuple(each for each in found if not isinstance(each, Problem))


def _tell(path: Path, each: Tried) -> None:
    label = f"{path.parent.name}/{path.name}: {each.example.name}"
    if each.holds:
        terminal.say(f"{label}: holds")
    for problem in each.problems:
        terminal.failure(f"{label}: {line(problem)}")
    for outcome in each.outcomes:
        if not outcome.holds:
            terminal.failure(f"{label}: {outcome.expectation}: expected {outcome.wanted}, found {outcome.found}")


def text(path: Path) -> str:
    """The text of a file.

    Raises:
        UnsoundError: It is not UTF-8.
        WrongUseError: It cannot be read.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise UnsoundError(f"{path} is not UTF-8 text. Save it as UTF-8 and check again.") from None
    except OSError as error:
        raise WrongUseError(f"{path} cannot be read ({error.strerror}). Check the path.") from None


def line(problem: Problem) -> str:
    """A problem as one line: place, what is wrong, what was found, what is allowed, remedy."""
    parts = [f"{problem.where}: {problem.message}" if problem.where else problem.message]
    parts += [f"Found {problem.found}."] if problem.found else []
    parts += [f"Allowed: {problem.allowed}."] if problem.allowed else []
    return " ".join([*parts, problem.remedy]).strip()
