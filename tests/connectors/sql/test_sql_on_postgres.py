"""A Postgres database as a source: read-only whatever the user may do, stopped in time, exact."""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal

import psycopg
import pytest

from connectors.errors import ConfigRefused
from connectors.feed import Feed
from connectors.mapping import load
from connectors.registry import Outside, open_feed
from connectors.source import Ask

MAPPING = """\
version: 1
sources: {{erp: {{type: sql, url: env:ERP, statement_timeout: "1"}}}}
kinds:
  event:
    from: erp
    query: >-
      {query}
    key: no
    stamp: changed
    fields:
      {{deal: deal, name: {{constant: payment}}, on: paid, record: no, amount: amount, currency: {{constant: USD}}}}
"""
QUERY = "SELECT no, deal, paid, amount, changed FROM payments WHERE changed >= :since AND changed < :until"


@pytest.fixture
def erp(postgres_server: str) -> Iterator[str]:
    with psycopg.connect(postgres_server, autocommit=True) as conn:
        conn.execute("DROP TABLE IF EXISTS payments")
        conn.execute(
            "CREATE TABLE payments (no int, deal text, paid date, amount numeric(18, 2), changed timestamptz)"
        )
        conn.execute(
            "INSERT INTO payments VALUES (1, 'D-1', '2026-03-01', 1234567890123456.78, '2026-03-01 10:00+00')"
        )
        conn.execute("INSERT INTO payments VALUES (2, 'D-1', '2026-03-02', 0.10, '2026-03-02 10:00+00')")
    yield postgres_server
    with psycopg.connect(postgres_server, autocommit=True) as conn:
        conn.execute("DROP TABLE payments")


def feed(url: str, query: str = QUERY) -> Feed:
    return open_feed(load(MAPPING.format(query=query), "m.yaml"), "erp", Outside(lambda _: url))


def test_a_window_reads_exact_values_and_a_key_finds_its_row(erp: str) -> None:
    source = feed(erp)
    assert source.check() == ()
    ask = Ask("event", "incremental", datetime(2026, 3, 1, 10, tzinfo=UTC), datetime(2026, 3, 2, 10, tzinfo=UTC))
    [page] = source.pages(ask)
    [raw] = page.records
    assert raw.body["amount"] == Decimal("1234567890123456.78")
    assert raw.body["paid"] == "2026-03-01"
    assert raw.source_ts == datetime(2026, 3, 1, 10, tzinfo=UTC)
    again = source.read("event", ["2", "9"])
    assert [one.external_id for one in again.records] == ["2"]
    assert again.missing == ("9",)


@pytest.mark.parametrize(
    "query",
    [
        "WITH gone AS (DELETE FROM payments RETURNING *) SELECT no, deal, paid, amount, changed FROM gone",
        "SELECT no, deal, paid, amount, changed FROM payments, pg_sleep(3)",
        "SELECT no, deal, paid, amount, changed FROM nowhere",
    ],
)
def test_writing_sleeping_and_guessing_are_refused(erp: str, query: str) -> None:
    with pytest.raises(ConfigRefused) as refused:
        list(feed(erp, query).pages(Ask("event", "sweep")))
    assert "payments" not in str(refused.value), "the driver's words stay inside"
    with psycopg.connect(erp) as conn:
        assert conn.execute("SELECT count(*) FROM payments").fetchone() == (2,)
