"""Carries notices to Slack, one request at a time: whose account it is, which direct message, post, edit, look up.

The client repeats nothing; what became of a request is told, and the outbox decides what follows from it.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from bot.slack import sending
from bot.slack.sending import Sent

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from slack_sdk import WebClient

    from messages.reply import Message

POST, UPDATE, OPEN, LOOK_UP = "chat.postMessage", "chat.update", "conversations.open", "users.lookupByEmail"
HISTORY, REPLIES = "conversations.history", "conversations.replies"
EVENT_TYPE = "attain_outbox"
#: A message may be stamped a little earlier than we began to send it.
CLOCKS_DIFFER_SECONDS = 60
MESSAGES_LOOKED_AT = 200
_NOT_ONE_OF_US = ("deleted", "is_bot", "is_restricted", "is_ultra_restricted", "is_stranger", "is_workflow_bot")


class Courier:
    """Sends requests for one workspace; safe to share by threads."""

    def __init__(self, client: WebClient) -> None:
        """Send through `client`, whose retry handlers are taken away."""
        client.retry_handlers = []
        self._client = client
        self._team = ""

    def team(self) -> Sent:
        """The workspace the token belongs to, as `team_id` of the body; asked once."""
        if self._team:
            return Sent("sent", body={"team_id": self._team})
        found = sending.call(self._client.auth_test)
        if found.body is not None:
            self._team = str(found.body["team_id"])
        return found

    def open(self, user_id: str) -> Sent:
        """The direct message with an account, as `channel.id` of the body."""
        return sending.call(lambda: self._client.conversations_open(users=user_id))

    def account(self, email: str) -> Sent:
        """The full, active member with an address, as `user.id` of the body; refused where there is none."""
        found = sending.call(lambda: self._client.users_lookupByEmail(email=email))
        if found.body is None:
            return Sent("refused", "user_not_found") if found.code == "users_not_found" else found
        user = found.body["user"]
        foreign = user.get("team_id", self._team) != self._team
        return Sent("refused", "user_not_found") if foreign or any(map(user.get, _NOT_ONE_OF_US)) else found

    def send(self, method: str, where: Mapping[str, str], message: Message, notice_id: str) -> Sent:
        """What became of posting or updating a message; `where` is its channel, and its thread or own number."""
        body: dict[str, Any] = {
            **where,
            "text": message.text,
            "unfurl_links": False,
            "unfurl_media": False,
            "metadata": {"event_type": EVENT_TYPE, "event_payload": {"id": notice_id}},
        }
        if message.blocks:
            body["blocks"] = message.blocks
        elif method == UPDATE:
            body["blocks"] = []
        if method == POST:
            body["client_msg_id"] = str(uuid.uuid5(uuid.UUID(notice_id), method))
        return sending.call(lambda: self._client.api_call(method, json=body))

    def find(self, notice_id: str, channel_id: str, since: datetime, thread_ts: str = "") -> Sent:
        """The message that carries a notice's id, as `ts` of the body: "" where it is not there."""
        query = {
            "channel": channel_id,
            "oldest": str(int(since.timestamp()) - CLOCKS_DIFFER_SECONDS),
            "include_all_metadata": True,
            "limit": MESSAGES_LOOKED_AT,
        }
        method = REPLIES if thread_ts else HISTORY
        if thread_ts:
            query["ts"] = thread_ts
        found = sending.call(lambda: self._client.api_call(method, params=query))
        if found.body is None:
            return found
        its = (one for one in found.body["messages"] if _carried(one) == notice_id)
        return Sent("sent", body={"ts": next((str(one["ts"]) for one in its), "")})


def _carried(message: Mapping[str, Any]) -> str:
    """The notice that a message of ours carries."""
    metadata = message.get("metadata") or {}
    if metadata.get("event_type") != EVENT_TYPE:
        return ""
    return str((metadata.get("event_payload") or {}).get("id") or "")
