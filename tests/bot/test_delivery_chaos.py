"""Slack on a bad day, workers that die: no nudge twice, nothing that must arrive lost, never faster than allowed."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from itertools import pairwise
from random import Random
from typing import TYPE_CHECKING

import pytest

from bot.dispatch import LEASE
from store import outbox
from tests.bot.dying_worker import DIED, STEPS, Dying, Killed, dying
from tests.bot.post_room import ADA, BEN, OPS, PostRoom, changed, told, won

if TYPE_CHECKING:
    from collections.abc import Iterator

    from store.database import Database

CERTAIN = ("rate_limited", "error_before")
UNCERTAIN = ("lose_response", "error_after", "reset_before")


@pytest.fixture
def room(sqlite_database: Database) -> Iterator[PostRoom]:
    found = PostRoom(sqlite_database)
    yield found
    found.close()


@pytest.fixture
def either_room(database: Database) -> Iterator[PostRoom]:
    found = PostRoom(database)
    yield found
    found.close()


def keys_of(room: PostRoom) -> Counter[str]:
    """How often the message of each notice was posted."""
    with room.db.read() as conn:
        carried = [post.metadata["event_payload"]["id"] for post in room.all_posts() if post.metadata]
        found = [outbox.by_notice_id(conn, each) for each in carried]
    return Counter(one.notice.key for one in found if one is not None)


def within_the_pace(room: PostRoom) -> bool:
    """Whether no channel got two messages within a second, and the workspace no more than a hundred a minute."""
    at: dict[str, list[float]] = {}
    for post in room.all_posts():
        at.setdefault(post.channel, []).append(float(post.ts))
    every = sorted(each for one in at.values() for each in one)
    apart = all(later - earlier > 0.999 for one in at.values() for earlier, later in pairwise(sorted(one)))
    return apart and all(later - earlier > 59.9 for earlier, later in zip(every, every[100:], strict=False))


@pytest.mark.parametrize("fate", ["lose_response", "error_after"])
def test_what_was_accepted_is_found_and_not_sent_again(room: PostRoom, fate: str) -> None:
    room.chaos.turn(fate, on=True, times=1, method="chat.postMessage")
    room.owe(won(room.to(ADA), "nudge"), changed(room.to(BEN), "duty"))
    worker = room.worker()
    worker.round()
    assert room.row("nudge").state == "unknown"
    room.run(worker)
    assert keys_of(room) == {"nudge": 1, "duty": 1}
    assert (room.row("nudge").state, room.row("nudge").reason) == ("sent", "found in Slack")


def test_a_hung_request_is_looked_up(room: PostRoom) -> None:
    room.chaos.turn("delay", on=True, times=1, method="chat.postMessage")
    room.owe(won(room.to(ADA), "nudge"))
    room.run(room.worker(room.client(timeout=1)))
    assert keys_of(room) == {"nudge": 1}
    assert room.row("nudge").state == "sent"


def test_what_is_not_found_is_settled_as_its_kind_asks_for(room: PostRoom) -> None:
    """A nudge at most once, a duty in the next digest, what must arrive again and marked."""
    room.chaos.turn("reset_before", on=True, times=3, method="chat.postMessage")
    room.owe(won(room.to(ADA), "nudge"), changed(room.to(BEN), "duty"), told(OPS, "alert"))
    room.run()
    assert (room.row("nudge").state, room.row("nudge").reason) == ("dead", "may have arrived, not sent twice")
    assert (room.row("duty").state, room.row("duty").reason) == ("suppressed", "in a digest")
    (digest,), (alert,) = room.posts(BEN), room.posts("#revops")
    assert "$1.00 → $0.50" in digest.text.replace("\u00a0", " ") or "→" in digest.text
    assert alert.text.startswith("(resent)")
    assert room.posts(ADA) == []


@pytest.mark.parametrize("fate", CERTAIN)
def test_what_was_certainly_not_accepted_is_tried_until_it_is(room: PostRoom, fate: str) -> None:
    room.chaos.turn(fate, on=True, times=4, method="chat.postMessage")
    room.owe(won(room.to(ADA), "nudge"), told(OPS, "alert"))
    room.run()
    assert keys_of(room) == {"nudge": 1, "alert": 1}


def test_a_whole_bad_day(either_room: PostRoom) -> None:
    bad_day(either_room, seed=1, notices=24)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(2, 22))
def test_many_bad_days(either_room: PostRoom, seed: int) -> None:
    bad_day(either_room, seed, notices=60)


def bad_day(room: PostRoom, seed: int, notices: int) -> None:
    """Switches go on and off at random while two workers take turns."""
    chance = Random(seed)  # noqa: S311 (no secret)
    makers = {"nudge": won, "duty": changed, "told": told}
    for each in range(notices):
        sort = chance.choice(sorted(makers))
        to = OPS if sort == "told" else room.to(chance.choice((ADA, BEN)))
        room.owe(makers[sort](to, f"{sort}{each}"))
    workers = [room.worker(), room.worker()]
    for _ in range(notices):
        if chance.random() < 0.6:
            fate = chance.choice((*CERTAIN, *UNCERTAIN))
            room.chaos.turn(fate, on=True, times=1, method="chat.postMessage")
        chance.choice(workers).round()
        room.clock.wait(chance.choice((0.1, 1, 7)))
    room.chaos.clear()
    room.run()
    posted = keys_of(room)
    with room.db.read() as conn:
        kept = {one.notice.key: one for each in range(notices) for one in _of(conn, each, makers)}
    for key, owed in kept.items():
        assert posted[key] <= 1 or key.startswith("told"), key
        if key.startswith("told"):
            assert posted[key] >= 1, key
        if owed.state == "sent":
            assert posted[key] >= 1, key
    assert all(owed.state in ("sent", "dead", "suppressed") for owed in kept.values())
    marked = [post for post in room.posts("#revops") if post.text.startswith("(resent)")]
    assert len(marked) >= sum(count - 1 for key, count in posted.items() if key.startswith("told"))
    assert within_the_pace(room)


def _of(conn: object, number: int, makers: dict[str, object]) -> list[outbox.Owed]:
    return [one for sort in makers for one in outbox.of_topic(conn, f"{sort}{number}")]  # type: ignore[arg-type]


@pytest.mark.parametrize("step", STEPS)
def test_a_worker_that_dies_leaves_no_second_message_and_no_hole(room: PostRoom, step: str) -> None:
    died(room, step)


@pytest.mark.soak
@pytest.mark.parametrize("step", STEPS)
def test_a_worker_that_dies_on_either_database(either_room: PostRoom, step: str) -> None:
    died(either_room, step)


def test_a_process_that_is_killed_leaves_no_second_message_and_no_hole(room: PostRoom) -> None:
    killed(room, "after sending")


@pytest.mark.soak
@pytest.mark.parametrize("step", STEPS)
def test_a_process_that_is_killed_on_either_database(either_room: PostRoom, step: str) -> None:
    killed(either_room, step)


def died(room: PostRoom, step: str) -> None:
    """A worker in this process ends as if by a kill: whatever it had not stored is lost."""
    owe_four(room)
    worker = room.worker(dying(Dying, room.token, room.server.api_url, step))
    with pytest.raises(Killed):
        room.run(worker)
    goes_on(room, step)


def killed(room: PostRoom, step: str) -> None:
    """A worker in a process of its own is killed."""
    owe_four(room)
    address = room.db.engine.url.render_as_string(hide_password=False)
    command = [sys.executable, "-m", "tests.bot.dying_worker", address, room.server.api_url, room.token, step]
    ended = subprocess.run([*command, room.clock.now().isoformat()], check=False, timeout=60)
    assert ended.returncode == DIED
    goes_on(room, step)


def owe_four(room: PostRoom) -> None:
    room.owe(told(OPS, "told"), won(room.to(ADA), "nudge0"))
    room.owe(won(room.to(BEN), "nudge1"), changed(room.to(ADA), "duty"))


def goes_on(room: PostRoom, step: str) -> None:
    """The next worker finds everything as it was left: one death costs at most one nudge or one repetition."""
    room.clock.advance(LEASE * 2)
    room.run()
    posted = keys_of(room)
    lost = [key for key in ("nudge0", "nudge1") if posted[key] == 0]
    assert all(posted[key] <= 1 for key in ("nudge0", "nudge1", "duty"))
    assert posted["duty"] == 1
    assert 1 <= posted["told"] <= 2
    assert all(room.row(key).reason == "may have arrived, not sent twice" for key in lost)
    assert len(lost) + (posted["told"] - 1) <= (1 if step in ("after starting", "after sending") else 0)
