"""Answers about notices: why one came, and what became of what somebody asked of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class WhyNotice:
    """Why a notice came: its rule, when its fact was found, what it said, and the receipts of its figures.

    `trigger`, `audience`, `cap` and `ends` are empty for kinds that no rule makes; `items` are what a digest lists.
    """

    kind: str
    title: str
    code: str
    found_at: datetime
    trigger: str
    audience: str
    cap: str
    ends: str
    receipt_ids: tuple[str, ...]
    items: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Snoozed:
    """A topic that stays away until an instant, and the kind of the notice that was about it."""

    kind: str
    until: datetime
