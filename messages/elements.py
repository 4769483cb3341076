"""The rules for what stands inside blocks: text objects, buttons, options, inputs, confirm dialogs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from messages import limits

if TYPE_CHECKING:
    from collections.abc import Callable

PLAIN = ("plain_text",)
ANY_TEXT = ("plain_text", "mrkdwn")


@dataclass(slots=True)
class Findings:
    """What was found wrong so far, each as a pointer and a sentence, and what must be unique or counted."""

    errors: list[str] = field(default_factory=list)
    action_ids: dict[str, str] = field(default_factory=dict)
    block_ids: dict[str, str] = field(default_factory=dict)
    characters: int = 0
    inputs: int = 0

    def add(self, at: str, what: str) -> None:
        """Keep a finding: `blocks[2].text.text: 3,104 characters, at most 3,000`."""
        self.errors.append(f"{at}: {what}")

    def text(self, value: object, at: str, most: int, least: int = 1) -> None:
        """Check that a value is text of a length Slack takes, and count it."""
        if not isinstance(value, str):
            self.add(at, "missing" if value is None else "not text")
            return
        size = limits.length(value)
        self.characters += size
        if size > most:
            self.add(at, f"{size:,} characters, at most {most:,}")
        elif size < least:
            self.add(at, "empty" if least == 1 else f"{size} characters, at least {least}")

    def text_object(self, value: object, at: str, most: int, kinds: tuple[str, ...] = ANY_TEXT) -> None:
        """Check a text object: its kind, then its text."""
        if not isinstance(value, dict):
            self.add(at, "missing" if value is None else "not a text object")
        elif value.get("type") not in kinds:  # a tuple, so an unhashable value is only unequal
            self.add(f"{at}.type", f"{value.get('type')!r}, must be {' or '.join(kinds)}")
        else:
            self.text(value.get("text"), f"{at}.text", most)

    def items(self, value: object, at: str, most: int, least: int = 1) -> list[Any]:
        """Check that a value is a list of a length Slack takes, and return what can be checked further."""
        if not isinstance(value, list):
            self.add(at, "missing" if value is None else "not a list")
            return []
        if not least <= len(value) <= most:
            bound = f"at most {most:,}" if len(value) > most else f"at least {least:,}"
            self.add(at, f"{len(value):,} items, {bound}")
        return value

    def unique(self, value: object, at: str, seen: dict[str, str], most: int) -> None:
        """Check an identifier: text, not too long, used once in the payload."""
        self.text(value, at, most)
        if isinstance(value, str):
            if value in seen:
                self.add(at, f"{value!r} is also at {seen[value]}")
            seen.setdefault(value, at)

    def optional(self, holder: dict[str, Any], key: str, at: str, most: int) -> None:
        """Check a text that may be absent."""
        if key in holder:
            self.text(holder[key], f"{at}.{key}", most, least=0)


def element(found: Findings, value: object, at: str, allowed: frozenset[str]) -> None:
    """Check one interactive element or image against its own rules and its place."""
    if not isinstance(value, dict):
        found.add(at, "not an element")
        return
    kind = value.get("type")
    if not isinstance(kind, str) or kind not in allowed:
        found.add(f"{at}.type", f"{kind!r} is not allowed here")
        return
    if "action_id" in value:
        found.unique(value["action_id"], f"{at}.action_id", found.action_ids, limits.ACTION_ID)
    if "placeholder" in value:
        found.text_object(value["placeholder"], f"{at}.placeholder", limits.PLACEHOLDER, PLAIN)
    if "confirm" in value:
        confirm(found, value["confirm"], f"{at}.confirm")
    rule = _RULES.get(kind)
    if rule:
        rule(found, value, at)


def confirm(found: Findings, value: object, at: str) -> None:
    """Check a confirm dialog."""
    if not isinstance(value, dict):
        found.add(at, "not a confirm dialog")
        return
    found.text_object(value.get("title"), f"{at}.title", limits.CONFIRM_TITLE, PLAIN)
    found.text_object(value.get("text"), f"{at}.text", limits.CONFIRM_TEXT)
    for key in ("confirm", "deny"):
        if key in value:
            found.text_object(value[key], f"{at}.{key}", limits.CONFIRM_BUTTON, PLAIN)


def _button(found: Findings, value: dict[str, Any], at: str) -> None:
    found.text_object(value.get("text"), f"{at}.text", limits.BUTTON_TEXT, PLAIN)
    found.optional(value, "value", at, limits.BUTTON_VALUE)
    found.optional(value, "url", at, limits.BUTTON_URL)
    found.optional(value, "accessibility_label", at, limits.BUTTON_LABEL)
    if value.get("style", "primary") not in {"primary", "danger"}:
        found.add(f"{at}.style", f"{value['style']!r}, must be primary or danger")


def _options(found: Findings, value: object, at: str, most: int) -> None:
    """Check options: their number, and of each its text, value and description."""
    for place, option in enumerate(found.items(value, at, most, limits.OPTIONS_MIN)):
        here = f"{at}[{place}]"
        if not isinstance(option, dict):
            found.add(here, "not an option")
            continue
        found.text_object(option.get("text"), f"{here}.text", limits.OPTION_TEXT)
        found.text(option.get("value"), f"{here}.value", limits.OPTION_VALUE)
        if "description" in option:
            found.text_object(option["description"], f"{here}.description", limits.OPTION_DESCRIPTION)


def _choice(most: int) -> Callable[[Findings, dict[str, Any], str], None]:
    """Return the rule of an element with plain options."""

    def rule(found: Findings, value: dict[str, Any], at: str) -> None:
        _options(found, value.get("options"), f"{at}.options", most)

    return rule


def _select(found: Findings, value: dict[str, Any], at: str) -> None:
    """Check a static select: options, or groups of them."""
    if "option_groups" not in value:
        _options(found, value.get("options"), f"{at}.options", limits.SELECT_OPTIONS)
        return
    for place, group in enumerate(found.items(value["option_groups"], f"{at}.option_groups", limits.SELECT_GROUPS)):
        here = f"{at}.option_groups[{place}]"
        if not isinstance(group, dict):
            found.add(here, "not a group of options")
            continue
        found.text_object(group.get("label"), f"{here}.label", limits.OPTION_TEXT, PLAIN)
        _options(found, group.get("options"), f"{here}.options", limits.SELECT_OPTIONS)


def _image(found: Findings, value: dict[str, Any], at: str) -> None:
    found.text(value.get("alt_text"), f"{at}.alt_text", limits.IMAGE_ALT)
    if "slack_file" not in value:
        found.text(value.get("image_url"), f"{at}.image_url", limits.IMAGE_URL)


def _text_input(found: Findings, value: dict[str, Any], at: str) -> None:
    most = value.get("max_length", limits.TEXT_INPUT)
    if not isinstance(most, int) or not 1 <= most <= limits.TEXT_INPUT:
        found.add(f"{at}.max_length", f"{most!r}, must be 1 to {limits.TEXT_INPUT:,}")
    least = value.get("min_length", 0)
    if not isinstance(least, int) or not 0 <= least <= limits.TEXT_INPUT:
        found.add(f"{at}.min_length", f"{least!r}, must be 0 to {limits.TEXT_INPUT:,}")


_RULES: dict[str, Callable[[Findings, dict[str, Any], str], None]] = {
    "button": _button,
    "workflow_button": _button,
    "overflow": _choice(limits.OVERFLOW_OPTIONS),
    "radio_buttons": _choice(limits.RADIO_OPTIONS),
    "checkboxes": _choice(limits.CHECKBOX_OPTIONS),
    "static_select": _select,
    "multi_static_select": _select,
    "image": _image,
    "plain_text_input": _text_input,
}

_SELECTS = frozenset(
    f"{many}{kind}_select"
    for many in ("", "multi_")
    for kind in ("static", "external", "users", "conversations", "channels")
)
_PICKERS = frozenset({"datepicker", "timepicker", "checkboxes", "radio_buttons"}) | _SELECTS
IN_SECTION = _PICKERS | {"button", "workflow_button", "overflow", "image"}
IN_ACTIONS = _PICKERS | {"button", "workflow_button", "overflow", "datetimepicker", "rich_text_input"}
IN_INPUT = _PICKERS | {
    "plain_text_input",
    "rich_text_input",
    "number_input",
    "email_text_input",
    "url_text_input",
    "file_input",
    "datetimepicker",
}
IN_CONTEXT_ACTIONS = frozenset({"feedback_buttons", "icon_button"})
IN_CARD = frozenset({"button"})
