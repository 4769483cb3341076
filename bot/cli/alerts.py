"""`attain alerts`: what somebody has to look at, why, and the fixes for it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path  # noqa: TC003 (typer reads the annotations)
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli import place, terminal
from bot.cli.acting import AsOption, acting
from bot.cli.errors import WrongUseError

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.money import Money
    from operations.context import Context
    from operations.fixes.presses import Pressed
    from operations.ops_alerts.notices import Telling
    from store.ops_alerts import Alert

alerts = typer.Typer(no_args_is_help=True, help="Look for ops alerts, list, fix, take and put them off.")

NumberArgument = Annotated[int, typer.Argument(metavar="ALERT", help="Its number.", show_default=False)]
ReasonOption = Annotated[str, typer.Option("--reason", help="Why; kept in the audit trail.")]
AsOfOption = Annotated[str | None, typer.Option("--as-of", metavar="DATE", help="Seen from this day.")]


@alerts.command("list")
def show_all(
    check: Annotated[bool, typer.Option("--check/--no-check", help="Look for them anew first.")] = True,
    as_of: AsOfOption = None,
    folder: place.DirOption = None,
) -> None:
    """List the alerts that stand: the most urgent first, then the oldest."""
    from operations.ops_alerts import checks
    from store import ops_alerts

    where = place.find(folder)
    with where.context(place.day(as_of, "--as-of")) as ctx:
        if check:
            checks.check(ctx, _telling(where))
        with ctx.db.read() as conn:
            standing = ops_alerts.standing(conn)
        rows = [_row(ctx, alert) for alert in standing]
    heads = ("alert", "kind", "sev", "state", "about", "found", "at risk", "owner", "age")
    terminal.table("" if rows else "Nothing needs you.", heads, rows)


@alerts.command("show")
def show(number: NumberArgument, folder: place.DirOption = None) -> None:
    """Show one alert: what was found, what was done about it, and what fixes it."""
    from engine.alert_kinds import KINDS
    from store import ops_alerts

    with place.find(folder).context() as ctx, ctx.db.read() as conn:
        alert = _known(ops_alerts.by_id(conn, number))
        items, moves = ops_alerts.items(conn, number), ops_alerts.moves(conn, number)
    kind = KINDS[alert.code]
    terminal.say(f"#{number} {alert.code} {kind.name} (severity {alert.severity}, {alert.standing.state})")
    terminal.say(f"{alert.subject}. {kind.condition}")
    risk = [(one.item, one.message, str(one.risk or "")) for one in items]
    terminal.table("", ("item", "what", "at risk"), risk)
    terminal.table(
        "", ("when", "move", "by", "what"),
        [(f"{one.at:%Y-%m-%d %H:%M}", one.fix or one.move, one.actor, one.detail or one.reason) for one in moves],
    )  # fmt: skip
    for fix in kind.offered:
        asks = " ".join(f"--set {name}=…" for name in fix.fields if name != "item")
        item = "--item …" if "item" in fix.fields and len(items) > 1 else ""
        reason = "--reason …" if fix.needs_reason else ""
        parts = ("attain alerts fix", str(number), fix.name, item, asks, reason)
        terminal.say(f"{_title(alert, fix.name)}: {' '.join(part for part in parts if part)}")
    if kind.outside:
        terminal.remark(kind.outside)


@alerts.command("fix")
def fix(
    number: NumberArgument,
    name: Annotated[str, typer.Argument(metavar="FIX", help="As `attain alerts show` names it.", show_default=False)],
    email: AsOption,
    item: Annotated[str, typer.Option("--item", help="Which finding, where it is about one.")] = "",
    fields: Annotated[
        list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="What the fix asks for; repeat it.")
    ] = None,
    reason: ReasonOption = "",
    folder: place.DirOption = None,
) -> None:
    """Carry a fix out, and look whether the alert is gone."""
    from operations.fixes import presses
    from operations.fixes.work import Told

    filled = dict(_pair(text) for text in fields or ())

    def press(ctx: Context, telling: Telling) -> Pressed:
        return presses.fix(ctx, number, name, Told(item, filled, reason), telling)

    _press(folder, email, press)


@alerts.command("snooze")
def snooze(
    number: NumberArgument,
    email: AsOption,
    reason: ReasonOption,
    days: Annotated[int, typer.Option("--days", min=1, max=31, help="For so many days.")] = 1,
    folder: place.DirOption = None,
) -> None:
    """Put an alert off. One of severity 1 still holds up the lock, unless an admin puts it off."""
    from operations.fixes import presses

    _press(
        folder,
        email,
        lambda ctx, telling: presses.snooze(ctx, number, ctx.now + timedelta(days=days), reason, telling),
    )


@alerts.command("take")
def take(number: NumberArgument, email: AsOption, folder: place.DirOption = None) -> None:
    """Make an alert yours."""
    from operations.fixes import presses

    _press(folder, email, lambda ctx, telling: presses.take(ctx, number, telling))


@alerts.command("wake")
def wake(number: NumberArgument, email: AsOption, folder: place.DirOption = None) -> None:
    """Open an alert again that was put off or accepted."""
    from operations.fixes import presses

    _press(folder, email, lambda ctx, telling: presses.wake(ctx, number, telling))


def _press(folder: Path | None, email: str, press: Callable[[Context, Telling], Pressed]) -> None:
    """Do it as that person, then look whether the condition is gone."""
    from operations import recalculate
    from operations.ops_alerts import checks
    from store import ops_alerts

    where = place.find(folder)
    telling = _telling(where)
    with where.context() as nobody:
        done = press(acting(nobody, email), telling)
        terminal.say(done.detail)
        recalculate.drain(nobody)
        checks.check(nobody, telling, codes=(done.alert.code,))
        with nobody.db.read() as conn:
            after = _known(ops_alerts.by_id(conn, done.alert.alert_id))
    terminal.say(f"#{after.alert_id} is {after.standing.state}.")


def _telling(where: place.Place) -> Telling:
    from bot.alerts import telling

    return telling(where.settings)


def _known(alert: Alert | None) -> Alert:
    if alert is None:
        raise WrongUseError("There is no such alert. `attain alerts list` shows those that stand.")
    return alert


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise WrongUseError(f"--set takes NAME=VALUE, not {text!r}.")
    return name.strip(), value.strip()


def _title(alert: Alert, name: str) -> str:
    from engine.alert_kinds import FIXES, KINDS

    return KINDS[alert.code].accept if name == "accept" else FIXES[name].title


def _row(ctx: Context, alert: Alert) -> tuple[str, ...]:
    from engine.alert_kinds import KINDS

    age = ctx.now - alert.opened_at
    spent = f"{age.days} d" if age.days > 0 else f"{max(int(age.total_seconds()), 0) // 3600} h"
    return (
        f"#{alert.alert_id}",
        f"{alert.code} {KINDS[alert.code].name}",
        str(alert.severity),
        alert.standing.state,
        alert.subject,
        str(alert.count),
        at_risk(alert.risk),
        alert.owner or "nobody",
        spent,
    )


def at_risk(amounts: tuple[Money, ...]) -> str:
    """Amounts in a cell."""
    return ", ".join(map(str, amounts))
