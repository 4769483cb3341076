"""One calculation over many processes or machines: `commission.calculate` mapped over partitions of whole reps.

Whoever runs the parts is an executor of the standard library, or Dask distributed behind the same interface. Reps who
are paid because of each other go into one part, as `engine.reach` says, and each part brings the facts of everybody
it needs; so the lines are those of one calculation, to the cent and in the same order.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from pandas.api.types import union_categoricals

from engine import commission, reach
from engine.frames import integers
from operations.errors import ScaleMissing
from operations.loading import is_sharing

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from concurrent.futures import Executor
    from datetime import date

    from engine.frames import Facts
    from engine.plans.schema import Plan
    from engine.problems import Problem

_OF_DEALS = ("splits", "figures", "tags", "events")
_WHOLE = ("rates", "people", "locks")
_WORDS = ("plan", "component", "kind", "rule")


@dataclass(frozen=True)
class Mapped:
    """What the parts came to, put together: the frame `lines` of a calculation, and its problems."""

    lines: pd.DataFrame
    problems: tuple[Problem, ...]


@dataclass(frozen=True)
class Part:
    """Some reps, and the facts of everybody whom they need."""

    facts: Facts
    plans: tuple[Plan, ...]
    as_of: date
    reps: tuple[int, ...]


def calculate(facts: Facts, plans: Sequence[Plan], as_of: date, executor: Executor, parts: int) -> Mapped:
    """What `commission.calculate` says of everybody, worked out in about so many parts by the executor.

    Args:
        facts: The frames of everybody.
        plans: The plan versions.
        as_of: The last day that counts.
        executor: Runs the parts: threads, processes, or `dask(cluster)`.
        parts: How many parts to make; where nearly everybody shares with everybody there are fewer.
    """
    work = [Part(_facts(facts, plans, group), tuple(plans), as_of, group) for group in groups(facts, plans, parts)]
    found = list(executor.map(run, work))
    lines = _joined([lines for lines, _ in found if len(lines)] or [lines for lines, _ in found[:1]])
    return Mapped(lines, tuple(sorted({problem for _, problems in found for problem in problems})))


def run(part: Part) -> tuple[pd.DataFrame, tuple[Problem, ...]]:
    """The lines and problems of one part; what every worker runs."""
    done = commission.calculate(part.facts, part.plans, part.as_of, reps=part.reps)
    return done.lines, done.problems


def groups(facts: Facts, plans: Sequence[Plan], parts: int) -> list[tuple[int, ...]]:
    """Everybody, in about so many groups of like size; who needs each other's results is in one."""
    columns = (facts.deals["owner_id"], facts.splits["rep_id"], facts.assignments["rep_id"])
    frames = (facts.achievements, facts.adjustments, facts.locked, facts.balances, facts.people)
    named = [column.to_numpy() for column in (*columns, *(frame["rep_id"] for frame in frames))]
    everybody = np.unique(np.concatenate(named))
    everybody = everybody[everybody > 0]
    clusters = _clusters(facts, plans, everybody)
    found: list[list[int]] = [[] for _ in range(max(parts, 1))]
    for cluster in sorted(clusters, key=lambda each: (-len(each), each)):
        min(found, key=len).extend(cluster)
    return [tuple(sorted(group)) for group in found if group] or [()]


def _clusters(facts: Facts, plans: Sequence[Plan], everybody: np.ndarray) -> list[tuple[int, ...]]:
    """Who is on a plan that shares, with everybody on one whom they need; all others alone."""
    sharing = [plan for plan in plans if is_sharing(plan)]
    names = {plan.name for plan in sharing}
    table = facts.assignments
    on_them = set(integers(table, "rep_id")[table["plan"].isin(names).to_numpy()].tolist())
    clusters: list[tuple[int, ...]] = [(rep,) for rep in everybody.tolist() if rep not in on_them]
    left = set(on_them) & set(everybody.tolist())
    while left:
        first = min(left)
        wanted = reach.needed(sharing, facts.people, table, [first])
        cluster = left if wanted is None else (left & wanted) | {first}
        clusters.append(tuple(sorted(cluster)))
        left = left - cluster
    return clusters


def _facts(facts: Facts, plans: Sequence[Plan], reps: tuple[int, ...]) -> Facts:
    """The facts that a group needs."""
    sharing = [plan for plan in plans if is_sharing(plan)]
    wanted = reach.needed(sharing, facts.people, facts.assignments, reps) if sharing else frozenset(reps)
    if wanted is None:
        return facts
    theirs = np.fromiter(sorted(wanted), dtype=np.int64, count=len(wanted))
    shared = integers(facts.splits, "deal_id")[np.isin(integers(facts.splits, "rep_id"), theirs)]
    # Deals and achievements that nobody is named for are everybody's: those are problems, these count for all.
    known = np.append(theirs, 0)
    own = np.isin(integers(facts.deals, "owner_id"), known) | np.isin(integers(facts.deals, "deal_id"), shared)
    kept = {"deals": facts.deals[own]}
    deals = integers(kept["deals"], "deal_id")
    for name, frame in facts.frames():
        if name in _OF_DEALS:
            kept[name] = frame[np.isin(integers(frame, "deal_id"), deals)]
        elif name not in _WHOLE and name != "deals":
            kept[name] = frame[np.isin(integers(frame, "rep_id"), known)]
    return replace(facts, **{name: frame.reset_index(drop=True) for name, frame in kept.items()})


def _joined(parts: list[pd.DataFrame]) -> pd.DataFrame:
    """The lines of all parts by rep, as one calculation has them; within a part they are in order already."""
    columns: dict[str, Any] = {}
    order = np.argsort(np.concatenate([integers(part, "rep_id") for part in parts]), kind="stable")
    for name in parts[0].columns.tolist():
        if name in _WORDS:
            columns[name] = union_categoricals([part[name] for part in parts]).take(order)
        else:
            columns[name] = np.concatenate([part[name].to_numpy() for part in parts])[order]
    return pd.DataFrame(columns, copy=False)


@contextmanager
def dask(cluster: object = None) -> Iterator[Executor]:
    """An executor that runs the parts on a Dask cluster.

    Args:
        cluster: Its address, or a cluster that this process has started; processes on this machine when None.

    Raises:
        ScaleMissing: Dask distributed is not installed.
    """
    try:
        from distributed import Client  # an optional extra
    except ImportError as error:
        raise ScaleMissing from error
    with Client(cluster) as client:  # type: ignore[no-untyped-call]
        yield client.get_executor(pure=False)
