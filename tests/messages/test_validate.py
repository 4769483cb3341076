"""What Slack would refuse is found, with where it stands."""

from __future__ import annotations

from typing import Any

import pytest

from messages.validate import validate

TEXT = {"type": "mrkdwn", "text": "x"}
PLAIN = {"type": "plain_text", "text": "x"}
SECTION = {"type": "section", "text": TEXT}
OPTION = {"text": PLAIN, "value": "v"}
INPUT = {"type": "input", "label": PLAIN, "element": {"type": "plain_text_input"}}


def button(action_id: str = "a", **more: Any) -> dict[str, Any]:
    return {"type": "button", "text": PLAIN, "action_id": action_id, "value": "v", **more}


def actions(*elements: dict[str, Any]) -> dict[str, Any]:
    return {"type": "actions", "elements": list(elements)}


def long(text: str, kind: str = "mrkdwn") -> dict[str, Any]:
    return {"type": kind, "text": text}


def table(rows: int, columns: int = 2) -> dict[str, Any]:
    return {"type": "table", "rows": [[{"type": "raw_text", "text": "x"}] * columns] * rows}


def test_a_pointer_names_place_size_and_limit() -> None:
    blocks = [SECTION, SECTION, {"type": "section", "text": long("x" * 3_104)}]
    assert validate({"text": "t", "blocks": blocks}) == ["blocks[2].text.text: 3,104 characters, at most 3,000"]


WRONG_IN_A_MESSAGE: list[tuple[Any, str]] = [
    ({"type": "section"}, "blocks[0]: neither text nor fields"),
    ({"type": "section", "text": long("")}, "blocks[0].text.text: empty"),
    ({"type": "section", "text": "x"}, "blocks[0].text: not a text object"),
    ({"type": "section", "fields": [TEXT] * 11}, "blocks[0].fields: 11 items, at most 10"),
    ({"type": "section", "fields": [long("x" * 2_001)]}, "blocks[0].fields[0].text: 2,001 characters, at most 2,000"),
    ({"type": "section", "text": TEXT, "accessory": {"type": "plain_text_input"}}, "not allowed here"),
    ({"type": "header", "text": TEXT}, "blocks[0].text.type: 'mrkdwn', must be plain_text"),
    ({"type": "header", "text": long("x" * 151, "plain_text")}, "151 characters, at most 150"),
    ({"type": "context", "elements": [TEXT] * 11}, "11 items, at most 10"),
    ({"type": "context", "elements": []}, "0 items, at least 1"),
    (actions(*(button(str(n)) for n in range(26))), "blocks[0].elements: 26 items, at most 25"),
    (actions(button(), button()), "blocks[0].elements[1].action_id: 'a' is also at blocks[0].elements[0].action_id"),
    (actions(button("x" * 256)), "256 characters, at most 255"),
    (actions(button(value="x" * 2_001)), "elements[0].value: 2,001 characters, at most 2,000"),
    (actions(button(style="loud")), "elements[0].style: 'loud'"),
    (actions({**button(), "text": long("x" * 76, "plain_text")}), "76 characters, at most 75"),
    (actions(button(accessibility_label="x" * 76)), "accessibility_label: 76 characters"),
    (
        actions(button(confirm={"title": PLAIN, "text": TEXT, "confirm": long("x" * 31, "plain_text")})),
        "31 characters",
    ),
    (actions(button(confirm="sure?")), "confirm: not a confirm dialog"),
    (actions({"type": "overflow", "options": [OPTION] * 6}), "6 items, at most 5"),
    (actions({"type": "static_select", "options": []}), "0 items, at least 1"),
    (actions({"type": "static_select", "options": [{**OPTION, "value": "x" * 76}]}), "76 characters, at most 75"),
    (actions({"type": "static_select", "option_groups": [{"label": PLAIN, "options": [OPTION] * 101}]}), "101 items"),
    (actions({"type": "radio_buttons", "options": [OPTION] * 11}), "11 items, at most 10"),
    (actions({"type": "static_select", "placeholder": long("x" * 151, "plain_text"), "options": [OPTION]}), "151"),
    ({"type": "image", "image_url": "https://x.example/y.png"}, "alt_text: missing"),
    ({"type": "markdown", "text": "x" * 12_001}, "12,001 characters of markdown"),
    (table(101), "blocks[0].rows: 101 items, at most 100"),
    (table(2, 21), "21 items, at most 20"),
    ({"type": "table", "rows": [[{"type": "raw_text", "text": ""}]]}, "rows[0][0].text: empty"),
    ({"type": "table", "rows": [[TEXT]]}, "must be raw_text, raw_number or rich_text"),
    ({"type": "table", "rows": [table(1)["rows"][0], []]}, "rows of 0 and 2 cells"),
    ({**table(102), "type": "data_table"}, "102 items, at most 101"),
    ({"type": "card", "body": long("x" * 201)}, "201 characters, at most 200"),
    ({"type": "data_visualization", "title": "x" * 51}, "51 characters, at most 50"),
    ({"type": "alert", "text": TEXT}, "'alert' is not allowed in a message"),
    ({"type": "made_up"}, "'made_up' is not allowed in a message"),
    ("text", "blocks[0]: not a block"),
    ({"type": ["section"]}, "blocks[0]: not a block"),
    ({**INPUT, "element": {"type": "plain_text_input", "max_length": 3_001}}, "max_length: 3001"),
]


@pytest.mark.parametrize(("block", "said"), WRONG_IN_A_MESSAGE)
def test_wrong_in_a_message(block: Any, said: str) -> None:
    assert said in "\n".join(validate({"text": "t", "blocks": [block]}))


@pytest.mark.parametrize(
    ("payload", "said"),
    [
        ({"blocks": [SECTION]}, "text: empty"),
        ({"text": "  ", "blocks": [SECTION]}, "text: empty"),
        ({"text": "x" * 40_001}, "text: 40,001 characters"),
        ({"text": "t", "blocks": [SECTION] * 51}, "blocks: 51 items, at most 50"),
        ({"text": "t", "blocks": [table(2), table(2)]}, "2 blocks of type table, at most 1"),
        ({"text": "t", "blocks": [{"type": "section", "text": long("x" * 2_900)}] * 5}, "14,500 characters in all"),
        ({"text": "t", "blocks": [{**SECTION, "block_id": "b"}] * 2}, "'b' is also at blocks[0].block_id"),
        ({"text": "t", "blocks": "x"}, "blocks: not a list"),
        ({"text": "t", "blocks": [SECTION], "attachments": [{}] * 101}, "attachments: 101 items"),
    ],
)
def test_wrong_as_a_message(payload: dict[str, Any], said: str) -> None:
    assert said in "\n".join(validate(payload))


@pytest.mark.parametrize(
    ("payload", "said"),
    [
        ({"type": "modal", "title": PLAIN, "blocks": [INPUT]}, "submit: missing"),
        ({"type": "modal", "blocks": [SECTION]}, "title: missing"),
        ({"type": "modal", "title": long("x" * 25, "plain_text"), "blocks": []}, "25 characters, at most 24"),
        ({"type": "modal", "title": PLAIN, "close": long("x" * 25, "plain_text"), "blocks": []}, "close.text: 25"),
        ({"type": "modal", "title": PLAIN, "private_metadata": "x" * 3_001, "blocks": []}, "private_metadata: 3,001"),
        ({"type": "modal", "title": PLAIN, "blocks": [SECTION] * 101}, "101 items, at most 100"),
        ({"type": "modal", "title": PLAIN, "blocks": [table(2)]}, "'table' is not allowed in a modal"),
        ({"type": "home", "title": PLAIN, "blocks": [SECTION]}, "type: 'home', must be 'modal'"),
        ({"type": "modal", "title": PLAIN, "blocks": [{"type": "rich_text", "e": "x" * 250_000}]}, "at most 250,000"),
    ],
)
def test_wrong_as_a_modal(payload: dict[str, Any], said: str) -> None:
    assert said in "\n".join(validate(payload, "modal"))


def test_a_table_does_not_belong_on_home() -> None:
    assert validate({"type": "home", "blocks": [table(2)]}, "home") == [
        "blocks[0].type: 'table' is not allowed in a home"
    ]


def test_what_is_right_passes() -> None:
    blocks = [SECTION, {"type": "divider"}, actions(button("a"), button("b", style="primary")), table(100, 20), INPUT]
    assert validate({"text": "t", "blocks": blocks}) == []
    modal = {"type": "modal", "title": PLAIN, "submit": PLAIN, "blocks": [INPUT]}
    assert validate(modal, "modal") == []


@pytest.mark.parametrize("junk", [None, 1, "x", [], {}, [None], [[]], [{"type": None}], {"type": "section"}])
def test_junk_is_refused_and_never_raises(junk: Any) -> None:
    for holder in ({"text": "t", "blocks": [{"type": "section", "text": junk}]}, {"text": "t", "blocks": [junk]}):
        assert validate(holder)
    for kind in ("actions", "context", "table", "input", "image", "header"):
        for key in ("elements", "rows", "element", "text"):
            assert validate({"text": "t", "blocks": [{"type": kind, key: junk}]})
