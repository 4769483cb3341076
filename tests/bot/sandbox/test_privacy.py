"""Who sees what: enforced by the server, for every persona and every way of asking."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.bot.sandbox.conftest import WEB
from tests.bot.sandbox.sample import BOSS, GERMAN, GONE, GUEST, PARTNER, PEOPLE, REP, STRANGER

if TYPE_CHECKING:
    import httpx

    from bot.sandbox.personas import Persona
    from tests.bot.sandbox.conftest import Stage

OTHERS = tuple(person for person in PEOPLE if person is not REP)
SECRET = "$42,000 left. You wrote: secret-7"


def page(stage: Stage, path: str, who: Persona, **query: str) -> httpx.Response:
    params = {"as": stage.slack.user(who).id, **query}
    return WEB.get(f"{stage.server.base_url}/ui/{path}", params=params)


def everything(stage: Stage, who: Persona) -> str:
    """All that any page call tells this persona, in one string."""
    told = [page(stage, "state", who).text, page(stage, "views", who).text]
    for channel in stage.workspace.channels:
        told.append(page(stage, "messages", who, channel=channel).text)
    for post in stage.workspace.posts.on_screen(stage.slack.user(REP).id, stage.channel("sales")):
        told.append(page(stage, "inspect", who, message=post.id).text)
    return "\n".join(told)


@pytest.mark.parametrize("other", OTHERS, ids=lambda person: person.kind + "-" + person.name)
def test_nobody_else_learns_of_an_ephemeral_answer(stage: Stage, other: Persona) -> None:
    stage.slack.slash(REP, "sales", "/myquota", "secret-7")
    stage.slack.wait_for_reply()
    assert SECRET in everything(stage, REP)
    assert "secret-7" not in everything(stage, other)


@pytest.mark.parametrize("other", OTHERS, ids=lambda person: person.kind + "-" + person.name)
def test_nobody_else_reads_a_direct_message_or_a_modal(stage: Stage, other: Persona) -> None:
    stage.slack.dm(REP, "form secret-8")
    (offer,) = stage.slack.wait_for_reply()
    stage.slack.click(REP, offer, "Form")
    stage.slack.submit(REP, {"reason": "no"})
    assert "secret-8" in everything(stage, REP)
    told = everything(stage, other)
    assert "secret-8" not in told
    assert "Dispute a line" not in told


def test_the_web_api_never_returns_an_ephemeral(stage: Stage) -> None:
    stage.slack.slash(REP, "dm", "/myquota", "secret-9")
    stage.slack.wait_for_reply()
    dm = stage.slack.channel(REP).id
    history = stage.client.conversations_history(channel=dm, include_all_metadata=True)
    assert "secret-9" not in json.dumps(history.data)
    (seen,) = stage.slack.messages("dm", REP)
    assert stage.refusal("conversations.replies", channel=dm, ts=seen.ts) == "thread_not_found"
    assert stage.refusal("chat.update", channel=dm, ts=seen.ts, text="x") == "message_not_found"
    assert stage.refusal("chat.getPermalink", channel=dm, message_ts=seen.ts) == "message_not_found"


def test_sidebars(stage: Stage) -> None:
    assert channels(stage, BOSS) == {"Attain", "general", "sales", "random", "partners", "managers"}
    assert channels(stage, REP) == {"Attain", "general", "sales", "random", "partners"}
    assert channels(stage, GUEST) == {"Attain", "partners"}
    assert channels(stage, PARTNER) == {"Attain", "partners"}
    assert channels(stage, STRANGER) == {"Attain", "general", "sales", "random", "partners"}


def test_guests_and_foreigners_read_only_the_channels_they_are_in(stage: Stage) -> None:
    for other in (GUEST, PARTNER):
        assert page(stage, "messages", other, channel=stage.channel("partners")).status_code == 200
        assert page(stage, "messages", other, channel=stage.channel("sales")).status_code == 404


def test_private_channels_are_for_members(stage: Stage) -> None:
    managers = stage.channel("managers")
    assert page(stage, "messages", BOSS, channel=managers).status_code == 200
    for other in (REP, GERMAN, GUEST, GONE, PARTNER):
        assert page(stage, "messages", other, channel=managers).status_code == 404


def test_nobody_presses_a_button_they_cannot_see(stage: Stage) -> None:
    stage.slack.slash(REP, "sales", "/myquota")
    (answer,) = stage.slack.wait_for_reply()
    body: dict[str, Any] = {
        "as": stage.slack.user(GERMAN).id, "container": {"type": "message", "message_id": answer.id},
        "action": {"type": "button", "action_id": "why", "block_id": "buttons"},
    }  # fmt: skip
    refused = WEB.post(f"{stage.server.base_url}/ui/click", json=body)
    assert refused.status_code == 404
    body["as"] = stage.slack.user(REP).id
    assert WEB.post(f"{stage.server.base_url}/ui/click", json=body).json() == {"ok": True}


def test_files_are_for_the_channel_they_were_shared_in(stage: Stage) -> None:
    dm = stage.slack.channel(REP).id
    stage.client.files_upload_v2(channel=dm, filename="pay & <roll>.csv", content="Acme,10\n")
    (seen,) = stage.slack.messages("dm", REP)
    url = f"{stage.server.base_url}/files/{seen.files[0]}"
    own = WEB.get(url, params={"as": stage.slack.user(REP).id})
    assert (own.status_code, own.text) == (200, "Acme,10\n")
    assert own.headers["content-disposition"] == 'attachment; filename="pay _ _roll_.csv"'
    for other in (GERMAN, BOSS, PARTNER):
        assert WEB.get(url, params={"as": stage.slack.user(other).id}).status_code == 404
    assert WEB.get(url).status_code == 404


def channels(stage: Stage, who: Persona) -> set[str]:
    return {channel["name"] for channel in page(stage, "state", who).json()["channels"]}
