"""Direct messages are open before anything is owed: slowly, once each, and nothing is said in them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.sandbox.personas import HOME_TEAM
from bot.slack.addresses import Addresses
from bot.slack.courier import Courier
from bot.warming import Warming
from store import lanes
from tests.bot.post_room import ADA, BEN, GONE, ZOE, PostRoom, won

if TYPE_CHECKING:
    from collections.abc import Iterator

    from store.database import Database


@pytest.fixture
def room(sqlite_database: Database) -> Iterator[PostRoom]:
    found = PostRoom(sqlite_database)
    yield found
    found.close()


def test_everybody_is_opened_once_and_those_without_an_account_are_left_for_the_day(room: PostRoom) -> None:
    client = room.client()
    courier = Courier(client)
    assert courier.team().body is not None
    warming = Warming(room.services, Addresses(courier))
    opened = [warming.step(HOME_TEAM)]
    assert not warming.is_due()  # the next one comes four seconds later
    for _ in range(40):
        room.clock.wait(4)
        if warming.is_due():
            opened.append(warming.step(HOME_TEAM))
    everybody = [room.known[each] for each in (ADA, BEN, GONE, ZOE)]
    with room.db.read() as conn:
        assert set(lanes.direct_channels(conn, HOME_TEAM, everybody)) == {room.known[ADA], room.known[BEN]}
    assert opened.count(True) == 2
    tried = len(opened)
    room.clock.advance(timedelta(minutes=20))
    assert warming.is_due()
    assert not warming.step(HOME_TEAM)
    assert tried <= 5
    assert room.all_posts() == []


def test_an_announcement_finds_them_open(room: PostRoom) -> None:
    worker = room.worker().warm()
    for _ in range(10):
        worker._open_ahead()
        room.clock.wait(4)
    room.owe(won(room.to(ADA), "ada"), won(room.to(BEN), "ben"))
    assert worker.round().sent == 2  # in one round: there is nothing to open, which is paced
