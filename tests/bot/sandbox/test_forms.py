"""Modals as a person meets them: stack, errors, update, push, clear, close."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bot.sandbox.errors import RefusedError
from tests.bot.sandbox.conftest import eventually
from tests.bot.sandbox.sample import BOSS, REP, form

if TYPE_CHECKING:
    from tests.bot.sandbox.conftest import Stage


def open_form(stage: Stage) -> dict[str, Any]:
    stage.slack.dm(REP, "form")
    (offer,) = stage.slack.wait_for_reply()
    stage.slack.click(REP, offer, "Form")
    modal = stage.slack.modal(REP, 5)
    assert modal is not None
    return modal


def depth(stage: Stage) -> int:
    return len(stage.workspace.views.stack(stage.slack.user(REP).id))


def test_a_filled_form_is_sent_and_closes(every_stage: Stage) -> None:
    assert open_form(every_stage)["title"]["text"] == "Dispute a line"
    sent = every_stage.slack.submit(REP, {"reason": "The split is wrong", "kind": "Wrong", "ticks": ["Manager"]})
    assert sent == {"ok": True}
    assert [seen.text for seen in every_stage.slack.wait_for_reply()] == ["Sent: The split is wrong"]
    assert every_stage.slack.modal(REP) is None
    payload = payloads(every_stage, "view_submission")[0]
    values = payload["view"]["state"]["values"]
    assert values["reason"]["text"] == {"type": "plain_text_input", "value": "The split is wrong"}
    assert values["kind"]["radio"]["selected_option"]["value"] == "wrong"
    assert [one["value"] for one in values["ticks"]["ticks"]["selected_options"]] == ["manager"]
    assert values["deal"]["deals"] == {"type": "external_select", "selected_option": None}


def test_a_required_field_is_missed_before_the_app_hears_of_it(stage: Stage) -> None:
    open_form(stage)
    assert stage.slack.submit(REP, {"reason": ""})["errors"] == {"reason": "Please complete this required field."}
    assert payloads(stage, "view_submission") == []


def test_errors_of_the_app_stand_under_the_field_and_keep_what_was_typed(every_stage: Stage) -> None:
    open_form(every_stage)
    assert every_stage.slack.submit(REP, {"reason": "no"}) == {"ok": False, "errors": {"reason": "Tell us more."}}
    modal = every_stage.slack.modal(REP)
    assert modal is not None
    assert modal["state"]["values"]["reason"]["text"]["value"] == "no"


def test_update_push_and_clear(every_stage: Stage) -> None:
    first = open_form(every_stage)
    every_stage.slack.submit(REP, {"reason": "update"})
    updated = every_stage.slack.modal(REP)
    assert updated is not None
    assert (updated["id"], updated["title"]["text"]) == (first["id"], "Updated")
    assert updated["hash"] != first["hash"]
    every_stage.slack.submit(REP, {"reason": "push!"})
    pushed = every_stage.slack.modal(REP)
    assert pushed is not None
    assert (pushed["previous_view_id"], pushed["root_view_id"]) == (first["id"], first["id"])
    every_stage.slack.submit(REP, {"reason": "clear"})
    assert depth(every_stage) == 0


def test_three_views_are_the_most(stage: Stage) -> None:
    modal = open_form(stage)
    for expected in (2, 3):
        stage.slack.click(REP, modal, "push")
        assert depth(stage) == expected
    trigger = stage.workspace.triggers.issue(stage.slack.user(REP).id, stage.workspace.clock.now(), "", modal["id"])
    assert stage.refusal("views.push", trigger_id=trigger, view=form()) == "push_limit_reached"


def test_an_old_hash_is_a_conflict_and_a_taken_external_id_too(stage: Stage) -> None:
    modal = open_form(stage)
    fresh = stage.client.views_update(view_id=modal["id"], view=form("New", external_id="x"), hash=modal["hash"])
    assert fresh["view"]["title"]["text"] == "New"
    assert stage.refusal("views.update", view_id=modal["id"], view=form(), hash=modal["hash"]) == "hash_conflict"
    by_external = stage.client.views_update(external_id="x", view=form("Newer", external_id="x"))
    assert by_external["view"]["id"] == modal["id"]
    trigger = stage.workspace.triggers.issue(stage.slack.user(BOSS).id, stage.workspace.clock.now(), "")
    taken = form(external_id="x")
    assert stage.refusal("views.open", trigger_id=trigger, view=taken) == "duplicate_external_id"


def test_what_was_typed_survives_an_update_of_the_same_fields(stage: Stage) -> None:
    modal = open_form(stage)
    stage.slack.submit(REP, {"reason": "no"})
    updated = stage.client.views_update(view_id=modal["id"], view=form("Same fields"))["view"]
    assert updated["state"]["values"]["reason"]["text"]["value"] == "no"


def test_closing_is_reported_only_with_notify_on_close(stage: Stage) -> None:
    modal = open_form(stage)
    stage.slack.click(REP, modal, "push")
    stage.slack.close_modal(REP)
    assert payloads(stage, "view_closed") == []
    stage.slack.close_modal(REP)
    assert [seen.text for seen in stage.slack.wait_for_reply()] == ["You closed the form."]
    (payload,) = payloads(stage, "view_closed")
    assert payload["is_cleared"] is False
    assert depth(stage) == 0


def test_external_menus_ask_the_app(every_stage: Stage) -> None:
    open_form(every_stage)
    assert every_stage.slack.suggest(REP, "deals", "a") == ["Acme", "Apex", "Borealis"]
    assert every_stage.slack.suggest(REP, "deals", "ac") == ["Acme"]


def test_nobody_submits_the_modal_of_somebody_else(stage: Stage) -> None:
    modal = open_form(stage)
    with pytest.raises(RefusedError):
        stage.fake.forms.submit(stage.slack.user(BOSS), modal["id"], {})
    with pytest.raises(RefusedError):
        stage.slack.click(BOSS, modal, "push")


def test_no_acknowledgement_leaves_the_form_open(impatient_stage: Stage) -> None:
    modal = open_form(impatient_stage)
    impatient_stage.app.view("form")(lambda: None)
    impatient_stage.client.views_update(view_id=modal["id"], view=form(callback_id="nobody listens"))
    answer = impatient_stage.slack.submit(REP, {"reason": "something long"})
    assert answer == {"ok": False, "error": "We had some trouble connecting. Try again?"}
    assert depth(impatient_stage) == 1


def payloads(stage: Stage, kind: str) -> list[dict[str, Any]]:
    eventually(stage.fake.delivery.settle)
    found = [record.envelope.payload for record in stage.workspace.records.all()]
    return [payload for payload in found if payload.get("type") == kind]
