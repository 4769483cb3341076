"""AdventureWorks through SQL: the same facts as through CSV, to the cent and the day."""

from __future__ import annotations

import csv
import sqlite3
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from connectors.mapping import load_file
from connectors.registry import Outside, open_sources
from operations import sync
from store import frames, people
from store.database import Database
from tests.flows.test_adventureworks import DATA, EVER, HERE, context, synced
from tests.flows.test_adventureworks import pytestmark as pytestmark  # noqa: PLC0414 (skips where the data is absent)

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def erp(tmp_path: Path) -> str:
    """The files as tables of texts."""
    path = tmp_path / "erp.db"
    with sqlite3.connect(path) as conn:
        for file in sorted(DATA.glob("*.csv")):
            with file.open(encoding="utf-8", newline="") as opened:
                header, *rows = csv.reader(opened)
            columns = ", ".join(f'"{name}" TEXT' for name in header)
            conn.execute(f'CREATE TABLE "{file.stem}" ({columns})')
            marks = ", ".join("?" for _ in header)
            conn.executemany(f'INSERT INTO "{file.stem}" VALUES ({marks})', rows)
    conn.close()
    return f"sqlite:///{path}"


def through_sql(db: Database, url: str) -> sync.SyncSummary:
    (source,) = open_sources(load_file(HERE / "sql.yaml"), DATA, Outside(lambda _: url))
    return sync.run(context(db), source)


def told(db: Database) -> dict[str, pd.DataFrame]:
    """Every fact with people and deals by their own names, in an order of its own."""
    with db.read() as conn:
        facts = frames.facts(conn, EVER, more=("people",))
        deals = {
            number: name.external_id for number, name in frames.names(conn, facts.deals["deal_id"].tolist()).items()
        }
        reps = {0: ""} | {one.rep_id: one.external_id for one in people.all(conn)}
    found = {}
    for name in ("deals", "quotas", "assignments", "rates", "people"):
        frame = getattr(facts, name).copy()
        for column in frame.columns:
            if column in ("rep_id", "owner_id", "manager_id"):
                frame[column] = frame[column].map(reps)
            elif column == "deal_id":
                frame[column] = frame[column].map(deals)
            elif isinstance(frame[column].dtype, pd.CategoricalDtype):
                frame[column] = frame[column].astype("str")
        found[name] = frame.sort_values(list(frame.columns), ignore_index=True)
    return found


def test_the_same_facts_as_through_csv(tmp_path: Path, erp: str) -> None:
    first, second = (Database.open(f"sqlite:///{tmp_path}/{name}.db") for name in ("csv", "sql"))
    for each in (first, second):
        each.migrate()
    assert synced(first).ok
    summary = through_sql(second, erp)
    assert summary.problems == ()
    by_file, by_query = told(first), told(second)
    assert len(by_query["deals"]) > 100
    assert len(by_query["rates"]) > 10_000
    for name, frame in by_file.items():
        pd.testing.assert_frame_equal(by_query[name], frame, obj=name)
    assert through_sql(second, erp).changed == 0, "a second sync has nothing to do"
    for each in (first, second):
        each.dispose()
