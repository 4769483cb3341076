"""Modals to word, by name of the state they show. Every string that comes from outside is in `Words`.

Each entry gives the template and its view; a noun with many states keeps a file of its own, merged here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from messages import voice

if TYPE_CHECKING:
    from collections.abc import Callable

    from messages.reply import View
    from tests.messages.sample_words import Words

Sample = tuple[str, "View"]


MODAL_CASES: dict[str, Callable[[Words], Sample]] = {
    "apology": lambda words: ("apology", voice.apology(words.message)),
    "working": lambda _: ("working", voice.working("New SPIF")),
}
