"""Weeks of some inboxes through the real outbox and gate, with two workers: the budget holds there, too.

What is counted is what was sent, by the readers' own clocks; nothing of the budget's code is used to count.
"""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from engine.notice_kinds import KINDS
from engine.notices import Notice, Recipient
from engine.preferences import Preferences
from operations import attention
from operations.context import Context
from store import deliveries, outbox, people, preferences
from store.deliveries import Attempt, Hold, Place
from tests.operations.conftest import apply, person

if TYPE_CHECKING:
    from store.database import Database
    from store.outbox import Owed

FIRST = datetime(2026, 3, 23, tzinfo=UTC)  # summer time begins in Europe on the 29th
ZONES = ("America/New_York", "Europe/Berlin", "Asia/Kolkata", "Australia/Sydney")
#: Kinds that no rule works out anew, so that their facts always hold.
MIXED = ("deal_won", "spif_near_miss", "deal_won", "figure_changed", "spif_won")


def send(db: Database, worker: str, now: datetime, clicks: random.Random) -> list[Owed]:
    with db.write() as conn:
        claimed = deliveries.claim(conn, worker, now, timedelta(minutes=1), 100)
    for one in claimed:
        attempt = Attempt(now + timedelta(minutes=1), "T1", "D1", one.notice.kind, "v", "hash")
        with db.write() as conn:
            assert deliveries.start(conn, Hold(one.outbox_id, worker), attempt, now)
            assert deliveries.sent(conn, Hold(one.outbox_id, worker), Place("D1", str(one.outbox_id)), now)
            if clicks.random() < 0.2:
                preferences.engage(conn, one.notice_id, one.notice.to.rep_id, "click", now)
    return list(claimed)


@pytest.mark.parametrize(("seed", "days", "size"), [(1, 7, 6), pytest.param(2, 30, 24, marks=pytest.mark.soak)])
def test_no_inbox_breaks_the_budget(database: Database, seed: int, days: int, size: int) -> None:
    if database.dialect != "sqlite" and seed == 1:
        pytest.skip("the long run goes over Postgres, too")
    rng, clicks = random.Random(seed), random.Random(seed)  # noqa: S311 - drawn alike each time
    apply(database, "person", *(person(f"p{n}", f"P {n}") | {"timezone": ZONES[n % 4]} for n in range(size)))
    with database.read() as conn:
        zones = {one.rep_id: ZoneInfo(one.timezone) for one in people.all(conn)}
    with database.write() as conn:
        preferences.save(conn, min(zones), Preferences(muted=frozenset({"deal_won"})), FIRST)
    sent: dict[int, list[tuple[datetime, Owed]]] = defaultdict(list)
    number = 0
    for hour in range(24 * days):
        now = FIRST + timedelta(hours=hour)
        notices = []
        for rep_id in rng.sample(sorted(zones), 1 + size // 12):
            number += 1
            kind = rng.choice(MIXED)
            ends = now + timedelta(hours=rng.randint(10, 90)) if KINDS[kind].sort == "nudge" else None
            to = Recipient(rep_id)
            data = {"state": str(number)}
            notices.append(Notice(f"n{number}", kind, to, data, f"t{rng.randint(1, 40)}:{rep_id}", None, ends))
        with database.write() as conn:
            outbox.put(conn, notices, now)
        for worker in ("a", "b"):
            attention.gate(Context(database, now.date(), now))
            for one in send(database, worker, now, clicks):
                sent[one.notice.to.rep_id].append((now, one))
    for rep_id, own in sent.items():
        check(own, zones[rep_id])
    assert not any(one.notice.kind == "deal_won" for _, one in sent[min(zones)])
    with database.read() as conn:
        counts = outbox.counts(conn)
        ended = [one for one in outbox.sent_since(conn, FIRST) if one.notice.kind == "digest"]
    assert counts["sent"] == sum(map(len, sent.values())) > size * days // 3
    assert ended, "overflow came as digests"
    said = [one.notice.data.get("is_throttled") for own in sent.values() for _, one in own]
    assert seed == 1 or any(said)


def check(own: list[tuple[datetime, Owed]], zone: ZoneInfo) -> None:
    for now, one in own:
        local = now.astimezone(zone)
        assert (8, 30) <= (local.hour, local.minute) < (17, 30)
        assert local.weekday() < 5
        days = [(at.astimezone(zone).date(), each) for at, each in own if at <= now]
        assert sum(on == local.date() for on, _ in days) <= 2, one
        nudges = [
            each
            for on, each in days
            if (local.date() - on).days < 7
            and (
                KINDS[each.notice.kind].sort == "nudge"
                or (
                    each.notice.kind == "digest"
                    and not any(KINDS[item["kind"]].sort == "duty" for item in each.notice.data["items"])
                )
            )
        ]
        assert len(nudges) <= 5, one
