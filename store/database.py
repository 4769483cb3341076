"""The database: one address, SQLite or Postgres, with transactions that mean the same on both."""

from __future__ import annotations

import os
import sqlite3
import time
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import psycopg
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from store.errors import DatabaseNotMigrated, DatabaseUrlInvalid
from store.failures import translated
from store.joined import JoinedWrites

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import URL

__all__ = ["Connection", "Database", "head_revision"]

T = TypeVar("T")

MIGRATIONS = Path(__file__).parent / "migrations"
BUSY_TIMEOUT_MS = 5000
POLL_SECONDS = 0.001
POSTGRES_NAMES = ("postgres", "postgresql", "postgresql+psycopg")
# 64 MiB of page cache and a checkpoint every 40 MB: a sync's random index pages stay in memory between commits.
SQLITE_SETTINGS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=NORMAL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA cache_size=-65536",
    "PRAGMA wal_autocheckpoint=10000",
    "PRAGMA temp_store=MEMORY",
)


class Database:
    """One open database. `read()`, `write()` and `join()` are its only doors, each one transaction."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        options: dict[str, Any] = {"attain_read": True}
        if engine.dialect.name == "postgresql":
            options |= {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        self._reading = engine.execution_options(**options)
        self._writing = engine.execution_options(attain_read=False)
        self._joined = JoinedWrites(self.write)

    @classmethod
    def open(cls, url: str, *, busy_timeout_ms: int = BUSY_TIMEOUT_MS) -> Database:
        """The database at a URL, reachable and answering.

        Args:
            url: `sqlite:///file.db`, `postgresql://user:password@host/name` (or `postgres://`).
            busy_timeout_ms: how long a write waits for another process's write.

        Raises:
            DatabaseUrlInvalid: the address names no database Attain knows.
            DatabaseUnreachable: nothing answers there.
        """
        parsed = _parsed(url)
        engine = _sqlite(parsed, busy_timeout_ms) if _is_sqlite(parsed) else _postgres(parsed, busy_timeout_ms)
        try:
            with engine.connect() as conn:
                conn.exec_driver_sql("SELECT 1")
        except (SQLAlchemyError, sqlite3.Error, psycopg.Error) as error:
            engine.dispose()
            raise translated(error, connecting=True) from None
        return cls(engine)

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""
        return self.engine.dialect.name

    @property
    def address(self) -> str:
        """Where the database is, without its password: fit for a log or a page."""
        return self.engine.url.render_as_string(hide_password=True)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One reading transaction: every statement in it sees the same instant, and none may write."""
        with _transaction(self._reading) as conn:
            yield conn

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One writing transaction: all of it is stored when the block ends, or none."""
        with _transaction(self._writing) as conn:
            yield conn

    def join(self, job: Callable[[Connection], T]) -> T:
        """What `job` returns, stored in one transaction with what other threads bring at the same moment.

        For writes of a few rows that somebody waits for; `job` may be run again after a rollback.
        """
        return self._joined.run(job)

    def migrate(self) -> None:
        """Bring the tables to this version; on a current database it changes nothing."""
        try:
            with self.engine.connect().execution_options(attain_read=False) as conn, conn.begin():
                config = _config()
                config.attributes["connection"] = conn
                command.upgrade(config, "head")
        except SQLAlchemyError as error:
            raise translated(error) from None

    def revision(self) -> str:
        """The migration this database stands at, or an empty string before the first."""
        with self.read() as conn:
            return MigrationContext.configure(conn).get_current_revision() or ""

    def require_current(self) -> None:
        """Nothing, when the tables are of this version.

        Raises:
            DatabaseNotMigrated: they are older, newer or missing.
        """
        found, wanted = self.revision(), head_revision()
        if found != wanted:
            raise DatabaseNotMigrated(f"found {found or 'nothing'}, needs {wanted}")

    def dispose(self) -> None:
        """Close every pooled connection."""
        self.engine.dispose()


@contextmanager
def _transaction(engine: Engine) -> Iterator[Connection]:
    try:
        with engine.connect() as conn, conn.begin():
            yield conn
    except (SQLAlchemyError, sqlite3.Error, psycopg.Error) as error:
        # The driver's message quotes rows; what is raised instead says what to do and holds none.
        raise translated(error) from None


def head_revision() -> str:
    """The newest migration this version ships."""
    return ScriptDirectory.from_config(_config()).get_current_head() or ""


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _parsed(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError:
        # The text itself may hold a password, so it is not repeated.
        raise DatabaseUrlInvalid("it could not be read as a URL") from None
    if parsed.drivername in POSTGRES_NAMES:
        return parsed.set(drivername="postgresql+psycopg")
    if not _is_sqlite(parsed):
        raise DatabaseUrlInvalid(f"{parsed.drivername}: is not supported")
    if not parsed.database or ":memory:" in parsed.database:
        raise DatabaseUrlInvalid("SQLite needs a file, an in-memory database cannot be shared between processes")
    return parsed.set(drivername="sqlite+pysqlite")


def _is_sqlite(url: URL) -> bool:
    return url.get_backend_name() == "sqlite"


def _postgres(url: URL, busy_timeout_ms: int) -> Engine:
    # A statement that is run often is planned once for any list of values unless told otherwise, and a plan made for
    # ten of them took 17 seconds for the ten thousand of a page.
    settings = f"-c lock_timeout={busy_timeout_ms * 6} -c timezone=UTC -c plan_cache_mode=force_custom_plan"
    return create_engine(
        url,
        hide_parameters=True,
        pool_pre_ping=True,
        connect_args={"connect_timeout": 5, "options": settings, "application_name": "attain"},
    )


def _sqlite(url: URL, busy_timeout_ms: int) -> Engine:
    path = Path(url.database or "")
    if not path.parent.is_dir():
        raise DatabaseUrlInvalid(f"the folder {path.parent} does not exist")
    engine = create_engine(
        url,
        hide_parameters=True,
        connect_args={"timeout": busy_timeout_ms / 1000, "check_same_thread": False},
    )
    event.listen(engine, "connect", _configure_sqlite)
    event.listen(engine, "begin", partial(_begin_sqlite, busy_timeout_ms))
    return engine


def _configure_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # the driver opens no transactions of its own; _begin_sqlite does
    path = next(iter(connection.execute("PRAGMA database_list")))[2]
    writable = os.access(path, os.W_OK)
    for setting in SQLITE_SETTINGS:
        if writable or "journal_mode" not in setting:
            connection.execute(setting)


def _begin_sqlite(busy_timeout_ms: int, conn: Connection) -> None:
    driver: Any = conn.connection.driver_connection
    if conn.get_execution_options().get("attain_read"):
        driver.execute("BEGIN")
    else:
        _begin_writing(driver, busy_timeout_ms)


def _begin_writing(driver: sqlite3.Connection, busy_timeout_ms: int) -> None:
    """A write that starts as a read can be refused half-way; IMMEDIATE waits at the door instead.

    SQLite sleeps longer each time that it finds the door closed, up to a tenth of a second; a person waits for this
    write, and a sync's page is stored in less. So it is asked every millisecond.
    """
    until = time.monotonic() + busy_timeout_ms / 1000
    driver.execute("PRAGMA busy_timeout=0")
    try:
        while True:
            try:
                driver.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() >= until:
                    raise
                time.sleep(POLL_SECONDS)
            else:
                return
    finally:
        driver.execute(f"PRAGMA busy_timeout={busy_timeout_ms}")
