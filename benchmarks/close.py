"""A close end to end, and one changed deal: `python -m benchmarks.close [--n 1000000]` prints JSON lines.

The close loads every deal of the year, calculates, and publishes lines and statements in one transaction. Its
calculation is timed alone in the same run, so that the share of it is known. One changed deal is written, its rep
calculated again and published, each step committed; its reference is the full close of the same run. A fifth of the
deals are shared by two, so that three people are calculated again. The same is measured once everybody was shown
their pay, and is told of every change.
The lines must be the same bytes in both databases, in chunks of any size, and by any number of workers.
"""

from __future__ import annotations

import argparse
import hashlib
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from benchmarks import storage
from bot.worker import collect_rarely
from engine import commission
from operations import plans, pricing, recalculate, scale
from operations.context import Context
from store import changes, disclosures, facts, frames, outbox, people, runs
from store.database import Database

if TYPE_CHECKING:
    from engine.calculation import Calculation
    from engine.frames import Facts
    from engine.plans.schema import Plan

AS_OF = date(2026, 12, 31)
WARM_UP, CHANGES, TOLD = 10, 400, 40
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


@dataclass(frozen=True, slots=True)
class _Took:
    """Seconds by the clock and of processor time; a loaded machine lets them differ."""

    seconds: float
    processor: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=1_000_000, help="deals in the store")
    parser.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="both")
    chosen = parser.parse_args()
    collect_rarely()  # as the worker does, who does all of this
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


def _close(bench: storage.Bench) -> tuple[_Took, str]:
    """How long a close took, and the digest of its lines, which is the same in every store."""
    database = bench.database
    started, worked = time.perf_counter(), time.process_time()
    summary = recalculate.drain(Context(database, AS_OF, storage.NOW))
    total, processor = time.perf_counter() - started, time.process_time() - worked
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
        cpu_seconds=round(processor, 2),
        calculation_seconds=round(calculation, 3),
        calculation_share=round(calculation / total, 3),
        goal_share=0.25,
    )
    return _Took(total, processor), _equal_bytes(bench, loaded, in_force, calculated)


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


def _one_deal(bench: storage.Bench, close: _Took) -> None:
    """One changed deal after another, as a worker that has been running does them."""
    for number in range(WARM_UP):
        _change(bench, number)
    took = [_change(bench, WARM_UP + number) for number in range(CHANGES)]
    _say(bench, "one changed deal, committed", took, close)
    # Whoever was ever shown their pay is told that it is another one now, in the transaction that publishes it.
    with bench.database.write() as conn:
        for rep_id in sorted({each.rep_id for each in people.all(conn)}):
            seen = disclosures.Disclosure(rep_id, rep_id, "quota", "bench", "ephemeral", "bench", storage.NOW)
            disclosures.record(conn, seen)
    _change(bench, WARM_UP + CHANGES)
    took = [_change(bench, WARM_UP + CHANGES + 1 + number) for number in range(TOLD)]
    with bench.database.read() as conn:
        owed = sum(outbox.counts(conn).values())
    assert owed >= TOLD, "nobody was told"
    _say(bench, "one changed deal, committed and told", took, close)


def _change(bench: storage.Bench, number: int) -> _Took:
    """A deal's new amount written, and everybody whom it concerns calculated and published again."""
    row = storage.deals(number, number + 1, max(10, bench.n // 100))
    row = row.assign(amount_cents=row["amount_cents"] + 1 + number)
    started, worked = time.perf_counter(), time.process_time()
    with bench.database.write() as conn:
        change_id = changes.begin(conn, "bench", "one deal", storage.NOW)
        touched = facts.apply(conn, "deal", row, change_id).touched
        runs.mark_stale(conn, touched, change_id)
    summary = recalculate.drain(Context(bench.database, AS_OF, storage.NOW))
    assert summary.reps == len(touched) > 0
    return _Took(time.perf_counter() - started, time.process_time() - worked)


def _say(bench: storage.Bench, what: str, took: list[_Took], close: _Took) -> None:
    by_clock = statistics.quantiles([each.seconds for each in took], n=100)
    by_work = statistics.quantiles([each.processor for each in took], n=100)
    bench.say(
        what,
        deals=bench.n,
        changes=len(took),
        p50_ms=round(by_clock[49] * 1e3, 2),
        p99_ms=round(by_clock[98] * 1e3, 2),
        goal_p99_ms=10,
        cpu_p50_ms=round(by_work[49] * 1e3, 2),
        cpu_p99_ms=round(by_work[98] * 1e3, 2),
        close_over_p50=round(close.seconds / by_clock[49]),
        cpu_close_over_p50=round(close.processor / by_work[49]),
        goal_close_over_p50=300,
    )


if __name__ == "__main__":
    main()
