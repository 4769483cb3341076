"""chat.*: post, post ephemerally, update, delete, link."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.sandbox.blocks import with_ids
from bot.sandbox.errors import SlackError
from bot.sandbox.payloads import changed_event, deleted_event, message_event
from bot.sandbox.posts import Post, as_api
from bot.sandbox.verdict import require_valid
from bot.sandbox.webapi.registry import JSON, Call, method
from bot.sandbox.workspace import BOT_USER, Workspace

if TYPE_CHECKING:
    from bot.sandbox.channels import Channel

LONGEST = 40_000
_SENT = ("text", "blocks", "thread_ts", "metadata", "unfurl_links", "unfurl_media", "mrkdwn", "reply_broadcast",
         "client_msg_id", "attachments")  # fmt: skip


@method("chat.postMessage", scope="chat:write", tier="special")
def post_message(call: Call) -> JSON:
    """Post a message as the bot."""
    workspace = call.workspace
    channel = writable(workspace, call.text("channel", required=True), public="chat:write.public")
    post = _composed(call, channel, _metadata(call))
    workspace.rates.post(channel.id, workspace.clock.now())
    workspace.add_post(post)
    workspace.emit(message_event(workspace, post), channel)
    answer: JSON = {"channel": channel.id, "ts": post.ts, "message": as_api(post, workspace.app)}
    if len(call.text("text")) > LONGEST:
        answer["response_metadata"] = {"warnings": ["message_truncated"]}
    return answer


@method("chat.postEphemeral", scope="chat:write")
def post_ephemeral(call: Call) -> JSON:
    """Show a message to one member of a channel."""
    workspace = call.workspace
    channel = writable(workspace, call.text("channel", required=True))
    reader = call.text("user", required=True)
    if reader not in workspace.users:
        raise SlackError("user_not_found")
    if reader not in channel.members:
        raise SlackError("user_not_in_channel")
    post = _composed(call, channel, None)
    post.to = reader
    workspace.add_post(post)
    return {"message_ts": post.ts}


@method("chat.update", scope="chat:write", tier="T3")
def update(call: Call) -> JSON:
    """Replace one of the bot's own messages."""
    workspace = call.workspace
    channel = writable(workspace, call.text("channel", required=True))
    post = _own(call, channel, "cant_update_message")
    text, blocks = _content(call, keep=post)
    _show_pictures(workspace, channel, blocks)
    before = as_api(post, workspace.app)
    post.text, post.blocks, post.sent = text, with_ids(blocks), _sent(call)
    post.edited_ts, post.cause = workspace.next_ts(), _cause(workspace, channel) or post.cause
    workspace.tell("update", post)
    workspace.emit(changed_event(workspace, post, before), channel)
    return {"channel": channel.id, "ts": post.ts, "text": post.text, "message": as_api(post, workspace.app)}


@method("chat.delete", scope="chat:write", tier="T3")
def delete(call: Call) -> JSON:
    """Remove one of the bot's own messages."""
    workspace = call.workspace
    channel = writable(workspace, call.text("channel", required=True))
    post = _own(call, channel, "cant_delete_message")
    workspace.posts.remove(post)
    workspace.tell("delete", post)
    workspace.emit(deleted_event(workspace, post), channel)
    return {"channel": channel.id, "ts": post.ts}


@method("chat.getPermalink", tier="special")
def permalink(call: Call) -> JSON:
    """The address of a message."""
    workspace = call.workspace
    channel = workspace.channel(call.text("channel", required=True))
    ts = call.text("message_ts", required=True)
    if workspace.posts.find(channel.id, ts) is None:
        raise SlackError("message_not_found")
    return {"channel": channel.id, "permalink": f"{workspace.base_url}/archives/{channel.id}/p{ts.replace('.', '')}"}


def writable(workspace: Workspace, number: str, public: str = "") -> Channel:
    """The channel or DM behind `number` (a user id means the DM), if the bot may write there.

    Raises:
        SlackError: channel_not_found, user_disabled, is_archived or not_in_channel.
    """
    channel = workspace.direct(number, BOT_USER) if number in workspace.users else workspace.channel(number)
    if channel.direct:
        _refuse_disabled(workspace, channel)
    if not workspace.bot_in(channel) and (not public or public not in workspace.manifest.scopes):
        raise SlackError("channel_not_found" if channel.kind != "channel" else "not_in_channel")
    if workspace.archived(channel):
        raise SlackError("is_archived")
    return channel


def _refuse_disabled(workspace: Workspace, channel: Channel) -> None:
    for member in channel.members:
        if not workspace.user(member).active:
            raise SlackError("user_disabled")


def _composed(call: Call, channel: Channel, metadata: JSON | None) -> Post:
    text, blocks = _content(call)
    _show_pictures(call.workspace, channel, blocks)
    return Post(
        channel=channel.id, ts=call.workspace.next_ts(), author=BOT_USER, text=text, blocks=with_ids(blocks),
        sent=_sent(call), thread_ts=call.text("thread_ts"), metadata=metadata,
        client_msg_id=call.text("client_msg_id"), cause=_cause(call.workspace, channel),
    )  # fmt: skip


def _content(call: Call, keep: Post | None = None) -> tuple[str, list[JSON]]:
    text = call.text("text")[:LONGEST]
    blocks = call.parsed("blocks", "invalid_blocks_format")
    if blocks is None and keep is not None and not text:
        blocks = keep.blocks
    if not text and not blocks and not call.parsed("attachments", "invalid_attachments"):
        raise SlackError("no_text")
    if blocks is not None and not isinstance(blocks, list):
        raise SlackError("invalid_blocks_format")
    if blocks:
        require_valid({"text": text or " ", "blocks": blocks}, "message")
    return text, blocks or []


def _show_pictures(workspace: Workspace, channel: Channel, blocks: list[JSON]) -> None:
    """Let whoever reads the channel see the uploaded pictures that stand in the blocks.

    Raises:
        SlackError: invalid_blocks for a file that is not there or was never completed.
    """
    for number, block in enumerate(blocks):
        wanted = (block.get("slack_file") or {}).get("id") if block.get("type") == "image" else None
        if not wanted:
            continue
        file = workspace.files.find(str(wanted))
        if file is None or not file.complete:
            line = f"[ERROR] invalid slack file [json-pointer:/blocks/{number}/slack_file]"
            raise SlackError("invalid_blocks", {"response_metadata": {"messages": [line]}})
        file.shared.add(channel.id)


def _metadata(call: Call) -> JSON | None:
    metadata = call.parsed("metadata", "invalid_metadata_format")
    if metadata is None:
        return None
    if not isinstance(metadata, dict) or not isinstance(metadata.get("event_payload"), dict):
        raise SlackError("invalid_metadata_schema")
    return metadata


def _own(call: Call, channel: Channel, refusal: str) -> Post:
    post = call.workspace.posts.find(channel.id, call.text("ts", required=True))
    if post is None:
        raise SlackError("message_not_found")
    if post.author != BOT_USER:
        raise SlackError(refusal)
    return post


def _sent(call: Call) -> JSON:
    sent: dict[str, Any] = {key: call.args[key] for key in _SENT if call.args.get(key) is not None}
    for key in ("blocks", "metadata"):
        if key in sent:
            sent[key] = call.parsed(key, "invalid_blocks_format")
    return sent


def _cause(workspace: Workspace, channel: Channel) -> str:
    reader = next(iter(channel.members - {BOT_USER}), "") if channel.direct else ""
    return workspace.records.cause_of(workspace.clock.now(), channel=channel.id, user=reader)
