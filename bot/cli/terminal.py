"""What a person reads in the terminal: a console for answers, one for everything about them, tables, failures."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rich.console import Console
    from rich.progress import Progress


WIDEST = 240


def out() -> Console:
    """Standard output: the answer itself, nothing else, so that it can be piped."""
    from rich.console import Console

    return Console(highlight=False, soft_wrap=True)


def notes() -> Console:
    """Standard error: progress, remarks and failures."""
    from rich.console import Console

    return Console(stderr=True, highlight=False, soft_wrap=True)


def say(text: str) -> None:
    """One line of an answer, printed as it is: no markup is read in it."""
    out().print(text, markup=False)


def remark(text: str) -> None:
    """One line about the answer, dimmed, on standard error."""
    notes().print(text, style="dim", markup=False)


def failure(text: str) -> None:
    """One line that says what is wrong and what to do, on standard error."""
    notes().print(text, style="red", markup=False)


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[Any]], *, right: Iterable[str] = ()) -> None:
    """A table on standard output; the columns named in `right` are figures."""
    from rich.table import Table
    from rich.text import Text

    figures = set(right)
    drawn = Table(title=Text(title) if title else None, title_justify="left", header_style="bold", box=_box())
    for column in columns:
        drawn.add_column(column, justify="right" if column in figures else "left", overflow="fold")
    for row in rows:
        drawn.add_row(*(Text(str(cell)) for cell in row))
    console = out()
    console.soft_wrap = False
    if not console.is_terminal:  # a file or pipe has no width: there a row is a line, however long
        console.width = WIDEST
    console.print(drawn, no_wrap=not console.is_terminal)


def _box() -> Any:
    from rich import box

    return box.SIMPLE_HEAD


def progress() -> Progress:
    """A progress bar on standard error; it draws nothing where that is no terminal."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    return Progress(
        SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
        console=notes(), transient=True, disable=not sys.stderr.isatty(),
    )  # fmt: skip
