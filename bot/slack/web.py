"""The web process: listens to Slack over a socket or HTTP, and always answers /healthz and /readyz."""

from __future__ import annotations

import errno
import gc
import os
import socket as sockets
import sys
from contextlib import suppress
from threading import Event, Thread
from typing import TYPE_CHECKING

import uvicorn

from bot import hooks, wiring
from bot.errors import SettingsError
from bot.log import Journal
from bot.slack.app import build_app
from bot.slack.http import build_asgi
from bot.slack.socket import Socket
from messages.render import warm
from store.errors import StoreError

if TYPE_CHECKING:
    from bot.settings import Settings
    from bot.wiring import Services

#: How long a thread that calculates an answer may keep a thread waiting that acknowledges; Python's own is 5 ms,
#: and eight calculating threads would make that 40.
SWITCH_SECONDS = 0.0005
BACKLOG = 2048
#: Objects between two looks of the garbage collector, and how much rarer it looks at older ones.
COLLECT = (100_000, 50, 100)
_journal = Journal("bot.slack.web")


def main(settings: Settings, stop: Event) -> None:
    """Serve until `stop` is set; requests that were taken are answered first.

    Raises:
        SettingsError: the port is taken.
    """
    sys.setswitchinterval(SWITCH_SECONDS)
    listening = listen(settings)
    stay(settings.port)
    services = wiring.build(settings)
    warm()
    app = build_app(services)
    socket = Socket(app, settings) if settings.transport == "socket" else None

    def ready() -> dict[str, bool]:
        parts = {"store": store_answers(services)}
        return parts | ({"socket": socket.is_live()} if socket else {})

    asgi = build_asgi(app, settings, ready, hooks.routes(services))
    config = uvicorn.Config(
        asgi,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=10,
    )
    server = uvicorn.Server(config)
    thread = Thread(target=server.run, args=([listening],), name="attain-http", daemon=True)
    thread.start()
    if socket is not None:
        socket.start()
    _journal.info("listening", transport=settings.transport, host=settings.host, port=settings.port)
    while not stop.wait(0.5) and thread.is_alive():
        pass
    if socket is not None:
        socket.close()
    server.should_exit = True
    thread.join(15)
    listening.close()
    services.close()


def stay(number: int) -> None:
    """Keep this process to one processor, and let Python look for cycles less often.

    Python runs one thread at a time whatever there are processors for, and hands its lock from one processor to the
    other after every statement given to the store: an answer then takes twice the processor time. Two services on one
    machine listen on different ports, and so do not stay on the same one.
    """
    if hasattr(os, "sched_setaffinity"):
        allowed = sorted(os.sched_getaffinity(0))
        with suppress(OSError):  # some containers do not let it
            os.sched_setaffinity(0, {allowed[number % len(allowed)]})
    gc.set_threshold(*COLLECT)


def listen(settings: Settings) -> sockets.socket:
    """The socket on which HTTP is served.

    Raises:
        SettingsError: something else listens there, or this machine has no such address.
    """
    family = sockets.AF_INET6 if ":" in settings.host else sockets.AF_INET
    listening = sockets.socket(family, sockets.SOCK_STREAM)
    if os.name == "posix":
        # Elsewhere this would let two programs listen on one port; here it only forgets closed connections.
        listening.setsockopt(sockets.SOL_SOCKET, sockets.SO_REUSEADDR, 1)
    try:
        listening.bind((settings.host, settings.port))
        listening.listen(BACKLOG)
    except OSError as error:
        listening.close()
        if error.errno == errno.EADDRINUSE:
            raise SettingsError(
                f"Port {settings.port} on {settings.host} is taken: stop what listens there, or set ATTAIN_PORT."
            ) from None
        raise SettingsError(
            f"Cannot listen on {settings.host} port {settings.port} ({error.strerror}): "
            "set ATTAIN_HOST and ATTAIN_PORT to an address of this machine."
        ) from None
    return listening


def store_answers(services: Services) -> bool:
    """Whether the store can be read right now, at the version this code expects."""
    try:
        services.db.require_current()
    except StoreError:
        return False
    return True
