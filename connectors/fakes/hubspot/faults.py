"""Scripted faults of the HubSpot fake: what a network, a proxy or the service itself does on a bad day."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import httpx

if TYPE_CHECKING:
    from collections.abc import Callable

    from connectors.fakes.hubspot.errors import Refused

FaultKind = Literal[
    "refuse", "drop", "truncated", "not_json", "html", "huge", "deep", "redirect", "repeat_after", "same_page",
    "stranger_link", "late", "no_after", "unfinished",
]  # fmt: skip

HTML = b"<!doctype html><html><body><h1>We will be back soon</h1></body></html>"
HUGE = 12 * 1024 * 1024
DEEP = 20_000


@dataclass(slots=True)
class Fault:
    """One fault.

    Attributes:
        kind: What happens. "refuse" answers with `refusal` or `status`; "drop" breaks the connection; "same_page"
            answers every call with the first answer; "late" runs `meanwhile` before the call is answered.
        path: Part of the path, or of path and query, that a call must have.
        skip: Calls that still go well.
        times: Calls that do not.
        status: Status of a refusal without a body of the service's own.
        refusal: A refusal in the service's words.
        headers: Added to the answer, such as `Retry-After`.
        meanwhile: Changes the portal while somebody reads it.
    """

    kind: FaultKind = "refuse"
    path: str = ""
    skip: int = 0
    times: int = 1
    status: int = 500
    refusal: Refused | None = None
    headers: dict[str, str] = field(default_factory=dict)
    meanwhile: Callable[[], Any] | None = None
    kept: httpx.Response | None = None

    def strikes(self, request: httpx.Request) -> bool:
        """Whether this call is one that goes wrong; counts it."""
        if self.times <= 0 or self.path not in str(request.url.raw_path, "ascii"):
            return False
        if self.skip > 0:
            self.skip -= 1
            return False
        self.times -= 1
        return True

    def answer(self, request: httpx.Request, sound: Callable[[], httpx.Response]) -> httpx.Response:
        """What the call gets instead of its sound answer.

        Raises:
            ConnectError: The connection breaks.
            Refused: The service says no.
        """
        if self.kind == "drop":
            raise httpx.ConnectError("connection reset by peer", request=request)
        if self.kind == "refuse" and self.refusal is not None:
            raise self.refusal
        if self.kind == "late" and self.meanwhile is not None:
            self.meanwhile()
        if self.kind == "same_page" and self.kept is not None:
            return httpx.Response(200, content=self.kept.content, headers={"Content-Type": "application/json"})
        plain = _PLAIN.get(self.kind)
        response = plain(self.status) if plain is not None else _bent(self.kind, request, sound())
        if self.kind == "same_page":
            self.kept = response
        response.headers.update(self.headers)
        return response


_JSON = {"Content-Type": "application/json"}
_PLAIN: dict[str, Callable[[int], httpx.Response]] = {
    "refuse": lambda status: httpx.Response(status, json={"status": "error", "message": "internal error"}),
    "not_json": lambda _: httpx.Response(200, content=b"upstream connect error", headers=_JSON),
    "html": lambda _: httpx.Response(200, content=HTML, headers={"Content-Type": "text/html"}),
    "huge": lambda _: httpx.Response(200, content=b'{"results": [' + b" " * HUGE + b"]}", headers=_JSON),
    "deep": lambda _: httpx.Response(200, content=b"[" * DEEP + b"]" * DEEP, headers=_JSON),
    "redirect": lambda _: httpx.Response(302, headers={"Location": "https://login.example.net/steal"}),
}


def _bent(kind: str, request: httpx.Request, response: httpx.Response) -> httpx.Response:
    """The sound answer, spoiled."""
    if kind == "truncated":
        return httpx.Response(200, content=response.content[: len(response.content) // 2], headers=_JSON)
    if kind in ("repeat_after", "stranger_link", "no_after", "unfinished"):
        body = json.loads(response.content)
        after = _after(request) or "1"
        if kind == "repeat_after":
            body["paging"] = {"next": {"after": after}}
        elif kind == "no_after":
            body.pop("paging", None)
        elif kind == "unfinished":
            body["status"] = "PROCESSING"
        elif "paging" in body:
            body["paging"]["next"]["link"] = "https://evil.example.net/take?after=" + body["paging"]["next"]["after"]
        return httpx.Response(200, json=body)
    return response


def _after(request: httpx.Request) -> str:
    if request.method == "GET":
        return str(request.url.params.get("after") or "")
    return str(json.loads(request.content or b"{}").get("after") or "")
