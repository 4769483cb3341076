"""The frame and the fields of a form: what a template of a modal is written with, beside the blocks of a message.

A field is a block with an id, by which its value is read, around one box: `{{ ask("title", "Title", text_box()) }}`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from messages import limits
from messages.actions import base
from messages.collector import Element, add, current, plain
from messages.errors import TemplateError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

#: The action id of a field whose value is read when the form is sent.
FIELD = "field"


@dataclass(frozen=True, slots=True)
class Option:
    """Something to pick: what it says, what it stands for, and a word more."""

    label: str
    value: str
    description: str = ""


def option_object(option: Option) -> dict[str, Any]:
    """Return an option as Slack takes it."""
    made: dict[str, Any] = {"text": _text(option.label, limits.OPTION_TEXT), "value": option.value}
    if option.description:
        made["description"] = _text(option.description, limits.OPTION_DESCRIPTION)
    return made


def modal(title: str, submit: str = "", close: str = "Close", *, tells_close: bool = False) -> str:
    """Set the frame of a modal: its title and what its buttons say; without `submit` there is nothing to send.

    `tells_close` lets the app hear of it when the form is closed without being sent.
    """
    frame = current.get().frame
    if frame:
        raise TemplateError("the template has two frames")
    frame["title"] = _text(title, limits.VIEW_TITLE)
    frame["close"] = _text(close, limits.VIEW_CLOSE)
    if submit:
        frame["submit"] = _text(submit, limits.VIEW_SUBMIT)
    if tells_close:
        frame["notify_on_close"] = True
    return ""


def ask(block_id: str, label: str, box: str, hint: str = "", *, optional: bool = False) -> str:
    """Put down a field.

    Args:
        block_id: by which the value is read; the same over every update, or what was typed is lost.
        label: what is asked.
        box: what a box function returned, or `live` around it.
        hint: small print under it.
        optional: whether it may be left empty.
    """
    if not isinstance(box, Element):
        raise TemplateError("a field is around a box: text_box(…), menu(…), …")
    does = box.element.get("action_id", "")
    box.element["action_id"] = f"{does or FIELD}:{block_id}"
    block: dict[str, Any] = {
        "type": "input",
        "block_id": block_id,
        "label": _text(label, limits.INPUT_LABEL),
        "element": box.element,
        "optional": optional,
    }
    if hint:
        block["hint"] = _text(hint, limits.INPUT_HINT)
    if does:
        block["dispatch_action"] = True
    return add(block)


def live(box: str, action_id: str) -> Element:
    """Return the box, of whose every change the listener of that action hears; text when Enter is pressed in it."""
    if not isinstance(box, Element):
        raise TemplateError("live goes around a box: live(menu(…), …)")
    box.element["action_id"] = base(action_id)
    return box


def text_box(initial: str = "", placeholder: str = "", most: int = 0, *, is_long: bool = False) -> Element:
    """Return a box for words, at most `most` characters of them."""
    element: dict[str, Any] = {"type": "plain_text_input"}
    if is_long:
        element["multiline"] = True
    if most:
        element["max_length"] = most
    if initial:
        element["initial_value"] = plain(initial, most or limits.TEXT_INPUT)
    return _box(element, placeholder)


def number_box(initial: str = "", placeholder: str = "", *, has_decimals: bool = False) -> Element:
    """Return a box for a number."""
    element: dict[str, Any] = {"type": "number_input", "is_decimal_allowed": has_decimals}
    if initial:
        element["initial_value"] = initial
    return _box(element, placeholder)


def day_box(initial: str = "", placeholder: str = "") -> Element:
    """Return a box for a day, "2026-03-31"."""
    element: dict[str, Any] = {"type": "datepicker"}
    if initial:
        element["initial_date"] = initial
    return _box(element, placeholder)


def time_box(initial: str = "", placeholder: str = "") -> Element:
    """Return a box for a time of day, "08:30"."""
    element: dict[str, Any] = {"type": "timepicker"}
    if initial:
        element["initial_time"] = initial
    return _box(element, placeholder)


def menu(options: Sequence[Option], chosen: str = "", placeholder: str = "") -> Element:
    """Return a menu of which one thing is picked."""
    return _box(_choice("static_select", options, (chosen,), limits.SELECT_OPTIONS), placeholder)


def menu_of_many(options: Sequence[Option], chosen: Sequence[str] = (), placeholder: str = "") -> Element:
    """Return a menu of which several things may be picked."""
    return _box(
        _choice("multi_static_select", options, chosen, limits.SELECT_OPTIONS, "initial_options"), placeholder
    )


def radios(options: Sequence[Option], chosen: str = "") -> Element:
    """Return a short list of which one thing is picked, all of it in sight."""
    return _box(_choice("radio_buttons", options, (chosen,), limits.RADIO_OPTIONS))


def ticks(options: Sequence[Option], chosen: Sequence[str] = ()) -> Element:
    """Return a short list of which several things may be ticked."""
    return _box(_choice("checkboxes", options, chosen, limits.CHECKBOX_OPTIONS, "initial_options"))


def search_box(placeholder: str = "", least: int = 1, initial: Option | None = None) -> Element:
    """Return a menu whose options are asked for once `least` characters are typed (`routes.OPTIONS`)."""
    element: dict[str, Any] = {"type": "external_select", "min_query_length": least}
    if initial:
        element["initial_option"] = option_object(initial)
    return _box(element, placeholder)


def people_box(chosen: str = "", placeholder: str = "") -> Element:
    """Return a menu of the people in the workspace, of whom one is picked."""
    element: dict[str, Any] = {"type": "users_select"}
    if chosen:
        element["initial_user"] = chosen
    return _box(element, placeholder)


def _choice(
    kind: str, options: Sequence[Option], chosen: Sequence[str], most: int, initial: str = "initial_option"
) -> dict[str, Any]:
    """Return an element with options, and of them what is picked to begin with."""
    made = [option_object(option) for option in options]
    if not 0 < len(made) <= most:
        raise TemplateError(f"{len(made)} options, must be 1 to {most}")
    element: dict[str, Any] = {"type": kind, "options": made}
    picked = [option for option in made if option["value"] in chosen]
    if picked:
        element[initial] = picked if initial.endswith("s") else picked[0]
    return element


def _box(element: dict[str, Any], placeholder: str = "") -> Element:
    if placeholder:
        element["placeholder"] = _text(placeholder, limits.PLACEHOLDER)
    made = Element()
    made.element = element
    return made


def _text(text: str, limit: int) -> dict[str, Any]:
    return {"type": "plain_text", "text": plain(text, limit), "emoji": True}


FIELDS: dict[str, Callable[..., str]] = {
    "modal": modal,
    "ask": ask,
    "live": live,
    "text_box": text_box,
    "number_box": number_box,
    "day_box": day_box,
    "time_box": time_box,
    "menu": menu,
    "menu_of_many": menu_of_many,
    "radios": radios,
    "ticks": ticks,
    "search_box": search_box,
    "people_box": people_box,
}
