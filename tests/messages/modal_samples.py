"""Modals to word, by name of the state they show. Every string that comes from outside is in `Words`.

Each entry gives the template and its view; a noun with many states keeps a file of its own, merged here.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from engine.preferences import Preferences
from messages import notice_replies, voice
from tests.messages.alert_samples import ALERT_MODAL_CASES
from tests.messages.sample_words import GERMAN, READER
from tests.messages.spif_samples import SPIF_MODAL_CASES

if TYPE_CHECKING:
    from collections.abc import Callable

    from messages.reply import View
    from tests.messages.sample_words import Words

Sample = tuple[str, "View"]


CHOSEN = Preferences(
    muted=frozenset({"deal_won"}),
    asked_for=frozenset({"my_week"}),
    opens=600,
    closes=1440,
    workdays=frozenset({0, 1, 2}),
    country="DE",
    digest_only=True,
    away=(date(2025, 12, 22), date(2026, 1, 5)),
)
MODAL_CASES: dict[str, Callable[[Words], Sample]] = {
    **ALERT_MODAL_CASES,
    "apology": lambda words: ("apology", voice.apology(words.message)),
    "preferences": lambda _: ("preferences", notice_replies.preferences(Preferences(), READER)),
    "preferences_chosen": lambda _: ("preferences", notice_replies.preferences(CHOSEN, GERMAN)),
    **SPIF_MODAL_CASES,
    "working": lambda _: ("working", voice.working("New SPIF")),
}
