"""Server-sent events: one stream per open page, carrying only what its persona may know."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.sandbox.feed import Change
    from bot.sandbox.workspace import Workspace

BEAT_SECONDS = 15


class Streams:
    """The open streams of one workspace; with a persona's last one go their ephemerals, as on a reload."""

    def __init__(self, workspace: Workspace) -> None:
        """Start with none open."""
        self._workspace = workspace
        self._open: Counter[str] = Counter()

    def alive(self, user: str) -> int:
        """How many pages of this persona are open."""
        return self._open[user]

    async def follow(self, user: str) -> AsyncIterator[str]:
        """The lines of one stream, until the page goes away."""
        loop = asyncio.get_running_loop()
        queue: asyncio.Queue[Change] = asyncio.Queue()

        def heard(change: Change) -> None:
            if change.concerns(user) and not loop.is_closed():
                loop.call_soon_threadsafe(queue.put_nowait, change)

        stop = self._workspace.feed.subscribe(heard)
        self._open[user] += 1
        try:
            yield "retry: 1000\n\n"
            while True:
                yield await _next(queue)
        finally:
            stop()
            self._open[user] -= 1
            if not self._open[user]:
                self._workspace.posts.drop_ephemerals(user)


async def _next(queue: asyncio.Queue[Change]) -> str:
    try:
        change = await asyncio.wait_for(queue.get(), BEAT_SECONDS)
    except TimeoutError:
        return ": still here\n\n"
    body: dict[str, str] = {"type": change.type}
    if change.channel:
        body["channel"] = change.channel
    if change.text:
        body["text"] = change.text
    return f"data: {json.dumps(body)}\n\n"
