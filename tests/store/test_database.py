"""One database behind two dialects: transactions, refusals, and errors that say what to do and name no row."""

from __future__ import annotations

import multiprocessing
import os
import sqlite3
import time
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select, text

from store import changes, facts, frames
from store.database import Database
from store.errors import (
    DatabaseBusy,
    DatabaseNotMigrated,
    DatabaseReadOnly,
    DatabaseUnreachable,
    DatabaseUrlInvalid,
    StatementFailed,
)
from store.tables.facts import deal
from tests.store.conftest import NOW, YEAR, rows_of

if TYPE_CHECKING:
    from tests.store.conftest import Write


@pytest.mark.parametrize(
    "url",
    [
        "",
        "nonsense",
        "mysql://root:secret@host/db",
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite:////no/such/folder/a.db",
    ],
)
def test_a_wrong_address_is_refused_without_repeating_its_password(url: str) -> None:
    with pytest.raises(DatabaseUrlInvalid) as refused:
        Database.open(url)
    assert "secret" not in str(refused.value)
    assert "sqlite:///path" in str(refused.value)


def test_a_server_that_does_not_answer_is_named_as_such() -> None:
    with pytest.raises(DatabaseUnreachable) as refused:
        Database.open("postgresql://someone:secret@127.0.0.1:9/none")
    assert "DATABASE_URL" in str(refused.value)
    assert "secret" not in str(refused.value)
    assert refused.value.__suppress_context__


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.db").write_text("these are notes, not tables " * 100)
    with pytest.raises(DatabaseUrlInvalid):
        Database.open(f"sqlite:///{tmp_path / 'notes.db'}")


def test_postgres_addresses_of_every_spelling_open(postgres_server: str) -> None:
    for scheme in ("postgres", "postgresql", "postgresql+psycopg"):
        opened = Database.open(postgres_server.replace("postgresql", scheme, 1))
        assert opened.dialect == "postgresql"
        opened.dispose()


def test_an_unmigrated_database_says_how_to_migrate(tmp_path: Path) -> None:
    fresh = Database.open(f"sqlite:///{tmp_path / 'fresh.db'}")
    with pytest.raises(DatabaseNotMigrated, match="attain init"):
        fresh.require_current()
    with pytest.raises(DatabaseNotMigrated, match="attain init"), fresh.read() as conn:
        changes.watermark(conn)
    fresh.migrate()
    fresh.require_current()
    fresh.dispose()


def test_a_database_that_cannot_be_written_says_so(sqlite_database: Database) -> None:
    with sqlite_database.engine.connect() as conn:
        conn.exec_driver_sql("PRAGMA query_only = ON")  # the pool hands this connection out next
    with pytest.raises(DatabaseReadOnly), sqlite_database.write() as conn:
        changes.begin(conn, "ops", "sync", NOW)


def test_a_reading_transaction_refuses_to_write_on_postgres(database: Database) -> None:
    if database.dialect == "sqlite":
        pytest.skip("SQLite's reading transactions are kept apart by BEGIN alone")
    with pytest.raises(DatabaseReadOnly), database.read() as conn:
        conn.exec_driver_sql("DELETE FROM deal")


def test_sqlite_runs_as_it_should(sqlite_database: Database) -> None:
    with sqlite_database.read() as conn:
        found = {
            name: conn.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert found == {"journal_mode": "wal", "synchronous": 1, "foreign_keys": 1, "busy_timeout": 5000}


def test_a_writer_that_waits_too_long_gives_up_with_advice(sqlite_database: Database) -> None:
    hasty = Database.open(str(sqlite_database.engine.url), busy_timeout_ms=50)
    with sqlite_database.write(), pytest.raises(DatabaseBusy, match="try again"), hasty.write():
        pass
    hasty.dispose()


def test_an_exception_undoes_the_whole_transaction(database: Database) -> None:
    def stop() -> None:
        with database.write() as conn:
            rows = rows_of("deal", ({"external_id": "D1"},))
            facts.apply(conn, "deal", rows, changes.begin(conn, "ops", "sync", NOW))
            raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        stop()
    with database.read() as conn:
        assert changes.watermark(conn) == 0
        assert conn.execute(select(func.count()).select_from(deal)).scalar() == 0


def test_no_error_quotes_a_row(database: Database, write: Write, two_reps: None) -> None:
    """Constraint violations, in statements with parameters and in bulk, keep names and amounts to themselves."""
    write("deal", {"external_id": "SECRET-DEAL", "name": "SECRET-NAME", "amount_cents": 987_654_321})
    twice = "INSERT INTO deal SELECT * FROM deal"
    wrong = text("INSERT INTO receipt (receipt_id, rep_id, head, output) VALUES (:a, :b, :a, NULL)")
    for statement, values in ((text(twice), {}), (wrong, {"a": "-".join(("SECRET", "X")), "b": 987_654_321})):
        with pytest.raises(StatementFailed) as refused, database.write() as conn:
            conn.execute(statement, values)
        told = "".join(traceback.format_exception(refused.value))
        assert "SECRET-" not in told
        assert "987654321" not in told


def test_readers_go_on_while_a_writer_writes(database: Database, write: Write, two_reps: None) -> None:
    """A reader is never blocked by an open write, and sees none of it before the commit."""
    write("deal", {"external_id": "D1"})
    with database.write() as conn:
        change_id = changes.begin(conn, "ops", "sync", NOW)
        facts.apply(
            conn, "deal", rows_of("deal", ({"external_id": "D2"}, {"external_id": "D1", "deleted": True})), change_id
        )
        started = time.monotonic()
        for reps in ([1], None):
            assert frames.facts(database, YEAR, reps).deals["deal_id"].tolist() == [1]
        assert time.monotonic() - started < 4  # a blocked reader would wait for the busy timeout of 5 s
        assert frames.facts(conn, YEAR).deals["deal_id"].tolist() == [2]
    assert frames.facts(database, YEAR).deals["deal_id"].tolist() == [2]


def test_one_reading_transaction_sees_one_instant(database: Database, write: Write, two_reps: None) -> None:
    with database.read() as conn:
        assert frames.facts(conn, YEAR, [1]).deals.empty
        write("deal", {"external_id": "D1"})
        assert frames.facts(conn, YEAR, [1]).deals.empty
        assert frames.facts(conn, YEAR).deals.empty


def _die_half_way(url: str) -> None:
    database = Database.open(url)
    rows = rows_of("deal", tuple({"external_id": f"D{i}"} for i in range(20_000)))
    with database.write() as conn:
        facts.apply(conn, "deal", rows, changes.begin(conn, "ops", "sync", NOW))
        os._exit(9)


def test_a_process_that_dies_half_way_leaves_nothing_behind(
    database: Database, database_url: str, write: Write
) -> None:
    write("deal", {"external_id": "before"})
    process = multiprocessing.get_context("spawn").Process(target=_die_half_way, args=(database_url,))
    process.start()
    process.join(60)
    assert process.exitcode == 9
    with database.read() as conn:
        assert conn.execute(select(func.count()).select_from(deal)).scalar() == 1
        assert changes.verify_chain(conn).broken == ()
    assert write("deal", {"external_id": "after"}).inserted == 1


def test_a_reader_without_rights_to_the_folder_still_reads(sqlite_database: Database, tmp_path: Path) -> None:
    """A copy that nobody may write, such as one restored for a look, opens."""
    if os.geteuid() == 0:
        pytest.skip("root may write everywhere")
    path = Path(str(sqlite_database.engine.url.database))
    sqlite_database.dispose()
    path.chmod(0o400)
    opened = Database.open(f"sqlite:///{path}")
    with opened.read() as conn:
        assert changes.watermark(conn) == 0
    opened.dispose()


def test_the_address_shown_has_no_password(postgres_server: str) -> None:
    opened = Database.open(postgres_server.replace("postgres:@", "postgres:hunter2@"))
    assert "hunter2" not in opened.address
    opened.dispose()


def test_plain_sqlite_can_read_the_file(sqlite_database: Database) -> None:
    with sqlite3.connect(str(sqlite_database.engine.url.database)) as plain:
        found: Any = plain.execute("SELECT count(*) FROM deal").fetchone()
    assert found == (0,)


def test_a_statement_that_runs_often_is_planned_for_the_list_it_gets_on_postgres(database: Database) -> None:
    if database.dialect == "sqlite":
        pytest.skip("SQLite is told nothing about plans")
    with database.read() as conn:
        assert conn.exec_driver_sql("SHOW plan_cache_mode").scalar() == "force_custom_plan"
