"""The days of a SPIF and the instants at which they begin, at the edges of zones."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.spifs.windows import Window, begins_at, is_zone

ZONES = ["America/New_York", "Africa/Cairo", "Asia/Beirut", "America/Havana", "Pacific/Apia", "Asia/Kathmandu", "UTC"]


@pytest.mark.parametrize(
    ("zone", "on", "instant"),
    [
        ("America/New_York", date(2026, 3, 8), "2026-03-08T05:00"),  # the day loses an hour at 2
        ("America/New_York", date(2026, 11, 2), "2026-11-02T05:00"),  # the day after the one that wins an hour
        ("Africa/Cairo", date(2026, 4, 24), "2026-04-23T22:00"),  # no midnight: the day begins at 1
        ("America/Havana", date(2026, 11, 1), "2026-11-01T04:00"),  # midnight twice: the first begins the day
        ("Europe/Paris", date(2028, 2, 29), "2028-02-28T23:00"),
        ("Asia/Tokyo", date(2027, 1, 1), "2026-12-31T15:00"),
        ("Nowhere/Land", date(2026, 1, 1), "2026-01-01T00:00"),
    ],
)
def test_a_day_begins_at_its_first_instant(zone: str, on: date, instant: str) -> None:
    assert begins_at(on, zone) == datetime.fromisoformat(instant).replace(tzinfo=UTC)


@settings(max_examples=100, deadline=None)
@given(st.dates(date(2011, 1, 1), date(2036, 1, 1)), st.sampled_from(ZONES))
def test_the_instant_before_a_day_is_of_the_day_before(on: date, zone: str) -> None:
    window = Window(on, on + timedelta(days=1), zone)
    if zone == "Pacific/Apia" and on in (date(2011, 12, 30), date(2011, 12, 31)):
        return  # the day that Samoa left out
    assert window.day_of(window.opens_at) == on
    assert window.day_of(window.opens_at - timedelta(seconds=1)) < on
    assert window.day_of(window.closes_at - timedelta(seconds=1)) == on


def test_windows_before_are_whole_months_where_the_window_is() -> None:
    march = Window(date(2026, 3, 1), date(2026, 4, 1))
    assert march.before(1) == Window(date(2026, 2, 1), date(2026, 3, 1))
    assert march.before(3) == Window(date(2025, 12, 1), date(2026, 1, 1))
    assert march.after() == Window(date(2026, 4, 1), date(2026, 5, 1))
    week = Window(date(2026, 3, 9), date(2026, 3, 16))
    assert week.before(2) == Window(date(2026, 2, 23), date(2026, 3, 2))
    assert (march.months, week.months, march.days, week.last_on) == (1, 0, 31, date(2026, 3, 15))


def test_only_known_zones_are_zones() -> None:
    assert is_zone("Europe/Paris")
    assert not any(is_zone(name) for name in ("Mars/Base", "", "../etc/passwd", "Europe/Paris\n"))
