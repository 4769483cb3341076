"""Bodies of an API as rows: days, amounts, currencies and stages as the mapping and the account say."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from connectors.errors import MappingRefused
from connectors.fakes.memory import MemoryCrm, MemoryFeed
from connectors.feed import Account, Stage
from connectors.feed_source import FeedSource, Normal
from connectors.mapping import load
from connectors.source import Raw
from engine.dates import on_day

STAMP = datetime(2026, 1, 5, tzinfo=UTC)
HEAD = "version: 1\nsources:\n  crm: {type: hubspot, token: env:TOKEN, timezone: ZONE}\nkinds:\n"
DEAL = """\
  deal:
    from: crm
    fields: {id: id, name: dealname, owner: hubspot_owner_id, amount: amount, stage: dealstage, close: closedate,
             currency: CURRENCY}
"""


def source(
    deal: str = "", zone: str = "America/Phoenix", currency: str = "{constant: USD}", account: Account | None = None
) -> FeedSource:
    text = HEAD.replace("ZONE", zone) + DEAL.replace("CURRENCY", currency) + deal
    crm = MemoryCrm(account=account or Account())
    return FeedSource(load(text, "mapping.yaml"), "crm", MemoryFeed(crm))


WON = "    won: {property: hs_is_closed_won, closed: hs_is_closed}\n"


def normal(source: FeedSource, **said: Any) -> Normal:
    body = {
        "id": "1",
        "dealname": "Acme",
        "hubspot_owner_id": "7",
        "amount": "10",
        "dealstage": "s",
        "closedate": "2026-03-31",
    }
    body |= {"hs_is_closed_won": "true", "hs_is_closed": "true"} | said
    return source.normalise("deal", [Raw("1", STAMP, False, body)])


def row(found: Normal) -> Any:
    assert found.rejected.empty, found.rejected["detail"].tolist()
    return next(found.rows.itertuples())


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-03-31", "2026-03-31"),
        ("2026-12-31T00:00:00Z", "2026-12-31"),
        ("2026-12-31T00:00:00.000Z", "2026-12-31"),
        ("2026-04-01T03:30:00.000Z", "2026-03-31"),
        ("2027-01-01T06:30:00Z", "2026-12-31"),
        ("2026-12-31T23:59:59.999Z", "2026-12-31"),
        ("2026-05-01T07:25:37.000+0000", "2026-05-01"),
        ("2026-05-01T00:00:00-07:00", "2026-05-01"),
        ("2026-05-01T23:30:00", "2026-05-01"),
    ],
)
def test_bug_16_a_close_date_is_the_day_it_was_in_the_accounts_zone(text: str, day: str) -> None:
    """31 December 23:30 in Phoenix is that day; a date that an API was given without a time is that date."""
    assert on_day(int(row(normal(source(WON), closedate=text)).booked_on)) == date.fromisoformat(day)


def test_bug_16_a_day_without_a_midnight() -> None:
    """In Santiago the clock jumps from midnight to one: the instant is still on its day."""
    found = normal(source(WON, zone="America/Santiago"), closedate="2026-09-06T04:30:00Z")
    assert on_day(int(row(found).booked_on)) == date(2026, 9, 6)


@pytest.mark.parametrize(
    "text", ["31.03.2026", "2026-02-30", "20260331", "today", "2026-W14-2", "1774915200000", "N/A"]
)
def test_a_date_that_is_none_waits(text: str) -> None:
    assert normal(source(WON), closedate=text).rejected["code"].tolist() == ["date_format"]


def test_the_zone_of_the_account_is_taken() -> None:
    found = normal(source(WON, zone="account", account=Account("Asia/Tokyo")), closedate="2026-03-30T20:00:00Z")
    assert on_day(int(row(found).booked_on)) == date(2026, 3, 31)


def test_an_account_without_a_zone_refuses_all_rather_than_guess() -> None:
    found = normal(source(WON, zone="account"))
    assert [problem.code for problem in found.refused] == ["ConfigRefused"]
    assert "timezone" in found.refused[0].remedy


@pytest.mark.parametrize(
    ("amount", "cents"),
    [
        (Decimal("1234567890123456.78"), 123456789012345678),
        ("3000", 300000),
        ("5000.00", 500000),
        (Decimal("1E+3"), 100000),
        (7, 700),
        ("-12.5", -1250),
    ],
)
def test_bug_14_amounts_keep_every_digit(amount: object, cents: int) -> None:
    assert row(normal(source(WON), amount=amount)).amount_cents == cents


@pytest.mark.parametrize(
    ("amount", "code"),
    [
        (None, "amount_missing"),
        ("", "amount_missing"),
        ("1,800.00", "amount_unparsable"),
        ("N/A", "amount_unparsable"),
        ("a;b;c", "amount_unparsable"),
        ("1e3", "amount_unparsable"),
        ("NaN", "amount_unparsable"),
        (True, "amount_unparsable"),
        ([1], "amount_unparsable"),
        ("1.005", "amount_too_precise"),
        ("9" * 30, "amount_out_of_range"),
    ],
)
def test_bug_13_what_is_no_amount_waits_and_nothing_becomes_zero(amount: object, code: str) -> None:
    assert normal(source(WON), amount=amount).rejected["code"].tolist() == [code]


def test_bug_15_an_amount_without_a_currency_is_in_the_accounts() -> None:
    api = source(WON, currency="{column: deal_currency_code, account: true}", account=Account("UTC", "JPY"))
    assert (row(normal(api)).currency, row(normal(api)).amount_cents) == ("JPY", 10)
    assert row(normal(api, deal_currency_code="EUR")).currency == "EUR"
    assert row(normal(source(WON, currency="{account: true}", account=Account("UTC", "EUR")))).currency == "EUR"
    assert normal(source(WON, currency="{account: true}")).refused


@pytest.mark.parametrize(
    ("won", "closed", "stage"),
    [("true", "true", "won"), ("false", "true", "lost"), ("false", "false", "open"), (True, True, "won")],
)
def test_the_deals_own_properties_say_what_its_stage_means(won: object, closed: object, stage: str) -> None:
    assert row(normal(source(WON), hs_is_closed_won=won, hs_is_closed=closed)).stage == stage


def test_a_property_that_says_nothing_leaves_it_to_the_account_or_waits() -> None:
    assert normal(source(WON), hs_is_closed_won=None).rejected["code"].tolist() == ["stage_unmapped"]
    stages = {"s": Stage("won", "Closed Won")}
    found = row(normal(source(WON, account=Account("UTC", "USD", stages)), hs_is_closed_won=""))
    assert (found.stage, found.stage_name) == ("won", "Closed Won")


def test_the_accounts_stages_are_taken_where_the_mapping_names_none() -> None:
    stages = {"s": Stage("lost", "Lost"), "t": Stage("won", "Won")}
    api = source(account=Account("UTC", "USD", stages))
    assert row(normal(api)).stage == "lost"
    assert normal(api, dealstage="u").rejected["code"].tolist() == ["stage_unmapped"]


def test_nested_names_are_reached_by_a_path() -> None:
    text = HEAD.replace("ZONE", "UTC") + DEAL.replace("CURRENCY", "{constant: USD}").replace(
        "dealname", "Account.Name"
    )
    api = FeedSource(load(text + WON, "mapping.yaml"), "crm", MemoryFeed(MemoryCrm()))
    assert row(normal(api, Account={"Name": "Acme Ltd"})).name == "Acme Ltd"
    assert row(normal(api, Account=None)).name == ""


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("token: env:TOKEN", "token: pat-na1-secret", "token is named by reference"),
        ("token: env:TOKEN, ", "", "The key 'token' is missing"),
        ("timezone: UTC", "timezone: Mars/Base", "Unknown time zone"),
        ("type: hubspot", "type: hubspott", "Unknown value"),
        ("{type", "{folder: x, type", "Unknown key 'folder'"),
        ("    won:", "    file: x.csv\n    won:", "Unknown key 'file'"),
        ("    won:", "    stages: {won: [a]}\n    won:", "instead of `stages`"),
        ("name: dealname", "name: {account: true}", "Only the currency"),
    ],
)
def test_a_wrong_mapping_is_refused_with_its_line(old: str, new: str, message: str) -> None:
    text = HEAD.replace("ZONE", "UTC") + DEAL.replace("CURRENCY", "{constant: USD}") + WON
    assert old in text
    with pytest.raises(MappingRefused, match=message) as error:
        load(text.replace(old, new), "mapping.yaml")
    assert "pat-na1-secret" not in str(error.value)


def test_small_pages_are_joined_but_nobody_waits_long_for_them() -> None:
    """Each joined page is one transaction; a slow source's are handed over every ten seconds."""
    crm = MemoryCrm(page_size=10, clock=lambda: STAMP + timedelta(seconds=4 * crm.requests))
    for number in range(100):
        crm.put("deal", f"{number:03}", {"dealname": "Deal"})
    feed = MemoryFeed(crm)
    read = FeedSource(
        load((HEAD + DEAL).replace("CURRENCY", "{constant: USD}").replace("ZONE", "UTC"), "m"), "crm", feed
    )
    sizes = [len(page.records) for page in read.pages("deal", "backfill", None, None, {})]
    assert sum(sizes) == 100
    assert max(sizes) == 40
    crm.clock = lambda: STAMP
    assert [len(page.records) for page in read.pages("deal", "backfill", None, None, {})] == [100]
