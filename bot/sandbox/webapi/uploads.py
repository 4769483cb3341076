"""files.*: the pair of calls around an upload."""

from __future__ import annotations

from bot.sandbox.errors import SlackError
from bot.sandbox.files import File, as_api
from bot.sandbox.payloads import message_event
from bot.sandbox.posts import Post
from bot.sandbox.webapi.chat import writable
from bot.sandbox.webapi.registry import JSON, Call, method
from bot.sandbox.workspace import BOT_USER


@method("files.getUploadURLExternal", scope="files:write")
def upload_url(call: Call) -> JSON:
    """Reserve a file and say where to upload it."""
    name = call.text("filename", required=True)
    length = call.text("length", required=True)
    if not length.isdigit() or int(length) < 1:
        raise SlackError("invalid_arguments")
    file = call.workspace.files.announce(name, int(length), BOT_USER)
    return {"upload_url": f"{call.workspace.base_url}/upload/{file.upload_key}", "file_id": file.id}


@method("files.completeUploadExternal", scope="files:write")
def complete(call: Call) -> JSON:
    """Finish uploads and share them into a conversation."""
    workspace = call.workspace
    listed = call.parsed("files", "invalid_arguments")
    if not isinstance(listed, list) or not listed:
        raise SlackError("invalid_arguments")
    files = [_uploaded(call, entry) for entry in listed]
    number = call.text("channel_id")
    if number:
        channel = writable(workspace, number)
        post = Post(channel.id, workspace.next_ts(), BOT_USER, call.text("initial_comment"))
        post.thread_ts, post.files = call.text("thread_ts"), [file.id for file in files]
        for file in files:
            file.shared.add(channel.id)
        workspace.add_post(post)
        workspace.emit(message_event(workspace, post) | {"subtype": "file_share"}, channel)
    return {"files": [as_api(file, workspace.base_url) for file in files]}


@method("files.info", scope="files:read")
def info(call: Call) -> JSON:
    """Describe a file."""
    file = call.workspace.files.find(call.text("file", required=True))
    if file is None:
        raise SlackError("file_not_found")
    return {"file": as_api(file, call.workspace.base_url)}


def _uploaded(call: Call, entry: JSON) -> File:
    file = call.workspace.files.find(str(entry.get("id", "")))
    if file is None or file.content is None:
        raise SlackError("file_not_found")
    file.complete, file.title = True, str(entry.get("title") or file.name)
    return file
