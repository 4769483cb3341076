"""Rows that hold several figures or tags side by side, spread to one row each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from connectors.schema import KindMapping

#: Columns of a spread row; a mapping cannot write a name with a blank in front.
NAME, VALUE, UNIT = " name", " value", " unit"


def spread(mapping: KindMapping, frame: pd.DataFrame) -> tuple[pd.DataFrame, NDArray[np.intp]]:
    """One row for each value that a row has, and the place of the row it comes from; an empty column is no value."""
    places = np.arange(len(frame), dtype=np.intp)
    if not mapping.values:
        return frame, places
    nulls = set(mapping.fmt.nulls) | {""}
    parts: list[pd.DataFrame] = []
    origins: list[NDArray[np.intp]] = []
    for each in mapping.values:
        texts = frame[each.column]
        there = ~texts.str.strip().isin(nulls).to_numpy(dtype=bool) & texts.notna().to_numpy(dtype=bool)
        part = frame[there].reset_index(drop=True)
        said: dict[str, Any] = {NAME: each.name, VALUE: part[each.column], UNIT: each.unit}
        told = {name: pd.Series(text, index=part.index, dtype="str") for name, text in said.items()}
        parts.append(part.assign(**told))
        origins.append(places[there])
    origin = np.concatenate(origins)
    order = np.argsort(origin, kind="stable")
    return pd.concat(parts, ignore_index=True).take(order).reset_index(drop=True), origin[order]
