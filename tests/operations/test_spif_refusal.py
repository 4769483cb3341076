"""What waits of a SPIF refused with a reason, and what follows at once where it is approved."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime
from threading import Barrier
from typing import TYPE_CHECKING, Any

import pytest

from operations import spif_amend, spif_answers, spif_approval, spif_clock, spif_drafts, spif_refusal
from operations.context import Context
from operations.errors import ReasonMissing, SpifRefused, SpifUnknown
from operations.spif_drafts import Wanted
from store import outbox, people, spif_figures, spifs
from tests.bot.slack.staff import DANA, LENA, MAX, NOW, OLGA

if TYPE_CHECKING:
    from store.database import Database

WANTED = Wanted(
    "per_deal", "Blitz", date(2026, 8, 17), 7, "America/Chicago", "USD", "5000", {"amount": "500"}, channel="#floor"
)
OPEN = datetime(2026, 8, 17, 16, tzinfo=UTC)
DEARER = replace(WANTED, values={"amount": "600"}, budget="6000")


def ctx(db: Database, email: str = "", now: datetime = NOW) -> Context:
    with db.read() as conn:
        return Context(db, now.date(), now, people.by_email(conn, email) if email else None)


def owed(db: Database, kind: str) -> list[tuple[str, dict[str, Any]]]:
    """What waits of a kind: to whom, and what it says."""
    with db.read() as conn:
        known = {one.rep_id: one.email for one in people.all(conn)}
        lots = outbox.pending(conn)
    return [(known.get(one.notice.to.rep_id, ""), dict(one.notice.data)) for one in lots if one.notice.kind == kind]


def test_a_refused_budget_leads_back_to_a_draft_that_its_author_asks_for_again(spif_company: Database) -> None:
    kept, _ = spif_drafts.save(ctx(spif_company, MAX), WANTED)
    asked = len(owed(spif_company, "spif_approval"))
    assert asked
    with pytest.raises(ReasonMissing):
        spif_refusal.refuse(ctx(spif_company, OLGA), 1, "  ")
    with pytest.raises(SpifRefused, match="changed since you were shown"):
        spif_refusal.refuse(ctx(spif_company, OLGA), 1, "Too dear.", "0123456789ab")
    with pytest.raises(SpifRefused, match="refused by ops"):
        spif_refusal.refuse(ctx(spif_company, MAX), 1, "Not mine to refuse.")
    for stranger in (DANA, LENA):
        with pytest.raises(SpifUnknown):
            spif_refusal.refuse(ctx(spif_company, stranger), 1, "Not for me.")
    assert "decline" in spif_answers.overview(ctx(spif_company, OLGA), 1).moves
    assert "decline" not in spif_answers.overview(ctx(spif_company, MAX), 1).moves
    refused = spif_refusal.refuse(ctx(spif_company, OLGA), 1, "Too dear <!channel>.", kept.newest.rules_hash)
    assert refused.state == "draft"
    assert owed(spif_company, "spif_approval") == []
    ((to, said),) = owed(spif_company, "spif_news")
    assert (to, said["what"], said["reason"], said["by"]) == (MAX, "budget_refused", "Too dear <!channel>.", OLGA)
    seen = spif_answers.overview(ctx(spif_company, MAX), 1)
    assert "edit" in seen.moves
    assert seen.waits == f"Refused by {OLGA}: Too dear <!channel>."
    with pytest.raises(SpifRefused, match="Nothing of it waits"):
        spif_refusal.refuse(ctx(spif_company, OLGA), 1, "Once more.")
    again, _ = spif_drafts.edit(ctx(spif_company, MAX), 1, replace(WANTED, budget="4000"))
    assert again.state == "checked"
    assert len(owed(spif_company, "spif_approval")) == asked


def test_a_refused_change_leaves_the_announced_rules_and_the_form_to_them(spif_company: Database) -> None:
    spif_drafts.save(ctx(spif_company, MAX), WANTED)
    held = spif_approval.approve_budget(ctx(spif_company, OLGA), 1)
    spif_clock.tick(ctx(spif_company, now=OPEN))
    spif_amend.propose(ctx(spif_company, MAX, OPEN), 1, DEARER, "The first week was slow.")
    assert "withdraw" in spif_answers.overview(ctx(spif_company, MAX, OPEN), 1).moves
    assert {"amend", "decline"} <= set(spif_answers.overview(ctx(spif_company, OLGA, OPEN), 1).moves)
    after = spif_refusal.refuse(ctx(spif_company, OLGA, OPEN), 1, "Five hundred is enough.")
    assert (after.state, after.rules, after.newest.rules_hash) == ("live", held.rules, held.rules_hash)
    assert not spif_answers.is_proposed(after)
    assert owed(spif_company, "spif_approval") == []
    assert [
        (to, one["reason"]) for to, one in owed(spif_company, "spif_news") if one["what"] == "change_refused"
    ] == [(MAX, "Five hundred is enough.")]
    with spif_company.read() as conn:
        assert spif_drafts.entered(conn, 1) == WANTED
        assert after.last("decline") is not None
    with pytest.raises(SpifRefused, match="No change of its rules"):
        spif_amend.amend(ctx(spif_company, OLGA, OPEN), 1)
    spif_amend.propose(ctx(spif_company, MAX, OPEN), 1, DEARER, "It still is.")
    taken = spif_refusal.refuse(ctx(spif_company, MAX, OPEN), 1, "I was wrong.")
    assert not spif_answers.is_proposed(taken)
    assert len([one for _, one in owed(spif_company, "spif_news") if one["what"] == "change_refused"]) == 1


def test_the_board_is_edited_at_once_when_rules_change(spif_company: Database) -> None:
    spif_drafts.save(ctx(spif_company, MAX), WANTED)
    spif_approval.approve_budget(ctx(spif_company, OLGA), 1)
    kept, _ = spif_amend.propose(ctx(spif_company, MAX), 1, replace(WANTED, budget="5500"), "A little more.")
    spif_amend.amend(ctx(spif_company, OLGA), 1, kept.newest.rules_hash)
    assert [one["rules"]["budget"] for _, one in owed(spif_company, "spif_standings")][-1] == 5_500_00
    spif_clock.tick(ctx(spif_company, now=OPEN))
    before = len(owed(spif_company, "spif_standings"))
    kept, _ = spif_amend.propose(ctx(spif_company, MAX, OPEN), 1, DEARER, "The first week was slow.")
    spif_amend.amend(ctx(spif_company, OLGA, OPEN), 1, kept.newest.rules_hash)
    boards = [one for _, one in owed(spif_company, "spif_standings")]
    assert (boards[-1]["state"], boards[-1]["rules"]["budget"]) == ("live", 6_000_00)
    spif_clock.tick(ctx(spif_company, now=OPEN))
    assert len(owed(spif_company, "spif_standings")) == len(boards) <= before + 1, "once, not again at the next tick"


def test_of_two_saved_at_once_for_the_same_deals_the_second_is_told(spif_company: Database) -> None:
    gate = Barrier(2)

    def save(name: str) -> str:
        gate.wait(timeout=30)
        return spif_drafts.save(ctx(spif_company, MAX), replace(WANTED, name=name))[0].state

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(save, ("One", "Two"))) == ["checked", "draft"]
    with spif_company.read() as conn:
        later = next(kept for kept in spifs.listed(conn) if kept.state == "draft")
        check = spif_figures.latest(conn, later.spif_id, "check")
    assert check is not None
    assert "deals_shared" in [fault["code"] for fault in check.body["faults"]]
