"""What a person does reaches a real Bolt app, and what it answers reaches that person, over every transport."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.sandbox.errors import RefusedError
from tests.bot.sandbox.sample import BOSS, GERMAN, PARTNER, REP

if TYPE_CHECKING:
    from tests.bot.sandbox.conftest import Stage


def test_a_command_is_answered_to_its_sender_only(every_stage: Stage) -> None:
    ack = every_stage.slack.slash(REP, "sales", "/myquota", "last quarter")
    (answer,) = every_stage.slack.wait_for_reply()
    assert ack.ok
    assert answer.ephemeral
    assert answer.text == "$42,000 left. You wrote: last quarter"
    assert answer.blocks[0]["text"]["text"] == "Your quota"
    assert "block_id" not in answer.blocks[0], "the answer is shown exactly as the app sent it"
    assert every_stage.slack.messages("sales", BOSS) == []


def test_an_answer_in_the_acknowledgement_is_shown(every_stage: Stage) -> None:
    every_stage.slack.slash(REP, "dm", "/earnings")
    (answer,) = every_stage.slack.wait_for_reply()
    assert (answer.ephemeral, answer.channel) == (True, "dm")
    assert answer.text == "You earned $12,345.67 this month."


def test_a_direct_message_is_answered(every_stage: Stage) -> None:
    every_stage.slack.dm(GERMAN, "what's left?")
    (answer,) = every_stage.slack.wait_for_reply()
    assert (answer.channel, answer.ephemeral, answer.text) == ("dm", False, "You said: what's left?")


def test_a_mention_is_answered_in_a_thread(every_stage: Stage) -> None:
    every_stage.slack.mention(REP, "sales", "hi")
    (answer,) = every_stage.slack.wait_for_reply()
    (question,) = every_stage.slack.messages("sales", BOSS)
    assert answer.thread_ts == question.ts
    assert question.text == "<@U0ATTAINBOT> hi"


def test_a_click_carries_the_value_that_was_posted(every_stage: Stage) -> None:
    every_stage.slack.slash(REP, "sales", "/myquota")
    (answer,) = every_stage.slack.wait_for_reply()
    every_stage.slack.click(REP, answer, "Why?")
    (why,) = every_stage.slack.wait_for_reply()
    assert (why.ephemeral, why.text) == (True, "Because of the *Acme* deal &amp; the 8 % rule.")
    (payload,) = _payloads(every_stage, "block_actions")
    assert payload["actions"][0]["value"] == '{"v": 1}'
    assert payload["container"]["is_ephemeral"]
    assert "message" not in payload, "Slack sends no message with a click on an ephemeral"
    assert payload["state"]["values"]["buttons"]["day"]["selected_date"] == "2026-01-31"


def test_a_menu_replaces_the_answer_and_a_button_deletes_it(stage: Stage) -> None:
    stage.slack.slash(REP, "sales", "/myquota")
    (answer,) = stage.slack.wait_for_reply()
    stage.slack.click(REP, answer, "period", "February")
    (replaced,) = stage.slack.wait_for_reply()
    assert (replaced.id, replaced.text) == (answer.id, "You chose february")
    stage.slack.slash(REP, "sales", "/myquota")
    (second,) = stage.slack.wait_for_reply()
    stage.slack.click(REP, second, "delete")
    assert [seen.id for seen in stage.slack.messages("sales", REP)] == [replaced.id]


def test_a_choice_that_was_not_offered_is_refused(stage: Stage) -> None:
    stage.slack.slash(REP, "sales", "/myquota")
    (answer,) = stage.slack.wait_for_reply()
    with pytest.raises(RefusedError, match="not one of the options"):
        stage.slack.click(REP, answer, "period", "Smarch")


def test_home_is_published_and_its_clicks_carry_the_view(every_stage: Stage) -> None:
    home = every_stage.slack.open_home(REP)
    assert home is not None
    assert "opened this 1 times" in home["blocks"][1]["text"]["text"]
    every_stage.slack.click(REP, home, "refresh")
    refreshed = every_stage.slack.home(REP)
    assert refreshed is not None
    assert refreshed["hash"] != home["hash"]
    (payload,) = _payloads(every_stage, "block_actions")
    assert payload["view"]["type"] == "home"
    assert payload["container"] == {"type": "view", "view_id": home["id"]}
    assert every_stage.slack.home(GERMAN) is None


def test_typed_text_arrives_escaped_and_resolved(stage: Stage) -> None:
    stage.slack.slash(REP, "sales", "/myquota", "<!channel> a&b @priya #general @Priya Raman @nobody")
    boss, general = stage.slack.user(BOSS).id, stage.channel("general")
    (payload,) = [record.envelope.payload for record in stage.workspace.records.all()]
    mention = f"<@{boss}|priya>"
    assert payload["text"] == f"&lt;!channel&gt; a&amp;b {mention} <#{general}|general> {mention} @nobody"


def test_without_should_escape_only_entities_are_escaped(stage: Stage) -> None:
    stage.slack.slash(REP, "sales", "/plain", "a<b @priya")
    (payload,) = [record.envelope.payload for record in stage.workspace.records.all()]
    assert payload["text"] == "a&lt;b @priya"


def test_unknown_command_and_command_in_a_thread_never_reach_the_app(stage: Stage) -> None:
    stage.slack.dm(REP, "/nonsense `<x>` now")
    (answer,) = stage.slack.wait_for_reply()
    assert (answer.author, answer.ephemeral) == ("Slackbot", True)
    assert "is not a valid command" in answer.text
    stage.slack.dm(REP, "/myquota", thread_ts="1.000001")
    assert "not supported in threads" in stage.slack.wait_for_reply()[0].text
    assert stage.workspace.records.all() == []


def test_a_mention_where_the_bot_is_not_a_member_is_not_delivered(stage: Stage) -> None:
    stage.slack.mention(REP, "random", "hi")
    (answer,) = stage.slack.wait_for_reply()
    assert "is not in this channel" in answer.text
    assert stage.workspace.records.all() == []


def test_channel_messages_are_not_sent_without_a_subscription(stage: Stage) -> None:
    stage.slack.say(REP, "sales", "nothing for the bot")
    stage.fake.delivery.settle()
    assert stage.workspace.records.all() == []


def test_the_bots_own_posts_come_back_as_events(stage: Stage) -> None:
    stage.slack.dm(REP, "hello")
    stage.slack.wait_for_reply()
    stage.fake.delivery.settle()
    events = [record.envelope.payload["event"] for record in stage.workspace.records.all()]
    assert [event.get("bot_id") for event in events] == [None, "B0ATTAIN"]


def test_a_foreign_person_is_marked_as_such(stage: Stage) -> None:
    stage.slack.mention(PARTNER, "partners", "hello")
    stage.slack.wait_for_reply()
    payload = stage.workspace.records.all()[0].envelope.payload
    assert payload["is_ext_shared_channel"]
    assert payload["event"]["user_team"] == "T0PARTNER"
    assert payload["team_id"] == "T0SANDBOX"


def test_guests_and_outsiders_cannot_write_where_they_are_not(stage: Stage) -> None:
    with pytest.raises(RefusedError):
        stage.slack.say(PARTNER, "sales", "hello")
    with pytest.raises(RefusedError):
        stage.slack.slash(REP, "managers", "/myquota")


def _payloads(stage: Stage, kind: str) -> list[dict[str, object]]:
    found = [record.envelope.payload for record in stage.workspace.records.all()]
    return [payload for payload in found if payload.get("type") == kind]
