"""Messages as one person sees them, with the payload exactly as the app sent it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bot.sandbox import blocks as kit
from bot.sandbox.errors import RefusedError

if TYPE_CHECKING:
    from bot.sandbox.posts import Post
    from bot.sandbox.workspace import Workspace

JSON = dict[str, Any]
DIRECT = "dm"


@dataclass(frozen=True)
class Sighting:
    """One message on one person's screen. `channel` is the channel's name, or `dm` for the bot's own DM.

    `text` and `blocks` are as sent; `placed` are the blocks with the ids Slack gave them.
    """

    id: str
    channel: str
    channel_id: str
    ts: str
    author: str
    from_bot: bool
    ephemeral: bool
    text: str
    blocks: list[JSON]
    placed: list[JSON] = field(repr=False, default_factory=list)
    thread_ts: str = ""
    edited: bool = False
    files: tuple[str, ...] = ()

    def as_sent(self) -> JSON:
        """The message as `attain ask --json` prints it."""
        return {"channel": self.channel, "ephemeral": self.ephemeral, "text": self.text, "blocks": self.blocks}


def sighting(workspace: Workspace, post: Post) -> Sighting:
    """What a person who may see `post` sees of it."""
    channel = workspace.channels[post.channel]
    author = workspace.users[post.author]
    return Sighting(
        id=post.id, channel=DIRECT if channel.kind == "app" else channel.name, channel_id=channel.id, ts=post.ts,
        author=author.name, from_bot=author.bot, ephemeral=post.ephemeral, text=post.sent.get("text", post.text),
        blocks=post.sent.get("blocks") or [], placed=post.blocks, thread_ts=post.thread_ts,
        edited=bool(post.edited_ts), files=tuple(post.files),
    )  # fmt: skip


def element_called(blocks: list[JSON], name: str) -> tuple[str, JSON]:
    """The block_id and element whose action_id, or else whose label, is `name`.

    Raises:
        RefusedError: there is none; the message lists what there is.
    """
    found = [(block.get("block_id", ""), one) for block, one in kit.elements(blocks) if "action_id" in one]
    for block_id, element in found:
        if element["action_id"] == name:
            return block_id, element
    for block_id, element in found:
        if kit.label_of(element) == name:
            return block_id, element
    there = ", ".join(f"{one['action_id']} ({kit.label_of(one)})" for _, one in found) or "none"
    raise RefusedError(f"There is no element {name!r} here. There are: {there}.")
