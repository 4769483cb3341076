"""Whom a command is about: the reader, or the one person they named."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.slack.arguments import Arguments
    from bot.slack.turn import Turn
    from engine.people import Person


def of(turn: Turn, asked: Arguments, action: str) -> Person:
    """The person the command is about, once the reader may see them.

    Raises:
        NotPermittedError: they may not, or nobody is known by that name: the two read alike.
    """
    if asked.mentioned:
        found = turn.directory.mentioned(turn.inbound.team_id, asked.mentioned)
    elif asked.email:
        found = turn.directory.addressed(asked.email)
    else:
        found = turn.person
    return turn.permitted(action, found)
