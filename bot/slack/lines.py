"""Connections to Slack, kept open between requests: a new one costs more than the request itself.

What went wrong is said the way urllib says it, because `bot.slack.sending` judges by that: a `URLError` while the
request was not written, any other `OSError` once Slack may have it.
"""

from __future__ import annotations

import select
import ssl
import time
from functools import cache
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from threading import Lock
from typing import TYPE_CHECKING
from urllib.error import URLError
from urllib.parse import urlsplit

from slack_sdk.webhook import WebhookResponse

if TYPE_CHECKING:
    from collections.abc import Mapping
    from urllib.parse import SplitResult

#: How long an unused connection is trusted. Short, since Slack may hang up at any time and says so only afterwards.
IDLE_SECONDS = 5.0
MOST_KEPT = 8
_HEADERS = {"Content-Type": "application/json;charset=utf-8", "User-Agent": "attain"}


class Lines:
    """Posts to any address, over a connection that is open already where there is one; safe to share by threads."""

    def __init__(self, timeout: float) -> None:
        """Wait at most `timeout` seconds for each step."""
        self._timeout = timeout
        self._lock = Lock()
        self._idle: dict[tuple[str, str], list[tuple[HTTPConnection, float]]] = {}

    def post(self, url: str, body: bytes, headers: Mapping[str, str] | None = None) -> WebhookResponse:
        """What the address answered, whatever its status; `headers` come on top of what every request says.

        Raises:
            URLError: The request was not written in full.
            OSError: It was, and no answer that can be read came back.
        """
        where = urlsplit(url)
        conn = self._take(where)
        try:
            found = _exchange(conn, url, body, headers or {})
        except BaseException:
            conn.close()
            raise
        self._keep(where, conn)
        return found

    def _take(self, where: SplitResult) -> HTTPConnection:
        """A connection that nobody uses: the one used last, while it is young and nobody hung up, else a new one."""
        with self._lock:
            idle = self._idle.get((where.scheme, where.netloc), [])
            while idle:
                conn, since = idle.pop()
                if time.monotonic() - since < IDLE_SECONDS and _is_quiet(conn):
                    return conn
                conn.close()
        host, port = where.hostname or "", where.port
        if where.scheme == "https":
            return HTTPSConnection(host, port, timeout=self._timeout, context=_trust())
        return HTTPConnection(host, port, timeout=self._timeout)

    def _keep(self, where: SplitResult, conn: HTTPConnection) -> None:
        """Keep the connection for the next answer, unless the other side closes it."""
        with self._lock:
            idle = self._idle.setdefault((where.scheme, where.netloc), [])
            if conn.sock is not None and len(idle) < MOST_KEPT:
                idle.append((conn, time.monotonic()))
                return
        conn.close()


def _exchange(conn: HTTPConnection, url: str, body: bytes, headers: Mapping[str, str]) -> WebhookResponse:
    where = urlsplit(url)
    target = where.path + (f"?{where.query}" if where.query else "")
    try:
        conn.request("POST", target or "/", body, {**_HEADERS, **headers})
    except OSError as error:
        raise URLError(error) from error
    try:
        response = conn.getresponse()
        text = response.read().decode("utf-8", "replace")
    except HTTPException as error:
        if isinstance(error, OSError):
            raise
        raise ConnectionError(type(error).__name__) from None
    return WebhookResponse(url=url, status_code=response.status, body=text, headers=dict(response.getheaders()))


def _is_quiet(conn: HTTPConnection) -> bool:
    """Whether nothing waits to be read: what would is the end of the connection."""
    return conn.sock is not None and not select.select([conn.sock], [], [], 0)[0]


@cache
def _trust() -> ssl.SSLContext:
    """The certificates that are trusted, read once."""
    return ssl.create_default_context()
