"""Statements that every changed deal runs: spelled once for each database, and given to the driver as they are.

What SQLAlchemy does around a statement costs more than a look-up by an index. Its types still say how values are
kept and read, so a statement means the same either way.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, create_mock_engine
from sqlmodel.sql.sqltypes import UTCDateTime

from store.errors import InstantNaive
from store.tables.column_types import Day

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from sqlalchemy import Connection
    from sqlalchemy.engine import Dialect
    from sqlalchemy.sql import ClauseElement

    Rows = list[tuple[Any, ...]]
    Convert = Callable[[Any], Any]

DIALECTS: dict[str, Dialect] = {
    "sqlite": create_mock_engine("sqlite+pysqlite://", lambda *_: None).dialect,
    "postgresql": create_mock_engine("postgresql+psycopg://", lambda *_: None).dialect,
}
_NOTHING: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True)
class Text:
    """A statement in one database's words.

    Attributes:
        text: The statement.
        order: The names of its parameters by place, where they have places instead of names.
        constants: Parameters whose values the statement brings.
        kept: How values are kept that do not go as they are, by parameter.
        read: How the columns are read that do not come as they are, by place.
    """

    text: str
    order: tuple[str, ...] | None
    constants: Mapping[str, Any]
    kept: Mapping[str, Convert]
    read: tuple[tuple[int, Convert], ...] = ()

    def given(self, values: Mapping[str, Any]) -> Any:
        """The parameters as the driver takes them."""
        named = {**values, **self.constants} if self.constants else values
        if self.kept:
            try:
                named = {**named, **{name: convert(named[name]) for name, convert in self.kept.items()}}
            except ValueError:  # of all kinds of values only an instant can be refused
                raise InstantNaive from None
        return named if self.order is None else tuple(map(named.__getitem__, self.order))


class Spelled:
    """A statement ready to run. Its parameters are named; lists travel as `store.bulk.as_list` spells them."""

    def __init__(
        self, statement: ClauseElement | Callable[[str], ClauseElement], columns: Sequence[str] | None = None
    ) -> None:
        """Keep the statement until it is first run.

        Args:
            statement: What to run; where databases differ, what makes it from the name of a dialect.
            columns: Which columns an INSERT brings.
        """
        self._statement = statement
        self._columns = columns
        self._texts: dict[str, Text] = {}

    def rows(self, conn: Connection, values: Mapping[str, Any] = _NOTHING) -> Rows:
        """Its rows."""
        its = self._in(conn)
        driver: Any = conn.connection.driver_connection
        found: Rows = driver.execute(its.text, its.given(values)).fetchall()
        return [_row(row, its.read) for row in found] if its.read else found

    def first(self, conn: Connection, values: Mapping[str, Any] = _NOTHING) -> tuple[Any, ...] | None:
        """Its first row, if there is one."""
        found = self.rows(conn, values)
        return found[0] if found else None

    def scalar(self, conn: Connection, values: Mapping[str, Any] = _NOTHING) -> Any:
        """The first column of its first row; None where there is none."""
        found = self.rows(conn, values)
        return found[0][0] if found else None

    def column(self, conn: Connection, values: Mapping[str, Any] = _NOTHING) -> list[Any]:
        """The first column of all of its rows."""
        return [row[0] for row in self.rows(conn, values)]

    def run(self, conn: Connection, values: Mapping[str, Any] = _NOTHING) -> None:
        """Run it for what it does."""
        its = self._in(conn)
        driver: Any = conn.connection.driver_connection
        driver.execute(its.text, its.given(values))

    def run_each(self, conn: Connection, rows: Iterable[Mapping[str, Any]]) -> None:
        """Run it once for each of the rows."""
        its = self._in(conn)
        driver: Any = conn.connection.driver_connection
        driver.cursor().executemany(its.text, [its.given(row) for row in rows])

    def _in(self, conn: Connection) -> Text:
        name = conn.dialect.name
        if name not in self._texts:
            statement = self._statement(name) if callable(self._statement) else self._statement
            self._texts[name] = text_of(name, statement, self._columns)
        return self._texts[name]


def text_of(dialect: str, statement: ClauseElement, columns: Sequence[str] | None = None) -> Text:
    """A statement in the words of a dialect."""
    its = DIALECTS[dialect]
    compiled: Any = statement.compile(dialect=its, column_keys=columns)
    kept: dict[str, Convert] = {}
    constants: dict[str, Any] = {}
    for name, bound in compiled.binds.items():
        convert = bound.type.dialect_impl(its).bind_processor(its)
        if not bound.required and bound.value is not None:  # the statement brings it itself: it is kept once, here
            constants[name] = convert(bound.value) if convert is not None else bound.value
        elif convert is not None:
            # A run says the same days and the same instant of every row.
            kept[name] = lru_cache(maxsize=512)(convert) if isinstance(bound.type, Day | UTCDateTime) else convert
    order = None if compiled.positiontup is None else tuple(compiled.positiontup)
    return Text(compiled.string, order, constants, kept, _read(statement, its))


def _read(statement: ClauseElement, dialect: Dialect) -> tuple[tuple[int, Convert], ...]:
    if not isinstance(statement, Select):
        return ()
    found = []
    for place, column in enumerate(statement.selected_columns):
        convert = column.type.dialect_impl(dialect).result_processor(dialect, None)
        if convert is not None:
            found.append((place, convert))
    return tuple(found)


def _row(row: tuple[Any, ...], read: tuple[tuple[int, Convert], ...]) -> tuple[Any, ...]:
    listed = list(row)
    for place, convert in read:
        listed[place] = convert(listed[place])
    return tuple(listed)
