"""Messages: what was said, where, and who may see it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

JSON = dict[str, Any]


@dataclass
class Post:
    """One message. `to` names the only reader of an ephemeral; `sent` is the payload exactly as the app sent it."""

    channel: str
    ts: str
    author: str
    text: str = ""
    blocks: list[JSON] = field(default_factory=list)
    sent: JSON = field(default_factory=dict)
    thread_ts: str = ""
    to: str = ""
    edited_ts: str = ""
    files: list[str] = field(default_factory=list)
    metadata: JSON | None = None
    client_msg_id: str = ""
    cause: str = ""

    @property
    def id(self) -> str:
        """The address of this message in the sandbox page."""
        return f"{self.channel}-{self.ts}"

    @property
    def ephemeral(self) -> bool:
        """Whether only one person sees it."""
        return bool(self.to)

    @property
    def in_thread(self) -> bool:
        """Whether it is a reply, not the head of a thread."""
        return bool(self.thread_ts) and self.thread_ts != self.ts


class Posts:
    """All messages of a workspace, ephemerals kept apart from history."""

    def __init__(self) -> None:
        """Start empty."""
        self._history: dict[str, list[Post]] = {}
        self._ephemeral: list[Post] = []

    def add(self, post: Post) -> Post:
        """Keep `post`."""
        (self._ephemeral if post.ephemeral else self._history.setdefault(post.channel, [])).append(post)
        return post

    def find(self, channel: str, ts: str) -> Post | None:
        """The message of history at (channel, ts), or None; never an ephemeral."""
        return next((post for post in self._history.get(channel, ()) if post.ts == ts), None)

    def find_visible(self, channel: str, ts: str, viewer: str) -> Post | None:
        """The message at (channel, ts) if this viewer's screen can show it, their own ephemerals included."""
        own = (post for post in self._ephemeral if post.to == viewer and (post.channel, post.ts) == (channel, ts))
        return self.find(channel, ts) or next(own, None)

    def remove(self, post: Post) -> None:
        """Forget `post`."""
        kept = self._ephemeral if post.ephemeral else self._history.get(post.channel, [])
        if post in kept:
            kept.remove(post)

    def history(self, channel: str) -> list[Post]:
        """What conversations.history could return, oldest first: no ephemeral, no replies."""
        return [post for post in self._history.get(channel, ()) if not post.in_thread]

    def thread(self, channel: str, ts: str) -> list[Post]:
        """The head of a thread and its replies, oldest first."""
        return [post for post in self._history.get(channel, ()) if ts in (post.ts, post.thread_ts)]

    def replies(self, channel: str, ts: str) -> int:
        """How many replies hang under the message at `ts`."""
        return sum(1 for post in self._history.get(channel, ()) if post.thread_ts == ts and post.in_thread)

    def seen_by(self, viewer: str, channel: str, thread: str = "") -> list[Post]:
        """What this viewer's screen shows of a channel or thread, their own ephemerals in their place."""
        shown = self.thread(channel, thread) if thread else self.history(channel)
        own = [post for post in self._ephemeral if post.channel == channel and post.to == viewer]
        own = [post for post in own if post.thread_ts == thread]
        return sorted(shown + own, key=lambda post: post.ts)

    def on_screen(self, viewer: str, channel: str) -> list[Post]:
        """Everything this viewer could find in a channel, threads and their own ephemerals included."""
        own = [post for post in self._ephemeral if post.channel == channel and post.to == viewer]
        return sorted([*self._history.get(channel, ()), *own], key=lambda post: post.ts)

    def unread(self, viewer: str, channel: str, read_to: str) -> int:
        """How many messages of others arrived after `read_to`."""
        return sum(1 for post in self.seen_by(viewer, channel) if post.ts > read_to and post.author != viewer)

    def drop_ephemerals(self, viewer: str) -> int:
        """Forget this viewer's ephemerals, as a reload of Slack does; says how many there were."""
        kept = [post for post in self._ephemeral if post.to != viewer]
        dropped = len(self._ephemeral) - len(kept)
        self._ephemeral = kept
        return dropped


def as_api(post: Post, bot: JSON) -> JSON:
    """The message object of the Web API; `bot` holds `id`, `bot_id`, `app_id` and `team_id` of our app."""
    body: JSON = {"type": "message", "user": post.author, "text": post.text, "ts": post.ts, "team": bot["team_id"]}
    if post.author == bot["id"]:
        body |= {"bot_id": bot["bot_id"], "app_id": bot["app_id"]}
    if post.blocks:
        body["blocks"] = post.blocks
    if post.thread_ts:
        body["thread_ts"] = post.thread_ts
    if post.client_msg_id:
        body["client_msg_id"] = post.client_msg_id
    if post.edited_ts:
        body["edited"] = {"user": post.author, "ts": post.edited_ts}
    return body
