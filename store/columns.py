"""A source's rows as columns ready to store: exact, clean, with the hash that tells whether a row changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from store.errors import FrameRefused
from store.tables.column_types import EPOCH, FOREVER

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from store.kinds import Field, Kind

#: "Nothing here" while days or instants lie in an array.
NOTHING = np.iinfo(np.int64).min
FOREVER_DAY = (FOREVER - EPOCH).days
SEPARATOR = "\x1f"
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
_DAYS_US = 86_400_000_000


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of one kind from one source, column by column: `texts` and `numbers` by field name."""

    kind: Kind
    source: str
    keys: list[str]
    texts: dict[str, list[str]]
    numbers: dict[str, NDArray[np.int64]]
    deleted: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.keys)

    def hashes(self) -> NDArray[np.int64]:
        """One number per row over everything the source said; equal rows have equal numbers, in any database."""
        return row_hashes([self.spelled(field) for field in self.kind.hashed], len(self))

    def spelled(self, field: Field) -> list[str]:
        """A field as text, one spelling per value."""
        if field.name in self.texts:
            return self.texts[field.name]
        return _spelled(self.numbers[field.name], field)

    def take(self, positions: NDArray[np.intp]) -> Rows:
        """The rows at those positions, in that order."""
        chosen = positions.tolist()
        return Rows(
            self.kind,
            self.source,
            [self.keys[i] for i in chosen],
            {name: [values[i] for i in chosen] for name, values in self.texts.items()},
            {name: values[positions] for name, values in self.numbers.items()},
            self.deleted[positions],
        )


def read(kind: Kind, source: str, frame: pd.DataFrame) -> Rows:
    """The frame's rows in stored form. A column the kind can do without may be missing.

    Raises:
        FrameRefused: a column is missing, money is not a whole number, an instant has no zone.
    """
    texts: dict[str, list[str]] = {}
    numbers: dict[str, NDArray[np.int64]] = {}
    for field in kind.fields:
        _read_field(kind, field, frame, texts, numbers)
    return Rows(kind, source, _keys(kind, texts, numbers), texts, numbers, _deleted(frame))


def _deleted(frame: pd.DataFrame) -> NDArray[np.bool_]:
    """Whether each row says that its record is gone; a row that does not say is there."""
    if "deleted" not in frame:
        return np.zeros(len(frame), dtype=bool)
    said: NDArray[np.bool_] = frame["deleted"].eq(True).fillna(value=False).to_numpy(dtype=bool)
    return said


def keys(kind: Kind, frame: pd.DataFrame) -> list[str]:
    """The key of each row within its source; no other column is looked at.

    Raises:
        FrameRefused: a column of the key is missing or not in its shape.
    """
    texts: dict[str, list[str]] = {}
    numbers: dict[str, NDArray[np.int64]] = {}
    for field in kind.fields:
        if field.name in kind.key:
            _read_field(kind, field, frame, texts, numbers)
    return _keys(kind, texts, numbers)


def _read_field(
    kind: Kind,
    field: Field,
    frame: pd.DataFrame,
    texts: dict[str, list[str]],
    numbers: dict[str, NDArray[np.int64]],
) -> None:
    if field.name not in frame:
        _leave_out(kind, field, len(frame), texts, numbers)
        return
    values = frame[field.name]
    if field.shape in ("text", "label"):
        texts[field.name] = _texts(values, field)
    elif field.shape == "int":
        numbers[field.name] = _whole(values, field)
    elif field.shape == "instant":
        numbers[field.name] = _instants(values)
    else:
        numbers[field.name] = _days(values, field)


def _keys(kind: Kind, texts: dict[str, list[str]], numbers: dict[str, NDArray[np.int64]]) -> list[str]:
    parts = [texts[name] if name in texts else list(map(str, numbers[name].tolist())) for name in kind.key]
    if len(parts) == 1:
        return parts[0]
    return list(map(SEPARATOR.join, zip(*map(_unseparated, parts), strict=True)))


def row_hashes(columns: Sequence[list[str]], count: int) -> NDArray[np.int64]:
    """64 bits of BLAKE2b over each row's fields. A chance collision of two versions of one record is 1 in 10^19."""
    if not count:
        return np.empty(0, dtype=np.int64)
    joined = list(map(SEPARATOR.join, zip(*columns, strict=True)))
    if "".join(joined).count(SEPARATOR) != (len(columns) - 1) * count:
        joined = list(map(SEPARATOR.join, zip(*map(_unseparated, columns), strict=True)))
    digests = b"".join([blake2b(row, digest_size=8).digest() for row in map(str.encode, joined)])
    return np.frombuffer(digests, dtype="<i8")


def nullable(values: NDArray[np.int64]) -> list[int | None]:
    """Days or instants as the database takes them: None where there is nothing."""
    if len(values) and int(values.max()) == NOTHING:
        return [None] * len(values)
    return [None if value == NOTHING else value for value in values.tolist()]


def _spelled(values: NDArray[np.int64], field: Field) -> list[str]:
    if field.shape in ("day", "instant"):
        return ["" if value is None else str(value) for value in nullable(values)]
    return list(map(str, values.tolist()))


def _unseparated(values: list[str]) -> list[str]:
    if SEPARATOR not in "".join(values):
        return values
    return [value.replace(SEPARATOR, SEPARATOR * 2 + "'") for value in values]


def _leave_out(
    kind: Kind, field: Field, count: int, texts: dict[str, list[str]], numbers: dict[str, NDArray[np.int64]]
) -> None:
    """A field that no row says, where its kind can do without."""
    if field.default is None or field.shape == "int":
        raise FrameRefused(f"{kind.name} rows lack the column {field.name}")
    if field.shape in ("text", "label"):
        texts[field.name] = [field.default] * count
    else:
        numbers[field.name] = np.full(count, FOREVER_DAY if field.shape == "until" else NOTHING)


def _texts(values: pd.Series[Any], field: Field) -> list[str]:
    found: list[Any] = values.array.to_numpy(dtype=object).tolist()
    try:
        joined = "".join(found)
    except TypeError:  # something in it is no text: empty, a number, or a mistake
        found = [value if type(value) is str else _text(value, field) for value in found]
        joined = "".join(found)
    return found if _is_storable(joined) else [_storable(value) for value in found]


def _text(value: Any, field: Field) -> str:
    if _is_empty(value):
        return field.default or ""
    if isinstance(value, str):
        return str(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise FrameRefused(f"{field.name} holds {type(value).__name__} where text belongs")


def _is_empty(value: Any) -> bool:
    return value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and value != value)


def _is_storable(text: str) -> bool:
    if "\x00" in text:
        return False
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _storable(text: str) -> str:
    """Postgres keeps no NUL and nothing keeps half a surrogate pair; both become the replacement character."""
    return text.replace("\x00", REPLACEMENT).encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _whole(values: pd.Series[Any], field: Field) -> NDArray[np.int64]:
    if values.dtype.kind not in "iu" and not _are_ints(values):
        raise FrameRefused(f"{field.name} must be whole numbers, found {values.dtype}")
    if values.dtype.kind == "u" and len(values) and int(values.max()) > np.iinfo(np.int64).max:
        raise FrameRefused(f"{field.name} does not fit 64 bits")
    try:
        numbers: NDArray[np.int64] = values.to_numpy(dtype=np.int64)
    except (OverflowError, TypeError, ValueError):
        raise FrameRefused(f"{field.name} does not fit 64 bits") from None
    return numbers


def _are_ints(values: pd.Series[Any]) -> bool:
    return values.dtype == object and all(type(value) is int for value in values.tolist())


def _days(values: pd.Series[Any], field: Field) -> NDArray[np.int64]:
    days: NDArray[np.int64]
    if values.dtype.kind in "iu":
        days = values.to_numpy(dtype=np.int64)
    elif values.dtype.kind == "M":
        days = values.to_numpy(dtype="datetime64[D]").astype(np.int64)
    else:
        days = np.fromiter((_day(value, field) for value in values.tolist()), dtype=np.int64, count=len(values))
    if field.shape == "until":
        return np.where(days == NOTHING, FOREVER_DAY, days)
    if field.default is None and len(days) and int(days.min()) == NOTHING:
        raise FrameRefused(f"{field.name} is empty in a row")
    return days


def _day(value: Any, field: Field) -> int:
    if _is_empty(value) or value == "":
        return NOTHING
    if isinstance(value, datetime) or not isinstance(value, date):
        raise FrameRefused(f"{field.name} holds {type(value).__name__} where a date belongs")
    return value.toordinal() - _EPOCH_ORDINAL


_EPOCH_ORDINAL = EPOCH.toordinal()


def _instants(values: pd.Series[Any]) -> NDArray[np.int64]:
    if isinstance(values.dtype, pd.DatetimeTZDtype):
        utc = values.dt.tz_convert("UTC").dt.tz_localize(None)
        stamps: NDArray[np.int64] = utc.to_numpy(dtype="datetime64[us]").astype(np.int64)
        return stamps
    if values.dtype.kind == "M":
        raise FrameRefused("source_at has no time zone")
    listed: list[Any] = values.tolist()
    if listed.count(None) == len(listed):
        return np.full(len(listed), NOTHING)
    return np.fromiter(map(microseconds, listed), dtype=np.int64, count=len(listed))


def microseconds(value: Any) -> int:
    """Microseconds since 1970-01-01 UTC, or `NOTHING`.

    Raises:
        FrameRefused: the instant has no zone.
    """
    if _is_empty(value):
        return NOTHING
    if not isinstance(value, datetime) or value.utcoffset() is None:
        raise FrameRefused("source_at has no time zone")
    since = value - _EPOCH_AT
    return since.days * _DAYS_US + since.seconds * 1_000_000 + since.microseconds


_EPOCH_AT = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
