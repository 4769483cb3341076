"""Fiscal calendars: no gap, no overlap, whatever day they start on."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.dates import Calendar, Period, add_months, day, on_day

days = st.dates(date(2000, 1, 1), date(2060, 1, 1))


@given(days)
def test_days_and_dates_are_one_to_one(on: date) -> None:
    assert on_day(day(on)) == on
    assert day(date(1970, 1, 1)) == 0


@given(days, days)
def test_every_day_lies_in_one_year_quarter_and_month(start: date, on: date) -> None:
    calendar = Calendar(start)
    year, quarter, month = calendar.year(on), calendar.quarter(on), calendar.month(on)
    for window in (year, quarter, month):
        assert on in window
    assert year.start_on <= quarter.start_on <= month.start_on < month.end_on <= quarter.end_on <= year.end_on
    for find in (calendar.year, calendar.quarter, calendar.month):
        window = find(on)
        assert find(window.end_on).start_on == window.end_on
        assert find(window.last_on) == window


@given(days, st.sampled_from((1, 3, 12)), st.integers(1, 900))
def test_windows_follow_each_other_without_a_gap(start: date, months: int, length: int) -> None:
    calendar, until = Calendar(start), start + timedelta(days=length)
    starts = calendar.starts(months, until)
    assert starts[0] == start
    assert starts[-2] < until <= starts[-1]
    find = {1: calendar.month, 3: calendar.quarter, 12: calendar.year}[months]
    assert [find(each).start_on for each in starts] == starts


@pytest.mark.parametrize(
    ("start", "labels"),
    [
        (date(2026, 1, 1), ("2026", "Q3 2026", "2026-08")),
        (date(2026, 2, 1), ("FY2027", "Q3 FY2027", "2026-08")),
        (date(2025, 7, 1), ("FY2027", "Q1 FY2027", "2026-08")),
    ],
)
def test_periods_are_named_as_people_name_them(start: date, labels: tuple[str, ...]) -> None:
    calendar, on = Calendar(start), date(2026, 8, 15)
    assert (calendar.year(on).label, calendar.quarter(on).label, calendar.month(on).label) == labels


def test_a_range_has_the_name_that_the_calendar_gives_it() -> None:
    calendar = Calendar(date(2026, 1, 1))
    assert calendar.named(date(2026, 4, 1), date(2026, 7, 1)).label == "Q2 2026"
    assert calendar.named(date(2026, 4, 1), date(2026, 7, 2)).label == "2026-04-01 .. 2026-07-02"


def test_a_month_later_is_the_last_day_where_there_is_no_such_day() -> None:
    assert [add_months(date(2024, 8, 31), more) for more in (1, 6, 12)] == [
        date(2024, 9, 30),
        date(2025, 2, 28),
        date(2025, 8, 31),
    ]


def test_a_period_ends_before_its_end() -> None:
    period = Period("Q", date(2026, 1, 1), date(2026, 4, 1))
    assert (period.days, period.last_on) == (90, date(2026, 3, 31))
    assert date(2026, 4, 1) not in period
