"""Whole numbers out of a query as arrays: through ADBC for millions, through the connection for a few."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import Integer, type_coerce

from store.tables.base import Day

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from sqlalchemy import Connection, Select

#: The columns of a result by name; every one holds integers.
Arrays = dict[str, "NDArray[np.int64]"]


def fetch(conn: Connection, statement: Select[Any]) -> Arrays:
    """The result through the connection, its own uncommitted changes included."""
    names = list(statement.selected_columns.keys())
    rows = conn.execute(_plain(statement)).all()
    if not rows:
        return {name: np.empty(0, dtype=np.int64) for name in names}
    table = np.array([tuple(row) for row in rows], dtype=np.int64)
    return {name: table[:, position] for position, name in enumerate(names)}


def fetch_bulk(conn: Connection, statement: Select[Any]) -> Arrays:
    """The result through ADBC, without an object per value; through the connection when it may have written.

    Facts never change but for `superseded_by`, and the statement names a watermark the connection has seen, so a
    second connection reads the same rows.
    """
    if not conn.get_execution_options().get("attain_read"):
        return fetch(conn, statement)
    compiled = _plain(statement).compile(dialect=conn.dialect, compile_kwargs={"literal_binds": True})
    with _adbc(conn) as bulk, bulk.cursor() as cursor:
        cursor.execute(str(compiled))
        table = cursor.fetch_arrow_table()
    return {name: np.asarray(table.column(name)) for name in table.column_names}


def _plain(statement: Select[Any]) -> Select[Any]:
    """The statement with days as the numbers they are kept as."""
    columns = statement.selected_columns
    if not any(isinstance(column.type, Day) for column in columns):
        return statement
    plain = [
        type_coerce(column, Integer).label(column.key) if isinstance(column.type, Day) else column
        for column in columns
    ]
    return statement.with_only_columns(*plain, maintain_column_froms=True)


def _adbc(conn: Connection) -> Any:
    if conn.dialect.name == "postgresql":
        from adbc_driver_postgresql import dbapi as postgres

        address = conn.engine.url.set(drivername="postgresql")
        return postgres.connect(address.render_as_string(hide_password=False))
    from adbc_driver_sqlite import dbapi as sqlite

    return sqlite.connect(conn.engine.url.database)
