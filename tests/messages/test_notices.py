"""Every notice in every state, byte for byte, and whatever stands in the CRM. `make golden` writes them anew."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from engine.notice_kinds import KINDS
from messages import actions, notices, terminal
from messages.render import TEMPLATES
from messages.validate import validate
from tests.messages.notice_samples import NOTICE_CASES
from tests.messages.sample_words import READER, Words
from tests.messages.test_hostile import AMOUNT, HOSTILE, OURS, mrkdwn, shape

if TYPE_CHECKING:
    from messages.reply import Message

FOLDER = Path(__file__).parent / "golden_notices"
NOTICE_ID = "7b1f6a0e-0000-4000-8000-000000000001"


def word(case: str, words: Words) -> Message:
    kind, data, reader = NOTICE_CASES[case](words)
    assert json.loads(json.dumps(data)) == data
    return notices.worded(kind, data, reader, NOTICE_ID)


@pytest.mark.parametrize("case", NOTICE_CASES)
def test_notice_is_as_agreed(case: str) -> None:
    message = word(case, Words())
    payload = {
        "kind": message.template,
        "receipt_ids": list(message.receipt_ids),
        "text": message.text,
        "blocks": message.blocks,
        "reads": terminal.text(message.blocks).split("\n"),
    }
    made, path = json.dumps(payload, indent=1, ensure_ascii=False) + "\n", FOLDER / f"{case}.json"
    if os.environ.get("ATTAIN_WRITE_GOLDEN"):
        path.write_text(made, encoding="utf-8")
    assert made == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("hostile", [*HOSTILE, "plain"], ids=lambda said: repr(said[:12]))
def test_a_hostile_word_changes_nothing_but_itself(hostile: str) -> None:
    for case in NOTICE_CASES:
        calm, message = word(case, Words()), word(case, Words.all(hostile))
        assert validate({"text": message.text, "blocks": message.blocks}, "message") == [], case
        assert shape(message.blocks) == shape(calm.blocks), case
        for text in (*mrkdwn(message.blocks), message.text):
            assert "<" not in OURS.sub("", text), case
        if "$" not in hostile and "digest" not in case:
            amounts = [AMOUNT.findall(text) for text in mrkdwn(message.blocks)]
            assert amounts == [AMOUNT.findall(text) for text in mrkdwn(calm.blocks)], case


def test_every_template_has_a_view_a_kind_and_a_sample() -> None:
    sampled = {NOTICE_CASES[case](Words())[0] for case in NOTICE_CASES}
    there = {path.stem for path in (TEMPLATES / notices.FOLDER).glob("*.j2")}
    assert sampled == there == set(notices.VIEWS)
    assert there <= set(KINDS)


def test_no_golden_is_left_over() -> None:
    assert {path.stem for path in FOLDER.glob("*.json")} == set(NOTICE_CASES)


@pytest.mark.parametrize("case", NOTICE_CASES)
def test_a_push_says_why_and_can_be_silenced_and_only_a_nudge_muted(case: str) -> None:
    """A channel has no such buttons: nobody silences for others."""
    kind, data, reader = NOTICE_CASES[case](Words())
    offered = {
        actions.base(element["action_id"])
        for block in notices.worded(kind, data, reader, NOTICE_ID).blocks
        if block["type"] == "actions"
        for element in block["elements"]
    }
    wanted = {
        "duty": {actions.WHY_THIS, actions.SNOOZE_NOTICE},
        "nudge": {actions.WHY_THIS, actions.SNOOZE_NOTICE, actions.MUTE_KIND},
        "board": set(),
        "ops": set(),
    }
    both = {actions.WHY_THIS, actions.SNOOZE_NOTICE, actions.MUTE_KIND}
    assert offered & both == (wanted[KINDS[kind].sort] if reader.rep_id else set())


def test_what_is_sent_again_says_so() -> None:
    kind, data, _ = NOTICE_CASES["deal_won"](Words())
    again = notices.worded(kind, data, READER, NOTICE_ID, is_resend=True)
    assert again.text.startswith("(resent) ")
    assert "Sent again" in again.blocks[0]["elements"][0]["text"]
