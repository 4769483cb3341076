"""Whole numbers out of a query as arrays, without an object per value where there are many."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import Integer, create_mock_engine, type_coerce

from store.errors import StatementFailed
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

    def many(self, conn: Connection, values: Mapping[str, Any]) -> Arrays:
        """The result without an object per value, through the connection: SQLite joins each column into one text.

        A second SQLite library in the process, such as the one in ADBC's driver, would drop this one's file locks:
        locks belong to processes. Joined text is as fast, a column of a million in 0.1 s.
        """
        columns = ", ".join(f"group_concat({name})" for name in self.names)
        named = {**values, **self.constants}
        given: Any = named if self.order is None else tuple(map(named.__getitem__, self.order))
        joined = conn.exec_driver_sql(f"SELECT count(*), {columns} FROM ({self.text})", given).one()  # noqa: S608
        found = {
            name: np.fromstring(text or "", dtype=np.int64, sep=",")
            for name, text in zip(self.names, joined[1:], strict=True)
        }
        if any(len(column) != joined[0] for column in found.values()):
            raise StatementFailed("a column of whole numbers held something else")
        return found

    def many_by_adbc(self, bulk: Any, dialect: Dialect, values: Mapping[str, Any]) -> Arrays:
        """The result through an ADBC connection, without an object per value."""
        used = {name: value for name, value in values.items() if value is not None}
        spelled = self.statement.params(**used).compile(dialect=dialect, compile_kwargs={"literal_binds": True})
        with bulk.cursor() as cursor:
            cursor.execute(str(spelled))
            table = cursor.fetch_arrow_table()
        return {name: np.asarray(table.column(name)) for name in table.column_names}


@contextmanager
def reader(conn: Connection, *, is_few: bool) -> Iterator[Callable[[Query, Mapping[str, Any]], Arrays]]:
    """How to read: row by row for a few, in bulk for many; Postgres through ADBC unless it may have been written to.

    Facts never change but for `superseded_by`, and the statements name a watermark the connection has seen, so ADBC's
    own connection reads the same rows.
    """
    if is_few:
        yield lambda query, values: query.few(conn, values)
    elif conn.dialect.name == "sqlite":
        yield lambda query, values: query.many(conn, values)
    elif not conn.get_execution_options().get("attain_read"):
        yield lambda query, values: query.few(conn, values)
    else:
        with _adbc(conn) as bulk:
            yield lambda query, values: query.many_by_adbc(bulk, conn.dialect, values)


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
    from adbc_driver_postgresql import dbapi

    return dbapi.connect(conn.engine.url.set(drivername="postgresql").render_as_string(hide_password=False))


_DIALECTS = {
    "sqlite": create_mock_engine("sqlite+pysqlite://", lambda *_: None).dialect,
    "postgresql": create_mock_engine("postgresql+psycopg://", lambda *_: None).dialect,
}
