"""The fake's Web API as the real slack_sdk client meets it: answers and the platform's own error codes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from tests.bot.sandbox.conftest import start
from tests.bot.sandbox.sample import BOSS, GERMAN, GONE, GUEST, PARTNER, REP, form, manifest, section

if TYPE_CHECKING:
    from tests.bot.sandbox.conftest import Stage


def code_with(stage: Stage, token: str, method: str = "auth.test") -> str:
    try:
        WebClient(token=token, base_url=stage.server.api_url).api_call(method)
    except SlackApiError as error:
        return str(error.response["error"])
    return ""


def test_tokens(stage: Stage) -> None:
    assert code_with(stage, stage.workspace.secrets.bot_token) == ""
    assert code_with(stage, "") == "not_authed"
    assert code_with(stage, "xoxb-somebody-else") == "invalid_auth"
    assert code_with(stage, stage.workspace.secrets.app_token) == "not_allowed_token_type"
    assert code_with(stage, stage.workspace.secrets.bot_token, "apps.connections.open") == "not_allowed_token_type"
    assert code_with(stage, stage.workspace.secrets.bot_token, "chat.meMessage") == "unknown_method"


def test_auth_test_says_who_the_bot_is_and_what_it_may(stage: Stage) -> None:
    answer = stage.client.auth_test()
    assert (answer["team_id"], answer["user_id"], answer["bot_id"]) == ("T0SANDBOX", "U0ATTAINBOT", "B0ATTAIN")
    assert "chat:write" in answer.headers["x-oauth-scopes"]


def test_missing_scope_says_what_is_needed() -> None:
    granted = replace(manifest(), scopes=frozenset({"users:read"}))
    for stage in start(manifest=granted):
        with pytest.raises(SlackApiError) as refused:
            stage.client.chat_postMessage(channel="sales", text="x")
        assert refused.value.response["error"] == "missing_scope"
        assert refused.value.response["needed"] == "chat:write"
        assert refused.value.response["provided"] == "users:read"
        user = stage.client.users_info(user=stage.slack.user(REP).id)["user"]
        assert "email" not in user["profile"]


def test_posting(stage: Stage) -> None:
    posted = stage.client.chat_postMessage(channel="#sales", text="Well done", blocks=[section("*Well done*")])
    assert posted["channel"] == stage.channel("sales")
    assert posted["message"]["blocks"][0]["block_id"]
    (seen,) = stage.slack.messages("sales", REP)
    assert (seen.text, seen.blocks) == ("Well done", [section("*Well done*")])


@pytest.mark.parametrize(
    ("channel", "args", "code"),
    [
        ("sales", {}, "no_text"),
        ("nowhere", {"text": "x"}, "channel_not_found"),
        ("random", {"text": "x"}, "not_in_channel"),
        ("sales", {"text": "x", "blocks": [section("")]}, "invalid_blocks"),
        ("sales", {"text": "x", "blocks": "not json"}, "invalid_blocks_format"),
        ("sales", {"text": "x", "metadata": {"event_type": "t"}}, "invalid_metadata_schema"),
    ],
)
def test_posts_that_are_refused(stage: Stage, channel: str, args: dict[str, Any], code: str) -> None:
    assert stage.refusal("chat.postMessage", channel=channel, **args) == code
    assert stage.slack.messages("sales", REP) == []


def test_invalid_blocks_point_at_the_place(stage: Stage) -> None:
    with pytest.raises(SlackApiError) as refused:
        stage.client.chat_postMessage(channel="sales", text="x", blocks=[section("ok"), section("x" * 3001)])
    assert "[json-pointer:/blocks/1/text" in refused.value.response["response_metadata"]["messages"][0]


def test_invalid_view_points_at_the_place(stage: Stage) -> None:
    view = {"type": "home", "blocks": [section("x" * 3001)]}
    with pytest.raises(SlackApiError) as refused:
        stage.client.views_publish(user_id=stage.slack.user(REP).id, view=view)
    assert refused.value.response["error"] == "invalid_arguments"
    assert "[json-pointer:/view/blocks/0" in refused.value.response["response_metadata"]["messages"][0]


def test_a_user_id_as_channel_is_the_direct_message(stage: Stage) -> None:
    rep = stage.slack.user(REP).id
    posted = stage.client.chat_postMessage(channel=rep, text="private")
    opened = stage.client.conversations_open(users=rep)
    assert posted["channel"] == opened["channel"]["id"]
    assert stage.refusal("conversations.open", users=stage.slack.user(GONE).id) == "user_disabled"
    assert stage.refusal("conversations.open", users="U404") == "user_not_found"


def test_ephemerals_need_a_member_and_stay_out_of_history(stage: Stage) -> None:
    rep, partner = stage.slack.user(REP).id, stage.slack.user(PARTNER).id
    stage.client.chat_postEphemeral(channel="sales", user=rep, text="only you")
    assert stage.refusal("chat.postEphemeral", channel="sales", user=partner, text="x") == "user_not_in_channel"
    assert [seen.text for seen in stage.slack.messages("sales", REP)] == ["only you"]
    assert stage.slack.messages("sales", BOSS) == []
    dm = stage.client.conversations_open(users=rep)["channel"]["id"]
    stage.client.chat_postEphemeral(channel=dm, user=rep, text="only you, here")
    assert stage.client.conversations_history(channel=dm)["messages"] == []


def test_editing_and_deleting(stage: Stage) -> None:
    posted = stage.client.chat_postMessage(channel="sales", text="one")
    stage.client.chat_update(channel=posted["channel"], ts=posted["ts"], text="two")
    (seen,) = stage.slack.messages("sales", REP)
    assert (seen.text, seen.edited) == ("two", True)
    link = stage.client.chat_getPermalink(channel=posted["channel"], message_ts=posted["ts"])["permalink"]
    assert link.endswith(posted["ts"].replace(".", ""))
    stage.client.chat_delete(channel=posted["channel"], ts=posted["ts"])
    assert stage.slack.messages("sales", REP) == []
    assert stage.refusal("chat.update", channel="sales", ts=posted["ts"], text="x") == "message_not_found"
    stage.slack.say(REP, "sales", "mine")
    (mine,) = stage.slack.messages("sales", REP)
    assert stage.refusal("chat.update", channel="sales", ts=mine.ts, text="x") == "cant_update_message"
    assert stage.refusal("chat.delete", channel="sales", ts=mine.ts) == "cant_delete_message"


def test_history_pages_and_metadata(stage: Stage) -> None:
    dm = stage.client.conversations_open(users=stage.slack.user(REP).id)["channel"]["id"]
    metadata = {"event_type": "attain_outbox", "event_payload": {"id": "7"}}
    for number in range(5):
        stage.client.chat_postMessage(channel=dm, text=f"{number}", metadata=metadata)
    pages = stage.client.conversations_history(channel=dm, limit=2, include_all_metadata=True)
    shown = [message for page in pages for message in page["messages"]]
    assert [message["text"] for message in shown] == ["4", "3", "2", "1", "0"]
    assert shown[0]["metadata"] == metadata
    oldest = shown[2]["ts"]
    later = stage.client.conversations_history(channel=dm, oldest=oldest)["messages"]
    assert [message["text"] for message in later] == ["4", "3"]
    assert stage.refusal("conversations.history", channel=stage.channel("sales")) == "missing_scope"


def test_threads(stage: Stage) -> None:
    dm = stage.client.conversations_open(users=stage.slack.user(REP).id)["channel"]["id"]
    head = stage.client.chat_postMessage(channel=dm, text="head")["ts"]
    stage.client.chat_postMessage(channel=dm, text="reply", thread_ts=head)
    replies = stage.client.conversations_replies(channel=dm, ts=head)["messages"]
    assert [message["text"] for message in replies] == ["head", "reply"]
    (shown,) = stage.client.conversations_history(channel=dm)["messages"]
    assert shown["reply_count"] == 1
    assert stage.refusal("conversations.replies", channel=dm, ts="1.1") == "thread_not_found"


def test_channels_and_members(stage: Stage) -> None:
    info = stage.client.conversations_info(channel=stage.channel("sales"))["channel"]
    assert (info["name"], info["is_member"], info["is_private"]) == ("sales", True, False)
    members = stage.client.conversations_members(channel=stage.channel("sales"))["members"]
    assert stage.slack.user(REP).id in members
    assert stage.slack.user(GUEST).id not in members


def test_people(stage: Stage) -> None:
    german = stage.client.users_info(user=stage.slack.user(GERMAN).id, include_locale=True)["user"]
    assert (german["tz"], german["locale"], german["profile"]["email"]) == ("Europe/Berlin", "de-DE", GERMAN.email)
    assert stage.client.users_info(user=stage.slack.user(GUEST).id)["user"]["is_restricted"]
    assert stage.client.users_info(user=stage.slack.user(GONE).id)["user"]["deleted"]
    assert stage.client.users_info(user=stage.slack.user(PARTNER).id)["user"]["team_id"] == "T0PARTNER"
    assert stage.refusal("users.info", user="U404") == "user_not_found"
    assert stage.client.users_lookupByEmail(email=REP.email.upper())["user"]["id"] == stage.slack.user(REP).id
    for gone in (GONE, PARTNER):
        with pytest.raises(SlackApiError, match="users_not_found"):
            stage.client.users_lookupByEmail(email=gone.email)


def test_home_hash_conflict(stage: Stage) -> None:
    rep = stage.slack.user(REP).id
    view = {"type": "home", "blocks": [section("one")]}
    first = stage.client.views_publish(user_id=rep, view=view)["view"]
    stage.client.views_publish(user_id=rep, view=view, hash=first["hash"])
    assert stage.refusal("views.publish", user_id=rep, view=view, hash=first["hash"]) == "hash_conflict"
    assert stage.refusal("views.update", view_id="V404", view=form()) == "not_found"
    assert stage.refusal("views.open", trigger_id="1.2.3", view=form()) == "invalid_trigger_id"
    assert stage.refusal("views.open", trigger_id="1.2.3", view=view) == "invalid_arguments"


def test_a_file_is_uploaded_shared_and_readable_by_members_only(stage: Stage) -> None:
    rep = stage.slack.user(REP).id
    dm = stage.client.conversations_open(users=rep)["channel"]["id"]
    stage.client.files_upload_v2(
        channel=dm, filename="lines.csv", content="deal,amount\nAcme,10\n", initial_comment="Here"
    )
    (seen,) = stage.slack.messages("dm", REP)
    assert seen.text == "Here"
    file = stage.workspace.files.find(seen.files[0])
    assert file is not None
    assert file.preview() == "deal,amount\nAcme,10"
