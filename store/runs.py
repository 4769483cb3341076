"""Calculation runs: their lines, the statements they publish, and the reps who still wait for one."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from sqlalchemy import bindparam, delete, func, insert, literal, select, update

from engine.dates import Period
from engine.money import Money
from store import arrays, labels
from store.bulk import PAGE, among, upsert
from store.bulk import insert as insert_rows
from store.changes import watermark
from store.tables.facts import person
from store.tables.pay import line, run, stale_rep, statement_pointer
from store.tables.pay import statement as said_once

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime

    from sqlalchemy import Connection

_WORDS = ("plan", "component", "kind", "rule")
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


def open_run(conn: Connection, opened: RunOpened) -> int:
    """The number of a new run. Nothing it writes is seen before `publish`."""
    row = {
        "as_of_on": opened.as_of,
        "watermark": opened.watermark,
        "plan_hashes": json.dumps(opened.plan_hashes),
        "inputs_hash": opened.inputs_hash,
        "code_version": opened.code_version,
        "cause": opened.cause,
        "status": "open",
        "detail": "",
        "started_at": opened.started_at,
        "finished_at": None,
    }
    return int(conn.execute(insert(run).returning(run.c.run_id), row).scalar_one())


def close_run(conn: Connection, run_id: int, status: str, now: datetime, detail: str = "") -> None:
    """The run ended: `done`, or `failed` with a reason."""
    conn.execute(update(run).where(run.c.run_id == run_id).values(status=status, finished_at=now, detail=detail))


def save_lines(conn: Connection, run_id: int, lines: pd.DataFrame) -> int:
    """The run's lines stored, and how many. `line_no` counts from 1 within a rep when the frame does not say it.

    Args:
        conn: A writing transaction.
        run_id: The run they belong to.
        lines: `Calculation.lines`, sorted by rep.
    """
    reps = lines["rep_id"].to_numpy(dtype=np.int64)
    found = {name: lines[name].to_numpy(dtype=np.int64) for name in _NUMBERS if name in lines}
    if "line_no" not in found:
        found["line_no"] = lines.groupby("rep_id", sort=False).cumcount().to_numpy(dtype=np.int64) + 1
    for word in _WORDS:
        found[f"{word}_label"] = _labelled(conn, lines[word])
    for start in range(0, len(reps), PAGE):
        window = slice(start, start + PAGE)
        count = len(reps[window])
        page = {"run_id": np.full(count, run_id), "rep_id": reps[window]}
        insert_rows(conn, line, page | {name: values[window] for name, values in found.items()})
    return len(reps)


def publish(conn: Connection, run_id: int, statements: Sequence[Statement], now: datetime) -> None:
    """From the commit on, these rep-periods show this run: every pointer moves at once."""
    if not statements:
        return
    rows = [
        {
            "run_id": run_id,
            "rep_id": said.rep_id,
            "period_start_on": said.period.start_on,
            "period_end_on": said.period.end_on,
            "period_label": said.period.label,
            "lines": said.lines,
            "total_cents": said.total.minor,
            "currency": said.total.currency,
            "published_at": now,
        }
        for said in statements
    ]
    conn.execute(insert(said_once), rows)
    pointers = [{key: row[key] for key in ("rep_id", "period_start_on", "run_id")} for row in rows]
    upsert(conn, statement_pointer, pointers, ("rep_id", "period_start_on"))


def statement(conn: Connection, rep_id: int, period_start_on: date) -> Published | None:
    """The statement that a rep's period shows now."""
    row = conn.execute(
        select(said_once, run.c.watermark, run.c.plan_hashes)
        .join(
            statement_pointer,
            (statement_pointer.c.run_id == said_once.c.run_id)
            & (statement_pointer.c.rep_id == said_once.c.rep_id)
            & (statement_pointer.c.period_start_on == said_once.c.period_start_on),
        )
        .join(run, run.c.run_id == said_once.c.run_id)
        .where(said_once.c.rep_id == rep_id, said_once.c.period_start_on == period_start_on)
    ).first()
    if row is None:
        return None
    period = Period(row.period_label, row.period_start_on, row.period_end_on)
    said = Statement(row.rep_id, period, row.lines, Money(row.total_cents, row.currency))
    return Published(row.run_id, said, row.watermark, tuple(json.loads(row.plan_hashes)), row.published_at)


def shown(conn: Connection, rep_ids: Iterable[int]) -> tuple[Statement, ...]:
    """The statements that these reps are shown now, by rep and period."""
    mine = (
        select(said_once)
        .join(
            statement_pointer,
            (statement_pointer.c.run_id == said_once.c.run_id)
            & (statement_pointer.c.rep_id == said_once.c.rep_id)
            & (statement_pointer.c.period_start_on == said_once.c.period_start_on),
        )
        .where(among(conn, said_once.c.rep_id, sorted(set(rep_ids))))
        .order_by(said_once.c.rep_id, said_once.c.period_start_on)
    )
    return tuple(
        Statement(
            row.rep_id,
            Period(row.period_label, row.period_start_on, row.period_end_on),
            row.lines,
            Money(row.total_cents, row.currency),
        )
        for row in conn.execute(mine)
    )


def lines(conn: Connection, run_id: int, rep_id: int) -> pd.DataFrame:
    """A rep's lines of a run as they were saved, in their order; days are numbers since 1970-01-01."""
    words = labels.words(conn)
    found = _lines(conn.dialect.name).few(conn, {"run_id": run_id, "rep_id": rep_id})
    shaped: dict[str, Any] = {name: found[name] for name in ("rep_id", *_NUMBERS)}
    for word in _WORDS:
        shaped[word] = pd.Categorical([words[number] for number in found[f"{word}_label"].tolist()])
    return pd.DataFrame(shaped)


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
    newest = watermark(conn)
    conn.execute(delete(stale_rep))
    everybody = select(person.c.rep_id, literal(newest)).where(person.c.superseded_by.is_(None)).distinct()
    conn.execute(insert(stale_rep).from_select(["rep_id", "change_id"], everybody))


def stale_reps(conn: Connection, limit: int | None = None) -> tuple[int, ...]:
    """Who waits for a calculation, longest waiting first."""
    waiting = select(stale_rep.c.rep_id).order_by(stale_rep.c.change_id, stale_rep.c.rep_id).limit(limit)
    return tuple(conn.execute(waiting).scalars())


def clear_stale(conn: Connection, rep_ids: Iterable[int], known: int) -> None:
    """These reps were calculated from the facts at watermark `known`; whoever changed since keeps waiting."""
    wanted = sorted(set(rep_ids))
    conn.execute(delete(stale_rep).where(among(conn, stale_rep.c.rep_id, wanted), stale_rep.c.change_id <= known))


def stale_count(conn: Connection) -> int:
    """How many reps wait for a calculation."""
    return int(conn.execute(select(func.count()).select_from(stale_rep)).scalar_one())


def _labelled(conn: Connection, words: pd.Series[Any]) -> Any:
    kept = words.astype("category")
    texts = [str(text) for text in kept.cat.categories]
    numbers = labels.numbers(conn, texts)
    table = np.array([numbers[text] for text in texts] or [0], dtype=np.int64)
    return table[kept.cat.codes.to_numpy()]
