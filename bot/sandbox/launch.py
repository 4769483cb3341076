"""Runs fake and bot together: the real Bolt app, over real HTTP or a real socket, in one process."""

from __future__ import annotations

import asyncio
import threading
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypedDict, Unpack

import uvicorn
from pydantic import SecretStr

from bot.clock import MovableClock
from bot.sandbox.driver import Driver
from bot.sandbox.errors import SandboxError
from bot.sandbox.fake import FakeSlack
from bot.sandbox.hooks import Hooks
from bot.sandbox.server import SandboxServer, listening_socket
from bot.sandbox.transport import SignedHttp
from bot.sandbox.workspace import DEFAULT_CHANNELS, Setup
from bot.settings import ignore_proxies
from bot.slack.app import build_app, make_client
from bot.slack.http import PATH, build_asgi
from bot.slack.manifest import load
from bot.slack.socket import Socket
from bot.slack.turn import payload_hash

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import TracebackType

    from slack_bolt import App

    from bot.sandbox.channels import ChannelSpec
    from bot.sandbox.personas import Persona
    from bot.settings import Settings
    from bot.wiring import Services

TransportName = Literal["http", "socket"]
START_SECONDS = 10.0
# Slack tolerates short bursts into one channel; somebody who tries things out quickly must not meet a 429.
BURST = 5


class Place(TypedDict, total=False):
    """Where and how the sandbox runs; everything has a default."""

    host: str
    port: int
    transport: TransportName
    channels: Sequence[ChannelSpec]
    name: str


class _Bot(Protocol):
    def start(self) -> None: ...

    def close(self) -> None: ...


@dataclass
class Sandbox:
    """A running fake with the bot connected. Close it, or use it as a context manager."""

    server: SandboxServer
    fake: FakeSlack
    slack: Driver
    services: Services
    app: App
    bot: _Bot

    @property
    def base_url(self) -> str:
        """The address of the page."""
        return self.server.base_url

    def wait(self) -> None:
        """Block until the server stops; Ctrl-C raises KeyboardInterrupt as usual."""
        self.server.wait()

    def close(self) -> None:
        """Disconnect the bot and stop serving; the services stay the caller's."""
        self.slack.close()
        self.bot.close()
        self.server.close()

    def __enter__(self) -> Sandbox:
        """The running sandbox."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close."""
        self.close()


def launch(
    services: Services, personas: Sequence[Persona], hooks: Hooks | None = None, **place: Unpack[Place]
) -> Sandbox:
    """Serve a workspace of `personas` and connect the real bot to it, past any proxy of the environment.

    Args:
        services: store, clock and pool of the bot; its Slack settings are replaced by the fake's. A MovableClock is
            shared, so that time moved on the page moves for the bot too.
        personas: who can be impersonated; the first is who the page starts as.
        hooks: tools of the page and what else the caller plugs in.
        place: host and port of the page, transport, channels, name of the workspace.

    Returns:
        The running sandbox: page address, driver and services as the bot uses them.

    Raises:
        SandboxError: the address is taken, or the bot did not connect.
    """
    ignore_proxies()
    clock = services.clock if isinstance(services.clock, MovableClock) else MovableClock()
    setup = Setup(personas, load(), place.get("channels", DEFAULT_CHANNELS), clock=clock, burst=BURST)
    setup = replace(setup, name=place.get("name", setup.name))
    fake = FakeSlack(setup, _hashing(hooks or Hooks()))
    server = SandboxServer(fake, place.get("host", "127.0.0.1"), place.get("port", 0))
    server.start()
    bot: _Bot | None = None
    try:
        wired = replace(services, clock=clock, settings=_settings(services.settings, server))
        app = build_app(wired, make_client(wired.settings))
        bot = _over_socket(app, wired, fake) if place.get("transport") == "socket" else _over_http(app, wired, fake)
    finally:
        if bot is None:
            server.close()
    return Sandbox(server, fake, Driver(fake), wired, app, bot)


def _settings(settings: Settings, server: SandboxServer) -> Settings:
    secrets = server.fake.workspace.secrets
    return settings.model_copy(
        update={
            "slack_bot_token": SecretStr(secrets.bot_token),
            "slack_app_token": SecretStr(secrets.app_token),
            "slack_signing_secret": SecretStr(secrets.signing_secret),
            "slack_api_url": server.api_url,
        }
    )


def _hashing(hooks: Hooks) -> Hooks:
    def sent_hash(message: Mapping[str, Any]) -> str:
        return payload_hash(message.get("text", ""), message.get("blocks") or [])

    return replace(hooks, payload_hash=sent_hash)


def _over_socket(app: App, services: Services, fake: FakeSlack) -> _Bot:
    bot = Socket(app, services.settings)
    bot.start()
    deadline = time.monotonic() + START_SECONDS
    while not fake.socket.connections:
        if time.monotonic() > deadline:
            bot.close()
            raise SandboxError("The bot did not open its socket. Look at its log above.")
        time.sleep(0.01)
    fake.delivery.attach(fake.socket)
    return bot


def _over_http(app: App, services: Services, fake: FakeSlack) -> _Bot:
    bot = HttpBot(app, services.settings)
    bot.start()
    secret = fake.workspace.secrets.signing_secret
    fake.delivery.attach(SignedHttp(bot.request_url, secret, fake.workspace.chaos))
    return bot


class HttpBot:
    """The bot behind its guard, on a loopback port of its own."""

    def __init__(self, app: App, settings: Settings) -> None:
        """Bind a free port; nothing is answered before `start`."""
        self._socket = listening_socket("127.0.0.1")
        self._socket.bind(("127.0.0.1", 0))
        self.request_url = f"http://127.0.0.1:{self._socket.getsockname()[1]}{PATH}"
        config = uvicorn.Config(
            build_asgi(app, settings), log_config=None, access_log=False, lifespan="off", timeout_graceful_shutdown=1
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._serve, name="sandbox-bot", daemon=True)

    def start(self) -> None:
        """Serve in a thread and return once requests are answered.

        Raises:
            SandboxError: it did not come up.
        """
        self._thread.start()
        deadline = time.monotonic() + START_SECONDS
        while not self._server.started:
            if not self._thread.is_alive() or time.monotonic() > deadline:
                raise SandboxError("The bot did not start listening. Look at its log above.")
            time.sleep(0.005)

    def close(self) -> None:
        """Stop serving."""
        self._server.should_exit = True
        self._thread.join(START_SECONDS)
        self._socket.close()

    def _serve(self) -> None:
        asyncio.run(self._server.serve(sockets=[self._socket]))
