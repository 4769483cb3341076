"""Doubtful entries of a SPIF, from deals as the CRM stamps them to a ruling that holds until they are edited."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from operations import spif_answers, spif_approval, spif_clock, spif_drafts, spif_results
from operations.context import Context
from operations.errors import SpifRefused
from operations.spif_drafts import Wanted
from store import changes, facts, people
from store.spif_prizes import Ruling
from tests.bot.slack.staff import DANA, MAX, NICK, NOW, OLGA

if TYPE_CHECKING:
    from store.database import Database

#: Prizes by rank of what is sold, so that amounts matter.
WANTED = Wanted("pot", "Pot", date(2026, 8, 17), 7, "America/Chicago", "USD", "5000", channel="#floor")
OPEN, CLOSED, HELD = (datetime(2026, 8, day, 16, tzinfo=UTC) for day in (17, 24, 30))
TUESDAY = datetime(2026, 8, 18, 16, tzinfo=UTC)


def ctx(db: Database, email: str = "", now: datetime = NOW) -> Context:
    with db.read() as conn:
        return Context(db, now.date(), now, people.by_email(conn, email) if email else None)


def read(db: Database, at: datetime, name: str, amount: int = 1_000_00, stamp: datetime | None = None,
         **more: Any) -> None:  # fmt: skip
    """A deal as the CRM says it, read at an instant."""
    row: dict[str, Any] = {
        "source": "crm", "external_id": name, "name": name, "account": name, "owner_external_id": DANA,
        "amount_cents": amount, "currency": "USD", "stage": "won", "stage_name": "Won",
        "booked_on": date(2026, 8, 18), "deal_type": "new", "product": "", "source_at": stamp or at,
    } | more  # fmt: skip
    with db.write() as conn:
        facts.apply(conn, "deal", pd.DataFrame([row]), changes.begin(conn, "crm", "sync crm", at))


def doubts(db: Database, now: datetime = HELD) -> dict[str, tuple[str, bool]]:
    """What is doubtful, why, and whether it is judged."""
    found = spif_answers.overview(ctx(db, MAX, now), 1).doubts
    return {one.deal: (one.reason, one.ruling is not None) for one in found}


def test_each_doubt_is_judged_once_and_again_after_an_edit(spif_company: Database) -> None:
    db = spif_company
    spif_drafts.save(ctx(db, MAX), WANTED)
    spif_approval.approve_budget(ctx(db, OLGA), 1)
    spif_clock.tick(ctx(db, now=OPEN))
    for each in range(4):
        read(db, TUESDAY, f"plain{each}", 1_000_00 + each)
    read(db, TUESDAY, "whale", 90_000_00)
    read(db, OPEN + timedelta(hours=1), "passed on", 1_100_00, stage="open", owner_external_id=NICK)
    read(db, TUESDAY, "passed on", 1_100_00)
    last = datetime(2026, 8, 24, 4, 30, tzinfo=UTC)  # half an hour before midnight in Chicago
    read(db, last, "last minute", 1_200_00, booked_on=date(2026, 8, 23))
    spif_clock.tick(ctx(db, now=CLOSED))
    read(db, CLOSED, "backdated", 1_300_00)
    found = doubts(db, CLOSED)
    assert {name: reason for name, (reason, _) in found.items()} == {
        "whale": "90000.00 USD is 89 times the usual entry",
        "passed on": "handed over from Nick Noquota to Dana Reyes after the announcement",
        "last minute": "won in the last 2 hours",
        "backdated": "won in the CRM only after the end, dated inside the window",
    }
    spif_clock.tick(ctx(db, now=HELD))
    with pytest.raises(SpifRefused, match="4 doubtful credits"):
        spif_results.propose(ctx(db, MAX, HELD), 1)
    ids = {one.deal: one.deal_id for one in spif_answers.overview(ctx(db, MAX, HELD), 1).doubts}
    for name, deal_id in ids.items():
        ruling = Ruling(deal_id, 0, is_out=name == "backdated", actor=MAX, reason="looked at", at=HELD)
        spif_results.rule(ctx(db, MAX, HELD), 1, ruling)
    assert {judged for _, judged in doubts(db).values()} == {True}
    later = HELD + timedelta(hours=1)
    read(db, later, "whale", 95_000_00)
    read(db, later, "backdated", 1_400_00)
    assert {name: judged for name, (_, judged) in doubts(db, later).items()} == {
        "whale": False, "passed on": True, "last minute": True, "backdated": True,
    }  # fmt: skip
    assert "amount edited after the win, 90000.00 USD to 95000.00 USD" in doubts(db, later)["whale"][0]
