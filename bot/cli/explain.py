"""`attain explain`: why a figure is what it is, from a receipt, one of its lines, or a deal."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli import place, terminal
from bot.cli.errors import CommandError, WrongUseError

if TYPE_CHECKING:
    from engine.answers import LineExplanation
    from operations.context import Context

RECEIPT = "rcp_"


def explain(
    what: Annotated[
        str,
        typer.Argument(
            metavar="RECEIPT|DEAL", help="A receipt, or a deal's id, name or part of it.", show_default=False
        ),
    ],
    line: Annotated[
        str | None, typer.Argument(metavar="LINE", help="A line of that receipt.", show_default=False)
    ] = None,
    as_of: Annotated[
        str | None, typer.Option("--as-of", metavar="DATE", help="For a deal: seen from this day.")
    ] = None,
    folder: place.DirOption = None,
) -> None:
    """Say why a figure is what it is: the answer behind a receipt, one of its lines, or everything a deal paid."""
    from operations import answers

    what = receipt_id(what)
    with place.find(folder).context(place.day(as_of, "--as-of")) as ctx:
        if not what.startswith(RECEIPT):
            terminal.say("\n\n".join(_of_deal(ctx, what, line)))
        elif line is None:
            _of_receipt(ctx, what)
        else:
            terminal.say(_worded(ctx, answers.line(ctx, what, _number(line))))


def receipt_id(text: str) -> str:
    """The text without blanks around it; as receipts are written, small, where it is one."""
    trimmed = text.strip()
    return trimmed.lower() if trimmed.lower().startswith(RECEIPT) else trimmed


def _number(line: str) -> int:
    if not (line.strip().isascii() and line.strip().isdigit()):
        raise WrongUseError(
            f"LINE {line!r} is not a line number. `attain explain RECEIPT` lists the lines with theirs, from 1."
        )
    return int(line)


def _of_receipt(ctx: Context, receipt_id: str) -> None:
    """The answer as it was given, and its lines with the numbers that name them."""
    from operations.answers import subject_of

    with ctx.db.read() as conn:
        receipt, subject = subject_of(conn, receipt_id)
    said = json.loads(receipt.output)
    plan = said.get("plan")
    terminal.say(f"{receipt.receipt_id}: {receipt.question} of {subject.name}, as of {receipt.as_of}")
    terminal.say(
        f"  plan {plan['name']} version {plan['version']} ({plan['plan_hash'][:12]})" if plan else "  no plan"
    )
    terminal.say(
        f"  facts up to change {receipt.watermark}, inputs {receipt.inputs_hash[:12]}, {receipt.code_version}"
    )
    for problem in said.get("problems", ()):
        terminal.say(f"  problem: {problem['message']} {problem['remedy']}")
    if said.get("quotas"):
        rows = [_quota_row(one) for one in said["quotas"]]
        terminal.table(
            "", ("quota", "period", "to reach", "credit", "left"), rows, right=("to reach", "credit", "left")
        )
    if said.get("lines"):
        rows = [_line_row(one) for one in said["lines"]]
        terminal.table(
            "", ("line", "booked", "deal", "component", "credit", "amount"), rows, right=("credit", "amount")
        )
        terminal.say(f"`attain explain {receipt_id} LINE` explains one of them.")


def _quota_row(one: dict[str, Any]) -> tuple[str, ...]:
    return (one["name"], one["period"]["label"], *(_money(one[key]) for key in ("quota", "credit", "gap")))


def _line_row(one: dict[str, Any]) -> tuple[str, ...]:
    deal = one["deal"]["name"] if one.get("deal") else one["kind"]
    return (
        str(one["line_no"]),
        one["booked_on"],
        deal,
        one["component"],
        _money(one["credit"]),
        _money(one["amount"]),
    )


def _money(said: dict[str, Any]) -> str:
    from engine.money import Money, Quantity

    if "millionths" in said:
        return str(Quantity(said["millionths"], said["unit"]))
    return str(Money(said["minor"], said["currency"]))


def _worded(ctx: Context, explanation: LineExplanation) -> str:
    """The explanation as the bot words it."""
    from messages import views
    from messages.render import render
    from messages.reply import Reply
    from messages.terminal import text

    reader = views.Reader("en-US", "UTC", ctx.now, rep_id=0)  # nobody: the answer names whose pay it is
    return text(render(Reply("line", views.line(explanation, reader))).blocks)


def _of_deal(ctx: Context, what: str, line: str | None) -> list[str]:
    """Every line that the deal has on anybody's statement, explained."""
    from bot.cli.deals import called, lines_of

    if line is not None:
        raise WrongUseError("A line belongs to a receipt: write `attain explain RECEIPT LINE`.")
    found = called(ctx, what)
    told = [_worded(ctx, one) for one in lines_of(ctx, found)]
    if not told:
        raise CommandError(
            f"{found.name.external_id} {found.name.name} is on nobody's statement: its rep has no plan that day, or "
            "no component counts such a deal. `attain calc --all` lists what stands in the way."
        )
    return told
