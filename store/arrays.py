"""Whole numbers out of a query as arrays: through ADBC for millions, through the connection for a few."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import Integer, create_mock_engine, type_coerce

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
        rows = conn.exec_driver_sql(self.text, given).cursor.fetchall()
        if not rows:
            return {name: np.empty(0, dtype=np.int64) for name in self.names}
        table = np.array(rows, dtype=np.int64)
        return {name: table[:, position] for position, name in enumerate(self.names)}

    def many(self, bulk: Any, dialect: Dialect, values: Mapping[str, Any]) -> Arrays:
        """The result through an ADBC connection, without an object per value."""
        used = {name: value for name, value in values.items() if value is not None}
        spelled = self.statement.params(**used).compile(dialect=dialect, compile_kwargs={"literal_binds": True})
        with bulk.cursor() as cursor:
            cursor.execute(str(spelled))
            table = cursor.fetch_arrow_table()
        return {name: np.asarray(table.column(name)) for name in table.column_names}


@contextmanager
def reader(conn: Connection, *, is_few: bool) -> Iterator[Callable[[Query, Mapping[str, Any]], Arrays]]:
    """How to read: through the connection for a few rows or when it may have written, else through ADBC.

    Facts never change but for `superseded_by`, and the statements name a watermark the connection has seen, so a
    second connection reads the same rows.
    """
    if is_few or not conn.get_execution_options().get("attain_read"):
        yield lambda query, values: query.few(conn, values)
        return
    with _adbc(conn) as bulk:
        yield lambda query, values: query.many(bulk, conn.dialect, values)


def query(dialect: str, statement: Select[Any]) -> Query:
    """The statement ready to run; days come as the numbers they are kept as."""
    columns = statement.selected_columns
    plain = [type_coerce(c, Integer).label(c.key) if isinstance(c.type, Day) else c for c in columns]
    ready = statement.with_only_columns(*plain, maintain_column_froms=True)
    compiled: Any = ready.compile(dialect=_DIALECTS[dialect])
    order = None if compiled.positiontup is None else tuple(compiled.positiontup)
    constants = {name: value for name, value in compiled.params.items() if value is not None}
    return Query(ready, tuple(columns.keys()), str(compiled), order, constants)


def _adbc(conn: Connection) -> Any:
    if conn.dialect.name == "postgresql":
        from adbc_driver_postgresql import dbapi as postgres

        address = conn.engine.url.set(drivername="postgresql")
        return postgres.connect(address.render_as_string(hide_password=False))
    from adbc_driver_sqlite import dbapi as sqlite

    return sqlite.connect(f"file:{conn.engine.url.database}?mode=ro")


_DIALECTS = {
    "sqlite": create_mock_engine("sqlite+pysqlite://", lambda *_: None).dialect,
    "postgresql": create_mock_engine("postgresql+psycopg://", lambda *_: None).dialect,
}
