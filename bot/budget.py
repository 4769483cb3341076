"""The attention budget of a deployment: the limits of the settings, and the gate that keeps to them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from engine.attention import Budget
from operations import attention

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.settings import Settings
    from operations.attention import GateSummary
    from operations.context import Context


def budget(settings: Settings) -> Budget:
    """The limits that the settings give."""
    return Budget(dms_a_day=settings.dms_a_day, nudges_a_week=settings.nudges_a_week)


def gate(settings: Settings) -> Callable[[Context], GateSummary]:
    """What judges every notice that is due before it may go out."""
    return partial(attention.gate, budget=budget(settings))
