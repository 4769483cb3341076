"""The button that syncs now: it asks the worker, and only those who run Attain may."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from messages import actions
from store import sync, sync_wishes
from tests.bot.slack.staff import DANA, MAX, OLGA
from tests.bot.slack.stage import words

if TYPE_CHECKING:
    from tests.bot.slack.stage import Stage


def wishes(stage: Stage) -> list[tuple[str, str]]:
    with stage.services.db.read() as conn:
        return [(wish.what, wish.actor) for wish in sync_wishes.undone(conn, "crm")]


@pytest.fixture(autouse=True)
def synced(stage: Stage) -> None:
    now = stage.services.clock.now()
    with stage.services.db.write() as conn:
        sync.set_state(conn, sync.State("crm", "deal", finished_at=now))


def test_ops_press_it_once_or_twice_and_one_sync_is_asked_for(stage: Stage) -> None:
    status = stage.ask(OLGA, "/attain status")
    (told,) = stage.press(OLGA, status, actions.SYNC_NOW)
    stage.press(OLGA, status, actions.SYNC_NOW)
    assert "crm" in words(told)
    assert wishes(stage) == [("now", OLGA)]


@pytest.mark.parametrize("reader", [DANA, MAX])
def test_others_are_not_offered_it_and_refused_where_they_press_it_all_the_same(stage: Stage, reader: str) -> None:
    own = stage.ask(reader, "/attain status")
    assert actions.SYNC_NOW not in str(own.blocks)
    theirs = stage.ask(OLGA, "/attain status")
    stage.press(reader, theirs, actions.SYNC_NOW)
    assert wishes(stage) == []


def test_a_value_that_is_none_of_ours_asks_for_nothing(stage: Stage) -> None:
    status = stage.ask(OLGA, "/attain status")
    stage.press(OLGA, status, actions.SYNC_NOW, '{"v":2,"source":"crm"}')
    assert wishes(stage) == []
