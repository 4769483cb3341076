"""Answers share a connection while it is good, and a connection that was closed meanwhile loses none of them."""

from __future__ import annotations

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import TYPE_CHECKING
from urllib.error import URLError

import pytest

from bot.slack import sending
from bot.slack.client import OpenClient
from bot.slack.lines import Lines
from bot.slack.sending import Sent

if TYPE_CHECKING:
    from collections.abc import Iterator


class Hooks(ThreadingHTTPServer):
    """A place for answers; counts connections, and says when one is over."""

    daemon_threads = True

    def __init__(self, *, hangs_up: bool = False, status: int = 200, said: bytes = b"ok") -> None:
        self.connections = 0
        self.tokens: list[str | None] = []
        self.bodies: list[bytes] = []
        self.ended = Event()
        hooks = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def setup(self) -> None:
                hooks.connections += 1
                super().setup()

            def do_POST(self) -> None:
                hooks.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
                hooks.tokens.append(self.headers["Authorization"])
                self.send_response(status)
                self.send_header("Content-Length", str(len(said)))
                self.send_header("Retry-After", "7")
                self.end_headers()
                self.wfile.write(said)
                self.close_connection = hangs_up  # without a word in the headers, as a server that restarts

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the parent's name
                """Say nothing."""

        super().__init__(("127.0.0.1", 0), Handler)
        Thread(target=self.serve_forever, daemon=True).start()

    def shutdown_request(self, request: object) -> None:
        super().shutdown_request(request)  # type: ignore[arg-type] # the socket of this request
        self.ended.set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/hook?a=1"

    def close(self) -> None:
        self.shutdown()
        self.server_close()


@pytest.fixture
def hooks() -> Iterator[Hooks]:
    found = Hooks()
    yield found
    found.close()


def test_answers_share_a_connection(hooks: Hooks) -> None:
    lines = Lines(timeout=5)
    assert [lines.post(hooks.url, body).status_code for body in (b"1", b"2", b"3")] == [200, 200, 200]
    assert hooks.bodies == [b"1", b"2", b"3"]
    assert hooks.connections == 1


def test_a_connection_that_was_closed_meanwhile_is_replaced() -> None:
    hooks = Hooks(hangs_up=True)
    lines = Lines(timeout=5)
    for body in (b"1", b"2"):
        hooks.ended.clear()
        assert lines.post(hooks.url, body).body == "ok"
        assert hooks.ended.wait(5)
    assert hooks.bodies == [b"1", b"2"]
    assert hooks.connections == 2
    hooks.close()


def test_a_refusal_is_an_answer_too() -> None:
    hooks = Hooks(status=404)
    assert Lines(timeout=5).post(hooks.url, b"{}").status_code == 404
    hooks.close()


def test_where_nobody_listens_nothing_was_written(hooks: Hooks) -> None:
    url = hooks.url
    hooks.close()
    with pytest.raises(URLError):
        Lines(timeout=1).post(url, b"{}")


def web(said: bytes, status: int = 200) -> tuple[Hooks, Sent, Sent]:
    """What two calls of the Web API come to over one client, where Slack says this."""
    hooks = Hooks(status=status, said=said)
    client = OpenClient("xoxb-1", hooks.url.partition("hook")[0], timeout=5)
    found = [sending.call(lambda: client.api_call("chat.postMessage", json={"a": None, "b": 1})) for _ in "ab"]
    hooks.close()
    return hooks, found[0], found[1]


def test_calls_of_the_web_api_share_a_connection() -> None:
    hooks, first, second = web(b'{"ok": true, "ts": "1.5"}')
    assert first.body == second.body == {"ok": True, "ts": "1.5"}
    assert (hooks.connections, hooks.tokens, hooks.bodies) == (1, ["Bearer xoxb-1"] * 2, [b'{"b": 1}'] * 2)


def test_a_refused_call_says_its_code_and_its_pause() -> None:
    assert web(b'{"ok": false, "error": "is_archived"}')[1] == Sent("refused", "is_archived")
    assert web(b'{"ok": false, "error": "ratelimited"}', 429)[1] == Sent("later", "ratelimited", pause=7.0)


@pytest.mark.parametrize("said", [b"<html>", b"[]", b""])
def test_an_answer_that_cannot_be_read_says_nothing(said: bytes) -> None:
    assert web(said)[1] == Sent("unknown", "http_200")
