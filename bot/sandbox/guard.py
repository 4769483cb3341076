"""Keeps other web sites out of the sandbox: checks Host, Origin and fetch metadata, sets a strict policy."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOCAL = frozenset({"127.0.0.1", "localhost", "::1"})
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}
# The app's own client never sends these; a browser always does.
_MACHINE = ("/api/", "/response/", "/upload/", "/ws")


class Guard:
    """ASGI wrapper that refuses requests from anywhere but this machine's own page and app."""

    def __init__(self, app: ASGIApp) -> None:
        """Guard `app`."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        refusal = refused(scope["path"], Headers(scope=scope))
        if refusal and scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
            return
        if refusal:
            await PlainTextResponse(refusal, 403)(scope, receive, send)
            return

        async def sealed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, sealed)


def refused(path: str, headers: Headers) -> str:
    """Why a request is refused, empty if it may pass."""
    host = headers.get("host", "")
    if _name(host) not in LOCAL:
        return "Open the sandbox at its own address: 127.0.0.1 or localhost."
    origin = headers.get("origin")
    if origin is not None and (path.startswith(_MACHINE) or urlsplit(origin).netloc != host):
        return "This request comes from another web site."
    if headers.get("sec-fetch-site", "none") not in ("none", "same-origin") and path.startswith(("/ui/", "/files/")):
        return "This request comes from another web site."
    return ""


def _name(host: str) -> str:
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""
