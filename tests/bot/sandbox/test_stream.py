"""The stream tells each page only what its persona may know; ephemerals vanish when the last page closes."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import httpx

from tests.bot.sandbox.conftest import WEB, eventually
from tests.bot.sandbox.sample import BOSS, REP

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest

    from bot.sandbox.personas import Persona
    from tests.bot.sandbox.conftest import Stage


@contextmanager
def following(stage: Stage, who: Persona) -> Iterator[list[dict[str, Any]]]:
    """Collect the changes a page of this persona hears of, until the block ends."""
    heard: list[dict[str, Any]] = []
    address = f"{stage.server.base_url}/ui/stream"
    ready = threading.Event()
    query = {"as": stage.slack.user(who).id}
    with httpx.Client(trust_env=False, timeout=60) as client, client.stream("GET", address, params=query) as response:

        def read() -> None:
            try:
                for line in response.iter_lines():
                    ready.set()
                    if line.startswith("data: "):
                        heard.append(json.loads(line.removeprefix("data: ")))
            except (httpx.HTTPError, httpx.StreamError, OSError):
                return

        reader = threading.Thread(target=read, daemon=True)
        reader.start()
        assert ready.wait(5)
        yield heard
        response.extensions["network_stream"].get_extra_info("socket").shutdown(2)
        reader.join(5)


def test_each_page_hears_only_its_own(stage: Stage) -> None:
    with following(stage, REP) as rep, following(stage, BOSS) as boss:
        stage.slack.slash(REP, "sales", "/myquota")
        stage.slack.say(REP, "sales", "for all")
        eventually(lambda: any(change["type"] == "message" for change in boss))
        eventually(lambda: any(change["type"] == "message" for change in rep))
        assert {"type": "ephemeral", "channel": stage.channel("sales")} in rep
        assert [change["type"] for change in boss] == ["message"]


def test_home_views_and_toasts_are_announced(stage: Stage) -> None:
    with following(stage, REP) as rep, following(stage, BOSS) as boss:
        stage.slack.open_home(REP)
        home = stage.slack.home(REP)
        assert home is not None
        stage.slack.click(REP, home, "Form")
        eventually(lambda: {"home", "view"} <= {change["type"] for change in rep})
        assert boss == []


def test_ephemerals_vanish_with_the_last_page(stage: Stage) -> None:
    rep = stage.slack.user(REP).id
    with following(stage, REP):
        with following(stage, REP):
            stage.slack.slash(REP, "sales", "/myquota")
            stage.slack.wait_for_reply()
        eventually(lambda: len(stage.slack.messages("sales", REP)) == 1)
        assert stage.workspace.posts.seen_by(rep, stage.channel("sales"))
    eventually(lambda: stage.slack.messages("sales", REP) == [])


def test_a_reload_of_somebody_else_changes_nothing(stage: Stage) -> None:
    with following(stage, REP):
        stage.slack.slash(REP, "sales", "/myquota")
        stage.slack.wait_for_reply()
        with following(stage, BOSS):
            pass
        assert len(stage.slack.messages("sales", REP)) == 1


def test_stopping_the_sandbox_ends_every_stream_without_a_complaint(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    query = {"as": stage.slack.user(REP).id}
    with httpx.Client(trust_env=False, timeout=30) as client:
        address = f"{stage.server.base_url}/ui/stream"
        with client.stream("GET", address, params=query) as one, client.stream("GET", address, params=query) as other:
            stage.server.close()
            assert all(response.read().startswith(b"retry: 1000") for response in (one, other))
    assert [record.getMessage() for record in caplog.records if record.name.startswith("uvicorn")] == []


def test_a_stranger_gets_no_stream(stage: Stage) -> None:
    refused = WEB.get(f"{stage.server.base_url}/ui/stream", params={"as": "U404"})
    assert refused.status_code == 404
