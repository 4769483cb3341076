"""Whom a command is about: the reader, or the one person they named."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.slack import arguments
from messages import views

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.slack.arguments import Arguments
    from bot.slack.turn import Turn
    from engine.people import Person


def answer(turn: Turn, action: str, reply: Callable[[Turn, Person, str | None], None]) -> None:
    """Say help where it was asked for, else `reply` about the person and period that were named.

    Raises:
        NotPermittedError: the reader may not, or nobody is known by that name: the two read alike.
    """
    asked = arguments.parse(turn.inbound.text)
    if asked.wants_help:
        turn.say("help", views.help(turn.reader))
    else:
        reply(turn, turn.permitted(action, named(turn, asked)), asked.period)


def named(turn: Turn, asked: Arguments) -> Person | None:
    """The person who is mentioned or addressed, None where nobody is known by that; the reader where no one is."""
    if asked.mentioned:
        return turn.directory.mentioned(turn.inbound.team_id, asked.mentioned)
    if asked.email:
        return turn.directory.addressed(asked.email)
    return turn.person
