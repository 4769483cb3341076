"""Which fiscal period a person means when they say one."""

from __future__ import annotations

import calendar as months
import re
from datetime import date, timedelta
from typing import TYPE_CHECKING

from operations.errors import UnknownPeriod

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.dates import Calendar, Period

_KINDS = ("month", "quarter", "year")
_RELATIVE = re.compile(r"(this|current|last|previous|next)\s+(month|quarter|year)")
_RANGE = re.compile(r"(\d{4}-\d\d-\d\d)\s*\.\.\s*(\d{4}-\d\d-\d\d)")
_MONTH = re.compile(r"(\d{4})-(\d{1,2})")
_QUARTER = re.compile(r"(?:(?:fy)?(\d{4})[-\s]*)?q([1-4])(?:[-\s]*(?:fy)?(\d{4}))?")
_YEAR = re.compile(r"(?:fy)?(\d{4})")
_NAMES = {name.lower(): n for names in (months.month_name, months.month_abbr) for n, name in enumerate(names) if name}


def named(text: str, fiscal: Calendar, as_of: date) -> Period:
    """The period that `text` names, seen from `as_of`: "last quarter", "Q3", "2026-Q1", "October" or "2026-08".

    A quarter or month without a year is the latest one that has begun by `as_of`.

    Raises:
        UnknownPeriod: The text names no period.
    """
    said = " ".join(text.lower().split())
    readings: list[Callable[[str, Calendar, date], Period | None]] = [_relative, _quarter, _month, _year, _range]
    for read in readings:
        found = read(said, fiscal, as_of)
        if found is not None:
            return found
    raise UnknownPeriod(
        f'"{text}" is no period. Say "this month", "last quarter", "Q3", "2026-Q1" or a month\'s name.'
    )


def _span(kind: str, fiscal: Calendar, on: date) -> Period:
    return fiscal.window(kind, on)


def _relative(said: str, fiscal: Calendar, as_of: date) -> Period | None:
    if said in _KINDS:
        return _span(said, fiscal, as_of)
    match = _RELATIVE.fullmatch(said)
    if not match:
        return None
    which, kind = match.groups()
    here = _span(kind, fiscal, as_of)
    if which in ("last", "previous"):
        return _span(kind, fiscal, here.start_on - timedelta(days=1))
    return _span(kind, fiscal, here.end_on) if which == "next" else here


def _quarter(said: str, fiscal: Calendar, as_of: date) -> Period | None:
    match = _QUARTER.fullmatch(said)
    if not match:
        return None
    year, number = match.group(1) or match.group(3), int(match.group(2))
    within = _fiscal_year(int(year), fiscal) if year else fiscal.year(as_of)
    found = _nth_quarter(fiscal, within, number)
    if not year and found.start_on > as_of:
        found = _nth_quarter(fiscal, fiscal.year(within.start_on - timedelta(days=1)), number)
    return found


def _nth_quarter(fiscal: Calendar, year: Period, number: int) -> Period:
    found = fiscal.quarter(year.start_on)
    for _ in range(number - 1):
        found = fiscal.quarter(found.end_on)
    return found


def _month(said: str, fiscal: Calendar, as_of: date) -> Period | None:
    match = _MONTH.fullmatch(said)
    if match:
        year, number = int(match.group(1)), int(match.group(2))
    else:
        name, _, spoken = said.partition(" ")
        if name not in _NAMES or (spoken and not re.fullmatch(r"\d{4}", spoken)):
            return None
        number = _NAMES[name]
        year = int(spoken) if spoken else as_of.year - (number > as_of.month)
    if not (1 <= number <= 12 and date.min.year < year < date.max.year):
        return None
    return fiscal.month(date(year, number, min(fiscal.start_on.day, months.monthrange(year, number)[1])))


def _range(said: str, fiscal: Calendar, _as_of: date) -> Period | None:
    """Days spelled out, as pay periods without a name are: the first day .. the first day after."""
    match = _RANGE.fullmatch(said)
    if not match:
        return None
    try:
        start, end = (date.fromisoformat(each) for each in match.groups())
    except ValueError:
        return None
    known = range(date.min.year + 2, date.max.year - 1)
    return fiscal.named(start, end) if start < end and start.year in known and end.year in known else None


def _year(said: str, fiscal: Calendar, _as_of: date) -> Period | None:
    match = _YEAR.fullmatch(said)
    return _fiscal_year(int(match.group(1)), fiscal) if match else None


def _fiscal_year(year: int, fiscal: Calendar) -> Period:
    """The fiscal year people call by that number: the one it ends in, which is the one with its first of January."""
    if not date.min.year + 1 < year < date.max.year - 1:
        raise UnknownPeriod
    return fiscal.year(date(year, 1, 1))
