"""Turns what a person types into what Slack sends: three entities escaped, @names and #channels resolved."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

    from bot.sandbox.workspace import Workspace


def escape(text: str) -> str:
    """The text with `&`, `<` and `>` as entities, and nothing else changed."""
    return html.escape(text, quote=False)


def encode_message(workspace: Workspace, text: str) -> str:
    """Message text as events carry it: `<@U1>` for people, `<#C1|name>` for channels."""
    return _encode(workspace, text, labelled=False)


def encode_command(workspace: Workspace, text: str, *, should_escape: bool) -> str:
    """Command text; with should_escape people become `<@U1|name>` and channels `<#C1|name>`."""
    return _encode(workspace, text, labelled=True) if should_escape else escape(text)


def _encode(workspace: Workspace, text: str, *, labelled: bool) -> str:
    people: dict[str, str] = {}
    for user in workspace.users.values():
        people.setdefault(user.handle.lower(), user.id)
        people.setdefault(escape(user.name).lower(), user.id)
    channels = {channel.name.lower(): channel for channel in workspace.channels.values() if not channel.direct}

    def person(match: re.Match[str]) -> str:
        user = workspace.users[people[match[1].lower()]]
        return f"<@{user.id}|{user.handle}>" if labelled else f"<@{user.id}>"

    def place(match: re.Match[str]) -> str:
        channel = channels[match[1].lower()]
        return f"<#{channel.id}|{channel.name}>"

    encoded = _pattern("@", people).sub(person, escape(text))
    return _pattern("#", channels).sub(place, encoded)


def _pattern(sign: str, names: Collection[str]) -> re.Pattern[str]:
    longest_first = sorted(names, key=len, reverse=True)
    return re.compile(rf"(?<![\w<]){sign}({'|'.join(map(re.escape, longest_first)) or '(?!)'})(?!\w)", re.IGNORECASE)
