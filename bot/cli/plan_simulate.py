"""`attain plan simulate`: what a draft would have paid over real history, rep by rep."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli import place, plan_diff, plan_source, terminal
from bot.cli.errors import WrongUseError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from engine.money import Money
    from engine.simulation import Impact
    from operations.simulate import Simulated

MOST_NAMED = 3
MOST_PROBLEMS = 20


def simulate(
    draft: plan_diff.PlanArgument,
    over: Annotated[
        str, typer.Option("--over", metavar="PERIOD", help="Such as 2026-Q1, 2026-Q1..Q3 or 2026-01..2026-06.")
    ],
    against: Annotated[
        str | None,
        typer.Option("--against", metavar="NAME", help="The plan it replaces \\[default: the one of its name]."),
    ] = None,
    csv_file: Annotated[
        str | None, typer.Option("--csv", metavar="FILE", help="Write the table to a CSV file, too.")
    ] = None,
    as_of: Annotated[
        str | None, typer.Option("--as-of", metavar="DATE", help="Seen from this day \\[default: today].")
    ] = None,
    folder: place.DirOption = None,
) -> None:
    """Run a draft over real history in place of the plan its reps were on, and compare what everybody is paid.

    The payroll calculation runs twice, for everybody: once by the plans as they are published, once with the draft
    over the same days. The draft's own effective dates are left aside. Nothing is stored.
    """
    from operations import simulate as operation

    with place.find(folder).context(place.day(as_of, "--as-of")) as ctx:
        found = operation.simulate(ctx, plan_source.find(ctx, draft), over, against or "")
    _summary(found)
    _impacts(found)
    _crossings(found)
    _extremes(found)
    _problems(found)
    if csv_file is not None:
        _write(Path(csv_file), found)


def _summary(found: Simulated) -> None:
    from engine import plan_words as words

    draft = found.draft
    terminal.say(
        f"{draft.name} version {draft.version} in place of {found.replaced}, over {found.span.label}: "
        f"{words.days(found.span)}."
    )
    for now, then in found.found.totals:
        change = then - now
        terminal.say(
            f"Total cost {words.amount(now)} now, {words.amount(then)} by the draft: {_signed(change)}"
            f"{_percent(now, change)}, {_reps(found, now.currency)}."
        )


def _reps(found: Simulated, currency: str) -> str:
    impacts = [each for each in found.found.impacts if each.now.currency == currency]
    more, less = (sum(each.change.minor * sign > 0 for each in impacts) for sign in (1, -1))
    return f"{len(impacts)} people; {more} would be paid more, {less} less"


def _impacts(found: Simulated) -> None:
    rows = [(found.names.get(each.rep_id, str(each.rep_id)), *_row(each)) for each in found.found.impacts]
    columns = ("rep", "currency", "now", "draft", "change", "%")
    terminal.table("", columns, rows, right=("now", "draft", "change", "%"))


def _row(each: Impact) -> tuple[str, ...]:
    share = each.change_ppm
    percent = "" if share is None else _share(share)
    return (each.now.currency, _plain(each.now), _plain(each.draft), _plus(each.change), percent)


def _plain(money: Money) -> str:
    """The amount with thousands grouped, without its currency."""
    whole, point, part = money.text.partition(".")
    return f"{int(whole):,}{point}{part}" if not whole.startswith("-0") else f"-0{point}{part}"


def _plus(money: Money) -> str:
    return f"+{_plain(money)}" if money.minor > 0 else _plain(money)


def _signed(money: Money) -> str:
    sign = "+" if money.minor > 0 else "-" if money.minor < 0 else ""
    return f"{sign}{money.currency} {_plain(money).removeprefix('-')}"


def _share(ppm: int) -> str:
    """Parts per million as a percentage with one decimal and its sign."""
    tenths = (abs(ppm) + 500) // 1000
    sign = "" if not tenths else "-" if ppm < 0 else "+"
    return f"{sign}{tenths // 10}.{tenths % 10}%"


def _percent(now: Money, change: Money) -> str:
    from engine.money import divide

    return f" ({_share(divide(change.minor * 1_000_000, now.minor))})" if now.minor > 0 else ""


def _crossings(found: Simulated) -> None:
    rows = [
        (found.names.get(each.rep_id, str(each.rep_id)), each.component, each.window, each.now, each.draft)
        for each in found.found.crossings
    ]
    if rows:
        terminal.table("Who crosses which cliff", ("rep", "component", "window", "now", "draft"), rows)
    else:
        terminal.say("Nobody reaches a tier, step, gate or cap on one side and not on the other.")


def _extremes(found: Simulated) -> None:
    from engine import plan_words as words

    gains = [each for each in found.found.impacts if each.change.minor > 0]
    losses = [each for each in found.found.impacts if each.change.minor < 0]
    ordered = (
        ("gain most", sorted(gains, key=lambda each: -each.change.minor)),
        ("lose most", sorted(losses, key=lambda each: each.change.minor)),
    )
    for title, lot in ordered:
        if lot:
            said = [f"{found.names.get(each.rep_id, '')} ({_signed(each.change)})" for each in lot[:MOST_NAMED]]
            terminal.say(f"Those who {title}: {words.every(said)}.")


def _problems(found: Simulated) -> None:
    problems = found.found.problems
    for problem in problems[:MOST_PROBLEMS]:
        who = found.names.get(problem.rep_id or 0, problem.where)
        terminal.say(f"! {who}: {problem.message} {problem.remedy}")
    if len(problems) > MOST_PROBLEMS:
        terminal.say(f"! and {len(problems) - MOST_PROBLEMS} more problems that the draft has and the plan has not")


def _write(path: Path, found: Simulated) -> None:
    """The table as a CSV file: amounts in major units, the change as a percentage."""
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(("rep_id", "rep", "currency", "now", "draft", "change", "change_percent"))
            writer.writerows(_csv_rows(found))
    except OSError as error:
        raise WrongUseError(f"{path} cannot be written ({error.strerror}). Check the path.") from None
    terminal.remark(f"{path}: {len(found.found.impacts)} rows")


def _csv_rows(found: Simulated) -> Iterable[tuple[object, ...]]:
    for each in found.found.impacts:
        percent = "" if each.change_ppm is None else _share(each.change_ppm).removesuffix("%")
        name = found.names.get(each.rep_id, "")
        safe = f"'{name}" if name[:1] in ("=", "+", "-", "@", "\t", "\r") else name
        yield (each.rep_id, safe, each.now.currency, each.now.text, each.draft.text, each.change.text, percent)
