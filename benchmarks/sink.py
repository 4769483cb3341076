"""A Slack that takes every message at once, in a process of its own: what delivery is measured against."""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import random
import socket
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from bot.sandbox.personas import HOME_TEAM
from bot.sandbox.workspace import BOT_USER

#: So many requests `hammer` writes before it reads their answers.
AT_A_TIME = 20
Spawned = multiprocessing.get_context("spawn")


@dataclass
class Sink:
    """A Slack that takes every message at once, in a process of its own; in trouble it loses answers and refuses."""

    ledger: Path
    trouble: bool = False

    def __enter__(self) -> Sink:
        """Serve."""
        ready = Spawned.Queue()
        self._process = Spawned.Process(target=serve, args=(str(self.ledger), self.trouble, ready), daemon=True)
        self._process.start()
        self.url = f"http://127.0.0.1:{ready.get(timeout=60)}/api/"
        return self

    def __exit__(self, *_: object) -> None:
        """Stop."""
        self._process.kill()
        self._process.join()

    def posted(self) -> Counter[str]:
        """How often each notice was taken."""
        return Counter(line.split()[1] for line in self._lines() if line.startswith("+"))

    def per_second(self) -> float:
        """How many messages were taken a second, from the first to the last."""
        at = [float(line.split()[2]) for line in self._lines() if line.startswith("+")]
        return (len(at) - 1) / max(at[-1] - at[0], 1e-9)

    def lost_answers(self) -> int:
        """How many answers were lost."""
        return self._lines().count("lost")

    def _lines(self) -> list[str]:
        return self.ledger.read_text(encoding="utf-8").splitlines() if self.ledger.exists() else []


def hammer(url: str, count: int) -> None:
    """Requests with nothing around them: what the fake itself takes from one process."""
    where = urlsplit(url)
    body = json.dumps({"channel": "D1", "text": "Acme won", "metadata": {}}).encode()
    head = f"POST {where.path}chat.postMessage HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n"
    with socket.create_connection((where.hostname or "", where.port or 80)) as line:
        for _ in range(count // AT_A_TIME):
            line.sendall((head.encode() + body) * AT_A_TIME)
            answers = 0
            while answers < AT_A_TIME:
                answers += line.recv(65_536).count(b"HTTP/1.1")


def serve(ledger: str, trouble: bool, ready: Any) -> None:
    """Answer until killed; every message taken is a line of the ledger."""
    asyncio.run(_serve(ledger, trouble=trouble, ready=ready))


async def _serve(ledger: str, *, trouble: bool, ready: Any) -> None:
    chance = random.Random(11)  # noqa: S311 (no secret)
    held: dict[str, list[dict[str, Any]]] = {}
    book = await asyncio.to_thread(Path(ledger).open, "a", encoding="utf-8", buffering=1)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError):  # the other side is done, or was killed
            while await _exchange(reader, writer, held, (trouble, chance, book)):
                pass
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    ready.put(server.sockets[0].getsockname()[1])
    await server.serve_forever()


async def _exchange(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    held: dict[str, list[dict[str, Any]]],
    world: tuple[bool, random.Random, Any],
) -> bool:
    """Answer one request; whether another may follow over the same connection."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    target = urlsplit(head.split(" ", 2)[1])
    length = next((int(line[15:]) for line in head.splitlines() if line.lower().startswith("content-length:")), 0)
    body = await reader.readexactly(length)
    status, found = _answered(target.path.rpartition("/")[2], (target.query, body), held, world)
    if not status:
        return False
    text = json.dumps(found).encode()
    writer.write(f"HTTP/1.1 {status} X\r\nContent-Length: {len(text)}\r\nRetry-After: 1\r\n\r\n".encode() + text)
    return "connection: close" not in head.lower()


def _answered(
    method: str,
    sent: tuple[str, bytes],
    held: dict[str, list[dict[str, Any]]],
    world: tuple[bool, random.Random, Any],
) -> tuple[int, dict[str, Any]]:
    """Status and body; status 0 is an answer that is lost."""
    trouble, chance, book = world
    if method == "auth.test":
        return 200, {"ok": True, "team_id": HOME_TEAM, "user_id": BOT_USER}
    if method == "conversations.history":
        asked = parse_qs(sent[0]) | parse_qs(sent[1].decode())
        return 200, {"ok": True, "messages": held.get(asked["channel"][0], [])}
    dice = chance.random() if trouble else 1.0
    if dice < 0.02:
        return 429, {"ok": False, "error": "ratelimited"}
    if dice < 0.04:
        return 503, {"ok": False, "error": "service_unavailable"}
    said = json.loads(sent[1])
    ts = f"{time.time():.6f}"
    held.setdefault(said["channel"], []).append({"ts": ts, "metadata": said["metadata"]})
    book.write(f"+ {(said['metadata'].get('event_payload') or {}).get('id', '-')} {time.monotonic()}\n")
    if dice < 0.08:
        book.write("lost\n")
        return 0, {}
    return 200, {"ok": True, "channel": said["channel"], "ts": ts}
