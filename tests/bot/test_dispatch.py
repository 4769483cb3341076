"""Several notices go at the same time, each as certainly once as alone; who takes none is not asked for each."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from slack_sdk import WebClient
from sqlalchemy import event

from bot.delivery import Delivery, let_all
from bot.dispatch import LEASE
from bot.sandbox.personas import HOME_TEAM, Persona
from bot.sandbox.workspace import BOT_USER
from bot.slack.client import OpenClient
from bot.wiring import Services
from store import disclosures, identities, lanes, outbox
from tests.bot.dying_worker import Dying, Killed, dying
from tests.bot.post_room import ADA, BOARD, NOW, ZOE, PostRoom, told, won

if TYPE_CHECKING:
    from collections.abc import Iterator

    from store.database import Database

PEOPLE = tuple(Persona(f"P{number}", f"p{number}@x.com", "Rep") for number in range(10))


@pytest.fixture
def crowd(sqlite_database: Database) -> Iterator[PostRoom]:
    """Ten people who are linked already, each with a direct message."""
    room = PostRoom(sqlite_database, PEOPLE)
    with room.db.write() as conn:
        for one in PEOPLE:
            user = room.fake.workspace.user_by_email(one.email)
            assert user is not None
            identities.link(conn, identities.Link(HOME_TEAM, user.id, room.known[one.email], "", "email"), NOW)
            lanes.keep_direct_channel(conn, HOME_TEAM, user.id, room.fake.workspace.direct(user.id, BOT_USER).id)
    yield room
    room.close()


@pytest.fixture
def room(sqlite_database: Database) -> Iterator[PostRoom]:
    found = PostRoom(sqlite_database)
    yield found
    found.close()


def quick(room: PostRoom, client: WebClient | None = None) -> Delivery:
    """A worker at a pace that lets several go at once, over connections that stay open."""
    settings = room.services.settings.model_copy(update={"sends_per_minute": 10_000})
    services = Services(room.db, settings, room.clock, room.services.pool)
    return Delivery(services, client or OpenClient(room.token, room.server.api_url, 5), let_all, room.clock.wait)


def test_several_go_at_once_and_are_marked_together(crowd: PostRoom) -> None:
    crowd.owe(*(won(crowd.to(one.email), f"won {one.email}") for one in PEOPLE))
    commits: Counter[str] = Counter()
    event.listen(crowd.db.engine, "commit", lambda _: commits.update(["commit"]))
    worker = quick(crowd)
    assert (worker._dispatch.at_once, worker.round().sent) == (8, 10)
    assert commits["commit"] < 20  # two a notice, and what a round looks at, were there no groups
    assert [len(crowd.posts(one.email)) for one in PEOPLE] == [1] * 10
    with crowd.db.read() as conn:
        for one in PEOPLE:
            row = crowd.row(f"won {one.email}")
            assert (row.state, row.ts) == ("sent", crowd.posts(one.email)[0].ts)
            assert len(disclosures.by_payload(conn, row.payload_hash)) == 1


def test_what_one_of_them_meets_is_its_own(crowd: PostRoom) -> None:
    crowd.owe(*(won(crowd.to(one.email), f"won {one.email}") for one in PEOPLE))
    for fate in ("error_before", "lose_response", "rate_limited"):
        crowd.chaos.turn(fate, on=True, times=1, method="chat.postMessage")
    worker = quick(crowd)
    worker.round()
    assert crowd.states() == {"sent": 5, "unknown": 1, "pending": 4}  # a 429 holds up those after the first eight
    crowd.run(worker)
    assert [len(crowd.posts(one.email)) for one in PEOPLE] == [1] * 10
    assert crowd.states() == {"sent": 10}


def test_two_for_one_person_keep_their_second_between(crowd: PostRoom) -> None:
    ada = crowd.to(PEOPLE[0].email)
    crowd.owe(won(ada, "first"), won(ada, "second"), won(crowd.to(PEOPLE[1].email), "other"))
    crowd.run(quick(crowd))
    first, second = (float(post.ts) for post in crowd.posts(PEOPLE[0].email))
    assert second - first > 0.999


def test_a_death_among_several_leaves_no_second_message_and_no_hole(crowd: PostRoom) -> None:
    crowd.owe(*(told(crowd.to(one.email), f"told {one.email}") for one in PEOPLE))
    client = dying(Dying, crowd.token, crowd.server.api_url, "after sending")
    with pytest.raises(Killed):
        quick(crowd, client).round()
    crowd.clock.advance(LEASE * 2)
    crowd.run(quick(crowd))
    assert crowd.states() == {"sent": 10}
    assert [len(crowd.posts(one.email)) for one in PEOPLE] == [1] * 10  # found in Slack, not sent again
    with crowd.db.read() as conn:
        assert outbox.dead(conn) == ()


class Counting(WebClient):
    """Counts requests by method."""

    calls: Counter[str]

    def api_call(self, api_method: str, **given: Any) -> Any:
        self.calls[api_method] += 1
        return super().api_call(api_method, **given)


def counting(room: PostRoom) -> Counting:
    client = Counting(room.token, room.server.api_url, timeout=5, retry_handlers=[])
    client.calls = Counter()
    return client


def test_a_channel_that_takes_nothing_is_asked_once_an_hour_until_it_does(room: PostRoom) -> None:
    client = counting(room)
    worker = room.worker(client)
    room.chaos.turn("archived_channel", on=True)
    room.owe(*(won(BOARD, f"board{each}") for each in range(4)))
    for _ in range(2):
        worker.round()
        assert client.calls["chat.postMessage"] == 1
        assert room.states() == {"dead": 1, "pending": 3}  # one for ops to see, the others wait
    room.clock.advance(timedelta(minutes=61))
    worker.round()
    assert (client.calls["chat.postMessage"], room.states()) == (2, {"dead": 1, "pending": 3})
    room.chaos.turn("archived_channel", on=False)
    room.clock.advance(timedelta(minutes=61))
    room.run(worker)
    assert len(room.posts("#sales-floor")) == 3


def test_sending_again_asks_at_once_and_lets_out_what_waited(room: PostRoom) -> None:
    room.chaos.turn("archived_channel", on=True)
    room.owe(*(won(BOARD, f"board{each}") for each in range(3)))
    worker = room.worker()
    worker.round()
    room.chaos.turn("archived_channel", on=False)
    with room.db.write() as conn:
        (ended,) = outbox.dead(conn)
        assert outbox.clone(conn, ended.notice_id, room.clock.now())
    room.clock.wait(2)
    room.run(worker)
    assert len(room.posts("#sales-floor")) == 3


def test_who_has_no_account_is_looked_up_once_until_they_are_linked(room: PostRoom) -> None:
    client = counting(room)
    worker = room.worker(client)
    room.owe(*(won(room.to(ZOE), f"won{each}") for each in range(3)))
    for _ in range(3):
        worker.round()
        room.clock.wait(2)
    assert client.calls["users.lookupByEmail"] == 1
    assert room.states() == {"dead": 1, "pending": 2}
    ada = room.fake.workspace.user_by_email(ADA)
    assert ada is not None
    with room.db.write() as conn:
        identities.link(conn, identities.Link(HOME_TEAM, ada.id, room.known[ZOE], ZOE, "ops"), room.clock.now())
    room.run(worker)
    assert room.states() == {"dead": 1, "sent": 2}


def test_what_has_waited_for_days_is_given_up(room: PostRoom) -> None:
    room.chaos.turn("archived_channel", on=True)
    room.owe(*(won(BOARD, f"board{each}") for each in range(3)))
    worker = room.worker()
    worker.round()
    room.clock.advance(timedelta(days=3, hours=1))
    worker.round()
    assert room.states() == {"dead": 3}
