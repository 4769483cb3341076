"""Statements given to the driver mean what they mean through SQLAlchemy."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import bindparam, func, insert, select

from store.bulk import as_list, listed_in
from store.errors import InstantNaive
from store.spelled import Spelled
from store.tables.pay import run

if TYPE_CHECKING:
    from store.database import Database

RUN = {
    "as_of_on": date(2026, 7, 15),
    "watermark": 7,
    "plan_hashes": "[]",
    "inputs_hash": "50 % of it's :all",
    "code_version": "1",
    "cause": "test",
    "status": "open",
    "detail": "",
    "started_at": datetime(2026, 7, 15, 11, 30, tzinfo=timezone(timedelta(hours=2))),
    "finished_at": None,
}
OPEN = Spelled(insert(run).returning(run.c.run_id), list(RUN))
WANTED = select(run.c.as_of_on, run.c.started_at, run.c.finished_at, run.c.inputs_hash).order_by(run.c.run_id)
SOME = Spelled(
    lambda dialect: WANTED.where(run.c.status == "open", listed_in(dialect, run.c.run_id, bindparam("runs")))
)


def test_days_and_instants_are_kept_and_read_as_sqlalchemy_does(database: Database) -> None:
    """Written by the driver, read by the driver and by SQLAlchemy: the same day, the same instant in UTC."""
    with database.write() as conn:
        first = OPEN.scalar(conn, RUN)
        OPEN.run(conn, RUN | {"status": "done"})
    with database.read() as conn:
        listed: dict[str, Any] = {"runs": as_list(database.dialect, [first, first + 1])}
        by_driver = SOME.rows(conn, listed)
        through = [tuple(row) for row in conn.execute(WANTED.where(run.c.run_id == first))]
        assert SOME.first(conn, {"runs": as_list(database.dialect, [])}) is None
    at = datetime(2026, 7, 15, 9, 30, tzinfo=UTC)
    assert by_driver == through == [(date(2026, 7, 15), at, None, RUN["inputs_hash"])]


def test_many_rows_are_one_call_and_what_failed_is_undone(database: Database) -> None:
    """The driver's statements belong to the transaction around them."""
    count = Spelled(select(func.count()).select_from(run))

    def write_and_fail() -> None:
        with database.write() as conn:
            Spelled(insert(run), list(RUN)).run_each(conn, [RUN, RUN, RUN])
            assert count.scalar(conn) == 3
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write_and_fail()
    with database.read() as conn:
        assert count.scalar(conn) == 0


def test_an_instant_without_a_zone_is_refused_by_name(database: Database) -> None:
    """As through SQLAlchemy, and before anything is written."""
    with pytest.raises(InstantNaive), database.write() as conn:
        OPEN.run(conn, RUN | {"started_at": datetime(2026, 7, 15)})  # noqa: DTZ001
