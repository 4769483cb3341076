"""The three answers about pay, said the same way to a command, a question and a button."""

from __future__ import annotations

from typing import TYPE_CHECKING

from messages import views
from operations import answers

if TYPE_CHECKING:
    from bot.slack.turn import Turn
    from engine.people import Person


def quota(turn: Turn, person: Person, period: str | None) -> None:
    """Say what is left of the person's quota in that period (None: the current one)."""
    turn.say("quota", views.quota(answers.quota(turn.context, person, period), turn.reader), person)


def earnings(turn: Turn, person: Person, period: str | None) -> None:
    """Say what the person earned in that period (None: the current one)."""
    turn.say("earnings", views.earnings(answers.earnings(turn.context, person, period), turn.reader), person)


def statement(turn: Turn, person: Person, period: str | None) -> None:
    """Say the person's whole statement of that period: components, then lines that tie to the total."""
    turn.say("statement", views.statement(answers.earnings(turn.context, person, period), turn.reader), person)
