"""Unacknowledged events come again with the same id; unacknowledged commands tell the person."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from slack_bolt import BoltRequest, BoltResponse
from slack_sdk import WebClient

from bot.sandbox.driver import Driver
from bot.sandbox.errors import NotRunningError
from bot.sandbox.fake import FakeSlack
from bot.sandbox.server import SandboxServer
from bot.sandbox.transport import InProcess
from tests.bot.sandbox.conftest import eventually
from tests.bot.sandbox.sample import REP, sample_app, setup

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.bot.sandbox.conftest import Stage


def record_requests(stage: Stage, fail: int = 0, commands: bool = False) -> list[tuple[str, dict[str, str]]]:
    """Note each event's id and retry headers; answer the first `fail` with 503."""
    seen: list[tuple[str, dict[str, str]]] = []

    def note(req: BoltRequest, next: Callable[[], Any]) -> BoltResponse | None:  # noqa: A002 - Bolt's name
        if "event_id" in req.body:
            retry = {name: value[0] for name, value in req.headers.items() if "retry" in name}
            seen.append((str(req.body["event_id"]), retry))
            if len(seen) <= fail:
                return BoltResponse(status=503)
        next()
        return None

    stage.app.middleware(note)
    return seen


def only_questions(stage: Stage) -> list[Any]:
    found = [record for record in stage.workspace.records.all() if record.envelope.kind == "events_api"]
    return [record for record in found if not record.envelope.payload["event"].get("bot_id")]


def test_an_event_comes_again_at_once_after_one_and_after_five_minutes(every_stage: Stage) -> None:
    stage = every_stage
    seen = record_requests(stage, fail=99)
    stage.fake.delivery.ack_seconds = 0.4
    stage.slack.dm(REP, "hello")
    eventually(lambda: len(seen) == 2)
    assert stage.fake.delivery.settle()
    assert len(seen) == 2, "the second retry waits for a minute"
    stage.workspace.clock.advance(timedelta(minutes=1))
    eventually(lambda: len(seen) == 3)
    stage.fake.delivery.settle()
    stage.workspace.clock.advance(timedelta(minutes=4))
    stage.fake.delivery.settle()
    assert len(seen) == 3, "the third waits for five"
    stage.workspace.clock.advance(timedelta(minutes=1, seconds=1))
    eventually(lambda: len(seen) == 4)
    stage.fake.delivery.settle()
    stage.workspace.clock.advance(timedelta(days=1))
    assert stage.fake.delivery.settle()
    assert len(seen) == 4, "then Slack gives up"
    assert len({event_id for event_id, _ in seen}) == 1
    numbers = [retry.get("x-slack-retry-num", "") for _, retry in seen]
    assert numbers[0] in ("", "0"), "a socket says 0 on the first delivery, HTTP says nothing"
    assert numbers[1:] == ["1", "2", "3"]
    assert seen[1][1]["x-slack-retry-reason"]


def test_an_acknowledged_event_does_not_come_again(stage: Stage) -> None:
    seen = record_requests(stage, fail=1)
    stage.slack.dm(REP, "hello")
    assert [answer.text for answer in stage.slack.wait_for_reply()] == ["You said: hello"]
    stage.fake.delivery.settle()
    stage.workspace.clock.advance(timedelta(hours=1))
    stage.fake.delivery.settle()
    (record,) = only_questions(stage)
    assert [attempt.ack.ok for attempt in record.attempts] == [False, True]
    assert stage.fake.delivery.waiting == 0
    assert seen[0][0] == seen[1][0]


def test_a_command_without_acknowledgement_tells_the_person(impatient_stage: Stage) -> None:
    stuck = threading.Event()
    impatient_stage.app.command("/plain")(lambda: stuck.wait(2))
    ack = impatient_stage.slack.slash(REP, "sales", "/plain")
    (answer,) = impatient_stage.slack.wait_for_reply()
    stuck.set()
    assert not ack.ok
    assert (answer.author, answer.ephemeral) == ("Slackbot", True)
    assert answer.text == "/plain failed with the error “operation_timeout”"


def test_a_command_nobody_listens_to_fails(stage: Stage) -> None:
    stage.slack.slash(REP, "sales", "/plain")
    assert stage.slack.wait_for_reply()[0].text == "/plain failed with the error “dispatch_failed”"


def test_events_before_the_app_runs_are_delivered_when_it_does() -> None:
    with SandboxServer(FakeSlack(setup())) as server:
        slack = Driver(server.fake)
        slack.dm(REP, "early")
        with pytest.raises(NotRunningError):
            slack.slash(REP, "dm", "/myquota")
        server.fake.delivery.settle()
        client = WebClient(token=server.fake.workspace.secrets.bot_token, base_url=server.api_url)
        server.fake.delivery.attach(InProcess(sample_app(client)))
        eventually(lambda: [seen.text for seen in slack.messages("dm", REP)] == ["early", "You said: early"])
