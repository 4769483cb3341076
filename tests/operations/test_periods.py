"""What people call a period, seen from a day of a fiscal year that starts in February."""

from __future__ import annotations

from datetime import date

import pytest

from engine.dates import Calendar
from operations.errors import UnknownPeriod
from operations.periods import named

CALENDAR_YEAR = Calendar(date(2026, 1, 1))
FROM_FEBRUARY = Calendar(date(2026, 2, 1))
TODAY = date(2026, 8, 20)


@pytest.mark.parametrize(
    ("said", "start", "end"),
    [
        ("this quarter", date(2026, 7, 1), date(2026, 10, 1)),
        ("quarter", date(2026, 7, 1), date(2026, 10, 1)),
        ("Last  Month", date(2026, 7, 1), date(2026, 8, 1)),
        ("next quarter", date(2026, 10, 1), date(2027, 1, 1)),
        ("2026-Q1", date(2026, 1, 1), date(2026, 4, 1)),
        ("Q2 2025", date(2025, 4, 1), date(2025, 7, 1)),
        ("q4", date(2025, 10, 1), date(2026, 1, 1)),
        ("October", date(2025, 10, 1), date(2025, 11, 1)),
        ("aug", date(2026, 8, 1), date(2026, 9, 1)),
        ("march 2024", date(2024, 3, 1), date(2024, 4, 1)),
        ("2026-08", date(2026, 8, 1), date(2026, 9, 1)),
        ("2026-03-02 .. 2026-03-09", date(2026, 3, 2), date(2026, 3, 9)),
        ("2025", date(2025, 1, 1), date(2026, 1, 1)),
        ("last year", date(2025, 1, 1), date(2026, 1, 1)),
    ],
)
def test_calendar_year(said: str, start: date, end: date) -> None:
    period = named(said, CALENDAR_YEAR, TODAY)
    assert (period.start_on, period.end_on) == (start, end)


@pytest.mark.parametrize(
    ("said", "start", "end"),
    [
        ("this quarter", date(2026, 8, 1), date(2026, 11, 1)),
        ("Q1", date(2026, 2, 1), date(2026, 5, 1)),
        ("FY2027 Q4", date(2026, 11, 1), date(2027, 2, 1)),
        ("last year", date(2025, 2, 1), date(2026, 2, 1)),
        ("FY2026", date(2025, 2, 1), date(2026, 2, 1)),
    ],
)
def test_year_from_february_is_named_after_the_year_it_ends_in(said: str, start: date, end: date) -> None:
    period = named(said, FROM_FEBRUARY, TODAY)
    assert (period.start_on, period.end_on) == (start, end)


@pytest.mark.parametrize(
    "said",
    [
        "soon",
        "Q5",
        "2026-13",
        "13",
        "octember",
        "q1 q2",
        "999999",
        "0000",
        "last week",
        "٣",
        "2026-03-02 .. 2026-03-02",
        "2026-02-30 .. 2026-04-01",
    ],
)
def test_what_is_no_period_is_refused_with_the_allowed_words(said: str) -> None:
    with pytest.raises(UnknownPeriod, match="last quarter"):
        named(said, CALENDAR_YEAR, TODAY)
