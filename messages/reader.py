"""Whom a message is worded for: language conventions, clock, and whether it is about themselves."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel import Locale, UnknownLocaleError

if TYPE_CHECKING:
    from datetime import date, datetime, tzinfo

DEFAULT_LOCALE = "en_US"
DEFAULT_ZONE = "UTC"


@dataclass(frozen=True)
class Reader:
    """The person who will read: Slack's locale and zone, and, where known, the time and who they are.

    Attributes:
        locale: as Slack gives it ("en-US", "de_DE"); an unknown one reads as American English.
        timezone: an IANA name; an unknown one reads as UTC.
        now: the time of the answer, for "12 min ago"; without it only the clock time is said.
        rep_id: the reader's own rep; an answer about somebody else carries that person's name.
        linked_as: the address by which the reader was recognised, for App Home.
    """

    locale: str = DEFAULT_LOCALE
    timezone: str = DEFAULT_ZONE
    now: datetime | None = None
    rep_id: int | None = None
    linked_as: str = ""

    @cached_property
    def conventions(self) -> Locale:
        """How numbers and dates are written."""
        return _locale(self.locale)

    @cached_property
    def zone(self) -> tzinfo:
        """The reader's clock."""
        return _zone(self.timezone)

    def today(self, least: date) -> date:
        """Return the day on the reader's clock, never before `least`; that day itself where the time is unknown."""
        return max(least, self.now.astimezone(self.zone).date()) if self.now is not None else least

    def is_about(self, rep_id: int) -> bool:
        """Whether an answer on this rep is about the reader; taken to be so while the reader is unknown."""
        return self.rep_id is None or self.rep_id == rep_id


@cache
def _locale(name: str) -> Locale:
    """Return the locale of a name, or American English for one that does not exist."""
    try:
        return Locale.parse(name.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return Locale.parse(DEFAULT_LOCALE)


@cache
def _zone(name: str) -> tzinfo:
    """Return the zone of a name, or UTC for one that does not exist."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo(DEFAULT_ZONE)
