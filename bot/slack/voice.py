"""Says an answer on the surface where it was asked for: `response_url` while that lasts, then a direct message.

A request whose outcome is unknown is not sent twice and counts as shown: what may be on a screen is on record, and no
error stands beside it. An answer is only ever ephemeral, in a direct message with the person, or on their Home tab.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from threading import Lock
from typing import TYPE_CHECKING, Any

from slack_sdk.webhook import WebhookClient

from bot.errors import NotDeliveredError, TooLateToOpenError
from bot.log import Journal
from bot.slack import sending
from bot.slack.lines import Lines

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from slack_sdk import WebClient
    from slack_sdk.web import SlackResponse
    from slack_sdk.webhook import WebhookResponse

    from bot.clock import Clock
    from bot.slack.inbound import Inbound
    from bot.slack.sending import Sent
    from messages.reply import Message

USES = 5
LASTS = timedelta(minutes=30)
TIMEOUT_SECONDS = 10
REMEMBERED = 10_000
#: A trigger lives three seconds from the click, of which the answer has taken some.
TRIGGER_SECONDS = 1.5
_LATE = ("expired_trigger_id", "exchanged_trigger_id", "invalid_trigger_id", "trigger_expired", "trigger_exchanged")
_MOVED_ON = ("hash_conflict", "not_found", "view_not_found")
_USED_UP = ("http_404", "expired_url", "used_url", "invalid_url")
_BAD_BLOCKS = ("invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long")
_journal = Journal("bot.slack.voice")


@dataclass(frozen=True, slots=True)
class OpenModal:
    """A modal on somebody's screen, as it was at `hash`; without an id, one of which we only hope that it opened."""

    view_id: str
    hash: str


@dataclass(slots=True)
class _Address:
    """How often a response_url was used, and since when it exists for us."""

    first_at: datetime
    used: int = 0


class Voice:
    """Sends messages for the bot; safe to use from many threads."""

    def __init__(self, client: WebClient, clock: Clock, patience: float = sending.PATIENCE_SECONDS) -> None:
        """Speak through `client`, whose retry handlers must be empty; insist for `patience` seconds."""
        self._client = client
        self._patience = patience
        self._clock = clock
        self._lock = Lock()
        self._addresses: dict[str, _Address] = {}
        self._channels: dict[str, str] = {}
        self._lines = Lines(TIMEOUT_SECONDS)

    def answer(self, to: Inbound, message: Message) -> str:
        """Send `message` back to whoever asked, in private; returns the surface it went to, or may have gone to.

        Raises:
            NotDeliveredError: Slack refused it where it belongs, or did not accept it in time (a passing code).
        """
        if to.kind == "mention":
            return self._beside(to, message)
        kept = to.surface == "im" and not to.ephemeral and to.kind != "command"
        if (
            not kept
            and to.response_url
            and self._may_use(to.response_url)
            and self._respond(to.response_url, message)
        ):
            return "ephemeral"
        channel = to.channel_id if to.kind == "message" or kept else ""
        return self.direct(to.user_id, message, channel, to.thread_ts)

    def direct(self, user_id: str, message: Message, channel: str = "", thread_ts: str = "") -> str:
        """Send `message` into the person's direct messages with the bot; returns "dm"."""
        target = channel or self._channel(user_id)
        extra = {"thread_ts": thread_ts} if thread_ts else {}
        self._post("chat.postMessage", {"channel": target, **extra}, message)
        return "dm"

    def publish_home(self, user_id: str, message: Message) -> str:
        """Show `message` as the person's Home tab; returns "home"."""
        view = {"type": "home", "blocks": message.blocks}
        self._call(lambda: self._client.views_publish(user_id=user_id, view=view), repeatable=True)
        return "home"

    def open_modal(self, to: Inbound, view: dict[str, Any]) -> OpenModal:
        """Open `view` by the trigger of the request, over the modal it came from; returns what is then open.

        Raises:
            TooLateToOpenError: the trigger is used or older than three seconds.
            NotDeliveredError: Slack refused the view.
        """
        opening = self._client.views_push if to.surface == "modal" else self._client.views_open
        try:
            found = self._call(lambda: opening(trigger_id=to.trigger_id, view=view), patience=TRIGGER_SECONDS)
        except NotDeliveredError as error:
            if error.code in _LATE or error.code in sending.PASSING:
                raise TooLateToOpenError from None
            raise
        shown = found.body["view"] if found.body is not None else {}
        return OpenModal(str(shown.get("id") or ""), str(shown.get("hash") or ""))

    def update_modal(self, where: OpenModal, view: dict[str, Any]) -> bool:
        """Show `view` in an open modal; False, and nothing done, where that was closed or changed in the meantime.

        Raises:
            NotDeliveredError: Slack refused the view.
        """
        if not where.view_id:
            return False
        try:
            self._call(lambda: self._client.views_update(view_id=where.view_id, hash=where.hash, view=view))
        except NotDeliveredError as error:
            if error.code not in _MOVED_ON:
                raise
            _journal.info("modal has moved on", code=error.code, form=view["callback_id"])
            return False
        return True

    def _beside(self, to: Inbound, message: Message) -> str:
        """An ephemeral note in the channel; a direct message where the bot may not whisper there."""
        extra = {"thread_ts": to.thread_ts} if to.thread_ts else {}
        try:
            self._post("chat.postEphemeral", {"channel": to.channel_id, "user": to.user_id, **extra}, message)
        except NotDeliveredError as error:
            if error.code not in ("not_in_channel", "channel_not_found", "user_not_in_channel"):
                raise
            return self.direct(to.user_id, message)
        return "ephemeral"

    def _channel(self, user_id: str) -> str:
        """The id of the direct message with this person, opened once."""
        if user_id not in self._channels:
            found = self._call(lambda: self._client.conversations_open(users=user_id), repeatable=True)
            if found.body is None:
                raise NotDeliveredError("unreachable")
            self._channels[user_id] = found.body["channel"]["id"]
        return self._channels[user_id]

    def _post(self, method: str, where: Mapping[str, str], message: Message) -> None:
        """Post with blocks; once more as plain text when Slack dislikes the blocks."""
        payload = {**where, **_payload(message)}
        try:
            self._call(lambda: self._client.api_call(method, json=payload))
        except NotDeliveredError as error:
            if error.code not in _BAD_BLOCKS:
                raise
            _journal.error("blocks refused, sent as text", template=message.template, code=error.code)
            plain = {name: value for name, value in payload.items() if name != "blocks"}
            self._call(lambda: self._client.api_call(method, json=plain))

    def _call(
        self, send: Callable[[], SlackResponse], *, repeatable: bool = False, patience: float | None = None
    ) -> Sent:
        """What became of a call that Slack did not refuse."""
        insist = self._patience if patience is None else min(patience, self._patience)
        return _accepted(sending.persist(lambda: sending.call(send), insist, repeatable=repeatable))

    def _may_use(self, url: str) -> bool:
        """Count a use of a response_url; False once it was used five times or is half an hour old."""
        now = self._clock.now()
        with self._lock:
            while len(self._addresses) >= REMEMBERED:
                del self._addresses[next(iter(self._addresses))]
            address = self._addresses.setdefault(url, _Address(now))
            address.used += 1
            return address.used <= USES and now - address.first_at < LASTS

    def _give_back(self, url: str) -> None:
        """Uncount a use that Slack did not accept."""
        with self._lock:
            if url in self._addresses:
                self._addresses[url].used -= 1

    def _respond(self, url: str, message: Message) -> bool:
        """Whether the response_url took the answer, ephemerally and beside the message it belongs to.

        Only an address that is used up or too old is given up for a direct message: what was asked for as a passing
        note is not to be kept because Slack has a bad minute.
        """
        body: dict[str, Any] = {**_payload(message), "response_type": "ephemeral", "replace_original": False}
        sent = self._hand_in(url, body)
        if sent.code in _BAD_BLOCKS:
            _journal.error("blocks refused, sent as text", template=message.template, code=sent.code)
            sent = self._hand_in(url, {name: value for name, value in body.items() if name != "blocks"})
        if sent.fate == "refused" and sent.code in _USED_UP:
            _journal.info("response address is used up", code=sent.code, template=message.template)
            return False
        if sent.fate == "later":
            self._give_back(url)
        _accepted(sent)
        return True

    def _hand_in(self, url: str, body: dict[str, Any]) -> Sent:
        return sending.persist(lambda: sending.post(lambda: self._post_to(url, body)), self._patience)

    def _post_to(self, url: str, body: dict[str, Any]) -> WebhookResponse:
        if self._client.proxy is None:
            return self._lines.post(url, json.dumps(body).encode())
        hook = WebhookClient(url, timeout=TIMEOUT_SECONDS, retry_handlers=[], proxy=self._client.proxy)
        return hook.send_dict(body)


def _accepted(sent: Sent) -> Sent:
    """`sent`, unless Slack certainly has not taken it.

    Raises:
        NotDeliveredError: it was refused, or nobody accepted it in time.
    """
    if sent.fate in ("refused", "later"):
        raise NotDeliveredError(sent.code)
    if sent.fate == "unknown":
        _journal.warning("outcome unknown, not sent again", code=sent.code)
    return sent


def _payload(message: Message) -> dict[str, Any]:
    """The message as Slack takes it; links never unfold, so that a preview cannot show more than the answer."""
    return {"text": message.text, "blocks": message.blocks, "unfurl_links": False, "unfurl_media": False}
