"""The real bot runs against the fake, over both of its transports, and the page is served beside it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot import wiring
from bot.clock import MovableClock
from bot.sandbox.errors import SandboxError
from bot.sandbox.hooks import Hooks
from bot.sandbox.launch import launch
from bot.settings import Settings
from messages.validate import validate
from tests.bot.sandbox.conftest import WEB
from tests.bot.sandbox.sample import REP, STRANGER

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.sandbox.launch import TransportName
    from bot.wiring import Services


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    built = wiring.build(Settings(database_url=f"sqlite:///{tmp_path / 'attain.db'}"), MovableClock())
    yield built
    built.close()


@pytest.mark.parametrize("transport", ["http", "socket"])
def test_the_real_bot_answers(services: Services, transport: TransportName) -> None:
    with launch(services, (STRANGER, REP), transport=transport) as sandbox:
        ack = sandbox.slack.slash(STRANGER, "general", "/attain", "help")
        (help_text,) = sandbox.slack.wait_for_reply()
        assert ack.ok
        assert help_text.ephemeral
        assert validate({"text": help_text.text, "blocks": help_text.blocks}, "message") == []
        sandbox.slack.dm(STRANGER, "what's left of my quota?")
        (answer,) = sandbox.slack.wait_for_reply()
        assert answer.channel == "dm"
        assert sandbox.slack.open_home(STRANGER) is not None
        assert sandbox.slack.messages("general", REP) == []
        sandbox.fake.delivery.settle()
        acks = [attempt.ack.ok for record in sandbox.fake.workspace.records.all() for attempt in record.attempts]
        assert acks
        assert all(acks), "every envelope is acknowledged, the bot's own posts included"


@pytest.mark.parametrize("transport", ["http", "socket"])
def test_a_proxy_of_the_machine_is_not_asked(
    services: Services, transport: TransportName, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with launch(services, (STRANGER,), transport=transport) as sandbox:
        assert sandbox.slack.slash(STRANGER, "general", "/attain", "help").ok
        [answer] = sandbox.slack.wait_for_reply()
        assert answer.ephemeral
        sandbox.slack.dm(STRANGER, "what's left of my quota?")
        [answer] = sandbox.slack.wait_for_reply()
        assert answer.channel == "dm"
        assert sandbox.slack.open_home(STRANGER) is not None


def test_the_bots_clock_moves_with_the_page(services: Services) -> None:
    moved: list[timedelta] = []

    def on_clock(offset: timedelta) -> str:
        moved.append(offset)
        return ""

    with launch(services, (REP,), Hooks(on_clock=on_clock)) as sandbox:
        sandbox.fake.step("7d")
        assert moved == [timedelta(days=7)]
        assert services.clock.now() == pytest.approx(sandbox.fake.workspace.clock.now(), abs=timedelta(seconds=1))
        state = WEB.get(f"{sandbox.base_url}/ui/state").json()
        assert {command["command"] for command in state["commands"]} == {"/myquota", "/earnings", "/spif", "/attain"}
        assert sandbox.slack.slash(REP, "dm", "/attain", "help").ok, "signatures are made with the real time"


def test_a_taken_port_leaves_nothing_running(services: Services) -> None:
    with launch(services, (REP,)) as sandbox:
        port = int(sandbox.base_url.rpartition(":")[2])
        with pytest.raises(SandboxError, match="--port"):
            launch(services, (REP,), port=port)
