"""`attain calc`: calculate everybody whose facts changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli import place, terminal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.problems import Problem
    from operations.context import Context

MOST_PROBLEMS = 20


def calc(
    everybody: Annotated[bool, typer.Option("--all", help="Everybody, not only those whose facts changed.")] = False,
    as_of: Annotated[
        str | None, typer.Option("--as-of", metavar="DATE", help="Count deals up to this day \\[default: today].")
    ] = None,
    folder: place.DirOption = None,
) -> None:
    """Calculate everybody whose facts changed since their last calculation and publish their statements."""
    from store import runs

    with place.find(folder).context(place.day(as_of, "--as-of")) as ctx:
        if everybody:
            with ctx.db.write() as conn:
                runs.mark_all_stale(conn)
        recalculate(ctx)


def recalculate(ctx: Context) -> None:
    """Calculate whoever is stale and print what each plan paid, and what stood in the way."""
    from operations.recalculate import drain

    done = drain(ctx)
    if not done.reps:
        terminal.say("Nobody's facts changed: nothing to calculate.")
        return
    rows = [(one.plan, f"{one.reps:,}", f"{one.lines:,}", str(one.amount)) for one in done.totals]
    terminal.table(
        f"Calculated {done.reps:,} people, {done.lines:,} lines",
        ("plan", "reps", "lines", "earned in all"),
        rows,
        right=("reps", "lines", "earned in all"),
    )
    _show_problems(ctx, done.problems)


def _show_problems(ctx: Context, problems: Sequence[Problem]) -> None:
    """One line per person and kind of problem; the same again is counted, not repeated."""
    from store import people

    alike: dict[tuple[int | None, str], list[Problem]] = {}
    for problem in problems:
        alike.setdefault((problem.rep_id, problem.code), []).append(problem)
    with ctx.db.read() as conn:
        known = {one.rep_id: one.name for one in people.all(conn)} if alike else {}
    for (rep_id, _), found in list(alike.items())[:MOST_PROBLEMS]:
        who = known.get(rep_id or 0, found[0].where)
        more = f" ({len(found) - 1} more like it)" if len(found) > 1 else ""
        terminal.say(f"! {who}: {found[0].message} {found[0].remedy}{more}")
    if len(alike) > MOST_PROBLEMS:
        terminal.say(f"! and {len(alike) - MOST_PROBLEMS} more kinds of problems")
