"""Pay periods: the state each is in, every move that led there, and the lines as they were locked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pandas as pd
from sqlalchemy import and_, func, insert, or_, select, update

from engine.dates import day
from engine.frames import shaped
from store import bulk
from store.spelled import Spelled
from store.tables.periods import locked_line, period_move

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date, datetime

    from sqlalchemy import ColumnElement, Connection

    from engine.frames import Facts
    from engine.period_states import State

_LOCKED = ("locked", "paid")


@dataclass(frozen=True, slots=True)
class Span:
    """A pay period [start_on, end_on) of the plans that pay so often: monthly, quarterly or yearly."""

    pays: str
    start_on: date
    end_on: date


@dataclass(frozen=True, slots=True)
class Moved:
    """One move of a period: what, by whom, why, when, and the state it led to."""

    span: Span
    move: str
    state: State
    actor: str
    reason: str
    at: datetime
    change_id: int


def history(conn: Connection, span: Span) -> tuple[Moved, ...]:
    """Every move of a period, oldest first."""
    rows = conn.execute(select(period_move).where(*_is(span)).order_by(period_move.c.move_id))
    return tuple(_moved(row) for row in rows)


def states(conn: Connection) -> dict[Span, Moved]:
    """The last move of every period that was ever moved."""
    rows = conn.execute(select(period_move).order_by(period_move.c.move_id))
    return {moved.span: moved for moved in map(_moved, rows)}


_ANY_LOCKED = Spelled(
    select(period_move.c.move_id).where(or_(*(period_move.c.state == state for state in _LOCKED))).limit(1)
)


def any_locked(conn: Connection) -> bool:
    """Whether any period was ever locked."""
    return _ANY_LOCKED.first(conn) is not None


def record(conn: Connection, moved: Moved) -> None:
    """A move stored."""
    row = {
        "pays": moved.span.pays,
        "start_on": moved.span.start_on,
        "end_on": moved.span.end_on,
        "move": moved.move,
        "state": moved.state,
        "actor": moved.actor,
        "reason": moved.reason,
        "at": moved.at,
        "change_id": moved.change_id,
    }
    conn.execute(insert(period_move), row)


def freeze(conn: Connection, span: Span, lines: pd.DataFrame, change_id: int) -> None:
    """The lines of a period stored as they are locked.

    Args:
        conn: The transaction that locks the period.
        span: The period.
        lines: The columns of the frame `locked`, and `currency`.
        change_id: The change that locks it.
    """
    count = len(lines)
    columns: dict[str, list[Any]] = {
        "change_id": [change_id] * count,
        "pays": [span.pays] * count,
        "period_start_on": [day(span.start_on)] * count,
        **{name: lines[name].tolist() for name in ("rep_id", "plan", "component", "kind", "deal_id")},
        "on_day": lines["on"].tolist(),
        **{name: lines[name].tolist() for name in ("for_on", "currency", "basis_cents", "before_cents")},
        **{name: lines[name].tolist() for name in ("amount_cents", "line_no", "watermark")},
    }
    first = bulk.next_id(conn, locked_line.c.locked_line_id)
    columns["locked_line_id"] = list(range(first, first + count))
    bulk.insert(conn, locked_line, columns)


def thaw(conn: Connection, span: Span, change_id: int) -> None:
    """The lines of a reopened period count no more; they stay on record."""
    own = (locked_line.c.pays == span.pays, locked_line.c.period_start_on == span.start_on)
    standing = locked_line.c.superseded_by.is_(None)
    conn.execute(update(locked_line).where(*own, standing).values(superseded_by=change_id))


def locks(conn: Connection, watermark: int) -> pd.DataFrame:
    """The frame `locks`: the periods that were locked once that change was committed."""
    newest = (
        select(func.max(period_move.c.move_id))
        .where(period_move.c.change_id <= watermark)
        .group_by(period_move.c.pays, period_move.c.start_on)
    )
    rows = conn.execute(select(period_move).where(period_move.c.move_id.in_(newest)))
    found = [
        {"pays": row.pays, "start_on": day(row.start_on), "end_on": day(row.end_on)}
        for row in rows
        if row.state in _LOCKED
    ]
    return shaped("locks", found)


def lines(conn: Connection, watermark: int, reps: Collection[int] | None = None) -> pd.DataFrame:
    """The frame `locked` with `currency`, for some reps or everybody, as known once that change was committed."""
    table = locked_line.c
    until = or_(table.superseded_by.is_(None), table.superseded_by > watermark)
    wanted = select(
        table.rep_id,
        table.plan,
        table.component,
        table.kind,
        table.deal_id,
        table.on_day.label("on"),
        table.for_on,
        table.basis_cents,
        table.before_cents,
        table.amount_cents,
        table.line_no,
        table.watermark,
        table.currency,
        table.period_start_on,
        table.pays,
    ).where(and_(table.change_id <= watermark, until))
    if reps is not None:
        wanted = wanted.where(bulk.among(conn, table.rep_id, sorted(reps)))
    rows = conn.execute(wanted.order_by(table.locked_line_id)).mappings().all()
    frame = pd.DataFrame(rows, columns=[column.name for column in wanted.selected_columns])
    for name in ("on", "for_on", "period_start_on"):
        frame[name] = [day(value) for value in frame[name]]
    return frame


def with_locks(conn: Connection, facts: Facts, watermark: int, reps: Collection[int] | None) -> Facts:
    """The facts with the locked periods and their lines, where any period is locked."""
    if not any_locked(conn):
        return facts
    held = locks(conn, watermark)
    if held.empty:
        return facts
    return replace(facts, locks=held, locked=shaped("locked", lines(conn, watermark, reps)))


def _is(span: Span) -> tuple[ColumnElement[bool], ...]:
    return (period_move.c.pays == span.pays, period_move.c.start_on == span.start_on)


def _moved(row: object) -> Moved:
    values = row._mapping  # type: ignore[attr-defined]
    span = Span(values["pays"], values["start_on"], values["end_on"])
    return Moved(span, *(values[name] for name in ("move", "state", "actor", "reason", "at", "change_id")))
