"""A fake behind real HTTP answers a real client."""

from __future__ import annotations

import httpx

from connectors.fakes.server import serve
from connectors.http import Http, Wire


class Echo:
    def handle(self, request: httpx.Request) -> httpx.Response:
        found = {"path": request.url.path, "query": request.url.query.decode(), "body": request.read().decode()}
        return httpx.Response(200, json=found, headers={"Date": "Mon, 02 Mar 2026 09:00:00 GMT"})


def test_requests_reach_the_fake_as_they_were_sent() -> None:
    with serve(Echo()) as server:
        http = Http(server.url, Wire(base_url=server.url))
        assert http.get("/a/b", {"q": "x y"}).json == {"path": "/a/b", "query": "q=x+y", "body": ""}
        answer = http.post("/c", {"n": 1})
        assert answer.json["body"] == '{"n": 1}'
        assert answer.date.isoformat() == "2026-03-02T09:00:00+00:00"
        http.close()
