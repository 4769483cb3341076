"""The page's JSON API keeps to its contract."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from bot.sandbox.fake import next_morning
from bot.sandbox.hooks import GoLive, Hooks, Tool
from tests.bot.sandbox.conftest import WEB, eventually, start
from tests.bot.sandbox.sample import REP

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.bot.sandbox.conftest import Stage

HEARD: list[object] = []


@pytest.fixture
def hooked() -> Iterator[Stage]:
    """A stage with tools and hooks that note what they hear."""
    HEARD.clear()

    def on_clock(offset: timedelta) -> str:
        HEARD.append(offset)
        return "The CRM export is as of today."

    def added(payload_hash: str) -> dict[str, str]:
        return {"template": "quota", "receipt": "r-1", "operation": f"asked for {payload_hash}"}

    hooks = Hooks(
        tools=(Tool("sync", "Run CRM sync", "Reads the export", lambda: "3 deals changed."),), on_clock=on_clock,
        inspect=added, on_reset=lambda: HEARD.append("reset"), prompts=(("Quota", "What's left?"),),
        golive=GoLive("the manifest", "THE=env", ("do this",)), payload_hash=lambda sent: str(sent["text"]),
    )  # fmt: skip
    yield from start(hooks=hooks)


def get(stage: Stage, path: str, **query: str) -> dict[str, Any]:
    params = {"as": stage.slack.user(REP).id, **query}
    answer: dict[str, Any] = WEB.get(f"{stage.server.base_url}/ui/{path}", params=params).json()
    return answer


def post(stage: Stage, path: str, **body: Any) -> dict[str, Any]:
    body.setdefault("as", stage.slack.user(REP).id)
    answer: dict[str, Any] = WEB.post(f"{stage.server.base_url}/ui/{path}", json=body).json()
    return answer


def test_state(hooked: Stage) -> None:
    state = get(hooked, "state")
    assert state["me"]["name"] == "Dana Reyes"
    assert set(state["me"]) >= {"id", "name", "title", "tz", "locale", "color", "kind", "email"}
    assert {person["group"] for person in state["personas"]} == {"Reps", "Managers", "Others"}
    first = state["channels"][0]
    assert (first["kind"], first["name"], first["member"], first["unread"]) == ("app", "Attain", True, 0)
    assert {
        "command": "/myquota",
        "usage_hint": "[period] [@person]",
        "description": "What is left of your quota",
    } in (state["commands"])
    assert state["tools"] == [{"id": "sync", "label": "Run CRM sync", "description": "Reads the export"}]
    assert {switch["name"] for switch in state["chaos"]} >= {"lose_response", "deaf_socket", "clock_skew"}
    assert state["prompts"] == [{"title": "Quota", "message": "What's left?"}]
    assert (state["bot"]["name"], bool(state["workspace"]["name"]), bool(state["now"])) == ("Attain", True, True)


def test_sending_reading_and_unread(hooked: Stage) -> None:
    sales = hooked.channel("sales")
    assert post(hooked, "send", channel=sales, text="/myquota last") == {"ok": True}
    (message,) = eventually(lambda: hooked.slack.messages("sales", REP))
    assert unread(hooked, sales) == 1
    (shown,) = get(hooked, "messages", channel=sales)["messages"]
    assert unread(hooked, sales) == 0
    assert (shown["id"], shown["ephemeral"], shown["from"]["bot"]) == (message.id, True, True)
    assert set(shown) >= {"ts", "text", "blocks", "edited", "thread_ts", "reply_count", "files", "at"}
    empty = post(hooked, "send", channel=sales, text="  ")
    assert empty == {"ok": False, "error": "Write something first."}


def test_threads(hooked: Stage) -> None:
    hooked.slack.mention(REP, "sales", "hi")
    hooked.slack.wait_for_reply()
    sales = hooked.channel("sales")
    (head,) = get(hooked, "messages", channel=sales)["messages"]
    assert head["reply_count"] == 1
    thread = get(hooked, "messages", channel=sales, thread=head["ts"])["messages"]
    assert [message["from"]["name"] for message in thread] == ["Dana Reyes", "Attain"]


def test_home_opens_once_and_fetching_it_again_does_not_reopen(hooked: Stage) -> None:
    assert get(hooked, "home") == {"view": None}
    eventually(lambda: hooked.slack.home(REP))
    views = [get(hooked, "home")["view"] for _ in range(3)]
    hooked.fake.delivery.settle()
    assert all("opened this 1 times" in view["blocks"][1]["text"]["text"] for view in views)


def test_clicks_modals_and_suggestions(hooked: Stage) -> None:
    hooked.slack.dm(REP, "form")
    (offer,) = hooked.slack.wait_for_reply()
    container = {"type": "message", "channel": offer.channel_id, "message_id": offer.id}
    action = {"type": "button", "action_id": "form", "block_id": offer.placed[0]["block_id"]}
    assert post(hooked, "click", container=container, action=action) == {"ok": True}
    (modal,) = get(hooked, "views")["stack"]
    options = get(hooked, "suggest", action_id="deals", block_id="deal", q="ap")["options"]
    assert [option["value"] for option in options] == ["apex"]
    values = {"reason": {"text": {"type": "plain_text_input", "value": "no"}}}
    assert post(hooked, "view/submit", view_id=modal["id"], values=values)["errors"] == {"reason": "Tell us more."}
    assert post(hooked, "view/close", view_id=modal["id"]) == {"ok": True}
    assert get(hooked, "views") == {"stack": []}
    assert post(hooked, "view/close", view_id=modal["id"])["ok"] is False


def test_the_inspector_explains_a_message(hooked: Stage) -> None:
    hooked.slack.slash(REP, "sales", "/myquota")
    (answer,) = hooked.slack.wait_for_reply()
    shown = get(hooked, "inspect", message=answer.id)
    assert shown["envelope"]["type"] == "slash_commands"
    assert shown["envelope"]["payload"]["command"] == "/myquota"
    assert shown["envelope"]["payload"]["response_url"] == "…"
    assert shown["transport"] == "in-process"
    assert isinstance(shown["ack_ms"], int)
    assert shown["payload"]["text"] == shown["fallback"] == answer.text
    assert shown["validator"] == {"ok": True, "errors": []}
    assert (shown["template"], shown["receipt"], shown["operation"]) == ("quota", "r-1", f"asked for {answer.text}")
    assert shown["disclosure"] is None


def test_time_tools_and_reset(hooked: Stage) -> None:
    moved = post(hooked, "clock", advance="7d")
    assert moved["message"] == "The CRM export is as of today."
    assert timedelta(days=7) in HEARD
    post(hooked, "clock", advance="period_end")
    now = hooked.workspace.clock.now()
    assert (now.day, now.month % 3) == (1, 1)
    assert post(hooked, "tool", id="sync") == {"ok": True, "message": "3 deals changed."}
    assert post(hooked, "tool", id="nothing")["ok"] is False
    assert post(hooked, "clock", advance="tomorrow")["ok"] is False
    hooked.slack.dm(REP, "something")
    assert post(hooked, "reset") == {"ok": True}
    assert "reset" in HEARD
    assert hooked.slack.messages("dm", REP) == []
    assert hooked.workspace.clock.offset == timedelta(0)


@pytest.mark.parametrize(
    ("now", "zone", "morning"),
    [
        ("2026-11-20T12:00", "America/New_York", "2026-11-23T15:00"),  # a Friday
        ("2026-11-22T23:30", "Asia/Tokyo", "2026-11-24T01:00"),  # Monday there already
        ("2026-03-27T12:00", "Europe/Berlin", "2026-03-30T08:00"),  # summer time has begun
        ("2026-12-31T22:00", "UTC", "2027-01-01T10:00"),
    ],
)
def test_the_next_morning_is_ten_on_a_working_day_where_one_is(now: str, zone: str, morning: str) -> None:
    found = next_morning(datetime.fromisoformat(now).replace(tzinfo=UTC), ZoneInfo(zone))
    assert found == datetime.fromisoformat(morning).replace(tzinfo=UTC)


def test_chaos_by_page_and_by_address(hooked: Stage) -> None:
    assert post(hooked, "chaos", name="delay", on=True) == {"ok": True}
    assert "No chaos switch" in post(hooked, "chaos", name="gremlins", on=True)["error"]
    state = get(hooked, "state", chaos="revoked_token,clock_skew")
    assert {one["name"] for one in state["chaos"] if one["on"]} == {"delay", "revoked_token", "clock_skew"}


def test_the_address_of_the_page_throws_switches_but_a_link_from_elsewhere_does_not(stage: Stage) -> None:
    elsewhere = {"sec-fetch-site": "cross-site"}
    WEB.get(f"{stage.server.base_url}/", params={"chaos": "delay"}, headers=elsewhere)
    assert not stage.workspace.chaos.on("delay")
    WEB.get(f"{stage.server.base_url}/", params={"chaos": "delay"})
    assert stage.workspace.chaos.on("delay")
    assert WEB.get(f"{stage.server.base_url}/", params={"chaos": "gremlins"}).status_code == 400


def test_a_tool_that_fails_says_so() -> None:
    def fail() -> str:
        raise RuntimeError("the export is missing")

    for stage in start(hooks=Hooks(tools=(Tool("sync", "Sync", "", fail),))):
        answer = post(stage, "tool", id="sync")
        assert answer == {"ok": False, "error": "That did not work: the export is missing"}


def test_home_can_be_opened_right_after_a_reset(hooked: Stage) -> None:
    get(hooked, "home")
    eventually(lambda: hooked.slack.home(REP))
    post(hooked, "reset")
    assert get(hooked, "home") == {"view": None}
    assert eventually(lambda: hooked.slack.home(REP))


def test_golive(hooked: Stage) -> None:
    assert get(hooked, "golive") == {"manifest": "the manifest", "env": "THE=env", "steps": ["do this"]}


def test_golive_has_defaults(stage: Stage) -> None:
    shown = get(stage, "golive")
    assert "slash_commands" in shown["manifest"]
    assert any("attain doctor" in step for step in shown["steps"])


def unread(stage: Stage, channel: str) -> int:
    (found,) = [one for one in get(stage, "state")["channels"] if one["id"] == channel]
    return int(found["unread"])
