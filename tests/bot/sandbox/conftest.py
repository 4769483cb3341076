"""A running fake with the sample app connected, over each transport."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import uvicorn
from slack_bolt.adapter.socket_mode.builtin import SocketModeHandler
from slack_bolt.adapter.starlette import SlackRequestHandler
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from starlette.applications import Starlette
from starlette.routing import Route

from bot.sandbox.driver import Driver
from bot.sandbox.fake import FakeSlack
from bot.sandbox.server import SandboxServer
from bot.sandbox.transport import InProcess, SignedHttp
from tests.bot.sandbox.sample import sample_app, setup

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from slack_bolt import App
    from starlette.requests import Request
    from starlette.responses import Response

    from bot.sandbox.hooks import Hooks
    from bot.sandbox.workspace import Workspace

#: One for all tests: making a client costs more than what most of them ask of it.
WEB = httpx.Client(trust_env=False)
TRANSPORTS = ("in-process", "http", "socket")


@dataclass
class Stage:
    """Fake, server, app and driver, ready to play."""

    fake: FakeSlack
    server: SandboxServer
    client: WebClient
    slack: Driver
    app: App
    socket: SocketModeHandler | None = None

    @property
    def workspace(self) -> Workspace:
        return self.fake.workspace

    def refusal(self, method: str, **args: Any) -> str:
        """The error code a call is refused with, "" when it is not."""
        try:
            self.client.api_call(method, json=args)
        except SlackApiError as error:
            return str(error.response["error"])
        return ""

    def channel(self, name: str) -> str:
        found = self.workspace.channel_named(name)
        assert found is not None
        return found.id


def _serve_http(app: App) -> tuple[str, Callable[[], None]]:
    handler = SlackRequestHandler(app)

    async def events(request: Request) -> Response:
        return await handler.handle(request)

    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    asgi = Starlette(routes=[Route("/slack/events", events, methods=["POST"])])
    server = uvicorn.Server(uvicorn.Config(asgi, log_config=None, lifespan="off", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[listening])), daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.005)

    def stop() -> None:
        server.should_exit = True
        thread.join(5)
        listening.close()

    return f"http://127.0.0.1:{listening.getsockname()[1]}/slack/events", stop


def eventually(happened: Callable[[], Any], timeout: float = 5.0) -> Any:
    """Wait until `happened()` is true and return it."""
    deadline = time.monotonic() + timeout
    while not (result := happened()):
        assert time.monotonic() < deadline, "did not happen in time"
        time.sleep(0.01)
    return result


def start(
    transport: str = "in-process", hooks: Hooks | None = None, ack_seconds: float = 3.0, **changes: Any
) -> Iterator[Stage]:
    fake = FakeSlack(setup(**changes), hooks, ack_seconds=ack_seconds)
    server = SandboxServer(fake)
    server.start()
    secrets = fake.workspace.secrets
    client = WebClient(token=secrets.bot_token, base_url=server.api_url, retry_handlers=[])
    app = sample_app(client, secrets.signing_secret)
    stage = Stage(fake, server, client, Driver(fake), app)
    stop: Callable[[], None] | None = None
    if transport == "http":
        url, stop = _serve_http(app)
        fake.delivery.attach(SignedHttp(url, secrets.signing_secret, fake.workspace.chaos))
    elif transport == "socket":
        stage.socket = SocketModeHandler(app, secrets.app_token, ping_interval=1)
        stage.socket.connect()
        # Closing takes the client three seconds of waiting for its own threads; nobody else needs to wait with it.
        stop = threading.Thread(target=stage.socket.close, daemon=True).start
        eventually(lambda: fake.socket.connections)
        fake.delivery.attach(fake.socket)
    else:
        fake.delivery.attach(InProcess(app))
    yield stage
    if stop is not None:
        stop()
    # Stopping takes uvicorn two ticks of its clock; the next test need not wait for that.
    threading.Thread(target=server.close, daemon=True).start()


@pytest.fixture
def stage() -> Iterator[Stage]:
    yield from start()


@pytest.fixture(params=TRANSPORTS)
def every_stage(request: pytest.FixtureRequest) -> Iterator[Stage]:
    yield from start(request.param)


@pytest.fixture
def socket_stage() -> Iterator[Stage]:
    yield from start("socket")


@pytest.fixture
def http_stage() -> Iterator[Stage]:
    yield from start("http")


@pytest.fixture
def impatient_stage() -> Iterator[Stage]:
    """An in-process stage that takes no answer within 0.3 s for a missing acknowledgement."""
    yield from start(ack_seconds=0.3)
