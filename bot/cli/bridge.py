"""`attain bridge`: why pay changed from one statement to another."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli import outlook, place, terminal
from bot.cli.errors import WrongUseError
from bot.cli.explain import RECEIPT, receipt_id

if TYPE_CHECKING:
    from engine.bridge import Step
    from engine.outlook import BridgeAnswer
    from operations.context import Context

CAUSES = {
    "new_deal": "new deal",
    "gone_deal": "deal is gone",
    "credit": "counts another amount",
    "rate": "pays at another rate",
    "kind": "",
}


def bridge(
    what: Annotated[
        str, typer.Argument(metavar="EMAIL|RECEIPT", help="The rep, or the earlier receipt.", show_default=False)
    ],
    other: Annotated[
        str | None, typer.Argument(metavar="RECEIPT", help="The later receipt.", show_default=False)
    ] = None,
    since: Annotated[
        str | None, typer.Option("--from", metavar="PERIOD", help="The earlier period \\[default: the one before].")
    ] = None,
    until: Annotated[
        str | None, typer.Option("--to", metavar="PERIOD", help="The later period \\[default: this one].")
    ] = None,
    as_of: outlook.AsOfOption = None,
    folder: place.DirOption = None,
) -> None:
    """Say why pay changed, between two receipts or between two periods of a rep: steps that sum exactly."""
    with place.find(folder).context(place.day(as_of, "--as-of")) as ctx:
        _show(_answer(ctx, receipt_id(what), other, (since, until)))


def _answer(ctx: Context, what: str, other: str | None, spans: tuple[str | None, str | None]) -> BridgeAnswer:
    from operations import bridges

    if not what.startswith(RECEIPT):
        if other is not None:
            raise WrongUseError("Write two receipts, or one EMAIL with --from and --to.")
        return bridges.between_periods(ctx, outlook.rep(ctx, what), *spans)
    if other is None or spans != (None, None):
        raise WrongUseError("A receipt is compared with another one: `attain bridge RECEIPT RECEIPT`.")
    return bridges.between_receipts(ctx, what, receipt_id(other))


def _show(answer: BridgeAnswer) -> None:
    found = answer.bridge
    change = found.after - found.before
    before, after = outlook.paid([found.before]), outlook.paid([found.after])
    terminal.say(
        f"{answer.rep.name}: {before} in {answer.before.label}, {after} in {answer.after.label}: "
        f"{outlook.gained([change]) if change else 'no change'}."
    )
    rows = [
        (_cause(answer, step), step.component, step.deal.name if step.deal else "", step.before.text, step.after.text,
         outlook.plus(step.change))
        for step in found.steps
    ]  # fmt: skip
    if rows:
        rows.append(("sum", "", "", found.before.text, found.after.text, outlook.plus(change)))
        columns = ("because", "component", "deal", "before", "after", "change")
        terminal.table("", columns, rows, right=("before", "after", "change"))
    outlook.foot(replace(answer.basis, receipt_id=""))
    terminal.say(f"Receipts {answer.before_receipt} and {answer.after_receipt}.")


def _cause(answer: BridgeAnswer, step: Step) -> str:
    """Why a step is there; between two periods most deals are in one of them only, and nothing else is meant."""
    same = answer.before == answer.after
    only = {"new_deal": answer.after.label, "gone_deal": answer.before.label}.get(step.cause, "")
    return f"only in {only}" if only and not same else CAUSES[step.cause] or step.kind.replace("_", " ")
