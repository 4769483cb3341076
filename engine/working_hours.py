"""When somebody may be disturbed: their working hours on their working days, in their own zone, and on no holiday.

Pure: the instant is given. A day's hours are [opens, closes) on the clock of the zone, so a day that daylight saving
makes longer or shorter opens and closes by that clock all the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import holidays

if TYPE_CHECKING:
    from collections.abc import Iterator

DAY_MINUTES = 24 * 60
#: Monday to Friday, as `date.weekday` counts.
WEEKDAYS = frozenset(range(5))
#: Who is away for longer is looked at again then.
_FURTHEST_DAYS = 400


@dataclass(frozen=True, slots=True)
class Hours:
    """When one person works.

    Attributes:
        zone: An IANA name; an unknown one is UTC.
        opens: Minutes after midnight, [opens, closes).
        closes: Minutes after midnight, at most 24 hours.
        workdays: Days of the week, 0 is Monday.
        country: Whose public holidays are kept, as an ISO 3166 code; "" keeps none.
        away: Days [from, until) on which the person is out of office.
        quiet_until: Not before then, because Slack says "do not disturb".
    """

    zone: str = "UTC"
    opens: int = 8 * 60 + 30
    closes: int = 17 * 60 + 30
    workdays: frozenset[int] = WEEKDAYS
    country: str = ""
    away: tuple[tuple[date, date], ...] = ()
    quiet_until: datetime | None = None

    def local(self, at: datetime) -> datetime:
        """The instant on the person's clock."""
        return at.astimezone(zone(self.zone))

    def today(self, at: datetime) -> date:
        """The person's day at that instant."""
        return self.local(at).date()

    def works_on(self, on: date) -> bool:
        """Whether the person works on that day: no weekend, holiday or absence."""
        if on.weekday() not in self.workdays or is_holiday(self.country, on):
            return False
        return not any(start <= on < end for start, end in self.away)

    def at(self, on: date, minutes: int) -> datetime:
        """The instant at which the person's clock shows so many minutes after midnight of a day."""
        day, rest = on + timedelta(days=minutes // DAY_MINUTES), minutes % DAY_MINUTES
        return datetime.combine(day, time(rest // 60, rest % 60), zone(self.zone)).astimezone(UTC)

    def window(self, on: date) -> tuple[datetime, datetime] | None:
        """The instants [from, until) of a day's hours; None on a day off."""
        if self.opens >= self.closes or not self.works_on(on):
            return None
        return self.at(on, self.opens), self.at(on, self.closes)

    def open_from(self, now: datetime) -> datetime:
        """The first instant from `now` on at which the person may be disturbed: `now` itself inside their hours."""
        earliest = max(now, self.quiet_until) if self.quiet_until is not None else now
        for on in _days(self.today(earliest)):
            window = self.window(on)
            if window is not None and earliest < window[1]:
                return max(earliest, window[0])
        return earliest + timedelta(days=_FURTHEST_DAYS)

    def open_on(self, on: date) -> datetime:
        """The first such instant of a day, or of the next day that has one."""
        return self.open_from(self.at(on, 0))

    def closes_at(self, now: datetime) -> datetime:
        """When the hours that run at `now` end; `now` itself outside of them."""
        window = self.window(self.today(now))
        return window[1] if window is not None and window[0] <= now < window[1] else now

    def workdays_after(self, on: date, count: int) -> date:
        """The working day that lies `count` of them after a day."""
        for following in _days(on + timedelta(days=1)):
            count -= self.works_on(following)
            if count <= 0:
                return following
        return on + timedelta(days=_FURTHEST_DAYS)


def _days(first: date) -> Iterator[date]:
    for number in range(_FURTHEST_DAYS):
        yield first + timedelta(days=number)


@lru_cache(maxsize=1024)
def zone(name: str) -> ZoneInfo:
    """The zone of a name, or UTC for one that does not exist."""
    try:
        return ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


@lru_cache(maxsize=512)
def _of_year(country: str, year: int) -> frozenset[date]:
    try:
        return frozenset(holidays.country_holidays(country, years=year))
    except NotImplementedError:  # a country that the library does not know
        return frozenset()


def is_holiday(country: str, on: date) -> bool:
    """Whether a day is a public holiday of the whole country."""
    return bool(country) and on in _of_year(country, on.year)


def territory(locale: str) -> str:
    """The country that a locale names ("en-US", "de_DE"), or ""."""
    parts = locale.replace("_", "-").split("-")
    found = next((part for part in parts[1:] if len(part) == len("US") and part.isalpha()), "")
    return found.upper()
