"""The payloads Slack sends: events, commands and interactions."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bot.sandbox.personas import HOME_TEAM, User
from bot.sandbox.posts import Post, as_api
from bot.sandbox.workspace import APP_ID, BOT_USER, Workspace

if TYPE_CHECKING:
    from bot.sandbox.channels import Channel
    from bot.sandbox.views import View

JSON = dict[str, Any]
DOMAIN = "attain-sandbox"


@dataclass(frozen=True)
class CommandCall:
    """A slash command as typed: the text is already encoded."""

    command: str
    text: str
    channel: Channel
    trigger_id: str = ""
    response_url: str = ""


@dataclass(frozen=True)
class Origin:
    """Where an interaction happened: on a message or in a view."""

    user: User
    trigger_id: str = ""
    response_url: str = ""
    post: Post | None = None
    view: View | None = None
    extra: JSON = field(default_factory=dict)


class Payloads:
    """Writes payloads for one workspace."""

    def __init__(self, workspace: Workspace) -> None:
        """Write for `workspace`."""
        self._workspace = workspace

    def event(self, event: JSON, shared: bool = False) -> JSON:
        """The envelope around one event."""
        workspace = self._workspace
        return {
            "token": workspace.secrets.verification_token, "team_id": HOME_TEAM, "context_team_id": HOME_TEAM,
            "context_enterprise_id": None, "api_app_id": APP_ID, "event": event, "type": "event_callback",
            "event_id": "Ev" + secrets.token_hex(5).upper(), "event_time": int(workspace.clock.now().timestamp()),
            "authorizations": [{"enterprise_id": None, "team_id": HOME_TEAM, "user_id": BOT_USER, "is_bot": True,
                                "is_enterprise_install": False}],
            "is_ext_shared_channel": shared, "event_context": secrets.token_urlsafe(24),
        }  # fmt: skip

    def command(self, user: User, call: CommandCall) -> dict[str, str]:
        """The form of a slash command."""
        return {
            "token": self._workspace.secrets.verification_token, "team_id": user.team_id, "team_domain": DOMAIN,
            "channel_id": call.channel.id, "channel_name": call.channel.command_name, "user_id": user.id,
            "user_name": user.handle, "command": call.command, "text": call.text, "api_app_id": APP_ID,
            "is_enterprise_install": "false", "response_url": call.response_url, "trigger_id": call.trigger_id,
        }  # fmt: skip

    def actions(self, origin: Origin, actions: list[JSON], values: JSON) -> JSON:
        """A block_actions payload."""
        body = self._interaction("block_actions", origin) | {"actions": actions, **self._place(origin)}
        if origin.post is not None:
            body |= {"response_url": origin.response_url, "state": {"values": values}}
        return body

    def suggestion(self, origin: Origin, block_id: str, action_id: str, typed: str) -> JSON:
        """A block_suggestion payload: what a person has typed into an external select."""
        asked = {"block_id": block_id, "action_id": action_id, "value": typed}
        return self._interaction("block_suggestion", origin) | asked | self._place(origin)

    def submission(self, origin: Origin) -> JSON:
        """A view_submission payload."""
        return self._interaction("view_submission", origin) | {"view": self._view(origin), "response_urls": []}

    def closed(self, origin: Origin, *, cleared: bool) -> JSON:
        """A view_closed payload; `cleared` says that the whole stack went."""
        body = self._interaction("view_closed", origin) | {"view": self._view(origin), "is_cleared": cleared}
        del body["trigger_id"]
        return body

    def _interaction(self, kind: str, origin: Origin) -> JSON:
        user = origin.user
        return {
            "type": kind, "team": {"id": HOME_TEAM, "domain": DOMAIN}, "api_app_id": APP_ID, "enterprise": None,
            "user": {"id": user.id, "username": user.handle, "name": user.handle, "team_id": user.team_id},
            "token": self._workspace.secrets.verification_token, "trigger_id": origin.trigger_id,
            "is_enterprise_install": False,
        }  # fmt: skip

    def _place(self, origin: Origin) -> JSON:
        if origin.view is not None:
            return {"container": {"type": "view", "view_id": origin.view.id}, "view": self._view(origin)}
        if origin.post is None:
            return {}
        return self._message_place(origin.post)

    def _message_place(self, post: Post) -> JSON:
        container: JSON = {"type": "message", "message_ts": post.ts, "channel_id": post.channel}
        container["is_ephemeral"] = post.ephemeral
        if post.thread_ts:
            container["thread_ts"] = post.thread_ts
        channel = self._workspace.channels[post.channel]
        place: JSON = {"container": container, "channel": {"id": channel.id, "name": channel.command_name}}
        # Slack leaves the message out of interactions on ephemerals, so an app that relies on it must fail here too.
        if not post.ephemeral:
            place["message"] = as_api(post, self._workspace.app)
        return place

    def _view(self, origin: Origin) -> JSON:
        return origin.view.payload(self._workspace.app) if origin.view is not None else {}


def message_event(workspace: Workspace, post: Post) -> JSON:
    """The `message` event of a new post."""
    channel = workspace.channels[post.channel]
    author = workspace.users[post.author]
    body = as_api(post, workspace.app) | {
        "channel": post.channel, "channel_type": channel.event_type, "event_ts": post.ts, "team": author.team_id,
    }  # fmt: skip
    if author.team_id != HOME_TEAM:
        body |= {"user_team": author.team_id, "source_team": author.team_id}
    if not post.blocks and not author.bot:
        text = {"type": "text", "text": post.text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")}
        section = {"type": "rich_text_section", "elements": [text]}
        body["blocks"] = [{"type": "rich_text", "block_id": secrets.token_urlsafe(4), "elements": [section]}]
    return body


def changed_event(workspace: Workspace, post: Post, before: JSON) -> JSON:
    """The `message` event with subtype message_changed."""
    channel = workspace.channels[post.channel]
    return {
        "type": "message", "subtype": "message_changed", "hidden": True, "message": as_api(post, workspace.app),
        "previous_message": before, "channel": post.channel, "channel_type": channel.event_type,
        "ts": workspace.next_ts(), "event_ts": post.edited_ts or post.ts,
    }  # fmt: skip


def deleted_event(workspace: Workspace, post: Post) -> JSON:
    """The `message` event with subtype message_deleted."""
    channel = workspace.channels[post.channel]
    stamp = workspace.next_ts()
    return {
        "type": "message", "subtype": "message_deleted", "hidden": True, "deleted_ts": post.ts, "ts": stamp,
        "previous_message": as_api(post, workspace.app), "channel_type": channel.event_type, "event_ts": stamp,
        "channel": post.channel,
    }  # fmt: skip


def home_event(user: User, channel: Channel, view: JSON | None) -> JSON:
    """The app_home_opened event; `view` is the published home, if there is one."""
    body: JSON = {"type": "app_home_opened", "user": user.id, "channel": channel.id, "tab": "home"}
    body["event_ts"] = f"{time.time():.6f}"
    if view is not None:
        body["view"] = view
    return body
