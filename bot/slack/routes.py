"""Which handler answers what: one table per kind of request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.errors import StaleButtonError
from bot.slack import actions, home, questions
from bot.slack.commands import attain, earnings, myquota
from messages.actions import base

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bot.slack.turn import Turn

    Handler = Callable[[Turn], None]

COMMANDS: Mapping[str, Handler] = {
    "/myquota": myquota.handle,
    "/earnings": earnings.handle,
    "/attain": attain.handle,
}
EVENTS: Mapping[str, Handler] = {
    "message": questions.handle,
    "app_mention": questions.point_to_direct_message,
    "app_home_opened": home.handle,
}


def answer(turn: Turn) -> None:
    """Let the right handler answer.

    Raises:
        StaleButtonError: a button that nothing answers any more.
    """
    inbound = turn.inbound
    if inbound.kind == "command":
        COMMANDS[inbound.name](turn)
    elif inbound.kind == "action":
        handler = actions.ACTIONS.get(base(inbound.name))
        if handler is None:
            raise StaleButtonError
        handler(turn)
    else:
        EVENTS[inbound.name](turn)
