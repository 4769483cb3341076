"""conversations.*: open a DM, look at channels, read history as far as scopes and membership allow."""

from __future__ import annotations

from bot.sandbox.channels import Channel, describe
from bot.sandbox.errors import SlackError
from bot.sandbox.posts import Post, as_api
from bot.sandbox.webapi.registry import JSON, Call, method
from bot.sandbox.workspace import BOT_USER


@method("conversations.open", scope="im:write", tier="T3")
def open_direct(call: Call) -> JSON:
    """Open the bot's DM with one user."""
    workspace = call.workspace
    if call.text("channel"):
        channel = workspace.channel(call.text("channel"))
    else:
        numbers = [one.strip() for one in call.text("users", required=True).split(",") if one.strip()]
        if len(numbers) > 1:
            # Group DMs do not exist here; an app that opens one fails visibly instead of writing to the wrong people.
            raise SlackError("too_many_users")
        user = workspace.user(numbers[0])
        if not user.active:
            raise SlackError("user_disabled")
        channel = workspace.direct(user.id, BOT_USER)
    return {"channel": describe(channel, BOT_USER) if call.flag("return_im") else {"id": channel.id}}


@method("conversations.info", tier="T3")
def info(call: Call) -> JSON:
    """Describe a conversation."""
    return {"channel": describe(_readable(call, "read"), BOT_USER)}


@method("conversations.members", tier="T4")
def members(call: Call) -> JSON:
    """List who is in a conversation."""
    channel = _readable(call, "read")
    everyone = sorted(channel.members)
    start = _offset(call)
    page = everyone[start : start + call.number("limit", 100, 1000)]
    return {"members": page, "response_metadata": {"next_cursor": _cursor(start + len(page), len(everyone))}}


@method("conversations.history", tier="T3")
def history(call: Call) -> JSON:
    """List messages, newest first."""
    channel = _readable(call, "history")
    shown = [post for post in call.workspace.posts.history(channel.id) if _within(call, post)]
    shown.reverse()
    return _page(call, channel, shown) | {"pin_count": 0}


@method("conversations.replies", tier="T3")
def replies(call: Call) -> JSON:
    """List a thread, oldest first, its head included."""
    channel = _readable(call, "history")
    ts = call.text("ts", required=True)
    found = call.workspace.posts.thread(channel.id, ts)
    if not found:
        raise SlackError("thread_not_found")
    return _page(call, channel, [post for post in found if post.ts == ts or _within(call, post)])


def _readable(call: Call, verb: str) -> Channel:
    channel = call.workspace.channel(call.text("channel", required=True))
    call.require_scope(channel.scope(verb))
    if not call.workspace.bot_in(channel):
        if channel.kind != "channel":
            raise SlackError("channel_not_found")
        if verb == "history":
            raise SlackError("not_in_channel")
    return channel


def _within(call: Call, post: Post) -> bool:
    oldest, latest = call.text("oldest") or "0", call.text("latest") or "9" * 12
    moment = float(post.ts)
    if call.flag("inclusive"):
        return float(oldest) <= moment <= float(latest)
    return float(oldest) < moment < float(latest)


def _page(call: Call, channel: Channel, posts: list[Post]) -> JSON:
    start = _offset(call)
    page = posts[start : start + call.number("limit", 100, 999)]
    end = start + len(page)
    body: JSON = {"messages": [_message(call, channel, post) for post in page], "has_more": end < len(posts)}
    if end < len(posts):
        body["response_metadata"] = {"next_cursor": _cursor(end, len(posts))}
    return body


def _message(call: Call, channel: Channel, post: Post) -> JSON:
    body = as_api(post, call.workspace.app)
    count = call.workspace.posts.replies(channel.id, post.ts)
    if count:
        body |= {"reply_count": count, "thread_ts": post.ts}
    if call.flag("include_all_metadata") and post.metadata is not None:
        body["metadata"] = post.metadata
    return body


def _offset(call: Call) -> int:
    cursor = call.text("cursor")
    if not cursor:
        return 0
    if not cursor.startswith("at:") or not cursor[3:].isdigit():
        raise SlackError("invalid_cursor")
    return int(cursor[3:])


def _cursor(end: int, total: int) -> str:
    return f"at:{end}" if end < total else ""
