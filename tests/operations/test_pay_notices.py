"""People hear of deals they have just won, and of figures they saw that are others now; of nothing else."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from engine.notices import Notice, Recipient
from messages import notices
from messages.reader import Reader
from operations import recalculate
from operations.context import Context
from store import deliveries, disclosures, outbox
from store.deliveries import Attempt, Hold, Place
from store.disclosures import Disclosure
from store.sync import Tally, finish_run, start_run
from tests.operations.conftest import NOW, TODAY, deal, quota

if TYPE_CHECKING:
    from store.outbox import Owed
    from tests.operations.conftest import Company

#: Postgres takes its turn in the long runs.
pytestmark = pytest.mark.parametrize(
    "database_url", ["sqlite", pytest.param("postgresql", marks=pytest.mark.soak)], indirect=True
)
WORDED = Reader("en-US", "America/New_York", NOW, 1)
AUGUST = date(2026, 8, 5)


def drain(company: Company, hours: int = 0) -> None:
    recalculate.drain(Context(company.db, TODAY, NOW + timedelta(hours=hours)))


def owed(company: Company, kind: str) -> list[Owed]:
    with company.db.read() as conn:
        return [one for one in outbox.pending(conn) if one.notice.kind == kind]


def said(one: Owed) -> str:
    return notices.worded(one.notice.kind, one.notice.data, WORDED, one.notice_id).text


def send_all(company: Company) -> None:
    """As if a worker had sent everything, with what it shows on record."""
    with company.db.write() as conn:
        waiting = outbox.pending(conn)
        outbox.clear(conn, [one.outbox_id for one in waiting], outbox.ALWAYS)
        for one in deliveries.claim(conn, "w", NOW + timedelta(days=3), timedelta(minutes=1), 99):
            attempt = Attempt(NOW + timedelta(days=4), "T", "D1", one.notice.kind, "1", "hash")
            deliveries.start(conn, Hold(one.outbox_id, "w"), attempt, NOW)
            deliveries.sent(conn, Hold(one.outbox_id, "w"), Place("D1", f"{one.outbox_id}.0"), NOW)


def see(company: Company) -> None:
    """Dana looks at her earnings."""
    rep = company.dana.rep_id
    with company.db.write() as conn:
        disclosures.record(
            conn, Disclosure(rep, rep, "earnings", "rcp", "ephemeral", "h", NOW + timedelta(minutes=1))
        )


def win(company: Company, external_id: str, amount_cents: int = 1_000_000, **changes: Any) -> None:
    company.apply("deal", deal(external_id, "dana", amount_cents, date(2026, 8, 19), **changes))


def test_the_first_calculation_tells_nobody_anything(company: Company) -> None:
    drain(company)
    with company.db.read() as conn:
        assert outbox.pending(conn) == ()


def test_a_deal_just_won_is_told_with_its_slices_and_a_receipt(company: Company) -> None:
    company.apply("quota", quota("dana", 12_000_000, date(2026, 7, 1), date(2026, 10, 1)))
    drain(company)
    win(company, "d9", 3_000_000, name="Initech")
    drain(company)
    (one,) = owed(company, "deal_won")
    assert one.notice.to == Recipient(company.dana.rep_id)
    assert said(one) == (
        "Initech won: +$3,200.00 ($10,000.00 at 8%, $20,000.00 at 12%). Payable with the statement of August 2026."
    )
    assert one.notice.receipt_ids == (one.notice.data["receipt"],)
    drain(company)
    assert len(owed(company, "deal_won")) == 1


def test_old_deals_and_whole_sources_are_no_news(company: Company) -> None:
    drain(company)
    company.apply("deal", deal("old", "dana", 1_000_000, date(2026, 7, 1)))
    with company.db.write() as conn:
        run = start_run(conn, "crm", "deal", "backfill", NOW)
    win(company, "d9")
    with company.db.write() as conn:
        finish_run(conn, run, Tally(), NOW)
    drain(company)
    assert owed(company, "deal_won") == []


def test_a_busy_hour_is_told_together(company: Company) -> None:
    drain(company)
    for each in range(5):
        win(company, f"n{each}")
        drain(company)
    rows = owed(company, "deal_won")
    assert [len(one.notice.data["deals"]) for one in rows] == [1, 1, 3]
    assert "3 deals won" in said(rows[2])


def test_five_deals_of_one_sync_are_one_message(company: Company) -> None:
    drain(company)
    company.apply("deal", *(deal(f"n{each}", "dana", 100_000, date(2026, 8, 19)) for each in range(5)))
    drain(company)
    (one,) = owed(company, "deal_won")
    assert len(one.notice.data["deals"]) == 5


def test_a_figure_nobody_saw_changes_without_a_word(company: Company) -> None:
    drain(company)
    company.apply("deal", deal("d2", "dana", 4_000_000, AUGUST))
    drain(company, hours=1)
    assert owed(company, "figure_changed") == []


def test_a_figure_that_was_seen_changes_with_cause_actor_and_time(company: Company) -> None:
    company.apply("quota", quota("dana", 50_000_000, date(2026, 7, 1), date(2026, 10, 1)))
    drain(company)
    see(company)
    company.apply("deal", deal("d2", "dana", 4_000_000, AUGUST, name="Acme"))
    drain(company, hours=1)
    (one,) = owed(company, "figure_changed")
    assert said(one).startswith("August 2026: $4,000.00 → $3,200.00. Acme: $50,000.00 → $40,000.00 at 8%; changed in")
    assert "by test, Aug 20, 2026" in said(one)


def test_a_new_deal_is_no_changed_figure(company: Company) -> None:
    drain(company)
    see(company)
    win(company, "d9")
    drain(company, hours=1)
    assert owed(company, "figure_changed") == []


def test_another_quota_is_named_as_the_cause(company: Company) -> None:
    drain(company)
    see(company)
    company.apply("quota", quota("dana", 5_000_000, date(2026, 7, 1), date(2026, 10, 1)))
    drain(company, hours=1)
    causes = [one.notice.data["causes"] for one in owed(company, "figure_changed")]
    assert causes
    assert all(cause["changes"] == [{"field": "quota"}] for each in causes for cause in each)


def test_what_waits_is_brought_up_to_date_and_ends_if_nothing_is_left(company: Company) -> None:
    drain(company)
    see(company)
    for amount in (4_000_000, 3_000_000):
        company.apply("deal", deal("d2", "dana", amount, AUGUST))
        drain(company, hours=1)
    (one,) = owed(company, "figure_changed")
    assert [one.notice.data[side]["minor"] for side in ("before", "after")] == [440_000, 240_000]
    assert len(one.notice.data["causes"]) == 2
    company.apply("deal", deal("d2", "dana", 5_000_000, AUGUST))
    drain(company, hours=2)
    assert owed(company, "figure_changed") == []


def test_the_message_about_a_deal_is_mended_and_answered_beneath(company: Company) -> None:
    drain(company)
    win(company, "d9", name="Initech")
    drain(company)
    send_all(company)
    win(company, "d9", 500_000, name="Initech")
    drain(company, hours=1)
    (mended,), (why,) = owed(company, "deal_won"), owed(company, "figure_changed")
    topic = f"deal_won:{company.dana.rep_id}:{mended.notice.data['deals'][0]['deal_id']}"
    assert (mended.notice.edits, why.notice.thread) == (topic, topic)
    assert mended.notice.data["deals"][0]["pay"]["minor"] == 60_000
    assert isinstance(why.notice, Notice)


def test_a_deal_taken_back_says_so_in_its_message(company: Company) -> None:
    drain(company)
    win(company, "d9")
    drain(company)
    send_all(company)
    win(company, "d9", stage="lost")
    drain(company, hours=1)
    (mended,), (why,) = owed(company, "deal_won"), owed(company, "figure_changed")
    assert mended.notice.data["deals"][0]["pay"]["minor"] == 0
    assert "stage won → lost" in said(why)
