"""Calculation runs: their lines, the statements they publish, and the reps who still wait for one."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pandas as pd
from sqlalchemy import Integer, and_, bindparam, delete, func, insert, literal, select, type_coerce, update

from engine.dates import Period, on_day
from engine.frames import integers, named
from engine.money import Money
from engine.order import lengths_of, starts_of
from store import arrays, labels
from store.bulk import FEW, PAGE, among, as_list, listed_in, upsert
from store.bulk import insert as insert_rows
from store.changes import watermark
from store.spelled import Spelled
from store.tables.facts import person
from store.tables.pay import line, run, stale_rep, statement_pointer
from store.tables.pay import statement as said_once

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import date, datetime

    from sqlalchemy import ColumnElement, Connection, Row, Select

    from engine.frames import Frame, Named

#: Any fixed number: whoever publishes on Postgres holds its advisory lock until the commit.
PUBLISHER_LOCK = 4_276_102
_WORDS = ("plan", "component", "kind", "rule")
_SHOWN = ("rep_id", "period_start_on", "period_end_on", "currency")
_OPEN = Spelled(insert(run).returning(run.c.run_id), [column.name for column in run.c if column is not run.c.run_id])
_CLOSE = Spelled(
    update(run)
    .where(run.c.run_id == bindparam("its_id"))
    .values(status=bindparam("ends"), finished_at=bindparam("at"), detail=bindparam("why"))
)
_LAST_DAY = Spelled(select(run.c.as_of_on).where(run.c.status == "done").order_by(run.c.run_id.desc()).limit(1))
_MINE = run.alias("mine")
_WAITING = select(stale_rep.c.rep_id).order_by(stale_rep.c.change_id, stale_rep.c.rep_id)
_WAITING_FIRST = Spelled(_WAITING.limit(bindparam("most", type_=Integer())))
_SINCE = Spelled(select(stale_rep.c.rep_id).where(stale_rep.c.change_id > bindparam("change_id")))
_STATE = Spelled(insert(said_once))
_NUMBERS = ("line_no", "deal_id", "booked_on", "basis_cents", "before_cents", "amount_cents")


@dataclass(frozen=True, slots=True)
class RunOpened:
    """What a run starts from."""

    as_of: date
    watermark: int
    plan_hashes: tuple[str, ...]
    inputs_hash: str
    code_version: str
    cause: str
    started_at: datetime


@dataclass(frozen=True, slots=True)
class Statement:
    """What a run says of one rep's period: how many lines, and their sum."""

    rep_id: int
    period: Period
    lines: int
    total: Money


@dataclass(frozen=True, slots=True)
class Published:
    """The statement a rep's period shows now, and the run behind it."""

    run_id: int
    statement: Statement
    watermark: int
    plan_hashes: tuple[str, ...]
    published_at: datetime


def open_run(conn: Connection, opened: RunOpened, done_at: datetime | None = None) -> int:
    """The number of a new run. Nothing it writes is seen before `publish`; it may end with this transaction."""
    row = {
        "as_of_on": opened.as_of,
        "watermark": opened.watermark,
        "plan_hashes": json.dumps(opened.plan_hashes),
        "inputs_hash": opened.inputs_hash,
        "code_version": opened.code_version,
        "cause": opened.cause,
        "status": "open" if done_at is None else "done",
        "detail": "",
        "started_at": opened.started_at,
        "finished_at": done_at,
    }
    return int(_OPEN.scalar(conn, row))


def close_run(conn: Connection, run_id: int, status: str, now: datetime, detail: str = "") -> None:
    """The run ended: `done`, or `failed` with a reason."""
    _CLOSE.run(conn, {"its_id": run_id, "ends": status, "at": now, "why": detail})


def save_lines(conn: Connection, run_id: int, lines: Frame) -> int:
    """The run's lines stored, and how many. `line_no` counts from 1 within a rep when the frame does not say it.

    Args:
        conn: A writing transaction.
        run_id: The run they belong to.
        lines: `Calculation.lines` or `Calculation.table`, sorted by rep.
    """
    reps = integers(lines, "rep_id").astype(np.int64)
    found: dict[str, Any] = {name: integers(lines, name).astype(np.int64) for name in _NUMBERS if name in lines}
    if "line_no" not in found:
        starts = starts_of(reps)
        found["line_no"] = np.arange(len(reps)) - np.repeat(starts, lengths_of(starts, len(reps))) + 1
    found |= _labelled(conn, {f"{word}_label": named(lines, word) for word in _WORDS})
    for start in range(0, len(reps), PAGE):
        window = slice(start, start + PAGE)
        count = len(reps[window])
        page = {"run_id": np.full(count, run_id), "rep_id": reps[window]}
        insert_rows(conn, line, page | {name: values[window] for name, values in found.items()})
    return len(reps)


def take_turn(conn: Connection) -> None:
    """Until the commit nobody else publishes: what is shown stays what it is."""
    if conn.dialect.name == "postgresql":
        _TURN.rows(conn)


_TURN = Spelled(select(func.pg_advisory_xact_lock(PUBLISHER_LOCK)))


def newest_shown(conn: Connection, rep_ids: Collection[int]) -> int:
    """The newest run that any of a few reps is shown a statement of; 0 before the first."""
    return _NEWEST_SHOWN.scalar(conn, {"reps": as_list(conn.dialect.name, rep_ids)}) or 0


_NEWEST_SHOWN = Spelled(
    lambda dialect: select(func.max(statement_pointer.c.run_id)).where(
        listed_in(dialect, statement_pointer.c.rep_id, bindparam("reps"))
    )
)


def publish(
    conn: Connection, run_id: int, statements: Sequence[Statement], now: datetime, *, is_newest: bool = False
) -> frozenset[int]:
    """From the commit on, these rep-periods show this run: every pointer moves at once.

    A rep who is shown a run that knew more is left alone, however late this run ends; such reps are returned.
    `is_newest` says, after `take_turn`, that nobody is.
    """
    if not is_newest:
        take_turn(conn)
    ahead = frozenset() if is_newest else _shown_newer(conn, run_id, {said.rep_id for said in statements})
    rows = [
        {
            "run_id": run_id,
            "rep_id": said.rep_id,
            "period_start_on": said.period.start_on,
            "period_end_on": said.period.end_on,
            "currency": said.total.currency,
            "period_label": said.period.label,
            "lines": said.lines,
            "total_cents": said.total.minor,
            "published_at": now,
        }
        for said in statements
        if said.rep_id not in ahead
    ]
    if rows:
        _STATE.run_each(conn, rows)
        upsert(conn, statement_pointer, [{key: row[key] for key in (*_SHOWN, "run_id")} for row in rows], _SHOWN)
    return ahead


def statements(conn: Connection, rep_id: int, period_start_on: date) -> tuple[Published, ...]:
    """The statements that a rep's period shows now: one per currency."""
    rows = conn.execute(
        _current(run.c.watermark, run.c.plan_hashes)
        .join(run, run.c.run_id == said_once.c.run_id)
        .where(said_once.c.rep_id == rep_id, said_once.c.period_start_on == period_start_on)
    )
    return tuple(
        Published(row.run_id, _statement(row), row.watermark, tuple(json.loads(row.plan_hashes)), row.published_at)
        for row in rows
    )


def shown(conn: Connection, rep_ids: Iterable[int]) -> tuple[Statement, ...]:
    """The statements that these reps are shown now, by rep and period."""
    wanted = sorted(set(rep_ids))
    if len(wanted) > FEW:
        return tuple(map(_statement, conn.execute(_current().where(among(conn, said_once.c.rep_id, wanted)))))
    return tuple(map(_said, _SHOWN_TO_FEW.rows(conn, {"reps": as_list(conn.dialect.name, wanted)})))


def stands_since(conn: Connection, said: Statement) -> datetime | None:
    """Since when a rep's period comes to what it is shown as now; None where it never was."""
    rows = conn.execute(
        select(said_once.c.total_cents, said_once.c.published_at)
        .where(
            said_once.c.rep_id == said.rep_id,
            said_once.c.period_start_on == said.period.start_on,
            said_once.c.period_end_on == said.period.end_on,
            said_once.c.currency == said.total.currency,
        )
        .order_by(said_once.c.run_id.desc())
    )
    since = None
    for total, published_at in rows:
        if total != said.total.minor:
            break
        since = published_at
    return since


def shown_run(conn: Connection, rep_id: int) -> tuple[int, int, tuple[str, ...]] | None:
    """The newest run that a rep is shown a statement of: its number, watermark and plans; None before the first."""
    row = _SHOWN_RUN.first(conn, {"rep_id": rep_id})
    return None if row is None else (row[0], row[1], tuple(json.loads(row[2])))


_SHOWN_RUN = Spelled(
    select(run.c.run_id, run.c.watermark, run.c.plan_hashes)
    .join(statement_pointer, statement_pointer.c.run_id == run.c.run_id)
    .where(statement_pointer.c.rep_id == bindparam("rep_id"))
    .order_by(run.c.run_id.desc())
    .limit(1)
)


def published_by(conn: Connection, start_on: date, end_on: date, at: datetime) -> dict[tuple[int, str], Money]:
    """What everybody's statement of a period came to at an instant, by rep and currency."""
    own = (said_once.c.period_start_on == start_on, said_once.c.period_end_on == end_on)
    rows = conn.execute(
        select(said_once.c.rep_id, said_once.c.currency, said_once.c.total_cents)
        .where(*own, said_once.c.published_at <= at)
        .order_by(said_once.c.run_id)
    )
    return {(row.rep_id, row.currency): Money(row.total_cents, row.currency) for row in rows}


def failed(conn: Connection, opened: RunOpened, why: str) -> None:
    """A run on record that ended in a failure."""
    run_id = open_run(conn, opened)
    close_run(conn, run_id, "failed", opened.started_at, why)


def last_as_of(conn: Connection) -> date | None:
    """The day that the newest finished run spoke of; None before the first."""
    return cast("date | None", _LAST_DAY.scalar(conn))


def _shown_newer(conn: Connection, run_id: int, rep_ids: set[int]) -> frozenset[int]:
    """Those of the reps who are shown a run with a higher watermark than this one's."""
    if len(rep_ids) > FEW:
        return frozenset(conn.execute(_NEWER, {"run_id": run_id}).scalars()) & rep_ids
    return frozenset(_NEWER_OF_FEW.column(conn, {"run_id": run_id, "reps": as_list(conn.dialect.name, rep_ids)}))


_NEWER = (
    select(statement_pointer.c.rep_id)
    .join(run, run.c.run_id == statement_pointer.c.run_id)
    .where(run.c.watermark > select(_MINE.c.watermark).where(_MINE.c.run_id == bindparam("run_id")).scalar_subquery())
    .distinct()
)


_NEWER_OF_FEW = Spelled(
    lambda dialect: _NEWER.where(listed_in(dialect, statement_pointer.c.rep_id, bindparam("reps")))
)


def _current(*more: ColumnElement[Any]) -> Select[Any]:
    same = [statement_pointer.c[name] == said_once.c[name] for name in (*_SHOWN, "run_id")]
    ordered = (said_once.c[name] for name in _SHOWN)
    return select(said_once, *more).join(statement_pointer, and_(*same)).order_by(*ordered)


def _shown_to_few(dialect: str) -> Select[Any]:
    # By the pointers: few rows show which of a rep's many statements are the newest.
    shown = (type_coerce(said_once.c[name], Integer) if name in _DAYS else said_once.c[name] for name in _SAID)
    return (
        _current()
        .with_only_columns(*shown, maintain_column_froms=True)
        .where(listed_in(dialect, statement_pointer.c.rep_id, bindparam("reps")))
    )


_DAYS = ("period_start_on", "period_end_on")
_SAID = ("rep_id", "period_label", *_DAYS, "lines", "total_cents", "currency")
_SHOWN_TO_FEW = Spelled(_shown_to_few)


def _said(row: tuple[Any, ...]) -> Statement:
    rep_id, label, start, end, count, total, currency = row
    return Statement(rep_id, _period(label, start, end), count, Money(total, currency))


@lru_cache(maxsize=1024)
def _period(label: str, start: int, end: int) -> Period:
    """Made once: everybody's are the same."""
    return Period(label, on_day(start), on_day(end))


def _statement(row: Row[Any]) -> Statement:
    period = Period(row.period_label, row.period_start_on, row.period_end_on)
    return Statement(row.rep_id, period, row.lines, Money(row.total_cents, row.currency))


def lines(conn: Connection, run_id: int, rep_id: int) -> pd.DataFrame:
    """A rep's lines of a run as they were saved, in their order; days are numbers since 1970-01-01."""
    words = labels.words(conn)
    found = _lines(conn.dialect.name).few(conn, {"run_id": run_id, "rep_id": rep_id})
    shaped: dict[str, Any] = {name: found[name] for name in ("rep_id", *_NUMBERS)}
    for word in _WORDS:
        shaped[word] = pd.Categorical([words[number] for number in found[f"{word}_label"].tolist()])
    return pd.DataFrame(shaped)


def paid(conn: Connection, run_id: int, rep_id: int) -> arrays.Arrays:
    """Deal, day and amount of each of a rep's lines of a run, by column."""
    return _paid(conn.dialect.name).few(conn, {"run_id": run_id, "rep_id": rep_id})


@cache
def _paid(dialect: str) -> arrays.Query:
    mine = (line.c.run_id == bindparam("run_id"), line.c.rep_id == bindparam("rep_id"))
    return arrays.query(dialect, select(line.c.deal_id, line.c.booked_on, line.c.amount_cents).where(*mine))


@cache
def _lines(dialect: str) -> arrays.Query:
    columns = [line.c.rep_id, *(line.c[name] for name in _NUMBERS), *(line.c[f"{word}_label"] for word in _WORDS)]
    mine = select(*columns).where(line.c.run_id == bindparam("run_id"), line.c.rep_id == bindparam("rep_id"))
    return arrays.query(dialect, mine.order_by(line.c.line_no))


def mark_stale(conn: Connection, rep_ids: Iterable[int], change_id: int) -> None:
    """These reps' figures are older than the facts since that change."""
    rows = [{"rep_id": rep_id, "change_id": change_id} for rep_id in sorted(set(rep_ids) - {0})]
    upsert(conn, stale_rep, rows, ("rep_id",))


def mark_all_stale(conn: Connection) -> None:
    """Everybody's figures are old: a plan or a rule changed."""
    conn.execute(delete(stale_rep))
    everybody = select(person.c.rep_id, literal(watermark(conn))).where(person.c.superseded_by.is_(None)).distinct()
    conn.execute(insert(stale_rep).from_select(["rep_id", "change_id"], everybody))


def stale_reps(conn: Connection, limit: int | None = None) -> tuple[int, ...]:
    """Who waits for a calculation, longest waiting first."""
    if limit is None:
        return tuple(conn.execute(_WAITING).scalars())
    return tuple(_WAITING_FIRST.column(conn, {"most": limit}))


def stale_since(conn: Connection, change_id: int) -> frozenset[int]:
    """Who waits for a calculation because of a later change."""
    return frozenset(_SINCE.column(conn, {"change_id": change_id}))


def clear_stale(conn: Connection, rep_ids: Iterable[int], until: int) -> None:
    """These reps were calculated from the facts at watermark `until`; whoever changed since keeps waiting."""
    wanted = sorted(set(rep_ids))
    if len(wanted) > FEW:
        conn.execute(_CLEAR.where(among(conn, stale_rep.c.rep_id, wanted)), {"until": until})
        return
    _CLEAR_FEW.run(conn, {"until": until, "reps": as_list(conn.dialect.name, wanted)})


_CLEAR = delete(stale_rep).where(stale_rep.c.change_id <= bindparam("until"))


_CLEAR_FEW = Spelled(lambda dialect: _CLEAR.where(listed_in(dialect, stale_rep.c.rep_id, bindparam("reps"))))


def stale_count(conn: Connection) -> int:
    """How many reps wait for a calculation."""
    return int(conn.execute(select(func.count(stale_rep.c.rep_id))).scalar_one())


def _labelled(conn: Connection, columns: dict[str, Named]) -> dict[str, Any]:
    """Columns of words as the numbers of these words, looked up together."""
    numbers = labels.numbers(conn, {text for column in columns.values() for text in column.names})
    tables = {
        name: np.array([numbers[text] for text in column.names] or [0], dtype=np.int64)
        for name, column in columns.items()
    }
    return {name: tables[name][column.codes] for name, column in columns.items()}
