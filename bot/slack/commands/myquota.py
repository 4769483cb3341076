"""`/myquota [period] [@person]`: what is left of a quota, for oneself or for somebody one may see."""

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
    person = subject.of(turn, asked, "see_quota")
    answer = answers.quota(turn.context, person, asked.period)
    turn.say("quota", views.quota(answer, turn.reader), person)
