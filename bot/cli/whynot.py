"""`attain whynot`: every condition between a deal and a rep's pay, passed, failed or unknown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli import outlook, place, terminal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from engine.outlook import WhyNotAnswer
    from engine.whynot import ComponentTried, Condition

_MARKS = {"pass": "yes", "fail": "NO", "unknown": "unknown"}


def whynot(
    email: outlook.EmailArgument,
    deal: Annotated[
        str, typer.Argument(metavar="DEAL", help="The deal, by id, name or part of it.", show_default=False)
    ],
    as_of: outlook.AsOfOption = None,
    folder: place.DirOption = None,
) -> None:
    """Say why a deal pays a rep what it pays, or nothing: every condition in order, and the rate rules that lost."""
    from operations import why_not

    with place.find(folder).context(place.day(as_of, "--as-of")) as ctx:
        _show(why_not.why_not(ctx, outlook.rep(ctx, email), deal))


def _show(answer: WhyNotAnswer) -> None:
    terminal.say(f"{answer.deal.name} for {answer.rep.name}, as of {answer.as_of}: {_verdict(answer)}")
    _list(answer.conditions)
    for part in answer.components:
        terminal.say(f"{part.plan} / {part.component}: pays {outlook.paid([part.paid])}")
        _list(part.conditions)
        _rules(part)
    outlook.foot(answer.basis, answer.problems)


def _verdict(answer: WhyNotAnswer) -> str:
    blocker = answer.blocker
    if blocker is None:
        return f"it pays {outlook.paid(answer.paid)}."
    return f"it pays nothing, because this fails: {blocker.asks} ({blocker.found}). {blocker.remedy}".strip()


def _list(conditions: Iterable[Condition]) -> None:
    for one in conditions:
        found = f" ({one.found})" if one.found else ""
        terminal.say(f"  [{_MARKS[one.state]}] {one.asks}{found}")


def _rules(part: ComponentTried) -> None:
    for rule in part.rules:
        terminal.say(f"  {'won ' if rule.won else 'lost'} {rule.rate}: {rule.why}")
