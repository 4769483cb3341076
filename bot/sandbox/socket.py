"""Socket Mode: connections the app opened, envelopes pushed over them, acknowledgements taken back."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from typing import TYPE_CHECKING, Any

from starlette.websockets import WebSocket, WebSocketDisconnect

from bot.sandbox.envelopes import Ack, Envelope
from bot.sandbox.workspace import APP_ID

if TYPE_CHECKING:
    from bot.sandbox.workspace import Workspace

JSON = dict[str, Any]
CONNECTIONS = 10


class SocketHub:
    """The app's open sockets; an envelope goes to one of them, in turn."""

    name = "socket"

    def __init__(self, workspace: Workspace) -> None:
        """Start with no connection."""
        self._chaos = workspace.chaos
        self._tickets = workspace.tickets
        self._open: list[WebSocket] = []
        self._waiting: dict[str, Future[Ack]] = {}
        self._turn = itertools.count()
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def connections(self) -> int:
        """How many sockets are open."""
        return len(self._open)

    async def serve(self, socket: WebSocket) -> None:
        """Greet a socket that shows a ticket and take acknowledgements until it closes."""
        if len(self._open) >= CONNECTIONS or not self._tickets.punch(socket.query_params.get("ticket", "")):
            await socket.close(1008)
            return
        self._loop = asyncio.get_running_loop()
        await socket.accept()
        self._open.append(socket)
        try:
            await socket.send_json(self._hello())
            while True:
                self._take(await socket.receive_text())
        except WebSocketDisconnect:
            pass
        finally:
            if socket in self._open:
                self._open.remove(socket)

    def deliver(self, envelope: Envelope, timeout: float) -> Ack:
        """Push an envelope and wait for its acknowledgement; a deaf socket swallows it."""
        if self._chaos.on("deaf_socket"):
            with contextlib.suppress(FutureTimeoutError):
                Future[Ack]().result(timeout)
            return Ack(ok=False, reason="timeout")
        if not self._open or self._loop is None:
            return Ack(ok=False, reason="connection_failed")
        socket = self._open[next(self._turn) % len(self._open)]
        key = f"{envelope.id}/{envelope.attempt}" if envelope.attempt else envelope.id
        future: Future[Ack] = Future()
        self._waiting[key] = future
        asyncio.run_coroutine_threadsafe(self._push(socket, _framed(envelope, key)), self._loop)
        try:
            return future.result(timeout)
        except FutureTimeoutError:
            return Ack(ok=False, reason="timeout")
        finally:
            self._waiting.pop(key, None)

    def disconnect(self, reason: str = "refresh_requested") -> None:
        """Ask every connection to come back on a new one, as Slack does every few hours."""
        if self._loop is not None:
            asyncio.run_coroutine_threadsafe(self._farewell(reason), self._loop).result(5)

    def close(self) -> None:
        """Forget the acknowledgements nobody will send any more."""
        for future in list(self._waiting.values()):
            future.cancel()

    async def _farewell(self, reason: str) -> None:
        message = {"type": "disconnect", "reason": reason, "debug_info": {"host": "sandbox"}}
        leaving, self._open = self._open, []
        for socket in leaving:
            await self._push(socket, message)
        await asyncio.sleep(0.2)
        for socket in leaving:
            with contextlib.suppress(RuntimeError, WebSocketDisconnect):
                await socket.close(1000)

    async def _push(self, socket: WebSocket, message: JSON) -> None:
        # A socket that closed in between loses the message, as it would at Slack; the retry finds another.
        with contextlib.suppress(RuntimeError, WebSocketDisconnect):
            await socket.send_text(json.dumps(message))

    def _take(self, text: str) -> None:
        answer = json.loads(text)
        future = self._waiting.get(answer.get("envelope_id", ""))
        if future is not None and not future.done():
            future.set_result(Ack(ok=True, body=_body(answer.get("payload"))))

    def _hello(self) -> JSON:
        return {
            "type": "hello", "num_connections": len(self._open), "connection_info": {"app_id": APP_ID},
            "debug_info": {"host": "sandbox", "approximate_connection_time": 18060},
        }  # fmt: skip


def _body(payload: Any) -> JSON | str | None:
    return payload or None


def _framed(envelope: Envelope, key: str) -> JSON:
    message: JSON = {
        "envelope_id": key, "type": envelope.kind, "payload": envelope.payload,
        "accepts_response_payload": envelope.kind != "events_api",
    }  # fmt: skip
    if envelope.kind == "events_api":
        message |= {"retry_attempt": envelope.attempt, "retry_reason": envelope.reason}
    return message
