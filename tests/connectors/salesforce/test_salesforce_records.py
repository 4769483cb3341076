"""What a record is worth: deleted, restored, merged, inactive, shared, and to the last cent."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from connectors.errors import ConfigRefused
from connectors.fakes.salesforce_objects import FieldSpec
from connectors.feed import Setup
from connectors.mapping import load
from connectors.salesforce.feed import SalesforceFeed
from engine.dates import day

if TYPE_CHECKING:
    from connectors.source import Raw, RawPage
    from tests.connectors.salesforce.conftest import Desk


def records(pages: list[RawPage]) -> dict[str, Raw]:
    return {record.external_id: record for page in pages for record in page.records}


def rows(desk: Desk, kind: str, pages: list[RawPage]) -> tuple[list[dict[Any, Any]], list[dict[Any, Any]]]:
    """The typed rows of the pages, and the refused ones."""
    normal = desk.source().normalise(kind, list(records(pages).values()))
    assert normal.refused == ()
    return normal.rows.to_dict("records"), normal.rejected.to_dict("records")


def test_bug_07_a_deal_in_the_bin_is_handed_over_as_deleted(desk: Desk) -> None:
    (deal,) = desk.deals(1)
    desk.pass_time(hours=1)
    since = desk.now
    desk.org.delete("Opportunity", deal)
    desk.pass_time(minutes=10)
    assert records(desk.changed(since=since))[deal].deleted
    assert records(desk.whole())[deal].deleted


def test_bug_07_a_purged_deal_is_absent_from_the_sweep_and_missing_when_asked_for(desk: Desk) -> None:
    gone, kept = desk.deals(2)
    desk.org.delete("Opportunity", gone)
    desk.org.empty_bin()
    pages = desk.whole()
    assert pages[-1].complete
    assert list(records(pages)) == [kept]
    page = desk.feed().read("deal", [gone, kept, "no-id", kept])
    assert page.missing == (gone, "no-id")
    assert [record.external_id for record in page.records] == [kept]
    assert page.complete


def test_bug_09_a_restored_deal_is_handed_over_as_living(desk: Desk) -> None:
    (deal,) = desk.deals(1)
    desk.org.delete("Opportunity", deal)
    desk.pass_time(hours=1)
    since = desk.now
    desk.org.restore("Opportunity", deal)
    desk.pass_time(minutes=10)
    assert not records(desk.changed(since=since))[deal].deleted
    assert not records([desk.feed().read("deal", [deal])])[deal].deleted


@pytest.mark.parametrize("survivor", ["old id", "new id"])
def test_bug_10_of_merged_deals_one_is_left(desk: Desk, survivor: str) -> None:
    """An add-on keeps one of the two, or makes a third and deletes both."""
    first, second = desk.deals(2, Amount=100, CloseDate="2026-04-30")
    desk.pass_time(hours=1)
    since = desk.now
    if survivor == "old id":
        left, losers = first, {second}
        desk.org.merge("Opportunity", first, second)
    else:
        left, losers = desk.deals(1)[0], {first, second}
        desk.org.merge("Opportunity", left, first, second)
    desk.pass_time(minutes=10)
    found = records(desk.changed(since=since))
    assert {key for key, record in found.items() if record.deleted} == losers
    assert not found[left].deleted
    desk.org.empty_bin()
    assert list(records(desk.whole())) == [left]
    assert set(desk.feed().read("deal", sorted(losers)).missing) == losers


def test_bug_10_a_deal_of_a_merged_account_carries_the_name_of_the_one_that_is_left(desk: Desk) -> None:
    keep, lose = (desk.org.create("Account", Name=name) for name in ("Keep", "Lose"))
    (deal,) = desk.deals(1, AccountId=lose, Amount=1, CloseDate="2026-04-30")
    desk.org.merge("Account", keep, lose)
    (row,), _ = rows(desk, "deal", desk.whole())
    assert (row["external_id"], row["account"]) == (deal, "Keep")


def test_bug_11_an_inactive_person_is_gone_but_keeps_name_and_address(desk: Desk) -> None:
    ann = desk.org.create("User", Name="Ann", Email="ann@acme.example", DefaultCurrencyIsoCode="EUR")
    desk.deals(1, OwnerId=ann, Amount=5, CloseDate="2026-04-30")
    desk.pass_time(hours=1)
    since = desk.now
    desk.org.edit("User", ann, IsActive=False)
    desk.pass_time(minutes=10)
    person = records(desk.changed("person", since=since))[ann]
    assert person.deleted
    (row,), _ = rows(desk, "person", desk.changed("person", since=since))
    assert (row["name"], row["email"], row["currency"]) == ("Ann", "ann@acme.example", "EUR")
    (row,), _ = rows(desk, "deal", desk.whole())
    assert row["owner_external_id"] == ann


@pytest.mark.parametrize(
    ("amount", "cents"),
    [("1234567890123456.78", 123456789012345678), ("-0.01", -1), ("0", 0), ("10000000", 1000000000)],
)
@pytest.mark.parametrize("exponents", [False, True])
def test_bug_14_amounts_are_exact_also_with_an_exponent(desk: Desk, amount: str, cents: int, exponents: bool) -> None:
    desk.fake.exponents = exponents
    desk.deals(1, Amount=amount, CloseDate="2026-04-30", StageName="Closed Won", OwnerId=desk.org.create("User"))
    (row,), rejected = rows(desk, "deal", desk.whole())
    assert rejected == []
    assert row["amount_cents"] == cents


def test_bug_13_no_amount_is_not_zero(desk: Desk) -> None:
    owner = desk.org.create("User", Name="Ann")
    desk.org.create("Opportunity", Name="won", OwnerId=owner, CloseDate="2026-04-30", StageName="Closed Won")
    desk.org.create("Opportunity", Name="open", OwnerId=owner, CloseDate="2026-04-30")
    (row,), (rejected,) = rows(desk, "deal", desk.whole())
    assert (row["name"], row["deleted"]) == ("open", True)
    assert (rejected["code"], rejected["name"]) == ("amount_missing", "won")


def test_bug_15_every_amount_keeps_its_currency_and_rates_end_where_the_next_begins(desk: Desk) -> None:
    owner = desk.org.create("User", Name="Ann")
    for code, amount in (("USD", "10.50"), ("JPY", "1500"), ("KWD", "1.25")):
        desk.org.create("Opportunity", Name=code, OwnerId=owner, Amount=amount, CurrencyIsoCode=code,
                        CloseDate="2026-04-30", StageName="Closed Won")  # fmt: skip
    found, _ = rows(desk, "deal", desk.whole())
    assert {row["currency"]: row["amount_cents"] for row in found} == {"USD": 1050, "JPY": 1500, "KWD": 1250}
    for start, following, rate in (
        ("0001-01-01", "2026-01-01", "0.9"), ("2026-01-01", "9999-12-31", "0.923456"),
    ):  # fmt: skip
        desk.org.create(
            "DatedConversionRate", IsoCode="EUR", ConversionRate=rate, StartDate=start, NextStartDate=following
        )
    found, rejected = rows(desk, "rate", desk.whole("rate"))
    assert rejected == []
    new_year = day(date(2026, 1, 1))
    assert [(r["from_currency"], r["to_currency"], r["rate_num"], r["rate_den"]) for r in found] == [
        ("USD", "EUR", 9, 10),
        ("USD", "EUR", 14429, 15625),
    ]
    assert (found[0]["end_on"], found[1]["start_on"]) == (new_year, new_year)
    desk.org.create("DatedConversionRate", IsoCode="JPY", ConversionRate="152.5", StartDate="2026-01-01")
    found, rejected = rows(desk, "rate", desk.whole("rate"))
    assert (len(found), rejected) == (3, [])


@pytest.mark.parametrize("zone", ["America/Phoenix", "Pacific/Auckland", "account"])
def test_bug_16_a_close_date_is_a_date_in_every_zone(desk: Desk, zone: str) -> None:
    desk.extra = f"timezone: {zone}"
    owner = desk.org.create("User", Name="Ann")
    desk.deals(1, OwnerId=owner, Amount=1, CloseDate="2026-12-31", StageName="Closed Won")
    (row,), _ = rows(desk, "deal", desk.whole())
    assert row["booked_on"] == day(date(2026, 12, 31))


def test_stages_mean_what_the_organisation_says_also_retired_ones(desk: Desk) -> None:
    desk.org.add(
        "OpportunityStage", {"ApiName": "Signed", "MasterLabel": "Gewonnen", "IsWon": True, "IsClosed": True}
    )
    for stage in ("Signed", "Closed Won", "Closed Lost", "Prospecting", "Nowhere"):
        desk.org.create(
            "Opportunity", Name=stage, OwnerId="005A00000000001AAA", Amount=1, CloseDate="2026-04-30", StageName=stage
        )
    found, (rejected,) = rows(desk, "deal", desk.whole())
    assert {row["name"]: row["stage"] for row in found} == {
        "Signed": "won", "Closed Won": "won", "Closed Lost": "lost", "Prospecting": "open",
    }  # fmt: skip
    assert (rejected["name"], rejected["code"]) == ("Nowhere", "stage_unmapped")


def test_records_carry_the_stamp_of_salesforce_and_no_address_of_it(desk: Desk) -> None:
    desk.deals(1, AccountId=desk.org.create("Account", Name="Acme"))
    (record,) = records(desk.whole()).values()
    assert record.source_ts == datetime(2026, 5, 1, 12, tzinfo=UTC)
    assert record.body["Account"] == {"Name": "Acme"}
    assert "attributes" not in record.body


def test_splits_of_a_deal_come_together_and_overlays_stay_out(desk: Desk) -> None:
    ann, bob, eve = (desk.org.create("User", Name=name) for name in ("Ann", "Bob", "Eve"))
    (deal,) = desk.deals(1, Amount="100")
    desk.org.split(deal, {ann: "33.33", bob: "66.67"})
    desk.org.split(deal, {eve: "100"}, kind="Overlay")
    for pages in (desk.whole("split"), [desk.feed().read("split", [deal])]):
        found, rejected = rows(desk, "split", pages)
        assert rejected == []
        assert {r["person_external_id"]: r["share_ppb"] for r in found} == {ann: 333_300_000, bob: 666_700_000}
    assert records(desk.whole("split"))[deal].body["rows"][0]["SplitPercentage"] == Decimal("33.33")


def test_a_changed_or_deleted_split_brings_all_of_its_deal_again(desk: Desk) -> None:
    ann, bob = desk.org.create("User", Name="Ann"), desk.org.create("User", Name="Bob")
    shared, alone, still = desk.deals(3, Amount="100")
    for deal in (shared, alone, still):
        desk.org.split(deal, {ann: "60", bob: "40"})
    desk.pass_time(hours=1)
    since = desk.now
    desk.org.split(shared, {ann: "50", bob: "50"})
    desk.org.split(alone, {})
    desk.pass_time(minutes=10)
    found = records(desk.changed("split", since=since))
    assert set(found) == {shared, alone}
    assert [row["SplitPercentage"] for row in found[shared].body["rows"]] == [50, 50]
    assert found[alone].body["rows"] == []
    desk.org.empty_bin()
    assert set(records(desk.whole("split"))) == {shared, still}


@pytest.mark.parametrize("page_size", [1, 2, 3, 5, 100])
def test_no_page_cuts_the_splits_of_a_deal_apart(desk: Desk, page_size: int) -> None:
    people = {desk.org.create("User", Name=str(n)): "25" for n in range(4)}
    made = desk.deals(3, Amount="100")
    for deal in made:
        desk.org.split(deal, people)
    desk.fake.page_size = page_size
    pages = desk.whole("split")
    handed = [record for page in pages for record in page.records]
    assert [record.external_id for record in handed] == made
    assert all(len(record.body["rows"]) == 4 for record in handed)
    assert [page.complete for page in pages].count(True) == 1
    rest = desk.whole("split", resume={"after": made[0]})
    assert [record.external_id for page in rest for record in page.records] == made[1:]


@pytest.mark.parametrize(("types", "says"), [("", "which split types"), ("Revenue, Bonus", "'Bonus'")])
def test_split_types_must_be_listed_and_must_exist(desk: Desk, types: str, says: str) -> None:
    desk.split_types = types
    (problem,) = desk.feed().check()
    assert says in problem.message
    with pytest.raises(ConfigRefused):
        desk.whole("split")


def test_quotas_of_forecasts_are_read_without_a_bin(desk: Desk) -> None:
    ann = desk.org.create("User", Name="Ann")
    quota = desk.org.create("ForecastingQuota", QuotaOwnerId=ann, QuotaAmount="250000", StartDate="2026-04-01")
    (row,), _ = rows(desk, "quota", desk.whole("quota"))
    assert (row["person_external_id"], row["amount_cents"]) == (ann, 25_000_000)
    assert (row["start_on"], row["end_on"]) == (day(date(2026, 4, 1)), day(date(2026, 7, 1)))
    desk.org.delete("ForecastingQuota", quota)
    assert desk.feed().read("quota", [quota]).missing == (quota,)


def test_another_object_can_hold_a_kind(desk: Desk) -> None:
    """Own objects have a bin, also where Salesforce's for that kind has none."""
    fields = [
        FieldSpec("Id", "id"),
        FieldSpec("Rep__c", "reference", "User"),
        FieldSpec("Plan__c"),
        FieldSpec("From__c", "date"),
    ]
    fields += [FieldSpec(name, "datetime") for name in ("CreatedDate", "LastModifiedDate", "SystemModstamp")]
    desk.org.schema["Comp__c"] = {f.name: f for f in [*fields, FieldSpec("IsDeleted", "boolean")]}
    desk.org.objects["Comp__c"] = {}
    desk.kinds += """\
  assignment:
    from: sf
    object: Comp__c
    fields: {person: Rep__c, plan: Plan__c, start: From__c}
"""
    ann = desk.org.create("User", Name="Ann")
    key = desk.org.create("Comp__c", Rep__c=ann, Plan__c="ae", From__c="2026-01-01")
    (row,), _ = rows(desk, "assignment", desk.whole("assignment"))
    assert (row["person_external_id"], row["plan"]) == (ann, "ae")
    desk.org.delete("Comp__c", key)
    assert records(desk.whole("assignment"))[key].deleted


def test_assignments_need_an_object(desk: Desk) -> None:
    desk.kinds += "  assignment: {from: sf, fields: {person: Rep__c, plan: Plan__c, start: From__c}}\n"
    with pytest.raises(ConfigRefused, match="no object for assignments"):
        desk.whole("assignment")


def test_shares_of_team_members_can_be_splits(desk: Desk) -> None:
    """Their percentage is a field of the organisation's own; split types mean nothing then."""
    desk.org.schema["OpportunityTeamMember"]["Share__c"] = FieldSpec("Share__c", "percent", digits=(5, 2))
    before, _, rest = desk.kinds.partition("  split:")
    desk.split_types = ""
    desk.kinds = (
        before
        + """\
  split:
    from: sf
    object: OpportunityTeamMember
    fields: {deal: OpportunityId, person: UserId, share: {column: Share__c, unit: percent}}
  quota:"""
        + rest.partition("  quota:")[2]
    )
    ann, bob = desk.org.create("User", Name="Ann"), desk.org.create("User", Name="Bob")
    (deal,) = desk.deals(1)
    for who, share in ((ann, "62.5"), (bob, "37.5")):
        desk.org.create("OpportunityTeamMember", OpportunityId=deal, UserId=who, Share__c=share)
    assert desk.feed().check() == ()
    found, _ = rows(desk, "split", desk.whole("split"))
    assert {r["person_external_id"]: r["share_ppb"] for r in found} == {ann: 625_000_000, bob: 375_000_000}


def test_the_mapping_of_the_readme_reads_an_organisation(desk: Desk) -> None:
    readme = Path(__file__).resolve().parents[3] / "connectors" / "salesforce" / "README.md"
    mapping = load(readme.read_text(encoding="utf-8").split("```yaml\n")[1].split("```")[0], "README.md")
    secrets = {"env:SALESFORCE_CLIENT_ID": "attain-client", "env:SALESFORCE_CLIENT_SECRET": "attain-secret"}
    setup = Setup(mapping.sources["sf"], mapping.of_source("sf"), secrets.__getitem__, desk.wire())
    assert SalesforceFeed(setup).check() == ()
    assert SalesforceFeed(setup).kinds == ("person", "deal", "split", "quota", "rate")


def test_who_changed_a_deal_stands_under_one_name(desk: Desk) -> None:
    desk.kinds = desk.kinds.replace("type: Type}", "type: Type, changed_by: LastModifiedById}")
    user = desk.org.create("User", Name="Ben Okafor")
    (deal,) = desk.deals(1, LastModifiedById=user)
    [page] = desk.source().pages("deal", "backfill", None, None, {})
    assert [(one.external_id, one.body["changed_by"]) for one in page.records] == [(deal, user)]
    assert desk.source().read("deal", [deal]).records[0].body["changed_by"] == user
