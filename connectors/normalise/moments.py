"""One date or instant as an API writes it, to a day or an instant. A close date is derived here and nowhere else."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

ISO_TEXT = re.compile(
    r"(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"(?:[T ](?P<time>[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?)(?P<zone>Z|[+-][0-9]{2}:?[0-9]{2})?)?"
)
DOTNET_TEXT = re.compile(r"/Date\((-?[0-9]{1,15})(?:[+-][0-9]{4})?\)/")
WHOLE_TEXT = re.compile(r"-?[0-9]{1,15}")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MIDNIGHT = time(0)


def day_of(text: str, notation: str, zone: ZoneInfo) -> date | None:
    """The day that `text` names, None where it is none in that notation.

    A plain date is that day. An instant at exactly midnight UTC is a date that an API was given without a time, and
    is that day too. Every other instant is the day it falls on in `zone`; one without an offset is meant there.
    """
    found = _read(text, notation)
    if not isinstance(found, datetime):
        return found
    if found.tzinfo is None:
        return found.date()
    in_utc = found.astimezone(UTC)
    if in_utc.time() == _MIDNIGHT and found.utcoffset() == timedelta(0):
        return in_utc.date()
    try:
        return found.astimezone(zone).date()
    except OverflowError:
        return None


def instant_of(text: str, notation: str, zone: ZoneInfo) -> datetime | None:
    """The instant that `text` names in UTC, None where it is none; a plain date begins in `zone`."""
    found = _read(text, notation)
    if found is None:
        return None
    if not isinstance(found, datetime):
        found = datetime.combine(found, _MIDNIGHT)
    try:
        return (found.replace(tzinfo=zone) if found.tzinfo is None else found).astimezone(UTC)
    except OverflowError:
        return None


def _read(text: str, notation: str) -> date | datetime | None:
    """A date, an instant, or an instant that names no zone."""
    if notation == "iso":
        return _iso(text)
    match = DOTNET_TEXT.fullmatch(text) if notation == "dotnet" else WHOLE_TEXT.fullmatch(text)
    if match is None:
        return None
    number = int(match[1] if notation == "dotnet" else match[0])
    try:
        return _EPOCH + (timedelta(seconds=number) if notation == "epoch" else timedelta(milliseconds=number))
    except OverflowError:
        return None


def _iso(text: str) -> date | datetime | None:
    match = ISO_TEXT.fullmatch(text)
    if match is None:
        return None
    try:
        if match["time"] is None:
            return date.fromisoformat(match["day"])
        return datetime.fromisoformat(f"{match['day']}T{match['time'][:15]}{match['zone'] or ''}")
    except ValueError:
        return None
