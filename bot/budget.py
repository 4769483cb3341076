"""The attention budget of a deployment and the numbers of its rules, and the gate that keeps to them."""

from __future__ import annotations

from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from bot.slack import presence
from engine.attention import Budget
from engine.errors import NudgesUnreadable
from engine.nudges import table
from operations import attention, nudges_told

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.settings import Settings
    from engine.nudges.rule import Limits
    from operations.attention import GateSummary
    from operations.context import Context


def budget(settings: Settings) -> Budget:
    """The limits that the settings give."""
    return Budget(dms_a_day=settings.dms_a_day, nudges_a_week=settings.nudges_a_week)


def gate(settings: Settings) -> Callable[[Context], GateSummary]:
    """What judges every notice that is due before it may go out."""
    retell = partial(nudges_told.again, limits=limits(settings))
    asked = presence.asking(settings)
    present = asked.of if asked is not None else attention.nobody_asked
    return partial(attention.gate, budget=budget(settings), retell=retell, present=present)


def limits(settings: Settings) -> Limits:
    """The numbers in the rules of nudges, as the deployment's file gives them; it is read once.

    Raises:
        NudgesUnreadable: The file is not there, or says something that is not in the table.
    """
    return _limits(settings.nudges_file) if settings.nudges_file else table.limits()


@lru_cache(maxsize=4)
def _limits(path: str) -> Limits:
    try:
        text = Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise NudgesUnreadable(f"The file of nudges cannot be read: {path}. Correct ATTAIN_NUDGES_FILE.") from None
    return table.limits(text)
