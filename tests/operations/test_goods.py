"""Accounts, products and line items of both CRMs: synced, versioned, and joined to the deals that sell them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from sqlalchemy import text

from connectors.fakes.hubspot import HubSpotFake
from connectors.fakes.salesforce import SalesforceFake
from connectors.http import Wire
from connectors.mapping import load
from connectors.registry import Outside, open_source
from operations import sync
from operations.context import Context
from store import changes, goods

if TYPE_CHECKING:
    from pathlib import Path

    from store.database import Database

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
HUBSPOT = """\
version: 1
sources: {crm: {type: hubspot, token: env:TOKEN, timezone: UTC}}
kinds:
  account: {from: crm, fields: {id: id, name: name, domain: domain}}
  product: {from: crm, fields: {id: id, name: name}}
  deal:
    from: crm
    fields: {id: id, name: dealname, account: account_name, owner: hubspot_owner_id, amount: amount,
             currency: {constant: USD}, stage: dealstage, close: closedate}
    required_when_won: [amount, close]
  tag: {from: crm, fields: {deal: id}, values: {account: account_id}}
  line_item:
    from: crm
    fields: {id: id, deal: deal_id, product: hs_product_id, name: name, quantity: quantity, amount: amount,
             currency: {constant: USD}}
"""
SALESFORCE = """\
version: 1
sources: {crm: {type: salesforce, domain: acme.my.salesforce.com, client_id: env:ID, client_secret: env:SECRET}}
kinds:
  account: {from: crm, fields: {id: Id, name: Name, domain: Website}}
  product: {from: crm, fields: {id: Id, name: Name, code: ProductCode, family: Family}}
  deal:
    from: crm
    fields: {id: Id, name: Name, account: Account.Name, owner: OwnerId, amount: Amount, currency: CurrencyIsoCode,
             stage: StageName, close: CloseDate}
    required_when_won: [amount, close]
  tag: {from: crm, fields: {deal: Id}, values: {account: AccountId}}
  line_item:
    from: crm
    fields: {id: Id, deal: OpportunityId, product: Product2Id, quantity: Quantity, amount: TotalPrice,
             currency: CurrencyIsoCode}
"""


@dataclass
class Crm:
    """Either CRM, with the few verbs that the tests need."""

    db: Database
    folder: Path
    mapping: str
    now: datetime = NOW
    hubspot: HubSpotFake = field(init=False)
    salesforce: SalesforceFake = field(default_factory=SalesforceFake)

    def __post_init__(self) -> None:
        self.hubspot = HubSpotFake(lambda: self.now)
        self.hubspot.portal.account.properties["line_items"] |= {"hs_product_id": "string"}
        self.salesforce.org.clock = lambda: self.now

    @property
    def is_hubspot(self) -> bool:
        return self.mapping is HUBSPOT

    def account(self) -> str:
        if self.is_hubspot:
            return self.hubspot.portal.create("companies", {"name": "Acme", "domain": "acme.example"})
        return self.salesforce.org.create("Account", Name="Acme", Website="ACME.example")

    def product(self, name: str) -> str:
        if self.is_hubspot:
            return self.hubspot.portal.create("products", {"name": name})
        return self.salesforce.org.create("Product2", Name=name, ProductCode="P-1", Family="Platform")

    def deal(self, account: str, amount: str = "300") -> str:
        if not self.is_hubspot:
            won = {"StageName": "Closed Won", "Amount": amount or None, "CloseDate": self.now.date()}
            return self.salesforce.org.create("Opportunity", Name="Deal", AccountId=account, **won)
        said = {"dealname": "Deal", "pipeline": "default", "dealstage": "closedwon", "amount": amount}
        deal = self.hubspot.portal.create("deals", said | {"closedate": "2026-03-01T00:00:00Z"})
        self.hubspot.portal.associate("deals", "companies", deal, account)
        return deal

    def item(self, deal: str, product: str, quantity: str, amount: str) -> str:
        if not self.is_hubspot:
            said = {"OpportunityId": deal, "Product2Id": product, "Quantity": quantity, "TotalPrice": amount}
            return self.salesforce.org.create("OpportunityLineItem", **said)
        said = {"name": "as sold", "hs_product_id": product, "quantity": quantity, "amount": amount}
        item = self.hubspot.portal.create("line_items", said)
        self.hubspot.portal.associate("line_items", "deals", item, deal)
        return item

    def price(self, deal: str, amount: str) -> None:
        if self.is_hubspot:
            self.hubspot.portal.edit("deals", deal, {"amount": amount})
        else:
            self.salesforce.org.edit("Opportunity", deal, Amount=amount)

    def change(self, item: str, quantity: str, amount: str) -> None:
        if self.is_hubspot:
            self.hubspot.portal.edit("line_items", item, {"quantity": quantity, "amount": amount})
        else:
            self.salesforce.org.edit("OpportunityLineItem", item, Quantity=quantity, TotalPrice=amount)

    def drop(self, item: str) -> None:
        if self.is_hubspot:
            self.hubspot.portal.delete("line_items", item)
        else:
            self.salesforce.org.delete("OpportunityLineItem", item)

    def sync(self, mode: str = "incremental") -> sync.SyncSummary:
        self.now += timedelta(minutes=20)
        handle = self.hubspot.handle if self.is_hubspot else self.salesforce.handle
        wire = Wire(transport=httpx.MockTransport(handle), clock=lambda: self.now, sleep=lambda _: None)
        secrets = {"env:TOKEN": self.hubspot.portal.account.token, "env:ID": "attain-client"}
        given = Outside((secrets | {"env:SECRET": "attain-secret"}).__getitem__, {"crm": wire})
        source = open_source(load(self.mapping, "m.yaml"), "crm", self.folder, given)
        options = sync.Options(mode=mode)  # type: ignore[arg-type]
        summary = sync.run(Context(self.db, self.now.date(), self.now), source, options=options)
        assert summary.ok, summary.problems
        return summary

    def sold(self, watermark: int | None = None) -> list[tuple[str, int, str]]:
        """By product of the one deal: how many in millionths, and for how much."""
        with self.db.read() as conn:
            (deal_id,) = conn.execute(text("SELECT deal_id FROM deal WHERE superseded_by IS NULL")).scalars()
            found = goods.sold(conn, [deal_id], watermark).get(deal_id, ())
        return [(one.product, one.quantity, str(one.amount)) for one in found]

    def watermark(self) -> int:
        with self.db.read() as conn:
            return changes.watermark(conn)


@pytest.fixture(params=[HUBSPOT, SALESFORCE], ids=["hubspot", "salesforce"])
def crm(request: Any, database: Database, tmp_path: Path) -> Crm:
    return Crm(database, tmp_path, request.param)


def test_a_deals_line_items_are_summed_by_product_and_change_as_versions(crm: Crm) -> None:
    deal = crm.deal(crm.account())
    suite, seats = crm.product("Suite"), crm.product("Seats")
    first = crm.item(deal, suite, "1", "100.50")
    crm.item(deal, suite, "2", "99.50")
    gone = crm.item(deal, seats, "12.5", "100")
    crm.sync()
    assert crm.sold() == [("Seats", 12_500_000, "100.00 USD"), ("Suite", 3_000_000, "200.00 USD")]
    before = crm.watermark()
    crm.change(first, "3", "300")
    crm.drop(gone)
    crm.sync()
    crm.sync("sweep")
    assert crm.sold() == [("Suite", 5_000_000, "399.50 USD")]
    assert crm.sold(before) == [("Seats", 12_500_000, "100.00 USD"), ("Suite", 3_000_000, "200.00 USD")]
    assert crm.sync().changed == 0
    with crm.db.read() as conn:
        assert not changes.verify_chain(conn).broken


def test_the_account_of_a_deal_is_found_by_the_tag_that_names_it(crm: Crm) -> None:
    crm.deal(crm.account())
    crm.sync()
    joined = (
        "SELECT a.name, a.domain FROM deal_tag t JOIN label l ON l.label_id = t.value_label "
        "JOIN account a ON a.external_id = l.text AND a.superseded_by IS NULL WHERE t.superseded_by IS NULL"
    )
    with crm.db.read() as conn:
        assert [tuple(row) for row in conn.execute(text(joined))] == [("Acme", "acme.example")]


def test_a_line_item_that_comes_before_its_deal_waits_for_it(crm: Crm) -> None:
    deal = crm.deal(crm.account(), amount="")  # won without an amount: it waits in quarantine
    crm.item(deal, crm.product("Suite"), "1", "100")
    crm.sync()
    with crm.db.read() as conn:
        assert conn.execute(text("SELECT deal_id FROM line_item WHERE superseded_by IS NULL")).scalars().all() == [0]
    crm.price(deal, "100")
    crm.sync()
    assert crm.sold() == [("Suite", 1_000_000, "100.00 USD")]
