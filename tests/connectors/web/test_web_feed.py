"""A JSON service as a source: paging, exact numbers, and every way in which an answer can be bad."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import httpx
import pytest

from connectors.errors import ConfigRefused, PagingRepeats, SourceError, Transient
from connectors.http import MAX_BYTES, Wire
from connectors.mapping import load
from connectors.registry import Outside, open_feed
from connectors.source import Ask
from connectors.web.address import Guarded

MAPPING = """\
version: 1
sources:
  nps: {{type: http_json, base_url: "https://api.example.com/v1", {source}token: env:TOKEN}}
kinds:
  achievement:
    from: nps
    path: /scores
    items: data.items
    key: id
    {kind}
    fields: {{person: who, name: {{constant: nps}}, on: day, value: score, unit: {{constant: number}}}}
"""
ROW = {"id": "1", "who": "E-1", "day": "2026-03-31", "score": 71.25}


def feed(answer: Callable[[httpx.Request], httpx.Response], kind: str = "paging: none", source: str = "") -> Any:
    mapping = load(MAPPING.format(kind=kind, source=source), "m.yaml")
    wire = Wire(transport=httpx.MockTransport(answer), sleep=lambda _: None, jitter=lambda: 0)
    return open_feed(mapping, "nps", Outside(lambda _: "s3cret", {"nps": wire}))


def listed(*rows: dict[str, Any], **more: Any) -> httpx.Response:
    return httpx.Response(200, json={"data": {"items": list(rows)}, **more})


def read(answer: Callable[[httpx.Request], httpx.Response], kind: str = "paging: none") -> list[str]:
    pages = list(feed(answer, kind).pages(Ask("achievement", "sweep")))
    assert [page.complete for page in pages] == [False] * (len(pages) - 1) + [True]
    return [raw.external_id for page in pages for raw in page.records]


def test_numbers_keep_their_digits_and_the_token_is_sent() -> None:
    seen = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, content=b'{"data": {"items": [{"id": 7, "score": 1234567890123456.78}]}}')

    [page] = feed(answer).pages(Ask("achievement", "sweep"))
    assert page.records[0].external_id == "7"
    assert page.records[0].body["score"] == Decimal("1234567890123456.78")
    assert seen[0].headers["Authorization"] == "Bearer s3cret"
    assert seen[0].url == "https://api.example.com/v1/scores"


def test_pages_follow_a_cursor_or_an_offset() -> None:
    def by_cursor(request: httpx.Request) -> httpx.Response:
        at = request.url.params.get("after", "a")
        following = {"a": "b", "b": None}[at]
        return listed(ROW | {"id": at}, next=following)

    def by_offset(request: httpx.Request) -> httpx.Response:
        start = int(request.url.params["offset"])
        return listed(*(ROW | {"id": str(n)} for n in range(start, min(start + 2, 5))))

    assert read(by_cursor, "paging: cursor\n    cursor: next\n    cursor_param: after") == ["a", "b"]
    assert read(by_offset, 'paging: offset\n    page_size: "2"') == ["0", "1", "2", "3", "4"]


def test_a_window_is_asked_for_where_the_path_knows_one() -> None:
    asked = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(dict(request.url.params))
        return listed(ROW)

    kind = 'params: "since={since}&limit=50"'
    window = Ask("achievement", "incremental", datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 2, tzinfo=UTC))
    [page] = feed(answer, kind).pages(window)
    assert asked == [{"since": "2026-03-01T00:00:00Z", "limit": "50"}]
    assert page.safe_watermark == window.until


def endless(request: httpx.Request) -> httpx.Response:
    at = int(request.url.params.get("after", "0"))
    return listed(ROW | {"id": str(at)}, next=str((at + 1) % 3 or 1))


BAD = {
    "10 MB": (lambda _: httpx.Response(200, content=b" " * (MAX_BYTES + 1)), ConfigRefused),
    "deep": (lambda _: httpx.Response(200, content=b"[" * 200_000 + b"]" * 200_000), Transient),
    "utf-8": (lambda _: httpx.Response(200, content=b'{"data": "\xff\xfe"}'), Transient),
    "html": (lambda _: httpx.Response(200, html="<h1>Maintenance</h1>"), Transient),
    "redirect": (lambda _: httpx.Response(302, headers={"Location": "https://evil.example/"}), ConfigRefused),
    "no list": (lambda _: httpx.Response(200, json={"error": "s3cret"}), ConfigRefused),
    "list of texts": (lambda _: httpx.Response(200, json={"data": {"items": ["a"]}}), ConfigRefused),
    "no key": (lambda _: listed({"who": "E-1"}), ConfigRefused),
    "one key twice": (lambda _: listed(ROW, ROW), ConfigRefused),
    "never ends": (endless, PagingRepeats),
    "always the same": (lambda _: listed(ROW, next="x"), PagingRepeats),
    "refused": (lambda _: httpx.Response(401), SourceError),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_answer_has_a_name_and_never_passes_for_the_end(name: str) -> None:
    answer, error = BAD[name]
    pages = []
    with pytest.raises(error) as refused:
        pages += feed(answer, "paging: cursor\n    cursor: next\n    cursor_param: after").pages(
            Ask("achievement", "sweep")
        )
    assert not any(page.complete for page in pages)
    assert "s3cret" not in str(refused.value)


def test_a_redirect_is_not_followed_and_the_token_stays() -> None:
    hosts = []

    def answer(request: httpx.Request) -> httpx.Response:
        hosts.append(request.url.host)
        return httpx.Response(307, headers={"Location": "https://evil.example/scores"})

    [problem] = feed(answer).check()
    assert "redirect" in problem.message
    assert set(hosts) == {"api.example.com"}


@pytest.mark.parametrize(
    "address",
    ["http://api.example.com", "https://127.0.0.1", "https://localhost", "https://169.254.169.254", "https://10.0.0.8",
     "https://[::1]", "https://user:pw@api.example.com", "ftp://api.example.com"],
)  # fmt: skip
def test_an_address_that_is_not_public_or_not_https_is_refused(address: str) -> None:
    text = MAPPING.format(kind="paging: none", source="").replace("https://api.example.com/v1", address)
    with pytest.raises(ConfigRefused):
        open_feed(load(text, "m.yaml"), "nps", Outside(lambda _: "s3cret"))


def test_a_name_that_leads_into_this_network_is_refused_unless_it_is_allowed() -> None:
    inner = httpx.MockTransport(lambda _: listed(ROW))
    request = httpx.Request("GET", "https://metrics.example.com/")
    with pytest.raises(ConfigRefused):
        Guarded("", inner, lambda *_: ["93.184.215.14", "10.0.0.8"]).handle_request(request)
    assert Guarded("metrics.example.com", inner, lambda *_: ["10.0.0.8"]).handle_request(request).status_code == 200
    assert Guarded("", inner, lambda *_: ["93.184.215.14"]).handle_request(request).status_code == 200


def test_a_host_beside_the_allowed_ones_is_refused() -> None:
    with pytest.raises(ConfigRefused, match="allow_hosts"):
        feed(lambda _: listed(ROW), source="allow_hosts: [other.example.com], ")
