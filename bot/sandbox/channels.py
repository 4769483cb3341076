"""Channels and who is in them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from bot.sandbox.personas import User

Kind = Literal["channel", "private", "im", "app"]


@dataclass(frozen=True)
class ChannelSpec:
    """A channel the caller wants in the workspace; `members` are e-mail addresses, None means every full member."""

    name: str
    kind: Literal["channel", "private"] = "channel"
    topic: str = ""
    members: tuple[str, ...] | None = None
    bot: bool = True


@dataclass
class Channel:
    """A public or private channel, a DM between two people ("im") or a DM with the bot ("app")."""

    id: str
    name: str
    kind: Kind
    topic: str = ""
    members: set[str] = field(default_factory=set)
    archived: bool = False
    read_to: dict[str, str] = field(default_factory=dict)
    prompts: list[dict[str, str]] = field(default_factory=list)

    @property
    def direct(self) -> bool:
        """Whether this is a DM."""
        return self.kind in ("im", "app")

    @property
    def event_type(self) -> str:
        """`channel_type` as message events carry it."""
        return {"channel": "channel", "private": "group"}.get(self.kind, "im")

    @property
    def command_name(self) -> str:
        """`channel_name` as slash commands carry it."""
        return {"channel": self.name, "private": "privategroup"}.get(self.kind, "directmessage")

    def visible_to(self, user: User) -> bool:
        """Whether this user may read it: own memberships, and public channels unless they are a guest or foreign."""
        return user.id in self.members or (self.kind == "channel" and not user.outsider)

    def scope(self, verb: str) -> str:
        """The scope for reading it: `scope("history")` is `im:history` on a DM."""
        noun = {"channel": "channels", "private": "groups"}.get(self.kind, "im")
        return f"{noun}:{verb}"


def channel_id(prefix: str, *parts: str) -> str:
    """A Slack-like id that is the same over restarts."""
    return prefix + hashlib.sha256("\0".join(parts).encode()).hexdigest()[:10].upper()


def describe(channel: Channel, bot: str) -> dict[str, Any]:
    """The `channel` object of conversations.info, as the bot sees it."""
    body: dict[str, Any] = {"id": channel.id, "is_archived": channel.archived, "is_im": channel.direct, "created": 0}
    if channel.direct:
        other = sorted(channel.members - {bot})
        return body | {"user": other[0] if other else "", "is_org_shared": False}
    return body | {
        "name": channel.name, "name_normalized": channel.name, "is_channel": channel.kind == "channel",
        "is_group": channel.kind == "private", "is_private": channel.kind == "private", "is_mpim": False,
        "is_member": bot in channel.members, "is_general": channel.name == "general",
        "topic": {"value": channel.topic, "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
    }  # fmt: skip
