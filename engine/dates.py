"""Fiscal periods and days. Every range is [start, end); a day is the number of days since 1970-01-01."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

_EPOCH = date(1970, 1, 1).toordinal()


def day(on: date) -> int:
    """Days since 1970-01-01."""
    return on.toordinal() - _EPOCH


def on_day(number: int) -> date:
    """The date that lies `number` days after 1970-01-01: the inverse of `day`."""
    return date.fromordinal(int(number) + _EPOCH)


def add_months(on: date, months: int) -> date:
    """The same day of the month, `months` later; the month's last day where it has no such day."""
    index = on.year * 12 + on.month - 1 + months
    year, month = index // 12, index % 12 + 1
    return date(year, month, min(on.day, calendar.monthrange(year, month)[1]))


@dataclass(frozen=True, order=True, slots=True)
class Period:
    """A named range of days [start_on, end_on)."""

    label: str
    start_on: date
    end_on: date

    def __contains__(self, on: date) -> bool:
        return self.start_on <= on < self.end_on

    @property
    def days(self) -> int:
        """How many days the period has."""
        return (self.end_on - self.start_on).days

    @property
    def last_on(self) -> date:
        """The last day inside the period."""
        return self.end_on - timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Calendar:
    """The fiscal calendar that starts on `start_on`: its years, quarters and months are counted from that day."""

    start_on: date

    def _index(self, on: date) -> int:
        months = (on.year - self.start_on.year) * 12 + on.month - self.start_on.month
        return months if add_months(self.start_on, months) <= on else months - 1

    def _span(self, on: date, months: int) -> tuple[int, date, date]:
        index = self._index(on) // months
        return index, add_months(self.start_on, index * months), add_months(self.start_on, (index + 1) * months)

    def year(self, on: date) -> Period:
        """The fiscal year with that day: `2026`, or `FY2027`, after the year it ends in, if it starts in mid-year."""
        _, start, end = self._span(on, 12)
        name = f"{start.year}" if (start.month, start.day) == (1, 1) else f"FY{(end - timedelta(days=1)).year}"
        return Period(name, start, end)

    def half_year(self, on: date) -> Period:
        """The fiscal half year with that day: `H2 2026`."""
        index, start, end = self._span(on, 6)
        return Period(f"H{index % 2 + 1} {self.year(on).label}", start, end)

    def quarter(self, on: date) -> Period:
        """The fiscal quarter with that day: `Q3 2026`, or `Q3 FY2027` when the year starts in mid-year."""
        index, start, end = self._span(on, 3)
        return Period(f"Q{index % 4 + 1} {self.year(on).label}", start, end)

    def month(self, on: date) -> Period:
        """The fiscal month with that day, named after the month in which it starts: `2026-08`."""
        _, start, end = self._span(on, 1)
        return Period(f"{start.year}-{start.month:02d}", start, end)

    def named(self, start_on: date, end_on: date) -> Period:
        """The range of days under the name that the calendar has for it, or spelled out where it has none."""
        for candidate in (
            self.quarter(start_on),
            self.month(start_on),
            self.year(start_on),
            self.half_year(start_on),
        ):
            if (candidate.start_on, candidate.end_on) == (start_on, end_on):
                return candidate
        return Period(f"{start_on} .. {end_on}", start_on, end_on)

    def starts(self, months: int, until: date) -> list[date]:
        """First days of the windows of that many months, from the start of the calendar until `until` is passed."""
        found = [self.start_on]
        while found[-1] < until:
            found.append(add_months(self.start_on, len(found) * months))
        return found
