"""Deals that several sources tell of: one deal, whoever came first, and each field from whom it is believed."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from engine.blending import BY_HAND, LINKED, Decision, Part, Rule, blended, keyed, links, members
from store import blending_rules, changes, facts, quarantine, sync
from store.blending_rules import Verdict
from store.database import Database

if TYPE_CHECKING:
    from collections.abc import Mapping

NOW = datetime(2026, 7, 1, 9, 30, tzinfo=UTC)
DAY = 20_636
SAID: dict[str, Any] = {
    "name": "Renewal",
    "account": "Acme",
    "owner_external_id": "",
    "currency": "USD",
    "stage": "won",
    "stage_name": "Closed",
    "booked_on": DAY,
    "deal_type": "",
    "product": "",
    "deleted": False,
}
RULE = Rule("deal", ("crm", "erp"), ("deal", "po"), MappingProxyType({"amount": ("erp", "crm")}))


@dataclass
class Desk:
    db: Database
    number: int = 0

    def declare(self, *rules: Rule, sources: tuple[str, ...] = ("crm", "erp")) -> None:
        for source in sources:
            with self.db.write() as conn:
                change_id = changes.begin(conn, "test", "declare", NOW)
                if not blending_rules.declare(conn, source, rules, change_id, NOW).written:
                    changes.withdraw(conn, change_id)

    def told(self, source: str, record: str, amount: int = 100, **said: Any) -> sync.PageApplied:
        keys = {f"key:{name}": said.pop(name, "") for name in ("deal", "po")}
        row = SAID | {"source": source, "external_id": record, "amount_cents": amount} | keys | said
        return self.page(source, pd.DataFrame([row]))

    def gone(self, source: str, *records: str) -> sync.PageApplied:
        return self.page(source, pd.DataFrame(), records)

    def page(self, source: str, rows: pd.DataFrame, gone: tuple[str, ...] = ()) -> sync.PageApplied:
        write = sync.PageWrite("deal", source, rows, sync.State(source, "deal"), NOW, gone=gone)
        with self.db.write() as conn:
            return sync.apply_page(conn, write)

    def event(self, deal: str, record: str = "1", source: str = "erp") -> None:
        row = {"source": source, "deal_external_id": deal, "name": "paid", "on_day": date(2026, 7, 9)}
        row |= {"record": record, "amount_cents": 1, "currency": "USD"}
        with self.db.write() as conn:
            facts.apply(conn, "event", pd.DataFrame([row]), changes.begin(conn, "test", "event", NOW))

    def decide(self, record: str, anchor: str | None) -> None:
        with self.db.write() as conn:
            change_id = changes.begin(conn, "ops", "decide", NOW)
            blending_rules.decide(conn, Verdict("deal", "erp", record, anchor), "ops@x.com", change_id, NOW)

    def deals(self) -> dict[tuple[str, str], tuple[int, str]]:
        """Live deals: source and id to amount and name."""
        rows = (
            "SELECT l.text, d.external_id, d.amount_cents, d.name FROM deal d JOIN label l "
            "ON l.label_id = d.source_label WHERE d.superseded_by IS NULL AND d.deleted = 0"
        )
        with self.db.read() as conn:
            return {(row[0], row[1]): (row[2], row[3]) for row in conn.execute(text(rows))}

    def paid(self) -> dict[str, str]:
        """The deal that each event names by now, by the event's record; "" for none."""
        rows = (
            "SELECT e.record, coalesce(d.external_id, '') FROM deal_event e LEFT JOIN deal d "
            "ON d.deal_id = e.deal_id AND d.superseded_by IS NULL AND d.deleted = 0 WHERE e.superseded_by IS NULL"
        )
        with self.db.read() as conn:
            return {row[0]: row[1] for row in conn.execute(text(rows))}

    def verified(self) -> bool:
        with self.db.read() as conn:
            return not changes.verify_chain(conn).broken

    def waiting(self) -> dict[str, str]:
        with self.db.read() as conn:
            return {row.external_id: row.code for row in quarantine.open_rows(conn, kind="link")}


@pytest.fixture
def desk(database: Database) -> Desk:
    opened = Desk(database)
    opened.declare(RULE)
    return opened


def test_two_sources_make_one_deal_with_each_field_from_whom_it_is_believed(desk: Desk) -> None:
    desk.told("crm", "1", 42_000, po="PO-7", name="Acme renewal")
    desk.told("erp", "INV-9", 40_000, po=" po-7 ", name="ACME CORP")
    assert desk.deals() == {("crm", "1"): (40_000, "Acme renewal")}
    assert desk.verified()


def test_whoever_comes_first_the_deal_is_the_same(desk: Desk) -> None:
    desk.told("erp", "INV-9", 40_000, po="PO-7", name="ACME CORP")
    assert desk.deals() == {}  # it waits for the deal it belongs to: counted alone it might be counted twice
    desk.told("crm", "1", 42_000, po="PO-7", name="Acme renewal")
    assert desk.deals() == {("crm", "1"): (40_000, "Acme renewal")}


def test_a_link_found_late_and_one_that_is_removed_blend_anew(desk: Desk) -> None:
    desk.told("crm", "1", 42_000)
    desk.told("erp", "INV-9", 40_000, po="PO-7")
    assert desk.deals() == {("crm", "1"): (42_000, "Renewal")}
    desk.told("crm", "1", 42_000, po="PO-7")
    assert desk.deals() == {("crm", "1"): (40_000, "Renewal")}
    desk.told("crm", "1", 42_000)
    assert desk.deals() == {("crm", "1"): (42_000, "Renewal")}


def test_a_record_that_goes_takes_its_word_with_it(desk: Desk) -> None:
    desk.told("crm", "1", 42_000, po="PO-7")
    desk.told("erp", "INV-9", 40_000, po="PO-7")
    desk.gone("erp", "INV-9")
    assert desk.deals() == {("crm", "1"): (42_000, "Renewal")}
    desk.told("erp", "INV-9", 40_000, po="PO-7")
    desk.gone("crm", "1")
    assert desk.deals() == {}


def test_the_same_page_again_changes_nothing(desk: Desk) -> None:
    desk.told("crm", "1", 42_000, po="PO-7")
    desk.told("erp", "INV-9", 40_000, po="PO-7")
    assert desk.told("erp", "INV-9", 40_000, po="PO-7").change_id == 0


def test_several_anchors_or_several_records_of_one_wait_for_a_person(desk: Desk) -> None:
    for record in ("1", "2"):
        desk.told("crm", record, 42_000, po="PO-7")
    desk.told("erp", "INV-9", 40_000, po="PO-7")
    assert desk.deals() == {("crm", "1"): (42_000, "Renewal"), ("crm", "2"): (42_000, "Renewal")}
    assert desk.waiting() == {"INV-9": "link_ambiguous"}
    desk.decide("INV-9", "2")
    assert desk.deals()["crm", "2"] == (40_000, "Renewal")
    assert desk.waiting() == {}
    desk.decide("INV-9", None)
    assert desk.waiting() == {"INV-9": "link_ambiguous"}
    assert desk.verified()


def test_a_rule_may_let_records_without_an_anchor_count(desk: Desk) -> None:
    desk.declare(Rule("deal", ("crm", "erp"), ("po",), unlinked="count"))
    desk.told("erp", "INV-9", 40_000, po="PO-7")
    assert desk.deals() == {("erp", "INV-9"): (40_000, "Renewal")}
    desk.told("crm", "1", 42_000, po="PO-7")
    assert desk.deals() == {("crm", "1"): (42_000, "Renewal")}  # and never twice


def test_invoices_of_another_source_find_the_deal_by_its_key_also_when_it_comes_later(desk: Desk) -> None:
    desk.event("PO-7", "by key")
    desk.event("INV-9", "by id")
    assert desk.paid() == {"by key": "", "by id": ""}
    desk.told("crm", "1", po="PO-7")
    assert desk.paid() == {"by key": "1", "by id": ""}
    desk.told("erp", "INV-9", po="PO-7")
    assert desk.paid() == {"by key": "1", "by id": "1"}
    desk.told("crm", "2", po="PO-7")  # now nobody can tell
    assert desk.paid() == {"by key": "", "by id": ""}


def test_a_rule_given_up_leaves_each_source_its_own(desk: Desk) -> None:
    desk.told("crm", "1", 42_000, po="PO-7")
    desk.told("erp", "INV-9", 40_000, po="PO-7")
    desk.declare()
    desk.told("crm", "1", 42_000, po="PO-7")  # sources are read again, since their mapping changed
    desk.told("erp", "INV-9", 40_000, po="PO-7")
    assert desk.deals() == {("crm", "1"): (42_000, "Renewal"), ("erp", "INV-9"): (40_000, "Renewal")}


def test_another_precedence_blends_what_was_told_before(desk: Desk) -> None:
    desk.told("crm", "1", 42_000, po="PO-7")
    desk.told("erp", "INV-9", 40_000, po="PO-7", name="ACME CORP")
    desk.declare(Rule("deal", ("crm", "erp"), ("po",), MappingProxyType({"name": ("erp",)})))
    assert desk.deals() == {("crm", "1"): (42_000, "ACME CORP")}


KEYS = st.sampled_from(["", "a", "b", "c"])
STEPS = st.one_of(
    st.tuples(
        st.just("tell"), st.sampled_from(["crm", "erp", "nps"]), st.sampled_from("123"), st.integers(1, 3), KEYS, KEYS
    ),
    st.tuples(st.just("gone"), st.sampled_from(["crm", "erp", "nps"]), st.sampled_from("123")),
    st.tuples(st.just("decide"), st.sampled_from("123"), st.sampled_from(["1", "2", "", None])),
)


@dataclass
class Model:
    """What was told last, blended as a whole."""

    rule: Rule
    told: dict[tuple[str, str], Part] = field(default_factory=dict)
    decided: dict[tuple[str, str], Decision] = field(default_factory=dict)

    def deals(self) -> dict[tuple[str, str], tuple[object, object]]:
        parts = list(self.told.values())
        anchors = [part for part in parts if part.source == self.rule.anchor]
        found = links(self.rule, anchors, [p for p in parts if p.source != self.rule.anchor], self.decided)
        made = {}
        for group in members(self.rule, parts, found):
            said, _ = blended(self.rule, group)
            made[group[0].ref] = (said["amount_cents"], said["name"])
        return made


FEW = settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
MANY = settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.mark.parametrize("unlinked", ["wait", "count"])
@FEW
@given(steps=st.lists(STEPS, min_size=6, max_size=16))
def test_any_order_of_arrival_gives_what_the_last_word_of_each_source_gives(
    steps: list[Any], unlinked: str, sqlite_template: Path
) -> None:
    _arrive(steps, unlinked, sqlite_template)


@pytest.mark.soak
@pytest.mark.timeout(1_200)
@pytest.mark.parametrize("unlinked", ["wait", "count"])
@MANY
@given(steps=st.lists(STEPS, max_size=24))
def test_long_any_order_of_arrival_gives_the_same(steps: list[Any], unlinked: str, sqlite_template: Path) -> None:
    _arrive(steps, unlinked, sqlite_template)


def _arrive(steps: list[Any], unlinked: str, sqlite_template: Path) -> None:
    rule = Rule("deal", ("crm", "erp", "nps"), ("deal", "po"), MappingProxyType({"amount": ("nps", "erp")}), unlinked)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "attain.db"
        path.write_bytes(sqlite_template.read_bytes())
        desk, model = Desk(Database.open(f"sqlite:///{path}")), Model(rule)
        desk.declare(rule, sources=rule.sources)
        for step in steps:
            _take(desk, model, step)
        assert desk.deals() == model.deals()
        assert desk.verified()
        desk.db.dispose()


def _take(desk: Desk, model: Model, step: Any) -> None:
    what, *rest = step
    if what == "tell":
        source, record, amount, deal, po = rest
        desk.told(source, record, amount, deal=deal, po=po, name=f"{source} {record}")
        said: Mapping[str, Any] = SAID | {"amount_cents": amount, "name": f"{source} {record}"}
        keys = {name: keyed(value) for name, value in (("deal", deal), ("po", po)) if value}
        model.told[source, record] = Part(source, record, {k: v for k, v in said.items() if v != ""}, keys)
    elif what == "gone":
        desk.gone(rest[0], rest[1])
        model.told.pop((rest[0], rest[1]), None)
    else:
        record, anchor = rest
        taken = {d.anchor_id for ref, d in model.decided.items() if ref != ("erp", record) and d.anchor_id}
        if anchor and anchor in taken:
            return  # one record of a source for each anchor: who decides is refused another
        desk.decide(record, anchor)
        if anchor is None:
            model.decided.pop(("erp", record), None)
        else:
            model.decided["erp", record] = Decision(anchor or None)


def test_a_decision_takes_the_record_from_the_anchor_that_the_keys_found(desk: Desk) -> None:
    desk.told("crm", "1", 42_000, po="PO-7")
    desk.told("crm", "2", 50_000)
    desk.told("erp", "INV-9", 40_000, po="PO-7")
    desk.decide("INV-9", "2")
    assert {ref: amount for ref, (amount, _) in desk.deals().items()} == {("crm", "1"): 42_000, ("crm", "2"): 40_000}
    desk.decide("INV-9", "")
    assert {ref: amount for ref, (amount, _) in desk.deals().items()} == {("crm", "1"): 42_000, ("crm", "2"): 50_000}


def test_a_decision_is_on_record_with_who_made_it(desk: Desk) -> None:
    desk.told("crm", "1", 42_000)
    desk.told("erp", "INV-9", 40_000)
    desk.decide("INV-9", "1")
    with desk.db.read() as conn:
        row = conn.execute(text("SELECT state, method, decided_by FROM blend_link")).one()
    assert tuple(row) == (LINKED, BY_HAND, "ops@x.com")
