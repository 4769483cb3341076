"""Columns of a frame as arrays: all that a calculation reads of one, with or without a data frame around them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeAlias, cast

import numpy as np
import pandas as pd

from engine.errors import FrameInvalid

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Values: TypeAlias = "NDArray[np.integer[Any]] | Named"


@dataclass(frozen=True, slots=True)
class Named:
    """A category column as arrays: `codes` index into `names`; a missing value has the code -1."""

    codes: NDArray[np.integer[Any]]
    names: tuple[str, ...]

    def code(self, name: str) -> int:
        """The code of one name, or -2 when the column never says it."""
        return self.names.index(name) if name in self.names else -2


class _Taken(dict[str, "Values"]):
    """Columns taken out of a data frame so far."""

    def __init__(self, frame: pd.DataFrame) -> None:
        super().__init__()
        self.of = frame

    def __missing__(self, name: str) -> Values:
        is_category = name in self.of and isinstance(self.of[name].dtype, pd.CategoricalDtype)
        self[name] = named(self.of, name) if is_category else integers(self.of, name)
        return self[name]


@dataclass(frozen=True, slots=True)
class Columns:
    """The rows of a frame by column, as arrays: all that a calculation reads, without the cost of a data frame."""

    columns: Mapping[str, Values]

    def __len__(self) -> int:
        if isinstance(self.columns, _Taken):
            return len(self.columns.of)
        first = next(iter(self.columns.values()))
        return len(first.codes if isinstance(first, Named) else first)

    def __contains__(self, name: str) -> bool:
        return name in (self.columns.of if isinstance(self.columns, _Taken) else self.columns)

    @property
    def empty(self) -> bool:
        """Whether it has no rows."""
        return len(self) == 0

    def part(self, rows: NDArray[np.integer[Any]]) -> Columns:
        """Some of the rows, in that order."""
        return Columns(
            {
                name: Named(values.codes[rows], values.names) if isinstance(values, Named) else values[rows]
                for name, values in self.columns.items()
            }
        )

    def followed_by(self, other: Columns) -> Columns:
        """These rows and then those of another with the same columns."""
        return Columns({name: _after(values, other.columns[name]) for name, values in self.columns.items()})

    @classmethod
    def of(cls, frame: pd.DataFrame) -> Columns:
        """The columns of a data frame, each taken out of it when it is first asked for."""
        return cls(_Taken(frame))

    def frame(self) -> pd.DataFrame:
        """The same as a data frame."""
        if isinstance(self.columns, _Taken):
            return self.columns.of
        columns = {
            name: _category(values) if isinstance(values, Named) else values for name, values in self.columns.items()
        }
        return pd.DataFrame(columns, copy=False)


def _after(first: Values, second: Values) -> Values:
    if isinstance(first, Named) and isinstance(second, Named):
        names = tuple(dict.fromkeys([*first.names, *second.names]))
        codes = np.array([names.index(name) for name in second.names], dtype=np.int32)
        return Named(np.concatenate([first.codes, codes[second.codes]]), names)
    if isinstance(first, Named) or isinstance(second, Named):
        raise FrameInvalid("one of the columns is a category")
    return np.concatenate([first, second])


def _category(values: Named) -> pd.Categorical[Any]:
    return pd.Categorical.from_codes(values.codes, dtype=_category_type(values.names), validate=False)


@lru_cache(maxsize=1024)
def _category_type(names: tuple[str, ...]) -> pd.CategoricalDtype[Any]:
    """Building one costs more than reading a rep's deals."""
    return pd.CategoricalDtype(pd.Index(names, dtype="str"))


Frame: TypeAlias = "pd.DataFrame | Columns"


def integers(frame: Frame, column: str) -> NDArray[np.int64]:
    """The column as it lies in memory; it has been checked to be an integer column.

    Raises:
        FrameInvalid: The column is missing or is no integer column.
    """
    if isinstance(frame, Columns):
        whole = frame.columns[column]
        if isinstance(whole, Named):
            raise FrameInvalid(f"column {column!r} is a category; it must hold whole numbers")
        return cast("NDArray[np.int64]", whole)
    if column not in frame:
        raise FrameInvalid(f"the frame lacks the column {column!r}; it has {', '.join(map(str, frame.columns))}")
    values = frame[column].to_numpy()
    if values.dtype.kind != "i":
        raise FrameInvalid(f"column {column!r} has the dtype {values.dtype}; it must hold whole numbers")
    return values


def named(frame: Frame, column: str) -> Named:
    """The category column as codes and names.

    Raises:
        FrameInvalid: The column is missing or is no category.
    """
    if isinstance(frame, Columns):
        words = frame.columns[column]
        if not isinstance(words, Named):
            raise FrameInvalid(f"column {column!r} has the dtype {words.dtype}; it must be a category")
        return words
    if column not in frame:
        raise FrameInvalid(f"the frame lacks the column {column!r}; it has {', '.join(map(str, frame.columns))}")
    values = frame[column].array
    if not isinstance(values, pd.Categorical):
        raise FrameInvalid(f"column {column!r} has the dtype {values.dtype}; it must be a category")
    return Named(values.codes, tuple(map(str, values.categories.tolist())))
