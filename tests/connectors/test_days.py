"""Dates are read in the declared format or not at all."""

from datetime import date

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from connectors.normalise.days import NO_DAY, days, instants, next_starts, shifted
from connectors.schema import Span
from engine.dates import day, on_day

ISO, GERMAN, TWO_DIGITS = "%Y-%m-%d", "%d.%m.%Y", "%d.%m.%y"


def read(text: str, date_format: str, timezone: str = "") -> object:
    found, bad = days(pa.array([text]), date_format, timezone)
    return "refused" if bad[0] else None if found[0] == NO_DAY else on_day(int(found[0]))


@pytest.mark.parametrize(
    ("text", "date_format", "expected"),
    [
        ("2011-05-31", ISO, date(2011, 5, 31)),
        ("31.05.2011", GERMAN, date(2011, 5, 31)),
        ("2012-02-29", ISO, date(2012, 2, 29)),
        ("2011-10-16 01:00:00.000", "%Y-%m-%d %H:%M:%S.%f", date(2011, 10, 16)),
        ("01.03.11", TWO_DIGITS, date(2011, 3, 1)),
        ("", ISO, None),
        ("2011-02-29", ISO, "refused"),
        ("31.02.2011", GERMAN, "refused"),
        ("31.05.2011", ISO, "refused"),
        ("2011-05-31", GERMAN, "refused"),
        ("01.03.11", GERMAN, "refused"),
        ("05/31/2011", "%d/%m/%Y", "refused"),
        ("2011-05-31T00:00:00", ISO, "refused"),
        ("2011-05", ISO, "refused"),
        ("20110531", ISO, "refused"),
        ("today", ISO, "refused"),
        ("now", ISO, "refused"),
        ("NaT", ISO, "refused"),
        ("nan", ISO, "refused"),
        ("None", ISO, "refused"),
        ("٢٠١١-05-31", ISO, "refused"),
        ("0211-05-31", ISO, "refused"),
        ("9999-12-31", ISO, "refused"),
        ("40694", ISO, "refused"),
    ],
)
def test_one_date(text: str, date_format: str, expected: object) -> None:
    assert read(text, date_format) == expected


def test_an_instant_becomes_its_day_in_the_declared_zone() -> None:
    assert read("2026-04-01T06:30:00+0000", "%Y-%m-%dT%H:%M:%S%z", "America/Phoenix") == date(2026, 3, 31)
    assert read("2026-03-31T23:30:00+0000", "%Y-%m-%dT%H:%M:%S%z", "Europe/Berlin") == date(2026, 4, 1)


def test_instants_keep_their_offset() -> None:
    stamps, bad = instants(pa.array(["2026-04-01T06:30:00Z", "2026-04-01T06:30:00+0200", ""]), "%Y-%m-%dT%H:%M:%S%z")
    assert [None if s is np.datetime64("NaT") else str(s) for s in stamps[:2]] == [
        "2026-04-01 06:30:00+00:00",
        "2026-04-01 04:30:00+00:00",
    ]
    assert stamps.isna().tolist() == [False, False, True]
    assert not bad.any()


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("2026-04-01T06:30:00Z", True),
        ("2026-04-01T06:30:00", False),
        ("2026-04-01T06:30:00ZZ", False),
        ("2026-04-01T06:30:00 UTC", False),
        ("2026-04-01T06:30Z", False),
        ("Z", False),
        ("todayZ", False),
    ],
)
def test_a_plain_letter_at_the_end_belongs_to_the_format(text: str, good: bool) -> None:
    stamps, bad = instants(pa.array([text]), "%Y-%m-%dT%H:%M:%SZ")
    assert (not bad[0], not pd.isna(stamps[0])) == (good, good)


def test_an_empty_column() -> None:
    found, bad = days(pa.array([], type=pa.string()), ISO)
    assert len(found) == len(bad) == 0


def test_a_range_ends_where_the_owners_next_one_starts() -> None:
    owners = np.array([1, 2, 1, 1])
    starts = np.array([day(date(2026, 1, 31)), 5, day(date(2026, 7, 1)), day(date(2026, 4, 30))], dtype=np.int32)
    following = next_starts(owners, starts)
    assert following.tolist() == [starts[3], NO_DAY, NO_DAY, starts[2]]


def test_a_length_in_months_stops_at_the_months_end() -> None:
    starts = np.array([day(date(2026, 1, 31)), day(date(2026, 11, 30)), NO_DAY], dtype=np.int32)
    moved = shifted(starts, Span(months=3))
    assert [on_day(int(moved[0])), on_day(int(moved[1])), int(moved[2])] == [
        date(2026, 4, 30),
        date(2027, 2, 28),
        NO_DAY,
    ]
