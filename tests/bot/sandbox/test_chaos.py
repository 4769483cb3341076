"""Every switch makes the fake misbehave as its label says, and stops when turned off."""

from __future__ import annotations

import time
from http.client import HTTPException
from typing import TYPE_CHECKING, Any
from urllib.error import URLError

import pytest
from slack_sdk.errors import SlackApiError

from bot.sandbox.chaos import NAMES, Chaos
from bot.sandbox.errors import SandboxError
from tests.bot.sandbox.conftest import eventually
from tests.bot.sandbox.sample import REP, form

if TYPE_CHECKING:
    from tests.bot.sandbox.conftest import Stage

BROKEN = (URLError, OSError, HTTPException)


def post(stage: Stage) -> Any:
    return stage.client.chat_postMessage(channel="sales", text="x")


def stored(stage: Stage) -> int:
    return len(stage.workspace.posts.history(stage.channel("sales")))


def test_lose_the_response_after_storing(stage: Stage) -> None:
    with stage.workspace.chaos.during("lose_response"), pytest.raises(BROKEN):
        post(stage)
    assert stored(stage) == 1


def test_reset_before_storing(stage: Stage) -> None:
    with stage.workspace.chaos.during("reset_before"), pytest.raises(BROKEN):
        post(stage)
    assert stored(stage) == 0


@pytest.mark.parametrize(("name", "status", "kept"), [("error_before", 503, 0), ("error_after", 500, 1)])
def test_server_errors(stage: Stage, name: str, status: int, kept: int) -> None:
    with stage.workspace.chaos.during(name), pytest.raises(SlackApiError) as refused:
        post(stage)
    assert refused.value.response.status_code == status
    assert stored(stage) == kept


def test_rate_limited(stage: Stage) -> None:
    with stage.workspace.chaos.during("rate_limited"), pytest.raises(SlackApiError) as refused:
        post(stage)
    assert (refused.value.response.status_code, refused.value.response.headers["retry-after"]) == (429, "3")
    assert stored(stage) == 0


def test_delay(stage: Stage) -> None:
    stage.workspace.chaos.turn("delay", on=True, times=1)
    started = time.monotonic()
    post(stage)
    assert time.monotonic() - started >= 2


@pytest.mark.parametrize(
    ("name", "code"),
    [("revoked_token", "token_revoked"), ("archived_channel", "is_archived"), ("bot_removed", "not_in_channel")],
)
def test_refusals(stage: Stage, name: str, code: str) -> None:
    with stage.workspace.chaos.during(name):
        assert stage.refusal("chat.postMessage", channel="sales", text="x") == code
    assert stage.refusal("chat.postMessage", channel="sales", text="x") == ""


def test_expired_trigger(stage: Stage) -> None:
    number = stage.workspace.triggers.issue(stage.slack.user(REP).id, stage.workspace.clock.now(), "")
    with stage.workspace.chaos.during("expired_trigger"):
        assert stage.refusal("views.open", trigger_id=number, view=form()) == "expired_trigger_id"


def test_a_duplicate_event_has_the_same_id(stage: Stage) -> None:
    stage.workspace.chaos.turn("duplicate_event", on=True, times=1)
    stage.slack.dm(REP, "twice")
    eventually(lambda: [len(record.attempts) for record in questions(stage)] == [2])
    texts = eventually(
        lambda: len(seen := [m.text for m in stage.slack.messages("dm", REP) if m.from_bot]) == 2 and seen
    )
    assert texts == ["You said: twice"] * 2, "the sample does not look at event_id; Attain must"


def test_reordered_events(stage: Stage) -> None:
    with stage.workspace.chaos.during("reordered_event"):
        stage.slack.dm(REP, "first")
        stage.fake.delivery.settle()
        assert questions(stage) == []
        stage.slack.dm(REP, "second")
        eventually(lambda: len(questions(stage)) == 2)
    assert [record.envelope.payload["event"]["text"] for record in questions(stage)] == ["second", "first"]


def test_lost_acknowledgements(stage: Stage) -> None:
    with stage.workspace.chaos.during("unacked_event"):
        stage.slack.dm(REP, "hello")
        record = eventually(lambda: questions(stage))[0]
        eventually(lambda: len(record.attempts) == 2)
        assert [attempt.number for attempt in record.attempts] == [0, 1]


def test_clock_skew_fails_the_signature_check(http_stage: Stage) -> None:
    with http_stage.workspace.chaos.during("clock_skew"):
        assert not http_stage.slack.slash(REP, "sales", "/myquota").ok
    assert "dispatch_failed" in http_stage.slack.wait_for_reply()[0].text
    assert http_stage.slack.slash(REP, "sales", "/myquota").ok


def test_a_switch_can_be_limited_to_a_method_and_a_number_of_strikes(stage: Stage) -> None:
    stage.workspace.chaos.turn("rate_limited", on=True, times=1, method="chat.postMessage")
    stage.client.users_info(user=stage.slack.user(REP).id)
    assert stage.refusal("chat.postMessage", channel="sales", text="x") == "ratelimited"
    assert stage.refusal("chat.postMessage", channel="sales", text="x") == ""


def test_unknown_switches_are_refused_and_all_can_be_cleared() -> None:
    chaos = Chaos()
    with pytest.raises(SandboxError, match="gremlins"):
        chaos.turn("gremlins", on=True)
    chaos.turn_from_query("delay, clock_skew,")
    assert {name for name in NAMES if chaos.on(name)} == {"delay", "clock_skew"}
    chaos.clear()
    assert not any(chaos.on(name) for name in NAMES)


def questions(stage: Stage) -> list[Any]:
    found = [record for record in stage.workspace.records.all() if record.envelope.kind == "events_api"]
    return [record for record in found if not record.envelope.payload["event"].get("bot_id") and record.attempts]
