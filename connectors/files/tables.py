"""A kind's table: its file with the columns that lookups lend, without the rows that `only_when` leaves out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from connectors.files import csv_text
from connectors.files.refusals import Place, refused
from connectors.normalise.sheet import UNMATCHED, arrow_text
from connectors.normalise.wide import spread

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd
    from numpy.typing import NDArray

    from connectors.files.csv_text import CsvFile
    from connectors.schema import KindMapping, Lookup


@dataclass(frozen=True, slots=True)
class Table:
    """Text rows ready to be normalised.

    Attributes:
        file: The file they come from.
        frame: Its columns and those of lookups as `lookup.header`.
        lines: The line each row starts on.
        skipped: Rows that `only_when` left out.
    """

    file: CsvFile
    frame: pd.DataFrame
    lines: NDArray[np.int64]
    skipped: int


def read_table(mapping: KindMapping, folder: Path, path: Path) -> Table:
    """The kind's table from one file.

    Raises:
        SourceRefused: The file or a lookup file cannot be trusted.
    """
    file = csv_text.read(path, name_of(path, folder), own_columns(mapping), mapping.fmt)
    kept = _kept(mapping, file.frame)
    frame = file.frame if kept.all() else file.frame[kept].reset_index(drop=True)
    for lookup in mapping.lookups:
        _lend(frame, lookup, mapping, folder)
    frame, places = spread(mapping, frame)
    return Table(file, frame, file.lines[kept][places], int(len(kept) - kept.sum()))


def own_columns(mapping: KindMapping) -> tuple[str, ...]:
    """The columns the kind's own file must have."""
    lent = tuple(f"{lookup.name}." for lookup in mapping.lookups)
    columns = [*mapping.columns, *(lookup.by for lookup in mapping.lookups)]
    return (
        tuple(dict.fromkeys(c for c in columns if not c.startswith(lent))) if lent else tuple(dict.fromkeys(columns))
    )


def name_of(path: Path, folder: Path) -> str:
    """How messages call the file: its path below the folder, never the machine's."""
    return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else path.name


def _kept(mapping: KindMapping, frame: pd.DataFrame) -> NDArray[np.bool_]:
    kept = np.ones(len(frame), dtype=bool)
    for column, allowed in mapping.only_when.items():
        text = pc.utf8_trim_whitespace(arrow_text(frame[column]))
        kept &= pc.is_in(text, pa.array(sorted(allowed), type=pa.string())).to_numpy(zero_copy_only=False)
    return kept


def _lend(frame: pd.DataFrame, lookup: Lookup, mapping: KindMapping, folder: Path) -> None:
    """Adds the lookup's columns to the frame, and the texts it does not know under `lookup.?`."""
    path = folder / lookup.file
    other = csv_text.read(path, name_of(path, folder), (lookup.key, *lookup.take), mapping.fmt)
    keys = pc.utf8_trim_whitespace(arrow_text(other.frame[lookup.key]))
    _check_unique(keys, other, lookup)
    wanted = pc.utf8_trim_whitespace(arrow_text(frame[lookup.by]))
    empty = pc.is_in(wanted, pa.array(list(mapping.fmt.nulls), type=pa.string()))
    place = pc.if_else(empty, pa.scalar(None, pa.int32()), pc.index_in(wanted, value_set=keys))
    for column in lookup.take:
        frame[f"{lookup.name}.{column}"] = pc.fill_null(arrow_text(other.frame[column]).take(place), "").to_pandas()
    unknown = pc.and_(pc.is_null(place), pc.invert(empty))
    frame[f"{lookup.name}.{UNMATCHED}"] = pc.if_else(unknown, wanted, "").to_pandas()


def _check_unique(keys: pa.Array, other: CsvFile, lookup: Lookup) -> None:
    first = pc.index_in(keys, value_set=keys).to_numpy(zero_copy_only=False)
    repeated = np.flatnonzero(first != np.arange(len(first)))
    if len(repeated):
        again = int(repeated[0])
        place = Place(
            name=other.name,
            line=int(other.lines[again]),
            found=repr(keys[again].as_py()),
            allowed=f"one row; the first is on line {other.lines[int(first[again])]}",
        )
        raise refused("lookup_duplicate", place, repr(lookup.name))
