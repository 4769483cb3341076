"""Whole numbers out of a query as arrays, without an object per value where there are many."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import Integer, type_coerce

from store import packing
from store.errors import DatabaseUnreachable
from store.spelled import DIALECTS
from store.tables.column_types import Day

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from numpy.typing import NDArray
    from sqlalchemy import Connection, Select
    from sqlalchemy.engine import Dialect

#: The columns of a result by name; every one holds integers.
Arrays = dict[str, "NDArray[np.int64]"]


@dataclass(frozen=True, slots=True)
class Query:
    """A statement whose columns are all integers, spelled once and run often with named parameters."""

    statement: Select[Any]
    names: tuple[str, ...]
    text: str
    order: tuple[str, ...] | None
    constants: Mapping[str, Any]

    def few(self, conn: Connection, values: Mapping[str, Any]) -> Arrays:
        """The result through the connection, its own uncommitted changes included."""
        named = {**values, **self.constants}
        given: Any = named if self.order is None else tuple(map(named.__getitem__, self.order))
        driver: Any = conn.connection.driver_connection
        rows = driver.execute(self.text, given).fetchall()
        if not rows:
            return {name: np.empty(0, dtype=np.int64) for name in self.names}
        table = np.array(rows, dtype=np.int64)
        return {name: table[:, position] for position, name in enumerate(self.names)}

    def spelled(self, values: Mapping[str, Any]) -> Select[Any]:
        """The statement with its parameters given."""
        return self.statement.params(**{name: value for name, value in values.items() if value is not None})

    def many(self, bulk: Any, dialect: Dialect, values: Mapping[str, Any]) -> Arrays:
        """The result through an ADBC connection, without an object per value."""
        compiled = self.spelled(values).compile(dialect=dialect, compile_kwargs={"literal_binds": True})
        with bulk.cursor() as cursor:
            cursor.execute(str(compiled))
            table = cursor.fetch_arrow_table()
        return {name: np.asarray(table.column(name)) for name in table.column_names}


Bounds = dict[str, tuple[int, int]]


@contextmanager
def reader(
    conn: Connection, bounds: Callable[[], Bounds] | None
) -> Iterator[Callable[[Query, Mapping[str, Any]], Arrays]]:
    """How to read: a few rows as they come; millions packed on SQLite and through ADBC on Postgres.

    ADBC is a second connection. It reads the same rows because facts never change but for `superseded_by`, and the
    statements name a watermark that this connection has seen; one that may have written itself reads by itself.

    Args:
        conn: Where to read.
        bounds: What is known of the columns when there is much to read; None when there are few rows.
    """
    if bounds is not None and conn.dialect.name == "sqlite":
        known = bounds()
        yield lambda query, values: packing.read(conn, query.spelled(values), known)
    elif bounds is not None and conn.get_execution_options().get("attain_read"):
        with _adbc(conn) as bulk:
            yield lambda query, values: query.many(bulk, conn.dialect, values)
    else:
        yield lambda query, values: query.few(conn, values)


def query(dialect: str, statement: Select[Any]) -> Query:
    """The statement ready to run; days come as the numbers they are kept as."""
    columns = statement.selected_columns
    plain = [type_coerce(c, Integer).label(c.key) if isinstance(c.type, Day) else c for c in columns]
    ready = statement.with_only_columns(*plain, maintain_column_froms=True)
    compiled: Any = ready.compile(dialect=DIALECTS[dialect])
    order = None if compiled.positiontup is None else tuple(compiled.positiontup)
    constants = {name: value for name, value in compiled.params.items() if value is not None}
    return Query(ready, tuple(columns.keys()), str(compiled), order, constants)


@contextmanager
def _adbc(conn: Connection) -> Iterator[Any]:
    from adbc_driver_postgresql import dbapi  # who runs on SQLite need not wait for it

    address = conn.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    try:
        with dbapi.connect(address) as bulk:
            yield bulk
    except dbapi.Error as error:
        # Its text may hold the address, password included.
        raise DatabaseUnreachable(type(error).__name__) from None
