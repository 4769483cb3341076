"""Walks Block Kit: ids, elements, the state a form starts with and what a person left empty."""

from __future__ import annotations

import copy
import secrets
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

JSON = dict[str, Any]

_INITIAL = {
    "initial_option": "selected_option", "initial_options": "selected_options", "initial_date": "selected_date",
    "initial_time": "selected_time", "initial_date_time": "selected_date_time", "initial_value": "value",
    "initial_user": "selected_user", "initial_users": "selected_users", "initial_channel": "selected_channel",
    "initial_channels": "selected_channels", "initial_conversation": "selected_conversation",
    "initial_conversations": "selected_conversations",
}  # fmt: skip

_HOLDS = {
    "plain_text_input": "value", "email_text_input": "value", "url_text_input": "value", "number_input": "value",
    "rich_text_input": "rich_text_value", "static_select": "selected_option", "external_select": "selected_option",
    "radio_buttons": "selected_option", "checkboxes": "selected_options", "multi_static_select": "selected_options",
    "multi_external_select": "selected_options", "datepicker": "selected_date", "timepicker": "selected_time",
    "datetimepicker": "selected_date_time", "users_select": "selected_user", "multi_users_select": "selected_users",
    "channels_select": "selected_channel", "multi_channels_select": "selected_channels",
    "conversations_select": "selected_conversation", "multi_conversations_select": "selected_conversations",
}  # fmt: skip


def with_ids(blocks: list[JSON]) -> list[JSON]:
    """A copy in which every block has a block_id and every element an action_id, as Slack fills them in."""
    filled = copy.deepcopy(blocks)
    for block in filled:
        block.setdefault("block_id", secrets.token_urlsafe(4))
    for _block, element in elements(filled):
        if element.get("type") in _HOLDS or element.get("type") in ("button", "overflow"):
            element.setdefault("action_id", secrets.token_urlsafe(4))
    return filled


def elements(blocks: list[JSON]) -> Iterator[tuple[JSON, JSON]]:
    """Each interactive or decorative element with the block that holds it."""
    for block in blocks:
        for key in ("accessory", "element"):
            if isinstance(block.get(key), dict):
                yield block, block[key]
        for key in ("elements", "actions"):
            for element in block.get(key) or ():
                if isinstance(element, dict):
                    yield block, element


def find(blocks: list[JSON], block_id: str, action_id: str) -> JSON | None:
    """The element at (block_id, action_id), or None."""
    for block, element in elements(blocks):
        if block.get("block_id") == block_id and element.get("action_id") == action_id:
            return element
    return None


def starting_state(blocks: list[JSON]) -> JSON:
    """`state.values` of a form nobody has touched: initial values, or null where there are none."""
    values: JSON = {}
    for block, element in elements(blocks):
        holds = _HOLDS.get(element.get("type", ""))
        if holds is None or "action_id" not in element:
            continue
        held: JSON = {"type": element["type"], holds: [] if holds.endswith("options") else None}
        for initial, key in _INITIAL.items():
            if initial in element:
                held[key] = element[initial]
        values.setdefault(block["block_id"], {})[element["action_id"]] = held
    return values


def merged_state(blocks: list[JSON], typed: JSON) -> JSON:
    """The form's state with what a person typed or chose laid over it; ids the form does not have are dropped."""
    values = starting_state(blocks)
    for block_id, actions in values.items():
        for action_id, held in actions.items():
            given = (typed.get(block_id) or {}).get(action_id)
            if isinstance(given, dict):
                held.update({key: value for key, value in given.items() if key != "type"})
            elif given is not None:
                held[_HOLDS[held["type"]]] = given
    return values


def missing(blocks: list[JSON], values: JSON) -> dict[str, str]:
    """The inputs a person must still fill in: block_id to what Slack says under the field."""
    empty: dict[str, str] = {}
    for block in blocks:
        if block.get("type") != "input" or block.get("optional"):
            continue
        element = block["element"]
        held = (values.get(block["block_id"]) or {}).get(element.get("action_id"), {})
        if not held.get(_HOLDS.get(element["type"], "value")):
            empty[block["block_id"]] = "Please complete this required field."
    return empty


def held_by(element: JSON) -> str:
    """The key under which this element's state is held, empty for a button."""
    return "selected_option" if element.get("type") == "overflow" else _HOLDS.get(element.get("type", ""), "")


def label_of(element: JSON) -> str:
    """The words a person reads on an element: a button's text, or a placeholder."""
    text = element.get("text") or element.get("placeholder") or {}
    return str(text.get("text", ""))
