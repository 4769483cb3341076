"""The journal: numbers that grow with commits, and a chain that shows every edit."""

from __future__ import annotations

import threading
from datetime import datetime
from typing import TYPE_CHECKING

import pytest

from engine.plans.load import load
from engine.plans.schema import Plan, plan_hash
from store import changes, plans
from store.errors import InstantNaive
from tests.store.conftest import NOW

if TYPE_CHECKING:
    from store.database import Database
    from tests.store.conftest import Write


@pytest.fixture
def history(database: Database, write: Write, two_reps: None) -> None:
    """Facts of several kinds, with changes, a tombstone and a healed reference among them."""
    write("deal", {"external_id": "D1"}, {"external_id": "D2", "owner_external_id": "zoe"})
    write("deal", {"external_id": "D1", "amount_cents": 5})
    write("split", {"deal_external_id": "D1", "person_external_id": "ben", "share_ppb": 1_000_000_000})
    write("quota", {"person_external_id": "ada"})
    write("rate", {})
    write("person", {"external_id": "zoe", "hired_on": None})
    write("deal", {"external_id": "D2", "owner_external_id": "zoe", "deleted": True})
    plan = load(PLAN, "plan.yaml")
    assert isinstance(plan, Plan), plan
    with database.write() as conn:
        plans.save(conn, plan, plan_hash(plan), PLAN, changes.begin(conn, "ops", "publish", NOW))


PLAN = """\
plan: ae
version: 1
effective: 2026-01-01 .. 2027-01-01
currency: USD
components:
  - name: All
    rate: 10%
"""
MORE = """
    INSERT INTO quota SELECT version_id + 1, change_id, NULL, row_hash, deleted, source_label, 'more',
        person_external_id, rep_id, name_label, start_on, end_on, amount_cents, currency_label FROM quota
"""
EDITS = [
    ("UPDATE deal SET amount_cents = 1 WHERE version_id = 1", "deal version 1"),
    ("UPDATE deal SET amount_cents = 1, row_hash = row_hash + 1 WHERE version_id = 3", "numbers were edited"),
    ("UPDATE deal SET owner_id = 2 WHERE version_id = 3", "numbers were edited"),
    ("UPDATE deal SET product_label = currency_label WHERE version_id = 1", "deal version 1"),
    ("UPDATE deal SET deleted = 1 WHERE version_id = 3", "numbers were edited"),
    ("UPDATE deal SET superseded_by = superseded_by + 1 WHERE version_id = 1", "when it stopped being current"),
    ("UPDATE deal SET change_id = 1 WHERE version_id = 3", "another change"),
    ("DELETE FROM deal WHERE version_id = 3", "are there"),
    ("UPDATE deal SET listed = 0 WHERE version_id = 1", "found by its owner and day"),
    ("UPDATE quota SET amount_cents = amount_cents + 1", "quota version 1"),
    ("UPDATE quota SET end_on = end_on + 1", "quota version 1"),
    ("UPDATE fx_rate SET rate_num = 12", "rate version 1"),
    ("UPDATE split SET share_ppb = 1", "split version 1"),
    ("UPDATE person SET role = 'admin' WHERE external_id = 'ada'", "person version 1"),
    ("UPDATE change SET actor = 'someone else' WHERE change_id = 2", "change 2"),
    ("UPDATE change SET reason = 'a better one' WHERE change_id = 3", "change 3"),
    ("DELETE FROM change_part WHERE change_id = 4", "change 5"),
    ("UPDATE change_part SET digest = 'x' WHERE change_id = 2", "change 2, part 1"),
    ("UPDATE person SET email_key = 'ben@x' WHERE external_id = 'ada'", "address it is found by"),
    ("UPDATE plan SET text = replace(text, 'rate: 10', 'rate: 90')", "plan ae version 1: its text"),
    ("UPDATE plan SET plan_hash = 'x'", "plan ae version 1: its text"),
    ("UPDATE plan SET version = 7", "plan ae version 7: its name or number"),
    ("UPDATE plan SET effective_to_on = effective_to_on + 1", "plan ae version 1: the days"),
    (MORE, "quota: 2 versions, the journal knows 1"),
]


def test_an_untouched_history_verifies(database: Database, history: None) -> None:
    with database.read() as conn:
        verified = changes.verify_chain(conn)
    assert verified.broken == ()
    assert (verified.changes, verified.versions) == (9, 11)


@pytest.mark.parametrize(("edit", "told"), EDITS)
def test_an_edited_row_is_found(database: Database, history: None, edit: str, told: str) -> None:
    with database.write() as conn:
        conn.exec_driver_sql(edit)
    with database.read() as conn:
        broken = changes.verify_chain(conn).broken
    assert any(told in where for where in broken), broken


def test_a_change_that_wrote_nothing_leaves_no_gap(database: Database, history: None, write: Write) -> None:
    with database.write() as conn:
        before = changes.watermark(conn)
        changes.withdraw(conn, changes.begin(conn, "ops", "idle", NOW))
        assert changes.watermark(conn) == before
    write("deal", {"external_id": "D3"})
    with database.read() as conn:
        assert changes.watermark(conn) == before + 1
        assert changes.verify_chain(conn).broken == ()


def test_change_numbers_grow_in_the_order_of_commits(database: Database) -> None:
    """A second writer that begins while the first is at work waits for its commit."""
    order: list[tuple[str, int]] = []
    begun = threading.Event()

    def second() -> None:
        begun.wait(10)
        with database.write() as conn:
            order.append(("second", changes.begin(conn, "b", "sync", NOW)))

    thread = threading.Thread(target=second)
    thread.start()
    with database.write() as conn:
        first = changes.begin(conn, "a", "sync", NOW)
        begun.set()
        thread.join(0.3)
        order.append(("first", first))
    thread.join(10)
    assert order == [("first", 1), ("second", 2)]


def test_naive_instants_are_refused(database: Database) -> None:
    with pytest.raises(InstantNaive), database.write() as conn:
        changes.begin(conn, "ops", "sync", datetime(2026, 7, 1))  # noqa: DTZ001
