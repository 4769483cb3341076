"""Full calculation beside its references: `python -m benchmarks.calculation [--n 1000000]` prints JSON lines.

Every variant works the same plan over the same frames in this one process, in turns, and all must agree to the cent.
Times are the best of several turns, by the clock and by the processor. The two numpy comparisons, in which everything
runs in one thread, are of processor time: a busy machine disturbs it less. `extra_mb` is what a variant adds to the
peak of resident memory of a process of its own (Linux only). `--large` adds the rows at ten times as many deals.

Two comparisons are printed, because a trace is part of the engine's work: `calculate` keeps the trace as arrays and
is held against a numpy script that keeps only the columns of amounts; `calculate and lines` builds the frame of
lines and is held against the same script building such a frame. The script knows this one plan, dense ids and splits
of two; it checks nothing, converts nothing and explains nothing. The other references return amounts only.
"""

from __future__ import annotations

import argparse
import gc
import hashlib
import json
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from benchmarks import references
from benchmarks.workload import AS_OF, facts, plan
from engine.commission import calculate
from engine.frames import Facts

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.calculation import Calculation

Amounts = references.Amounts
THREADED = ("polars", "duckdb")
SMALLEST = 100_000  # the Decimal loop is timed on this many deals at most, and stated with it


@dataclass(frozen=True)
class Figure:
    """What one variant took."""

    seconds: float
    cpu_seconds: float
    amounts: Amounts


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=1_000_000, help="deals")
    parser.add_argument("--repeats", type=int, default=7)
    parser.add_argument("--large", action="store_true", help="also ten times as many deals; takes minutes and 6 GB")
    parser.add_argument("--memory", choices=VARIANTS, help="print the extra memory of one variant and stop")
    chosen = parser.parse_args()
    company = facts(chosen.n)
    if chosen.memory:
        print(json.dumps(_extra(VARIANTS[chosen.memory], company)))
        return
    # those with threads of their own come last: their threads do not always rest when they are done
    figures = _in_turns(
        {name: run for name, run in VARIANTS.items() if name not in THREADED}, company, chosen.repeats
    )
    figures |= _in_turns({name: VARIANTS[name] for name in THREADED}, company, chosen.repeats)
    _agree("the variants", figures["calculate"].amounts, figures[THREADED[0]].amounts)
    for name, figure in figures.items():
        extra = _run_alone(name, chosen.n)["extra_mb"]
        times = {"seconds": figure.seconds, "cpu_seconds": figure.cpu_seconds}
        _say(variant=name, n=chosen.n, **times, extra_mb=extra, lines=3 * len(figure.amounts[0]))
    _compare(figures, "calculate", "numpy one shot", 1.0, chosen.n)
    _compare(figures, "calculate and lines", "numpy one shot and lines", 1.0, chosen.n)
    for reference in THREADED:
        _compare(figures, "calculate", reference, 1 / 3, chosen.n)
    _bytes_beside_lines("calculate", chosen.n)
    _equal_bytes(facts(min(chosen.n, SMALLEST)))
    _compare_decimal(min(chosen.n, SMALLEST), chosen.repeats)
    _one_rep(company)
    if chosen.large:
        del company
        _at_scale(10 * chosen.n, figures["calculate"])


def _at_scale(n: int, smaller: Figure) -> None:
    """The rows at ten times as many deals, against the calculation of a tenth in the same process."""
    chosen = {name: VARIANTS[name] for name in ("calculate", "numpy one shot")}
    figures = _in_turns(chosen, facts(n), 3)
    _compare(figures, "calculate", "numpy one shot", 0.75, n)
    times = figures["calculate"].cpu_seconds / smaller.cpu_seconds
    _say(figure="calculate / calculate of a tenth", n=n, ratio=round(times, 2), budget="<= 13", holds=times <= 13)
    _bytes_beside_lines("calculate", n)


def _bytes_beside_lines(name: str, n: int) -> None:
    """What a calculation needs at its peak for each deal beside the arrays of lines that it gives back."""
    found = _run_alone(name, n)
    if found["extra_mb"] is not None and found["lines_mb"] is not None:
        each = (found["extra_mb"] - found["lines_mb"]) * 2**20 / n
        _say(figure="bytes per deal beside the lines", n=n, ratio=round(each, 1), budget="<= 60", holds=each <= 60)


def _equal_bytes(company: Facts) -> None:
    """The lines must be the same bytes whatever the chunks, and whoever is calculated together."""
    wanted = _digest(calculate(company, [_PLAN], AS_OF).lines)
    for rows in (500, 7_001, 10**9):
        assert _digest(calculate(company, [_PLAN], AS_OF, chunk_rows=rows).lines) == wanted, f"chunks of {rows}"
    reps = company.quotas["rep_id"].tolist()
    for parts in (2, 5):
        cuts = [reps[len(reps) * part // parts : len(reps) * (part + 1) // parts] for part in range(parts)]
        lines = [calculate(company, [_PLAN], AS_OF, reps=cut).lines for cut in cuts]
        assert _digest(pd.concat(lines, ignore_index=True)) == wanted, f"{parts} parts"
    _say(figure="equal bytes in 4 sizes of chunks and in 1, 2 and 5 parts of reps", n=len(company.deals), holds=True)


def _digest(lines: pd.DataFrame) -> bytes:
    return hashlib.sha256(pd.util.hash_pandas_object(lines, index=False).to_numpy().tobytes()).digest()


def _compare(figures: dict[str, Figure], name: str, reference: str, most: float, n: int) -> None:
    ours, theirs = figures[name], figures[reference]
    clock, cpu = ours.seconds / theirs.seconds, ours.cpu_seconds / theirs.cpu_seconds
    ratio = cpu if reference.startswith("numpy") else clock
    ratios = {"ratio": round(ratio, 3), "clock_ratio": round(clock, 3), "cpu_ratio": round(cpu, 3)}
    _say(figure=f"{name} / {reference}", n=n, **ratios, budget=f"<= {most:.3g}", holds=ratio <= most)


def _compare_decimal(n: int, repeats: int) -> None:
    company = facts(n)
    ours = _in_turns({"ours": _calculate}, company, repeats)["ours"]
    loop = _in_turns({"loop": references.decimal_loop}, company, 1)["loop"]
    _agree("decimal loop", ours.amounts, loop.amounts)
    times = loop.cpu_seconds / ours.cpu_seconds
    _say(figure="Decimal loop / calculate", n=n, seconds=round(loop.seconds, 4), times=round(times, 1))
    _say(figure="times faster than the Decimal loop", n=n, ratio=round(times, 1), budget=">= 25", holds=times >= 25)


def _one_rep(company: Facts) -> None:
    """The same function on the facts of one rep, as for one question in Slack."""
    rep = int(company.quotas["rep_id"].iloc[len(company.quotas) // 2])
    shared = company.splits.loc[company.splits["rep_id"] == rep, "deal_id"]
    own = company.deals[(company.deals["owner_id"] == rep) | company.deals["deal_id"].isin(shared)]
    parts = {
        name: frame[frame["rep_id"] == rep] for name, frame in company.frames() if name in ("quotas", "assignments")
    }
    splits = company.splits[company.splits["deal_id"].isin(own["deal_id"])]
    small = Facts(own.reset_index(drop=True), splits.reset_index(drop=True), rates=company.rates, **parts)
    seconds = []
    for _ in range(200):
        started = time.perf_counter()
        rows = len(calculate(small, [_PLAN], AS_OF, reps=[rep]).lines)
        seconds.append(time.perf_counter() - started)
    seconds.sort()
    _say(
        figure="one rep",
        deals=len(own),
        lines=rows,
        p50_ms=round(seconds[100] * 1e3, 3),
        best_ms=round(seconds[0] * 1e3, 3),
    )


def _in_turns(
    variants: dict[str, Callable[[Facts], Amounts | Calculation]], company: Facts, repeats: int
) -> dict[str, Figure]:
    """The best time of each variant; they take turns, so that a busy machine is unfair to none."""
    found: dict[str, Figure] = {}
    for _ in range(repeats):
        for name, run in variants.items():
            gc.collect()
            started, cpu_started = time.perf_counter(), time.process_time()
            result = run(company)
            cpu = round(time.process_time() - cpu_started, 4)
            seconds = round(time.perf_counter() - started, 4)
            amounts = _amounts(result)
            _agree(name, amounts, next(iter(found.values())).amounts if found else amounts)
            best = found.get(name, Figure(seconds, cpu, amounts))
            found[name] = Figure(min(seconds, best.seconds), min(cpu, best.cpu_seconds), amounts)
    return found


def _agree(name: str, one: Amounts, other: Amounts) -> None:
    assert all(np.array_equal(mine, yours) for mine, yours in zip(one, other, strict=True)), f"{name} differs"


def _run_alone(name: str, n: int) -> dict[str, float | None]:
    """The memory of a variant in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.calculation", "--n", str(n), "--memory", name]
    found: dict[str, float | None] = json.loads(
        subprocess.run(command, check=True, capture_output=True, text=True).stdout
    )
    return found


def _extra(run: Callable[[Facts], Amounts | Calculation], company: Facts) -> dict[str, float | None]:
    """By how much a run raises the peak of resident memory, and how much of it are the lines; None: unknown."""
    gc.collect()
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        return {"extra_mb": None, "lines_mb": None}
    before = _memory("VmRSS")
    result = run(company)
    peak = _memory("VmHWM")
    lines = None
    if not isinstance(result, tuple):
        lines = sum(getattr(result.trace, name).nbytes for name in result.trace.__slots__) / 2**20
    return {"extra_mb": None if before is None or peak is None else round(peak - before, 1), "lines_mb": lines}


def _memory(label: str) -> float | None:
    try:
        status = Path("/proc/self/status").read_text()
    except OSError:
        return None
    return next((int(line.split()[1]) / 1_024 for line in status.splitlines() if line.startswith(label)), None)


def _say(**figure: object) -> None:
    print(json.dumps({"bench": "calculation"} | figure), flush=True)


_PLAN = plan()


def _calculate(company: Facts) -> Calculation:
    return calculate(company, [_PLAN], AS_OF)


def _calculate_and_lines(company: Facts) -> Calculation:
    calc = calculate(company, [_PLAN], AS_OF)
    assert isinstance(calc.lines, pd.DataFrame)
    return calc


def _amounts(result: Amounts | Calculation) -> Amounts:
    """The amounts of all components, out of the time that is taken."""
    if isinstance(result, tuple):
        return result
    trace = result.trace
    tiered, flat, bonus = (trace.amount[trace.measure == number] for number in range(3))
    return tiered, flat, bonus


VARIANTS: dict[str, Callable[[Facts], Amounts | Calculation]] = {
    "calculate": _calculate,
    "calculate and lines": _calculate_and_lines,
    "numpy one shot": references.numpy_one_shot,
    "numpy one shot and lines": references.numpy_one_shot_lines,
    "polars": references.polars_frames,
    "duckdb": references.duckdb_sql,
}

if __name__ == "__main__":
    main()
