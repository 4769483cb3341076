"""`/spif [standings | new | number]`: which SPIFs there are, where one stands, and a new one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.errors import NotUnderstoodError
from bot.slack import arguments, spifs
from bot.slack.modals import spif as form
from messages import views

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.slack.turn import Turn


def handle(turn: Turn) -> None:
    """Answer the command.

    Raises:
        NotUnderstoodError: a word it does not know.
    """
    word = " ".join(turn.inbound.text.casefold().split()).lstrip("#")
    if word.isascii() and word.isdecimal() and len(word) < 10:
        spifs.say(turn, int(word))
        return
    handler = _WORDS.get(word)
    if handler is None:
        raise NotUnderstoodError(word[:80], arguments.nearest(word, tuple(_WORDS)))
    handler(turn)


def _help(turn: Turn) -> None:
    turn.say("help", views.help(turn.reader))


_WORDS: dict[str, Callable[[Turn], None]] = {
    "": spifs.say_list,
    "list": spifs.say_list,
    "standings": spifs.say_running,
    "new": form.open_new,
    "help": _help,
}
