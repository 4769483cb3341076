"""`attain sandbox`: a Slack in the browser in front of an existing database."""

from __future__ import annotations

import signal
import socket
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from bot.cli import place, terminal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.demo.crm import DemoCrm
    from bot.demo.live import Live
    from bot.sandbox.launch import Place, Sandbox
    from bot.sandbox.personas import Persona
    from bot.wiring import Services

USUAL_PORT = 8400
#: Where `attain crm` looks for the demo's CRM.
CRM_PORT = 8091
SYNC_SECONDS = 60.0
MOST_PEOPLE = 200

PortOption = Annotated[
    int | None,
    typer.Option("--port", min=0, max=65535, help=f"Port of the page \\[default: {USUAL_PORT}, or a free one]."),
]


def sandbox(
    port: PortOption = None,
    transport: Annotated[
        Literal["http", "socket"], typer.Option(help="How the fake Slack reaches the bot.")
    ] = "http",
    folder: place.DirOption = None,
) -> None:
    """Serve a simulated Slack in the browser, with the real bot in it, until Ctrl-C.

    It listens on this machine only and needs no token. People of the database, or of the demo company, can be
    impersonated; time can be moved; every message can be inspected.
    """
    serve_page(place.find(folder), port, transport)


def serve_page(where: place.Place, port: int | None, transport: Literal["http", "socket"] = "http") -> None:
    """Serve the page of a place and print its address; returns when it is stopped."""
    from bot import log
    from bot.cli.cast import cast
    from messages.render import warm

    log.configure("WARNING", "text")
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # stopped like Ctrl-C, also by a container
    services = where.services()
    try:
        warm()
        personas = cast(where, services.db)[:MOST_PEOPLE]
        if not personas:
            terminal.remark("Nobody is known here yet: sync people first, or run `attain demo`.")
        with (
            _crm(where, services) as crm,
            _launched(_live(where, services, crm), personas, (port, transport)) as page,
        ):
            terminal.say(f"Attain sandbox: {page.base_url}")
            if crm.url:
                terminal.say(f"Fake CRM: {crm.url}")
            terminal.remark("Pick a person at the bottom left and type /myquota. Stop with Ctrl-C.")
            page.wait()
    except KeyboardInterrupt:
        terminal.remark("Stopped.")
    finally:
        services.close()


def _live(where: place.Place, services: Services, crm: Crm) -> Live:
    from bot.demo.live import Live

    return Live(services, where.anchor.company() if where.anchor else None, crm.books, crm.url)


@contextmanager
def _launched(
    live: Live, personas: Sequence[Persona], address: tuple[int | None, Literal["http", "socket"]]
) -> Iterator[Sandbox]:
    """The running sandbox; what is won in a demo company's CRM arrives by itself, and at once with the tool."""
    from bot.cli.cast import channels
    from bot.demo.roster import COMPANY
    from bot.sandbox.launch import launch

    port, transport = address
    name = COMPANY if live.has_company else "Attain sandbox"
    port = free_port() if port is None else port
    options: Place = {"port": port, "transport": transport, "name": name, "channels": channels(personas)}
    with launch(live.services, personas, live.hooks(), **options) as page, live.delivering(page.services):
        if not live.has_company:
            yield page
            return
        with live.scheduled(SYNC_SECONDS):
            yield page


@dataclass(frozen=True, slots=True)
class Crm:
    """The CRM beside the sandbox and where its page is; nothing where there is no demo company."""

    books: DemoCrm | None = None
    url: str = ""


@contextmanager
def _crm(where: place.Place, services: Services) -> Iterator[Crm]:
    from bot.demo.crm import PAGE

    books = where.crm(services.clock)
    if books is None:
        yield Crm()
        return
    with books.serve(free_port(CRM_PORT)) as server:
        yield Crm(books, server.url + PAGE)


def free_port(usual: int = USUAL_PORT) -> int:
    """The usual port, or 0 (any free one) where something else listens on it."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", usual))
        except OSError:
            return 0
    return usual
