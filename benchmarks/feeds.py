"""API syncs against their reference: `python -m benchmarks.feeds [--n 100000]` prints JSON lines.

The reference, in the same run, is the store's bare bulk upsert of as many typed deals, a transaction for each ten
thousand. A sync fetches, parses, keeps every record as it came, normalises it and stores it with the place to go on.
The fakes answer without latency from a process of their own, as a CRM would; the time spent waiting for them is taken
off, and said. Each measurement is a process of its own. On a machine that others use, the processor's time tells more
than the clock: both are said.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import shutil
import tempfile
import time
from contextlib import contextmanager
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from benchmarks.crms import MAKERS, NOW, PER_WINDOW, WINDOW_SECONDS, body, hubspot
from benchmarks.sync import PAGE, REPS, peak_mb, people, server
from bot.worker import collect_rarely
from operations import plans, recalculate
from operations.context import Context
from store import changes, facts, frames
from store.database import Database

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

BUDGET = 1 / 3
READERS_BUDGET = 4.0
#: Ten times as many deals take no more memory than this many times as much: a page's noise.
MEMORY_BUDGET = 1.25
LIMITS_BUDGET = 1.05
FRESH_BUDGET = 1.0
PLAN = """\
plan: ae
version: 1
effective: 2026-01-01 .. 2027-01-01
currency: USD
components:
  - name: New business
    accumulate: quarter
    rate: 8%
"""


def bare(url: str, n: int) -> dict[str, Any]:
    """The reference: typed rows through the bulk upsert, nothing else."""
    database = Database.open(url)
    pages = [_typed(start, min(start + PAGE, n)) for start in range(0, n, PAGE)]
    start, cpu = time.perf_counter(), time.process_time()
    for page in pages:
        with database.write() as conn:
            facts.apply(conn, "deal", page, changes.begin(conn, "bench", "bare", NOW))
    seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
    return {"seconds": seconds, "cpu_seconds": cpu, "peak_mb": peak_mb()}


def _typed(first: int, last: int) -> pd.DataFrame:
    said = [body(number) for number in range(first, last)]
    return pd.DataFrame(
        {
            "source": "crm",
            "external_id": [f"d{number:08}" for number in range(first, last)],
            "name": [one["dealname"] for one in said],
            "account": "",
            "owner_external_id": [one["hubspot_owner_id"] for one in said],
            "amount_cents": [int(one["amount"].replace(".", "")) for one in said],
            "currency": "USD",
            "stage": "won",
            "stage_name": "closedwon",
            "booked_on": pd.to_datetime([one["closedate"][:10] for one in said]),
            "deal_type": "",
            "product": "",
            "source_at": pd.Timestamp(NOW),
        }
    )


def backfill(make: str, url: str, n: int) -> dict[str, Any]:
    """Everything for the first time, then again without news, then one changed deal up to the statement."""
    collect_rarely()
    bench = MAKERS[make](n)
    database = Database.open(url)
    start, cpu = time.perf_counter(), time.process_time()
    summary = bench.sync(database)
    seconds = time.perf_counter() - start - bench.door.seconds
    cpu = time.process_time() - cpu - bench.door.cpu_seconds
    assert summary.read == n, summary.read
    waited = bench.door.seconds
    found = {"seconds": seconds, "cpu_seconds": cpu, "fake_seconds": waited, "peak_mb": peak_mb()}
    bench.clock.sleep(900)
    calls = sum(kind.api_calls for kind in bench.sync(database).kinds)
    return found | {"calls_without_change": calls}


def under_limits(url: str, n: int) -> dict[str, Any]:
    """A backfill at HubSpot's real limits on a clock that only waiting moves, beside what the limits allow."""
    bench = hubspot(n, limited=True)
    began = bench.clock.at
    summary = bench.sync(Database.open(url))
    took = (bench.clock.at - began).total_seconds()
    calls = sum(kind.api_calls for kind in summary.kinds)
    allowed = max(0, (calls - 1) // PER_WINDOW) * WINDOW_SECONDS
    return {"simulated_seconds": took, "allowed_seconds": allowed, "calls": calls}


def fresh(url: str, n: int) -> dict[str, Any]:
    """One deal that changed in the CRM: a sync, and the recalculation of whom it touches."""
    bench = hubspot(n)
    database = Database.open(url)
    whole_year = {"source": "crm", "plan": "ae", "start_on": date(2026, 1, 1), "end_on": date(2027, 1, 1)}
    with database.write() as conn:
        rows = pd.DataFrame([{"person_external_id": f"U{i:05}"} | whole_year for i in range(REPS)])
        facts.apply(conn, "assignment", rows, changes.begin(conn, "bench", "plans", NOW))
    plans.publish(Context(database, NOW.date(), NOW), PLAN, "ae.yaml")
    bench.sync(database)
    recalculate.drain(Context(database, NOW.date(), NOW))
    bench.clock.sleep(900)
    fake: Any = getattr(bench.door, "handle").__self__  # noqa: B009 (a fake in this process, whose deals are changed)
    fake.portal.edit("deals", next(iter(fake.portal.tables["deals"].rows)), {"amount": "12345.67"})
    bench.clock.sleep(900)
    start = time.perf_counter()
    changed = bench.sync(database).changed
    synced = time.perf_counter() - start
    reps = recalculate.drain(Context(database, NOW.date(), NOW)).reps
    return {"changed": changed, "reps": reps, "sync_seconds": synced, "seconds": time.perf_counter() - start}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=100_000, help="deals")
    parser.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="both")
    chosen = parser.parse_args()
    for name in ("sqlite", "postgresql") if chosen.database == "both" else (chosen.database,):
        run(name, chosen.n)


def run(name: str, n: int) -> None:
    """Every figure of one database."""
    reference = _measured(name, partial(bare, n=n))
    _say(name, "bare bulk upsert", n, reference)
    for make in ("generated", "hubspot", "salesforce"):
        found = _measured(name, partial(backfill, make, n=n))
        _say(name, f"{make} backfill", n, found | _compared(found, reference))
        if make == "generated":
            small = found["peak_mb"]
    found = _measured(name, partial(backfill, "generated", n=10 * n))
    times = found["peak_mb"] / small
    memory = {"memory_of_smaller": round(times, 2), "budget": MEMORY_BUDGET, "ok": times <= MEMORY_BUDGET}
    _say(name, "generated backfill, memory of ten times as many", 10 * n, found | memory)
    _say(name, "readers during a backfill", n, readers(name, n))
    limits = _measured(name, partial(under_limits, n=n))
    share = limits["simulated_seconds"] / max(limits["allowed_seconds"], 1)
    _say(name, "real rate limits", n, limits | {"of_allowed": round(share, 3), "ok": share <= LIMITS_BUDGET})
    found = _measured(name, partial(fresh, n=n))
    _say(name, "one changed deal to its statement", n, found | {"ok": found["seconds"] <= FRESH_BUDGET})


def _compared(found: dict[str, Any], reference: dict[str, Any]) -> dict[str, Any]:
    """A backfill beside what it is held against, by the clock and by the processor's time."""
    speed, by_cpu = (reference[each] / found[each] for each in ("seconds", "cpu_seconds"))
    return {
        "speed_of_reference": round(speed, 2),
        "by_cpu": round(by_cpu, 2),
        "budget": round(BUDGET, 2),
        "ok": max(speed, by_cpu) >= BUDGET,
    }


def readers(name: str, n: int) -> dict[str, Any]:
    """How long one rep's deals take to read, idle and while a backfill runs in another process."""
    with _fresh(name) as url:
        _apart(partial(bare, url, n))
        database = Database.open(url)
        idle = _percentile(_reads(database, lambda spent: spent < 3.0))
        process, answer = _begun(partial(backfill, "generated", url, 2 * n))
        busy = _percentile(_reads(database, lambda _: not answer.poll()))
        answer.recv()
        process.join()
        database.dispose()
    return {
        "idle_p99_ms": idle,
        "busy_p99_ms": busy,
        "times": round(busy / idle, 1),
        "ok": busy <= READERS_BUDGET * idle,
    }


def _reads(database: Database, goes_on: Callable[[float], bool]) -> list[float]:
    found: list[float] = []
    began = time.perf_counter()
    while goes_on(time.perf_counter() - began):
        start = time.perf_counter()
        frames.facts(database, (date(2026, 1, 1), date(2027, 1, 1)), reps=[len(found) % REPS + 1])
        found.append((time.perf_counter() - start) * 1_000)
        time.sleep(0.005)
    return found


def _percentile(found: list[float]) -> float:
    return round(sorted(found)[int(len(found) * 0.99)], 2)


def _measured(name: str, work: Callable[..., dict[str, Any]]) -> dict[str, Any]:
    with _fresh(name) as url:
        return _apart(partial(work, url=url))


def _apart(work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    process, answer = _begun(work)
    found: dict[str, Any] = answer.recv()
    process.join()
    return found


def _begun(work: Callable[[], dict[str, Any]]) -> tuple[Any, Any]:
    spawn = multiprocessing.get_context("spawn")
    ours, theirs = spawn.Pipe()
    process = spawn.Process(target=_child, args=(work, theirs))
    process.start()
    theirs.close()
    return process, ours


def _child(work: Callable[[], dict[str, Any]], answer: Any) -> None:
    answer.send(work())


@contextmanager
def _fresh(name: str) -> Iterator[str]:
    """A migrated database with the people in it, while it is needed."""
    folder = Path(tempfile.mkdtemp(prefix="attain-bench-"))
    try:
        with server(name, folder) as url:
            database = Database.open(url)
            database.migrate()
            with database.write() as conn:
                facts.apply(conn, "person", people(), changes.begin(conn, "bench", "people", NOW))
            database.dispose()
            yield url
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _say(database: str, what: str, n: int, found: dict[str, Any]) -> None:
    shown = {name: round(value, 3) if isinstance(value, float) else value for name, value in found.items()}
    if "speed_of_reference" in shown or what.startswith("bare"):
        shown["rows_per_second"] = round(n / found["seconds"])
    print(json.dumps({"bench": "feeds", "database": database, "what": what, "n": n} | shown), flush=True)


if __name__ == "__main__":
    main()
