"""Scoring a SPIF beside the bare group-by: `python -m benchmarks.spifs [--n 1000000]` prints JSON lines.

The credits are those of the calculation benchmark, all of them inside the SPIF's window, and every comparison must
agree to the cent. Two lots of comparisons, each variant the best of several turns:

* from credits: pandas groups the frame of credits by rep and sums; the SPIF scores credits that are laid out already,
  as they are for all SPIFs, awards and days until a fact changes. Conditions are looked up anew each time.
* from the calculation: pandas has to build the frame of credits first, the SPIF has to lay them out.

The rest is told for itself: who takes part, prizes, standings, and a dry run over four past months.
"""

from __future__ import annotations

import argparse
import gc
import json
import time
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.workload import AS_OF, facts, plan
from engine.commission import calculate
from engine.people import Person
from engine.plans.filters import Filter
from engine.spifs.awards import outcome
from engine.spifs.definition import AwardRule, Metric, Scoring, Spif
from engine.spifs.dry_run import dry_run
from engine.spifs.eligibility import participants
from engine.spifs.entries import Ground
from engine.spifs.prize_rules import Ranking
from engine.spifs.scores import boards
from engine.spifs.standings import Moment, standing
from engine.spifs.windows import Window

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from engine.calculation import Calculation
    from engine.spifs.eligibility import Participants
    from engine.spifs.scores import Board

MOST = 1.5
PRODUCTS = ("P1", "P2")
YEAR = Window(date(2026, 1, 1), date(2027, 1, 1))
DECEMBER = Window(date(2026, 12, 1), date(2027, 1, 1))
PRIZES = Ranking((100_000, 50_000, 25_000))


@dataclass(frozen=True)
class Company:
    """What is scored: the calculation, its credits as a frame with their product, and everybody."""

    calc: Calculation
    ground: Ground
    credits: pd.DataFrame
    people: tuple[Person, ...]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=1_000_000, help="deals; a fifth of them is split between two")
    parser.add_argument("--repeats", type=int, default=9)
    chosen = parser.parse_args()
    company = _company(chosen.n)
    who = participants(_spif(), company.people)
    count = len(company.credits)
    ways: dict[str, tuple[Spif, Callable[[], pd.Series[int]]]] = {
        "sum": (_spif(), lambda: _bare(company.credits)),
        "sum with a condition": (
            _spif(Metric(where=Filter(product=PRODUCTS))),
            lambda: _bare(company.credits[company.credits["product"].isin(PRODUCTS)]),
        ),
    }
    for name, (spif, bare) in ways.items():
        _compare(
            f"{name}, from credits", count, chosen.repeats, (lambda s=spif: boards(s, company.ground, who)[0], bare)
        )
        _compare(
            f"{name}, from the calculation",
            count,
            max(chosen.repeats // 3, 1),
            (lambda s=spif: boards(s, _fresh(company), who)[0], lambda n=name: _from_calculation(company.calc, n)),
        )
    _rest(company, who, count)


def _company(n: int) -> Company:
    given = facts(n)
    calc = calculate(given, [plan()], AS_OF)
    people = tuple(Person(rep, str(rep), f"Rep {rep}", "") for rep in range(1, max(n // 100, 2) + 1))
    company = Company(calc, Ground.of(calc, given, AS_OF), _frame(calc), people)
    company.ground.amounts(("amount", "money", "USD", _spif().reversal.events))
    company.ground.anchors("booked")
    return company


def _spif(metric: Metric | None = None, window: Window = YEAR) -> Spif:
    award = AwardRule("Most", PRIZES, Scoring(metrics=(metric or Metric(),)))
    return Spif("Bench", "Sell.", "USD", window, (award,), 1_000_000)


def _frame(calc: Calculation) -> pd.DataFrame:
    """The frame of credits, with the product of each one's deal."""
    credited = calc.credits
    deals = calc.counted.deals
    place = np.searchsorted(deals.deal_id, credited["deal_id"].to_numpy())
    names = np.array(deals.product.names, dtype=object)[deals.product.codes[place]]
    return credited.assign(product=names).astype({"product": "category"})


def _bare(credited: pd.DataFrame) -> pd.Series[int]:
    return credited.groupby("rep_id")["amount_cents"].sum()


def _from_calculation(calc: Calculation, name: str) -> pd.Series[int]:
    fresh = replace(calc)
    if name == "sum":
        return _bare(fresh.credits)
    made = _frame(fresh)
    return _bare(made[made["product"].isin(PRODUCTS)])


def _fresh(company: Company) -> Ground:
    return Ground.of(company.calc, company.ground.facts, company.ground.as_of)


def _agree(board: Board, sums: pd.Series[int]) -> None:
    every = np.zeros(len(board.ids), dtype=np.int64)
    every[np.searchsorted(board.ids, sums.index.to_numpy())] = sums.to_numpy()
    assert np.array_equal(every, board.value), "the scores differ from the sums"


def _compare(
    name: str, count: int, repeats: int, runs: tuple[Callable[[], Board], Callable[[], pd.Series[int]]]
) -> None:
    _agree(runs[0](), runs[1]())
    taken: list[list[float]] = [[], []]
    for _ in range(repeats):
        for at, run in enumerate(runs):
            gc.collect()
            started = time.perf_counter()
            run()
            taken[at].append(time.perf_counter() - started)
    ours, theirs = map(min, taken)
    _say(variant=f"scoring: {name}", n=count, seconds=round(ours, 5))
    _say(variant=f"bare group-by: {name}", n=count, seconds=round(theirs, 5))
    ratio = ours / theirs
    _say(
        figure=f"scoring / bare group-by: {name}",
        n=count,
        ratio=round(ratio, 3),
        budget=f"<= {MOST}",
        holds=ratio <= MOST,
    )


def _rest(company: Company, who: Participants, count: int) -> None:
    """What else a SPIF takes, each once."""
    spif = _spif()
    scored = boards(spif, company.ground, who)
    prizes = outcome(spif, scored)
    month = _spif(window=DECEMBER)
    steps: dict[str, Callable[[], object]] = {
        "participants": lambda: participants(spif, company.people),
        "prizes": lambda: outcome(spif, scored),
        "standing": lambda: standing(scored[0], prizes, Moment(AS_OF)),
        "dry run over four months": lambda: dry_run(month, company.ground, company.people),
    }
    for name, run in steps.items():
        started = time.perf_counter()
        run()
        _say(variant=name, n=count, reps=len(company.people), seconds=round(time.perf_counter() - started, 4))


def _say(**figure: object) -> None:
    print(json.dumps({"bench": "spifs"} | figure), flush=True)


if __name__ == "__main__":
    main()
