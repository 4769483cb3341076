"""Answers reach people when Slack has a bad day: waited for, never doubled, never dropped without a word."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.bot.slack.staff import DANA, NORA
from tests.bot.slack.stage import Stage, words

if TYPE_CHECKING:
    from collections.abc import Iterator


def test_a_rate_limit_is_waited_for(stage: Stage) -> None:
    stage.ask(DANA, "hi")
    stage.fake.workspace.chaos.turn("rate_limited", on=True, times=1, method="chat.postMessage")
    assert "$40,000" in words(stage.ask(DANA, "what's left of my quota?"))


def test_an_answer_whose_fate_is_unknown_is_not_sent_twice(stage: Stage) -> None:
    stage.ask(DANA, "hi")
    stage.fake.workspace.chaos.turn("lose_response", on=True, times=1, method="chat.postMessage")
    posts = stage.send(DANA, "what's left of my quota?")
    assert len([post for post in posts if "$40,000" in words(post)]) == 1


def test_a_server_error_is_told_and_the_next_question_works(stage: Stage) -> None:
    stage.ask(DANA, "hi")
    stage.fake.workspace.chaos.turn("error_before", on=True, times=1, method="chat.postMessage")
    stage.send(DANA, "what's left of my quota?")
    assert "$40,000" in words(stage.ask(DANA, "what's left of my quota?"))


def test_a_revoked_token_ends_no_thread(stage: Stage) -> None:
    stage.ask(DANA, "hi")
    stage.fake.workspace.chaos.turn("revoked_token", on=True)
    assert stage.send(DANA, "what's left of my quota?") == []
    stage.fake.workspace.chaos.clear()
    assert "$40,000" in words(stage.ask(DANA, "what's left of my quota?"))


def test_a_mention_where_the_bot_may_not_whisper_is_answered_in_a_direct_message(stage: Stage) -> None:
    channel = stage.fake.workspace.channel("random")
    stage.dispatch(
        stage.event_body(
            {"type": "app_mention", "user": stage.user(DANA).id, "channel": channel.id, "text": "hi", "ts": "1.1"}
        )
    )
    (post,) = stage.new(DANA)
    assert post.channel.startswith("D")


@pytest.fixture
def http_stage(stage_url: str) -> Iterator[Stage]:
    found = Stage(stage_url, transport="http")
    yield found
    found.close()


def test_signed_http_from_end_to_end(http_stage: Stage) -> None:
    """The fake signs and posts over a real connection; our guard, Bolt, the pool and the store do the rest."""
    from threading import Thread

    import uvicorn

    from bot.sandbox.transport import SignedHttp
    from bot.slack.http import PATH, build_asgi

    stage = http_stage
    config = uvicorn.Config(build_asgi(stage.app, stage.settings), port=0, log_config=None, access_log=False)
    server = uvicorn.Server(config)
    thread = Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        thread.join(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    workspace = stage.fake.workspace
    stage.fake.delivery.attach(
        SignedHttp(f"http://127.0.0.1:{port}{PATH}", workspace.secrets.signing_secret, workspace.chaos)
    )
    try:
        assert "$40,000" in words(stage.ask(DANA, "/myquota"))
        assert "$40,000" in words(stage.ask(DANA, "what's left of my quota?"))
        assert "$" not in words(stage.ask(NORA, "/myquota"))
        workspace.chaos.turn("clock_skew", on=True, times=1)
        refused = stage.ask(DANA, "/myquota")
        assert "dispatch_failed" in refused.text
    finally:
        server.should_exit = True
        thread.join(10)
