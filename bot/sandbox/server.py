"""The fake Slack over HTTP: Web API, response URLs, sockets, uploads and the page, on loopback only."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles

from bot.sandbox.errors import SandboxError
from bot.sandbox.guard import LOCAL, Guard
from bot.sandbox.page import Page
from bot.sandbox.stream import Streams
from bot.sandbox.wire import Wires

if TYPE_CHECKING:
    from types import TracebackType

    from starlette.requests import Request
    from starlette.websockets import WebSocket

    from bot.sandbox.fake import FakeSlack
    from bot.sandbox.webapi import Answer

JSON = dict[str, Any]
STATIC = Path(__file__).parent / "static"
LARGEST = 20_000_000
START_SECONDS = 10.0


class _Endpoints:
    """What the app talks to, and the page's own document."""

    def __init__(self, fake: FakeSlack, wires: Wires) -> None:
        self._fake = fake
        self._wires = wires

    async def api(self, request: Request) -> Response:
        token, args = await _arguments(request)
        answer = await run_in_threadpool(self._fake.api.call, request.path_params["method"], token, args)
        return await _finish(request, self._wires, answer)

    async def respond(self, request: Request) -> Response:
        body = _object(await request.body())
        if body is None:
            return PlainTextResponse("invalid_payload", 400)
        answer = await run_in_threadpool(self._fake.api.respond, request.path_params["token"], body)
        return await _finish(request, self._wires, answer)

    async def upload(self, request: Request) -> Response:
        file = self._fake.workspace.files.by_key(request.path_params["key"])
        if file is None:
            return PlainTextResponse("no such upload", 404)
        file.content = await _content(request)
        return PlainTextResponse(f"OK - {len(file.content)}")

    async def socket(self, socket: WebSocket) -> None:
        await self._fake.socket.serve(socket)

    async def index(self, request: Request) -> Response:
        wanted = request.query_params.get("chaos", "")
        # A link on another web site may open the page but not throw its switches.
        if wanted and request.headers.get("sec-fetch-site", "none") in ("none", "same-origin"):
            try:
                self._fake.workspace.chaos.turn_from_query(wanted)
            except SandboxError as error:
                return PlainTextResponse(str(error), 400)
        found = STATIC / "index.html"
        return FileResponse(found) if found.exists() else PlainTextResponse("The page is not installed.", 404)

    async def archive(self, _request: Request) -> Response:
        return RedirectResponse("/")


def build(fake: FakeSlack, wires: Wires, streams: Streams) -> Starlette:
    """The web application of one fake Slack, not yet guarded."""
    serve = _Endpoints(fake, wires)
    return Starlette(
        routes=[
            Route("/", serve.index),
            Route("/api/{method}", serve.api, methods=["GET", "POST"]),
            Route("/response/{token}", serve.respond, methods=["POST"]),
            Route("/upload/{key}", serve.upload, methods=["POST"]),
            Route("/archives/{rest:path}", serve.archive),
            WebSocketRoute("/ws", serve.socket),
            *Page(fake, streams).routes(),
            Mount("/static", StaticFiles(directory=STATIC, check_dir=False)),
        ]
    )


class SandboxServer:
    """Serves one fake Slack on a loopback address; port 0 takes a free one."""

    def __init__(self, fake: FakeSlack, host: str = "127.0.0.1", port: int = 0) -> None:
        """Bind the address; nothing is answered before `start`.

        Raises:
            SandboxError: the host is not this machine, or the port is taken.
        """
        if host not in LOCAL:
            raise SandboxError(f"The sandbox listens on this machine only, not on {host}. Use 127.0.0.1.")
        self.fake = fake
        self._wires = Wires(fake.workspace.chaos)
        self._streams = Streams(fake.workspace)
        self._socket = listening_socket(host)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            self._socket.bind((host, port))
        except OSError as error:
            self._socket.close()
            raise SandboxError(f"Port {port} is taken. Choose another one with --port.") from error
        shown = f"[{host}]" if ":" in host else host
        self.base_url = f"http://{shown}:{self._socket.getsockname()[1]}"
        fake.workspace.base_url = self.base_url
        config = uvicorn.Config(
            Guard(build(fake, self._wires, self._streams)), log_config=None, access_log=False, lifespan="off",
            ws_ping_interval=None, date_header=False,
            http=self._wires.http, ws=self._wires.websocket, timeout_graceful_shutdown=1,
        )  # fmt: skip
        self._server = uvicorn.Server(config)
        self._thread: threading.Thread | None = None

    @property
    def api_url(self) -> str:
        """What `SLACK_API_URL` must be for a bot that talks to this fake."""
        return f"{self.base_url}/api/"

    def start(self) -> str:
        """Serve in a thread; returns the base URL once requests are answered.

        Raises:
            SandboxError: the server did not come up.
        """
        self._thread = threading.Thread(target=self._serve, name="sandbox-server", daemon=True)
        self._thread.start()
        deadline = time.monotonic() + START_SECONDS
        while not self._server.started:
            if not self._thread.is_alive() or time.monotonic() > deadline:
                raise SandboxError("The sandbox server did not start. Is another program using its port?")
            time.sleep(0.005)
        return self.base_url

    def wait(self) -> None:
        """Block until the server stops or Ctrl-C is pressed."""
        while self._thread is not None and self._thread.is_alive():
            self._thread.join(0.5)

    def close(self) -> None:
        """Stop serving and let go of everything the fake holds."""
        self._streams.close()
        self._server.should_exit = True
        self._server.force_exit = True
        if self._thread is not None:
            self._thread.join(START_SECONDS)
        self._socket.close()
        self.fake.close()

    def __enter__(self) -> SandboxServer:
        """Start."""
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close."""
        self.close()

    def _serve(self) -> None:
        asyncio.run(self._server.serve(sockets=[self._socket]))


def listening_socket(host: str) -> socket.socket:
    """An unbound TCP socket for `host`.

    The protocol is named because asyncio turns Nagle's algorithm off only then; with it every answer takes 40 ms.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)


async def _arguments(request: Request) -> tuple[str, JSON]:
    """The token and the arguments of a call, from header, query, form or JSON."""
    args: JSON = dict(request.query_params)
    body = await request.body()
    kind = request.headers.get("content-type", "").partition(";")[0]
    if len(body) > LARGEST:
        body = b""
    if kind == "application/json" and body:
        args |= _object(body) or {}
    elif kind == "application/x-www-form-urlencoded":
        args |= dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
    elif kind == "multipart/form-data":
        form = await request.form()
        args |= {name: value for name, value in form.items() if isinstance(value, str)}
    scheme, _, header = request.headers.get("authorization", "").partition(" ")
    token = header if scheme.lower() == "bearer" else str(args.get("token", ""))
    args.pop("token", None)
    return token, args


def _object(body: bytes) -> JSON | None:
    try:
        parsed = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return parsed if isinstance(parsed, dict) else None


async def _content(request: Request) -> bytes:
    if request.headers.get("content-type", "").startswith("multipart/form-data"):
        form = await request.form()
        for value in form.values():
            if isinstance(value, UploadFile):
                return await value.read()
    return await request.body()


async def _finish(request: Request, wires: Wires, answer: Answer) -> Response:
    if answer.delay:
        await asyncio.sleep(answer.delay)
    if answer.broken:
        wires.cut(request.client)
    return JSONResponse(answer.body, answer.status, dict(answer.headers))
