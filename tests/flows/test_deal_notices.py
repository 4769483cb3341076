"""From a deal in the CRM to a message in Slack: won, told, changed, mended, and a reason beneath it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from operations import attention, plans, recalculate
from operations.context import Context
from tests.bot.post_room import ADA, NOW, PostRoom
from tests.operations.conftest import PLAN, apply, deal, quota

if TYPE_CHECKING:
    from collections.abc import Iterator

    from store.database import Database

WON_ON = date(2026, 6, 30)


@pytest.fixture
def room(sqlite_database: Database) -> Iterator[PostRoom]:
    """Ada is on a plan, with a quota of 50,000.00, and nothing won yet."""
    found = PostRoom(sqlite_database)
    year = {"start_on": date(2026, 1, 1), "end_on": date(2027, 1, 1)}
    apply(found.db, "assignment", {"source": "crm", "person_external_id": ADA, "plan": "ae", **year})
    apply(found.db, "quota", quota(ADA, 5_000_000, date(2026, 4, 1), date(2026, 7, 1)))
    plans.publish(Context(found.db, NOW.date(), NOW), PLAN, "ae.yaml")
    calculated(found)
    yield found
    found.close()


def calculated(room: PostRoom) -> None:
    recalculate.drain(Context(room.db, room.clock.now().date(), room.clock.now()))


def test_a_deal_won_is_told_in_the_same_minute_and_mended_when_it_changes(room: PostRoom) -> None:
    worker = room.worker(gate=attention.gate)
    apply(room.db, "deal", deal("d1", ADA, 6_000_000, WON_ON, name="Initech"))
    calculated(room)
    room.run(worker)
    (told,) = room.posts(ADA)
    assert told.text.startswith("Initech won: +$5,200.00 ($50,000.00 at 8%, $10,000.00 at 12%).")
    assert (room.clock.now() - NOW).total_seconds() < 60
    apply(room.db, "deal", deal("d1", ADA, 4_000_000, WON_ON, name="Initech"))
    calculated(room)
    room.run(worker)
    mended, why = room.posts(ADA)
    assert mended.ts == told.ts
    assert mended.text.startswith("Initech won: +$3,200.00 ($40,000.00 at 8%).")
    assert why.thread_ts == told.ts
    assert "$5,200.00 → $3,200.00. Initech: $60,000.00 → $40,000.00 at 8%; changed in crm by test" in why.text


def test_at_night_it_waits_for_the_morning(room: PostRoom) -> None:
    worker = room.worker(gate=attention.gate)
    room.clock.wait(12 * 3600)
    apply(room.db, "deal", deal("d1", ADA, 6_000_000, WON_ON))
    calculated(room)
    worker.round()
    assert room.posts(ADA) == []
    room.clock.wait(12 * 3600)
    room.run(worker)
    assert len(room.posts(ADA)) == 1
