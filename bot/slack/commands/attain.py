"""`/attain help|status|whoami`: what can be asked, how old the data is, and whom Attain takes the reader for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.errors import NotUnderstoodError
from bot.slack import arguments
from messages import views
from messages.format import day, number
from operations import basis
from store import quarantine

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
    turn.say("status", views.status(sources, (_waiting(waiting, turn),) if runs_it else (), turn.reader))


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


_WORDS: dict[str, Callable[[Turn], None]] = {
    "help": _help,
    "status": say_status,
    "whoami": _whoami,
    "preferences": preferences_form.open_form,
}
