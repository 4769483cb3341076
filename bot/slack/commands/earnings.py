"""`/earnings [period] [@person]`: what was earned, for oneself or for somebody one may see."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.slack import replies
from bot.slack.commands import subject

if TYPE_CHECKING:
    from bot.slack.turn import Turn


def handle(turn: Turn) -> None:
    """Answer the command."""
    subject.answer(turn, "see_earnings", replies.earnings)
