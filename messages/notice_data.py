"""What notices carry as JSON, read back: amounts, shares, days and instants."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from engine.dates import Period
from engine.money import Money, Quantity, Rate

if TYPE_CHECKING:
    from collections.abc import Mapping


def money_of(said: Mapping[str, Any]) -> Money | Quantity:
    """The amount of {"minor", "currency"}, or what is counted of {"millionths", "unit"}."""
    if "unit" in said:
        return Quantity(int(said["millionths"]), str(said["unit"]))
    return Money(int(said["minor"]), str(said["currency"]))


def rate_of(said: Mapping[str, Any]) -> Rate:
    """The rate of {"num", "den"}."""
    return Rate(int(said["num"]), int(said["den"]))


def period_of(said: Mapping[str, Any]) -> Period:
    """The period of {"label", "start_on", "end_on"}."""
    return Period(str(said["label"]), day_of(said["start_on"]), day_of(said["end_on"]))


def day_of(said: str) -> date:
    """The day of "2026-10-16"."""
    return date.fromisoformat(said)


def instant_of(said: str) -> datetime:
    """The instant of "2026-10-16T09:30:00+00:00"."""
    return datetime.fromisoformat(said)
