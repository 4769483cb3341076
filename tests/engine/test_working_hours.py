"""When somebody may be disturbed: real zones, holidays, daylight saving, leap days, year ends, moves."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from engine.working_hours import Hours, is_holiday, territory

BERLIN = Hours(zone="Europe/Berlin", country="DE")
NEW_YORK = Hours(zone="America/New_York", country="US")


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("hours", "now", "opens"),
    [
        (BERLIN, "2026-11-18T09:00", "2026-11-18T09:00"),  # inside
        (BERLIN, "2026-11-18T05:00", "2026-11-18T07:30"),  # 08:30 is 07:30 UTC in winter
        (BERLIN, "2026-07-15T05:00", "2026-07-15T06:30"),  # and 06:30 in summer
        (BERLIN, "2026-11-18T16:30", "2026-11-19T07:30"),  # at 17:30 the day is over
        (BERLIN, "2026-11-20T18:00", "2026-11-23T07:30"),  # over the weekend
        (BERLIN, "2026-03-27T18:00", "2026-03-30T06:30"),  # over the weekend on which summer time begins
        (BERLIN, "2026-10-23T18:00", "2026-10-26T07:30"),  # and ends
        (BERLIN, "2026-12-24T17:00", "2026-12-28T07:30"),  # Christmas on a Friday, then the weekend
        (BERLIN, "2026-12-31T18:00", "2027-01-04T07:30"),  # the year's end
        (NEW_YORK, "2026-11-25T23:00", "2026-11-27T13:30"),  # Thanksgiving
        (NEW_YORK, "2028-02-28T23:00", "2028-02-29T13:30"),  # a leap day is a day
        (Hours(zone="Asia/Kathmandu"), "2026-11-18T02:00", "2026-11-18T02:45"),  # a zone of quarter hours
        (Hours(zone="Nowhere/At_All"), "2026-11-18T02:00", "2026-11-18T08:30"),
        (Hours(zone="Asia/Dubai", workdays=frozenset({6, 0, 1, 2, 3})), "2026-11-20T06:00", "2026-11-22T04:30"),
    ],
)
def test_somebody_may_be_disturbed_from(hours: Hours, now: str, opens: str) -> None:
    assert hours.open_from(utc(now)) == utc(opens)


def test_who_is_away_is_left_alone_until_they_are_back() -> None:
    away = Hours(zone="Europe/Berlin", away=((date(2026, 11, 16), date(2026, 11, 25)),))
    assert away.open_from(utc("2026-11-18T10:00")) == utc("2026-11-25T07:30")


def test_do_not_disturb_defers_within_the_hours_and_beyond_them() -> None:
    now = utc("2026-11-18T10:00")
    assert Hours(quiet_until=utc("2026-11-18T12:00")).open_from(now) == utc("2026-11-18T12:00")
    assert Hours(quiet_until=utc("2026-11-18T20:00")).open_from(now) == utc("2026-11-19T08:30")


def test_a_reader_who_moves_is_judged_by_the_new_clock() -> None:
    now = utc("2026-11-18T08:00")
    assert Hours(zone="Europe/Berlin").open_from(now) == now
    assert Hours(zone="America/Los_Angeles").open_from(now) == utc("2026-11-18T16:30")
    assert Hours(zone="Asia/Tokyo").open_from(now) == now
    assert Hours(zone="Asia/Tokyo").open_from(utc("2026-11-18T08:30")) == utc("2026-11-18T23:30")


def test_the_day_closes_by_the_readers_clock() -> None:
    assert BERLIN.closes_at(utc("2026-11-18T09:00")) == utc("2026-11-18T16:30")
    outside = utc("2026-11-18T20:00")
    assert BERLIN.closes_at(outside) == outside


def test_working_days_are_counted_over_weekends_and_holidays() -> None:
    assert NEW_YORK.workdays_after(date(2026, 11, 25), 1) == date(2026, 11, 27)
    assert NEW_YORK.workdays_after(date(2026, 11, 25), 2) == date(2026, 11, 30)


def test_holidays_are_those_of_the_country() -> None:
    assert is_holiday("DE", date(2026, 10, 3))
    assert not is_holiday("US", date(2026, 10, 3))
    assert not is_holiday("", date(2026, 12, 25))
    assert not is_holiday("XX", date(2026, 12, 25))


def test_a_locale_names_a_country_or_none() -> None:
    assert [territory(each) for each in ("en-US", "de_DE", "zh-Hans-CN", "fr", "")] == ["US", "DE", "CN", "", ""]


def test_hours_never_reach_into_a_day_off() -> None:
    now = utc("2026-01-01T00:00")
    for hour in range(24 * 400):
        at = now + timedelta(hours=hour)
        opens = NEW_YORK.open_from(at)
        local = NEW_YORK.local(opens)
        assert opens >= at
        assert local.weekday() < 5
        assert not is_holiday("US", local.date())
        assert (8, 30) <= (local.hour, local.minute) < (17, 30)
