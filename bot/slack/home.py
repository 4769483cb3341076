"""App Home: the reader's own quota and earnings, published when they open it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.slack import replies
from messages.render import render
from messages.reply import Reply

if TYPE_CHECKING:
    from bot.slack.turn import Turn


def handle(turn: Turn) -> None:
    """Publish the Home tab; to those who carry no quota it says what to ask instead, and nobody's figures."""
    person = turn.permitted("see_home", turn.person)
    view = replies.home(turn, person)
    if view is not None:
        turn.show_home(view, person)
        return
    message = render(Reply("error", replies.carries_none(turn, person), "home"))
    turn.voice.publish_home(turn.inbound.user_id, message)
