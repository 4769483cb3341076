"""The demo company's fiscal calendar: it moves with today, so that today is always mid-flight."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

MONTHS_PER_QUARTER = 3
QUARTERS_BEFORE_NOW = 2
HISTORY_QUARTERS = 4


def months_after(first: date, months: int) -> date:
    """The first day of the month that lies `months` after the month of `first` (before it, when negative)."""
    index = first.year * 12 + first.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of days, [start_on, end_on)."""

    start_on: date
    end_on: date

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.end_on - self.start_on).days

    def __contains__(self, day: date) -> bool:
        return self.start_on <= day < self.end_on


@dataclass(frozen=True, slots=True)
class FiscalCalendar:
    """The fiscal year around a day: its current quarter is the third and began with the previous month.

    On the first of a month one month of the quarter has passed, on the last day two: whatever day the demo starts,
    a third to two thirds of the quarter lie behind and pay is still to be earned.
    """

    today: date

    @property
    def quarter(self) -> Window:
        """The current quarter."""
        start = months_after(self.today, -1)
        return Window(start, months_after(start, MONTHS_PER_QUARTER))

    @property
    def year(self) -> Window:
        """The current fiscal year."""
        start = months_after(self.quarter.start_on, -MONTHS_PER_QUARTER * QUARTERS_BEFORE_NOW)
        return Window(start, months_after(start, 12))

    @property
    def last_year(self) -> Window:
        """The fiscal year before the current one."""
        return Window(months_after(self.year.start_on, -12), self.year.start_on)

    @property
    def next_year(self) -> Window:
        """The fiscal year after the current one."""
        return Window(self.year.end_on, months_after(self.year.end_on, 12))

    @property
    def history_start_on(self) -> date:
        """The first day with deals: four whole quarters before the current one."""
        return months_after(self.quarter.start_on, -MONTHS_PER_QUARTER * HISTORY_QUARTERS)

    def quarters(self) -> tuple[Window, ...]:
        """Every quarter with deals in it up to the end of next fiscal year, oldest first."""
        starts, start = [], self.history_start_on
        while start < self.next_year.end_on:
            starts.append(start)
            start = months_after(start, MONTHS_PER_QUARTER)
        return tuple(Window(day, months_after(day, MONTHS_PER_QUARTER)) for day in starts)

    def windows(self) -> tuple[Window, ...]:
        """The quarters up to the end of this fiscal year, with the current one cut in two after today."""
        tomorrow = self.today + timedelta(days=1)
        cut: list[Window] = []
        for quarter in self.quarters():
            if quarter.start_on >= self.year.end_on:
                break
            if tomorrow in quarter:
                cut += [Window(quarter.start_on, tomorrow), Window(tomorrow, quarter.end_on)]
            else:
                cut.append(quarter)
        return tuple(cut)

    def next_windows(self) -> tuple[Window, ...]:
        """The quarters of next fiscal year."""
        return tuple(quarter for quarter in self.quarters() if quarter.start_on >= self.year.end_on)
