"""Socket Mode: the real client connects, is asked to come back, is cut off, and goes deaf."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from slack_sdk import WebClient
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from tests.bot.sandbox.conftest import eventually
from tests.bot.sandbox.sample import REP

if TYPE_CHECKING:
    from tests.bot.sandbox.conftest import Stage


def test_a_ticket_opens_one_socket(stage: Stage) -> None:
    client = WebClient(token=stage.workspace.secrets.app_token, base_url=stage.server.api_url)
    url = client.apps_connections_open(app_token=stage.workspace.secrets.app_token)["url"]
    with connect(url, proxy=None) as socket:
        assert '"type": "hello"' in str(socket.recv()).replace('":"', '": "')
        with pytest.raises(InvalidStatus):
            connect(url, proxy=None)
    with pytest.raises(InvalidStatus):
        connect(url.partition("?")[0], proxy=None)


def test_the_client_comes_back_when_asked_to(socket_stage: Stage) -> None:
    assert socket_stage.socket is not None
    before = socket_stage.socket.client.session_id()
    socket_stage.fake.socket.disconnect()
    eventually(lambda: socket_stage.socket and socket_stage.socket.client.session_id() != before)
    eventually(lambda: socket_stage.fake.socket.connections == 1)
    socket_stage.slack.dm(REP, "still there?")
    assert [seen.text for seen in socket_stage.slack.wait_for_reply()] == ["You said: still there?"]


def test_a_deaf_socket_claims_to_be_connected_and_delivers_nothing(socket_stage: Stage) -> None:
    assert socket_stage.socket is not None
    client = socket_stage.socket.client
    eventually(lambda: client.current_session and client.current_session.last_ping_pong_time)
    socket_stage.fake.delivery.ack_seconds = 0.3
    with socket_stage.workspace.chaos.during("deaf_socket"):
        assert not socket_stage.slack.slash(REP, "sales", "/myquota").ok
        assert client.is_connected()
        time.sleep(0.1)
        assert client.current_session is not None
        heard = client.current_session.last_ping_pong_time
        time.sleep(1.3)
        assert client.current_session.last_ping_pong_time == heard, "pings stay unanswered"
    socket_stage.fake.delivery.ack_seconds = 3
    assert socket_stage.slack.slash(REP, "sales", "/myquota").ok


def test_an_event_goes_to_one_of_several_connections(socket_stage: Stage) -> None:
    client = WebClient(token=socket_stage.workspace.secrets.app_token, base_url=socket_stage.server.api_url)
    url = client.apps_connections_open(app_token=socket_stage.workspace.secrets.app_token)["url"]
    with connect(url, proxy=None) as other:
        other.recv()
        socket_stage.fake.delivery.ack_seconds = 0.5
        acks = [socket_stage.slack.slash(REP, "sales", "/earnings").ok for _ in range(2)]
        assert sorted(acks) == [False, True], "the second connection never acknowledges"
        assert "slash_commands" in str(other.recv(timeout=2))
