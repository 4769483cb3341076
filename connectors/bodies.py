"""Records of an API as a frame of texts: what `normalise` reads. Every value keeps the digits its source wrote."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

#: A body with a list under this name stands for several rows, each of which sees the outer fields too.
ROWS = "rows"

#: Under this name a body says who changed the record last there, by the id that a person of that source has.
CHANGED_BY = "changed_by"

#: The type of a column of texts: built from arrow, without a look at each of them on the way.
_TEXT = pd.StringDtype(na_value=np.nan)


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
    bodies: list[Mapping[str, Any]] = [record.body for record in records]
    parts: list[Any] = bodies
    origin = list(range(len(bodies)))
    inner = [body.get(ROWS) for body in bodies]
    if any(isinstance(one, list) for one in inner):
        shown = [one if isinstance(one, list) else (body,) for one, body in zip(inner, bodies, strict=True)]
        origin = [place for place, mine in enumerate(shown) for _ in mine]
        bodies = [bodies[place] for place in origin]
        parts = [part for mine in shown for part in mine]
    return pd.DataFrame({column: _series(_column(parts, bodies, column)) for column in columns}), origin


def _column(parts: Sequence[Any], bodies: Sequence[Mapping[str, Any]], column: str) -> list[str]:
    """The column's text in each part, or else in its body. Most are text already, under their plain name."""
    found: list[Any] = [part.get(column) if type(part) is dict else None for part in parts]
    if set(map(type, found)) <= {str}:
        return found
    return [
        value if type(value) is str else _looked_up(parts[place], bodies[place], column)
        for place, value in enumerate(found)
    ]


def _series(texts: list[str]) -> pd.Series[str]:
    """The texts as a column; what no database keeps, NUL and halves of characters, is replaced."""
    try:
        found = pa.array(texts, pa.large_string())
    except UnicodeEncodeError:
        found = pa.array([one.encode("utf-8", "replace").decode() for one in texts], pa.large_string())
    if "\x00" in "".join(texts):
        found = pc.replace_substring(found, "\x00", "\ufffd")
    return pd.Series(_TEXT.__from_arrow__(found))  # type: ignore[attr-defined]  # pandas calls it so itself


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
