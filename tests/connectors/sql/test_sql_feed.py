"""A database as a source: windows, exact values, nothing written, and each failure by its name."""

import sqlite3
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from connectors.errors import ConfigRefused, SourceError
from connectors.feed import Feed
from connectors.mapping import load
from connectors.registry import Outside, open_feed
from connectors.source import Ask

QUERY = "SELECT id, owner, amount, changed, paid FROM orders WHERE changed >= :since AND changed < :until"
MAPPING = """\
version: 1
sources:
  erp: {{type: sql, url: env:ERP_URL, statement_timeout: "{seconds}"}}
kinds:
  deal:
    from: erp
    query: >-
      {query}
    key: id
    stamp: changed
    fields:
      {{id: id, owner: owner, amount: amount, currency: {{constant: USD}}, stage: {{constant: won}}, close: {close}}}
    stages: {{won: [won]}}
"""


@pytest.fixture
def erp(tmp_path: Path) -> Path:
    path = tmp_path / "erp.db"
    with sqlite3.connect(path) as conn:
        conn.execute("CREATE TABLE orders (id INTEGER, owner TEXT, amount TEXT, changed TEXT, paid REAL)")
        rows = [(n, "E-1", f"{n}.10", f"2026-03-0{1 + n % 5} 10:00:00", 0.1 * n) for n in range(1, 11)]
        conn.executemany("INSERT INTO orders VALUES (?, ?, ?, ?, ?)", rows)
    conn.close()
    return path


def feed(path: Path | str, query: str = QUERY, close: str = "changed", seconds: str = "60") -> Feed:
    mapping = load(MAPPING.format(query=query, close=close, seconds=seconds), "m.yaml")
    return open_feed(mapping, "erp", Outside(lambda _: f"sqlite:///{path}"))


def test_a_window_is_closed_below_and_open_above(erp: Path) -> None:
    ask = Ask("deal", "incremental", datetime(2026, 3, 2, 10, tzinfo=UTC), datetime(2026, 3, 3, 10, tzinfo=UTC))
    [page] = feed(erp).pages(ask)
    assert [raw.external_id for raw in page.records] == ["1", "6"]
    assert page.complete
    assert page.safe_watermark == ask.until
    assert page.records[0].source_ts == datetime(2026, 3, 2, 10, tzinfo=UTC)


def test_everything_is_shown_and_no_number_is_a_float(erp: Path) -> None:
    [page] = feed(erp).pages(Ask("deal", "sweep"))
    assert len(page.records) == 10
    assert page.records[0].body["paid"] == Decimal("0.1")
    assert page.records[0].body["amount"] == "1.10"


def test_records_are_read_by_key_and_what_is_gone_is_missing(erp: Path) -> None:
    page = feed(erp).read("deal", ["3", "99"])
    assert [raw.external_id for raw in page.records] == ["3"]
    assert page.missing == ("99",)


def test_a_sound_connection_has_no_problems_and_a_missing_column_is_named(erp: Path) -> None:
    assert feed(erp).check() == ()
    [problem] = feed(erp, close="closed").check()
    assert problem.code == "field_missing"
    assert "'closed'" in problem.message
    assert "changed" in problem.allowed


@pytest.mark.parametrize(
    "query",
    [
        "DELETE FROM orders",
        "SELECT 1; DROP TABLE orders",
        "UPDATE orders SET amount = '1'",
        "SELECT id FROM orders WHERE changed >= :since",
        "SELECT id FROM orders WHERE owner = :owner",
    ],
)
def test_what_is_no_single_select_is_refused_before_anything_is_sent(erp: Path, query: str) -> None:
    with pytest.raises(ConfigRefused):
        feed(erp, query)


def test_nothing_can_be_written_even_by_a_select_that_tries(erp: Path) -> None:
    tricky = "WITH gone AS (SELECT 1) DELETE FROM orders"
    with pytest.raises(SourceError) as refused:
        list(feed(erp, tricky).pages(Ask("deal", "sweep")))
    assert isinstance(refused.value, ConfigRefused)
    with sqlite3.connect(erp) as conn:
        assert conn.execute("SELECT count(*) FROM orders").fetchone() == (10,)
    conn.close()


def test_a_query_that_runs_too_long_is_stopped(erp: Path) -> None:
    endless = (
        "WITH RECURSIVE n(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n) "
        "SELECT max(id) AS id, '' AS owner, '' AS amount, '' AS changed FROM n"
    )
    with pytest.raises(ConfigRefused, match="longer than 1 seconds"):
        list(feed(erp, endless, seconds="1").pages(Ask("deal", "sweep")))


def test_a_key_that_is_not_unique_is_refused(erp: Path) -> None:
    twice = "SELECT 1 AS id, owner, amount, changed FROM orders"
    with pytest.raises(ConfigRefused, match="same 'id'"):
        list(feed(erp, twice).pages(Ask("deal", "sweep")))


@pytest.mark.parametrize("address", ["postgresql://u:hunter2@127.0.0.1:1/x", "nonsense://x", "no address"])
def test_a_database_that_does_not_answer_is_one_sentence_without_the_password(tmp_path: Path, address: str) -> None:
    mapping = load(MAPPING.format(query=QUERY, close="changed", seconds="60"), "m.yaml")
    [problem] = open_feed(mapping, "erp", Outside(lambda _: address)).check()
    assert problem.remedy
    assert "hunter2" not in str(problem)


def test_a_file_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    [problem] = feed(tmp_path / "none.db").check()
    assert problem.code == "ConfigRefused"
    assert list(tmp_path.iterdir()) == []


def test_shares_of_a_deal_are_one_record(erp: Path) -> None:
    text = MAPPING.format(query="SELECT 7 AS deal, owner, amount FROM orders WHERE id < 3", close="x", seconds="60")
    head, _, _ = text.partition("  deal:\n")
    query = "      SELECT 7 AS deal, owner, '0.5' AS part FROM orders WHERE id < 3"
    mapping = load(
        f"{head}  split:\n    from: erp\n    query: >-\n{query}\n    key: deal\n"
        "    fields: {deal: deal, person: owner, share: {column: part, unit: fraction}}\n",
        "m.yaml",
    )
    [page] = open_feed(mapping, "erp", Outside(lambda _: f"sqlite:///{erp}")).pages(Ask("split", "sweep"))
    [raw] = page.records
    assert raw.external_id == "7"
    assert [row["part"] for row in raw.body["rows"]] == ["0.5", "0.5"]
