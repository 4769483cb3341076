"""Dates in a declared format to days since 1970-01-01, a whole column at a time. Nothing is guessed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from connectors.normalise.moments import day_of, instant_of
from connectors.schema import NAMED_FORMATS
from engine.dates import add_months, day, on_day

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from connectors.schema import Span

#: The day of a row that has none.
NO_DAY = np.iinfo(np.int32).min

#: Years outside are slips of the pen (0211-05-31), not dates.
FIRST_YEAR, LAST_YEAR = 1900, 2200


def days(text: Any, date_format: str, timezone: str = "") -> tuple[NDArray[np.int32], NDArray[np.bool_]]:
    """The day of each text, `NO_DAY` where it is empty, and which texts are no date in that format.

    An instant with an offset (`%z`) becomes its day in `timezone`; so does one in a named notation, `moments.day_of`.
    """
    if date_format in NAMED_FORMATS:
        return _named_days(text, date_format, ZoneInfo(timezone or "UTC"))
    stamps, bad = instants(text, date_format)
    if "%z" in date_format:
        stamps = stamps.tz_convert(timezone or "UTC").tz_localize(None)
    counted = (stamps.to_numpy().astype("datetime64[D]")).astype(np.int64)
    missing = np.isnat(stamps.to_numpy())
    return np.where(missing, NO_DAY, counted).astype(np.int32), bad


def _named_days(text: Any, notation: str, zone: ZoneInfo) -> tuple[NDArray[np.int32], NDArray[np.bool_]]:
    words, codes = _coded(text)
    known = np.full(len(words) + 1, NO_DAY, dtype=np.int32)
    wrong = np.zeros(len(words) + 1, dtype=bool)
    for place, word in enumerate(words):
        found = day_of(word, notation, zone)
        if found is not None and FIRST_YEAR <= found.year <= LAST_YEAR:
            known[place] = day(found)
        else:
            wrong[place] = bool(word)
    return known[codes], wrong[codes]


def _named_instants(text: Any, notation: str, zone: ZoneInfo) -> tuple[pd.DatetimeIndex, NDArray[np.bool_]]:
    words, codes = _coded(text)
    found = [instant_of(word, notation, zone) for word in words]
    wrong = np.array([at is None and bool(word) for at, word in zip(found, words, strict=True)] + [False], dtype=bool)
    stamps = pd.DatetimeIndex([*found, None], tz="UTC").as_unit("us")
    return stamps.take(codes), wrong[codes]


def _coded(text: Any) -> tuple[list[str], NDArray[np.int64]]:
    """The distinct texts, and which of them each row has."""
    coded = pc.dictionary_encode(text)
    if isinstance(coded, pa.ChunkedArray):
        coded = coded.combine_chunks()
    return coded.dictionary.to_pylist(), coded.indices.to_numpy(zero_copy_only=False).astype(np.int64)


def instants(text: Any, date_format: str, timezone: str = "") -> tuple[pd.DatetimeIndex, NDArray[np.bool_]]:
    """The instant of each text, NaT where it is empty, and which texts are no instant in that format."""
    if date_format in NAMED_FORMATS:
        return _named_instants(text, date_format, ZoneInfo(timezone or "UTC"))
    coded = pc.dictionary_encode(text)
    if isinstance(coded, pa.ChunkedArray):
        coded = coded.combine_chunks()
    words = coded.dictionary
    codes: NDArray[np.int64] = coded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    # pandas reads "today" and "nan" under every format, and digits of every script: only plain dates pass
    plain = pc.match_substring_regex(words, r"^[\x20-\x7e]*[0-9][\x20-\x7e]*$").to_numpy(zero_copy_only=False)
    candidates = pd.Series(words.to_pandas(), dtype="str").where(plain.astype(bool))
    tail = date_format[date_format.rfind("%") + 2 :]
    if tail and "%%" not in date_format:  # pandas has a fast reader for ISO formats, but not for one with a plain Z
        candidates = candidates.where(candidates.str.endswith(tail, na=False)).str.removesuffix(tail)
        date_format = date_format.removesuffix(tail)
    aware = "%z" in date_format
    parsed = pd.to_datetime(candidates, format=date_format, errors="coerce", utc=aware)
    stamps = pd.DatetimeIndex(parsed.where((parsed.dt.year >= FIRST_YEAR) & (parsed.dt.year <= LAST_YEAR)))
    wrong = stamps.isna() & (pc.utf8_length(words).to_numpy(zero_copy_only=False) > 0)
    if len(words) == 0:
        return pd.DatetimeIndex(np.full(len(codes), np.datetime64("NaT", "s"))), np.zeros(len(codes), dtype=bool)
    return stamps.take(codes), np.asarray(wrong)[codes]


def shifted(start: NDArray[np.int32], span: Span) -> NDArray[np.int32]:
    """Each day moved by a span; a day the month lacks becomes its last one."""
    known, codes = np.unique(start, return_inverse=True)
    moved = [
        NO_DAY if number == NO_DAY else day(add_months(on_day(number), span.months)) + span.days
        for number in known.tolist()
    ]
    return np.array(moved, dtype=np.int32)[codes] if moved else start


def next_starts(owners: NDArray[np.int64], start: NDArray[np.int32]) -> NDArray[np.int32]:
    """For each range the start of the same owner's next one, `NO_DAY` where none follows."""
    order = np.lexsort((start, owners))
    following = np.full(len(start), NO_DAY, dtype=np.int32)
    if len(order) > 1:
        same = (owners[order][1:] == owners[order][:-1]) & (start[order][1:] > start[order][:-1])
        following[order[:-1][same]] = start[order][1:][same]
    return following
