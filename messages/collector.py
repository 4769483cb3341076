"""The blocks a template has put down so far, and the functions it puts them down with.

Structure comes from Python, text from the template: `{% call section() %}text{% endcall %}` calls `section` here with
a `caller` that renders the text. What stands between blocks is refused, so nothing is lost on the way.
"""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from messages import limits
from messages.actions import base
from messages.errors import MarkupInPlainTextError, OutsideBlockError, TemplateError, TextTooLongError
from messages.escape import NOTHING, Mrkdwn, clip, one_line, safe, unescape

if TYPE_CHECKING:
    from collections.abc import Callable

    from messages.reply import Block

Mode = Literal["outside", "mrkdwn", "plain", "fallback"]


@dataclass(slots=True)
class Collector:
    """One rendering: its blocks, its fallback, and where the template is just now."""

    blocks: list[Block] = field(default_factory=list)
    fallback: str = ""
    mode: Mode = "outside"
    inside: str = ""
    items: list[Any] = field(default_factory=list)
    elements: int = 0
    frame: dict[str, Any] = field(default_factory=dict)


current: ContextVar[Collector] = ContextVar("collector")


def _text(caller: Callable[[], str], mode: Mode, limit: int, place: str) -> str:
    """Render the body of a block in a mode and return it trimmed; empty or too long raises."""
    out = current.get()
    if out.mode != "outside":
        raise TemplateError(f"{place} stands inside another block's text")
    out.mode = mode
    try:
        text = _trimmed(caller())
    finally:
        out.mode = "outside"
    if mode == "plain":
        text = unescape(text)
    if not text:
        raise TemplateError(f"{place} is empty; leave the block out instead")
    if limits.length(text) > limit:
        raise TextTooLongError(f"{place}: {limits.length(text):,} characters, at most {limit:,}")
    return text


def _trimmed(text: str) -> str:
    """Return the text without the indentation and blank line ends that come from the template's layout."""
    text = text.strip(" \n\t")
    return "\n".join([line.strip(" \t") for line in text.split("\n")]) if "\n" in text else text


def _items(caller: Callable[[], str], place: str, limit: int) -> list[Any]:
    """Run a body that puts down items rather than text, and return them."""
    out = current.get()
    if out.inside or out.mode != "outside":
        raise TemplateError(f"{place} stands inside {out.inside or 'text'}")
    out.inside, out.items = place, []
    try:
        stray = caller().strip()
        items = out.items
    finally:
        out.inside, out.items = "", []
    if stray:
        raise OutsideBlockError(f"text in {place} but outside its items: {stray[:40]!r}")
    if not items:
        raise TemplateError(f"{place} is empty; leave the block out instead")
    if len(items) > limit:
        raise TextTooLongError(f"{place}: {len(items)} items, at most {limit}")
    return items


def add(block: Block) -> str:
    """Append a block; blocks stand one after the other, never inside one another."""
    out = current.get()
    if out.inside:
        raise TemplateError(f"a {block['type']} stands inside {out.inside}")
    out.blocks.append(block)
    return ""


def _mrkdwn(text: str) -> dict[str, Any]:
    """Return a text object whose addresses and names Slack does not turn into links by itself."""
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def header(caller: Callable[[], str]) -> str:
    """Put down a heading, plain text."""
    text = _text(caller, "plain", limits.HEADER_TEXT, "header")
    return add({"type": "header", "text": {"type": "plain_text", "text": text, "emoji": True}})


def section(accessory: str = "", *, caller: Callable[[], str]) -> str:
    """Put down a paragraph; `accessory` is what `button` returned for it, shown at its right."""
    block: Block = {"type": "section", "text": _mrkdwn(_text(caller, "mrkdwn", limits.SECTION_TEXT, "section"))}
    if isinstance(accessory, Element):
        block["accessory"] = accessory.element
    elif accessory:
        raise TemplateError("an accessory is made by button(…)")
    return add(block)


def context(caller: Callable[[], str]) -> str:
    """Put down small print."""
    text = _text(caller, "mrkdwn", limits.CONTEXT_TEXT, "context")
    return add({"type": "context", "elements": [_mrkdwn(text)]})


def fields(caller: Callable[[], str]) -> str:
    """Put down pairs of label and value in two columns; the body is `field`s."""
    return add({"type": "section", "fields": _items(caller, "fields", limits.SECTION_FIELDS)})


def field_(label: str, *, caller: Callable[[], str]) -> str:
    """Put down one pair: a bold label, and the body as its value."""
    out = _within("field", "fields")
    value = _text(caller, "mrkdwn", limits.FIELD_TEXT, f"field {label!r}")
    out.items.append(_mrkdwn(f"*{safe(label)}*\n{value}"))
    return ""


def table(columns: list[str], right: tuple[int, ...] = (), *, caller: Callable[[], str]) -> str:
    """Put down a table of plain cells: the headings, then a `row` for each row of the body.

    Args:
        columns: the headings.
        right: which columns, from 0, hold figures and align right.
        caller: the body.
    """
    rows = _items(caller, "table", limits.TABLE_ROWS - 1)
    head = [_cell(name) for name in columns]
    settings = [{"align": "right" if place in right else "left", "is_wrapped": True} for place in range(len(columns))]
    if any(len(row) != len(columns) for row in rows):
        raise TemplateError(f"a row of the table has not {len(columns)} cells")
    return add({"type": "table", "column_settings": settings, "rows": [head, *rows]})


def row(*cells: str) -> str:
    """Put down one row of a table. Cells are plain text, so nothing in them is ever markup."""
    _within("row", "table").items.append([_cell(text) for text in cells])
    return ""


def actions(caller: Callable[[], str]) -> str:
    """Put down a row of buttons; the body is `button`s."""
    return add({"type": "actions", "elements": _items(caller, "actions", limits.ACTIONS_ELEMENTS)})


def divider() -> str:
    """Put down a rule."""
    return add({"type": "divider"})


def fallback(caller: Callable[[], str]) -> str:
    """Set the text that screen readers and notifications use: the whole answer in a sentence."""
    out = current.get()
    if out.fallback:
        raise TemplateError("the template has two fallbacks")
    out.fallback = _text(caller, "fallback", limits.MESSAGE_TEXT, "fallback").replace("\n", " ")
    return ""


class Element(str):
    """Nothing to print, and the element it stands for: what `button` returns outside a row, or the box of a field."""

    __slots__ = ("element",)
    element: dict[str, Any]


def button(label: str, action_id: str, value: str, about: str = "", style: str = "") -> str:
    """Put a button into `actions`, or return it as the accessory of a section.

    Args:
        label: what it says, plain text.
        action_id: which listener answers; a running number after a colon makes it unique in the payload,
            instead of any number it came with.
        value: identifiers for the listener as JSON made by `messages.actions`; never an amount.
        about: what a screen reader adds, where several buttons carry one label.
        style: "primary" or "danger"; empty for the default look.
    """
    out = current.get()
    out.elements += 1
    element: dict[str, Any] = {
        "type": "button",
        "text": {"type": "plain_text", "text": plain(label, limits.BUTTON_TEXT), "emoji": True},
        "action_id": f"{base(action_id)}:{out.elements}",
        "value": value,
    }
    if about:
        element["accessibility_label"] = plain(about, limits.BUTTON_LABEL)
    if style:
        element["style"] = style
    if out.inside == "actions":
        out.items.append(element)
        return ""
    made = Element()
    made.element = element
    return made


def plain(text: str, limit: int) -> str:
    """Return a value for a place that shows plain text, clipped to what fits."""
    if isinstance(text, Mrkdwn):
        raise MarkupInPlainTextError
    return clip(text, limit)


def _cell(text: str) -> dict[str, str]:
    """Return a table cell; Slack refuses an empty one."""
    if isinstance(text, Mrkdwn) or not isinstance(text, str):
        raise MarkupInPlainTextError(f"a table cell holds {type(text).__name__}, not plain text")
    return {"type": "raw_text", "text": one_line(text).strip() or NOTHING}


def _within(item: str, place: str) -> Collector:
    """Return the collector if the template is where the item belongs."""
    out = current.get()
    if out.inside != place:
        raise TemplateError(f"{item} stands outside {place}")
    return out


FUNCTIONS: dict[str, Callable[..., str]] = {
    "header": header,
    "section": section,
    "context": context,
    "fields": fields,
    "field": field_,
    "table": table,
    "row": row,
    "actions": actions,
    "button": button,
    "divider": divider,
    "fallback": fallback,
}
