"""What the account wrote reaches the rows to the cent and to the day, or waits with a reason: bugs 13, 15 and 16."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from engine.dates import day, on_day
from tests.connectors.hubspot.conftest import MAPPING, MORNING, World, raws


def settled(world: World, kind: str = "deal"):
    source = world.source()
    records = raws(list(source.pages(kind, "sweep", None, None, {})))
    return source.normalise(kind, records)


@pytest.mark.parametrize(
    ("amount", "code"),
    [
        (None, "amount_missing"),
        ("", "amount_missing"),
        ("N/A", "amount_unparsable"),
        ("1,800.00", "amount_unparsable"),
        ("a;b;c", "amount_unparsable"),
        ("NaN", "amount_unparsable"),
        ("1e3", "amount_unparsable"),
        ("10.005", "amount_too_precise"),
        ("9" * 30, "amount_out_of_range"),
    ],
)
def test_a_won_deal_with_no_plain_amount_waits_and_names_its_owner(
    world: World, amount: str | None, code: str
) -> None:
    """Bug 13: nothing is not zero, and nothing is guessed."""
    deal = world.deal(amount=amount, hubspot_owner_id="77")
    world.portal.win(deal)
    found = settled(world)
    assert found.rows.empty
    (row,) = found.rejected.itertuples()
    assert (row.external_id, row.code, row.owner, row.won) == (deal, code, "77", True)


def test_zero_is_an_amount(world: World) -> None:
    world.portal.win(world.deal(amount="0", hubspot_owner_id="77"))
    assert settled(world).rows["amount_cents"].tolist() == [0]


def test_an_open_deal_may_lack_amount_owner_and_date(world: World) -> None:
    world.deal(amount=None)
    found = settled(world)
    assert found.rejected.empty
    assert found.rows["stage"].tolist() == ["open"]


def test_large_amounts_keep_every_cent(world: World) -> None:
    """Bug 14."""
    world.deal(amount="1234567890123456.78")
    assert settled(world).rows["amount_cents"].tolist() == [123_456_789_012_345_678]


def test_every_amount_keeps_its_currency_and_its_decimals(world: World) -> None:
    """Bug 15: three currencies; one amount without any is in the account's own."""
    world.portal.account.currency = "EUR"
    for amount, currency in (("10.50", "USD"), ("1000", "JPY"), ("1.234", "KWD"), ("7", None)):
        world.deal(amount=amount, deal_currency_code=currency)
    rows = settled(world).rows
    found = dict(zip(rows["currency"], rows["amount_cents"], strict=True))
    assert found == {"USD": 1_050, "JPY": 1_000, "KWD": 1_234, "EUR": 700}


def test_rates_are_dated_exact_and_end_where_the_next_one_begins(world: World) -> None:
    world.portal.set_rate("EUR", "1.170001", datetime(2026, 1, 1, tzinfo=UTC))
    world.portal.set_rate("EUR", "1.21", datetime(2026, 3, 1, tzinfo=UTC))
    world.portal.set_rate("GBP", "1.3", datetime(2026, 2, 1, tzinfo=UTC))
    rows = settled(world, "rate").rows
    found = {
        (row.from_currency, on_day(row.start_on).isoformat(), on_day(row.end_on).isoformat()): (
            row.to_currency,
            row.rate_num * 1_000_000 // row.rate_den,
        )
        for row in rows.itertuples()
    }
    assert found == {
        ("EUR", "2026-01-01", "2026-03-01"): ("USD", 1_170_001),
        ("EUR", "2026-03-01", "2027-03-01"): ("USD", 1_210_000),
        ("GBP", "2026-02-01", "2027-02-01"): ("USD", 1_300_000),
    }


@pytest.mark.parametrize(
    ("zone", "written", "wanted"),
    [
        ("America/Phoenix", "2027-01-01T06:30:00.123Z", "2026-12-31"),  # 23:30 there
        ("America/Phoenix", "2027-01-01T07:00:00.001Z", "2027-01-01"),
        ("America/Phoenix", "2026-12-31T00:00:00Z", "2026-12-31"),  # written over the API as a date
        ("America/Phoenix", "2026-12-31T00:00:00.000Z", "2026-12-31"),
        ("Pacific/Auckland", "2026-03-31T12:30:00Z", "2026-04-01"),
        ("America/Sao_Paulo", "2018-11-04T02:59:59.999Z", "2018-11-03"),  # midnight does not exist that night
    ],
)
def test_a_deal_closes_on_the_day_of_the_account(world: World, zone: str, written: str, wanted: str) -> None:
    """Bug 16."""
    world.portal.account.timezone = zone
    world.portal.win(world.deal(hubspot_owner_id="77"), closed_at=written)
    assert [on_day(number).isoformat() for number in settled(world).rows["booked_on"]] == [wanted]


def test_a_cleared_close_date_is_missing_not_1970(world: World) -> None:
    deal = world.deal(hubspot_owner_id="77")
    world.portal.win(deal)
    world.portal.edit("deals", deal, {"closedate": ""})
    assert settled(world).rejected["code"].tolist() == ["close_date_missing"]


def test_stages_mean_what_the_account_says_in_words(world: World) -> None:
    """`isClosed` is "true" and `probability` is "1.0": texts."""
    won, lost, running = (world.deal(name, hubspot_owner_id="77") for name in ("won", "lost", "open"))
    world.portal.win(won)
    world.portal.lose(lost)
    rows = settled(world).rows
    assert dict(zip(rows["external_id"], rows["stage"], strict=True)) == {won: "won", lost: "lost", running: "open"}


def test_a_stage_that_no_pipeline_has_waits(world: World) -> None:
    world.deal(dealstage="invented", hubspot_owner_id="77")
    assert settled(world).rejected["code"].tolist() == ["stage_unmapped"]


def test_splits_are_exact_shares_of_the_whole(world: World) -> None:
    deal = world.deal()
    world.portal.share(deal, {"71": "0.33333333", "72": "0.33333333", "73": "0.33333334"})
    rows = settled(world, "split").rows
    assert dict(zip(rows["person_external_id"], rows["share_ppb"], strict=True)) == {
        "71": 333_333_330,
        "72": 333_333_330,
        "73": 333_333_340,
    }


def test_splits_that_were_taken_away_are_told(world: World) -> None:
    deal = world.deal()
    world.portal.share(deal, {"71": "0.5", "72": "0.5"})
    world.clock.pass_(minutes=1)
    world.portal.share(deal, {})
    world.portal.edit("deals", deal, {"amount": "2000"})
    world.clock.pass_(minutes=1)
    (raw,) = raws(world.changed(MORNING, "split"))
    assert raw.source_ts is not None
    assert raw.source_ts > MORNING
    assert (raw.external_id, raw.body["rows"]) == (deal, [])
    assert raws([world.feed.read("split", [deal, "404"])])[0].body["rows"] == []
    assert world.feed.read("split", ["404"]).missing == ("404",)
    assert [raw.body["rows"] for raw in raws(list(world.pages("split")))] == [[]]
    assert raws(list(world.pages("split", "backfill"))) == []


def test_goal_targets_are_quotas(world: World) -> None:
    owner = world.portal.hire("Ada", "King", "ada@example.com")
    world.portal.create(
        "goal_targets",
        {
            "hs_goal_name": "Revenue",
            "hs_target_amount": "250000",
            "hs_start_datetime": "2026-01-01T00:00:00Z",
            "hs_end_datetime": "2026-04-01T00:00:00Z",
            "hubspot_owner_id": owner,
        },
    )
    (row,) = settled(world, "quota").rows.itertuples()
    assert (row.person_external_id, row.name, row.amount_cents, row.currency) == (owner, "Revenue", 25_000_000, "USD")
    assert (row.start_on, row.end_on) == (day(datetime(2026, 1, 1).date()), day(datetime(2026, 4, 1).date()))  # noqa: DTZ001


def test_deals_carry_the_names_of_their_company_and_of_what_they_sell(world: World) -> None:
    world.mapping = MAPPING.replace(
        "name: dealname", "name: dealname\n      account: account_name\n      product: product_name"
    )
    deal, plain = world.deals(2)
    old, new = (world.portal.create("companies", {"name": name}) for name in ("Old Ltd", "New Inc"))
    world.portal.associate("deals", "companies", deal, old)
    world.portal.associate("deals", "companies", deal, new)
    for name in ("Seats", "Support", "Seats"):
        world.portal.associate("deals", "line_items", deal, world.portal.create("line_items", {"name": name}))

    rows = settled(world).rows.set_index("external_id")

    assert (rows.at[deal, "account"], rows.at[deal, "product"]) == ("New Inc", "Seats; Support")
    assert (rows.at[plain, "account"], rows.at[plain, "product"]) == ("", "")


def test_a_thousand_deals_of_one_company_ask_for_its_name_once(world: World) -> None:
    world.mapping = MAPPING.replace("name: dealname", "name: dealname\n      account: account_name")
    company = world.portal.create("companies", {"name": "Acme"})
    for deal in world.deals(300):
        world.portal.associate("deals", "companies", deal, company)
    records = raws(list(world.pages()))
    assert {raw.body["account_name"] for raw in records} == {"Acme"}
    assert world.crm.seen["read"] == 1
    assert world.crm.seen["associations"] == 3


def test_the_stamp_is_the_sources_own(world: World) -> None:
    deal = world.deal()
    world.clock.pass_(hours=1)
    world.portal.delete("deals", deal)
    (raw,) = raws(list(world.pages()))
    assert raw.source_ts == MORNING
    assert raw.body["archivedAt"] == "2026-03-31T10:00:00.000Z"
    assert world.clock() - raw.source_ts == timedelta(hours=1)
