"""Statements sent to a database that is only read: read-only transactions, a time limit, rows streamed.

What goes wrong is told by its class alone. The words of a driver quote statements, values and addresses.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NoReturn

from sqlalchemy import (
    URL,
    Connection,
    DateTime,
    Engine,
    NullPool,
    String,
    bindparam,
    cast,
    column,
    create_engine,
    false,
    func,
    literal_column,
    make_url,
    select,
    text,
)
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, OperationalError, SQLAlchemyError

from connectors.errors import AuthRefused, ConfigRefused, SourceError, Transient

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sqlalchemy import Select, Subquery, TextClause

    from connectors.feed import Setup
    from connectors.sql.statement import Statement

    Bounds = tuple[datetime, datetime] | None

STREAMED = 1_000
BY_KEY = 100
DEFAULT_TIMEOUT = "60"
LONGEST_TIMEOUT = 3_600
#: Postgres says a refused login and a statement that took too long by these codes.
_LOGIN, _TIMED_OUT = ("28000", "28P01"), "57014"
#: How SQLite words that it is the statement or the file that is wrong.
_WRONG = ("no such", "syntax error", "readonly", "not authorized", "unable to open")
#: How often SQLite looks at the clock, in steps of its machine.
_STEPS = 20_000


class Reader:
    """One database, connected to for each statement."""

    def __init__(self, setup: Setup) -> None:
        """Prepare; nothing is sent.

        Raises:
            ConfigRefused: The time limit is no number of seconds.
        """
        self._setup = setup
        self._engine: Engine | None = None
        limit = setup.source.options.get("statement_timeout", DEFAULT_TIMEOUT)
        if not (limit.isascii() and limit.isdigit() and 0 < int(limit) <= LONGEST_TIMEOUT):
            raise ConfigRefused("statement_timeout is no number of seconds", remedy="Write 1 to 3600")
        self._seconds = int(limit)
        self.calls = 0

    def now(self) -> datetime:
        """The database's clock.

        Raises:
            SourceError: It does not answer.
        """
        with self._connected() as conn:
            found = conn.execute(select(func.current_timestamp())).scalar_one()
            if isinstance(found, datetime) and found.tzinfo is not None:
                return found.astimezone(UTC)
        return self._setup.wire.clock()

    def stream(self, statement: Statement, bounds: Bounds) -> Iterator[Mapping[str, Any]]:
        """The rows, a few at a time.

        Raises:
            SourceError: The database refuses the statement, or fails.
        """
        with self._connected() as conn:
            result = conn.execution_options(stream_results=True, max_row_buffer=STREAMED).execute(
                self._bound(statement, bounds)
            )
            for row in result.yield_per(STREAMED).mappings():
                yield dict(row)

    def by_key(
        self, statement: Statement, key: str, ids: Sequence[str], bounds: tuple[datetime, datetime]
    ) -> Iterator[Mapping[str, Any]]:
        """The rows with one of those keys.

        Raises:
            SourceError: The database refuses the statement, or fails.
        """
        inner = self._inner(statement, bounds, key)
        with self._connected() as conn:
            for start in range(0, len(ids), BY_KEY):
                wanted = cast(inner.c[key], String(4_000)).in_(list(ids[start : start + BY_KEY]))
                found: Select[Any] = select(literal_column("*")).select_from(inner).where(wanted)
                found = found.order_by(inner.c[key])
                for row in conn.execute(found).mappings():
                    yield dict(row)

    def columns(self, statement: Statement, bounds: tuple[datetime, datetime]) -> tuple[str, ...]:
        """The names of the statement's columns; reads no row.

        Raises:
            SourceError: The database refuses the statement, or fails.
        """
        empty: Select[Any] = select(literal_column("*")).select_from(self._inner(statement, bounds)).where(false())
        with self._connected() as conn:
            return tuple(conn.execute(empty).keys())

    def _inner(self, statement: Statement, bounds: tuple[datetime, datetime], *known: str) -> Subquery:
        bound = self._bound(statement, bounds if statement.is_windowed else None)
        return bound.columns(*(column(name) for name in known)).subquery("attain")

    def _bound(self, statement: Statement, bounds: Bounds) -> TextClause:
        found = text(statement.sql)
        if bounds is None:
            return found
        if self._database().dialect.name == "sqlite":  # which has no instants, and compares texts
            said = {name: f"{at:%Y-%m-%d %H:%M:%S}" for name, at in zip(("since", "until"), bounds, strict=True)}
            return found.bindparams(**said)
        kept = [
            bindparam(name, at, DateTime(timezone=True)) for name, at in zip(("since", "until"), bounds, strict=True)
        ]
        return found.bindparams(*kept)

    @contextmanager
    def _connected(self) -> Iterator[Connection]:
        """A connection that can only read and gives up in time.

        Raises:
            SourceError: The class says what to do.
        """
        self.calls += 1
        try:
            with self._database().connect() as conn:
                self._restrain(conn)
                yield conn
        except DBAPIError as error:
            self._fail(error)
        except SQLAlchemyError as error:
            raise ConfigRefused(
                f"The query cannot be used ({type(error).__name__})", self._setup.source.name
            ) from None

    def _restrain(self, conn: Connection) -> None:
        """Nothing can be written, and nothing runs longer than the limit."""
        dialect = conn.dialect.name
        if dialect == "postgresql":
            conn.exec_driver_sql("SET TRANSACTION READ ONLY")
            conn.exec_driver_sql(f"SET LOCAL statement_timeout = {self._seconds * 1_000}")
            conn.exec_driver_sql("SET LOCAL TIME ZONE 'UTC'")
        elif dialect in ("mysql", "mariadb"):
            conn.exec_driver_sql("SET SESSION TRANSACTION READ ONLY")
            conn.exec_driver_sql(f"SET SESSION max_execution_time = {self._seconds * 1_000}")
        elif dialect == "sqlite":
            conn.exec_driver_sql("PRAGMA query_only = ON")
            until = time.monotonic() + self._seconds
            driver: Any = conn.connection.driver_connection
            driver.set_progress_handler(lambda: time.monotonic() > until, _STEPS)

    def _database(self) -> Engine:
        if self._engine is None:
            self._engine = create_engine(self._url(), poolclass=NullPool, hide_parameters=True)
        return self._engine

    def _url(self) -> URL:
        """Where the database is.

        Raises:
            ConfigRefused: The secret is not there, or is no address of a database.
        """
        secret = self._setup.option("url")
        try:
            found = make_url(secret.strip())
            found.get_dialect()
        except (ArgumentError, NoSuchModuleError, ImportError):
            raise ConfigRefused(
                "The url is no address of a database that can be read here",
                where=self._setup.source.name,
                remedy="Write it as SQLAlchemy does, postgresql+psycopg://reader@host/database; install its driver",
            ) from None
        if found.get_backend_name() == "sqlite" and found.database not in (None, "", ":memory:"):
            # A file that is not there must not be made by looking for it.
            return found.set(database=f"file:{found.database}", query={"mode": "ro", "uri": "true"})
        if found.get_backend_name() == "postgresql" and "+" not in found.drivername:
            return found.set(drivername="postgresql+psycopg")
        return found

    def _fail(self, error: DBAPIError) -> NoReturn:
        # Without its cause and its words: they quote the statement, its values and the address.
        state = str(getattr(error.orig, "sqlstate", None) or "")
        name, said = self._setup.source.name, type(error.orig).__name__
        found: SourceError
        if state in _LOGIN or "password" in str(error.orig).casefold():
            found = AuthRefused("The database does not accept the login", name)
        elif state == _TIMED_OUT or "interrupted" in str(error.orig):
            remedy = "Index the stamp column, narrow the query, or raise `statement_timeout`"
            found = ConfigRefused(f"The query took longer than {self._seconds} seconds", name, remedy)
        elif isinstance(error, OperationalError) and not _is_wrong(error):
            found = Transient(f"The database does not answer ({said})", name)
        else:
            remedy = "Run the query by hand as that user; it needs SELECT on what it names"
            found = ConfigRefused(f"The database refuses the query ({said} {state})".replace(" )", ")"), name, remedy)
        raise found from None


def _is_wrong(error: OperationalError) -> bool:
    """SQLite calls a wrong statement an operational error; anywhere else that is a failing database."""
    words = str(error.orig)
    return any(one in words for one in _WRONG)
