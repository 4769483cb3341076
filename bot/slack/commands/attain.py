"""`/attain help|status|whoami`: what can be asked, how old the data is, and whom Attain takes the reader for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.errors import NotUnderstoodError
from bot.slack import arguments
from messages import views
from operations import basis

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.slack.turn import Turn


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
    """Say how old the data of each source is."""
    with turn.services.db.read() as conn:
        sources = basis.freshness(conn, turn.services.clock.now())
    turn.say("status", views.status(sources, (), turn.reader))


def _whoami(turn: Turn) -> None:
    person = turn.person
    known = (
        views.Check("You are", is_well=True, detail=f"{person.name} ({person.email})"),
        views.Check("Your role", is_well=True, detail=person.role),
        views.Check("Your day", is_well=True, detail=f"{turn.as_of.isoformat()} in {person.timezone}"),
    )
    turn.say("status", views.status((), known, turn.reader))


_WORDS: dict[str, Callable[[Turn], None]] = {"help": _help, "status": say_status, "whoami": _whoami}
