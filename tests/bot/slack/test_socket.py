"""Socket Mode against the fake: it connects, answers, and comes back when the socket goes deaf."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from bot.slack.socket import Socket
from tests.bot.slack.staff import DANA
from tests.bot.slack.stage import Stage, words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture
def socket(stage: Stage) -> Iterator[Socket]:
    stage.fake.delivery.attach(stage.fake.socket)
    found = Socket(stage.app, stage.settings, stale_seconds=8)
    found.start()
    yield found
    found.close()


def wait_until(condition: Callable[[], bool], seconds: float = 40.0) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.05)


def test_a_command_over_the_socket(stage: Stage, socket: Socket) -> None:
    wait_until(socket.is_live)
    assert "$40,000" in words(stage.ask(DANA, "/myquota"))
    assert "$40,000" in words(stage.ask(DANA, "what's left of my quota?"))


def test_a_deaf_socket_is_noticed_and_replaced(stage: Stage, socket: Socket) -> None:
    wait_until(socket.is_live)
    stage.fake.workspace.chaos.turn("deaf_socket", on=True)
    wait_until(lambda: not socket.is_live())
    stage.fake.workspace.chaos.clear()
    wait_until(socket.is_live)
    assert "$40,000" in words(stage.ask(DANA, "/myquota"))


def test_slack_being_away_at_the_start_is_no_crash(stage: Stage) -> None:
    settings = stage.settings.model_copy(update={"slack_api_url": "http://127.0.0.1:9/api/"})
    socket = Socket(stage.app, settings)
    socket.start()
    assert not socket.is_live()
    socket.close()
