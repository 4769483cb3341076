"""Fiscal periods and days. Every range is [start, end); a day is the number of days since 1970-01-01."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

_EPOCH = date(1970, 1, 1).toordinal()
A_MONDAY = date(2024, 1, 1)
_DAYS_OF_WEEK = 7
#: How often a plan may pay: what a pay period then is, and how many of them share a year's amount.
PAYS = {
    "weekly": ("week", 52),
    "biweekly": ("two_weeks", 26),
    "semimonthly": ("half_month", 24),
    "monthly": ("month", 12),
    "quarterly": ("quarter", 4),
    "yearly": ("year", 1),
}
#: Windows of the calendar in months, and in weeks; half a month is its first 15 days, and the rest.
_MONTHS = {"month": 1, "quarter": 3, "half_year": 6, "year": 12, "year_to_date": 12}
_WEEKS = {"week": 1, "two_weeks": 2}
_FIRST_HALF_DAYS = 15
WINDOWS = (*_WEEKS, "half_month", *_MONTHS)


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
    """The fiscal calendar that starts on `start_on`: its years, quarters and months are counted from that day.

    Weeks do not stop at the end of a year; `pays_from` is the first day of one of them.
    """

    start_on: date
    pays_from: date = A_MONDAY

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

    def window(self, kind: str, on: date) -> Period:
        """The window of one of WINDOWS with that day; weeks and half months have no name and are spelled out."""
        if kind in _WEEKS:
            size = _WEEKS[kind] * _DAYS_OF_WEEK
            start = self.pays_from + timedelta(days=(on - self.pays_from).days // size * size)
            return _spelled(start, start + timedelta(days=size))
        if kind == "half_month":
            _, start, end = self._span(on, 1)
            middle = start + timedelta(days=_FIRST_HALF_DAYS)
            return _spelled(start, middle) if on < middle else _spelled(middle, end)
        return {1: self.month, 3: self.quarter, 6: self.half_year, 12: self.year}[_MONTHS[kind]](on)

    def pay_period(self, pays: str, on: date) -> Period:
        """The pay period with that day, of a plan that pays so often."""
        return self.window(PAYS[pays][0], on)

    def number(self, kind: str, on: date) -> int:
        """Which window of the kind a day lies in, counted from the one with the first day of the calendar."""
        if kind in _WEEKS:
            size = _WEEKS[kind] * _DAYS_OF_WEEK
            return (on - self.pays_from).days // size - (self.start_on - self.pays_from).days // size
        if kind == "half_month":
            _, start, _ = self._span(on, 1)
            return 2 * self._index(on) + int(on >= start + timedelta(days=_FIRST_HALF_DAYS))
        return self._index(on) // _MONTHS[kind]

    def edges(self, kind: str, until: date) -> list[date]:
        """First days of the windows of the kind, from the one the calendar begins in until `until` is passed."""
        if kind in _MONTHS:
            return self.starts(_MONTHS[kind], until)
        found = [self.window(kind, self.start_on).start_on]
        while found[-1] < until:
            found.append(self.window(kind, found[-1]).end_on)
        return found

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
        return _spelled(start_on, end_on)

    def starts(self, months: int, until: date) -> list[date]:
        """First days of the windows of that many months, from the start of the calendar until `until` is passed."""
        found = [self.start_on]
        while found[-1] < until:
            found.append(add_months(self.start_on, len(found) * months))
        return found


def _spelled(start_on: date, end_on: date) -> Period:
    """A range of days that has no name."""
    return Period(f"{start_on} .. {end_on}", start_on, end_on)
