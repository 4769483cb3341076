"""Buttons: every click is judged anew, whatever the value says."""

from __future__ import annotations

import json

import pytest

from messages import actions
from tests.bot.slack.staff import DANA, LENA, MAX, NORA, transfer
from tests.bot.slack.stage import Stage, words


def rep_id(stage: Stage, email: str) -> int:
    from store import people

    with stage.services.db.read() as conn:
        person = people.by_email(conn, email)
    assert person is not None
    return person.rep_id


def test_why_goes_down_to_the_deal_and_the_rule(stage: Stage) -> None:
    earnings = stage.ask(DANA, "/earnings this quarter")
    (why,) = stage.press(DANA, earnings, "why_line")
    assert "Acme" in words(why) or "Globex" in words(why)
    assert "10" in words(why)
    assert why.ephemeral
    assert "<!channel>" not in why.text + words(why)


def test_from_quota_to_earnings_to_the_statement(stage: Stage) -> None:
    quota = stage.ask(DANA, "/myquota")
    (earnings,) = stage.press(DANA, quota, "show_earnings")
    assert "$" in words(earnings)


def test_a_click_in_a_direct_message_is_answered_there(stage: Stage) -> None:
    quota = stage.ask(DANA, "what's left of my quota?")
    (earnings,) = stage.press(DANA, quota, "show_earnings")
    assert not earnings.ephemeral
    assert earnings.channel == quota.channel


def test_a_value_edited_to_another_rep_is_refused(stage: Stage) -> None:
    quota = stage.ask(DANA, "/myquota")
    edited = actions.period_value(rep_id(stage, LENA), "")
    (refusal,) = stage.press(DANA, quota, "show_earnings", edited)
    assert "$" not in words(refusal)
    assert "123" not in words(refusal)


def test_anothers_receipt_and_no_receipt_are_refused_alike(stage: Stage) -> None:
    own = stage.ask(DANA, "/earnings this quarter")
    theirs = stage.ask(LENA, "/earnings this quarter")
    value = next(
        json.loads(element["value"])
        for block in theirs.blocks
        for element in [*block.get("elements", ()), block.get("accessory") or {}]
        if element.get("action_id", "").startswith("why_line")
    )
    (refused,) = stage.press(DANA, own, "why_line", json.dumps(value))
    (unknown,) = stage.press(DANA, own, "why_line", actions.line_value("rcp_0000000000000000", 1))
    assert refused.text == unknown.text
    assert "$" not in words(refused) + words(unknown)


def test_a_line_that_does_not_exist_is_said(stage: Stage) -> None:
    own = stage.ask(DANA, "/earnings this quarter")
    value = next(
        json.loads(element["value"])
        for block in own.blocks
        for element in [*block.get("elements", ()), block.get("accessory") or {}]
        if element.get("action_id", "").startswith("why_line")
    )
    (post,) = stage.press(DANA, own, "why_line", json.dumps(value | {"line": 999}))
    assert "line" in post.text.lower()
    assert "$" not in post.text


@pytest.mark.parametrize(
    "value",
    ["", "{", "null", "[]", '{"v":0,"rep":1,"period":""}', '{"v":2,"rep":1,"period":"","x":1}', '{"v":1,"rep":"1"}',
     '{"v":1,"rep":-1,"period":""}', '{"v":true,"rep":1,"period":""}', '{"v":1,"rep":1e9,"period":""}'],
)  # fmt: skip
def test_an_old_or_broken_value_gets_a_fresh_answer_about_oneself(stage: Stage, value: str) -> None:
    quota = stage.ask(DANA, "/myquota")
    (fresh,) = stage.press(DANA, quota, "show_earnings", value or " ")
    assert "Dana" not in words(fresh) or "$" in words(fresh)
    assert fresh.ephemeral


def test_a_manager_who_lost_the_rep_is_refused_at_the_old_button(stage: Stage) -> None:
    quota = stage.ask(MAX, f"/myquota @{stage.user(DANA).handle}")
    assert "$" in words(quota)
    transfer(stage.services.db, DANA, "")
    (refusal,) = stage.press(MAX, quota, "show_earnings")
    assert "$" not in words(refusal)


def test_anothers_click_on_a_shared_button_is_refused(stage: Stage) -> None:
    """Somebody forwards their message; whoever presses it is asked who they are."""
    quota = stage.ask(DANA, "what's left of my quota?")
    value = next(e["value"] for b in quota.blocks for e in b.get("elements", ()) if e.get("action_id"))
    body = {
        "type": "block_actions", "trigger_id": "9.9", "team": {"id": stage.fake.workspace.app["team_id"]},
        "user": {"id": stage.user(LENA).id}, "container": {"type": "message", "is_ephemeral": False},
        "channel": {"id": stage.fake.workspace.channel("general").id}, "response_url": "",
        "actions": [{"action_id": "show_earnings", "block_id": "b", "type": "button", "value": value}],
    }  # fmt: skip
    assert stage.dispatch(body).status == 200
    (post,) = stage.new(LENA)
    assert "$" not in words(post)


def test_a_stranger_who_clicks_is_not_linked(stage: Stage) -> None:
    quota = stage.ask(DANA, "/myquota", "general")
    value = next(e["value"] for b in quota.blocks for e in b.get("elements", ()) if e.get("action_id"))
    body = {
        "type": "block_actions", "trigger_id": "9.8", "team": {"id": stage.fake.workspace.app["team_id"]},
        "user": {"id": stage.user(NORA).id}, "container": {"type": "message"}, "response_url": "",
        "channel": {"id": stage.fake.workspace.channel("general").id},
        "actions": [{"action_id": "show_quota", "block_id": "b", "type": "button", "value": value}],
    }  # fmt: skip
    stage.dispatch(body)
    (post,) = stage.new(NORA)
    assert "$" not in words(post)


def test_a_double_click_is_two_looks_and_one_receipt(stage: Stage) -> None:
    earnings = stage.ask(DANA, "/earnings this quarter")
    first, second = stage.press(DANA, earnings, "why_line"), stage.press(DANA, earnings, "why_line")
    assert len(first) == len(second) == 1
    assert first[0].text == second[0].text


def test_a_button_of_an_older_app_is_explained(stage: Stage) -> None:
    body = {
        "type": "block_actions", "trigger_id": "9.7", "team": {"id": stage.fake.workspace.app["team_id"]},
        "user": {"id": stage.user(DANA).id}, "container": {"type": "message"}, "response_url": "",
        "actions": [{"action_id": "launch_rocket", "block_id": "b", "type": "button", "value": "x"}],
    }  # fmt: skip
    assert stage.dispatch(body).status == 200
    (post,) = stage.new(DANA)
    assert "older message" in post.text
