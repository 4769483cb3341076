"""What `messages.validate` says of a payload, in the platform's error shape."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from bot.sandbox.errors import SlackError
from messages.validate import validate

if TYPE_CHECKING:
    from collections.abc import Mapping

    from messages.reply import Surface

JSON = dict[str, Any]


def findings(payload: Mapping[str, Any], surface: Surface) -> list[str]:
    """What the platform would refuse, one line each with where; empty for a valid payload."""
    return validate(payload, surface)


def require_valid(payload: Mapping[str, Any], surface: Surface) -> None:
    """Refuse a payload the platform would refuse.

    Raises:
        SlackError: invalid_blocks for a message, invalid_arguments for a view, each with a JSON pointer.
    """
    found = findings(payload, surface)
    if not found:
        return
    prefix = "" if surface == "message" else "/view"
    lines = [f"[ERROR] {_what(line)} [json-pointer:{prefix}{_pointer(line)}]" for line in found]
    extra: JSON = {"response_metadata": {"messages": lines}}
    if surface == "message":
        extra["errors"] = [line.removeprefix("[ERROR] ") for line in lines]
    raise SlackError("invalid_blocks" if surface == "message" else "invalid_arguments", extra)


def _pointer(line: str) -> str:
    path = line.partition(": ")[0]
    return "/" + re.sub(r"\[(\d+)\]", r"/\1", path).replace(".", "/").strip("/")


def _what(line: str) -> str:
    return line.partition(": ")[2] or line
