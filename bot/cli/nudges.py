"""`attain nudges`: who is due what, a month replayed, and what people want to be told."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli import outlook, place, terminal
from bot.cli.errors import WrongUseError

if TYPE_CHECKING:
    from engine.rehearsal import Outcome
    from operations.rehearsals import Replayed

LONGEST = 400
nudges = typer.Typer(no_args_is_help=True, help="Who is told what, unasked, and why.")
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON lines in place of tables.")]


@nudges.command()
def simulate(
    days: Annotated[int, typer.Option("--days", help="How many days up to today.")] = 30,
    clicks: Annotated[int, typer.Option("--clicks", help="How many percent of the messages are clicked on.")] = 50,
    as_of: outlook.AsOfOption = None,
    as_json: JsonOption = False,
    folder: place.DirOption = None,
) -> None:
    """Replay some days over the store: who would have been sent what, and what was not sent, and why.

    Nothing is written and nothing is sent. Each day is seen with the deals won by then.
    """
    from bot.budget import budget, limits
    from operations import rehearsals

    if not 1 <= days <= LONGEST:
        raise WrongUseError(f"--days {days} is not possible. Write 1 to {LONGEST}.")
    if not 0 <= clicks <= 100:
        raise WrongUseError(f"--clicks {clicks} is no percentage. Write 0 to 100.")
    where = place.find(folder)
    with where.context(place.day(as_of, "--as-of")) as ctx:
        given = budget(where.settings), limits(where.settings)
        found = rehearsals.simulate(ctx, days, *given, clicks_ppm=clicks * 10_000)
    if as_json:
        for each in found.outcomes:
            terminal.say(json.dumps(_spelled(each, found), ensure_ascii=False))
        return
    _show(found)


@nudges.command()
def due(as_of: outlook.AsOfOption = None, as_json: JsonOption = False, folder: place.DirOption = None) -> None:
    """Say who is due what by the rules, as things stand; nothing is written."""
    from bot.budget import limits
    from engine.nudges import rules
    from operations import nudges as operation

    where = place.find(folder)
    with where.context(place.day(as_of, "--as-of")) as ctx, ctx.db.read() as conn:
        read = operation.readings(conn, ctx, limits=limits(where.settings))
        names = {person.rep_id: person for person in read.people}
        found = [
            (each.kind, rules.RULES[each.kind].said.code, names[each.rep_id].email, each.topic, each.state)
            for each in rules.due(read)
        ]
    if as_json:
        for kind, code, email, topic, state in found:
            terminal.say(json.dumps({"kind": kind, "code": code, "to": email, "topic": topic, "state": state}))
        return
    if not found:
        terminal.say("Nobody is due anything.")
        return
    terminal.table("", ("rule", "kind", "to", "about", "state"), [(b, a, *rest) for a, b, *rest in found])


@nudges.command()
def unsent(
    days: Annotated[int, typer.Option("--days", help="How many days back.")] = 7, folder: place.DirOption = None
) -> None:
    """List what was not sent by itself, and why: muted, no longer true, in a digest, replaced by something newer."""
    from datetime import timedelta

    from store import attention, people

    if not 1 <= days <= LONGEST:
        raise WrongUseError(f"--days {days} is not possible. Write 1 to {LONGEST}.")
    with place.find(folder).context() as ctx, ctx.db.read() as conn:
        found = attention.unsent(conn, ctx.now - timedelta(days=days))
        names = {person.rep_id: person.email for person in people.all(conn)}
    if not found:
        terminal.say(f"Nothing was held back in the last {days} days.")
        return
    rows = [
        (f"{each.at:%Y-%m-%d %H:%M}", names.get(each.rep_id, str(each.rep_id)), each.kind, each.reason, each.topic)
        for each in found
    ]
    terminal.table("", ("when (UTC)", "to", "kind", "because", "about"), rows)


@nudges.command()
def prefs(email: outlook.EmailArgument, folder: place.DirOption = None) -> None:
    """Say what somebody wants to be told, and when they may be disturbed."""
    from operations import preferences

    with place.find(folder).context() as ctx:
        person = outlook.rep(ctx, email)
        wanted = preferences.of(ctx, person)
        hours = wanted.hours(person)
        opens = hours.open_from(ctx.now)
    days = " ".join(("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")[each] for each in sorted(hours.workdays))
    terminal.say(f"{person.name}: {_clock(hours.opens)} to {_clock(hours.closes)}, {days}, in {hours.zone}.")
    terminal.say(
        f"Public holidays of: {hours.country or 'no country'}. May be told something from {opens:%Y-%m-%d %H:%M} UTC."
    )
    terminal.say(f"Muted: {', '.join(sorted(wanted.muted)) or 'nothing'}.")
    terminal.say(f"Asked for as well: {', '.join(sorted(wanted.asked_for)) or 'nothing'}.")
    terminal.say("All in one message a day." if wanted.digest_only else "As they come, within the budget.")


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _spelled(each: Outcome, found: Replayed) -> dict[str, Any]:
    person = found.people[each.rep_id]
    return {
        "at": each.at.isoformat(),
        "to": person.email,
        "kind": each.kind,
        "about": each.topic,
        "what": each.what,
        "reason": each.reason,
    }


def _show(found: Replayed) -> None:
    last = found.outcomes[-1].at.date() if found.outcomes else found.first
    sent = [each for each in found.outcomes if each.what == "sent"]
    terminal.say(
        f"{found.days} days from {found.first}, up to {last}: {len(sent)} direct messages "
        f"to {len({each.rep_id for each in sent})} of {len(found.people)} people."
    )
    kinds = dict.fromkeys(each.kind for each in found.outcomes)
    counts = Counter((each.kind, each.what) for each in found.outcomes)
    rows = [(kind, *(counts[kind, what] for what in ("sent", "listed", "suppressed"))) for kind in sorted(kinds)]
    columns = ("kind", "sent", "in a digest", "not sent")
    terminal.table("What became of it", columns, rows, right=columns[1:])
    reasons = Counter((each.kind, each.reason) for each in found.outcomes if each.what == "suppressed")
    if reasons:
        rows_ = [(kind, reason, number) for (kind, reason), number in sorted(reasons.items())]
        terminal.table("What was not sent, and why", ("kind", "because", "how often"), rows_, right=("how often",))
    own = Counter(each.rep_id for each in sent)
    busiest: dict[tuple[int, object], int] = Counter((each.rep_id, each.at.date()) for each in sent)
    rows__ = [
        (found.people[rep_id].name, number, max(count for (who, _), count in busiest.items() if who == rep_id),
         ", ".join(sorted({each.kind for each in sent if each.rep_id == rep_id})))
        for rep_id, number in own.most_common(20)
    ]  # fmt: skip
    if rows__:
        columns = ("who", "messages", "most in a day", "kinds")
        terminal.table("Who got most", columns, rows__, right=("messages", "most in a day"))
    if found.waiting:
        terminal.remark(f"{found.waiting} notices still wait for their hour.")
