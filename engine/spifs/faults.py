"""A fault of a SPIF's rules, as a value, and what the rules are held against."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from datetime import date

    from engine.spifs.definition import Spif


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of the rules. `field` is its path, such as `awards[0].pays.prizes`; an error stops the SPIF."""

    level: Literal["error", "warning"]
    code: str
    field: str
    message: str
    remedy: str
    found: str = ""
    allowed: str = ""


@dataclass(frozen=True, slots=True)
class Around:
    """What the rules are held against: the day, who could take part, and the other SPIFs that are not over.

    `eligible` is how many may take part by `eligibility.participants`, None where that is not known yet.
    `is_running` says that the rules are a new version of a SPIF that has been announced, which may have begun.
    """

    today: date
    eligible: int | None = None
    others: tuple[Spif, ...] = ()
    is_running: bool = False


def error(code: str, field: str, said: tuple[str, str], found: object = "", allowed: str = "") -> Fault:
    """A fault that stops the SPIF; `said` is what is wrong, and the remedy."""
    return Fault("error", code, field, said[0], said[1], str(found)[:60], allowed)


def warning(code: str, field: str, said: tuple[str, str], found: object = "", allowed: str = "") -> Fault:
    """A fault that somebody should read; `said` is what is wrong, and the remedy."""
    return Fault("warning", code, field, said[0], said[1], str(found)[:60], allowed)
