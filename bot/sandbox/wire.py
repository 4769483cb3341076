"""The lowest layer: connections that can be cut in mid-call and sockets that stop answering pings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

if TYPE_CHECKING:
    import asyncio

    from starlette.datastructures import Address

    from bot.sandbox.chaos import Chaos


class Wires:
    """Protocol classes for one server, and the list of its open connections."""

    def __init__(self, chaos: Chaos) -> None:
        """Make classes that know this server's connections and chaos."""
        open_ones: dict[tuple[str, int], asyncio.Transport] = {}

        class Http(H11Protocol):
            """Remembers each connection by the address of its client."""

            def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
                super().connection_made(transport)
                peer = transport.get_extra_info("peername")
                if peer:
                    open_ones[(peer[0], peer[1])] = transport

            def connection_lost(self, exc: Exception | None) -> None:
                peer = self.transport.get_extra_info("peername") if self.transport else None
                if peer:
                    open_ones.pop((peer[0], peer[1]), None)
                super().connection_lost(exc)

        class Socket(WebSocketsSansIOProtocol):
            """Leaves pings unanswered while the socket is deaf."""

            def handle_ping(self) -> None:
                if chaos.on("deaf_socket"):
                    self.conn.data_to_send()
                    return
                super().handle_ping()

        self.http: type[Any] = Http
        self.websocket: type[Any] = Socket
        self._open = open_ones

    def cut(self, client: Address | None) -> None:
        """Break the connection of this client; what was not yet sent is lost."""
        transport = self._open.get((client.host, client.port)) if client is not None else None
        if transport is not None:
            transport.abort()
