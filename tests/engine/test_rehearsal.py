"""Thirty simulated days with two hundred people in real zones: no inbox breaks NG1 to NG10 (D11).

The checker below reads only what happened, and counts by itself; it shares no code with the budget.
"""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import holidays
import pytest

from engine.attention import Budget, Reader, Waiting
from engine.notice_kinds import KINDS
from engine.rehearsal import Outcome, Rehearsal
from engine.working_hours import Hours

PEOPLE, DAYS = 200, 30
PLACES = (
    ("America/New_York", "US"), ("America/Los_Angeles", "US"), ("Europe/Berlin", "DE"), ("Europe/London", "GB"),
    ("Asia/Kolkata", "IN"), ("Asia/Tokyo", "JP"), ("Australia/Sydney", "AU"), ("America/Sao_Paulo", "BR"),
)  # fmt: skip
NUDGES = ["near_tier", "behind_pace", "stalled_deals", "spif_near_miss", "deal_won"]
DUTIES = [name for name, kind in KINDS.items() if kind.sort == "duty" and name != "digest"]


def played(seed: int, first: datetime) -> tuple[Rehearsal, dict[int, list[tuple[datetime, Reader]]]]:
    """A month in which far more is owed than may be sent; every tenth person moves on the way."""
    rng = random.Random(seed)  # noqa: S311 - drawn alike each time
    readers: dict[int, Reader] = {}
    for rep_id in range(1, PEOPLE + 1):
        zone, country = rng.choice(PLACES)
        away = ((first.date() + timedelta(days=9), first.date() + timedelta(days=12)),) if rng.random() < 0.1 else ()
        readers[rep_id] = Reader(
            hours=Hours(zone=zone, country=country, away=away),
            muted=frozenset(rng.sample(NUDGES, rng.randint(0, 2))),
            asked_for=frozenset({"my_week"} if rng.random() < 0.3 else ()),
            digest_only=rng.random() < 0.05,
        )
    story: dict[int, list[tuple[datetime, Reader]]] = {who: [(first, one)] for who, one in readers.items()}
    clicks = random.Random(seed + 1)  # noqa: S311 - as above
    play = Rehearsal(readers, Budget(), lambda _key: clicks.random() < 0.1)
    for number in range(DAYS * 24):
        now = first + timedelta(hours=number)
        for rep_id in rng.sample(range(1, PEOPLE + 1), 16):
            owe(play, rep_id, now, rng)
        if number == DAYS * 12:
            for rep_id in range(10, PEOPLE + 1, 10):
                zone, country = rng.choice(PLACES)
                moved = replace(readers[rep_id], hours=replace(readers[rep_id].hours, zone=zone, country=country))
                play.change(rep_id, lambda _, moved=moved: moved)
                story[rep_id].append((now, moved))
        play.tick(now)
    return play, story


def owe(play: Rehearsal, rep_id: int, now: datetime, rng: random.Random) -> None:
    kind = rng.choice(DUTIES if rng.random() < 0.1 else [*NUDGES, "my_week"])
    topic, state = f"{kind}:{rep_id}:{rng.randint(1, 3)}", str(rng.randint(1, 4))
    expires = now + timedelta(hours=rng.randint(6, 120)) if KINDS[kind].sort == "nudge" else None
    gap = rng.random() > 0.02
    one = Waiting(0, kind, topic, now, state, expires, has_gap=gap)
    play.owe(rep_id, f"{topic}:{state}:{now.date() if rng.random() < 0.5 else ''}:{gap}", one)


def reader_at(story: list[tuple[datetime, Reader]], at: datetime) -> Reader:
    return [reader for since, reader in story if since <= at][-1]


def check(own: list[Outcome], story: list[tuple[datetime, Reader]]) -> None:
    """NG1, NG4, NG6 and NG9 of one inbox."""
    counted = [
        one for one in own if one.what == "sent" and not KINDS[one.kind].is_opt_in and KINDS[one.kind].sort != "ops"
    ]
    for one in (each for each in own if each.what == "sent"):
        reader = reader_at(story, one.at)
        zone = ZoneInfo(reader.hours.zone)
        local = one.at.astimezone(zone)
        assert (8, 30) <= (local.hour, local.minute) < (17, 30), one
        assert local.weekday() < 5, one
        assert local.date() not in holidays.country_holidays(reader.hours.country, years=local.year), one
        assert not any(start <= local.date() < end for start, end in reader.hours.away), one
        assert one.kind not in reader.muted or KINDS[one.kind].sort == "duty", one
        same_day = [each for each in counted if each.at.astimezone(zone).date() == local.date() and each.at <= one.at]
        assert len(same_day) <= 2, one
        assert sum(each.kind == "digest" for each in same_day) <= 1, one
        week = [
            each
            for each in counted
            if timedelta(0) <= local.date() - each.at.astimezone(zone).date() < timedelta(days=7)
            and each.at <= one.at
            and (KINDS[each.kind].sort == "nudge" or (each.kind == "digest" and not each.carries_duty))
        ]
        assert len(week) <= 5, one


@pytest.mark.parametrize(
    ("seed", "first"),
    [
        (1, datetime(2026, 12, 10, tzinfo=UTC)),  # holidays, and the year's end
        pytest.param(2, datetime(2026, 3, 15, tzinfo=UTC), marks=pytest.mark.soak),  # summer time begins
        pytest.param(3, datetime(2026, 10, 12, tzinfo=UTC), marks=pytest.mark.soak),
        pytest.param(4, datetime(2028, 2, 10, tzinfo=UTC), marks=pytest.mark.soak),  # a leap day
    ],
)
def test_no_inbox_breaks_the_budget(seed: int, first: datetime) -> None:
    play, story = played(seed, first)
    inboxes: dict[int, list[Outcome]] = defaultdict(list)
    for one in play.outcomes:
        inboxes[one.rep_id].append(one)
    for rep_id, own in inboxes.items():
        check(own, story[rep_id])
    suppressed = [one for one in play.outcomes if one.what == "suppressed"]
    assert all(one.reason for one in suppressed), "each suppressed notice says why"
    dropped = [one for one in suppressed if KINDS[one.kind].sort == "duty"]
    assert {one.reason for one in dropped} <= {"a newer one on the same matter", "nothing changed since it was said"}
    told = [(one.rep_id, one.kind) for one in play.outcomes if one.says_throttled]
    assert told, "somebody ignores messages, and is told"
    assert {one.reason for one in suppressed} >= {"muted by the reader", "its time is over", "nothing is left to go"}
    assert sum(one.what == "sent" for one in play.outcomes) > PEOPLE * 10


def test_a_kind_that_is_ignored_comes_half_as_often() -> None:
    first = datetime(2026, 6, 1, tzinfo=UTC)
    play = Rehearsal({1: Reader()}, Budget(), lambda _key: False)
    for number in range(40):
        on = first + timedelta(days=7 * number, hours=10)
        play.owe(1, str(number), Waiting(0, "near_tier", f"t{number}", on))
        play.tick(on)
    sent = [one for one in play.outcomes if one.what == "sent"]
    assert len(sent) == 3 + 18
    assert [one.says_throttled for one in sent].count(True) == 1


def test_a_nudge_that_holds_no_more_is_not_sent_and_takes_nobodys_place() -> None:
    now = datetime(2026, 6, 1, 14, tzinfo=UTC)
    play = Rehearsal({1: Reader()}, Budget())
    for number in range(3):
        play.owe(1, str(number), Waiting(0, "near_tier", f"t{number}", now))
    play.tick(now, lambda _rep_id, one: one.topic != "t0")
    assert [(one.topic, one.what) for one in play.outcomes] == [
        ("t0", "suppressed"), ("t1", "sent"), ("t2", "sent"),
    ]  # fmt: skip
