"""A close end to end, and one changed deal: `python -m benchmarks.close [--n 1000000]` prints JSON lines.

The close loads every deal of the year, calculates, and publishes lines and statements in one transaction. Its
calculation is timed alone in the same run, so that the share of it is known. One changed deal is written, its rep
calculated again and published, each step committed; its reference is the full close of the same run.
The lines must be the same bytes in both databases, in chunks of any size, and by any number of workers.
"""

from __future__ import annotations

import argparse
import hashlib
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from benchmarks import storage
from engine import commission
from operations import plans, pricing, recalculate, scale
from operations.context import Context
from store import changes, facts, frames, runs
from store.database import Database

if TYPE_CHECKING:
    from engine.calculation import Calculation
    from engine.frames import Facts
    from engine.plans.schema import Plan

AS_OF = date(2026, 12, 31)
CHANGES = 200
PLAN = """\
plan: bench
version: 1
effective: 2026-01-01 .. 2027-01-01
currency: USD
components:
  - name: Bookings
    quota: bookings
    accumulate: year_to_date
    table:
      by: attainment
      behaviour: marginal
      tiers: [{from: 0%, rate: 5%}, {from: 50%, rate: 7%}, {from: 100%, rate: 10%}, {from: 150%, rate: 12%}]
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=1_000_000, help="deals in the store")
    parser.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="both")
    chosen = parser.parse_args()
    digests: dict[str, str] = {}
    for name in ("sqlite", "postgresql") if chosen.database == "both" else (chosen.database,):
        with storage.server(name) as url:
            database = Database.open(url)
            database.migrate()
            bench = storage.Bench(database, url, chosen.n, 0, 0)
            storage.fill(bench)
            _assign(database, max(10, chosen.n // 100))
            close, digests[name] = _close(bench)
            _one_deal(bench, close)
            database.dispose()
    assert len(set(digests.values())) == 1, digests


def _assign(database: Database, reps: int) -> None:
    whole_year = {"source": "crm", "plan": "bench", "start_on": date(2026, 1, 1), "end_on": date(2027, 1, 1)}
    rows = pd.DataFrame([{"person_external_id": f"O{number}"} | whole_year for number in range(reps)])
    rates = [
        {"from_currency": "EUR", "rate_num": 11, "rate_den": 10},
        {"from_currency": "GBP", "rate_num": 13, "rate_den": 10},
    ]
    dated = {"source": "crm", "to_currency": "USD", "start_on": date(2026, 1, 1), "end_on": date(2027, 1, 1)}
    with database.write() as conn:
        change_id = changes.begin(conn, "bench", "assign", storage.NOW)
        facts.apply(conn, "assignment", rows, change_id)
        facts.apply(conn, "rate", pd.DataFrame([rate | dated for rate in rates]), change_id)
    plans.publish(Context(database, AS_OF, storage.NOW), PLAN, "bench.yaml")


def _close(bench: storage.Bench) -> tuple[float, str]:
    """How long a close took, and the digest of its lines, which is the same in every store."""
    database = bench.database
    started = time.perf_counter()
    summary = recalculate.drain(Context(database, AS_OF, storage.NOW))
    total = time.perf_counter() - started
    with database.read() as conn:
        in_force = pricing.paying(conn, AS_OF)
        loaded = frames.facts(conn, pricing.window(in_force, AS_OF))
    started = time.perf_counter()
    calculated = commission.calculate(loaded, in_force, AS_OF)
    calculation = time.perf_counter() - started
    assert len(calculated.lines) == summary.lines > 0
    bench.say(
        "a close end to end",
        deals=bench.n,
        lines=summary.lines,
        seconds=round(total, 2),
        calculation_seconds=round(calculation, 3),
        calculation_share=round(calculation / total, 3),
        goal_share=0.25,
    )
    return total, _equal_bytes(bench, loaded, in_force, calculated)


def _equal_bytes(bench: storage.Bench, loaded: Facts, in_force: tuple[Plan, ...], whole: Calculation) -> str:
    """The digest of the lines, which are the same bytes in chunks of any size and by any number of workers."""
    wanted = _digest(whole.lines)
    for rows in (7_001, 10**9):
        assert _digest(commission.calculate(loaded, in_force, AS_OF, chunk_rows=rows).lines) == wanted, rows
    for workers in (2, 5):
        with ThreadPoolExecutor(workers) as executor:
            found = scale.calculate(loaded, in_force, AS_OF, executor, workers)
        assert _digest(found.lines[whole.lines.columns.tolist()]) == wanted, workers
    bench.say("equal bytes in 3 sizes of chunks and by 1, 2 and 5 workers", deals=bench.n, digest=wanted[:16])
    return wanted


def _digest(lines: pd.DataFrame) -> str:
    """Of what the lines say, whatever the width of a column or the order of its words."""
    digest = hashlib.sha256()
    for name in lines.columns:
        column = lines[name]
        if isinstance(column.dtype, pd.CategoricalDtype):
            digest.update(pd.util.hash_pandas_object(column.astype(str), index=False).to_numpy().tobytes())
        else:
            digest.update(column.to_numpy(dtype=np.int64).tobytes())
    return digest.hexdigest()


def _one_deal(bench: storage.Bench, close: float) -> None:
    database, timed, cpu = bench.database, [], []
    reps = max(10, bench.n // 100)
    for number in range(CHANGES):
        row = storage.deals(number, number + 1, reps)
        row = row.assign(amount_cents=row["amount_cents"] + 1 + number)
        started, worked = time.perf_counter(), time.process_time()
        with database.write() as conn:
            change_id = changes.begin(conn, "bench", "one deal", storage.NOW)
            touched = facts.apply(conn, "deal", row, change_id).touched
            runs.mark_stale(conn, touched, change_id)
        recalculate.drain(Context(database, AS_OF, storage.NOW))
        timed.append(time.perf_counter() - started)
        cpu.append(time.process_time() - worked)
    cuts, cpu_cuts = statistics.quantiles(timed, n=100), statistics.quantiles(cpu, n=100)
    bench.say(
        "one changed deal, committed",
        p50_ms=round(statistics.median(timed) * 1e3, 2),
        p99_ms=round(cuts[98] * 1e3, 2),
        goal_p99_ms=10,
        cpu_p50_ms=round(cpu_cuts[49] * 1e3, 2),
        cpu_p99_ms=round(cpu_cuts[98] * 1e3, 2),
        close_over_p50=round(close / statistics.median(timed)),
        goal_close_over_p50=300,
    )


if __name__ == "__main__":
    main()
