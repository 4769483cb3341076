"""What can go wrong at Salesforce, scripted: each fault replaces or spoils the next answers it is meant for."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpx

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(slots=True)
class Fault:
    """An answer that is not the right one.

    Attributes:
        status: Its status.
        body: Its body.
        headers: Its headers.
        where: Only requests whose path and query contain this text meet it.
        skip: So many of them are answered properly before.
        times: How many meet it.
        cut: The right answer, cut off in the middle.
    """

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    where: str = ""
    skip: int = 0
    times: int = 1
    cut: bool = False

    def meets(self, path: str) -> bool:
        """Whether this request meets it; counts down."""
        if self.where not in path or self.times <= 0:
            return False
        if self.skip > 0:
            self.skip -= 1
            return False
        self.times -= 1
        return True

    def spoil(self, right: httpx.Response) -> httpx.Response:
        """The answer instead of the right one."""
        if self.cut:
            kept = {k: v for k, v in right.headers.items() if k.lower() != "content-length"}
            return httpx.Response(right.status_code, headers=kept, content=right.content[: len(right.content) // 2])
        date = {"Date": right.headers["Date"]}
        return httpx.Response(self.status, headers={**date, **self.headers}, content=self.body)


def refusal(status: int, code: str, message: str, **where: Any) -> Fault:
    """Salesforce's own way of saying no."""
    body = json.dumps([{"message": message, "errorCode": code}]).encode()
    return Fault(status, body, {"Content-Type": "application/json;charset=UTF-8"}, **where)


def too_many(retry_after: int | None = None, **where: Any) -> Fault:
    """429, with the seconds to wait if given."""
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    return Fault(429, b"", headers, **where)


def limit_reached(**where: Any) -> Fault:
    """The day's requests are used up."""
    return refusal(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.", **where)


def session_expired(**where: Any) -> Fault:
    """The token is no longer valid."""
    return refusal(401, "INVALID_SESSION_ID", "Session expired or invalid", **where)


def locator_expired(**where: Any) -> Fault:
    """The next page of a query is no longer there."""
    return refusal(400, "INVALID_QUERY_LOCATOR", "invalid query locator", **where)


def query_timeout(**where: Any) -> Fault:
    """The query took too long."""
    return refusal(400, "QUERY_TIMEOUT", "Your query request was running for too long.", **where)


def unavailable(status: int = 503, **where: Any) -> Fault:
    """A page of HTML instead of an answer."""
    return Fault(status, b"<html><body>Server unavailable</body></html>", {"Content-Type": "text/html"}, **where)


def truncated(**where: Any) -> Fault:
    """Half an answer."""
    return Fault(cut=True, **where)


def redirect(to: str, **where: Any) -> Fault:
    """The request is sent elsewhere."""
    return Fault(302, b"", {"Location": to}, **where)
