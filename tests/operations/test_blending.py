"""A CRM and an ERP that tell of the same deals, synced in either order, and asked where a figure comes from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest

from connectors.errors import MappingRefused
from connectors.mapping import load
from connectors.registry import open_source
from operations import blending, sync
from operations.context import Context
from operations.errors import LinkRefused, NotForYou
from store import changes, frames, people, quarantine, runs

if TYPE_CHECKING:
    from pathlib import Path

    from store.database import Database

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
WINDOW = (date(2026, 1, 1), date(2027, 1, 1))
MAPPING = """\
version: 1
sources:
  crm: {type: csv, date_format: "%Y-%m-%d", decimal: ".", snapshot: true, record_url: "https://crm.example.com/d/{id}"}
  erp: {type: csv, date_format: "%d.%m.%Y", decimal: ",", snapshot: true}
kinds:
  person:
    from: crm
    file: people.csv
    fields: {id: id, name: name, email: email, currency: {constant: USD}}
  deal:
    from: crm
    file: deals.csv
    fields: {id: id, name: name, owner: owner, amount: amount, currency: {constant: USD}, stage: stage, close: close}
    keys: {po: po, deal: id}
    stages: {won: [Won], lost: [Lost], open: [Open]}
  deal@erp:
    file: orders.csv
    fields: {id: no, name: customer, owner: {constant: ""}, amount: net, currency: {constant: USD}, stage: state,
             close: date}
    keys: {po: po_number}
    stages: {won: [booked], open: [quoted]}
    required_when_won: [amount, close]
  event@erp:
    file: payments.csv
    fields: {deal: order, name: {constant: paid}, on: date, record: no, amount: amount, currency: {constant: USD}}
blend:
  deal: {sources: [crm, erp], link: [deal, po], precedence: {amount: [erp, crm]}}
"""


@dataclass
class Desk:
    db: Database
    folder: Path
    mapping: str = MAPPING

    def write(self, name: str, *lines: str) -> None:
        (self.folder / name).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")

    def deals(self, *lines: str) -> None:
        self.write("deals.csv", "id,name,owner,amount,stage,close,po", *lines)

    def orders(self, *lines: str) -> None:
        self.write("orders.csv", "no,customer,net,state,date,po_number", *lines)

    def payments(self, *lines: str) -> None:
        self.write("payments.csv", "no,order,date,amount", *lines)

    def sync(self, *names: str) -> tuple[sync.SyncSummary, ...]:
        mapping = load(self.mapping, "mapping.yaml")
        return tuple(
            sync.run(self.context(), open_source(mapping, name, self.folder)) for name in names or ("crm", "erp")
        )

    def context(self) -> Context:
        return Context(self.db, NOW.date(), NOW)

    def amounts(self) -> dict[str, int]:
        facts = frames.facts(self.db, WINDOW)
        with self.db.read() as conn:
            names = frames.names(conn, facts.deals.deal_id.tolist())
        return {names[d.deal_id].external_id: d.amount_cents for d in facts.deals.itertuples()}

    def paid(self) -> dict[str, int]:
        """What customers have paid, by deal."""
        facts = frames.facts(self.db, WINDOW, more=("events",))
        with self.db.read() as conn:
            names = frames.names(conn, facts.events.deal_id.tolist())
        return {names[e.deal_id].external_id: e.amount_cents for e in facts.events.itertuples()}


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Desk:
    folder = tmp_path / "in"
    folder.mkdir()
    made = Desk(database, folder)
    made.write("people.csv", "id,name,email", "e1,Ana,ana@example.com", "e2,Bo,bo@example.com")
    made.deals("D1,Acme renewal,e1,42000.00,Won,2026-02-01,PO-7", "D2,Globex,e2,100,Won,2026-02-02,")
    made.orders('SO-9,ACME CORP,"40000,00",booked,03.02.2026,po-7')
    made.payments('1,SO-9,05.02.2026,"15000,00"', '2,PO-7,06.02.2026,"5000,00"')
    return made


@pytest.mark.parametrize("order", [("crm", "erp"), ("erp", "crm")])
def test_the_deal_is_one_whoever_is_synced_first_and_its_amount_is_the_invoiced_one(
    desk: Desk, order: tuple[str, str]
) -> None:
    assert all(one.ok for one in desk.sync(*order))
    assert desk.amounts() == {"D1": 40_000_00, "D2": 100_00}
    with desk.db.read() as conn:
        assert not changes.verify_chain(conn).broken


def test_payments_of_the_erp_are_the_deals_by_order_or_by_purchase_order(desk: Desk) -> None:
    assert all(one.ok for one in desk.sync("erp", "crm"))
    facts = frames.facts(desk.db, WINDOW, more=("events",))
    assert sorted(facts.events.amount_cents.tolist()) == [5_000_00, 15_000_00]
    assert set(desk.paid()) == {"D1"}


def test_a_second_sync_changes_nothing(desk: Desk) -> None:
    desk.sync()
    assert [one.changed for one in desk.sync()] == [0, 0]


def test_a_changed_invoice_reaches_the_rep_whose_deal_it_is(desk: Desk) -> None:
    desk.sync()
    with desk.db.write() as conn:
        runs.clear_stale(conn, runs.stale_reps(conn), changes.watermark(conn))
    desk.orders('SO-9,ACME CORP,"39000,00",booked,03.02.2026,PO-7')
    desk.sync("erp")
    with desk.db.read() as conn:
        ana = people.by_email(conn, "ana@example.com")
        assert ana is not None
        assert set(runs.stale_reps(conn)) == {ana.rep_id}
    assert desk.amounts()["D1"] == 39_000_00


def test_an_order_that_the_snapshot_no_longer_shows_gives_the_crms_amount_back(desk: Desk) -> None:
    desk.sync()
    desk.orders('SO-10,Initech,"1,00",booked,03.02.2026,PO-8')
    desk.sync("erp")
    assert desk.amounts()["D1"] == 42_000_00


def test_who_asks_sees_whose_word_counts_what_the_other_says_and_since_when(desk: Desk) -> None:
    desk.sync()
    found = blending.show(desk.context(), "deal", ("erp", "SO-9"))
    assert found is not None
    amount = next(one for one in found.origins if one.field == "amount")
    assert (amount.source, amount.external_id, amount.values) == ("erp", "SO-9", (40_000_00, "USD"))
    assert amount.others == (("crm", "D1", (42_000_00, "USD")),)
    assert [one.part.ref for one in found.tellings] == [("crm", "D1"), ("erp", "SO-9")]
    assert all(one.version_id and one.change_id and one.at == NOW for one in found.tellings)


def test_an_earlier_state_can_be_asked_for(desk: Desk) -> None:
    desk.sync()
    with desk.db.read() as conn:
        then = changes.watermark(conn)
    desk.orders('SO-9,ACME CORP,"39000,00",booked,03.02.2026,PO-7')
    desk.sync("erp")
    found = blending.show(desk.context(), "deal", ("crm", "D1"), then)
    assert found is not None
    assert next(one for one in found.origins if one.field == "amount").values == (40_000_00, "USD")


def test_what_stands_alone_is_listed_on_both_sides(desk: Desk) -> None:
    desk.orders('SO-9,ACME CORP,"40000,00",booked,03.02.2026,PO-7', 'SO-11,Umbrella,"7,00",booked,03.02.2026,PO-99')
    desk.sync()
    assert [one.part.ref for one in blending.unmatched(desk.context())] == [("crm", "D2"), ("erp", "SO-11")]


def test_a_person_decides_where_the_keys_cannot_and_only_sensibly(desk: Desk) -> None:
    desk.orders('SO-9,ACME CORP,"40000,00",booked,03.02.2026,', 'SO-10,ACME,"1,00",booked,03.02.2026,')
    desk.sync()
    with desk.db.read() as conn:
        ana = people.by_email(conn, "ana@example.com")
    assert ana is not None
    ops = replace(desk.context(), actor=replace(ana, role="ops"))
    with pytest.raises(NotForYou):
        blending.decide(replace(desk.context(), actor=ana), "deal", ("erp", "SO-9"), "D1")
    blending.decide(ops, "deal", ("erp", "SO-9"), "D1")
    assert desk.amounts()["D1"] == 40_000_00
    desk.sync()
    assert desk.amounts()["D1"] == 40_000_00
    for ref, anchor in ((("erp", "SO-10"), "D1"), (("erp", "SO-77"), "D1"), (("erp", "SO-10"), "D9")):
        with pytest.raises(LinkRefused):
            blending.decide(ops, "deal", ref, anchor)
    blending.decide(ops, "deal", ("erp", "SO-9"), None)
    assert desk.amounts()["D1"] == 42_000_00


def test_two_orders_of_one_purchase_order_wait_and_the_deal_keeps_its_own_amount(desk: Desk) -> None:
    desk.orders('SO-9,ACME CORP,"40000,00",booked,03.02.2026,PO-7', 'SO-10,ACME,"1,00",booked,03.02.2026,PO-7')
    desk.sync()
    assert desk.amounts()["D1"] == 42_000_00
    with desk.db.read() as conn:
        waiting = {row.external_id: row.code for row in quarantine.open_rows(conn)}
    assert waiting == {"SO-9": "link_ambiguous", "SO-10": "link_ambiguous"}


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("sources: [crm, erp]", "sources: [crm]", "Two or more sources"),
        ("sources: [crm, erp]", "sources: [crm, hris]", "Two or more sources"),
        ("link: [deal, po]", "link: [deal, tax_id]", "does not say which column holds"),
        ("amount: [erp, crm]", "amount: [erp, hris]", "one of the sources that are blended"),
        ("amount: [erp, crm]", "price: [erp, crm]", "Unknown field"),
        ("deal@erp:", "deal@sap:", "No such source"),
        ("precedence:", "order:", "Unknown key"),
        ("https://crm.example.com/d/{id}", "http://crm.example.com/d", "The address of a record"),
    ],
)
def test_a_rule_that_cannot_be_meant_is_refused_at_its_line(old: str, new: str, says: str) -> None:
    with pytest.raises(MappingRefused) as refused:
        load(MAPPING.replace(old, new), "mapping.yaml")
    assert any(says in problem.message for problem in refused.value.problems)
    assert all(problem.where.startswith("mapping.yaml:") for problem in refused.value.problems)


def test_a_large_file_of_blended_deals_is_written_in_small_pages(desk: Desk) -> None:
    """A page is one transaction, and everybody else who writes waits for it."""
    desk.orders(*(f'SO-{n},ACME,"{n},00",booked,03.02.2026,PO-{n}' for n in range(1, 1_202)))
    desk.deals(*(f"D{n},Deal {n},e1,1.00,Won,2026-02-01,PO-{n}" for n in range(1, 1_202)))
    crm, erp = desk.sync()
    assert [one.pages for one in (*crm.kinds, *erp.kinds) if one.kind == "deal"] == [2, 2]
    assert desk.amounts()["D1201"] == 1_201_00
    assert len(desk.amounts()) == 1_201
