"""Triggers last three seconds and one use; a response_url thirty minutes and five."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from slack_sdk.webhook import WebhookClient

from tests.bot.sandbox.sample import BOSS, REP, form, section

if TYPE_CHECKING:
    from tests.bot.sandbox.conftest import Stage


def trigger(stage: Stage) -> str:
    return stage.workspace.triggers.issue(stage.slack.user(REP).id, stage.workspace.clock.now(), "")


def response_url(stage: Stage, channel: str = "sales") -> str:
    stage.slack.slash(REP, channel, "/earnings")
    stage.slack.wait_for_reply()
    payload = stage.workspace.records.all()[-1].envelope.payload
    return str(payload["response_url"])


def test_a_trigger_works_once(stage: Stage) -> None:
    number = trigger(stage)
    assert stage.refusal("views.open", trigger_id=number, view=form()) == ""
    assert stage.refusal("views.open", trigger_id=number, view=form()) == "exchanged_trigger_id"


def test_a_trigger_expires_after_three_seconds(stage: Stage) -> None:
    number = trigger(stage)
    stage.workspace.clock.advance(timedelta(seconds=3))
    assert stage.refusal("views.open", trigger_id=number, view=form()) == "expired_trigger_id"


def test_an_invalid_view_does_not_use_the_trigger_up(stage: Stage) -> None:
    number = trigger(stage)
    assert stage.refusal("views.open", trigger_id=number, view=form("x" * 25)) == "invalid_arguments"
    assert stage.refusal("views.open", trigger_id=number, view=form()) == ""


def test_a_response_url_works_five_times(stage: Stage) -> None:
    hook = WebhookClient(response_url(stage))
    answers = [hook.send(text=f"{number}") for number in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [404]
    assert "used_url" in answers[-1].body


def test_a_response_url_works_thirty_minutes(stage: Stage) -> None:
    hook = WebhookClient(response_url(stage))
    stage.workspace.clock.advance(timedelta(minutes=29))
    assert hook.send(text="still").status_code == 200
    stage.workspace.clock.advance(timedelta(minutes=1))
    late = hook.send(text="late")
    assert (late.status_code, "expired_url" in late.body) == (404, True)


def test_where_an_answer_goes(stage: Stage) -> None:
    hook = WebhookClient(response_url(stage))
    hook.send(text="for all", response_type="in_channel")
    hook.send(text="for me")
    assert [seen.text for seen in stage.slack.messages("sales", BOSS)] == ["for all"]
    assert "for me" in [seen.text for seen in stage.slack.messages("sales", REP)]


def test_a_channel_without_the_bot_still_gets_answers(stage: Stage) -> None:
    hook = WebhookClient(response_url(stage, "random"))
    assert hook.send(text="here too").status_code == 200
    assert stage.slack.messages("random", REP)[-1].text == "here too"


def test_bad_answers_are_refused(stage: Stage) -> None:
    hook = WebhookClient(response_url(stage))
    before = stage.slack.messages("sales", REP)
    assert "invalid_blocks" in hook.send(text="x", blocks=[section("")]).body
    assert "no_text" in hook.send().body
    assert stage.slack.messages("sales", REP) == before
    unknown = WebhookClient(f"{stage.server.base_url}/response/guess").send(text="x")
    assert unknown.status_code == 404
