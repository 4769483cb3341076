"""Forms: opened by a trigger, checked before Slack is answered, taken once, judged when they are sent."""

from __future__ import annotations

import copy
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from jinja2 import DictLoader

from bot.sandbox.driver import Driver
from bot.sandbox.launch import HttpBot
from bot.sandbox.transport import SignedHttp
from bot.slack import routes
from bot.slack.app import make_client
from bot.slack.forms import Private, private
from bot.slack.socket import Socket
from bot.slack.voice import OpenModal, Voice
from messages import voice
from messages.fields import Option
from messages.modals import Modal
from messages.render import collect, environment
from tests.bot.slack.staff import DANA, LENA, NORA
from tests.bot.slack.stage import Stage, words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bot.slack.inbound import Inbound
    from bot.slack.turn import Turn

SOURCE = """\
{{ modal("A form", "Send", tells_close=true) }}
{{ ask("name", "Name", text_box(most=40)) }}
{{ ask("size", "Size", live(menu(view.sizes, "s"), "open_home_help")) }}
{{ ask("days", "Days", menu_of_many(view.sizes), "Any of them", optional=true) }}
{{ ask("deal", "Deal", live(search_box(), "show_quota"), optional=true) }}
"""
SIZES = (Option("Small", "s"), Option("Large", "l", "more of it"))


class Carried(Private):
    """What the form carries."""

    rep: int


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[Inbound]:
    """A form behind `/attain`, and what was sent with it."""
    heard: list[Inbound] = []
    made = collect(environment(DictLoader({"form": SOURCE})).get_template("form"), {"view": {"sizes": SIZES}})
    form = Modal("form", made.blocks, made.frame)

    def opens(turn: Turn) -> None:
        carried = Carried(rep=turn.person.rep_id).model_dump_json()
        turn.voice.open_modal(turn.inbound, form.payload(carried))

    def takes(turn: Turn) -> None:
        turn.permitted("see_quota", turn.person_with(private(Carried, turn.inbound).rep))
        heard.append(turn.inbound)
        turn.say("help", voice.help_view(turn.reader))

    def refuses(inbound: Inbound) -> dict[str, str]:
        return {"name": "Not that name."} if inbound.entered["name"] == "bad" else {}

    def shows(turn: Turn) -> None:
        assert turn.update_modal("working", voice.working(f"Size {turn.inbound.entered['size']}"))

    monkeypatch.setitem(routes.COMMANDS, "/attain", opens)
    monkeypatch.setitem(routes.SUBMISSIONS, "form", takes)
    monkeypatch.setitem(routes.CHECKS, "form", refuses)
    monkeypatch.setitem(routes.CLOSED, "form", lambda turn: heard.append(turn.inbound))
    monkeypatch.setitem(
        routes.OPTIONS, "show_quota", lambda turn, typed: [Option(f"{turn.person.name} {typed}", "1")]
    )
    monkeypatch.setitem(routes.ACTIONS, "open_home_help", shows)
    return heard


@pytest.fixture
def hands(stage: Stage, sent: list[Inbound]) -> Iterator[Driver]:
    driver = Driver(stage.fake)
    yield driver
    driver.close()


def open_form(stage: Stage, hands: Driver, who: str = DANA) -> dict[str, Any]:
    hands.slash(who, "dm", "/attain")
    stage.settle()
    form = hands.modal(who)
    assert form is not None
    return form


def test_a_form_is_sent_and_read_by_field(stage: Stage, hands: Driver, sent: list[Inbound]) -> None:
    form = open_form(stage, hands)
    assert form["callback_id"] == "form"
    assert hands.submit(DANA, {"name": "R&D <b>", "size": "Large", "days": ["Small", "Large"]}) == {"ok": True}
    stage.settle()
    (inbound,) = sent
    assert inbound.kind == "submission"
    assert inbound.entered == {"name": "R&D <b>", "size": "l", "days": ("s", "l"), "deal": ""}
    assert hands.modal(DANA) is None
    assert "/myquota" in words(stage.new(DANA)[-1])


def over_http(stage: Stage) -> Iterator[None]:
    """Signed posts through the guard, as Slack sends them."""
    web = HttpBot(stage.app, stage.settings)
    web.start()
    stage.fake.delivery.attach(SignedHttp(web.request_url, stage.fake.workspace.secrets.signing_secret))
    yield
    web.close()


def over_socket(stage: Stage) -> Iterator[None]:
    """Socket Mode, with the real client of the app."""
    stage.fake.delivery.attach(stage.fake.socket)
    line = Socket(stage.app, stage.settings)
    line.start()
    while not line.is_live():
        time.sleep(0.02)
    yield
    line.close()


@pytest.mark.parametrize("transport", [over_http, over_socket])
def test_a_form_works_over_every_transport(
    stage: Stage, hands: Driver, sent: list[Inbound], transport: Callable[[Stage], Iterator[None]]
) -> None:
    with contextmanager(transport)(stage):
        open_form(stage, hands)
        assert hands.submit(DANA, {"name": "bad"})["errors"] == {"name": "Not that name."}
        assert hands.suggest(DANA, "show_quota:deal", "ac") == ["Dana Reyes ac"]
        assert hands.submit(DANA, {"name": "good"}) == {"ok": True}
        stage.settle()
    assert [one.entered["name"] for one in sent] == ["good"]


def test_what_is_wrong_stands_at_its_field_and_is_not_taken(stage: Stage, hands: Driver, sent: list[Inbound]) -> None:
    open_form(stage, hands)
    assert hands.submit(DANA, {"name": "bad"})["errors"] == {"name": "Not that name."}
    stage.settle()
    assert sent == []
    assert hands.submit(DANA, {"name": "good"}) == {"ok": True}
    stage.settle()
    assert [one.entered["name"] for one in sent] == ["good"]


def test_the_same_form_sent_twice_is_one_request(stage: Stage, hands: Driver, sent: list[Inbound]) -> None:
    form = open_form(stage, hands)
    form["state"]["values"]["name"] = {"field:name": {"type": "plain_text_input", "value": "once"}}
    user = stage.user(DANA)
    body = {
        "type": "view_submission", "team": {"id": user.team_id}, "user": {"id": user.id, "team_id": user.team_id},
        "view": form, "trigger_id": "t1",
    }  # fmt: skip
    for _ in range(2):
        assert stage.dispatch(copy.deepcopy(body)).status == 200
    stage.settle()
    assert len(sent) == 1


def test_permission_is_judged_when_the_form_is_sent(stage: Stage, hands: Driver, sent: list[Inbound]) -> None:
    open_form(stage, hands)
    view = stage.fake.workspace.views.stack(stage.user(DANA).id)[-1]
    other = open_form(stage, hands, LENA)
    view.body["private_metadata"] = other["private_metadata"]
    assert hands.submit(DANA, {"name": "x"}) == {"ok": True}
    assert "I can't show you that" in stage.new(DANA)[-1].text
    assert sent == []


def test_a_form_of_an_older_version_is_said(stage: Stage, hands: Driver, sent: list[Inbound]) -> None:
    open_form(stage, hands)
    view = stage.fake.workspace.views.stack(stage.user(DANA).id)[-1]
    view.body["private_metadata"] = '{"v":0}'
    hands.submit(DANA, {"name": "x"})
    assert "older version" in stage.new(DANA)[-1].text
    open_form(stage, hands)
    stage.fake.workspace.views.stack(stage.user(DANA).id)[-1].body["callback_id"] = "gone"
    hands.submit(DANA, {"name": "x"})
    assert "older version" in stage.new(DANA)[-1].text


def test_a_change_in_a_field_updates_the_form(stage: Stage, hands: Driver) -> None:
    hands.click(DANA, open_form(stage, hands), "open_home_help:size", "Large")
    stage.settle()
    shown = hands.modal(DANA)
    assert shown is not None
    assert shown["title"]["text"] == "Size l"


def test_an_answer_for_a_form_that_moved_on_is_dropped(stage: Stage, hands: Driver) -> None:
    form = open_form(stage, hands)
    speaker = Voice(make_client(stage.settings), stage.clock)
    payload = {"type": "modal", "callback_id": "form", "title": form["title"], "blocks": []}
    assert speaker.update_modal(OpenModal(form["id"], form["hash"]), payload)
    assert not speaker.update_modal(OpenModal(form["id"], form["hash"]), payload)
    assert not speaker.update_modal(OpenModal("V0", "h"), payload)


def test_options_come_for_what_was_typed(stage: Stage, hands: Driver) -> None:
    open_form(stage, hands)
    assert hands.suggest(DANA, "show_quota:deal", "ac") == ["Dana Reyes ac"]


def test_options_for_a_stranger_are_none(stage: Stage, hands: Driver) -> None:
    form = open_form(stage, hands)
    user = stage.user(NORA)
    body = {
        "type": "block_suggestion", "action_id": "show_quota:deal", "block_id": "deal", "value": "a", "view": form,
        "team": {"id": user.team_id}, "user": {"id": user.id, "team_id": user.team_id},
    }  # fmt: skip
    assert stage.dispatch(body).body in ('{"options": []}', '{"options":[]}')


def test_closing_is_heard_where_the_form_asked_for_it(stage: Stage, hands: Driver, sent: list[Inbound]) -> None:
    open_form(stage, hands)
    hands.close_modal(DANA)
    stage.settle()
    assert [one.kind for one in sent] == ["closed"]


def test_a_trigger_that_is_too_old_says_to_press_again(stage: Stage, hands: Driver) -> None:
    stage.fake.workspace.chaos.turn("expired_trigger", on=True)
    hands.slash(DANA, "dm", "/attain")
    assert "Press it again" in stage.new(DANA)[-1].text
    assert hands.modal(DANA) is None
