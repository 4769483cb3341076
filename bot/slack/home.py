"""App Home: the reader's own quota and earnings, published when they open it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from messages import views
from operations import answers

if TYPE_CHECKING:
    from bot.slack.turn import Turn


def handle(turn: Turn) -> None:
    """Publish the Home tab."""
    person = turn.permitted("see_home", turn.person)
    turn.show_home(views.home(answers.home(turn.context, person), turn.reader), person)
