"""Runs write lines that nobody sees, until one commit moves the pointers."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pandas as pd
from sqlalchemy import func, select

from engine.dates import Period
from engine.money import Money
from store import runs
from store.tables.pay import line
from store.tables.pay import statement as statements
from tests.store.conftest import NOW

if TYPE_CHECKING:
    from store.database import Database
    from tests.store.conftest import Write

Q3 = Period("Q3 2026", date(2026, 7, 1), date(2026, 10, 1))


def lines(reps: int = 2, each: int = 3, amount: int = 100) -> pd.DataFrame:
    rows: list[dict[str, Any]] = [
        {
            "rep_id": rep,
            "plan": "ae",
            "component": "New business",
            "kind": "commission",
            "rule": "owner",
            "deal_id": rep * 100 + number,
            "booked_on": 20_650,
            "basis_cents": 2**62,
            "before_cents": -5,
            "amount_cents": amount,
        }
        for rep in range(1, reps + 1)
        for number in range(1, each + 1)
    ]
    categories = ("plan", "component", "kind", "rule")
    return pd.DataFrame(rows).astype(dict.fromkeys(categories, "category"))


def opened(watermark: int = 3) -> runs.RunOpened:
    return runs.RunOpened(date(2026, 8, 1), watermark, ("hash",), "inputs", "0.1.0", "stale", NOW)


def said(rep_id: int, total: int) -> runs.Statement:
    return runs.Statement(rep_id, Q3, 3, Money(total, "USD"))


def test_nothing_of_a_run_is_seen_before_it_is_published(database: Database) -> None:
    with database.write() as conn:
        run_id = runs.open_run(conn, opened())
        assert runs.save_lines(conn, run_id, lines()) == 6
    with database.read() as conn:
        assert runs.statements(conn, 1, Q3.start_on) == ()
    with database.write() as conn:
        runs.publish(conn, run_id, [said(1, 300), said(2, 300)], NOW)
        with database.read() as other:
            assert runs.statements(other, 1, Q3.start_on) == ()
    with database.read() as conn:
        (shown,) = runs.statements(conn, 1, Q3.start_on)
    assert shown is not None
    assert (shown.run_id, shown.statement, shown.watermark) == (run_id, said(1, 300), 3)
    assert (shown.plan_hashes, shown.published_at) == (("hash",), NOW)


def test_a_newer_run_moves_the_pointer_and_keeps_the_old_statement(database: Database) -> None:
    with database.write() as conn:
        first = runs.open_run(conn, opened())
        runs.publish(conn, first, [said(1, 300)], NOW)
        second = runs.open_run(conn, opened(9))
        runs.publish(conn, second, [said(1, 400)], NOW)
        runs.close_run(conn, second, "done", NOW)
    with database.read() as conn:
        (shown,) = runs.statements(conn, 1, Q3.start_on)
        assert shown is not None
        assert (shown.run_id, shown.statement.total) == (second, Money(400, "USD"))
        assert conn.execute(select(func.count()).select_from(statements)).scalar() == 2


def test_lines_come_back_as_they_were_saved(database: Database) -> None:
    with database.write() as conn:
        run_id = runs.open_run(conn, opened())
        runs.save_lines(conn, run_id, lines())
        runs.save_lines(conn, runs.open_run(conn, opened()), lines(amount=7))
    with database.read() as conn:
        found = runs.lines(conn, run_id, 2)
    assert found["line_no"].tolist() == [1, 2, 3]
    assert found["deal_id"].tolist() == [201, 202, 203]
    assert found["basis_cents"].tolist() == [2**62] * 3
    assert found["before_cents"].tolist() == [-5] * 3
    assert found["component"].tolist() == ["New business"] * 3


def test_many_lines_in_one_run(database: Database) -> None:
    with database.write() as conn:
        assert runs.save_lines(conn, runs.open_run(conn, opened()), lines(reps=500, each=50)) == 25_000
        assert conn.execute(select(func.count()).select_from(line)).scalar() == 25_000


def test_an_empty_run_is_fine(database: Database) -> None:
    with database.write() as conn:
        run_id = runs.open_run(conn, opened())
        assert runs.save_lines(conn, run_id, lines().iloc[:0]) == 0
        runs.publish(conn, run_id, [], NOW)
        assert runs.lines(conn, run_id, 1).empty


def test_a_rep_who_changed_since_keeps_waiting(database: Database) -> None:
    with database.write() as conn:
        runs.mark_stale(conn, [1, 2, 3, 0], 5)
        runs.mark_stale(conn, [2], 8)
        assert runs.stale_reps(conn) == (1, 3, 2)
        assert runs.stale_reps(conn, limit=2) == (1, 3)
        runs.clear_stale(conn, [1, 2], 7)
        assert runs.stale_reps(conn) == (3, 2)
        assert runs.stale_count(conn) == 2


def test_everybody_waits_when_a_plan_changes(database: Database, write: Write, two_reps: None) -> None:
    with database.write() as conn:
        runs.mark_all_stale(conn)
        runs.mark_all_stale(conn)
        assert runs.stale_reps(conn) == (1, 2)
        runs.clear_stale(conn, [1, 2], 1)
        assert runs.stale_reps(conn) == ()
