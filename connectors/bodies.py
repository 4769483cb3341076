"""Records of an API as a frame of texts: what `normalise` reads. Every value keeps the digits its source wrote."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Protocol

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

#: A body with a list under this name stands for several rows, each of which sees the outer fields too.
ROWS = "rows"


class Readable(Protocol):
    """A record that came now or was kept."""

    @property
    def external_id(self) -> str:
        """Its id at the source."""

    @property
    def source_ts(self) -> datetime | None:
        """When the source says it changed."""

    @property
    def deleted(self) -> bool:
        """Whether the source says it is gone."""

    @property
    def body(self) -> Mapping[str, Any]:
        """What the source wrote."""


def frame(records: Sequence[Readable], columns: Sequence[str]) -> tuple[pd.DataFrame, list[int]]:
    """One row of texts per record, or per entry of its `rows`, and the place of the record each row comes from."""
    found: dict[str, list[str]] = {column: [] for column in columns}
    origin: list[int] = []
    for place, record in enumerate(records):
        body = record.body
        inner = body.get(ROWS)
        parts: Sequence[Any] = inner if isinstance(inner, list) else (body,)
        for part in parts:
            origin.append(place)
            for column, texts in found.items():
                texts.append(_looked_up(part, body, column))
    return pd.DataFrame({column: _series(texts) for column, texts in found.items()}), origin


def _series(texts: list[str]) -> pd.Series[str]:
    """The texts as a column; what no database keeps, NUL and halves of characters, is replaced."""
    try:
        found = pd.Series(texts, dtype="str")
    except UnicodeEncodeError:
        found = pd.Series([one.encode("utf-8", "replace").decode() for one in texts], dtype="str")
    return found.str.replace("\x00", "\ufffd", regex=False) if any("\x00" in one for one in texts) else found


def text(value: object) -> str:
    """A JSON value as text: numbers with all their digits and without an exponent, nothing as ""."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f") if value.is_finite() and abs(value.adjusted()) < 100 else str(value)
    if isinstance(value, int):
        return str(value)
    return json.dumps(value, default=str, ensure_ascii=False)


def _looked_up(part: Any, body: Mapping[str, Any], column: str) -> str:
    if isinstance(part, dict):
        found = part.get(column)
        if found is not None or column in part:
            return text(found)
        if "." in column and (nested := _nested(part, column)) is not None:
            return text(nested)
    if part is body:
        return ""
    return text(body[column]) if column in body else text(_nested(body, column))


def _nested(body: Mapping[str, Any], path: str) -> Any:
    found: Any = body
    for name in path.split("."):
        if not isinstance(found, dict):
            return None
        found = found.get(name)
    return found
