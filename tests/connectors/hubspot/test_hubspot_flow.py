"""A HubSpot account synced into a real store: at rest the store holds what HubSpot holds, to the cent."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text

from connectors.fakes.hubspot.faults import Fault
from connectors.fakes.hubspot.search import SearchRules
from connectors.feed_source import FeedSource
from connectors.mapping import load
from operations import sync
from operations.context import Context
from store import people, quarantine, verify
from tests.connectors.hubspot.conftest import MAPPING, World

if TYPE_CHECKING:
    from store.database import Database

DEALS = """
select d.external_id, d.owner_external_id, d.amount_cents, c.text, s.text, d.account
from deal d join label c on c.label_id = d.currency_label join label s on s.label_id = d.stage_label
where d.superseded_by is null and d.deleted = 0
"""
SPLITS = """
select deal_external_id, person_external_id, share_ppb from split where superseded_by is null and deleted = 0
"""
NAMED = MAPPING.replace("name: dealname", "name: dealname\n      account: account_name")
MODES = ("incremental", "settle", "sweep")


@dataclass
class Office:
    """The account and the store it is synced into."""

    db: Database
    world: World = field(default_factory=lambda: World(mapping=NAMED))

    def sync(self, mode: str = "incremental", *, delete_any: bool = False) -> sync.SyncSummary:
        """One run, as a new process would make it."""
        source = FeedSource(load(self.world.mapping, "mapping.yaml"), "crm", self.world.connect())
        now = self.world.clock()
        options = sync.Options(mode=mode, delete_any=delete_any)  # type: ignore[arg-type]
        return sync.run(Context(self.db, now.date(), now, None), source, options=options)

    def rest(self) -> None:
        """Quiet time, and one run in each mode."""
        for mode in MODES:
            self.world.clock.pass_(minutes=20)
            summary = self.sync(mode)
            assert summary.ok, summary.problems

    def deals(self) -> dict[str, tuple[Any, ...]]:
        with self.db.read() as conn:
            return {row[0]: tuple(row[1:]) for row in conn.execute(text(DEALS))}

    def splits(self) -> dict[tuple[str, str], int]:
        with self.db.read() as conn:
            return {(row[0], row[1]): row[2] for row in conn.execute(text(SPLITS))}

    def people(self) -> dict[str, str]:
        with self.db.read() as conn:
            return {person.external_id: person.name for person in people.all(conn)}

    def waiting(self) -> dict[str, str]:
        with self.db.read() as conn:
            return {row.external_id: row.code for row in quarantine.open_rows(conn, source="crm")}

    def is_like_hubspot(self) -> None:
        portal = self.world.portal
        live = list(portal.tables["deals"].sorted(archived=False))
        assert self.deals() == {record.id: expected(portal, record) for record in live}
        shares = {(one.id, s.owner_id): s.fraction for one in live for s in portal.splits.get(one.id, [])}
        assert self.splits() == {key: int(Decimal(share) * 1_000_000_000) for key, share in shares.items()}
        with self.db.read() as conn:
            assert verify.verify(conn).broken == ()


def expected(portal: Any, record: Any) -> tuple[Any, ...]:
    said = record.properties
    currency = said.get("deal_currency_code") or "USD"
    cents = int(Decimal(said["amount"]) * (1 if currency == "JPY" else 100))
    stage = "won" if said["hs_is_closed_won"] == "true" else "lost" if said["hs_is_closed"] == "true" else "open"
    tied = portal.associations.get(("deals", "companies"), {}).get(record.id)
    account = portal.tables["companies"].rows[tied[0]].properties["name"] if tied else ""
    return said["hubspot_owner_id"], cents, currency, stage, account


@pytest.fixture
def office(database: Database) -> Office:
    return Office(database)


def staff(office: Office, *names: str) -> list[str]:
    return [office.world.portal.hire(name, "Smith", f"{name.lower()}@example.com") for name in names]


def test_the_first_sync_brings_everything_and_the_second_nothing(office: Office) -> None:
    portal = office.world.portal
    ann, bob = staff(office, "Ann", "Bob")
    company = portal.create("companies", {"name": "Acme"})
    shared = office.world.deal(amount="1234567890123456.78", hubspot_owner_id=ann)
    office.world.deal(amount="1500", hubspot_owner_id=bob, deal_currency_code="JPY")
    portal.associate("deals", "companies", shared, company)
    portal.share(shared, {ann: "0.33333333", bob: "0.66666667"})
    portal.set_rate("JPY", "0.0066", office.world.clock())
    portal.win(shared)
    office.world.clock.pass_(minutes=1)

    first = office.sync()
    assert first.ok, first.problems
    office.is_like_hubspot()

    for calls in (None, [1, 1, 1, 1, 1]):  # the second still reads the overlap, the third finds it empty
        office.world.clock.pass_(minutes=30)
        again = office.sync()
        assert again.ok
        assert again.changed == 0
        assert calls is None or [kind.api_calls for kind in again.kinds] == calls


def test_a_deal_won_in_the_crm_is_won_here_after_one_sync(office: Office) -> None:
    (ann,) = staff(office, "Ann")
    deal = office.world.deal(amount="80000", hubspot_owner_id=ann)
    office.world.clock.pass_(minutes=1)
    office.sync()
    office.world.clock.pass_(minutes=15)
    office.world.portal.win(deal)
    office.world.portal.edit("deals", deal, {"amount": "82500.50"})
    office.world.clock.pass_(minutes=1)
    assert office.sync().changed == 1
    assert office.deals()[deal] == (ann, 8_250_050, "USD", "won", "")


def test_archived_restored_purged_and_merged_deals_count_as_they_should(office: Office) -> None:
    """Bugs 7, 9 and 10 to their end."""
    portal = office.world.portal
    (ann,) = staff(office, "Ann")
    one, two, three, four, five = (office.world.deal(hubspot_owner_id=ann) for _ in range(5))
    office.world.clock.pass_(minutes=1)
    office.sync()

    portal.delete("deals", one)
    portal.delete("deals", two)
    portal.purge("deals", two)
    minted = portal.merge(three, four, new_id=True)
    office.rest()
    assert set(office.deals()) == {minted, five}

    portal.restore("deals", one)
    portal.merge(five, minted)
    office.rest()
    assert set(office.deals()) == {one, five}
    office.is_like_hubspot()


def test_who_leaves_keeps_name_and_deals(office: Office) -> None:
    """Bug 11 to its end."""
    portal = office.world.portal
    (ann,) = staff(office, "Ann")
    office.world.deal(hubspot_owner_id=ann)
    office.world.clock.pass_(minutes=1)
    office.sync()
    portal.dismiss(ann)
    office.rest()
    assert office.people() == {ann: "Ann Smith"}
    late = office.world.deal(hubspot_owner_id=ann)
    office.rest()
    assert late in office.deals()
    assert office.waiting() == {}


def test_a_deal_before_its_owner_waits_and_is_released_by_itself(office: Office) -> None:
    """Bug 12 to its end."""
    owner_id = "700001"
    deal = office.world.deal(hubspot_owner_id=owner_id)
    office.world.clock.pass_(minutes=1)
    office.sync()
    assert office.waiting() == {deal: "owner_unknown"}
    office.world.portal.hire("Late", "Smith", "late@example.com", owner_id=owner_id)
    office.world.clock.pass_(minutes=15)
    office.sync()
    assert office.waiting() == {}


def test_a_bad_amount_waits_alone_and_heals(office: Office) -> None:
    """Bugs 13 and 23 to their end: one bad deal among 200."""
    (ann,) = staff(office, "Ann")
    made = [office.world.deal(hubspot_owner_id=ann) for _ in range(200)]
    bad = made[77]
    office.world.portal.edit("deals", bad, {"amount": "1,800.00"})
    office.world.clock.pass_(minutes=1)
    assert office.sync().ok
    assert office.waiting() == {bad: "amount_unparsable"}
    assert set(office.deals()) == set(made) - {bad}
    office.world.portal.edit("deals", bad, {"amount": "1800.00"})
    office.world.clock.pass_(minutes=15)
    office.sync()
    assert office.waiting() == {}
    office.is_like_hubspot()


def test_half_a_sweep_deletes_nothing(office: Office) -> None:
    """Bug 8 to its end."""
    (ann,) = staff(office, "Ann")
    office.world.crm.page_size = 10
    made = [office.world.deal(hubspot_owner_id=ann) for _ in range(40)]
    office.world.clock.pass_(minutes=1)
    assert office.sync().ok
    office.world.crm.faults.append(Fault("truncated", path="/deals?", skip=2, times=99))
    assert not office.sync("sweep").ok
    assert set(office.deals()) == set(made)
    office.world.crm.faults.clear()
    assert office.sync("sweep").ok
    office.is_like_hubspot()


def test_a_forgotten_property_stops_deals_and_touches_none(office: Office) -> None:
    """Bug 24 to its end."""
    (ann,) = staff(office, "Ann")
    deal = office.world.deal(hubspot_owner_id=ann)
    office.world.clock.pass_(minutes=1)
    office.sync()
    before = office.deals()
    known = office.world.portal.account.properties["deals"]
    what = known.pop("amount")
    office.world.portal.edit("deals", deal, {"amount": None})
    office.world.clock.pass_(minutes=15)
    summary = office.sync()
    assert not summary.ok
    assert any("amount" in str(problem) for problem in summary.problems)
    assert office.deals() == before
    known["amount"] = what
    office.world.portal.edit("deals", deal, {"amount": "1000"})
    office.rest()
    office.is_like_hubspot()


FAULTS = ("drop", "truncated", "html", "not_json", "refuse")


class Busy:
    """People and a network at work, all from one seed."""

    def __init__(self, office: Office, seed: int) -> None:
        self.office, self.random = office, Random(seed)  # noqa: S311 - a test must be repeatable
        self.portal = office.world.portal
        self.owners = staff(office, "Ann", "Bob", "Cid")
        self.companies = [self.portal.create("companies", {"name": name}) for name in ("Acme", "Globex")]

    def live(self) -> list[str]:
        return [record.id for record in self.portal.tables["deals"].sorted(archived=False)]

    def archived(self) -> list[str]:
        return [record.id for record in self.portal.tables["deals"].sorted(archived=True)]

    def step(self) -> None:
        choice = self.random.choice
        if self.random.random() < 0.4 or not self.live():
            code = choice([None, "USD", "EUR", "JPY"])
            amount = f"{self.random.randrange(10**7)}" + (
                "" if code == "JPY" else f".{self.random.randrange(100):02d}"
            )
            owner = choice(self.owners)
            self.office.world.deal(amount=amount, hubspot_owner_id=owner, deal_currency_code=code)
            return
        deal = choice(self.live())
        acts = {
            "win": lambda: self.portal.win(deal),
            "lose": lambda: self.portal.lose(deal),
            "edit": lambda: self.portal.edit("deals", deal, {"amount": f"{self.random.randrange(10**6)}"}),
            "quiet": lambda: self.portal.edit("deals", deal, {"amount": "77"}, moves_stamp=False),
            "give": lambda: self.portal.reassign(deal, choice(self.owners)),
            "tie": lambda: self.portal.associate("deals", "companies", deal, choice(self.companies)),
            "delete": lambda: self.portal.delete("deals", deal),
            "restore": lambda: self.portal.restore("deals", choice(self.archived())) if self.archived() else None,
            "purge": lambda: self.portal.purge("deals", choice(self.archived())) if self.archived() else None,
            "share": lambda: self.portal.share(deal, choice([{}, {self.owners[0]: "0.4", self.owners[1]: "0.6"}])),
            "merge": self.merge,
        }
        acts[choice(sorted(acts))]()

    def merge(self) -> None:
        if len(self.live()) > 1:
            kept, lost = self.random.sample(self.live(), 2)
            quiet = self.random.random() < 0.5
            self.portal.merge(kept, lost, new_id=self.random.random() < 0.5, moves_stamp=not quiet)


@pytest.mark.parametrize("seed", [*range(2), *(pytest.param(seed, marks=pytest.mark.soak) for seed in range(2, 20))])
def test_whatever_happens_at_rest_both_hold_the_same(office: Office, seed: int) -> None:
    """Random edits, page sizes, lags, faults and cut runs; then quiet time and one run in each mode."""
    busy = Busy(office, seed)
    world, random = office.world, busy.random
    world.crm.page_size = random.choice([2, 7, 100])
    world.crm.rules = SearchRules(cap=random.choice([5, 40, 10_000]), page_size=random.choice([2, 9, 200]))
    world.portal.merged_ids_resolve = random.random() < 0.5
    for _ in range(8):
        world.portal.lag = timedelta(minutes=random.choice([0, 2, 9]))
        for _ in range(random.randrange(12)):
            busy.step()
            world.clock.pass_(milliseconds=random.choice([0, 1, 900]))
        if random.random() < 0.5:
            times = random.choice([1, 30])
            world.crm.faults.append(Fault(random.choice(FAULTS), skip=random.randrange(12), times=times, status=503))
        if random.random() < 0.5:
            world.crm.faults.append(Fault("late", path="/deals", skip=random.randrange(4), meanwhile=busy.step))
        world.clock.pass_(minutes=15)
        office.sync(random.choice(MODES))
        world.crm.faults.clear()
    world.portal.lag = timedelta(0)
    world.clock.pass_(minutes=20)
    office.sync("sweep", delete_any=True)
    office.rest()
    office.is_like_hubspot()
    calls = office.sync("sweep")
    assert calls.ok
    assert calls.changed == 0
