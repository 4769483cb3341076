"""The schedule under two workers: `python -m benchmarks.schedule [--seconds 20]` prints JSON lines.

Two processes compete for one lease over one store. `slots` counts what ran against the slots of a second, `takeover`
kills the leader and waits for the other, `down` starts both a day after everything stopped: each job is due once, at
once. One APScheduler for each process, on one store, made 39 runs for 20 slots.
"""

from __future__ import annotations

import argparse
import json
import os
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING, Any

from benchmarks.sink import Spawned
from bot import log
from bot.clock import MovableClock
from bot.schedule import Job, Schedule, standing_jobs
from bot.settings import Settings
from bot.slack.pool import WorkPool
from bot.wiring import Services
from store.database import Database

if TYPE_CHECKING:
    import multiprocessing
    from collections.abc import Sequence

TICK = Job("tick", timedelta(seconds=1))
KILLS = 3
TAKEOVER_SECONDS = 5.0
DAY = timedelta(days=1)


def main() -> None:
    """Run every part and print a line for each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=20)
    seconds = parser.parse_args().seconds
    with tempfile.TemporaryDirectory() as folder:
        say("schedule.slots", **slots(Path(folder, "slots"), seconds))
        say("schedule.takeover", **takeover(Path(folder, "takeover")))
        say("schedule.down", **down(Path(folder, "down")))


def slots(place: Path, seconds: int) -> dict[str, object]:
    """What two workers ran in so many seconds."""
    prepared(place)
    both = [started(place, [TICK.name]) for _ in range(2)]
    wait_for(place, "run")
    time.sleep(seconds)
    stop(both)
    ran, claimed = len(lines(place, "run")), claims(place)
    due = round((claimed[-1] - claimed[0]).total_seconds()) + 1
    twice, skipped = max(0, ran - len(claimed)), due - len(claimed)
    return {
        "workers": 2, "slots": due, "runs": ran, "twice": twice, "skipped": skipped,
        "ok": twice == skipped == 0 and ran >= due - 1,
    }  # fmt: skip


def takeover(place: Path) -> dict[str, object]:
    """How long nobody leads once the leader is killed."""
    prepared(place)
    running = {each.pid: each for each in (started(place, [TICK.name]) for _ in range(2))}
    took: list[float] = []
    for _ in range(KILLS):
        wait_for(place, "leads", len(took) + 1)
        wait_for(place, "competes", len(took) + 2)
        leader = running.pop(int(lines(place, "leads")[-1][2]))
        time.sleep(1.5)
        killed_at = time.monotonic()
        leader.kill()
        leader.join()
        wait_for(place, "leads", len(took) + 2)
        took.append(float(lines(place, "leads")[-1][1]) - killed_at)
        another = started(place, [TICK.name])
        running[another.pid] = another
    stop(list(running.values()))
    twice = max(0, len(lines(place, "run")) - len(claims(place)))
    return {
        "kills": KILLS, "lease_seconds": Settings().lease_seconds, "seconds": [round(each, 2) for each in took],
        "slots_run_twice": twice, "ok": max(took) <= TAKEOVER_SECONDS and twice == 0,
    }  # fmt: skip


def down(place: Path) -> dict[str, object]:
    """What runs, and how soon, once both come back after a day; every job of a deployment had run before."""
    prepared(place)
    names = [job.name for job in standing_jobs(Settings())]
    stop_after(place, names, [started(place, names) for _ in range(2)], 1)
    before, began = len(lines(place, "run")), time.monotonic()
    stop_after(place, names, [started(place, names, DAY) for _ in range(2)], 2)
    back = lines(place, "run")[before:]
    first = Counter(name for name, _, _ in back)
    return {
        "hours_down": 24, "jobs": len(names), "jobs_run": len(first), "runs": len(back),
        "seconds_until_all_had_run": round(max(float(at) for _, _, at in back) - began, 2),
        "ok": set(first) == set(names) and max(first.values()) <= 2,
    }  # fmt: skip


def stop_after(place: Path, names: Sequence[str], both: list[Any], times: int) -> None:
    """Let both work until every job has run so many times in all, then stop them."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        had = Counter(name for name, _, _ in lines(place, "run"))
        if all(had[name] >= times for name in names):
            break
        time.sleep(0.05)
    stop(both)


def prepared(place: Path) -> None:
    """A store for one part."""
    place.mkdir()
    db = Database.open(f"sqlite:///{place}/attain.db")
    db.migrate()
    db.dispose()


def started(place: Path, names: Sequence[str], ahead: timedelta = timedelta(0)) -> Any:
    """A worker's schedule in a process of its own, its clock so far ahead."""
    process = Spawned.Process(target=work, args=(str(place), list(names), ahead.total_seconds()), daemon=True)
    process.start()
    return process


def work(place: str, names: list[str], ahead: float) -> None:
    """Compete until killed; every run and every taking of the lease is a line of the ledger."""
    log.configure("CRITICAL", "text")
    settings = Settings()
    clock = MovableClock(timedelta(seconds=ahead))
    services = Services(Database.open(f"sqlite:///{place}/attain.db"), settings, clock, WorkPool(1, 1))
    known = {job.name: job for job in (TICK, *standing_jobs(settings))}
    ledger = Path(place, f"{os.getpid()}.lines")

    def run(name: str) -> None:
        slot = known[name].slot(clock.now()).timestamp()
        note(ledger, "run", name, str(slot), str(time.monotonic()))

    schedule = Schedule(services, [known[name] for name in names], run)
    Thread(target=watch, args=(schedule, ledger), daemon=True).start()
    schedule.start()
    note(ledger, "competes", "lease", str(os.getpid()), str(time.monotonic()))
    Event().wait()


def watch(schedule: Schedule, ledger: Path) -> None:
    """Note when this process begins to lead."""
    led = False
    while True:
        if schedule.is_leader and not led:
            note(ledger, "leads", "lease", str(time.monotonic()), str(os.getpid()))
        led = schedule.is_leader
        time.sleep(0.01)


def note(ledger: Path, *words: str) -> None:
    """One line, whole."""
    with ledger.open("a", encoding="utf-8") as book:
        book.write(" ".join(words) + "\n")


def lines(place: Path, sort: str) -> list[tuple[str, str, str]]:
    """What the processes noted of a sort, oldest first: of a run the job, its slot and when; else when and who."""
    found = [line.split() for each in place.glob("*.lines") for line in each.read_text(encoding="utf-8").splitlines()]
    mine = [(words[1], words[2], words[3]) for words in found if words[0] == sort and len(words) == 4]
    return sorted(mine, key=lambda words: float(words[1] if sort == "leads" else words[2]))


def claims(place: Path) -> list[datetime]:
    """The slots that were claimed, in their order; the store lets nobody claim one twice."""
    with closing(sqlite3.connect(place / "attain.db")) as db:
        rows = db.execute("SELECT slot_at FROM job_run WHERE job = 'tick' ORDER BY slot_at").fetchall()
    return [datetime.fromisoformat(at) for (at,) in rows]


def wait_for(place: Path, sort: str, count: int = 1) -> None:
    """Until so many lines of a sort stand there."""
    until = time.monotonic() + 60
    while len(lines(place, sort)) < count and time.monotonic() < until:
        time.sleep(0.02)


def stop(processes: list[multiprocessing.process.BaseProcess]) -> None:
    """End the processes."""
    for process in processes:
        process.kill()
        process.join()


def say(part: str, **line: object) -> None:
    """Print one line of results."""
    at = datetime.now(UTC).isoformat(timespec="seconds")
    sys.stdout.write(json.dumps({"bench": part, "at": at} | line, ensure_ascii=False) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
