"""The door in front of Bolt: nothing is parsed before it is small enough, recent and signed.

Bolt reads a whole body, parses it, and only then checks the signature; bad JSON, a timestamp in words or a 20 MB body
become a traceback. Here each check costs little and comes before the next dearer one; every refusal is a 4xx
without a word on why the signature failed.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request

    from bot.clock import Clock

BODY_BYTES = 1_000_000
WINDOW_SECONDS = 300
REMEMBERED = 50_000
_KINDS = ("application/x-www-form-urlencoded", "application/json")
_OBJECTS = ("event", "view", "container", "message", "state")
_LISTS = ("actions", "authorizations")
#: Words that Bolt looks up without asking whether they are there, by payload type: the member, and its keys.
_WORDS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "event_callback": ("event", ("type",)),
    "view_submission": ("view", ("type", "id", "callback_id")),
    "view_closed": ("view", ("type", "id", "callback_id")),
    "block_suggestion": ("", ("action_id",)),
    "shortcut": ("", ("callback_id",)),
    "message_action": ("", ("callback_id",)),
    "dialog_submission": ("", ("callback_id",)),
    "dialog_cancellation": ("", ("callback_id",)),
    "dialog_suggestion": ("", ("callback_id",)),
    "interactive_message": ("", ("callback_id",)),
    "workflow_step_edit": ("", ("callback_id",)),
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a request stops at the door."""

    status: int
    reason: str


async def read_body(request: Request) -> bytes | Refusal:
    """The raw body, or a refusal once it is longer than a megabyte, declared or chunked."""
    declared = request.headers.get("content-length", "0")
    if not declared.isdecimal():
        return Refusal(400, "content length is not a number")
    if len(declared) > 10 or int(declared) > BODY_BYTES:
        return Refusal(413, "body is too large")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_BYTES:
            return Refusal(413, "body is too large")
    return bytes(body)


def check_head(headers: Mapping[str, str], clock: Clock) -> Refusal | None:
    """A refusal when the headers alone show that this is no fresh request from Slack."""
    kind = headers.get("content-type", "").split(";")[0].strip().lower()
    if kind not in _KINDS:
        return Refusal(415, "content type is not one that Slack sends")
    stamp = headers.get("x-slack-request-timestamp", "")
    if not stamp:
        return Refusal(401, "not signed")
    if not (stamp.isascii() and stamp.isdecimal()) or len(stamp) > 12:
        return Refusal(400, "timestamp is not a number")
    if abs(clock.now().timestamp() - int(stamp)) > WINDOW_SECONDS:
        return Refusal(401, "timestamp is more than five minutes away")
    if not headers.get("x-slack-signature", ""):
        return Refusal(401, "not signed")
    return None


def is_signed(secret: str, headers: Mapping[str, str], body: bytes) -> bool:
    """Whether the raw bytes carry Slack's signature, compared in constant time."""
    if not secret:
        return False
    base = b"v0:" + headers["x-slack-request-timestamp"].encode() + b":" + body
    wanted = "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()
    found = headers["x-slack-signature"].encode("utf-8", "surrogateescape")
    return hmac.compare_digest(wanted.encode(), found)


def check_shape(kind: str, body: bytes) -> Refusal | None:
    """A refusal when a signed body is no payload that Bolt can take without falling over."""
    try:
        text = body.decode("utf-8")
        if "json" in kind or text.startswith("{"):
            return _check_object(json.loads(text))
        payload = parse_qs(text, max_num_fields=200).get("payload")
        return _check_object(json.loads(payload[0])) if payload else None
    except (ValueError, RecursionError):
        return Refusal(400, "body cannot be read")


def _check_object(found: object) -> Refusal | None:
    """A refusal unless the payload is an object whose known members are objects and lists where they should be."""
    if not isinstance(found, dict):
        return Refusal(400, "payload is not an object")
    if any(not isinstance(found[name], dict) for name in _OBJECTS if found.get(name)):
        return Refusal(400, "payload has an unexpected shape")
    for name in _LISTS:
        members = found.get(name)
        if members is not None and not (isinstance(members, list) and all(isinstance(m, dict) for m in members)):
            return Refusal(400, "payload has an unexpected shape")
    return _check_words(found)


def _check_words(found: Mapping[str, object]) -> Refusal | None:
    """A refusal when a payload lacks a word by which Bolt, or our routes, tell what it is about."""
    kind = found.get("type")
    if kind == "block_actions":
        return _check_click(found.get("actions"))
    where, names = _WORDS.get(kind, ("", ())) if isinstance(kind, str) else ("", ())
    part = found.get(where) if where else found
    if names and not (isinstance(part, dict) and all(isinstance(part.get(name), str) for name in names)):
        return Refusal(400, "payload has an unexpected shape")
    return None


def _check_click(actions: object) -> Refusal | None:
    if not isinstance(actions, list) or not actions:
        return Refusal(400, "a click without an action")
    if not all(isinstance(action.get("action_id"), str) for action in actions):
        return Refusal(400, "payload has an unexpected shape")
    return None


class ReplayCache:
    """Remembers the signatures of the last five minutes, so that a recorded request acts once."""

    def __init__(self, clock: Clock) -> None:
        """Judge age by `clock`."""
        self._clock = clock
        self._seen: OrderedDict[str, float] = OrderedDict()
        self._lock = Lock()

    def is_new(self, signature: str) -> bool:
        """Whether this signature was not seen within the window; remembers it."""
        now = self._clock.now().timestamp()
        with self._lock:
            while self._seen:
                oldest, at = next(iter(self._seen.items()))
                if now - at <= 2 * WINDOW_SECONDS and len(self._seen) < REMEMBERED:
                    break
                del self._seen[oldest]
            if signature in self._seen:
                return False
            self._seen[signature] = now
            return True

    def forget(self, signature: str) -> None:
        """Let a request in again that could not be recorded."""
        with self._lock:
            self._seen.pop(signature, None)
