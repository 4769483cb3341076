"""Plays Slack under load in one thread: sends signed requests, and notes when they are acknowledged and answered.

It runs on the processors that it measures, so it does as little as possible: an HTTP client and a threaded server
from the shelf took a third of one, half as much as the web process that they asked.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from bot.slack.http import PATH

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from benchmarks.slack_company import Sink
    from engine.people import Person

    Headers = dict[str, str]
    Request = tuple[str, bytes, Headers]
    Line = tuple[asyncio.StreamReader, asyncio.StreamWriter, float]

END = b"\r\n\r\n"
PATIENCE_SECONDS = 30.0
#: The web process closes a connection that was not used for five.
IDLE_SECONDS = 3.0


@dataclass
class Slack:
    """What Slack is to the web process at `port`: it asks there, and listens at `url` for what is answered."""

    sink: Sink
    port: int
    url: str = ""
    arrived: dict[str, float] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)
    expected: dict[str, asyncio.Event] = field(default_factory=dict)

    async def listen(self) -> None:
        """Answer what the web process sends, at a port of its own."""
        server = await asyncio.get_running_loop().create_server(lambda: _Caller(self), "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"

    async def post(self, body: bytes, headers: Headers) -> bytes:
        """What the web process says to a request; over a connection that is open where there is one."""
        reader, writer = await self._line()
        said = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        head = f"POST {PATH} HTTP/1.1\r\nHost: attain\r\nContent-Length: {len(body)}\r\n{said}\r\n"
        writer.write(head.encode() + body)
        found = await reader.readuntil(END)
        assert found.startswith(b"HTTP/1.1 200 "), found
        content = await reader.readexactly(_length(found))
        self.lines.append((reader, writer, time.perf_counter()))
        return content

    def expect(self, key: str) -> asyncio.Event:
        """Set once the request of that key is answered."""
        return self.expected.setdefault(key, asyncio.Event())

    async def _line(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        while self.lines:
            reader, writer, since = self.lines.pop()
            if time.perf_counter() - since < IDLE_SECONDS:
                return reader, writer
            writer.close()
        return await asyncio.open_connection("127.0.0.1", self.port)

    async def load(
        self, request: Callable[[Slack, Person], Request], reps: Sequence[Person], rate: int, seconds: float
    ) -> dict[str, list[float]]:
        """Open loop: a request every 1/rate seconds whether or not earlier ones were answered."""
        sent: dict[str, float] = {}
        acks: list[float] = []

        async def ask(rep: Person) -> None:
            key, body, headers = request(self, rep)
            sent[key] = time.perf_counter()
            content = await asyncio.wait_for(self.post(body, headers), PATIENCE_SECONDS)
            acks.append(time.perf_counter() - sent[key])
            if content:
                self.arrived.setdefault(key, time.perf_counter())  # told to ask again

        tasks, started = [], time.perf_counter()
        for number, rep in enumerate(itertools.islice(itertools.cycle(reps), int(rate * seconds))):
            await asyncio.sleep(max(0.0, started + number / rate - time.perf_counter()))
            tasks.append(asyncio.create_task(ask(rep)))
        await asyncio.gather(*tasks)
        until = time.perf_counter() + PATIENCE_SECONDS
        while time.perf_counter() < until and not sent.keys() <= self.arrived.keys():  # noqa: ASYNC110 - a few times
            await asyncio.sleep(0.05)
        whole = [self.arrived[key] - at for key, at in sent.items() if key in self.arrived]
        return {"ack": acks, "answer": whole, "lost": [0.0] * (len(sent) - len(whole))}


class _Caller(asyncio.Protocol):
    """One connection of the web process."""

    def __init__(self, slack: Slack) -> None:
        self._slack = slack
        self._read = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._read += data
        while (end := self._read.find(END)) >= 0:
            head, start = self._read[:end], end + len(END)
            until = start + _length(head)
            if len(self._read) < until:
                return
            body, self._read = self._read[start:until], self._read[until:]
            self._answer(head.split(b" ", 2)[1].decode().rpartition("/")[2], body)

    def _answer(self, name: str, body: bytes) -> None:
        """`name` is a method of the Web API, or the key of a request that is answered."""
        self._slack.arrived.setdefault(name, time.perf_counter())
        if name in self._slack.expected:
            self._slack.expected.pop(name).set()
        found = json.dumps(self._slack.sink.method(name, parse_qs(body.decode()) if "." in name else {})).encode()
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(found)}\r\n\r\n"
        assert isinstance(self._transport, asyncio.Transport)
        self._transport.write(head.encode() + found)


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0
