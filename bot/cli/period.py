"""`attain period`: the pay periods, their state, and the moves from open to paid."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli import place, terminal
from bot.cli.errors import WrongUseError

if TYPE_CHECKING:
    from engine.period_states import Move
    from operations.context import Context

period = typer.Typer(no_args_is_help=True, help="Review, lock, reopen, pay and export pay periods.")

LabelArgument = Annotated[
    str, typer.Argument(metavar="PERIOD", help='Such as "2026-03" or "Q1 2026".', show_default=False)
]
PaysOption = Annotated[str, typer.Option("--pays", help="Of plans that pay monthly, quarterly or yearly.")]
AsOption = Annotated[
    str, typer.Option("--as", metavar="EMAIL", help="Who does it; kept in the audit trail.", show_default=False)
]
ToOption = Annotated[Path, typer.Option("--to", help="The CSV file to write.", show_default=False)]
ReasonOption = Annotated[str, typer.Option("--reason", help="Why; kept in the audit trail.")]


@period.command("status")
def status(
    as_of: Annotated[str | None, typer.Option("--as-of", metavar="DATE", help="Seen from this day.")] = None,
    folder: place.DirOption = None,
) -> None:
    """List the pay periods that have begun, the state each is in, and who moved it there."""
    from operations import pay_periods

    with place.find(folder).context(place.day(as_of, "--as-of")) as ctx:
        rows = []
        for one in pay_periods.listed(ctx):
            last = one.last
            moved = f"{last.move} by {last.actor} on {last.at:%Y-%m-%d}" if last else ""
            days = f"{one.span.start_on} .. {one.span.end_on}"
            rows.append((one.span.pays, one.label, days, one.state, moved, last.reason if last else ""))
        terminal.table("", ("pays", "period", "days", "state", "last move", "reason"), rows)


@period.command("submit")
def submit(
    label: LabelArgument, email: AsOption, pays: PaysOption = "monthly", folder: place.DirOption = None
) -> None:
    """Put a period that has ended up for review: open → review."""
    _move(folder, (label, pays), "submit", email)


@period.command("withdraw")
def withdraw(
    label: LabelArgument, email: AsOption, reason: ReasonOption, pays: PaysOption = "monthly",
    folder: place.DirOption = None,
) -> None:  # fmt: skip
    """Take a period back from review: review → open."""
    _move(folder, (label, pays), "withdraw", email, reason)


@period.command("lock")
def lock(label: LabelArgument, email: AsOption, pays: PaysOption = "monthly", folder: place.DirOption = None) -> None:
    """Approve and lock a period that somebody else submitted: review → locked. Its lines never change again."""
    _move(folder, (label, pays), "lock", email)


@period.command("reopen")
def reopen(
    label: LabelArgument, email: AsOption, reason: ReasonOption, pays: PaysOption = "monthly",
    folder: place.DirOption = None,
) -> None:  # fmt: skip
    """Open a locked period again, as an admin and with a reason: locked → open. A paid one stays as it is."""
    _move(folder, (label, pays), "reopen", email, reason)


@period.command("pay")
def pay(label: LabelArgument, email: AsOption, pays: PaysOption = "monthly", folder: place.DirOption = None) -> None:
    """Note that a locked period was paid: locked → paid."""
    _move(folder, (label, pays), "pay", email)


@period.command("export")
def export(
    label: LabelArgument,
    to: ToOption,
    pays: PaysOption = "monthly",
    folder: place.DirOption = None,
) -> None:
    """Write a locked period as CSV for payroll: one row for each rep and line, and one total for each rep."""
    from operations import pay_periods, payroll

    with place.find(folder).context() as ctx:
        span = pay_periods.find(ctx, pays, label).span
        made = payroll.export(ctx, span)
    to.write_text(made.text, encoding="utf-8", newline="")
    totals = ", ".join(map(str, made.totals)) or "nothing"
    terminal.say(f"{to}: {made.lines} lines of {made.reps} people, {totals} in all; sha256 {made.sha256[:16]}.")


def _move(folder: Path | None, which: tuple[str, str], what: Move, email: str, reason: str = "") -> None:
    from operations import pay_periods

    label, pays = which
    with place.find(folder).context() as nobody:
        ctx = _acting(nobody, email)
        span = pay_periods.find(ctx, pays, label).span
        done = pay_periods.move(ctx, span, what, reason)
        terminal.say(f"{done.label} ({done.span.pays}) is {done.state} now.")


def _acting(ctx: Context, email: str) -> Context:
    """The context with the person who acts.

    Raises:
        WrongUseError: Nobody has that address.
    """
    from store import people

    with ctx.db.read() as conn:
        actor = people.by_email(conn, email)
    if actor is None:
        raise WrongUseError(f"Nobody here has the address {email!r}. Name somebody whom Attain knows.")
    return replace(ctx, actor=actor)
