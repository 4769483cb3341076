"""The days of a SPIF, and the instants at which they begin and end in its zone."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from engine.dates import add_months, day


@dataclass(frozen=True, slots=True)
class Window:
    """Days [start_on, end_on) of an IANA zone. Deals are in it by their day; it opens and closes at instants."""

    start_on: date
    end_on: date
    zone: str = "UTC"

    def __contains__(self, on: date) -> bool:
        return self.start_on <= on < self.end_on

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.end_on - self.start_on).days

    @property
    def last_on(self) -> date:
        """The last day inside."""
        return self.end_on - timedelta(days=1)

    @property
    def span(self) -> tuple[int, int]:
        """First day and first day after it, as days since 1970-01-01."""
        return day(self.start_on), day(self.end_on)

    @property
    def opens_at(self) -> datetime:
        """The instant, in UTC, at which its first day begins."""
        return begins_at(self.start_on, self.zone)

    @property
    def closes_at(self) -> datetime:
        """The first instant, in UTC, after its last day."""
        return begins_at(self.end_on, self.zone)

    def day_of(self, at: datetime) -> date:
        """The day in its zone at an instant."""
        return at.astimezone(zone_of(self.zone)).date()

    def before(self, count: int = 1) -> "Window":
        """The window of the same length, `count` lengths earlier: whole months where it is made of whole months."""
        if self.months:
            start, end = (add_months(on, -count * self.months) for on in (self.start_on, self.end_on))
            return replace(self, start_on=start, end_on=end)
        return self._moved(-count * self.days)

    def after(self) -> "Window":
        """The window of the same length that follows it at once."""
        return self.before(-1)

    def _moved(self, days: int) -> "Window":
        shift = timedelta(days=days)
        return replace(self, start_on=self.start_on + shift, end_on=self.end_on + shift)

    @property
    def months(self) -> int:
        """How many whole months it is made of, from the first of one to the first of another; else 0."""
        if self.start_on.day != 1 or self.end_on.day != 1:
            return 0
        return (self.end_on.year - self.start_on.year) * 12 + self.end_on.month - self.start_on.month


def begins_at(on: date, zone: str) -> datetime:
    """The first instant of a day in a zone, in UTC.

    Where midnight comes twice it is the first of the two; where daylight saving skips it, the instant of the change.
    """
    return datetime.combine(on, time(), zone_of(zone)).astimezone(UTC)


def is_zone(name: str) -> bool:
    """Whether it is a zone that is known."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


@lru_cache(maxsize=256)
def zone_of(name: str) -> ZoneInfo:
    """The zone of that name; UTC where there is none, as `checks` has said before."""
    return ZoneInfo(name if is_zone(name) else "UTC")
