"""Answers reach people when Slack has a bad day: waited for, never doubled, never dropped without a word."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.slack.desk import LEASE
from bot.slack.turn import payload_hash
from store import disclosures, inbox
from tests.bot.slack.staff import DANA, NORA
from tests.bot.slack.stage import Stage, words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.sandbox.posts import Post
    from store.disclosures import Disclosure


def on_record(stage: Stage, post: Post) -> tuple[Disclosure, ...]:
    """What the store says was shown by this message."""
    with stage.services.db.read() as conn:
        return disclosures.by_payload(conn, payload_hash(post.sent["text"], post.sent["blocks"]))


@pytest.fixture
def impatient(stage_url: str) -> Iterator[Stage]:
    found = Stage(stage_url, patience=0.2)
    yield found
    found.close()


def test_a_rate_limit_is_waited_for(stage: Stage) -> None:
    stage.ask(DANA, "hi")
    stage.fake.workspace.chaos.turn("rate_limited", on=True, times=1, method="chat.postMessage")
    assert "$40,000" in words(stage.ask(DANA, "what's left of my quota?"))


@pytest.mark.parametrize("fate", ["lose_response", "error_after"])
@pytest.mark.parametrize(
    ("method", "question"), [("chat.postMessage", "what's left of my quota?"), ("response_url", "/myquota")]
)
def test_an_answer_whose_fate_is_unknown_stands_alone_and_is_on_record(
    stage: Stage, fate: str, method: str, question: str
) -> None:
    stage.ask(DANA, "hi")
    stage.fake.workspace.chaos.turn(fate, on=True, times=1, method=method)
    post = stage.ask(DANA, question)
    assert "$40,000" in words(post)
    assert post.ephemeral == question.startswith("/")
    assert len(on_record(stage, post)) == 1
    stage.later(minutes=5)
    stage.restart()
    assert stage.new(DANA) == []


@pytest.mark.parametrize("fate", ["error_before", "rate_limited"])
@pytest.mark.parametrize(
    ("method", "question"), [("chat.postMessage", "what's left of my quota?"), ("response_url", "/myquota")]
)
def test_what_slack_did_not_accept_is_tried_again(stage: Stage, fate: str, method: str, question: str) -> None:
    stage.ask(DANA, "hi")
    stage.fake.workspace.chaos.turn(fate, on=True, times=2 if fate == "error_before" else 1, method=method)
    post = stage.ask(DANA, question)
    assert "$40,000" in words(post)
    assert post.ephemeral == question.startswith("/")
    assert len(on_record(stage, post)) == 1


@pytest.mark.parametrize(
    ("method", "question"), [("chat.postMessage", "what's left of my quota?"), ("response_url", "/myquota")]
)
def test_an_answer_that_slack_does_not_accept_for_minutes_comes_later(
    impatient: Stage, method: str, question: str
) -> None:
    stage = impatient
    stage.ask(DANA, "hi")
    stage.fake.workspace.chaos.turn("error_before", on=True, method=method)
    assert stage.send(DANA, question) == []
    stage.later(seconds=61)
    stage.restart()
    assert stage.new(DANA) == []
    stage.fake.workspace.chaos.clear()
    stage.later(seconds=61)
    stage.restart()
    (post,) = stage.new(DANA)
    assert "$40,000" in words(post)
    assert post.ephemeral == question.startswith("/")
    assert len(on_record(stage, post)) == 1


def test_an_answer_that_slack_never_accepts_is_given_up(impatient: Stage) -> None:
    stage = impatient
    stage.ask(DANA, "hi")
    stage.fake.workspace.chaos.turn("error_before", on=True, method="chat.postMessage")
    stage.send(DANA, "what's left of my quota?")
    for _ in range(inbox.MOST_ATTEMPTS - 1):
        with stage.services.db.read() as conn:
            assert inbox.stale(conn, stage.clock.now() + LEASE, LEASE) == 1
        stage.later(seconds=61)
        stage.restart()
        stage.settle()
    with stage.services.db.read() as conn:
        assert inbox.stale(conn, stage.clock.now() + LEASE, LEASE) == 0
    stage.fake.workspace.chaos.clear()
    assert stage.new(DANA) == []
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
