"""What the verbs about one rep's pay have in common: whom they are about, and how amounts and their basis read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli import terminal
from bot.cli.errors import WrongUseError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from engine.answers import Basis
    from engine.money import Money
    from engine.people import Person
    from engine.problems import Problem
    from operations.context import Context

EmailArgument = Annotated[str, typer.Argument(metavar="EMAIL", help="The rep, by their address.", show_default=False)]
AsOfOption = Annotated[
    str | None, typer.Option("--as-of", metavar="DATE", help="Seen from this day \\[default: today].")
]


def rep(ctx: Context, email: str) -> Person:
    """The person with that address.

    Raises:
        WrongUseError: Nobody has it.
    """
    from store import people

    with ctx.db.read() as conn:
        found = people.by_email(conn, email)
    if found is None:
        raise WrongUseError(f"Nobody has the address {email!r}. Write it as the CRM has it.")
    return found


def paid(amounts: Iterable[Money]) -> str:
    """What is paid, in every currency: `USD 1,250.00`."""
    from engine import plan_words as words

    return " and ".join(words.amount(each) for each in amounts) or "nothing"


def gained(amounts: Iterable[Money]) -> str:
    """What is gained, with its sign: `+USD 1,250.00`."""
    from engine import plan_words as words

    found = list(amounts)
    said = [
        f"{'+' if each.minor > 0 else '-' if each.minor < 0 else ''}{words.amount(abs_of(each))}" for each in found
    ]
    return " and ".join(said) or "nothing"


def plus(money: Money) -> str:
    """The amount without its currency, with a sign that shows gains: `+1250.00`."""
    return f"+{money.text}" if money.minor > 0 else money.text


def abs_of(money: Money) -> Money:
    """The amount without its sign."""
    return -money if money.minor < 0 else money


def percent(ppm: int) -> str:
    """A share in parts per million with one decimal: `96.5%`."""
    tenths = (abs(ppm) + 500) // 1000
    return f"{'-' if ppm < 0 else ''}{tenths // 10}.{tenths % 10}%"


def foot(basis: Basis, problems: Iterable[Problem] = ()) -> None:
    """What stands in the way, and what the answer rests on."""
    for problem in problems:
        terminal.say(f"! {problem.message} {problem.remedy}")
    stale = [one.source for one in basis.sources if one.stale]
    if stale:
        terminal.say(f"! The data of {', '.join(stale)} is old: sync before you rely on this.")
    if basis.receipt_id:
        terminal.say(f"Receipt {basis.receipt_id}: `attain replay {basis.receipt_id}` calculates it again.")
