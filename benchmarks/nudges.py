"""Every nudge rule for everybody, beside the calculation of the facts it reads: `python -m benchmarks.nudges`.

Prints JSON lines. The company is that of `benchmarks.workload` with open deals, managers and held records added: a
hundred deals for each rep. The rules are evaluated on a Monday in the middle of the year, on which all of them run,
and on the last day, on which the most reps are near a tier. Both sides run in turns; times are the best of several.
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from benchmarks.workload import facts, plan
from engine.attention import Budget, Reader, Said, Waiting, judge
from engine.commission import calculate
from engine.dates import day
from engine.nudges.owed import HeldBack, Kept
from engine.nudges.rule import Limits, Readings
from engine.nudges.rules import due
from engine.people import Person

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.calculation import Calculation
    from engine.frames import Facts

MONDAY, LAST = date(2026, 6, 15), date(2026, 12, 31)
MOST_SECONDS, MOST_TIMES = 5, 2
OPEN_EACH, TEAM = 10, 8


@dataclass(frozen=True)
class Company:
    """The facts, and who is in them."""

    facts: Facts
    people: tuple[Person, ...]
    kept: Kept


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=1_000_000, help="deals; a hundredth as many reps")
    parser.add_argument("--repeats", type=int, default=5)
    chosen = parser.parse_args()
    company = made(chosen.n)
    reps = chosen.n // 100
    for on in (MONDAY, LAST):
        rules, reference, found = _in_turns(company, on, chosen.repeats)
        ratio = rules / reference
        _say(figure="calculation", on=on.isoformat(), reps=reps, seconds=round(reference, 4))
        _say(
            figure="every nudge rule for everybody", on=on.isoformat(), reps=reps, due=found, seconds=round(rules, 4),
            budget=f"< {MOST_SECONDS} s", holds=rules < MOST_SECONDS,
        )  # fmt: skip
        _say(
            figure="rules / calculation", on=on.isoformat(), reps=reps, ratio=round(ratio, 2),
            budget=f"<= {MOST_TIMES}", holds=ratio <= MOST_TIMES,
        )  # fmt: skip
    _gate()


def made(count: int) -> Company:
    """The company of the calculation's benchmark, with what nudges read beside it."""
    company, reps = facts(count), count // 100
    rng = np.random.default_rng(7)
    opens = company.deals.iloc[rng.integers(0, count, reps * OPEN_EACH)].copy()
    opens["deal_id"] = np.arange(count + 1, count + 1 + len(opens))
    opens["stage"] = pd.Categorical(["open"] * len(opens), categories=["won", "open"])
    opens["booked_on"] = rng.integers(day(MONDAY) - 20, day(LAST), len(opens)).astype(np.int32)
    won = company.deals.assign(stage=company.deals["stage"].cat.add_categories("open"))
    both = pd.concat([won, opens.assign(stage=opens["stage"].cat.set_categories(won["stage"].cat.categories))])
    people = [
        Person(each, str(each), f"Rep {each}", f"r{each}@example.com", manager_id=reps + 1 + each // TEAM)
        for each in range(1, reps + 1)
    ]
    people += [
        Person(reps + 1 + each, f"m{each}", f"Manager {each}", f"m{each}@example.com", role="manager")
        for each in range(reps // TEAM + 1)
    ]
    since = datetime(2026, 6, 10, tzinfo=UTC)
    held = tuple(HeldBack(each, f"d{each}", f"Deal {each}", "reason", "remedy", since) for each in range(1, reps, 20))
    return Company(replace(company, deals=both.reset_index(drop=True)), tuple(people), Kept(held_back=held))


def _in_turns(company: Company, on: date, repeats: int) -> tuple[float, float, int]:
    """The best times of the rules and of the calculation, and how many notices are due."""
    given = [plan()]
    calc: list[Calculation] = []
    times: list[tuple[float, float]] = []
    found: list[Any] = []
    for _ in range(repeats):
        calculated = _timed(lambda: calc.append(calculate(company.facts, given, on)))
        # A reading keeps what it has worked out, so each turn has its own.
        read = Readings(
            calc[-1], company.facts, on, datetime(on.year, on.month, on.day, 9, tzinfo=UTC),
            company.people, company.kept, frozenset((each, "my_week") for each in range(1, 500)), Limits(),
        )  # fmt: skip
        evaluated = _timed(lambda read=read: found.append(len(list(due(read)))))  # type: ignore[misc]
        times.append((evaluated, calculated))
        calc.clear()
    return min(rules for rules, _ in times), min(reference for _, reference in times), found[-1]


def _gate() -> None:
    """What one inbox of three waiting notices and forty sent ones costs to judge."""
    now = datetime(2026, 6, 15, 14, tzinfo=UTC)
    said = tuple(Said("near_tier", f"t{n}", now - timedelta(days=n), engaged=n % 3 == 0) for n in range(40, 0, -1))
    waiting = [Waiting(n, "behind_pace", f"b{n}", now) for n in range(3)]
    reader, budget = Reader(said=said), Budget()
    seconds = min(_timed(lambda: [judge(waiting, reader, now, budget) for _ in range(200)]) for _ in range(5)) / 200
    _say(figure="one inbox judged", microseconds=round(seconds * 1e6))


def _timed(run: Callable[[], object]) -> float:
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def _say(**figures: Any) -> None:
    print(json.dumps(figures), flush=True)


if __name__ == "__main__":
    main()
