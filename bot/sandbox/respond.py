"""Answers through a response_url, and through the acknowledgement of a command."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.sandbox.blocks import with_ids
from bot.sandbox.errors import SlackError
from bot.sandbox.payloads import changed_event, message_event
from bot.sandbox.posts import Post, as_api
from bot.sandbox.verdict import require_valid
from bot.sandbox.workspace import BOT_USER, Workspace

if TYPE_CHECKING:
    from bot.sandbox.triggers import Link

JSON = dict[str, Any]
_SENT = ("text", "blocks", "response_type", "replace_original", "delete_original", "thread_ts", "mrkdwn")


def answer(workspace: Workspace, link: Link, body: JSON) -> Post | None:
    """Post, replace or delete what `body` asks for; returns the message, None after a deletion.

    Raises:
        SlackError: no_text, invalid_blocks, or nothing there to replace.
    """
    original = _original(workspace, link)
    if body.get("delete_original"):
        _delete(workspace, original)
        return None
    if not body.get("text") and not body.get("blocks"):
        raise SlackError("no_text")
    require_valid({"text": body.get("text", " "), "blocks": body.get("blocks") or []}, "message")
    if body.get("replace_original"):
        return _replace(workspace, link, original, body)
    return _post(workspace, link, body)


def _original(workspace: Workspace, link: Link) -> Post | None:
    if not link.post_ts:
        return None
    return workspace.posts.find_visible(link.channel, link.post_ts, link.user)


def _delete(workspace: Workspace, original: Post | None) -> None:
    if original is not None:
        workspace.posts.remove(original)
        workspace.tell("delete", original)


def _post(workspace: Workspace, link: Link, body: JSON) -> Post:
    public = body.get("response_type") == "in_channel"
    post = Post(
        channel=link.channel, ts=workspace.next_ts(), author=BOT_USER, text=body.get("text", ""),
        blocks=with_ids(body.get("blocks") or []), sent=_sent(body), to="" if public else link.user, cause=link.cause,
        thread_ts=body.get("thread_ts") or link.thread_ts,
    )  # fmt: skip
    workspace.add_post(post)
    if public:
        workspace.emit(message_event(workspace, post), workspace.channels[link.channel])
    # The first answer to a command becomes its original: replace_original then means this message.
    link.post_ts = link.post_ts or post.ts
    return post


def _replace(workspace: Workspace, link: Link, original: Post | None, body: JSON) -> Post:
    if original is None:
        return _post(workspace, link, body)
    before = as_api(original, workspace.app)
    original.text, original.sent = body.get("text", ""), _sent(body)
    original.blocks, original.cause = with_ids(body.get("blocks") or []), link.cause
    if not original.ephemeral:
        original.edited_ts = workspace.next_ts()
        workspace.emit(changed_event(workspace, original, before), workspace.channels[original.channel])
    workspace.tell("update", original)
    return original


def _sent(body: JSON) -> JSON:
    return {key: body[key] for key in _SENT if key in body}
