"""The two processes of `attain serve`, as they run: over a socket, ready when they can answer, stopped when asked."""

from __future__ import annotations

import gc
import os
import socket
import sys
import time
from threading import Event, Thread
from typing import TYPE_CHECKING

import httpx
import pytest

from bot import worker
from bot.slack import web
from store import jobs
from tests.bot.slack.staff import DANA
from tests.bot.slack.stage import Stage, words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(condition: Callable[[], bool], seconds: float = 40.0) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.05)


@pytest.fixture(autouse=True)
def switching() -> Iterator[None]:
    interval, threshold = sys.getswitchinterval(), gc.get_threshold()
    yield
    sys.setswitchinterval(interval)
    gc.set_threshold(*threshold)


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="only Linux lets a process choose its processors")
def test_the_web_process_stays_on_one_processor_and_two_services_on_two() -> None:
    allowed = os.sched_getaffinity(0)
    kept = []

    def choose(port: int) -> None:
        web.stay(port)
        kept.append(os.sched_getaffinity(0))

    for port in range(3000, 3000 + len(allowed)):
        thread = Thread(target=choose, args=(port,))  # what it chooses goes for itself alone
        thread.start()
        thread.join()
    assert sorted(kept, key=min) == [{processor} for processor in sorted(allowed)]
    assert os.sched_getaffinity(0) == allowed


def test_the_web_process_over_a_socket(stage_url: str) -> None:
    stage, stop, port = Stage(stage_url), Event(), free_port()
    stage.clock.reset()
    stage.fake.delivery.attach(stage.fake.socket)
    running = Thread(target=web.main, args=(stage.settings.model_copy(update={"port": port}), stop))
    running.start()

    def is_ready() -> bool:
        try:
            return httpx.get(f"http://127.0.0.1:{port}/readyz").json() == {"store": True, "socket": True}
        except httpx.TransportError:
            return False

    try:
        wait_until(is_ready)
        stage.send(DANA, "/attain whoami")
        found: list[str] = []
        wait_until(lambda: bool(found.extend(words(post) for post in stage.new(DANA)) or found))
        assert DANA in found[0]
    finally:
        stop.set()
        running.join(30)
        stage.close()
    assert not running.is_alive()


def test_the_worker_process_runs_its_jobs_and_stops(stage_url: str) -> None:
    stage, stop = Stage(stage_url), Event()
    running = Thread(target=worker.main, args=(stage.settings, stop))
    running.start()

    def has_run(job: str) -> bool:
        with stage.services.db.read() as conn:
            run = jobs.latest(conn, job)
        return run is not None and run.status == "done"

    try:
        wait_until(lambda: all(has_run(job) for job in ("due", "recalculate", "purge")))
    finally:
        stop.set()
        running.join(30)
        stage.close()
    assert not running.is_alive()
