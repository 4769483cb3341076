"""One calculation in parts beside one in one piece: `python -m benchmarks.scale [--n 1000000]` prints JSON lines.

The parts are run by threads, by processes and by Dask distributed on this machine; whoever runs them, the lines are
those of one calculation, which is checked here. What is timed is everything from the facts to the frame of lines,
because that is what has to travel. Processes are started before the clock is.
"""

from __future__ import annotations

import argparse
import json
import time
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from typing import TYPE_CHECKING

import pandas as pd

from benchmarks import workload
from engine.commission import calculate
from operations import scale

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

WORKERS = 2
WORDS = dict.fromkeys(("plan", "component", "kind", "rule"), str)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=1_000_000, help="deals")
    parser.add_argument("--parts", type=int, default=4)
    chosen = parser.parse_args()
    company, plan = workload.facts(chosen.n), workload.plan()
    started = time.perf_counter()
    whole = calculate(company, [plan], workload.AS_OF).lines
    alone = time.perf_counter() - started
    _say(how="in one piece", n=chosen.n, seconds=round(alone, 2), lines=len(whole))
    for name, opened in _HOW.items():
        with opened() as executor:
            list(executor.map(abs, range(WORKERS)))  # somebody is there
            started = time.perf_counter()
            found = scale.calculate(company, [plan], workload.AS_OF, executor, chosen.parts).lines
            seconds = time.perf_counter() - started
        pd.testing.assert_frame_equal(found.astype(WORDS), whole.astype(WORDS), check_dtype=False)
        _say(how=name, n=chosen.n, parts=chosen.parts, seconds=round(seconds, 2), over_one=round(seconds / alone, 2))


@contextmanager
def _dask() -> Iterator[Executor]:
    from distributed import LocalCluster  # an optional extra

    local = LocalCluster(n_workers=WORKERS, threads_per_worker=1, dashboard_address=None)  # type: ignore[no-untyped-call]
    with local as cluster, scale.dask(cluster) as executor:
        yield executor


_HOW: dict[str, Callable[[], AbstractContextManager[Executor]]] = {
    "threads": lambda: ThreadPoolExecutor(WORKERS),
    "processes": lambda: ProcessPoolExecutor(WORKERS, mp_context=get_context("spawn")),
    "dask": _dask,
}


def _say(**figure: object) -> None:
    print(json.dumps({"bench": "scale"} | figure), flush=True)


if __name__ == "__main__":
    main()
