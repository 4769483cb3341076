"""From earnings to payout: releases, clawbacks, adjustments, caps, draws and guarantees, in that order."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

    from engine.calculation import Calculation
    from engine.frames import Facts


def settled(
    calc: Calculation,
    facts: Facts,  # noqa: ARG001
    as_of: date,  # noqa: ARG001
    reps: Collection[int] | None = None,  # noqa: ARG001
) -> Calculation:
    """The calculation with the extra lines by which its plans turn earnings into payouts."""
    return calc
