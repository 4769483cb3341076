"""`/earnings [period] [@person]`: what was earned, for oneself or for somebody one may see."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.slack import arguments
from bot.slack.commands import subject
from messages import views
from operations import answers

if TYPE_CHECKING:
    from bot.slack.turn import Turn


def handle(turn: Turn) -> None:
    """Answer the command."""
    asked = arguments.parse(turn.inbound.text)
    if asked.wants_help:
        turn.say("help", views.help(turn.reader))
        return
    person = subject.of(turn, asked, "see_earnings")
    answer = answers.earnings(turn.context, person, asked.period)
    turn.say("earnings", views.earnings(answer, turn.reader), person)
