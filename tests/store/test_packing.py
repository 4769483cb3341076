"""Columns packed into words come back as they were."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import BigInteger, column, select, table, text

from store import frames, packing
from tests.store.conftest import YEAR

if TYPE_CHECKING:
    from store.database import Database

WIDEST = st.integers(-(2**63), 2**63 - 1)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(
        st.tuples(st.integers(0, 1), st.integers(-5, 900), st.integers(0, 2**40), WIDEST, st.integers(7, 7)),
        max_size=8,
    ),
    data=st.data(),
)
def test_whatever_goes_in_comes_out(
    sqlite_database: Database, rows: list[tuple[int, int, int, int, int]], data: st.DataObject
) -> None:
    names = ("a", "b", "c", "d", "e")
    limits = {"a": (0, 1), "b": (-5, 900), "c": (0, 2**40), "d": (-(2**63), 2**63 - 1), "e": (7, 7)}
    known = data.draw(st.sets(st.sampled_from(["a", "b", "c", "e"])))
    with sqlite_database.write() as conn:
        conn.exec_driver_sql("DROP TABLE IF EXISTS sample")
        conn.exec_driver_sql("CREATE TABLE sample (a INTEGER, b INTEGER, c INTEGER, d INTEGER, e INTEGER)")
        for row in rows:
            conn.exec_driver_sql("INSERT INTO sample VALUES (?, ?, ?, ?, ?)", row)
        sample = table("sample", *(column(name, BigInteger) for name in names))
        found = packing.read(conn, select(sample), {name: limits[name] for name in known})
    assert {name: found[name].tolist() for name in names} == {
        name: [row[position] for row in rows] for position, name in enumerate(names)
    }


def test_a_text_tells_of_some_rows_only(sqlite_database: Database) -> None:
    """Parts of a table in the order of its rows, an empty part between them, and none where it is empty."""
    count = 2 * packing.ROWS + 3
    rows = f"WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < {count})"
    numbers = table("sample", column("a", BigInteger), column("b", BigInteger))
    with sqlite_database.write() as conn:
        conn.exec_driver_sql("CREATE TABLE sample (a INTEGER, b INTEGER)")
        assert [len(found) for found in packing.read(conn, select(numbers), {}).values()] == [0, 0]
        conn.exec_driver_sql(f"{rows} INSERT INTO sample SELECT i, -i FROM n")
        middle = numbers.c.a.between(packing.ROWS + 1, 2 * packing.ROWS)
        found = packing.read(conn, select(numbers).where(~middle), {"a": (0, count)})
    expected = [*range(1, packing.ROWS + 1), *range(2 * packing.ROWS + 1, count + 1)]
    assert found["a"].tolist() == expected
    assert found["b"].tolist() == [-number for number in expected]


def test_small_columns_share_a_word() -> None:
    slots = packing.lay_out(
        ["amount", "deal", "owner", "day"], {"deal": (0, 10**6), "owner": (0, 10**4), "day": (5, 370)}
    )
    assert {slot.name: slot.word for slot in slots} == {"amount": 0, "deal": 1, "owner": 1, "day": 1}
    wide = packing.lay_out(["a", "b"], {"a": (0, 2**40), "b": (0, 2**40)})
    assert [slot.word for slot in wide] == [0, 1]


def test_a_bulk_read_leaves_the_log_to_the_database(sqlite_database: Database) -> None:
    """A second SQLite library in this process would delete the log on closing, and later commits with it."""
    path = sqlite_database.engine.url.database
    with sqlite_database.write() as conn:
        conn.execute(text("INSERT INTO label (text) VALUES ('before')"))
    frames.facts(sqlite_database, YEAR)
    with sqlite_database.write() as conn:
        conn.execute(text("INSERT INTO label (text) VALUES ('after')"))
    frames.facts(sqlite_database, YEAR)
    count = (
        "import sqlite3, sys; print(sqlite3.connect(sys.argv[1]).execute('SELECT count(*) FROM label').fetchone()[0])"
    )
    seen = subprocess.run([sys.executable, "-c", count, str(path)], capture_output=True, text=True, check=True)
    assert seen.stdout.strip() == "2"
