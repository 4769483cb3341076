"""`attain gap`: the fewest open deals that bring a rep to quota and to the next tier."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.cli import outlook, place, terminal

if TYPE_CHECKING:
    from engine.outlook import GapAnswer, GapRoute


def gap(email: outlook.EmailArgument, as_of: outlook.AsOfOption = None, folder: place.DirOption = None) -> None:
    """Say which open deals close the gap to quota and to the next tier, and what each would pay.

    The sets are the smallest there are, each deal closing on the day on which the CRM expects it. What a deal pays as
    the last of its set is what the rep gains by it and by nothing else.
    """
    from operations import gap as operation

    with place.find(folder).context(place.day(as_of, "--as-of")) as ctx:
        _show(operation.gap(ctx, outlook.rep(ctx, email)))


def _show(answer: GapAnswer) -> None:
    count = "1 open deal" if answer.open_deals == 1 else f"{answer.open_deals} open deals"
    terminal.say(f"{answer.rep.name}, as of {answer.as_of}, with {count}:")
    if not answer.routes:
        terminal.say("  nothing is missing: every quota is reached, and no tier lies ahead.")
    for route in answer.routes:
        _show_route(route)
    outlook.foot(answer.basis, answer.problems)


def _show_route(route: GapRoute) -> None:
    from engine import plan_words as words

    aim = f"quota {route.quota}" if route.reaches == "quota" else f"tier from {outlook.percent(route.from_ppm)}"
    missing = words.credit(route.missing)
    if not route.deals:
        short = words.credit(route.short_by)
        terminal.say(f"To the {aim}: {missing} are missing; all open deals that are due leave {short} missing.")
        return
    count = "one deal does" if len(route.deals) == 1 else f"the fewest that do are {len(route.deals)} deals"
    least = "" if route.is_least else " (found without trying every set)"
    terminal.say(
        f"To the {aim}: {missing} are missing; {count}{least}, with a credit of {words.credit(route.credit)}; "
        f"{'together they pay' if len(route.deals) > 1 else 'it pays'} {outlook.gained(route.gain)}."
    )
    rows = [
        (one.deal.name, str(one.on), outlook.paid([one.amount]), outlook.gained(one.alone), outlook.gained(one.last))
        for one in route.deals
    ]
    terminal.table(
        "", ("deal", "closes", "amount", "alone", "as the last"), rows, right=("amount", "alone", "as the last")
    )
