"""Delivery beside its references: `python -m benchmarks.outbox [--notices 5000]` prints JSON lines.

`paced` drains an announcement at the pace Slack allows, on a clock that only moves when somebody waits, against the
sandbox's fake with its strict limits. `unlimited` drains to a fake that answers at once, with two workers in
processes of their own, beside the same requests made bare and the fake hammered with nothing around the requests; all
are timed from the first message that arrives to the last. `killed` does that while workers are killed and answers get
lost.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import random
import signal
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from benchmarks.sink import Sink, Spawned, hammer
from bot import log
from bot.clock import MovableClock, SystemClock
from bot.delivery import Delivery, let_all
from bot.sandbox.fake import FakeSlack
from bot.sandbox.personas import HOME_TEAM, Persona
from bot.sandbox.workspace import BOT_USER, Setup
from bot.settings import Settings, ignore_proxies
from bot.slack.client import OpenClient
from bot.slack.manifest import load
from bot.slack.pool import WorkPool
from bot.wiring import Services
from engine.notices import Notice, Recipient
from store import changes, facts, identities, lanes, outbox, people
from store.database import Database

if TYPE_CHECKING:
    import multiprocessing
    from collections.abc import Sequence

    from bot.clock import Clock

NOW = datetime(2026, 7, 1, 9, 30, tzinfo=UTC)
WORKERS = 2
BUDGET_A_SECOND = 500
PERSON = {
    "source": "crm", "role": "rep", "title": "", "currency": "USD", "timezone": "UTC", "locale": "en-US", "team": "",
    "region": "", "manager_external_id": "", "hired_on": None, "left_on": None,
}  # fmt: skip


class StillClock:
    """Time that moves only when somebody waits."""

    def __init__(self) -> None:
        """Start at a fixed moment."""
        self.at = NOW

    @property
    def offset(self) -> timedelta:
        """How far it has moved."""
        return self.at - NOW

    def now(self) -> datetime:
        """The moment."""
        return self.at

    def advance(self, by: timedelta) -> None:
        """Move on."""
        self.at += by

    def reset(self) -> None:
        """Start again."""
        self.at = NOW

    def wait(self, seconds: float) -> None:
        """Wait, which takes no time."""
        self.at += timedelta(seconds=seconds)


class Straight(WebClient):
    """Calls the fake without a network between, and counts what it refuses."""

    fake: FakeSlack
    limited = 0

    def api_call(self, api_method: str, **given: Any) -> Any:
        """What the fake answers."""
        args = given.get("json") or given.get("params") or given.get("data") or {}
        answer = self.fake.api.call(api_method, self.token or "", dict(args))
        Straight.limited += answer.status == 429
        found = Answer(answer.body)
        found.status_code, found.headers = answer.status, dict(answer.headers)
        if not answer.body.get("ok"):
            raise SlackApiError("refused", found)
        return found


class Answer(dict[str, Any]):
    """An answer as the client's callers see it."""

    status_code = 200
    headers: dict[str, str]

    @property
    def data(self) -> Answer:
        """The body."""
        return self


def main() -> None:
    """Run every part and print a line for each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--notices", type=int, default=5_000)
    wanted = parser.parse_args().notices
    quiet()
    ignore_proxies()
    with tempfile.TemporaryDirectory() as folder:
        say("outbox.paced", **paced(Path(folder), wanted))
        say("outbox.unlimited", **unlimited(Path(folder), wanted))
        say("outbox.killed", **killed(Path(folder), min(wanted, 1_500)))


def paced(folder: Path, count: int) -> dict[str, object]:
    """An announcement to so many people, on a clock of its own."""
    db, clock = filled(folder / "paced.db", count, open_channels=False), StillClock()
    personas = [Persona(f"P{number}", f"p{number}@x.com") for number in range(count)]
    fake = FakeSlack(Setup(personas, load(), (), clock=clock))
    with db.write() as conn:
        for person in people.all(conn):
            user = fake.workspace.user_by_email(person.email)
            if user is not None:
                link(conn, person.rep_id, user.id, fake.workspace.direct(user.id, BOT_USER).id)
    client = Straight(token=fake.workspace.secrets.bot_token)
    client.fake, Straight.limited = fake, 0
    worker = Delivery(services(db, clock, 100), client, let_all, clock.wait)
    began = time.perf_counter()
    while outstanding(db):
        worker.round()
        clock.wait(2)
    took = time.perf_counter() - began
    at = sorted(
        float(post.ts) for channel in fake.workspace.channels for post in fake.workspace.posts.history(channel)
    )
    busiest = max(sum(1 for each in at[place : place + 101] if each < first + 60) for place, first in enumerate(at))
    minutes = (at[-1] - at[0]) / 60
    db.dispose()
    return {
        "notices": len(at), "simulated_minutes": round(minutes, 1), "at_the_limit": round(count / 100, 1),
        "busiest_minute": busiest, "http_429": Straight.limited, "seconds": round(took, 1),
        "ok": Straight.limited == 0 and len(at) == count and busiest <= 100 and minutes <= count / 100 * 1.05,
    }  # fmt: skip


def unlimited(folder: Path, count: int) -> dict[str, object]:
    """As fast as it goes to a fake that answers at once, beside the bare requests."""
    with Sink(folder / "sink-1") as sink:
        each = (sink.url, count // WORKERS)
        together([Spawned.Process(target=bare_posts, args=each) for _ in range(WORKERS)])
        bare = sink.per_second()
    with Sink(folder / "sink-0") as sink:
        together([Spawned.Process(target=hammer, args=(sink.url, count))])
        taken = sink.per_second()
    with Sink(folder / "sink-2") as sink:
        path = folder / "unlimited.db"
        db = filled(path, count, open_channels=True)
        together([Spawned.Process(target=work, args=(str(path), sink.url)) for _ in range(WORKERS)])
        rate = sink.per_second()
        spent = sum(float(each.read_text(encoding="utf-8")) for each in folder.glob("unlimited.db.*.cpu"))
        posted = sink.posted()
        states = outstanding(db, every=True)
        db.dispose()
    return {
        "notices": count, "per_second": round(rate), "bare_requests_per_second": round(bare),
        "fake_takes_per_second": round(taken), "workers": WORKERS,
        "share_of_bare": round(rate / bare, 2), "worker_cpu_ms_each": round(1_000 * spent / count, 2),
        "duplicates": sum(posted.values()) - len(posted),
        "states": states, "ok": rate >= BUDGET_A_SECOND and len(posted) == count,
    }  # fmt: skip


def killed(folder: Path, count: int) -> dict[str, object]:
    """The same while workers are killed, answers are lost and some requests refused."""
    chance = random.Random(7)  # noqa: S311 (no secret)
    path = folder / "killed.db"
    db = filled(path, count, open_channels=True)
    kills = 0
    with Sink(folder / "sink-3", trouble=True) as sink:
        running = [start_worker(path, sink.url) for _ in range(WORKERS)]
        deadline = time.monotonic() + 60
        while kills < 20 and outstanding(db, ("pending",)) and time.monotonic() < deadline:
            time.sleep(chance.uniform(0.3, 0.9) + (2.5 if kills == 0 else 0))
            place = chance.randrange(WORKERS)
            os.kill(running[place].pid or 0, signal.SIGKILL)
            running[place].join()
            kills += 1
            running[place] = start_worker(path, sink.url)
        for process in running:
            process.kill()
            process.join()
        kills += WORKERS
        finish(db, sink.url)
        posted, lost_answers = sink.posted(), sink.lost_answers()
        states = outstanding(db, every=True)
    db.dispose()
    duplicates = sum(posted.values()) - len(posted)
    return {
        "notices": count, "kills": kills, "lost_answers": lost_answers, "lost": count - len(posted),
        "duplicates": duplicates, "states": states,
        "ok": len(posted) == count and duplicates <= kills + lost_answers,
    }  # fmt: skip


def finish(db: Database, url: str) -> None:
    """A worker that comes a minute later and deals with what the dead ones left."""
    clock = MovableClock(timedelta(minutes=2))
    worker = Delivery(services(db, clock, 10_000_000), client_of(url), let_all)
    while outstanding(db):
        worker.round()
        clock.advance(timedelta(seconds=30))


def filled(path: Path, count: int, *, open_channels: bool) -> Database:
    """A store with so many people, each owed a notice."""
    db = Database.open(f"sqlite:///{path}")
    db.migrate()
    rows = [PERSON | {"external_id": f"p{n}", "name": f"P{n}", "email": f"p{n}@x.com"} for n in range(count)]
    with db.write() as conn:
        facts.apply(conn, "person", pd.DataFrame(rows), changes.begin(conn, "bench", "people", NOW))
    with db.write() as conn:
        everybody = people.all(conn)
        if open_channels:
            for person in everybody:
                link(conn, person.rep_id, f"U{person.rep_id}", f"D{person.rep_id}")
        outbox.put(conn, [announcement(person.rep_id) for person in everybody], NOW)
    return db


def link(conn: Any, rep_id: int, user_id: str, channel_id: str) -> None:
    """Tie a person to an account and its direct message."""
    identities.link(conn, identities.Link(HOME_TEAM, user_id, rep_id, "", "email"), NOW)
    lanes.keep_direct_channel(conn, HOME_TEAM, user_id, channel_id)


def announcement(rep_id: int) -> Notice:
    """One that must arrive: where nobody knows, it is looked up and sent again."""
    pay = {"minor": 420_000, "currency": "USD"}
    period = {"label": "2026-07", "start_on": "2026-07-01", "end_on": "2026-08-01"}
    deals = [{"deal": "Acme", "account": "Acme Inc", "pay": pay, "lines": [1]}]
    item = {
        "kind": "deal_won",
        "id": "n",
        "data": {"rep_id": rep_id, "receipt": "r", "period": period, "deals": deals},
    }
    return Notice(f"bench:{rep_id}", "digest", Recipient(rep_id), {"items": [item]})


def services(db: Database, clock: Clock, a_minute: int) -> Services:
    """What a worker needs; the pace may be beyond what the settings allow."""
    settings = Settings(slack_bot_token="xoxb-bench").model_copy(update={"sends_per_minute": a_minute})  # noqa: S106
    return Services(db, settings, clock, WorkPool(1, 1))


def client_of(url: str) -> WebClient:
    """A client of the sink, as delivery has one."""
    return OpenClient("xoxb-bench", url, timeout=5)


def outstanding(
    db: Database, states: Sequence[str] = ("pending", "leased", "unknown"), *, every: bool = False
) -> Any:
    """How many notices are in some states, or how many in each."""
    with db.read() as conn:
        counts = outbox.counts(conn)
    return counts if every else sum(counts.get(state, 0) for state in states)


def start_worker(path: Path, url: str) -> multiprocessing.process.BaseProcess:
    """A worker in a process of its own."""
    process = Spawned.Process(target=work, args=(str(path), url), daemon=True)
    process.start()
    return process


def work(path: str, url: str) -> None:
    """Deliver until nothing is pending; what others hold is theirs."""
    quiet()
    db = Database.open(f"sqlite:///{path}")
    worker = Delivery(services(db, SystemClock(), 10_000_000), client_of(url), let_all)
    began = time.process_time()
    while outstanding(db, ("pending",)):
        worker.round()
        time.sleep(0.02)
    Path(f"{path}.{os.getpid()}.cpu").write_text(str(time.process_time() - began), encoding="utf-8")


def quiet() -> None:
    """Nothing in the log: lost answers are meant to be."""
    log.configure("CRITICAL", "text")
    logging.getLogger("slack_sdk").setLevel(logging.CRITICAL)


def bare_posts(url: str, count: int) -> None:
    """The requests alone."""
    client = client_of(url)
    for number in range(count):
        client.api_call("chat.postMessage", json={"channel": f"D{number}", "text": "Acme won", "metadata": {}})


def together(processes: list[Any]) -> None:
    """Run the processes to their end."""
    for process in processes:
        process.start()
    for process in processes:
        process.join()


def say(part: str, **line: object) -> None:
    """Print one line of results."""
    sys.stdout.write(json.dumps({"bench": part} | line, ensure_ascii=False) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
