"""From earnings to payout: releases, clawbacks, adjustments, caps, draws and guarantees, in that order."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from engine.calculation import Calculation
    from engine.frames import Facts


def settled(calc: Calculation, facts: Facts, as_of: date) -> Calculation:  # noqa: ARG001
    """The calculation with the extra lines by which its plans turn earnings into payouts."""
    return calc
