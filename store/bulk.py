"""Many rows at once: COPY on Postgres, one prepared statement on SQLite, never an object per row."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import ARRAY, BigInteger, String, and_, any_, bindparam, cast, func, select, type_coerce, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel.sql.sqltypes import AutoString

from store.packing import numbers
from store.spelled import Spelled

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray
    from sqlalchemy import BindParameter, Column, ColumnElement, Connection, FromClause, Select, Table
    from sqlalchemy.sql import ClauseElement
    from sqlalchemy.sql.elements import Label

PAGE = 10_000
#: Up to as many values an index look-up for each is the plan to have.
FEW = 200
#: From as many rows on, a number that all of them share is spelled in the statement instead of given with each.
MANY = 500


def insert(conn: Connection, table: Table, columns: Mapping[str, Sequence[Any] | NDArray[np.int64]]) -> None:
    """Every row of the columns stored. A list that may hold None holds no text."""
    own, shared = _parted(columns)
    names = ", ".join(f'"{name}"' for name in (*own, *shared))
    if conn.dialect.name == "postgresql":
        _copy(conn, f'COPY "{table.name}" ({names}) FROM STDIN', own.values(), shared.values())
        return
    marks = ", ".join(
        ("?",) * len(own) + tuple("NULL" if value is None else f"{value:d}" for value in shared.values())
    )
    with closing(conn.connection.cursor()) as cursor:
        # The driver takes the rows one by one: as a list, 10,000 tuples would set off the garbage collector.
        rows: Any = zip(*own.values(), strict=True)
        cursor.executemany(f'INSERT INTO "{table.name}" ({names}) VALUES ({marks})', rows)  # noqa: S608 (our own names)


def supersede(conn: Connection, table: Table, version_ids: NDArray[np.int64], change_id: int) -> None:
    """Those versions, in their order, replaced by that change."""
    if conn.dialect.name == "postgresql":
        # Neighbours lie in one page of the index.
        _superseding(table).run(conn, {"change": change_id, "versions": sorted(version_ids.tolist())})
        return
    # One by one and in order: from a list SQLite takes them through a table of its own, which a million rows notice.
    with closing(conn.connection.cursor()) as cursor:
        one = f'UPDATE "{table.name}" SET superseded_by = {change_id:d} WHERE version_id = ?'  # noqa: S608 (our own name)
        rows: Any = zip(version_ids.tolist(), strict=True)
        cursor.executemany(one, rows)


@cache
def _superseding(table: Table) -> Spelled:
    mine = listed_in("postgresql", table.c.version_id, bindparam("versions"))
    return Spelled(update(table).where(mine).values(superseded_by=bindparam("change")))


def fetch_all(conn: Connection, statement: Select[Any]) -> list[tuple[Any, ...]]:
    """The rows as the driver made them: for columns of plain numbers and text, without an object per row on top."""
    cursor: Any = conn.execute(statement).cursor
    found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


@dataclass(frozen=True, slots=True)
class Sought:
    """What is wanted of the rows that have a key.

    Attributes:
        key: The column of the keys; with `which` it finds one row or none.
        which: What the rows must be besides; what it goes by may come as parameters.
        values: Whole numbers by the names of their columns, each with what stands for no value.
    """

    key: Column[Any]
    which: ColumnElement[bool]
    values: Mapping[Label[Any], int]

    def spelled(self) -> Spelled:
        """The statement that looks up the keys in a list called `keys`: their place in the list, or they, first.

        SQLite answers with a text for each column: to make an object of every number takes longer.
        """
        values = [func.coalesce(column, empty) for column, empty in self.values.items()]

        def spelled(dialect: str) -> ClauseElement:
            listed: BindParameter[Any] = bindparam("keys")
            if dialect == "postgresql":
                return select(self.key, *values).where(self.which, listed_in(dialect, self.key, listed))
            # An outer join with every key answered: SQLite else walks the table and looks each row up in the list.
            rows, key, number = places(listed)
            joined = rows.outerjoin(self.key.table, and_(self.key == key, self.which))
            return select(*map(func.group_concat, (number, *values))).select_from(joined)

        return Spelled(spelled)


def look_up(
    conn: Connection, sought: Sought, spelled: Spelled, keys: Sequence[str], values: Mapping[str, Any]
) -> NDArray[np.int64]:
    """What is wanted for each key, in the order of the keys, each of which is named once.

    Args:
        conn: Where to look.
        sought: What is wanted.
        spelled: Its statement, which is spelled once.
        keys: The keys.
        values: The parameters of the statement beside the keys.
    """
    found = np.tile(np.array(list(sought.values.values()), dtype=np.int64), (len(keys), 1))
    given = {**values, "keys": as_list(conn.dialect.name, keys)}
    if conn.dialect.name == "postgresql":
        place = {key: position for position, key in enumerate(keys)}
        rows = spelled.rows(conn, given)
        if rows:
            found[[place[row[0]] for row in rows]] = np.array([row[1:] for row in rows], dtype=np.int64)
        return found
    place_of, *answers = numbers(spelled.rows(conn, given)[0])
    found[place_of] = np.transpose(answers)
    return found


def places(listed: BindParameter[Any]) -> tuple[FromClause, ColumnElement[str], ColumnElement[int]]:
    """A list of texts as a table for SQLite to join, its column of texts, and its column of their places from 0."""
    rows = func.json_each(type_coerce(listed, String())).table_valued("key", "value", name="wanted")
    return rows, rows.c.value, rows.c.key


def among(conn: Connection, column: Column[Any], values: Iterable[Any]) -> ColumnElement[bool]:
    """Whether the column is one of any number of values: they travel as one parameter, the statement stays short."""
    wanted = list(values)
    if conn.dialect.name == "postgresql":
        wanted.sort()  # neighbours lie in one page of the index, which is then read once for all of them
    return listed_in(conn.dialect.name, column, bindparam(None, as_list(conn.dialect.name, wanted)))


def listed_in(dialect: str, column: Column[Any], listed: BindParameter[Any]) -> ColumnElement[bool]:
    """Whether the column is in a short list that a parameter brings, as `as_list` spells it."""
    if dialect == "postgresql":
        # Spelled out: the driver sends small numbers as a list of small integers, and Postgres hashes a list only of
        # the column's own type; any other it compares with every row, one by one.
        return column == any_(cast(listed, ARRAY(_item(column))))
    return column.in_(select(func.json_each(type_coerce(listed, String())).table_valued("value").c.value))


def _item(column: Column[Any]) -> String | BigInteger:
    return String() if isinstance(column.type, String | AutoString) else BigInteger()


def as_list(dialect: str, values: Iterable[Any]) -> Any:
    """A list as one parameter: an array on Postgres, JSON on SQLite."""
    return list(values) if dialect == "postgresql" else json.dumps(list(values))


def inserting(conn: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """An INSERT that can say what to do about a row that is there already."""
    return _inserting(conn.dialect.name, table)


def _inserting(dialect: str, table: Table) -> sqlite.Insert | postgresql.Insert:
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)


@cache
def _inserting_new(table: Table, columns: tuple[str, ...], key: tuple[str, ...]) -> Spelled:
    def spelled(dialect: str) -> ClauseElement:
        new = _inserting(dialect, table)
        return new.on_conflict_do_nothing(index_elements=list(key)).returning(table.c[key[0]])

    return Spelled(spelled, columns)


@cache
def _upserting(table: Table, columns: tuple[str, ...], key: tuple[str, ...]) -> Spelled:
    def spelled(dialect: str) -> ClauseElement:
        new = _inserting(dialect, table)
        taken = {name: new.excluded[name] for name in columns if name not in key}
        return new.on_conflict_do_update(index_elements=list(key), set_=taken)

    return Spelled(spelled, columns)


def insert_new(conn: Connection, table: Table, row: Mapping[str, Any], key: Sequence[str]) -> bool:
    """Whether the row was stored; False when one with its key is there already, which then stays as it is."""
    return _inserting_new(table, tuple(row), tuple(key)).first(conn, row) is not None


def upsert(conn: Connection, table: Table, rows: Sequence[Mapping[str, Any]], key: Sequence[str]) -> None:
    """Every row stored; one with the same key takes over the new row's other columns."""
    if not rows:
        return
    _upserting(table, tuple(rows[0]), tuple(key)).run_each(conn, rows)


def next_id(conn: Connection, column: Column[Any]) -> int:
    """The next number of a table whose writers are serialised."""
    return int(_greatest(column).scalar(conn)) + 1


@cache
def _greatest(column: Column[Any]) -> Spelled:
    return Spelled(select(func.coalesce(func.max(column), 0)))


def _parted(
    columns: Mapping[str, Sequence[Any] | NDArray[np.int64]],
) -> tuple[dict[str, Sequence[Any]], dict[str, int | None]]:
    """The columns whose rows differ, and the number of each whose rows are all the same where there are many."""
    own = {name: _native(values) for name, values in columns.items()}
    shared = {name: values[0] for name, values in own.items() if _is_one_number(values)}
    if len(shared) == len(own):
        return own, {}
    return {name: values for name, values in own.items() if name not in shared}, shared


def _is_one_number(values: Sequence[Any]) -> bool:
    if len(values) < MANY or not isinstance(values[0], int | None) or values[0] != values[-1]:
        return False
    return values.count(values[0]) == len(values)


def _native(values: Sequence[Any] | NDArray[np.int64]) -> Sequence[Any]:
    if isinstance(values, np.ndarray):
        listed: list[Any] = values.tolist()
        return listed
    return values


def _copy(conn: Connection, statement: str, columns: Iterable[Sequence[Any]], shared: Iterable[int | None]) -> None:
    """The rows of the columns, each with what all of them share behind it."""
    spelled = list(map(_spelled, columns))
    rows = list(map("\t".join, zip(*spelled, strict=True)))
    if not rows:
        return
    ends = "".join("\t\\N" if value is None else f"\t{value:d}" for value in shared) + "\n"
    with conn.connection.cursor() as cursor, cursor.copy(statement) as copy:  # type: ignore[attr-defined]
        copy.write(ends.join(rows) + ends)


def _spelled(values: Sequence[Any]) -> Sequence[str]:
    if values and not isinstance(values[0], str):
        if None not in values:
            return list(map(str, values))
        return ["\\N" if value is None else str(value) for value in values]
    joined = "".join(values)
    if any(mark in joined for mark in "\\\t\n\r"):
        return [_escaped(value) for value in values]
    return values


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")
