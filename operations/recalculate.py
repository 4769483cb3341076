"""Bring the published statements up to the facts: every rep whose facts have changed is calculated again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine import commission
from engine.dates import day, on_day
from engine.frames import integers, named
from engine.money import Money
from engine.plans.schema import plan_hash
from operations import pricing
from store import changes, frames, runs

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from engine.calculation import Calculation
    from engine.dates import Period
    from engine.plans.schema import Plan
    from engine.problems import Problem
    from operations.context import Context
    from store.database import Connection

#: A run takes at most this many reps, so that a first calculation is published in parts that fit in memory.
REPS_PER_RUN = 20_000


@dataclass(frozen=True, slots=True)
class PlanTotal:
    """What one plan paid over the reps of a run."""

    plan: str
    reps: int
    lines: int
    amount: Money


@dataclass(frozen=True, slots=True)
class RunSummary:
    """What a drain did: how many reps and lines, what each plan paid, and the problems that stood in the way."""

    runs: tuple[int, ...]
    reps: int
    lines: int
    totals: tuple[PlanTotal, ...]
    problems: tuple[Problem, ...]


def drain(ctx: Context, cause: str = "facts changed") -> RunSummary:
    """Calculate every stale rep and publish their statements; a rep whose facts change meanwhile stays stale."""
    finished: list[int] = []
    reps = lines = 0
    totals: list[PlanTotal] = []
    problems: set[Problem] = set()
    while True:
        with ctx.db.read() as conn:
            waiting = runs.stale_reps(conn, limit=REPS_PER_RUN)
        if not waiting:
            break
        run_id, calculation = _run(ctx, waiting, cause)
        finished.append(run_id)
        reps += len(waiting)
        lines += len(calculation.lines)
        totals += _totals(calculation)
        problems.update(calculation.problems)
    return RunSummary(tuple(finished), reps, lines, _merged(totals), tuple(sorted(problems)))


def _run(ctx: Context, reps: Sequence[int], cause: str) -> tuple[int, Calculation]:
    with ctx.db.read() as conn:
        watermark = changes.watermark(conn)
        begun = pricing.begun(conn, ctx.as_of)
        facts = frames.facts(conn, pricing.window(begun, ctx.as_of), reps=reps, watermark=watermark)
    calculation = commission.calculate(facts, begun, ctx.as_of, reps=reps)
    opened = runs.RunOpened(
        as_of=ctx.as_of,
        watermark=watermark,
        plan_hashes=tuple(plan_hash(plan) for plan in begun),
        inputs_hash=facts.inputs_hash(),
        code_version=pricing.code_version(),
        cause=cause,
        started_at=ctx.now,
    )
    with ctx.db.write() as conn:
        run_id = _publish(conn, ctx, opened, calculation, reps)
        runs.clear_stale(conn, reps, watermark)
    return run_id, calculation


def _publish(
    conn: Connection, ctx: Context, opened: runs.RunOpened, calculation: Calculation, reps: Sequence[int]
) -> int:
    """Lines, statements and the pointers to them in one transaction: nobody sees half a statement."""
    run_id = runs.open_run(conn, opened)
    runs.save_lines(conn, run_id, calculation.lines)
    earned = list(statements(calculation))
    runs.publish(conn, run_id, earned + _emptied(runs.shown(conn, reps), earned), ctx.now)
    runs.close_run(conn, run_id, "done", ctx.now)
    return run_id


def statements(calculation: Calculation) -> Iterator[runs.Statement]:
    """One statement for each rep and pay period with lines: their number and their sum."""
    for plan_no, plan in enumerate(calculation.plans):
        lines = calculation.lines
        own = lines[integers(lines, "plan_no") == plan_no]
        if not len(own):
            continue
        periods = _pay_periods(plan, integers(own, "booked_on"))
        starts = np.array([day(period.start_on) for period in periods], dtype=np.int64)
        which = np.searchsorted(starts, integers(own, "booked_on"), side="right") - 1
        summed = own.groupby([integers(own, "rep_id"), which], sort=True)["amount_cents"].agg(["size", "sum"])
        for (rep_id, number), count, total in zip(summed.index, summed["size"], summed["sum"], strict=True):
            yield runs.Statement(int(rep_id), periods[number], int(count), Money(int(total), plan.currency))


def _emptied(shown: Sequence[runs.Statement], earned: Sequence[runs.Statement]) -> list[runs.Statement]:
    """Periods that were published with lines and have none any more: they now say zero."""
    kept = {(said.rep_id, said.period.start_on) for said in earned}
    gone = [said for said in shown if said.lines and (said.rep_id, said.period.start_on) not in kept]
    return [runs.Statement(said.rep_id, said.period, 0, Money(0, said.total.currency)) for said in gone]


def _pay_periods(plan: Plan, booked: np.ndarray[tuple[int], np.dtype[np.int64]]) -> list[Period]:
    of = plan.calendar.quarter if plan.pays == "quarterly" else plan.calendar.month
    found = [of(on_day(int(booked.min())))]
    last = on_day(int(booked.max()))
    while found[-1].end_on <= last:
        found.append(of(found[-1].end_on))
    return found


def _totals(calculation: Calculation) -> list[PlanTotal]:
    lines = calculation.lines
    names, currencies = named(lines, "plan"), {plan.name: plan.currency for plan in calculation.plans}
    found = []
    for code, name in enumerate(names.names):
        own = lines[names.codes == code]
        if len(own):
            amount = Money(int(own["amount_cents"].sum()), currencies[name])
            found.append(PlanTotal(name, int(own["rep_id"].nunique()), len(own), amount))
    return found


def _merged(totals: Sequence[PlanTotal]) -> tuple[PlanTotal, ...]:
    found: dict[str, PlanTotal] = {}
    for part in totals:
        known = found.get(part.plan, PlanTotal(part.plan, 0, 0, Money(0, part.amount.currency)))
        found[part.plan] = PlanTotal(
            part.plan, known.reps + part.reps, known.lines + part.lines, known.amount + part.amount
        )
    return tuple(found[name] for name in sorted(found))
