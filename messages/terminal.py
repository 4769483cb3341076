"""Blocks as a person would read them in a terminal: `text(blocks)`. Nothing is left out, buttons become [Label]."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from unicodedata import east_asian_width

from messages.escape import unescape

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from messages.reply import Block

RULE = "─" * 60
_LINK = re.compile(r"<(https?://[^|>]+|mailto:[^|>]+)\|([^>]*)>")
_BARE = re.compile(r"<(https?://[^|>]+|mailto:[^|>]+)>")
_DATE = re.compile(r"<!date\^[^|>]*\|([^>]*)>")
_NAMED = re.compile(r"<[@#!]([^|>]+)(?:\|([^>]*))?>")
_BOLD = re.compile(r"(?<![\w*])\*(?!\s)([^*\n]+)(?<!\s)\*(?!\w)")
_ITALIC = re.compile(r"(?<!\w)_(?!\s)([^_\n]+)(?<!\s)_(?!\w)")
_STRUCK = re.compile(r"(?<!\w)~(?!\s)([^~\n]+)(?<!\s)~(?!\w)")
_CODE = re.compile(r"(`+)([^`]*)\1")
_EMOJI = {":warning:": "⚠", ":white_check_mark:": "✓", ":hourglass_flowing_sand:": "⏳"}
_EMOJI_NAME = re.compile(r":[a-z_]+:")


def text(blocks: Sequence[Block]) -> str:
    """Return the blocks as lines of text, one blank line between blocks."""
    return "\n\n".join(filter(None, map(_block, blocks)))


def plain(mrkdwn: str) -> str:
    """Return mrkdwn without its markup: entities decoded once, links as "label (address)"."""
    shown = _LINK.sub(r"\2 (\1)", mrkdwn)
    shown = _DATE.sub(r"\1", _BARE.sub(r"\1", shown))
    shown = _NAMED.sub(lambda match: match[2] or f"@{match[1]}", shown)
    pieces = _CODE.split(shown)  # text, ticks, code, text, …: nothing inside code is markup
    pieces[::3] = [_unmarked(piece) for piece in pieces[::3]]
    del pieces[1::3]
    return unescape("".join(pieces))


def _unmarked(shown: str) -> str:
    """Return text without emphasis marks and with the emoji we use as characters."""
    for mark in (_BOLD, _ITALIC, _STRUCK):
        shown = mark.sub(r"\1", shown)
    return _EMOJI_NAME.sub(lambda match: _EMOJI.get(match[0], match[0]), shown)


def _block(block: Block) -> str:
    """Return one block; a kind without a reading of its own shows the texts inside it."""
    return _READINGS.get(str(block.get("type")), _anything)(block)


def _header(block: Block) -> str:
    title = _object(block["text"])
    return f"{title}\n{'═' * _width(title)}"


def _section(block: Block) -> str:
    parts = [_object(block["text"])] if "text" in block else []
    parts += _pairs(block.get("fields", ()))
    shown = "\n".join(parts)
    return f"{shown}  {_element(block['accessory'])}" if "accessory" in block else shown


def _pairs(fields: Sequence[dict[str, Any]]) -> list[str]:
    """Return label and value of each field on a line, the values under one another."""
    cells = [_object(item).partition("\n") for item in fields]
    wide = max((_width(label) for label, _, value in cells if value), default=0)
    return [
        _padded(label, wide) + "  " + ", ".join(value.split("\n")) if value else label for label, _, value in cells
    ]


def _context(block: Block) -> str:
    return "\n".join(_element(item) for item in block["elements"])


def _actions(block: Block) -> str:
    return " ".join(_element(item) for item in block["elements"])


def _table(block: Block) -> str:
    """Return the rows with aligned columns and a rule under the headings."""
    rows = [[_anything(cell) for cell in cells] for cells in block["rows"]]
    wide = [max(map(_width, column)) for column in zip(*rows, strict=False)]
    right = [setting is not None and setting.get("align") == "right" for setting in block.get("column_settings", ())]
    right += [False] * (len(wide) - len(right))
    lines = ["  ".join(_padded(*cell) for cell in zip(cells, wide, right, strict=False)).rstrip() for cells in rows]
    return "\n".join([lines[0], "  ".join("─" * width for width in wide), *lines[1:]])


def _input(block: Block) -> str:
    return f"{_object(block['label'])}: {_element(block['element'])}"


def _image(block: Block) -> str:
    return f"[image: {block.get('alt_text', '')}]"


def _object(value: dict[str, Any]) -> str:
    """Return a text object: mrkdwn without its markup, plain text as it is."""
    return plain(value["text"]) if value.get("type") == "mrkdwn" else str(value["text"])


def _element(value: dict[str, Any]) -> str:
    """Return an element: a text, or a control in brackets."""
    kind = value.get("type")
    if kind in {"mrkdwn", "plain_text"}:
        return _object(value)
    if kind == "image":
        return _image(value)
    label = value.get("text") or value.get("placeholder") or {"text": kind}
    return f"[{label['text']}]"


def _anything(value: object) -> str:
    """Return every text inside a value, in order: nothing that Slack would show is lost."""
    if isinstance(value, dict):
        if isinstance(value.get("text"), str):
            return _object(value)
        return " ".join(filter(None, (_anything(part) for part in value.values() if isinstance(part, dict | list))))
    if isinstance(value, list):
        return " ".join(filter(None, map(_anything, value)))
    return ""


def _width(shown: str) -> int:
    """Return how many terminal cells a text takes: wide East Asian characters take two."""
    return sum(2 if east_asian_width(char) in "WF" else 1 for char in shown)


def _padded(shown: str, width: int, right: bool = False) -> str:
    gap = " " * (width - _width(shown))
    return gap + shown if right else shown + gap


_READINGS: dict[str, Callable[[Block], str]] = {
    "header": _header,
    "section": _section,
    "context": _context,
    "actions": _actions,
    "divider": lambda _block: RULE,
    "table": _table,
    "input": _input,
    "image": _image,
}
