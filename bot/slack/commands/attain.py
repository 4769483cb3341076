"""`/attain help|status|whoami`: what can be asked, how old the data is, and whom Attain takes the reader for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.errors import NotUnderstoodError
from bot.slack import arguments, preferences_form
from bot.slack.alert_buttons import listed
from messages import views
from messages.format import day, number
from operations import basis, closing
from store import ops_alerts, quarantine

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.slack.turn import Turn
    from messages.views import Check

#: The roles that run the machine, and so hear what is wrong with its records.
RUNNERS = ("ops", "admin")


def handle(turn: Turn) -> None:
    """Answer the command.

    Raises:
        NotUnderstoodError: a word it does not know.
    """
    word = " ".join(turn.inbound.text.casefold().split()) or "help"
    handler = _WORDS.get(word)
    if handler is None:
        raise NotUnderstoodError(word[:80], arguments.nearest(word, tuple(_WORDS)))
    handler(turn)


def _help(turn: Turn) -> None:
    turn.say("help", views.help(turn.reader))


def say_status(turn: Turn) -> None:
    """Say how old the data of each source is; to those who run Attain also how many records wait."""
    runs_it = turn.person.role in RUNNERS
    with turn.services.db.read() as conn:
        sources = basis.freshness(conn, turn.services.clock.now())
        waiting = quarantine.count(conn) if runs_it else 0
    checks = (_waiting(waiting, turn),) if runs_it else ()
    turn.say("status", views.status(sources, checks, turn.reader, may_sync=runs_it and bool(sources)))


def _waiting(records: int, turn: Turn) -> Check:
    if not records:
        return views.Check("Quarantine", is_well=True, detail="no record waits")
    noun = "1 record waits" if records == 1 else f"{number(records, turn.reader)} records wait"
    return views.Check("Quarantine", is_well=False, detail=noun)


def _whoami(turn: Turn) -> None:
    person = turn.person
    known = (
        views.Check("You are", is_well=True, detail=f"{person.name} ({person.email})"),
        views.Check("Your role", is_well=True, detail=person.role),
        views.Check("Your day", is_well=True, detail=f"{day(turn.as_of, turn.reader)} in {person.timezone}"),
    )
    turn.say("status", views.status((), known, turn.reader))


def say_alerts(turn: Turn) -> None:
    """List what somebody has to look at, for those who run Attain."""
    turn.permitted("see_alerts", turn.person)
    with turn.services.db.read() as conn:
        standing = ops_alerts.standing(conn)
    turn.say("alerts", views.alerts([listed(alert) for alert in standing], turn.reader))


def say_checklist(turn: Turn) -> None:
    """Are we done? What stands between the pay period to close and its lock, for those who run Attain."""
    turn.permitted("see_alerts", turn.person)
    found = closing.checklist(turn.context)
    steps = [(step.name, step.is_done, step.detail) for step in found.steps]
    blockers = [listed(alert) for alert in found.blockers]
    turn.say("checklist", views.checklist(found.period.label, steps, blockers, turn.reader))


_WORDS: dict[str, Callable[[Turn], None]] = {
    "help": _help,
    "status": say_status,
    "whoami": _whoami,
    "alerts": say_alerts,
    "done": say_checklist,
    "preferences": preferences_form.open_form,
}
