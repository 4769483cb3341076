"""A Salesforce organisation synced into a real store: at rest the store holds what Salesforce holds, to the cent."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text

from connectors.fakes import salesforce_faults as faults
from connectors.registry import Outside, open_source
from operations import sync
from operations.context import Context
from store import frames, quarantine, verify

if TYPE_CHECKING:
    from pathlib import Path

    from store.database import Database
    from tests.connectors.salesforce.conftest import Desk

DEALS = """
select d.external_id, d.owner_external_id, d.amount_cents, c.text, s.text, d.booked_on, d.account
from deal d join label c on c.label_id = d.currency_label join label s on s.label_id = d.stage_label
where d.superseded_by is null and d.deleted = 0
"""
SPLITS = """
select deal_external_id, person_external_id, share_ppb from split where superseded_by is null and deleted = 0
"""
PLACES = {"JPY": 0, "KWD": 3}


@dataclass
class Office:
    """The organisation and the store it is synced into."""

    desk: Desk
    db: Database
    folder: Path
    runs: list[sync.SyncSummary] = field(default_factory=list)

    def sync(self, mode: str = "incremental", *, delete_any: bool = False) -> sync.SyncSummary:
        outside = Outside(self.desk.secrets.__getitem__, MappingProxyType({"sf": self.desk.wire()}))
        source = open_source(self.desk.mapping(), "sf", self.folder, outside)
        context = Context(self.db, self.desk.now.date(), self.desk.now, None)
        options = sync.Options(mode=mode, delete_any=delete_any)  # type: ignore[arg-type]
        self.runs.append(sync.run(context, source, options=options))
        return self.runs[-1]

    def rest(self) -> None:
        """Quiet time, and one run in each mode."""
        for mode in ("incremental", "settle", "sweep"):
            self.desk.pass_time(minutes=20)
            summary = self.sync(mode)
            assert summary.ok, summary.problems

    def deals(self) -> dict[str, tuple[Any, ...]]:
        with self.db.read() as conn:
            found = conn.execute(text(DEALS)).all()
        return {row[0]: (*row[1:5], str(row[5]), row[6]) for row in found}

    def splits(self) -> dict[tuple[str, str], int]:
        with self.db.read() as conn:
            return {(row[0], row[1]): row[2] for row in conn.execute(text(SPLITS))}

    def waiting(self) -> list[tuple[str, str]]:
        with self.db.read() as conn:
            return [(row.external_id, row.code) for row in quarantine.open_rows(conn, source="sf")]

    def is_like_salesforce(self) -> None:
        assert self.deals() == expected_deals(self.desk.org)
        assert self.splits() == expected_splits(self.desk.org)
        with self.db.read() as conn:
            assert verify.verify(conn).broken == ()


def expected_deals(org: Any) -> dict[str, tuple[Any, ...]]:
    stages = {v["ApiName"]: v for v in org.living("OpportunityStage")}
    found = {}
    for deal in org.living("Opportunity"):
        stage = stages[deal["StageName"]]
        meaning = "won" if stage["IsWon"] else "lost" if stage["IsClosed"] else "open"
        cents = int(deal["Amount"] * 10 ** PLACES.get(deal["CurrencyIsoCode"], 2))
        account = org.get("Account", deal["AccountId"])["Name"] if deal["AccountId"] else ""
        when = str((deal["CloseDate"] - date(1970, 1, 1)).days)
        found[deal["Id"]] = (deal["OwnerId"], cents, deal["CurrencyIsoCode"], meaning, when, account)
    return found


def expected_splits(org: Any) -> dict[tuple[str, str], int]:
    revenue = next(v["Id"] for v in org.living("OpportunitySplitType") if v["MasterLabel"] == "Revenue")
    return {
        (split["OpportunityId"], split["SplitOwnerId"]): int(split["SplitPercentage"] * 10_000_000)
        for split in org.living("OpportunitySplit")
        if split["SplitTypeId"] == revenue
    }


@pytest.fixture
def office(desk: Desk, database: Database, tmp_path: Path) -> Office:
    return Office(desk, database, tmp_path)


def people(office: Office, *names: str) -> list[str]:
    org = office.desk.org
    return [
        org.create("User", Name=name, Email=f"{name.lower()}@acme.example", DefaultCurrencyIsoCode="USD",
                   TimeZoneSidKey="America/New_York")
        for name in names
    ]  # fmt: skip


def deal(office: Office, owner: str, **values: Any) -> str:
    said = {
        "Name": "Deal",
        "OwnerId": owner,
        "Amount": "1000.10",
        "CloseDate": "2026-04-30",
        "StageName": "Closed Won",
    }
    return str(office.desk.org.create("Opportunity", **(said | values)))


def test_the_first_sync_brings_everything_and_the_second_nothing(office: Office) -> None:
    org = office.desk.org
    ann, bob = people(office, "Ann", "Bob")
    account = org.create("Account", Name="Acme")
    shared = deal(office, ann, AccountId=account)
    deal(office, bob, Amount="1234567890123456.78", StageName="Prospecting")
    deal(office, bob, Amount="1500", CurrencyIsoCode="JPY")
    org.split(shared, {ann: "33.33", bob: "66.67"})
    org.create("ForecastingQuota", QuotaOwnerId=ann, QuotaAmount="250000", StartDate="2026-04-01")
    org.create("DatedConversionRate", IsoCode="JPY", ConversionRate="152.5", StartDate="0001-01-01",
               NextStartDate="9999-12-31")  # fmt: skip
    first = office.sync()
    assert first.ok, first.problems
    assert {kind.kind: kind.inserted for kind in first.kinds} == {
        "person": 2, "split": 2, "deal": 3, "quota": 1, "rate": 1,
    }  # fmt: skip
    office.is_like_salesforce()
    office.desk.pass_time(minutes=30)
    second = office.sync()
    assert (second.ok, second.changed) == (True, 0)
    office.desk.pass_time(minutes=30)
    third = office.sync()
    assert (third.changed, [kind.api_calls for kind in third.kinds]) == (0, [1, 1, 1, 1, 1])
    with office.db.read() as conn:
        facts = frames.facts(conn, (date(2026, 1, 1), date(2027, 1, 1)))
    assert sorted(facts.deals["amount_cents"]) == [150_0, 100_010]


def test_whatever_people_do_reaches_the_store_with_the_next_run(office: Office) -> None:
    org, desk = office.desk.org, office.desk
    ann, bob = people(office, "Ann", "Bob")
    keep, lose = org.create("Account", Name="Keep"), org.create("Account", Name="Lose")
    deals = [deal(office, ann, AccountId=lose, StageName="Prospecting") for _ in range(7)]
    org.split(deals[5], {ann: "60", bob: "40"})
    assert office.sync().ok
    desk.pass_time(minutes=30)
    org.win(deals[0])
    org.lose(deals[1])
    org.reassign(deals[2], bob)
    org.delete("Opportunity", deals[3])
    org.edit("Opportunity", deals[4], Amount="0.01", CurrencyIsoCode="EUR")
    org.split(deals[5], {bob: "100"})
    org.merge("Account", keep, lose)
    desk.pass_time(minutes=10)
    assert office.sync().ok
    office.is_like_salesforce()
    desk.pass_time(minutes=30)
    org.restore("Opportunity", deals[3])
    org.split(deals[5], {})
    org.edit("Opportunity", deals[0], StageName="Prospecting")
    org.merge("Opportunity", deals[4], deals[6])
    desk.pass_time(minutes=10)
    assert office.sync().ok
    office.is_like_salesforce()


def test_what_no_stamp_tells_is_found_by_the_sweep(office: Office) -> None:
    """A formula, a purged deal, a purged split."""
    org, desk = office.desk.org, office.desk
    ann, bob = people(office, "Ann", "Bob")
    quiet, purged, shared = deal(office, ann), deal(office, ann), deal(office, ann)
    org.split(shared, {ann: "60", bob: "40"})
    assert office.sync().ok
    desk.pass_time(minutes=30)
    org.edit("Opportunity", quiet, quiet=True, Amount="77")
    org.delete("Opportunity", purged)
    org.split(shared, {ann: "100"})
    org.empty_bin()
    desk.pass_time(hours=3)
    assert office.sync("sweep").ok
    office.is_like_salesforce()
    assert purged not in office.deals()


def test_bug_12_a_deal_whose_owner_is_not_there_yet_waits_for_them(office: Office) -> None:
    org, desk = office.desk.org, office.desk
    only = "only_when: {UserType: [Standard]}\n    fields: {id: Id, name: Name, email"
    desk.kinds = desk.kinds.replace("fields: {id: Id, name: Name, email", only)
    (late,) = people(office, "Late")
    org.edit("User", late, UserType="Guest")
    sold = deal(office, late)
    assert office.sync().ok
    assert office.waiting() == [(sold, "owner_unknown")]
    desk.pass_time(minutes=30)
    org.edit("User", late, UserType="Standard")
    desk.pass_time(minutes=10)
    assert office.sync().ok
    assert office.waiting() == []


def test_bug_08_a_sweep_that_is_cut_deletes_nothing(office: Office) -> None:
    desk = office.desk
    (ann,) = people(office, "Ann")
    for _ in range(7):
        deal(office, ann)
    desk.fake.page_size = 2
    assert office.sync().ok
    before = office.deals()
    desk.pass_time(minutes=30)
    desk.fake.faults.append(faults.truncated(where="-4", times=99))
    summary = office.sync("sweep")
    assert not summary.ok
    assert sum(kind.deleted for kind in summary.kinds) == 0
    assert office.deals() == before
    desk.fake.faults.clear()
    desk.pass_time(minutes=30)
    assert office.sync("sweep").ok
    assert office.deals() == before


def test_bug_03_our_fast_clock_loses_nothing_from_the_first_run_on(office: Office) -> None:
    desk = office.desk
    desk.skew = timedelta(minutes=30)
    (ann,) = people(office, "Ann")
    assert office.sync().ok
    desk.pass_time(minutes=1)
    deal(office, ann)
    desk.pass_time(minutes=10)
    assert office.sync().ok
    office.is_like_salesforce()


def test_bug_26_the_store_knows_no_secret(office: Office) -> None:
    (ann,) = people(office, "Ann")
    deal(office, ann)
    assert office.sync().ok
    office.desk.fake.faults.append(faults.session_expired(where="/query", times=99))
    office.desk.pass_time(minutes=30)
    assert not office.sync().ok
    with office.db.read() as conn:
        kept = str([tuple(row) for row in conn.execute(text("select * from sync_run"))])
        kept += str([tuple(row) for row in conn.execute(text("select * from sync_state"))])
    assert "attain-secret" not in kept
    assert "00Dfake!" not in kept
    assert "SELECT" not in kept


@pytest.mark.parametrize("seed", [*range(3), *(pytest.param(seed, marks=pytest.mark.soak) for seed in range(3, 30))])
def test_at_rest_the_store_holds_what_salesforce_holds(
    desk: Desk, sqlite_database: Database, tmp_path: Path, seed: int
) -> None:
    """Whatever is done, however late it shows itself, however small the pages and whatever fails on the way."""
    office = Office(desk, sqlite_database, tmp_path)
    chance = Random(seed)  # noqa: S311 - the same for everybody
    people(office, "Ann", "Bob", "Cid")
    accounts = [desk.org.create("Account", Name=name) for name in ("One", "Two", "Three")]
    for _ in range(12):
        desk.fake.page_size = chance.choice([1, 2, 3, 7, 2_000])
        desk.org.lag = timedelta(minutes=chance.choice([0, 0, 3, 7]))
        for _ in range(chance.randrange(6)):
            _do_something(office, chance, accounts)
            desk.pass_time(seconds=chance.choice([0, 0, 1, 200]))
        if chance.random() < 0.4:
            desk.fake.faults.append(_fault(chance))
        office.sync(chance.choice(["incremental", "incremental", "settle", "sweep"]))
        desk.pass_time(minutes=chance.choice([1, 6, 40]))
    desk.fake.faults.clear()
    desk.fake.used = 0
    office.rest()
    office.sync("sweep", delete_any=True)
    office.is_like_salesforce()


def _do_something(office: Office, chance: Random, accounts: list[str]) -> None:
    org = office.desk.org
    staff = [v["Id"] for v in org.living("User")]
    living = [v["Id"] for v in org.living("Opportunity")]
    binned = [k for k, r in org.objects["Opportunity"].items() if (r.latest() or {}).get("IsDeleted")]
    amount = f"{chance.randrange(10**12)}.{chance.randrange(100):02}"
    shares = chance.choice([{}, {staff[0]: "100"}, {staff[0]: "12.34", staff[1]: "87.66"}])
    if len(living) < 3 or chance.random() < 0.25:
        deal(office, chance.choice(staff), Amount=amount, AccountId=chance.choice([None, *accounts]))
        return
    one, other = chance.sample(living, 2)
    quiet = chance.random() < 0.3
    chance.choice(
        [
            lambda: org.edit("Opportunity", one, quiet=quiet, Amount=amount),
            lambda: org.win(one),
            lambda: org.lose(one),
            lambda: org.reassign(one, chance.choice(staff)),
            lambda: org.delete("Opportunity", one),
            lambda: [org.restore("Opportunity", key) for key in binned[:1]],
            org.empty_bin,
            lambda: org.split(one, shares),
            lambda: org.merge("Opportunity", one, other),
        ]
    )()


def _fault(chance: Random) -> faults.Fault:
    ends = (faults.session_expired, faults.limit_reached, faults.query_timeout)
    passing = (faults.locator_expired, faults.truncated, faults.unavailable)
    return chance.choice([*ends, *passing])(where="/query", skip=chance.randrange(6), times=chance.choice([1, 2, 9]))
