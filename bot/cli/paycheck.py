"""`attain paycheck`: what a rep is paid by a day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli import outlook, place, terminal

if TYPE_CHECKING:
    from engine.paycheck import PaycheckAnswer, PaycheckPart

ByOption = Annotated[
    str,
    typer.Option(
        "--by", metavar="DATE|PERIOD", help="By this day, or the last one of a period \\[default: the next pay day]."
    ),
]


def paycheck(
    email: outlook.EmailArgument,
    by: ByOption = "",
    as_of: outlook.AsOfOption = None,
    folder: place.DirOption = None,
) -> None:
    """Say what a rep is paid by a day: what is sure, what is expected, and what could still be taken back.

    Sure is the pay period by today's facts; expected are recorded payments and events that lie ahead and open deals
    that close when the CRM says. Lines sum to the answer, to the cent.
    """
    from operations.paycheck import paid_by

    where = place.find(folder)
    with where.context(place.day(as_of, "--as-of")) as ctx:
        _show(paid_by(ctx, outlook.rep(ctx, email), by, where.settings.pay_after_days))


def _show(answer: PaycheckAnswer) -> None:
    from engine import plan_words as words

    periods = ", ".join(f"{each.period.label} (due {each.on})" for each in answer.paydays)
    terminal.say(f"{answer.rep.name} by {answer.by}: pay of {periods}")
    terminal.say(f"  sure {words.amount(answer.certain_total)}, expected {words.amount(answer.expected_total)} more")
    parts = (*answer.certain, *answer.expected, *answer.exposed)
    rows = [(part.kind, _what(part), str(part.on), words.amount(part.amount)) for part in parts]
    terminal.table("", ("kind", "what", "when", "amount"), rows, right=("amount",))
    if answer.exposed:
        terminal.say(f"  could be taken back: {words.amount(answer.exposed_total)}, each until the day shown")
    outlook.foot(answer.basis, answer.problems)


def _what(part: PaycheckPart) -> str:
    deal = part.deal.name or part.deal.external_id if part.deal is not None else ""
    return ", ".join(each for each in (part.what, deal) if each)
