"""Facts go out: as the engine's frames, for a few reps or for everybody, as known now or at any watermark."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import BigInteger, Integer, and_, bindparam, func, or_, select, type_coerce, union_all

from engine.answers import DealName
from engine.dates import day
from engine.frames import COLUMNS, Columns, Facts, Named, none_of
from store import arrays, known, labels, owned, periods, placed
from store.arrays import query
from store.bulk import PAGE, among, as_list, listed_in
from store.database import Database
from store.tables import counted
from store.tables.changes import label
from store.tables.facts import assignment, deal, fx_rate, person, quota, split

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import date

    from numpy.typing import NDArray
    from sqlalchemy import BindParameter, Column, ColumnElement, Connection, Select, Table

    from store.arrays import Arrays, Query

#: Beyond this many reps one pass over everything is faster than an index look-up per rep.
FEW_REPS = 500
#: What open deals are called among the frames that may be asked for.
PIPELINE = "pipeline"
#: The column that keeps each column of a frame, where the names differ.
_KEPT = {
    frame: {
        name: f"{name}_label" if dtype == "category" else "on_day" if name == "on" else name
        for name, dtype in dtypes.items()
    }
    for frame, dtypes in COLUMNS.items()
}


def facts(
    source: Database | Connection,
    window: tuple[date, date],
    reps: Collection[int] | None = None,
    watermark: int | None = None,
    *,
    more: Collection[str] = (),
) -> Facts:
    """The facts of a window of days, checked for nothing but their shape.

    Args:
        source: A database, or a connection whose own uncommitted changes are then seen.
        window: Deals booked in [start, end); quotas, assignments and rates that overlap it.
        reps: Whose deals, with all splits of these deals; everybody's when None.
        watermark: As known once that change was committed; now when None.
        more: Which of the frames that may be left out are wanted, as `engine.needs` says; `people` is everybody.
            With `PIPELINE` open deals come too, by the day they are expected to close.
    """
    if isinstance(source, Database):
        with source.read() as conn:
            return facts(conn, window, reps, watermark, more=more)
    conn, dialect = source, source.dialect.name
    words = labels.words(conn)
    stages = {text: number for number, text in words.items() if text in ("won", "open")}
    won = stages.get("won", 0)
    is_few = reps is not None and len(reps) <= FEW_REPS
    at = known.point(conn, watermark)
    values = {
        "watermark": at,
        "start_day": day(window[0]),
        "end_day": day(window[1]),
        "won": won,
        "open": stages.get("open", won) if PIPELINE in more else won,
        "reps": as_list(dialect, sorted(reps)) if reps is not None and is_few else None,
    }
    with arrays.reader(conn, None if is_few else lambda: _bounds(conn, window)) as read:
        found = {"deals": read(_query(dialect, "deals", is_few=is_few), values)}
        values["deals"] = as_list(dialect, found["deals"]["deal_id"].tolist()) if is_few else None
        for name in ("splits", "quotas", "assignments", "rates", *(each for each in _TABLES if each in more)):
            found[name] = read(_query(dialect, name, is_few=is_few), values)
    if not is_few:
        for name in (each for each in OF_DEALS if each in found):
            found[name] = _of_deals(found[name], found["deals"]["deal_id"])
    if not is_few and reps is not None:
        found = _only(found, np.array(sorted(reps), dtype=np.int64))
    frames: dict[str, Any] = {name: _frame(name, columns, words) for name, columns in found.items()}
    if "people" in more:
        frames["people"] = placed.people(conn, at)
    gathered = Facts(**frames)
    return periods.with_locks(conn, gathered, at, reps)


_WATERMARK: BindParameter[int] = bindparam("watermark", type_=BigInteger())
_TABLES = {
    "splits": split,
    "quotas": quota,
    "assignments": assignment,
    "rates": fx_rate,
    "figures": counted.deal_figure,
    "tags": counted.deal_tag,
    "events": counted.deal_event,
    "achievements": counted.achievement,
    "incentives": counted.incentive,
    "adjustments": counted.adjustment,
    "balances": counted.balance,
    "absences": counted.absence,
}
#: Frames that come with their deals, whenever that was.
OF_DEALS = ("splits", "figures", "tags", "events")
#: Frames of single days; a row without a person is everybody's.
ON_DAYS = ("achievements", "adjustments", "balances")


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


def _bounds(conn: Connection, window: tuple[date, date]) -> arrays.Bounds:
    """The least and greatest values of the columns of deals and splits, as far as they are limited."""
    greatest = select(
        *(
            select(func.coalesce(func.max(column), 0)).scalar_subquery()
            for column in (deal.c.deal_id, person.c.rep_id, label.c.label_id)
        )
    )
    deals, reps, words = map(int, conn.execute(greatest).one())
    kept = {name for columns in _KEPT.values() for name in columns.values()}
    labelled = {name: (0, words) for name in kept if name.endswith("_label")}
    return {"deal_id": (0, deals), "owner_id": (0, reps), "rep_id": (0, reps), "booked_on": _days(window)} | labelled


def _days(window: tuple[date, date]) -> tuple[int, int]:
    return day(window[0]), max(day(window[0]), day(window[1]))


@cache
def _query(dialect: str, frame: str, *, is_few: bool) -> Query:
    """The statement behind a frame, for listed reps or for everybody. Its parameters are named in `facts`."""
    if frame == "deals":
        return query(dialect, _deals(dialect, is_few=is_few))
    table = _TABLES[frame]
    statement = select(*_columns(table, frame)).where(known.at(table, _WATERMARK))
    if frame in OF_DEALS:
        mine = statement.where(listed_in(dialect, table.c.deal_id, bindparam("deals")))
        return query(dialect, mine if is_few else statement)
    start, end = bindparam("start_day", type_=Integer()), bindparam("end_day", type_=Integer())
    if frame in ON_DAYS:
        statement = statement.where(as_number(table.c.on_day) < end, as_number(table.c.on_day) >= start)
    else:
        statement = statement.where(as_number(table.c.start_on) < end, as_number(table.c.end_on) > start)
    if frame != "rates":
        theirs = listed_in(dialect, table.c.rep_id, bindparam("reps")) if is_few else table.c.rep_id != 0
        if frame == "achievements":
            theirs = or_(theirs, and_(table.c.rep_id == 0, table.c.person_external_id == ""))
        statement = statement.where(theirs)
    return query(dialect, statement)


def _columns(table: Table, frame: str) -> list[Column[Any]]:
    return [table.c[name] for name in _KEPT[frame].values()]


def as_number(column: Column[Any]) -> ColumnElement[int]:
    """A day as the number it is kept as."""
    return type_coerce(column, Integer())


def _deals(dialect: str, *, is_few: bool) -> Select[Any]:
    booked_on = as_number(deal.c.booked_on)
    every = select(*_columns(deal, "deals")).where(
        known.at(deal, _WATERMARK),
        booked_on >= bindparam("start_day", type_=Integer()),
        booked_on < bindparam("end_day", type_=Integer()),
        deal.c.stage_label.in_([bindparam("won", type_=Integer()), bindparam("open", type_=Integer())]),
    )
    if not is_few:
        return every
    shared = select(split.c.deal_id).where(
        listed_in(dialect, split.c.rep_id, bindparam("reps")), known.at(split, _WATERMARK)
    )
    was_booked = as_number(owned.listed.c.booked_on)
    ever = owned.deal_ids(
        listed_in(dialect, owned.listed.c.owner_id, bindparam("reps")),
        was_booked >= bindparam("start_day", type_=Integer()),
        was_booked < bindparam("end_day", type_=Integer()),
    )
    is_owned = listed_in(dialect, deal.c.owner_id, bindparam("reps"))
    # A deal that is both is counted with the owned ones, so the two parts need no comparing.
    mine, others = deal.c.deal_id.in_(ever) & is_owned, deal.c.deal_id.in_(shared) & ~is_owned
    return select(union_all(every.where(mine), every.where(others)).subquery())


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
        elif "rep_id" in columns and name not in OF_DEALS:
            mask = np.isin(columns["rep_id"], reps) | (columns["rep_id"] == 0)
        else:
            continue
        kept[name] = {column: values[mask] for column, values in columns.items()}
    for name in (each for each in OF_DEALS if each in found):
        kept[name] = _of_deals(found[name], kept["deals"]["deal_id"])
    return {name: kept[name] for name in found}


def _frame(name: str, columns: Arrays, words: Mapping[int, str]) -> Columns:
    if not len(next(iter(columns.values()))):
        return none_of(name)  # built once: many frames of one rep have no rows
    shaped: dict[str, Any] = {}
    for column, dtype in COLUMNS[name].items():
        values = columns[_KEPT[name][column]]
        shaped[column] = _category(values, words) if dtype == "category" else values.astype(dtype, copy=False)
    return Columns(shaped)


def _category(numbers: NDArray[np.int64], words: Mapping[int, str]) -> Named:
    """The words behind the numbers, in alphabetical order of the words that occur."""
    used = tuple(np.flatnonzero(np.bincount(numbers)).tolist())
    lookup, texts = _coded(used, tuple(map(words.__getitem__, used)))
    return Named(lookup[numbers], texts)


@lru_cache(maxsize=1024)
def _coded(used: tuple[int, ...], said: tuple[str, ...]) -> tuple[NDArray[np.integer[Any]], tuple[str, ...]]:
    """The code of each number that is used, and the words by code: the same few come up again and again."""
    texts = tuple(sorted(said))
    place = {text: position for position, text in enumerate(texts)}
    code = np.int8 if len(texts) <= np.iinfo(np.int8).max else np.int32
    lookup: NDArray[np.integer[Any]] = np.zeros(max(used, default=0) + 1, dtype=code)
    for number, text in zip(used, said, strict=True):
        lookup[number] = place[text]
    return lookup, texts
