"""Facts go out: as the engine's frames, for a few reps or for everybody, as known now or at any watermark."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from sqlalchemy import select, union

from engine.answers import DealName
from engine.frames import COLUMNS, Facts
from store import arrays, known, labels
from store.bulk import PAGE, among
from store.database import Database
from store.tables.facts import assignment, deal, fx_rate, quota, split

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import date

    from numpy.typing import NDArray
    from sqlalchemy import Column, Connection, Select, Table

    from store.arrays import Arrays

#: Beyond this many reps one pass over everything is faster than an index look-up per rep.
FEW_REPS = 500
#: The column that keeps each column of a frame, where the names differ.
_LABELLED = {
    "currency": "currency_label",
    "deal_type": "deal_type_label",
    "product": "product_label",
    "stage": "stage_label",
    "name": "name_label",
    "plan": "plan_label",
    "from_currency": "from_currency_label",
    "to_currency": "to_currency_label",
}


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What is asked for: the days, the point in the past, whose, and the stages that count."""

    window: tuple[date, date]
    watermark: int
    reps: list[int] | None
    stages: dict[str, int]


def facts(
    source: Database | Connection,
    window: tuple[date, date],
    reps: Collection[int] | None = None,
    watermark: int | None = None,
    *,
    pipeline: bool = False,
) -> Facts:
    """The facts of a window of days, checked for nothing but their shape.

    Args:
        source: A database, or a connection whose own uncommitted changes are then seen.
        window: Deals booked in [start, end); quotas, assignments and rates that overlap it.
        reps: Whose deals, with all splits of these deals; everybody's when None.
        watermark: As known once that change was committed; now when None.
        pipeline: Whether open deals come too, by the day they are expected to close.
    """
    if isinstance(source, Database):
        with source.read() as conn:
            return facts(conn, window, reps, watermark, pipeline=pipeline)
    conn = source
    stages = ("won", "open") if pipeline else ("won",)
    words = labels.words(conn)
    numbers = {text: number for number, text in words.items() if text in stages}
    few = None if reps is None or len(reps) > FEW_REPS else sorted(reps)
    wanted = _Wanted(window, known.point(conn, watermark), few, numbers)
    read = arrays.fetch if few is not None else arrays.fetch_bulk
    deals = read(conn, _deals(wanted))
    splits = read(conn, _splits(conn, wanted, deals["deal_id"]))
    found = {
        "deals": deals,
        "splits": _of_deals(splits, deals["deal_id"]),
        "quotas": read(conn, _dated(quota, "quotas", wanted)),
        "assignments": read(conn, _dated(assignment, "assignments", wanted)),
        "rates": read(conn, _dated(fx_rate, "rates", wanted)),
    }
    if few is None and reps is not None:
        found = _only(found, np.array(sorted(reps), dtype=np.int64))
    return Facts(**{name: _frame(name, columns, words) for name, columns in found.items()})


def names(conn: Connection, deal_ids: Iterable[int], watermark: int | None = None) -> dict[int, DealName]:
    """What people call each of the deals, as known at the watermark; deleted ones too, their past shows them."""
    wanted = sorted({int(deal_id) for deal_id in deal_ids} - {0})
    at = known.point(conn, watermark)
    words = labels.words(conn) if wanted else {}
    found: dict[int, DealName] = {}
    for start in range(0, len(wanted), PAGE):
        versions = select(deal.c.deal_id, deal.c.name, deal.c.account, deal.c.external_id, deal.c.source_label)
        rows = versions.where(among(conn, deal.c.deal_id, wanted[start : start + PAGE]), known.version_at(deal, at))
        for deal_id, name, account, external_id, source in conn.execute(rows):
            found[deal_id] = DealName(deal_id, name, account, external_id, words[source])
    return found


def _columns(table: Table, frame: str) -> list[Column[Any]]:
    return [table.c[_LABELLED.get(name, name)] for name in COLUMNS[frame]]


def _deals(wanted: _Wanted) -> Select[Any]:
    start, end = wanted.window
    in_window = (
        known.at(deal, wanted.watermark),
        deal.c.booked_on >= start,
        deal.c.booked_on < end,
        deal.c.stage_label.in_(sorted(wanted.stages.values())),
    )
    columns = _columns(deal, "deals")
    if wanted.reps is None:
        return select(*columns).where(*in_window)
    owned = select(*columns).where(deal.c.owner_id.in_(wanted.reps), *in_window)
    theirs = select(split.c.deal_id).where(split.c.rep_id.in_(wanted.reps), known.at(split, wanted.watermark))
    shared = select(*columns).where(deal.c.deal_id.in_(theirs), *in_window)
    either = union(owned, shared).subquery()
    return select(either)


def _splits(conn: Connection, wanted: _Wanted, deal_ids: NDArray[np.int64]) -> Select[Any]:
    every = select(*_columns(split, "splits")).where(known.at(split, wanted.watermark))
    return every if wanted.reps is None else every.where(among(conn, split.c.deal_id, deal_ids.tolist()))


def _dated(table: Table, frame: str, wanted: _Wanted) -> Select[Any]:
    start, end = wanted.window
    rows = select(*_columns(table, frame)).where(
        known.at(table, wanted.watermark), table.c.start_on < end, table.c.end_on > start
    )
    if "rep_id" not in table.c:
        return rows
    return rows.where(table.c.rep_id != 0 if wanted.reps is None else table.c.rep_id.in_(wanted.reps))


def _of_deals(splits: Arrays, deal_ids: NDArray[np.int64]) -> Arrays:
    """The splits of those deals. Deal numbers are dense, so a table of flags beats sorting."""
    if not len(splits["deal_id"]):
        return splits
    flags = np.zeros(max(int(splits["deal_id"].max()), int(deal_ids.max(initial=0))) + 1, dtype=bool)
    flags[deal_ids] = True
    kept = flags[splits["deal_id"]]
    return splits if kept.all() else {name: values[kept] for name, values in splits.items()}


def _only(found: dict[str, Arrays], reps: NDArray[np.int64]) -> dict[str, Arrays]:
    """What concerns many, but not all, reps."""
    shared = np.unique(found["splits"]["deal_id"][np.isin(found["splits"]["rep_id"], reps)])
    kept: dict[str, Arrays] = {"rates": found["rates"]}
    for name, columns in found.items():
        if name == "deals":
            mask = np.isin(columns["owner_id"], reps) | np.isin(columns["deal_id"], shared)
        elif "rep_id" in columns and name != "splits":
            mask = np.isin(columns["rep_id"], reps)
        else:
            continue
        kept[name] = {column: values[mask] for column, values in columns.items()}
    kept["splits"] = _of_deals(found["splits"], kept["deals"]["deal_id"])
    return {name: kept[name] for name in found}


def _frame(name: str, columns: Arrays, words: Mapping[int, str]) -> pd.DataFrame:
    shaped: dict[str, Any] = {}
    for column, dtype in COLUMNS[name].items():
        values = columns[_LABELLED.get(column, column)]
        shaped[column] = _category(values, words) if dtype == "category" else values.astype(dtype, copy=False)
    return pd.DataFrame(shaped, copy=False)


def _category(numbers: NDArray[np.int64], words: Mapping[int, str]) -> pd.Categorical[str]:
    """The words behind the numbers, in alphabetical order of the words that occur."""
    used = np.flatnonzero(np.bincount(numbers)).tolist()
    texts = sorted(words[number] for number in used)
    place = {text: position for position, text in enumerate(texts)}
    code = np.int8 if len(texts) <= np.iinfo(np.int8).max else np.int32
    lookup: NDArray[np.integer[Any]] = np.zeros(max(used, default=0) + 1, dtype=code)
    for number in used:
        lookup[number] = place[words[number]]
    return pd.Categorical.from_codes(lookup[numbers], categories=pd.Index(texts, dtype=object), validate=False)
