"""`attain period`: the pay periods, their state, and the moves from open to paid."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli import place, terminal
from bot.cli.acting import AsOption, acting

if TYPE_CHECKING:
    from engine.period_states import Move
    from operations.context import Context

period = typer.Typer(no_args_is_help=True, help="Review, lock, reopen, pay and export pay periods.")

LabelArgument = Annotated[
    str, typer.Argument(metavar="PERIOD", help='Such as "2026-03" or "Q1 2026".', show_default=False)
]
PaysOption = Annotated[str, typer.Option("--pays", help="Of plans that pay so often: weekly … yearly.")]
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
        _say_blockers(ctx)


def _say_blockers(ctx: Context) -> None:
    """What stands between the period to close and its lock."""
    from bot.cli.alerts import at_risk
    from operations import closing
    from operations.errors import UnknownPeriod

    try:
        found = closing.checklist(ctx)
    except UnknownPeriod:
        return
    steps = [("done" if step.is_done else "to do", step.name, step.detail) for step in found.steps]
    terminal.table(f"Are we done with {found.period.label}?", ("", "step", ""), steps)
    if found.blockers:
        rows = [
            (f"#{one.alert_id}", one.code, one.subject, one.owner or "nobody", at_risk(one.risk))
            for one in found.blockers
        ]
        terminal.table("What holds up the lock", ("alert", "kind", "about", "owner", "at risk"), rows)


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
    from bot.alerts import telling
    from operations import pay_periods
    from operations.ops_alerts import checks

    label, pays = which
    where = place.find(folder)
    with where.context() as nobody:
        ctx = acting(nobody, email)
        if what == "lock":  # what holds it up is looked for now, not when the schedule last did
            checks.check(nobody, telling(where.settings))
        span = pay_periods.find(ctx, pays, label).span
        done = pay_periods.move(ctx, span, what, reason)
        terminal.say(f"{done.label} ({done.span.pays}) is {done.state} now.")
