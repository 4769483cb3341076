"""The demo's fiscal calendar: whatever day it starts on, pay is still to be earned."""

from datetime import date, timedelta
from itertools import pairwise

from bot.demo.calendar import FiscalCalendar, months_after


def test_every_day_of_two_years_is_mid_flight() -> None:
    for n in range(731):
        today = date(2027, 1, 1) + timedelta(days=n)
        calendar = FiscalCalendar(today)
        elapsed = (today - calendar.quarter.start_on).days + 1
        assert today in calendar.quarter
        assert 28 <= elapsed <= 62, today
        assert elapsed < calendar.quarter.days - 27, today


def test_the_current_quarter_is_the_third_of_its_year() -> None:
    calendar = FiscalCalendar(date(2026, 11, 21))
    assert calendar.quarter.start_on == date(2026, 10, 1)
    assert (calendar.year.start_on, calendar.year.end_on) == (date(2026, 4, 1), date(2027, 4, 1))
    assert calendar.last_year.end_on == calendar.year.start_on
    assert calendar.history_start_on == date(2025, 10, 1)


def test_windows_meet_without_gap_or_overlap() -> None:
    for today in (date(2027, 1, 1), date(2027, 2, 28), date(2028, 2, 29), date(2026, 12, 31)):
        windows = FiscalCalendar(today).windows()
        assert all(a.end_on == b.start_on for a, b in pairwise(windows))
        assert today + timedelta(days=1) in {w.start_on for w in windows}
        assert windows[-1].end_on == FiscalCalendar(today).year.end_on
        later = FiscalCalendar(today).next_windows()
        assert len(later) == 4
        assert later[0].start_on == windows[-1].end_on
        assert later[-1].end_on == FiscalCalendar(today).next_year.end_on


def test_months_count_over_the_turn_of_the_year() -> None:
    assert months_after(date(2027, 1, 31), -1) == date(2026, 12, 1)
    assert months_after(date(2026, 11, 30), 3) == date(2027, 2, 1)
