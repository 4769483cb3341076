"""AdventureWorks end to end: Microsoft's sample company, through the mapping beside this file, into both databases.

The data is Microsoft's (MIT) and lies outside the repository: these tests skip where it is absent.
"""

from __future__ import annotations

import csv
import os
from collections import defaultdict
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from connectors.mapping import load_file
from connectors.registry import open_sources
from operations import answers, plans, sync
from operations.context import Context
from store import frames, people, quarantine

if TYPE_CHECKING:
    from engine.people import Person
    from store.database import Database

HERE = Path(__file__).parent / "adventureworks"
SHARED = Path(os.environ.get("ATTAIN_SHARED", Path(__file__).resolve().parents[3] / "shared"))
DATA = SHARED / "data" / "adventureworks"
EVER = (date(2011, 1, 1), date(2015, 1, 1))
MIDSUMMER = date(2011, 8, 15)
CENT = Decimal("0.01")

pytestmark = pytest.mark.skipif(
    not (DATA / "SalesOrderHeader.csv").is_file(),
    reason="the AdventureWorks files are not there; set ATTAIN_SHARED to the folder that has data/adventureworks",
)


def table(name: str) -> list[dict[str, str]]:
    """A file as plain text rows: the tests' own reading, independent of the connector."""
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def cents(text: str) -> int:
    return int(Decimal(text).quantize(CENT, rounding=ROUND_HALF_EVEN) * 100)


def orders() -> list[dict[str, str]]:
    """The orders that somebody sold."""
    return [row for row in table("SalesOrderHeader.csv") if row["SalesPersonID"] != "NULL"]


def context(db: Database, on: date = MIDSUMMER) -> Context:
    return Context(db, on, datetime(on.year, on.month, on.day, 12, tzinfo=UTC))


def synced(db: Database, *, reread: bool = False) -> sync.SyncSummary:
    (source,) = open_sources(load_file(HERE / "mapping.yaml"), DATA)
    return sync.run(context(db), source, options=sync.Options(reread=reread))


@pytest.fixture
def adventureworks(database: Database) -> Database:
    summary = synced(database)
    assert summary.problems == ()
    assert summary.held == 0
    return database


def person(db: Database, email: str) -> Person:
    with db.read() as conn:
        found = people.by_email(conn, email)
    assert found is not None
    return found


def rep_ids(db: Database) -> dict[str, int]:
    with db.read() as conn:
        return {each.external_id: each.rep_id for each in people.all(conn)}


def test_everything_comes_in_and_a_second_sync_changes_nothing(adventureworks: Database) -> None:
    with adventureworks.read() as conn:
        everybody = people.all(conn)
        assert quarantine.open_rows(conn) == ()
    assert sorted(p.role for p in everybody) == ["manager"] * 3 + ["rep"] * 14
    facts = frames.facts(adventureworks, EVER)
    assert [len(f) for f in (facts.deals, facts.quotas, facts.assignments, facts.rates)] == [303, 163, 17, 13_532]
    assert synced(adventureworks).changed == 0
    again = synced(adventureworks, reread=True)
    assert (again.changed, again.held, again.read) == (0, 0, 17 + 17 + 1000 + 163 + 17 + 13_532)


def test_sales_per_person_equal_a_plain_group_by(adventureworks: Database) -> None:
    expected: dict[int, int] = defaultdict(int)
    ids = rep_ids(adventureworks)
    for row in orders():
        expected[ids[row["SalesPersonID"]]] += cents(row["SubTotal"])
    deals = frames.facts(adventureworks, EVER).deals
    assert deals.groupby("owner_id").amount_cents.sum().to_dict() == dict(expected)
    assert len(expected) == 10
    assert set(deals.currency) == {"USD"}


def test_orders_paid_in_another_currency_are_dollars_already(adventureworks: Database) -> None:
    foreign = {row["SalesOrderNumber"]: cents(row["SubTotal"]) for row in orders() if row["CurrencyRateID"] != "NULL"}
    deals = frames.facts(adventureworks, EVER).deals
    with adventureworks.read() as conn:
        names = frames.names(conn, deals.deal_id.tolist())
    found = {names[d.deal_id].external_id: (d.amount_cents, d.currency) for d in deals.itertuples()}
    assert len(foreign) == 70
    assert {key: found[key] for key in foreign} == {key: (amount, "USD") for key, amount in foreign.items()}


def test_quotas_follow_each_other_without_a_gap(adventureworks: Database) -> None:
    """The table has only starts, on odd days: 31 May, 31 August, 1 December, 29 February."""
    ids = rep_ids(adventureworks)
    starts: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for row in table("SalesPersonQuotaHistory.csv"):
        on = (date.fromisoformat(row["quotadate"][:10]) - date(1970, 1, 1)).days
        starts[ids[row["businessentityid"]]].append((on, cents(row["salesquota"])))
    quotas = frames.facts(adventureworks, EVER).quotas
    assert quotas.groupby("rep_id").size().to_dict() == {rep: len(rows) for rep, rows in starts.items()}
    last_end = (date(2014, 6, 1) - date(1970, 1, 1)).days
    for rep, rows in starts.items():
        mine = quotas[quotas.rep_id == rep].sort_values("start_on")
        expected = sorted(rows)
        assert list(zip(mine.start_on, mine.amount_cents, strict=True)) == expected
        assert mine.end_on.tolist() == [on for on, _ in expected[1:]] + [last_end]


def test_exchange_rates_end_where_the_table_ends(adventureworks: Database) -> None:
    """Marks and francs stop on 30 November 2011: later days have no rate rather than an old one."""
    rates = frames.facts(adventureworks, EVER).rates
    ends = rates.groupby("to_currency", observed=True).end_on.max().to_dict()
    assert {c for c, end in ends.items() if end == (date(2011, 12, 1) - date(1970, 1, 1)).days} == {"DEM", "FRF"}
    one = rates[(rates.to_currency == "JPY") & (rates.start_on == (date(2011, 5, 31) - date(1970, 1, 1)).days)]
    quoted = next(r["endofdayrate"] for r in table("CurrencyRate.csv") if r["tocurrencycode"] == "JPY")
    assert Decimal(int(one.rate_num.iloc[0])) / Decimal(int(one.rate_den.iloc[0])) == Decimal(quoted)


def test_who_leads_whom_follows_the_territory(adventureworks: Database) -> None:
    """José Saraiva sold in Canada until 29 May 2012, then in the United Kingdom."""
    jose, stephen = (
        person(adventureworks, "josé1@adventure-works.com"),
        person(adventureworks, "stephen0@adventure-works.com"),
    )
    amy = person(adventureworks, "amy0@adventure-works.com")
    with adventureworks.read() as conn:
        assert people.chain(conn, jose.rep_id, date(2012, 5, 29)) == (stephen.rep_id,)
        assert people.chain(conn, jose.rep_id, date(2012, 5, 30)) == (amy.rep_id,)


def test_lindas_quota_on_a_summer_day(adventureworks: Database) -> None:
    """637,000 for the quota period from 31 May to 30 August 2011, less what she sold until 15 August."""
    plans.publish(context(adventureworks), (HERE / "plan.yaml").read_text(encoding="utf-8"), "plan.yaml")
    linda = person(adventureworks, "linda3@adventure-works.com")
    answer = answers.quota(context(adventureworks), linda)
    sold = sum(
        cents(row["SubTotal"])
        for row in orders()
        if row["SalesPersonID"] == "276" and "2011-05-31" <= row["OrderDate"][:10] <= MIDSUMMER.isoformat()
    )
    (progress,) = answer.quotas
    assert (progress.period.start_on, progress.period.end_on) == (date(2011, 5, 31), date(2011, 8, 31))
    assert (progress.quota.minor, progress.quota.currency) == (63_700_000, "USD")
    assert progress.credit.minor == sold
    assert progress.gap.minor == max(63_700_000 - sold, 0)
    assert answer.problems == ()
