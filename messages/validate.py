"""Whether Slack would take a payload: `validate(payload, surface)` returns what is wrong, each with where.

Runs before every send and inside the sandbox's Slack. It knows the rules that neither `@slack/types` nor slack_sdk
checks: one `action_id` per payload, 100 table rows, inputs that need a submit, which surface takes which block.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from messages import limits
from messages.elements import (
    ANY_TEXT,
    IN_ACTIONS,
    IN_CARD,
    IN_CONTEXT_ACTIONS,
    IN_INPUT,
    IN_SECTION,
    PLAIN,
    Findings,
    element,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from messages.reply import Surface

_EVERYWHERE = frozenset(
    {"section", "header", "context", "actions", "divider", "image", "input", "rich_text", "video"}
)
_ALLOWED: dict[str, frozenset[str]] = {
    "message": _EVERYWHERE
    | {"markdown", "table", "data_table", "data_visualization", "card", "context_actions", "file"},
    "home": _EVERYWHERE,
    "modal": _EVERYWHERE | {"alert"},
}


def validate(payload: Mapping[str, Any], surface: Surface = "message") -> list[str]:
    """Return what Slack would refuse, as pointers like `blocks[2].text.text: 3,104 characters, at most 3,000`.

    Args:
        payload: a message (`text`, `blocks`) or a view (`type`, `blocks`, `title`, …), as sent.
        surface: where it is shown.

    Returns:
        One line per finding; empty if it may be sent.
    """
    found = Findings()
    if surface == "message":
        _message(found, payload)
    else:
        _view(found, payload, surface)
    return found.errors


def _message(found: Findings, payload: Mapping[str, Any]) -> None:
    """Check a message: the fallback, the blocks, and what they come to together."""
    text = payload.get("text")
    if not isinstance(text, str) or not text.strip():
        found.add("text", "empty; screen readers and notifications need the whole answer")
    else:
        found.text(text, "text", limits.MESSAGE_TEXT)
    found.characters = 0
    found.items(payload.get("attachments", []), "attachments", limits.MESSAGE_ATTACHMENTS, least=0)
    blocks = found.items(payload.get("blocks", []), "blocks", limits.MESSAGE_BLOCKS, least=0)
    _blocks(found, blocks, "message")
    if found.characters > limits.MESSAGE_CHARACTERS:
        found.add("blocks", f"{found.characters:,} characters in all, at most {limits.MESSAGE_CHARACTERS:,}")
    markdown = sum(limits.length(str(block.get("text", ""))) for block in _of_kind(blocks, "markdown"))
    if markdown > limits.MESSAGE_MARKDOWN:
        found.add("blocks", f"{markdown:,} characters of markdown, at most {limits.MESSAGE_MARKDOWN:,}")
    for kind, most in (("table", limits.MESSAGE_TABLES), ("data_visualization", limits.MESSAGE_CHARTS)):
        number = len(_of_kind(blocks, kind))
        if number > most:
            found.add("blocks", f"{number} blocks of type {kind}, at most {most}")


def _view(found: Findings, payload: Mapping[str, Any], surface: Surface) -> None:
    """Check a modal or App Home: titles, metadata, size, and a submit where there is an input."""
    if payload.get("type", surface) != surface:
        found.add("type", f"{payload['type']!r}, must be {surface!r}")
    if surface == "modal":
        found.text_object(payload.get("title"), "title", limits.VIEW_TITLE, PLAIN)
        for key, most in (("submit", limits.VIEW_SUBMIT), ("close", limits.VIEW_CLOSE)):
            if payload.get(key) is not None:
                found.text_object(payload[key], key, most, PLAIN)
    for key, most in (
        ("private_metadata", limits.VIEW_PRIVATE_METADATA),
        ("callback_id", limits.VIEW_CALLBACK_ID),
        ("external_id", limits.VIEW_EXTERNAL_ID),
    ):
        found.optional(dict(payload), key, "view", most)
    _blocks(found, found.items(payload.get("blocks"), "blocks", limits.VIEW_BLOCKS, least=0), surface)
    if surface == "modal" and found.inputs and not payload.get("submit"):
        found.add("submit", "missing; a modal with inputs needs one")
    size = len(json.dumps(payload, ensure_ascii=False, default=str).encode())
    if size > limits.VIEW_BYTES:
        found.add("view", f"{size:,} bytes, at most {limits.VIEW_BYTES:,}")


def _blocks(found: Findings, blocks: list[Any], surface: Surface) -> None:
    """Check each block: that the surface takes its kind, that its id is unique, then its own rule."""
    for place, block in enumerate(blocks):
        at = f"blocks[{place}]"
        kind = block.get("type") if isinstance(block, dict) else None
        if not isinstance(kind, str):
            found.add(at, "not a block")
            continue
        if kind not in _ALLOWED[surface]:
            found.add(f"{at}.type", f"{kind!r} is not allowed in a {surface}")
            continue
        if "block_id" in block:
            found.unique(block["block_id"], f"{at}.block_id", found.block_ids, limits.BLOCK_ID)
        rule = _RULES.get(kind)
        if rule:
            rule(found, block, at)


def _of_kind(blocks: list[Any], kind: str) -> list[dict[str, Any]]:
    return [block for block in blocks if isinstance(block, dict) and block.get("type") == kind]


def _section(found: Findings, block: dict[str, Any], at: str) -> None:
    if "text" in block:
        found.text_object(block["text"], f"{at}.text", limits.SECTION_TEXT)
    elif "fields" not in block:
        found.add(at, "neither text nor fields")
    if "fields" in block:
        for place, item in enumerate(found.items(block["fields"], f"{at}.fields", limits.SECTION_FIELDS)):
            found.text_object(item, f"{at}.fields[{place}]", limits.FIELD_TEXT)
    if "accessory" in block:
        element(found, block["accessory"], f"{at}.accessory", IN_SECTION)


def _header(found: Findings, block: dict[str, Any], at: str) -> None:
    found.text_object(block.get("text"), f"{at}.text", limits.HEADER_TEXT, PLAIN)


def _context(found: Findings, block: dict[str, Any], at: str) -> None:
    for place, item in enumerate(found.items(block.get("elements"), f"{at}.elements", limits.CONTEXT_ELEMENTS)):
        here = f"{at}.elements[{place}]"
        if isinstance(item, dict) and item.get("type") == "image":
            element(found, item, here, frozenset({"image"}))
        else:
            found.text_object(item, here, limits.CONTEXT_TEXT, ANY_TEXT)


def _holder(key: str, most: int, allowed: frozenset[str]) -> Callable[[Findings, dict[str, Any], str], None]:
    """Return the rule of a block that holds elements."""

    def rule(found: Findings, block: dict[str, Any], at: str) -> None:
        for place, item in enumerate(found.items(block.get(key), f"{at}.{key}", most)):
            element(found, item, f"{at}.{key}[{place}]", allowed)

    return rule


def _image(found: Findings, block: dict[str, Any], at: str) -> None:
    element(found, {**block, "type": "image"}, at, frozenset({"image"}))
    if "title" in block:
        found.text_object(block["title"], f"{at}.title", limits.IMAGE_TITLE, PLAIN)


def _input(found: Findings, block: dict[str, Any], at: str) -> None:
    found.inputs += 1
    found.text_object(block.get("label"), f"{at}.label", limits.INPUT_LABEL, PLAIN)
    if "hint" in block:
        found.text_object(block["hint"], f"{at}.hint", limits.INPUT_HINT, PLAIN)
    element(found, block.get("element"), f"{at}.element", IN_INPUT)


def _markdown(found: Findings, block: dict[str, Any], at: str) -> None:
    found.text(block.get("text"), f"{at}.text", limits.MARKDOWN_TEXT)


def _alert(found: Findings, block: dict[str, Any], at: str) -> None:
    found.text_object(block.get("text"), f"{at}.text", limits.ALERT_TEXT)


def _table(found: Findings, block: dict[str, Any], at: str) -> None:
    _rows(found, block, at, limits.TABLE_ROWS, limits.TABLE_COLUMNS)
    found.items(block.get("column_settings", []), f"{at}.column_settings", limits.TABLE_COLUMNS, least=0)


def _data_table(found: Findings, block: dict[str, Any], at: str) -> None:
    before = found.characters
    _rows(found, block, at, limits.DATA_TABLE_ROWS, limits.DATA_TABLE_COLUMNS)
    if found.characters - before > limits.DATA_TABLE_CHARACTERS:
        found.add(f"{at}.rows", f"{found.characters - before:,} characters, at most {limits.DATA_TABLE_CHARACTERS:,}")


def _rows(found: Findings, block: dict[str, Any], at: str, rows: int, columns: int) -> None:
    """Check rows of cells: how many, equally wide, and that no cell is empty."""
    table = found.items(block.get("rows"), f"{at}.rows", rows)
    widths = {len(cells) for cells in table if isinstance(cells, list)}
    if len(widths) > 1:
        found.add(f"{at}.rows", f"rows of {' and '.join(map(str, sorted(widths)))} cells")
    for place, cells in enumerate(table):
        here = f"{at}.rows[{place}]"
        for number, cell in enumerate(found.items(cells, here, columns)):
            _cell(found, cell, f"{here}[{number}]")


def _cell(found: Findings, cell: object, at: str) -> None:
    kind = cell.get("type") if isinstance(cell, dict) else None
    if kind == "raw_text" and isinstance(cell, dict):
        found.text(cell.get("text"), f"{at}.text", limits.MESSAGE_CHARACTERS)
    elif kind not in ("rich_text", "raw_number"):
        found.add(f"{at}.type", f"{kind!r}, must be raw_text, raw_number or rich_text")


def _chart(found: Findings, block: dict[str, Any], at: str) -> None:
    found.text(block.get("title"), f"{at}.title", limits.CHART_TITLE)


def _card(found: Findings, block: dict[str, Any], at: str) -> None:
    for key, most in (
        ("title", limits.CARD_TITLE),
        ("subtitle", limits.CARD_SUBTITLE),
        ("body", limits.CARD_BODY),
    ):
        if key in block:
            found.text_object(block[key], f"{at}.{key}", most)
    if "actions" in block:
        _holder("actions", limits.CARD_ACTIONS, IN_CARD)(found, block, at)


_RULES: dict[str, Callable[[Findings, dict[str, Any], str], None]] = {
    "section": _section,
    "header": _header,
    "context": _context,
    "actions": _holder("elements", limits.ACTIONS_ELEMENTS, IN_ACTIONS),
    "context_actions": _holder("elements", limits.CONTEXT_ACTIONS, IN_CONTEXT_ACTIONS),
    "image": _image,
    "input": _input,
    "markdown": _markdown,
    "alert": _alert,
    "table": _table,
    "data_table": _data_table,
    "data_visualization": _chart,
    "card": _card,
}
