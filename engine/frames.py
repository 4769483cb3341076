"""The facts of one calculation: frames whose columns and dtypes are checked at the door.

Dates are `int32` days since 1970-01-01, money is `int64` minor units in a column ending in `_cents`, shares are
`int64` parts per billion, names are categories. No column is ever a float. The order of rows means nothing.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, fields
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from engine.columns import Columns, Frame, Named, integers, named
from engine.errors import FrameInvalid

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

__all__ = [
    "COLUMNS",
    "CORE",
    "WHOLE_PPB",
    "Columns",
    "Facts",
    "Frame",
    "Named",
    "check",
    "empty",
    "integers",
    "named",
    "none_of",
    "shaped",
]

WHOLE_PPB = 1_000_000_000

COLUMNS: dict[str, dict[str, str]] = {
    "deals": {
        "deal_id": "int64",
        "owner_id": "int64",  # 0: nobody known owns it
        "amount_cents": "int64",
        "currency": "category",
        "booked_on": "int32",
        "deal_type": "category",
        "product": "category",
        "stage": "category",  # won, open or lost
    },
    "splits": {"deal_id": "int64", "rep_id": "int64", "share_ppb": "int64"},
    "quotas": {
        "rep_id": "int64",
        "name": "category",
        "start_on": "int32",
        "end_on": "int32",
        "amount_cents": "int64",
        "currency": "category",
    },
    "assignments": {"rep_id": "int64", "plan": "category", "start_on": "int32", "end_on": "int32"},
    # one unit of from_currency is rate_num / rate_den units of to_currency, both in major units
    "rates": {
        "from_currency": "category",
        "to_currency": "category",
        "start_on": "int32",
        "end_on": "int32",
        "rate_num": "int64",
        "rate_den": "int64",
    },
    # figures of deals beside their amount: money in minor units of the deal's currency, numbers in millionths
    "figures": {"deal_id": "int64", "name": "category", "value": "int64", "unit": "category"},
    # names that deals carry beside type and product: category, segment, territory, or any other
    "tags": {"deal_id": "int64", "name": "category", "value": "category"},
    # where each person stands; manager_id 0: nobody above
    "people": {
        "rep_id": "int64",
        "manager_id": "int64",
        "role": "category",
        "title": "category",
        "team": "category",
        "territory": "category",
        "start_on": "int32",
        "end_on": "int32",
    },
    # what was achieved other than by deals; rep_id 0: by everybody on the plan. Units as in `figures`
    "achievements": {"rep_id": "int64", "name": "category", "on": "int32", "value": "int64", "unit": "category"},
    # yearly amounts of each rep, such as the target variable; weights of pools in millionths
    "incentives": {
        "rep_id": "int64",
        "name": "category",
        "start_on": "int32",
        "end_on": "int32",
        "amount_cents": "int64",
        "currency": "category",
    },
    # what happened to a deal after it was won: payment, invoice, go_live, churn, refund; 0 where it has no amount
    "events": {
        "deal_id": "int64",
        "name": "category",
        "on": "int32",
        "amount_cents": "int64",
        "currency": "category",
    },
    # amounts that people decided: kind is adjustment or prize, deal_id 0 for none
    "adjustments": {
        "adjustment_id": "int64",
        "rep_id": "int64",
        "on": "int32",
        "kind": "category",
        "plan": "category",
        "deal_id": "int64",
        "amount_cents": "int64",
        "currency": "category",
    },
    # where something stood before the first day that is calculated: the credit of a component, the debt of a draw
    "balances": {"rep_id": "int64", "plan": "category", "name": "category", "on": "int32", "value": "int64"},
    # pay periods that are locked, of plans that pay so often: monthly, quarterly or yearly
    "locks": {"pays": "category", "start_on": "int32", "end_on": "int32"},
    # their lines as they were locked; `for_on` is the first day of the period that a line concerns
    "locked": {
        "rep_id": "int64",
        "plan": "category",
        "component": "category",
        "kind": "category",
        "deal_id": "int64",
        "on": "int32",
        "for_on": "int32",
        "basis_cents": "int64",
        "before_cents": "int64",
        "amount_cents": "int64",
        "line_no": "int64",
        "watermark": "int64",
    },
    # days in [start_on, end_on) on which a rep is away and has no quota
    "absences": {"rep_id": "int64", "start_on": "int32", "end_on": "int32"},
}

#: The frames every calculation needs; the others may be left out.
CORE = ("deals", "splits", "quotas", "assignments", "rates")


def _left_out(name: str) -> Any:
    return none_of(name)


@dataclass(frozen=True, eq=False)
class Facts:
    """Everything a calculation reads. See `COLUMNS` for what each frame holds.

    Every frame may be given as a `Columns`; it becomes a data frame when it is asked for as one.
    """

    deals: pd.DataFrame
    splits: pd.DataFrame
    quotas: pd.DataFrame
    assignments: pd.DataFrame
    rates: pd.DataFrame
    figures: pd.DataFrame = field(default_factory=partial(_left_out, "figures"))
    tags: pd.DataFrame = field(default_factory=partial(_left_out, "tags"))
    people: pd.DataFrame = field(default_factory=partial(_left_out, "people"))
    achievements: pd.DataFrame = field(default_factory=partial(_left_out, "achievements"))
    incentives: pd.DataFrame = field(default_factory=partial(_left_out, "incentives"))
    events: pd.DataFrame = field(default_factory=partial(_left_out, "events"))
    adjustments: pd.DataFrame = field(default_factory=partial(_left_out, "adjustments"))
    balances: pd.DataFrame = field(default_factory=partial(_left_out, "balances"))
    absences: pd.DataFrame = field(default_factory=partial(_left_out, "absences"))
    locks: pd.DataFrame = field(default_factory=partial(_left_out, "locks"))
    locked: pd.DataFrame = field(default_factory=partial(_left_out, "locked"))

    def __post_init__(self) -> None:
        """Put the tables aside, until somebody wants them as data frames."""
        own = self.__dict__
        tables = {name: own.pop(name) for name in list(own) if isinstance(own[name], Columns)}
        own["_tables"] = tables

    def __getattr__(self, name: str) -> pd.DataFrame:
        """The data frame of a table, which is made once."""
        tables: Mapping[str, Columns] = self.__dict__.get("_tables", {})
        if name not in tables:
            raise AttributeError(name)
        made = tables[name].frame() if len(tables[name]) else empty(name)
        self.__dict__[name] = made
        return made

    def table(self, name: str) -> Frame:
        """A frame as it was given: what `integers` and `named` read fastest."""
        tables: Mapping[str, Columns] = self.__dict__["_tables"]
        frame: Frame = tables[name] if name in tables else getattr(self, name)
        return frame

    def by_column(self) -> Facts:
        """The same facts as columns, so that none is taken out of a data frame twice."""
        tables = {name: self.table(name) for name in COLUMNS}
        return self.changed(
            **{name: Columns.of(frame) for name, frame in tables.items() if isinstance(frame, pd.DataFrame)}
        )

    def changed(self, **frames: Frame) -> Facts:
        """These facts with other frames in place of some."""
        own: dict[str, Any] = {name: self.table(name) for name in COLUMNS}
        return Facts(**(own | frames))

    @classmethod
    def of(cls, **rows: pd.DataFrame | Sequence[Mapping[str, object]]) -> Facts:
        """Facts from frames or plain rows, converted to the contract's dtypes; what is left out is empty."""
        return cls(**{name: shaped(name, rows.get(name, ())) for name in COLUMNS})

    def frames(self) -> Iterator[tuple[str, pd.DataFrame]]:
        """Each frame with its name, in the order of `COLUMNS`."""
        return ((each.name, getattr(self, each.name)) for each in fields(self))

    def inputs_hash(self) -> str:
        """SHA-256 of the content: the same for every order of rows, columns and categories.

        An empty frame that may be left out adds nothing, so that older receipts keep their hash.
        """
        digest = hashlib.sha256()
        for name in _HASHED:
            frame = self.table(name)
            if name not in CORE and not len(frame):
                continue
            digest.update(f"{name}:{len(frame)}\n".encode())
            for label, values in _canonical(frame, COLUMNS[name]):
                digest.update(f"{label}\n".encode())
                digest.update(values.data)
        return digest.hexdigest()


#: The frames in the order in which the hash takes them.
_HASHED = tuple(each.name for each in fields(Facts))


@lru_cache(maxsize=len(COLUMNS))
def _nothing(name: str) -> pd.DataFrame:
    return shaped(name, ())


@lru_cache(maxsize=len(COLUMNS))
def none_of(name: str) -> Columns:
    """The table called `name` without rows."""
    frame = empty(name)
    dtypes = COLUMNS[name]
    return Columns(
        {each: named(frame, each) if dtypes[each] == "category" else integers(frame, each) for each in dtypes}
    )


def empty(name: str) -> pd.DataFrame:
    """The frame called `name` without rows."""
    return _nothing(name)


def shaped(name: str, rows: pd.DataFrame | Sequence[Mapping[str, object]]) -> pd.DataFrame:
    """Rows as the frame called `name`, with its columns and dtypes; refuses to turn a fraction into an integer.

    Raises:
        FrameInvalid: A column is missing, or a value does not fit its dtype.
    """
    dtypes = COLUMNS[name]
    frame = rows if isinstance(rows, pd.DataFrame) else pd.DataFrame(list(rows), columns=list(dtypes))
    missing = [column for column in dtypes if column not in frame]
    if missing:
        raise FrameInvalid(f"the frame {name!r} lacks {', '.join(missing)}")
    return pd.DataFrame({column: _cast(name, frame[column], dtype) for column, dtype in dtypes.items()})


def _cast(name: str, values: pd.Series[Any], dtype: str) -> pd.Series[Any]:
    if str(values.dtype) == dtype:
        return values
    if dtype == "category":
        return values.astype("category")
    try:
        whole = values.astype(np.dtype(dtype))
    except (TypeError, ValueError, OverflowError) as fault:
        raise FrameInvalid(f"column {values.name!r} of {name!r} does not hold {dtype}: {fault}") from fault
    if len(values) and not bool((whole == values).all()):
        raise FrameInvalid(f"column {values.name!r} of {name!r} does not hold whole numbers that fit {dtype}")
    return whole


def check(facts: Facts) -> None:
    """Nothing, when every frame has its columns with their exact dtypes.

    Raises:
        FrameInvalid: A frame does not; the message names frame, column and dtype.
    """
    for name, frame in facts.frames():
        for column, dtype in COLUMNS[name].items():
            if column not in frame:
                raise FrameInvalid(f"the frame {name!r} lacks the column {column!r}")
            if str(frame[column].dtype) != dtype:
                found = frame[column].dtype
                raise FrameInvalid(f"column {column!r} of {name!r} has the dtype {found}; it must be {dtype}")


def _canonical(frame: Frame, dtypes: Mapping[str, str]) -> Iterator[tuple[str, NDArray[np.int64]]]:
    columns: list[NDArray[np.int64]] = []
    labels: list[str] = []
    for column, dtype in dtypes.items():
        values, label = _portable(frame, column) if dtype == "category" else (integers(frame, column), column)
        columns.append(values.astype("<i8", copy=False))
        labels.append(label)
    order = _row_order(columns)
    return ((label, values[order]) for label, values in zip(labels, columns, strict=True))


def _portable(frame: Frame, column: str) -> tuple[NDArray[np.integer[Any]], str]:
    """Codes into the sorted names that occur, and a label that spells those names: free of the category order."""
    values = named(frame, column)
    counts = np.bincount(values.codes.astype(np.int64) + 1, minlength=len(values.names) + 1)
    if not counts[0] and counts[1:].all() and list(values.names) == sorted(values.names):
        return values.codes, f"{column}={list(values.names)!r}"
    used = np.flatnonzero(counts) - 1
    present = sorted(values.names[code] for code in used.tolist() if code >= 0)
    lookup = np.full(len(values.names) + 1, -1, dtype=np.int64)
    for position, name in enumerate(present):
        lookup[values.names.index(name)] = position
    return lookup[values.codes], f"{column}={present!r}"


def _row_order(columns: list[NDArray[np.int64]]) -> NDArray[np.intp]:
    """The order that sorts rows by all columns. The first column alone decides when it never repeats."""
    order = np.argsort(columns[0], kind="stable")
    ranked = columns[0][order]
    if len(ranked) < 2 or bool((ranked[1:] != ranked[:-1]).all()):
        return order
    return np.lexsort(columns[::-1])
