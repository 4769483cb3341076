"""A fake behind real HTTP on this machine, for the demo and for clients that are not ours."""

from __future__ import annotations

from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import TYPE_CHECKING, Protocol

import httpx

if TYPE_CHECKING:
    from types import TracebackType

#: Bodies beyond are no requests that a fake answers.
MAX_BYTES = 20_000_000
_OWN_HEADERS = frozenset({"content-length", "transfer-encoding", "connection", "content-encoding", "server"})


class Fake(Protocol):
    """A service as a function of its requests."""

    def handle(self, request: httpx.Request) -> httpx.Response:
        """The answer."""


@dataclass(slots=True)
class Server:
    """A fake that listens; `url` is its address. Close it, or use it as a context."""

    url: str
    _http: ThreadingHTTPServer
    _thread: Thread

    def close(self) -> None:
        """Listen no longer."""
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def __enter__(self) -> Server:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def serve(fake: Fake, port: int = 0) -> Server:
    """The fake on the loopback address; port 0 is any free one. Requests are answered one after the other."""
    one_at_a_time = Lock()

    class Handler(_Handler):
        """Answers with this fake."""

        def answer(self, request: httpx.Request) -> httpx.Response:
            """One request at a time: a fake is plain data."""
            with one_at_a_time:
                return fake.handle(request)

    http = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    http.daemon_threads = True
    thread = Thread(target=http.serve_forever, name="attain-fake", daemon=True)
    thread.start()
    return Server(f"http://127.0.0.1:{http.server_address[1]}", http, thread)


class _Handler(BaseHTTPRequestHandler):
    """One request in, one answer out."""

    protocol_version = "HTTP/1.1"

    def answer(self, request: httpx.Request) -> httpx.Response:
        """What the fake says."""
        raise NotImplementedError

    def _serve(self) -> None:
        size = min(int(self.headers.get("Content-Length") or 0), MAX_BYTES)
        url = f"http://{self.headers.get('Host', '127.0.0.1')}{self.path}"
        request = httpx.Request(self.command, url, headers=self.headers.items(), content=self.rfile.read(size))
        response = self.answer(request)
        body = response.read()
        self.send_response_only(response.status_code)
        for name, value in response.headers.multi_items():
            if name.lower() not in _OWN_HEADERS:
                self.send_header(name, value)
        if "date" not in response.headers:
            self.send_header("Date", self.date_time_string())
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = do_HEAD = _serve  # noqa: N815 (the names of the base class)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the name of the base class)
        """Nothing: requests hold tokens."""
