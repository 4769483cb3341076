"""SPIFs over SQLite and Postgres: the whole life, two people at once, a raffle replayed, a hidden run."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from sqlalchemy import update

from engine.dates import Period
from engine.money import Money
from engine.spifs import awards
from engine.spifs.awards import Draw
from operations import (
    answers,
    leadership_beside,
    spif_amend,
    spif_approval,
    spif_clock,
    spif_drafts,
    spif_endings,
    spif_launch,
    spif_results,
)
from operations.context import Context
from operations.errors import ReasonMissing, SpifRefused, SpifUnknown
from operations.spif_drafts import Wanted
from store import changes, facts, outbox, people, spif_figures, spif_prizes, spifs
from store.tables.outbox import outbox as outbox_table
from tests.bot.slack.staff import DANA, LENA, MAX, NOW, OLGA, VERA, seed

if TYPE_CHECKING:
    from store.database import Database

WANTED = Wanted(
    "per_deal", "Blitz", date(2026, 8, 17), 7, "America/Chicago", "USD", "5000", {"amount": "500"}, channel="#floor"
)
OPEN, CLOSED, HELD = (datetime(2026, 8, day, 16, tzinfo=UTC) for day in (17, 24, 30))


@pytest.fixture
def company(database: Database) -> Database:
    seed(database)
    return database


def ctx(db: Database, email: str = "", now: datetime = NOW) -> Context:
    with db.read() as conn:
        return Context(db, now.date(), now, people.by_email(conn, email) if email else None)


def win(db: Database, *names: str, owner: str = DANA) -> None:
    rows: list[dict[str, Any]] = [
        {"source": "crm", "external_id": name, "name": name, "account": name, "owner_external_id": owner,
         "amount_cents": 1_000_00, "currency": "USD", "stage": "won", "stage_name": "Won",
         "booked_on": date(2026, 8, 18), "deal_type": "new", "product": ""}
        for name in names
    ]  # fmt: skip
    with db.write() as conn:
        facts.apply(conn, "deal", pd.DataFrame(rows), changes.begin(conn, "crm", "sync", OPEN))


def proposed(db: Database, wanted: Wanted = WANTED, *deals: str) -> None:
    """A SPIF with its results proposed."""
    spif_drafts.save(ctx(db, MAX), wanted)
    spif_approval.approve_budget(ctx(db, OLGA), 1)
    spif_clock.tick(ctx(db, now=OPEN))
    win(db, *deals or ("n1", "n2"))
    spif_clock.tick(ctx(db, now=CLOSED))
    spif_clock.tick(ctx(db, now=HELD))
    spif_results.propose(ctx(db, MAX, HELD), 1)


def test_from_draft_to_a_line_and_every_change_on_record(company: Database) -> None:
    proposed(company)
    assert spif_results.approve(ctx(company, OLGA, HELD), 1).state == "clawback"
    with company.read() as conn:
        dana = people.by_email(conn, DANA)
        assert changes.verify_chain(conn).broken == ()
    assert dana is not None
    lines = answers.earnings(ctx(company, DANA, HELD), dana, "this month").lines
    assert [line.amount.minor for line in lines if line.kind == "prize"] == [1_000_00]
    with company.read() as conn:
        (told,) = leadership_beside.returns(conn, Period("", date(2026, 7, 1), date(2026, 10, 1)))
    assert (told.title, told.state, told.spent, told.budget) == (
        "Blitz", "clawback", Money(1_000_00, "USD"), Money(5_000_00, "USD"),
    )  # fmt: skip
    assert told.lift_ppm is None, "nobody has looked back yet"


def test_two_who_approve_at_once_pay_once(company: Database) -> None:
    proposed(company)
    acting = [ctx(company, OLGA, HELD), replace(ctx(company, OLGA, HELD))]

    def approve(one: Context) -> str:
        try:
            return spif_results.approve(one, 1).state
        except SpifRefused:
            return "refused"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(approve, acting)) == ["clawback", "refused"]
    with company.read() as conn:
        assert [one.amount_cents for one in spif_prizes.posted(conn, 1)] == [1_000_00]
        won = [one for one in outbox.pending(conn) if one.notice.kind == "spif_won"]
    assert len(won) == 1


def test_who_lost_the_role_or_may_not_see_the_pay_approves_nothing(company: Database) -> None:
    proposed(company)
    with pytest.raises(SpifRefused, match="may not approve results"):
        spif_results.approve(ctx(company, DANA, HELD), 1)
    with company.write() as conn:
        olga = people.by_email(conn, OLGA)
        assert olga is not None
        row = {"source": "crm", "external_id": olga.external_id, "name": olga.name, "email": OLGA, "role": "rep",
               "title": "", "currency": "USD", "timezone": "UTC", "locale": "en-US", "team": "", "region": "",
               "manager_external_id": "", "hired_on": None, "left_on": None}  # fmt: skip
        facts.apply(conn, "person", pd.DataFrame([row]), changes.begin(conn, "crm", "sync", HELD))
    with pytest.raises(SpifRefused, match="may not see what every winner earns"):
        spif_results.approve(ctx(company, OLGA, HELD), 1)
    assert spif_results.approve(ctx(company, VERA, HELD), 1).state == "results_approved"


def test_a_raffle_can_be_drawn_again_by_anybody(company: Database) -> None:
    raffle = replace(WANTED, template="raffle", values={"prizes": "500, 250"})
    proposed(company, raffle, "n1", "n2", "n3")
    with company.read() as conn:
        kept, results = spifs.get(conn, 1), spif_figures.latest(conn, 1, "results")
        told = [one.notice.data for one in outbox.of_topic(conn, f"spif:1:announced:{kept.rules_hash[:12]}:1")]  # type: ignore[union-attr]
    assert kept is not None
    assert results is not None
    assert told[0]["seed_hash"] == awards.seed_hash(kept.seed)
    (said,) = results.body["draws"]
    draw = Draw(said["award"], tuple(map(tuple, said["tickets"])), tuple(said["drawn"]))
    assert awards.replayed(draw, 2, kept.seed) == draw.drawn == (1,)


def test_a_hidden_run_tells_nobody_and_pays_nothing(company: Database) -> None:
    hidden = replace(WANTED, more={"visibility": {"audience": "hidden"}})
    kept, _ = spif_drafts.save(ctx(company, OLGA), replace(hidden, group="everybody"))
    assert kept.state == "live"
    win(company, "n1")
    spif_clock.tick(ctx(company, now=CLOSED))
    with company.read() as conn:
        after = spifs.get(conn, 1)
        assert outbox.pending(conn) == ()
        assert spif_prizes.posted(conn, 1) == ()
    assert after is not None
    assert after.state == "reviewed"


def test_managers_make_them_for_their_own_people_only(company: Database) -> None:
    kept, seen = spif_drafts.save(ctx(company, MAX), replace(WANTED, group="everybody"))
    with company.read() as conn:
        lena = people.by_email(conn, LENA)
    assert lena is not None
    assert seen.eligible == 6
    assert lena.rep_id not in kept.rules.eligibility.rep_ids
    with pytest.raises(SpifRefused, match="Nobody who sells reports to you"):
        spif_drafts.save(ctx(company, DANA), WANTED)


def test_a_dry_run_is_needed_or_a_waiver(company: Database) -> None:
    """History begins in May, so no window of a year is covered."""
    long = replace(WANTED, days=300, start_on=date(2026, 8, 17))
    kept, _ = spif_drafts.save(ctx(company, MAX), long)
    with pytest.raises(SpifRefused, match="dry run"):
        spif_approval.approve_budget(ctx(company, OLGA), kept.spif_id)
    with pytest.raises(SpifRefused, match="signed by ops"):
        spif_drafts.waive(ctx(company, MAX), kept.spif_id, "new product")
    spif_drafts.waive(ctx(company, OLGA), kept.spif_id, "a new product has no history")
    assert spif_approval.approve_budget(ctx(company, OLGA), kept.spif_id).state == "announced"


def test_who_approves_once_the_first_day_has_begun_lets_it_begin_the_day_after(company: Database) -> None:
    kept, _ = spif_drafts.save(ctx(company, MAX), WANTED)
    late = spif_approval.approve_budget(ctx(company, OLGA, OPEN), kept.spif_id, kept.rules_hash)
    assert (late.state, late.rules.window.start_on, late.rules.window.end_on) == (
        "announced", date(2026, 8, 18), date(2026, 8, 25),
    )  # fmt: skip
    assert (late.rules.budget, late.newest.actor) == (kept.rules.budget, MAX), "nothing else changes, nor its author"
    assert [one.move for one in late.moves] == ["check", "edit", "check", "approve_budget", "announce"]
    with company.read() as conn:
        told = {one.notice.kind: one.notice.data for one in outbox.pending(conn)}
    assert told["spif_announced"]["rules"]["window"]["start_on"] == "2026-08-18", "everybody is told the new days"


def test_whoever_may_not_approve_moves_no_window(company: Database) -> None:
    kept, _ = spif_drafts.save(ctx(company, MAX), WANTED)
    with pytest.raises(SpifRefused, match="may not approve budget"):
        spif_approval.approve_budget(ctx(company, VERA, OPEN), kept.spif_id)
    with company.read() as conn:
        assert spifs.get(conn, kept.spif_id) == kept


def test_rules_are_frozen_once_announced(company: Database) -> None:
    spif_drafts.save(ctx(company, MAX), WANTED)
    kept, _ = spif_drafts.edit(ctx(company, MAX), 1, replace(WANTED, budget="4000"))
    assert (kept.state, kept.rules.budget) == ("checked", 4_000_00)
    spif_approval.approve_budget(ctx(company, OLGA), 1)
    with pytest.raises(SpifRefused, match="cannot edit"):
        spif_drafts.edit(ctx(company, MAX), 1, WANTED)


def _sent(db: Database, at: datetime) -> None:
    """Slack has taken everything that was owed."""
    with db.write() as conn:
        conn.execute(update(outbox_table).where(outbox_table.c.state == "pending").values(state="sent", sent_at=at))


def _owed(db: Database, kind: str) -> list[dict[str, Any]]:
    with db.read() as conn:
        return [dict(one.notice.data) for one in outbox.pending(conn) if one.notice.kind == kind]


def test_a_reminder_waits_until_the_announcement_is_two_days_old(company: Database) -> None:
    """It was owed before the weekend and goes out after it: nobody gets both on one morning."""
    spif_drafts.save(ctx(company, MAX), WANTED)
    spif_approval.approve_budget(ctx(company, OLGA), 1)
    later = datetime(2026, 8, 20, 16, tzinfo=UTC)
    spif_clock.tick(ctx(company, now=later))
    assert not any(one["is_reminder"] for one in _owed(company, "spif_announced"))
    _sent(company, later)
    spif_clock.tick(ctx(company, now=later + timedelta(days=1)))
    assert _owed(company, "spif_announced") == []
    for _ in range(2):
        spif_clock.tick(ctx(company, now=later + timedelta(days=2)))
    assert [one["is_reminder"] for one in _owed(company, "spif_announced")] == [True] * 6


def test_nobody_is_told_how_near_they_are_beside_the_announcement(company: Database) -> None:
    race = replace(WANTED, template="first_to", values={"target": "3", "prizes": "500"})
    spif_drafts.save(ctx(company, MAX), race)
    spif_approval.approve_budget(ctx(company, OLGA), 1)
    spif_clock.tick(ctx(company, now=OPEN))
    win(company, "n1", "n2")
    tuesday = datetime(2026, 8, 18, 16, tzinfo=UTC)
    spif_clock.tick(ctx(company, now=tuesday))
    assert _owed(company, "spif_near_miss") == []
    _sent(company, tuesday)
    spif_clock.tick(ctx(company, now=tuesday + timedelta(days=1)))
    assert [one["gap"] for one in _owed(company, "spif_near_miss")] == [1_000_000]


def test_a_draft_is_edited_by_whoever_made_it(company: Database) -> None:
    spif_drafts.save(ctx(company, MAX), WANTED)
    with pytest.raises(SpifRefused, match="edited by whoever made it"):
        spif_drafts.edit(ctx(company, OLGA), 1, replace(WANTED, group="everybody"))
    with company.read() as conn:
        assert spif_drafts.entered(conn, 1) == WANTED


def test_changed_rules_hold_once_a_second_person_confirms_them(company: Database) -> None:
    spif_drafts.save(ctx(company, MAX), WANTED)
    spif_approval.approve_budget(ctx(company, OLGA), 1)
    spif_clock.tick(ctx(company, now=OPEN))
    dearer = replace(WANTED, values={"amount": "600"}, budget="6000")
    with pytest.raises(SpifRefused, match="needs a reason"):
        spif_amend.propose(ctx(company, MAX, OPEN), 1, dearer, " ")
    with pytest.raises(SpifRefused, match="Nothing would change"):
        spif_amend.propose(ctx(company, MAX, OPEN), 1, WANTED, "more of it")
    with pytest.raises(SpifUnknown):
        spif_amend.propose(ctx(company, DANA, OPEN), 1, dearer, "more for me")
    kept, _ = spif_amend.propose(ctx(company, MAX, OPEN), 1, dearer, "The first week was slow.")
    assert kept.rules.budget == 5_000_00, "what was announced holds"
    assert [one["what"] for one in _owed(company, "spif_approval")] == ["change"]
    with pytest.raises(SpifRefused, match="ops have to approve"):
        spif_amend.amend(ctx(company, MAX, OPEN), 1)
    with pytest.raises(SpifRefused, match="changed since you were shown"):
        spif_amend.amend(ctx(company, OLGA, OPEN), 1, "0123456789ab")
    after = spif_amend.amend(ctx(company, OLGA, OPEN), 1, kept.newest.rules_hash)
    assert (after.state, after.rules.version, after.rules.budget) == ("live", 2, 6_000_00)
    assert _owed(company, "spif_approval") == []
    told = [one for one in _owed(company, "spif_announced") if one["hash"] == after.rules_hash]
    assert [one["reason"] for one in told] == ["The first week was slow."] * 6
    assert len(_owed(company, "spif_announced")) == 6, "those of the first version are withdrawn"
    assert spif_launch.acknowledge(ctx(company, DANA, OPEN), 1, after.rules_hash)


def test_rules_never_change_after_the_end(company: Database) -> None:
    spif_drafts.save(ctx(company, MAX), WANTED)
    spif_approval.approve_budget(ctx(company, OLGA), 1)
    spif_clock.tick(ctx(company, now=OPEN))
    longer = replace(WANTED, days=14)
    spif_amend.propose(ctx(company, MAX, OPEN), 1, longer, "It goes on.")
    for late in (lambda: spif_amend.amend(ctx(company, OLGA, HELD), 1),
                 lambda: spif_amend.propose(ctx(company, MAX, HELD), 1, longer, "It goes on.")):  # fmt: skip
        with pytest.raises(SpifRefused, match="cannot change any more"):
            late()
    spif_clock.tick(ctx(company, now=HELD))
    with pytest.raises(SpifRefused, match="announced and not over"):
        spif_amend.amend(ctx(company, OLGA, HELD), 1)


def test_what_was_earned_is_paid_when_ops_cancel(company: Database) -> None:
    spif_drafts.save(ctx(company, MAX), WANTED)
    spif_approval.approve_budget(ctx(company, OLGA), 1)
    spif_clock.tick(ctx(company, now=OPEN))
    win(company, "n1")
    on = datetime(2026, 8, 19, 16, tzinfo=UTC)
    with pytest.raises(ReasonMissing):
        spif_endings.cancel(ctx(company, OLGA, on), 1, " ")
    with pytest.raises(SpifRefused, match="Ask ops to cancel it"):
        spif_endings.cancel(ctx(company, MAX, on), 1, "The product is withdrawn.")
    assert spif_endings.cancel(ctx(company, OLGA, on), 1, "The product is withdrawn.").state == "cancelled"
    with company.read() as conn:
        assert [one.amount_cents for one in spif_prizes.posted(conn, 1)] == [500_00]
    assert {one["reason"] for one in _owed(company, "spif_ended")} == {"The product is withdrawn."}


def test_a_refund_after_the_payout_takes_back_the_winners_own_share_once(company: Database) -> None:
    proposed(company)
    spif_results.approve(ctx(company, OLGA, HELD), 1)
    row = {"source": "crm", "deal_external_id": "n1", "name": "refund", "on_day": date(2026, 9, 2), "record": "r1",
           "amount_cents": 1_000_00, "currency": "USD"}  # fmt: skip
    with company.write() as conn:
        facts.apply(conn, "event", pd.DataFrame([row]), changes.begin(conn, "crm", "sync", HELD))
    for day in (3, 4):
        spif_clock.tick(ctx(company, now=datetime(2026, 9, day, 16, tzinfo=UTC)))
    with company.read() as conn:
        assert [one.amount_cents for one in spif_prizes.posted(conn, 1)] == [1_000_00, -500_00]
