"""`attain whatif`: what a rep would be paid if some open deals closed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli import outlook, place, terminal

if TYPE_CHECKING:
    from engine.outlook import QuotaMove, WhatIfAnswer


def whatif(
    email: outlook.EmailArgument,
    deals: Annotated[
        list[str],
        typer.Argument(
            metavar="DEAL[@DATE][=AMOUNT]…",
            help="Open deals, by id, name or part of it; closed today for their own amount, or as written.",
            show_default=False,
        ),
    ],
    as_of: outlook.AsOfOption = None,
    folder: place.DirOption = None,
) -> None:
    """Say what a rep would be paid if open deals closed: all together, each alone, and each as the last of them.

    It is the payroll calculation over facts in which the deals are won: deals that are re-rated because a tier is
    reached, gates that open and caps are in it. Nothing is stored but a receipt.
    """
    from operations import open_deals, what_if

    with place.find(folder).context(place.day(as_of, "--as-of")) as ctx:
        person = outlook.rep(ctx, email)
        _show(what_if.what_if(ctx, person, [open_deals.wish(text) for text in deals]))


def _show(answer: WhatIfAnswer) -> None:
    count = "1 open deal" if len(answer.deals) == 1 else f"{len(answer.deals)} open deals"
    terminal.say(f"{answer.rep.name} with {count} closed, as of {answer.as_of}:")
    terminal.say(f"  paid so far {outlook.paid(answer.before)}; with them {outlook.paid(answer.after)}")
    terminal.say(f"  all together {outlook.gained(answer.gain)}")
    if any(answer.rerated):
        terminal.say(f"  of which for other deals, re-rated or released by these: {outlook.gained(answer.rerated)}")
    for move in answer.quotas:
        terminal.say(f"  {_move(move)}")
    rows = [
        (one.deal.name, str(one.on), outlook.paid([one.amount]), outlook.gained(one.alone), outlook.gained(one.last))
        for one in answer.deals
    ]
    terminal.table(
        "", ("deal", "closes", "amount", "alone", "as the last"), rows, right=("amount", "alone", "as the last")
    )
    outlook.foot(answer.basis, answer.problems)


def _move(move: QuotaMove) -> str:
    said = f"{move.name} {move.period.label}: {outlook.percent(move.before_ppm)} to {outlook.percent(move.after_ppm)}"
    return (
        said
        if move.reaches_tier is None
        else f"{said}, which reaches the tier from {outlook.percent(move.reaches_tier)}"
    )
