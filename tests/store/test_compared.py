"""A page that was compared before its transaction is stored as if it had been compared within it."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from store import changes, facts
from store.database import Database
from store.errors import DatabaseBusy
from store.tables.facts import deal
from tests.store.conftest import NOW, rows_of

if TYPE_CHECKING:
    import pandas as pd

    from store.facts import Applied, Compared
    from tests.store.conftest import Write

D1, D2 = {"external_id": "D1"}, {"external_id": "D2", "owner_external_id": "ben"}


def compared(database: Database, rows: pd.DataFrame) -> Compared:
    with database.read() as conn:
        return facts.compare(conn, "deal", rows)


def applied(database: Database, page: pd.DataFrame | Compared) -> Applied:
    with database.write() as conn:
        return facts.apply(conn, "deal", page, changes.begin(conn, "test", "sync", NOW))


def current(database: Database) -> dict[str, int]:
    with database.read() as conn:
        rows = conn.execute(select(deal.c.external_id, deal.c.amount_cents).where(deal.c.superseded_by.is_(None)))
        return {row.external_id: row.amount_cents for row in rows}


def test_it_does_what_the_rows_would_do(database: Database, write: Write, two_reps: None) -> None:
    write("deal", D1 | {"amount_cents": 100})
    page = rows_of("deal", (D1 | {"amount_cents": 200}, D2 | {"amount_cents": 300}))
    found = applied(database, compared(database, page))
    assert (found.inserted, found.changed, found.unchanged) == (1, 1, 0)
    assert current(database) == {"D1": 200, "D2": 300}
    assert applied(database, compared(database, page)).unchanged == 2


def test_what_others_wrote_meanwhile_is_seen(database: Database, write: Write, two_reps: None) -> None:
    write("deal", D1 | {"amount_cents": 100})
    page = compared(database, rows_of("deal", (D1 | {"amount_cents": 200}, D2 | {"amount_cents": 300})))
    write("deal", D1 | {"amount_cents": 150}, D2 | {"amount_cents": 300})
    found = applied(database, page)
    assert (found.inserted, found.changed, found.unchanged) == (0, 1, 1)
    assert current(database) == {"D1": 200, "D2": 300}
    with database.read() as conn:
        assert conn.execute(select(func.count()).select_from(deal)).scalar_one() == 4
        assert changes.verify_chain(conn).broken == ()


def test_a_change_that_was_withdrawn_meanwhile_changes_nothing(
    database: Database, write: Write, two_reps: None
) -> None:
    write("deal", D1 | {"amount_cents": 100})
    page = compared(database, rows_of("deal", (D1 | {"amount_cents": 200},)))
    with database.write() as conn:
        changes.withdraw(conn, changes.begin(conn, "test", "nothing", NOW))
    assert applied(database, page).changed == 1


def test_a_record_that_comes_twice_in_a_large_page_is_written_once(
    database: Database, two_reps: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(facts, "PAGE", 2)
    rows = [
        {"external_id": name, "amount_cents": cents} for name, cents in (("D1", 1), ("D2", 2), ("D3", 3), ("D1", 9))
    ]
    applied(database, compared(database, rows_of("deal", tuple(rows))))
    assert current(database) == {"D1": 9, "D2": 2, "D3": 3}


def test_a_write_begins_as_soon_as_the_one_before_it_ends(sqlite_database: Database) -> None:
    """SQLite's own waiting would look again after up to a tenth of a second."""
    began, free = threading.Event(), [0.0]

    def hold() -> None:
        with sqlite_database.write():
            began.set()
            time.sleep(0.3)
        free[0] = time.perf_counter()

    holder = threading.Thread(target=hold)
    holder.start()
    began.wait()
    with sqlite_database.write():
        mine = time.perf_counter()
    holder.join()
    assert mine - free[0] < 0.05


def test_who_waits_too_long_is_told(sqlite_database: Database) -> None:
    hasty = Database.open(str(sqlite_database.engine.url), busy_timeout_ms=30)
    with sqlite_database.write(), pytest.raises(DatabaseBusy), hasty.write():
        pass
    hasty.dispose()
