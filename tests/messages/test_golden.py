"""Every reply in every state, byte for byte. `make golden` writes them anew; read the diff before you commit it."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from messages import terminal
from messages.render import render, templates
from messages.validate import validate
from messages.views import VIEWS
from tests.messages.message_samples import CASES, Words

if TYPE_CHECKING:
    from messages.reply import Reply

FOLDER = Path(__file__).parent / "golden"


def golden(reply: Reply) -> str:
    message = render(reply)
    payload = {
        "template": message.template,
        "surface": reply.surface,
        "receipt_ids": list(message.receipt_ids),
        "text": message.text,
        "blocks": message.blocks,
        "reads": terminal.text(message.blocks).split("\n"),
    }
    return json.dumps(payload, indent=1, ensure_ascii=False) + "\n"


@pytest.mark.parametrize("case", CASES)
def test_reply_is_as_agreed(case: str) -> None:
    made, path = golden(CASES[case](Words())), FOLDER / f"{case}.json"
    if os.environ.get("ATTAIN_WRITE_GOLDEN"):
        path.write_text(made, encoding="utf-8")
    assert made == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("case", CASES)
def test_slack_would_take_it(case: str) -> None:
    reply = CASES[case](Words())
    message = render(reply)
    payload: dict[str, object] = {"blocks": message.blocks}
    payload |= {"text": message.text} if reply.surface == "message" else {"type": reply.surface}
    assert validate(payload, reply.surface) == []


def test_every_template_has_a_golden_and_a_view() -> None:
    shown = {CASES[case](Words()).template for case in CASES}
    assert shown == set(templates()) == set(VIEWS)


def test_no_golden_is_left_over() -> None:
    assert {path.stem for path in FOLDER.glob("*.json")} == set(CASES)
