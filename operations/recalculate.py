"""Bring the published statements up to the facts: every rep whose facts have changed is calculated again."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from engine import commission
from engine.dates import day, on_day
from engine.frames import integers
from engine.money import Money
from engine.order import lengths_of, starts_of
from engine.plans.schema import plan_hash
from operations import loading, pay_notices, pricing
from store import changes, due, plans, runs

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from engine.calculation import Calculation
    from engine.dates import Calendar, Period
    from engine.frames import Facts
    from engine.order import Rows
    from engine.plans.schema import Plan
    from engine.problems import Problem
    from operations.context import Context
    from operations.pay_notices import Before, ToTell
    from store.database import Connection

#: A run takes at most this many reps, so that a first calculation is published in parts that fit in memory.
REPS_PER_RUN = 20_000
A_YEAR = 366
#: Before any change.
NOBODY_YET = -1


@dataclass(frozen=True, slots=True)
class PlanTotal:
    """What one plan paid over the reps of a run."""

    plan: str
    reps: int
    lines: int
    amount: Money


@dataclass(frozen=True, slots=True)
class RunSummary:
    """What a drain did: how many reps and lines, what each plan paid, and the problems that stood in the way.

    `unsaid` is how many saw a figure that is another now and are not told, because it moved for too many at once.
    """

    runs: tuple[int, ...]
    reps: int
    lines: int
    totals: tuple[PlanTotal, ...]
    problems: tuple[Problem, ...]
    unsaid: int = 0


def drain(ctx: Context, cause: str = "facts changed") -> RunSummary:
    """Calculate every stale rep and publish their statements; a rep whose facts change meanwhile stays stale."""
    with ctx.db.read() as conn:
        is_new_day = runs.last_as_of(conn) not in (None, ctx.as_of)
        waiting = runs.stale_reps(conn, limit=REPS_PER_RUN)
        begun = pricing.begun(conn, ctx.as_of) if waiting or is_new_day else ()
        sharing = _sharing(begun)
        loaded = None if is_new_day or sharing or not waiting else _loaded(conn, ctx, waiting, begun)
    if is_new_day:
        with ctx.db.write() as conn:
            _mark_what_the_day_brings(conn, ctx)
            waiting = runs.stale_reps(conn, limit=REPS_PER_RUN)
    finished: list[int] = []
    reps = lines = unsaid = 0
    totals: list[PlanTotal] = []
    problems: set[Problem] = set()
    spread = NOBODY_YET
    while waiting:
        if sharing:
            spread, waiting = _spread(ctx, sharing, spread)
        ran = _run(ctx, waiting, cause, spread, loaded)
        reps += len(waiting)
        waiting, sharing, loaded = ran.waiting, ran.sharing, None
        finished.append(ran.run_id)
        lines += len(ran.calculation.table)
        unsaid += ran.unsaid
        totals += _totals(ran.calculation)
        problems.update(ran.calculation.problems)
    return RunSummary(tuple(finished), reps, lines, _merged(totals), tuple(sorted(problems)), unsaid)


def _mark_what_the_day_brings(conn: Connection, ctx: Context) -> None:
    """Facts that count from a day on make nobody stale when they are written: the day itself does."""
    last = runs.last_as_of(conn)
    if last is None or last == ctx.as_of:
        return
    after, until = min(last, ctx.as_of), max(last, ctx.as_of)
    if any(after < version.effective_from_on <= until for version in plans.all(conn)):
        runs.mark_all_stale(conn)
        return
    whose = due.won_between(conn, after, until) | due.dated_between(conn, after, until)
    if 0 in whose:
        runs.mark_all_stale(conn)
        return
    timed = [plan for plan in pricing.begun(conn, until) if loading.is_timed(plan)]
    if timed:
        whose |= loading.on_plans(ctx.db, conn, timed)
    runs.mark_stale(conn, whose, changes.watermark(conn))


def _spread(ctx: Context, sharing: Sequence[Plan], spread: int) -> tuple[int, tuple[int, ...]]:
    """Marks those too who are paid because of others with changes after `spread`.

    Returns up to which change that is done, and who waits now. Who was marked by a later change stays marked when
    they are calculated: that change has not been spread yet.
    """
    with ctx.db.write() as conn:
        newest = changes.watermark(conn)
        changed = runs.stale_since(conn, spread)
        if changed:
            others = loading.again(ctx.db, conn, sharing, changed)
            runs.mark_stale(conn, others - set(runs.stale_reps(conn)), newest)
        return newest, runs.stale_reps(conn, limit=REPS_PER_RUN)


def _sharing(begun: Sequence[Plan]) -> list[Plan]:
    return [plan for plan in begun if loading.is_sharing(plan)]


@dataclass(frozen=True, slots=True)
class _Ran:
    """The number of a run, what it calculated, who waits next, which plans share by now, how many are not told."""

    run_id: int
    calculation: Calculation
    waiting: tuple[int, ...]
    sharing: list[Plan]
    unsaid: int


@dataclass(frozen=True, slots=True)
class _Loaded:
    """What a run goes by, all as of one instant."""

    watermark: int
    begun: tuple[Plan, ...]
    facts: Facts
    before: Before | None


def _loaded(conn: Connection, ctx: Context, reps: Sequence[int], begun: tuple[Plan, ...]) -> _Loaded:
    watermark = changes.watermark(conn)
    asked = loading.Asked(begun, pricing.window(begun, ctx.as_of), watermark)
    facts = loading.for_many(conn, reps, asked)
    # What many are shown takes much room: it is read once their calculation is done.
    before = pay_notices.before(conn, reps) if len(reps) <= pay_notices.FEW else None
    return _Loaded(watermark, begun, facts, before)


def _run(ctx: Context, reps: Sequence[int], cause: str, spread: int, loaded: _Loaded | None) -> _Ran:
    """These reps calculated, from what is loaded of them if it is, and published."""
    if loaded is None:
        with ctx.db.read() as conn:
            loaded = _loaded(conn, ctx, reps, pricing.begun(conn, ctx.as_of))
    facts, begun, watermark = loaded.facts, loaded.begun, loaded.watermark
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
    sharing = _sharing(begun)
    earned, before = statements(calculation), loaded.before
    if len(reps) > pay_notices.FEW:
        with ctx.db.read() as conn:
            before = pay_notices.before(conn, reps)
    told = pay_notices.of(ctx, opened, calculation, earned, before)
    result = _Result(calculation, reps, earned, before, told)
    with ctx.db.write() as conn:
        run_id = _publish(conn, ctx, opened, result)
        runs.clear_stale(conn, reps, min(watermark, spread) if sharing else watermark)
        waiting = runs.stale_reps(conn, limit=REPS_PER_RUN)
    return _Ran(run_id, calculation, waiting, sharing, told.unsaid)


@dataclass(frozen=True, slots=True)
class _Result:
    """What a run came to, for whom, what they were shown before it, and what it has to tell them."""

    calculation: Calculation
    reps: Sequence[int]
    earned: list[runs.Statement]
    before: Before | None
    told: ToTell


def _publish(conn: Connection, ctx: Context, opened: runs.RunOpened, result: _Result) -> int:
    """Lines, statements, the pointers to them and what is told of them in one transaction: all of it or nothing."""
    runs.take_turn(conn)
    run_id, earned, before = runs.open_run(conn, opened, ctx.now), result.earned, result.before
    runs.save_lines(conn, run_id, result.calculation.table)
    # Who is shown the same run as when this one was loaded is shown no newer one.
    stands = before is not None and before.newest != 0 and before.newest == runs.newest_shown(conn, result.reps)
    shown = before.shown if before is not None and stands else runs.shown(conn, result.reps)
    runs.publish(conn, run_id, earned + _emptied(shown, earned), ctx.now, is_newest=stands)
    pay_notices.owe(conn, ctx, result.told)
    return run_id


def statements(calculation: Calculation) -> list[runs.Statement]:
    """One statement for each rep, pay period and currency with lines: their number and their sum."""
    found: dict[tuple[int, date, date, str], tuple[Period, int, int]] = {}
    for plan_no, plan in enumerate(calculation.plans):
        for rep_id, period, count, total in _summed(calculation, plan_no, plan):
            key = rep_id, period.start_on, period.end_on, plan.currency
            # Two plans may call the same days by two names, as fiscal years differ: the first one's is kept.
            named, lines, amount = found.get(key, (period, 0, 0))
            found[key] = named, lines + count, amount + total
    return [
        runs.Statement(rep_id, period, lines, Money(amount, currency))
        for (rep_id, _, _, currency), (period, lines, amount) in found.items()
    ]


def _summed(calculation: Calculation, plan_no: int, plan: Plan) -> Iterator[tuple[int, Period, int, int]]:
    """Rep, pay period, number of lines and their sum under one plan version."""
    lines = calculation.table
    own = np.flatnonzero(integers(lines, "plan_no") == plan_no)
    if not len(own):
        return
    booked = integers(lines, "booked_on")[own]
    # The plan's first year is among them, with lines or without, so that most calculations share one list.
    first = min(int(booked.min()), day(plan.effective.start_on))
    last = max(int(booked.max()), min(day(plan.effective.last_on), first + A_YEAR))
    periods, starts = _pay_periods(plan.calendar, plan.pays, first, last)
    which = np.searchsorted(starts, booked, side="right") - 1
    # In cells of rep and period: a data frame's groupby takes milliseconds for the hundred lines of one rep.
    reps, amounts = integers(lines, "rep_id")[own], integers(lines, "amount_cents")[own]
    starts_of_reps = starts_of(reps)
    cell = np.repeat(np.arange(len(starts_of_reps)) * len(periods), lengths_of(starts_of_reps, len(reps))) + which
    counts = np.bincount(cell)
    totals = np.zeros(len(counts), dtype=np.int64)
    np.add.at(totals, cell, amounts)
    filled = np.flatnonzero(counts)
    rep_ids = reps[starts_of_reps[filled // len(periods)]].tolist()
    for rep_id, at, count, total in zip(
        rep_ids, (filled % len(periods)).tolist(), counts[filled].tolist(), totals[filled].tolist(), strict=True
    ):
        yield rep_id, periods[at], count, total


def _emptied(shown: Sequence[runs.Statement], earned: Sequence[runs.Statement]) -> list[runs.Statement]:
    """Periods that were published with lines and have none any more: they now say zero."""
    kept = {_place(said) for said in earned}
    gone = [said for said in shown if said.lines and _place(said) not in kept]
    return [runs.Statement(said.rep_id, said.period, 0, Money(0, said.total.currency)) for said in gone]


def _place(said: runs.Statement) -> tuple[int, date, date, str]:
    return said.rep_id, said.period.start_on, said.period.end_on, said.total.currency


@lru_cache(maxsize=256)
def _pay_periods(calendar: Calendar, pays: str, first: int, last: int) -> tuple[tuple[Period, ...], Rows]:
    """The pay periods from one day to another, and their first days."""
    found = [calendar.pay_period(pays, on_day(first))]
    while found[-1].end_on <= on_day(last):
        found.append(calendar.pay_period(pays, found[-1].end_on))
    return tuple(found), np.array([day(period.start_on) for period in found], dtype=np.int64)


def _totals(calculation: Calculation) -> list[PlanTotal]:
    lines = calculation.table
    plan_no = integers(lines, "plan_no")
    found = []
    for number, plan in enumerate(calculation.plans):
        own = np.flatnonzero(plan_no == number)
        if len(own):
            amount = Money(int(integers(lines, "amount_cents")[own].sum()), plan.currency)
            reps = len(np.unique(integers(lines, "rep_id")[own]))
            found.append(PlanTotal(plan.name, reps, len(own), amount))
    return found


def _merged(totals: Sequence[PlanTotal]) -> tuple[PlanTotal, ...]:
    """Totals of the same plan and currency put together; a rep under two versions of a plan counts in both."""
    found: dict[tuple[str, str], PlanTotal] = {}
    for part in totals:
        key = part.plan, part.amount.currency
        known = found.get(key, PlanTotal(part.plan, 0, 0, Money(0, part.amount.currency)))
        found[key] = PlanTotal(
            part.plan, known.reps + part.reps, known.lines + part.lines, known.amount + part.amount
        )
    return tuple(found[key] for key in sorted(found))
