"""The Slack side beside its references: `python -m benchmarks.slack [--rate 100] [--seconds 8]` prints JSON lines.

`/myquota` end to end is timed from the signed request to the answer at its response_url, and held against a bare ASGI
handler that does the same read and render and answers in its body. The load runs are open-loop against a web process
of its own, in turns alone and beside a process that syncs and calculates without a pause.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import hashlib
import hmac
import io
import itertools
import json
import logging
import os
import secrets
import statistics
import tempfile
import time
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlencode

import httpx

from benchmarks.slack_company import SECRET, TEAM, Company, Sink, company
from benchmarks.slack_load import Slack
from benchmarks.storage import server
from bot import log, wiring, worker
from bot.slack import web
from bot.slack.app import build_app
from bot.slack.http import PATH, build_asgi
from messages import views
from messages.reader import Reader
from messages.render import render, warm
from messages.reply import Reply
from operations import answers
from operations.context import Context

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from multiprocessing.synchronize import Event as ProcessEvent

    from bot.settings import Settings
    from bot.wiring import Services
    from engine.people import Person

Headers = dict[str, str]
Runs = dict[str, list[dict[str, list[float]]]]
BESIDE = "beside sync and calculation"
#: Deals that are others in each sync beside, of some 2,300. The worker syncs and calculates again as soon as it is
#: done, two or three times a second, so that this is about a thousand changed deals a minute.
CHANGED = 6


@dataclass(frozen=True)
class Load:
    """How many requests a second, for how long, how often idle and busy each, and deals that each sync changes."""

    rate: int
    seconds: float
    turns: int
    changed: int


def request(sink: Sink | Slack, rep: Person) -> tuple[str, bytes, Headers]:
    """A signed `/myquota` and the key under which its answer arrives."""
    key = secrets.token_hex(8)
    body = urlencode(
        {
            "command": "/myquota", "text": "", "team_id": TEAM, "user_id": f"U{rep.rep_id}", "trigger_id": key,
            "channel_id": "D1", "response_url": f"{sink.url}/response/{key}",
        }
    ).encode()  # fmt: skip
    return key, body, signed(body)


def signed(body: bytes, kind: str = "application/x-www-form-urlencoded") -> Headers:
    stamp = str(int(time.time()))
    digest = hmac.new(SECRET.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()
    return {"content-type": kind, "x-slack-request-timestamp": stamp, "x-slack-signature": f"v0={digest}"}


def bare(services: Services, reps: dict[str, Person]) -> Any:
    """The reference: an ASGI handler with the same read and render and nothing around it."""

    async def app(scope: dict[str, Any], receive: Callable[[], Awaitable[Any]], send: Callable[[Any], Any]) -> None:
        if scope["type"] != "http":
            return
        asked = parse_qs((await receive())["body"].decode())
        rep, now = reps[asked["user_id"][0]], services.clock.now()
        answer = answers.quota(Context(services.db, now.date(), now, rep), rep)
        message = render(Reply("quota", views.quota(answer, Reader(rep.locale, rep.timezone, now, rep.rep_id))))
        body = json.dumps({"text": message.text, "blocks": message.blocks}).encode()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": body})

    return app


async def one_by_one(found: Company, sink: Sink, rounds: int) -> None:
    """p50 of both, in turns, so that noise meets both alike; on one processor, where the web process keeps itself.

    Whoever asks sleeps until the answer is there: a thread that looked for it would take turns with those at work.
    """
    anywhere = os.sched_getaffinity(0)
    web.stay(found.settings.port)
    slack = Slack(sink, 0)
    await slack.listen()
    services = wiring.build(found.settings.model_copy(update={"slack_api_url": f"{slack.url}/api/"}))
    ours = httpx.AsyncClient(transport=httpx.ASGITransport(build_asgi(build_app(services), found.settings)))
    reference = httpx.AsyncClient(
        transport=httpx.ASGITransport(bare(services, {f"U{r.rep_id}": r for r in found.reps}))
    )
    took: dict[str, list[float]] = {"ack": [], "answer": [], "bare": []}
    for number, rep in enumerate(itertools.islice(itertools.cycle(found.reps), rounds + len(found.reps))):
        key, body, headers = request(slack, rep)
        answered = slack.expect(key)
        started = time.perf_counter()
        assert (await ours.post(f"http://x{PATH}", content=body, headers=headers)).status_code == 200
        acked = time.perf_counter()
        await answered.wait()
        await asyncio.to_thread(services.pool.wait_idle)  # the row is closed: nothing runs beside the reference
        began = time.perf_counter()
        assert (await reference.post("http://x/", content=body, headers=headers)).status_code == 200
        if number >= len(found.reps):  # the first time somebody asks, they are linked: that is another job
            took["ack"].append(acked - started)
            took["answer"].append(slack.arrived[key] - started)
            took["bare"].append(time.perf_counter() - began)
    services.close()
    os.sched_setaffinity(0, anywhere)
    p50 = {name: statistics.median(values) for name, values in took.items()}
    say(figure="/myquota, p50", ms={name: round(1000 * value, 2) for name, value in p50.items()}, rounds=rounds)
    ratio = p50["answer"] / p50["bare"]
    say(figure="/myquota end to end / bare handler, p50", ratio=round(ratio, 3), budget="<= 2", holds=ratio <= 2)


def serve(settings: Settings, stop: ProcessEvent) -> None:
    log.configure("ERROR", "json")
    web.main(settings, stop)  # type: ignore[arg-type]


def churn(settings: Settings, changed: int, stop: ProcessEvent, wanted: ProcessEvent, resting: ProcessEvent) -> None:
    """While it is wanted: some deals get other amounts, all are synced, and whom they pay is recalculated."""
    worker.give_way()
    services = wiring.build(settings)
    for turn in itertools.count(1):
        while not wanted.wait(0.1):
            resting.set()
            if stop.is_set():
                services.close()
                return
        resting.clear()
        reprice(settings.sources / "deals.csv", turn, changed)
        assert worker.run_job(services, "sync").ok
        assert worker.run_job(services, "recalculate").ok


def reprice(path: Path, turn: int, changed: int) -> None:
    """Give so many deals from all over the file another amount, others in each turn."""
    with path.open(encoding="utf-8", newline="") as file:
        head, *rows = list(csv.reader(file))
    amount = head.index("amount")
    step = max(1, len(rows) // changed)
    for row in rows[turn % step :: step][:changed]:
        row[amount] = f"{row[amount].partition('.')[0]}.{turn % 100:02}"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([head, *rows])


async def wait_until_ready(port: int) -> None:
    async with httpx.AsyncClient() as client:
        for _ in range(600):
            try:
                if (await client.get(f"http://127.0.0.1:{port}/healthz")).status_code == 200:
                    return
            except httpx.TransportError:
                await asyncio.sleep(0.1)
    raise TimeoutError


async def beside_the_worker(found: Company, sink: Sink, shape: Load) -> None:
    """Idle and busy in turns, so that the machine's moods meet both; what counts is the median of the rounds' p99.

    A spike of the machine in the idle run would else excuse one that the worker causes. An answer is remembered until
    a fact behind it changes, so a third run says what asking costs when nothing has changed; what the worker does to
    those who ask is told by the run after the same change, when it rests.
    """
    spawn = get_context("spawn")
    stop, wanted, resting = spawn.Event(), spawn.Event(), spawn.Event()
    slack = Slack(sink, found.settings.port)
    await slack.listen()
    settings = found.settings.model_copy(update={"slack_api_url": f"{slack.url}/api/"})
    started = [spawn.Process(target=serve, args=(settings, stop), daemon=True)]
    started[0].start()
    runs: Runs = {"nothing changed": [], "idle after a change": [], BESIDE: []}
    try:
        await wait_until_ready(settings.port)
        # Everybody is linked before it counts, and has asked often enough that nothing is done for the first time.
        for rate in (10, shape.rate):
            await slack.load(request, found.reps, rate, 2 * len(found.reps) / rate)
        its = (settings, shape.changed, stop, wanted, resting)
        started.append(spawn.Process(target=churn, args=its, daemon=True))
        started[1].start()
        await asyncio.to_thread(resting.wait)
        for _ in range(shape.turns):
            for name, results in runs.items():
                if name != "nothing changed":
                    wanted.set()
                    await asyncio.sleep(0.5)
                if name != BESIDE:
                    wanted.clear()
                    await asyncio.to_thread(resting.wait)
                results.append(await slack.load(request, found.reps, shape.rate, shape.seconds))
            wanted.clear()
            await asyncio.sleep(0.5)
            await asyncio.to_thread(resting.wait)
            await slack.load(request, found.reps, shape.rate, len(found.reps) / shape.rate)  # nothing is new any more
    finally:
        stop.set()
        for process in started:
            process.join(20)
            process.kill()
    tell(runs, shape)


def tell(runs: Runs, shape: Load) -> None:
    """What the runs came to, and whether it keeps the budgets."""
    for name, results in runs.items():
        shown = {what: spread([one for run in results for one in run[what]]) for what in ("ack", "answer")}
        unanswered = sum(len(run["lost"]) for run in results)
        how = {"turns": shape.turns, "changed_each_sync": shape.changed}
        say(figure=f"/myquota at {shape.rate}/s, {name}", **how, **shown, unanswered=unanswered)
    for what in ("ack", "answer"):
        still, after, beside = ([round(1000 * p99(run[what]), 1) for run in results] for results in runs.values())
        ratio = round(statistics.median(beside) / statistics.median(after), 2)
        said: dict[str, object] = {"p99_ms": beside, "idle_p99_ms": after, "ratio": ratio, "holds": ratio <= 2}
        said["to_nothing_changed"] = round(statistics.median(beside) / statistics.median(still), 2)
        say(figure=f"p99 of the {what} beside the worker / idle, medians of the turns", budget="<= 2", **said)
    for what in ("ack", "answer"):
        worst = max(max(run[what]) for run in runs[BESIDE])
        say(figure=f"slowest {what} beside the worker", seconds=round(worst, 3), budget="<= 1", holds=worst <= 1)


async def hostile(found: Company, rounds: int) -> None:
    """Requests that mean harm: none may become a 5xx or a traceback."""
    stream = io.StringIO()
    log.configure("INFO", "text", stream)
    services = wiring.build(found.settings)
    client = httpx.AsyncClient(
        transport=httpx.ASGITransport(build_asgi(build_app(services), found.settings), raise_app_exceptions=False)
    )
    deep = b'{"a":' * 40_000 + b"1" + b"}" * 40_000
    bodies = [
        b"",
        b"{",
        b"[]",
        b"\xff" * 100,
        deep,
        b"payload=" + deep,
        b"x" * 3_000_000,
        b'{"event":5,"type":"event_callback"}',
        b'{"type":"block_actions","actions":[5]}',
        b'{"team":5}',
        b"command=%2Fmyquota&trigger_id=1",
    ]
    codes: dict[str, int] = {}
    started = time.perf_counter()
    for body, kind in itertools.product(bodies * rounds, ("application/json", "application/x-www-form-urlencoded")):
        for headers in hostile_headers(body, kind):
            code = (await client.post(f"http://x{PATH}", content=body, headers=headers)).status_code
            codes[str(code)] = codes.get(str(code), 0) + 1
    took = time.perf_counter() - started
    services.close()
    wrong = sum(count for code, count in codes.items() if code >= "500") + stream.getvalue().count("Traceback")
    say(figure="hostile requests", answered=codes, per_second=round(sum(codes.values()) / took))
    say(figure="hostile requests that became a 5xx or a traceback", count=wrong, budget="0", holds=wrong == 0)


def hostile_headers(body: bytes, kind: str) -> list[Headers]:
    good = signed(body, kind)
    return [
        good,
        good | {"x-slack-signature": "v0=" + "0" * 64},
        good | {"x-slack-request-timestamp": "soon"},
        good | {"x-slack-request-timestamp": str(int(time.time()) - 900)},
        {"content-type": kind},
    ]


def p99(values: list[float]) -> float:
    return sorted(values)[max(0, int(len(values) * 0.99) - 1)]


def spread(values: list[float]) -> dict[str, float]:
    found = {"p50": statistics.median(values), "p99": p99(values), "max": max(values)}
    return {name: round(1000 * value, 1) for name, value in found.items()} | {"count": len(values)}


def say(**line: object) -> None:
    print(json.dumps(line, ensure_ascii=False), flush=True)


def free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def run(name: str, shape: Load, rounds: int) -> None:
    sink = Sink()
    with tempfile.TemporaryDirectory() as folder, server(name) as url:
        found = company(Path(folder), sink, url)
        found = Company(found.settings.model_copy(update={"port": free_port()}), found.reps)
        await one_by_one(found, sink, rounds)
        await beside_the_worker(found, sink, shape)
        await hostile(found, rounds=5)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=int, default=100, help="requests per second")
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--turns", type=int, default=3, help="idle and busy runs of so many seconds each")
    parser.add_argument("--changed", type=int, default=CHANGED, help="deals that are others in each sync beside")
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="sqlite")
    chosen = parser.parse_args()
    log.configure("ERROR", "text")
    logging.getLogger("httpx").setLevel(logging.ERROR)
    warm()
    for name in ("sqlite", "postgresql") if chosen.database == "both" else (chosen.database,):
        say(database=name)
        asyncio.run(run(name, Load(chosen.rate, chosen.seconds, chosen.turns, chosen.changed), chosen.rounds))


if __name__ == "__main__":
    main()
