"""Delivers envelopes to the app, waits for acknowledgements and sends unacknowledged events again."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.sandbox.envelopes import Ack, Attempt, Envelope
from bot.sandbox.errors import NotRunningError

if TYPE_CHECKING:
    from bot.sandbox.transport import Transport
    from bot.sandbox.workspace import Workspace

ACK_SECONDS = 3.0
RETRY_AFTER = (timedelta(0), timedelta(minutes=1), timedelta(minutes=5))
_TICK = 0.05


class Delivery:
    """The outgoing side of the fake. Events are queued and retried; commands and interactions are asked once."""

    def __init__(self, workspace: Workspace, ack_seconds: float = ACK_SECONDS) -> None:
        """Deliver for `workspace`; the transport is attached once the app runs."""
        self._workspace = workspace
        self.ack_seconds = ack_seconds
        self._transport: Transport | None = None
        self._pool = ThreadPoolExecutor(16, thread_name_prefix="sandbox-event")
        self._changed = threading.Condition()
        self._flying = 0
        self._later: list[tuple[datetime, Envelope]] = []
        self._held: list[Envelope] = []
        self._closed = threading.Event()
        self._ticker = threading.Thread(target=self._run, name="sandbox-retries", daemon=True)
        self._ticker.start()

    def attach(self, transport: Transport) -> None:
        """Deliver over `transport` from now on; what was posted meanwhile follows at once."""
        self._transport = transport
        self.tick()

    def ask(self, envelope: Envelope) -> Ack:
        """Deliver a command or interaction once and wait for its acknowledgement.

        Raises:
            NotRunningError: no transport is attached.
        """
        with self._changed:
            self._flying += 1
        try:
            return self._attempt(envelope)
        finally:
            self._landed()

    def post(self, envelope: Envelope) -> None:
        """Deliver an event in the background, again while it stays unacknowledged."""
        chaos = self._workspace.chaos
        if chaos.on("reordered_event") and not self._held:
            self._held.append(envelope)
            return
        copies = 2 if chaos.strikes("duplicate_event") else 1
        held, self._held = self._held, []
        for one in [envelope] * copies + held:
            self._launch(one)

    def tick(self) -> None:
        """Send what has become due by the workspace's clock."""
        now = self._workspace.clock.now()
        with self._changed:
            due = [envelope for at, envelope in self._later if at <= now]
            self._later = [(at, envelope) for at, envelope in self._later if at > now]
        for envelope in due:
            self._launch(envelope)

    def settle(self, timeout: float = 5.0) -> bool:
        """Wait until nothing is under way; False when `timeout` seconds were not enough."""
        deadline = time.monotonic() + timeout
        with self._changed:
            while self._flying:
                if not self._changed.wait(max(0.0, deadline - time.monotonic())):
                    return False
        return True

    def forget(self) -> None:
        """Drop what waits for another attempt."""
        with self._changed:
            self._later.clear()
            self._held.clear()

    @property
    def waiting(self) -> int:
        """How many events wait for another attempt."""
        with self._changed:
            return len(self._later) + len(self._held)

    def close(self) -> None:
        """Stop; what waits is dropped."""
        self._closed.set()
        self._ticker.join(timeout=2)
        self._pool.shutdown(wait=False, cancel_futures=True)
        if self._transport is not None:
            self._transport.close()

    def _launch(self, envelope: Envelope) -> None:
        if self._closed.is_set():
            return
        with self._changed:
            self._flying += 1
        self._pool.submit(self._fly, envelope)

    def _fly(self, envelope: Envelope) -> None:
        try:
            if self._transport is None:
                self._put_off(envelope, timedelta(0))
                return
            ack = self._attempt(envelope)
            lost = ack.ok and self._workspace.chaos.strikes("unacked_event")
            if (not ack.ok or lost) and not ack.no_retry and envelope.attempt < len(RETRY_AFTER):
                again = replace(envelope, attempt=envelope.attempt + 1, reason=ack.reason or "http_timeout")
                self._put_off(again, RETRY_AFTER[envelope.attempt])
        finally:
            self._landed()

    def _attempt(self, envelope: Envelope) -> Ack:
        if self._transport is None:
            raise NotRunningError("The bot is not running yet. Wait for launch() to return, or attach a transport.")
        record = self._workspace.records.open(envelope)
        started = time.perf_counter()
        ack = self._transport.deliver(envelope, self.ack_seconds)
        took = round((time.perf_counter() - started) * 1000)
        at = self._workspace.clock.now()
        record.attempts.append(Attempt(envelope.attempt, at, self._transport.name, ack, took))
        return ack

    def _put_off(self, envelope: Envelope, by: timedelta) -> None:
        with self._changed:
            self._later.append((self._workspace.clock.now() + by, envelope))

    def _landed(self) -> None:
        with self._changed:
            self._flying -= 1
            self._changed.notify_all()

    def _run(self) -> None:
        while not self._closed.wait(_TICK):
            if self._transport is not None:
                self.tick()
