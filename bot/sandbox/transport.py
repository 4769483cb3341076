"""The three ways an envelope reaches the app: in process, by signed HTTP, or over a socket."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeoutError
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlencode

import httpx
from slack_bolt.request import BoltRequest

from bot.sandbox.chaos import SKEW_SECONDS, Chaos
from bot.sandbox.envelopes import Ack, Envelope

if TYPE_CHECKING:
    from slack_bolt import App
    from slack_bolt.response import BoltResponse

JSON = dict[str, Any]


class Transport(Protocol):
    """Carries an envelope to the app and brings back its acknowledgement."""

    @property
    def name(self) -> str:
        """How the inspector calls it."""
        ...

    def deliver(self, envelope: Envelope, timeout: float) -> Ack:
        """Deliver and wait at most `timeout` seconds for the acknowledgement."""
        ...

    def close(self) -> None:
        """Let go of threads and connections."""
        ...


class InProcess:
    """Hands envelopes straight to a Bolt app, as its Socket Mode adapter would."""

    name = "in-process"

    def __init__(self, app: App) -> None:
        """Deliver to `app`."""
        self._app = app
        self._pool = ThreadPoolExecutor(32, thread_name_prefix="sandbox-dispatch")

    def deliver(self, envelope: Envelope, timeout: float) -> Ack:
        """Dispatch in a thread; anything but a 200 within `timeout` counts as unanswered."""
        future = self._pool.submit(self._dispatch, envelope)
        try:
            response = future.result(timeout)
        except FutureTimeoutError:
            return Ack(ok=False, reason="http_timeout")
        if response.status != 200:
            return Ack(ok=False, reason="http_error")
        return Ack(ok=True, body=_parsed(response.body, response.first_headers().get("content-type", "")))

    def close(self) -> None:
        """Stop the threads."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _dispatch(self, envelope: Envelope) -> BoltResponse:
        payload = json.loads(json.dumps(envelope.payload))
        return self._app.dispatch(
            BoltRequest(mode="socket_mode", body=payload, headers=dict(retry_headers(envelope)))
        )


class SignedHttp:
    """Posts envelopes to a request URL, signed as Slack signs them."""

    name = "http"

    def __init__(self, url: str, signing_secret: str, chaos: Chaos | None = None) -> None:
        """Post to `url`, signing with `signing_secret`."""
        self._url = url
        self._secret = signing_secret
        self._chaos = chaos or Chaos()
        self._client = httpx.Client(trust_env=False, limits=httpx.Limits(max_connections=64))

    def deliver(self, envelope: Envelope, timeout: float) -> Ack:
        """Post and take any 2xx within `timeout` for an acknowledgement."""
        content_type, body = encoded(envelope)
        stamp = int(time.time()) - (SKEW_SECONDS if self._chaos.strikes("clock_skew") else 0)
        headers = {"Content-Type": content_type, **signature(self._secret, stamp, body), **retry_headers(envelope)}
        try:
            response = self._client.post(self._url, content=body, headers=headers, timeout=timeout)
        except httpx.TimeoutException:
            return Ack(ok=False, reason="http_timeout")
        except httpx.TransportError:
            return Ack(ok=False, reason="connection_failed")
        no_retry = response.headers.get("x-slack-no-retry") == "1"
        if not response.is_success:
            return Ack(ok=False, reason="http_error", no_retry=no_retry)
        return Ack(ok=True, body=_parsed(response.text, response.headers.get("content-type", "")), no_retry=no_retry)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()


def encoded(envelope: Envelope) -> tuple[str, bytes]:
    """Content type and body: JSON for events, a form for commands, a form with `payload` for interactions."""
    if envelope.kind == "events_api":
        return "application/json", json.dumps(envelope.payload).encode()
    form = envelope.payload if envelope.kind == "slash_commands" else {"payload": json.dumps(envelope.payload)}
    return "application/x-www-form-urlencoded", urlencode(form).encode()


def signature(secret: str, stamp: int, body: bytes) -> dict[str, str]:
    """The two headers by which the app knows that a request is Slack's."""
    digest = hmac.new(secret.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": str(stamp), "X-Slack-Signature": f"v0={digest}"}


def retry_headers(envelope: Envelope) -> dict[str, str]:
    """The headers that mark a repeated delivery; none on the first."""
    if not envelope.attempt:
        return {}
    return {"x-slack-retry-num": str(envelope.attempt), "x-slack-retry-reason": envelope.reason}


def _parsed(body: str, content_type: str) -> JSON | str | None:
    if not body:
        return None
    if content_type.startswith("application/json"):
        parsed: JSON = json.loads(body)
        return parsed
    return body
