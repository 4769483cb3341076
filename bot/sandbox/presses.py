"""What a press on an element reports: taken from the element as posted, never from what the page claims."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.sandbox.errors import RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterator

JSON = dict[str, Any]

_ONE = ("static_select", "overflow", "radio_buttons")
_MANY = ("checkboxes", "multi_static_select")
_FREE = {
    "datepicker": "selected_date", "timepicker": "selected_time", "datetimepicker": "selected_date_time",
    "users_select": "selected_user", "conversations_select": "selected_conversation",
    "channels_select": "selected_channel", "external_select": "selected_option",
    "multi_external_select": "selected_options", "multi_users_select": "selected_users",
    "multi_conversations_select": "selected_conversations", "multi_channels_select": "selected_channels",
    "plain_text_input": "value",
    "number_input": "value", "email_text_input": "value", "url_text_input": "value",
}  # fmt: skip


def pressed(element: JSON, block_id: str, given: JSON, action_ts: str) -> JSON:
    """The entry of `actions` for this element.

    Raises:
        RefusedError: the choice is not among the element's options, or the element cannot be pressed.
    """
    kind = element["type"]
    entry: JSON = {"type": kind, "action_id": element["action_id"], "block_id": block_id, "action_ts": action_ts}
    if kind == "button":
        return entry | {key: element[key] for key in ("text", "value", "style", "url") if key in element}
    if kind in _ONE:
        return entry | {"selected_option": _choice(element, given.get("selected_option"))}
    if kind in _MANY:
        chosen = given.get("selected_options") or []
        return entry | {"selected_options": [_choice(element, option) for option in chosen]}
    if kind in _FREE:
        return entry | {_FREE[kind]: given.get(_FREE[kind])}
    raise RefusedError(f"A {kind} cannot be pressed.")


def options(element: JSON) -> Iterator[JSON]:
    """Every option of a menu, groups opened."""
    yield from element.get("options") or ()
    for group in element.get("option_groups") or ():
        yield from group["options"]


def _choice(element: JSON, given: JSON | None) -> JSON:
    wanted = (given or {}).get("value")
    for option in options(element):
        if option.get("value") == wanted:
            return option
    raise RefusedError("That choice is not one of the options.")
