"""Server-sent events: one stream per open page, carrying only what its persona may know."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from bot.sandbox.feed import Change
    from bot.sandbox.workspace import Workspace

BEAT_SECONDS = 15


class Streams:
    """The open streams of one workspace; with a persona's last one go their ephemerals, as on a reload."""

    def __init__(self, workspace: Workspace) -> None:
        """Start with none open."""
        self._workspace = workspace
        self._open: Counter[str] = Counter()
        self._endings: set[Callable[[], None]] = set()
        self._closed = False

    def alive(self, user: str) -> int:
        """How many pages of this persona are open."""
        return self._open[user]

    def close(self) -> None:
        """End every stream, from any thread; one that opens later ends at once."""
        self._closed = True
        for end in list(self._endings):
            end()

    async def follow(self, user: str) -> AsyncIterator[str]:
        """The lines of one stream, until the page goes away or the streams are closed."""
        loop = asyncio.get_running_loop()
        queue: asyncio.Queue[Change | None] = asyncio.Queue()

        def put(change: Change | None) -> None:
            if not loop.is_closed():
                loop.call_soon_threadsafe(queue.put_nowait, change)

        def heard(change: Change) -> None:
            if change.concerns(user):
                put(change)

        def end() -> None:
            put(None)

        self._endings.add(end)
        stop = self._workspace.feed.subscribe(heard)
        self._open[user] += 1
        try:
            yield "retry: 1000\n\n"
            while not self._closed:
                yield await _next(queue)
        finally:
            stop()
            self._endings.discard(end)
            self._open[user] -= 1
            if not self._open[user]:
                self._workspace.posts.drop_ephemerals(user)


async def _next(queue: asyncio.Queue[Change | None]) -> str:
    try:
        change = await asyncio.wait_for(queue.get(), BEAT_SECONDS)
    except TimeoutError:
        return ": still here\n\n"
    if change is None:
        return ": closing\n\n"
    body: dict[str, str] = {"type": change.type}
    if change.channel:
        body["channel"] = change.channel
    if change.text:
        body["text"] = change.text
    return f"data: {json.dumps(body)}\n\n"
