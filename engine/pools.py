"""Pools: what a component prices, or a fixed amount, shared between the reps on the plan.

What a rep's own credits price is not paid to him: a line of kind `pool` on each takes it away again, after gates,
multipliers, minimum and caps. Once the component's window has ended by the day of the calculation, their sum is
shared on its last day between those who are on the plan then and eligible: equally, by own credit in the window,
or by their weight in the data. Shares are found by largest remainder, so they sum to the pool exactly; ties go to the
lower rep id. A pool that nobody is eligible for is a Problem, and nothing is paid.

A plan version shares what it has priced itself; where it ends within a window, the window ends with it. A fixed
amount is shared by the version that pays on the window's last day.

Lines of kind `pool`: basis is the pool, x the rep's part of y.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.amounts import Policy
from engine.beside import Side, extras_of
from engine.calculation import NO_EXTRAS, Credits, Extras
from engine.conditions import POOL
from engine.crediting import weighed
from engine.dates import on_day
from engine.frames import integers, named
from engine.gates import Yardstick, bar, fault_problems, reaches
from engine.order import positions
from engine.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.beside import Company, Slot
    from engine.order import Ints, Rows
    from engine.plans.schema import Pool

_OVER = {"year_to_date": "year"}


@dataclass(frozen=True, slots=True)
class Ended:
    """One window of a pool that has ended: its first and last day, and what is shared."""

    first: int
    last: int
    amount: int


def pools(company: Company, slot: Slot) -> tuple[Extras, list[Problem]]:
    """The lines by which one component's pools are shared, and why any is not."""
    pool = slot.component.pool
    if pool is None:
        return NO_EXTRAS, []
    found, problems = [], list[Problem]()
    for ended in _ended(company, slot, pool):
        rep, faults = _eligible(company, slot, pool, ended)
        weight, more = _weights(company, slot, pool, (rep, ended))
        problems += faults + more
        rep, weight = rep[weight > 0], weight[weight > 0]
        if not len(rep):
            problems.append(_unshared(slot, ended))
            continue
        found.append(_shared(company, slot, ended, (rep, weight)))
    return Extras.joined(found), problems


def _ended(company: Company, slot: Slot, pool: Pool) -> Iterator[Ended]:
    """The windows that have ended and have something to share."""
    calc, spans = company.calc, slot.measured.windows
    rows = company.rows(slot.number, POOL)
    window = spans.lookup[calc.counted.sorted.whole.days[calc.trace.at[rows]] - spans.origin]
    sums = np.zeros(spans.count, dtype=np.int64)
    np.subtract.at(sums, window, calc.trace.amount[rows])
    active = slot.ready.active
    for number in range(spans.count):
        days = np.flatnonzero(spans.lookup == number)
        paying = days if active is None else days[active[days]]
        if not len(paying):
            continue
        is_last = paying[-1] == days[-1]
        amount = int(sums[number]) if pool.amount is None else pool.amount.minor * int(is_last)
        last = int(paying[-1]) + spans.origin
        if amount and last <= company.as_of:
            yield Ended(int(days[0]) + spans.origin, last, amount)


def _eligible(company: Company, slot: Slot, pool: Pool, ended: Ended) -> tuple[Rows, list[Problem]]:
    """Who is on the plan on the last day and has reached what it takes."""
    everybody = np.arange(len(company.rep_ids))
    rep = everybody[slot.pays(everybody, np.full(len(everybody), ended.last))]
    if pool.bar is None or not len(rep):
        return rep, []
    over = _OVER.get(slot.component.accumulate, slot.component.accumulate)
    context = (company.facts, company.exchange, company.rep_ids)
    yardstick = Yardstick.of(slot.plan, pool.component, over, True, context)  # type: ignore[arg-type]
    wanted = _on(rep, ended.last)
    history = company.history(slot.number - slot.offset + yardstick.tested)
    quota, faults = yardstick.quota(wanted, None)
    start, is_strict = bar(pool.bar, yardstick.component)[0], pool.more_than is not None
    opened = reaches(yardstick.at_end(history, wanted), start, quota, strict=is_strict)
    if faults is None:
        return rep[opened], []
    where = f"{slot.plan.name} / {slot.component.name}"
    effect = "the rep has no part in the pool"
    return rep[opened & (faults == 0)], fault_problems(yardstick, wanted, faults, (where, company.rep_ids), effect)


def _on(rep: Rows, on: int) -> Credits:
    return Credits(np.zeros(len(rep), dtype=np.int64), np.zeros(len(rep), dtype=np.int64), rep, np.full(len(rep), on))


def _weights(company: Company, slot: Slot, pool: Pool, members: tuple[Rows, Ended]) -> tuple[Ints, list[Problem]]:
    """The weight of each member; who has none, or less than none, has no part in the pool."""
    rep, ended = members
    if pool.share == "equal":
        return np.ones(len(rep), dtype=np.int64), []
    sums = np.zeros(len(company.rep_ids), dtype=np.int64)
    if pool.share == "credit":
        history = company.history(slot.number)
        days = history.credits.days
        inside = (days >= ended.first) & (days <= ended.last)
        np.add.at(sums, history.credits.rep[inside], history.basis[inside])
        return sums[rep], []
    table = company.facts.incentives
    names = named(table, "name")
    rows = np.flatnonzero(
        (names.codes == names.code(pool.weight))
        & (integers(table, "start_on") <= ended.last)
        & (ended.last < integers(table, "end_on"))
    )
    place, known = positions(integers(table, "rep_id")[rows], company.rep_ids)
    times = np.bincount(place[known], minlength=len(sums))
    np.add.at(sums, place[known], integers(table, "amount_cents")[rows][known])
    sums[times > 1] = 0
    return sums[rep], [_no_weight(company, slot, pool, int(each), ended) for each in rep[times[rep] != 1]]


def _shared(company: Company, slot: Slot, ended: Ended, members: tuple[Rows, Ints]) -> Extras:
    """The lines of one window: every eligible rep's part of the pool."""
    rep, weight = members
    unit = Policy.of(slot.plan).unit
    unit = unit if ended.amount % unit == 0 else 1
    whole = np.full(len(rep), ended.amount // unit, dtype=np.int64)
    amount = weighed(whole, np.zeros(1, dtype=np.int64), weight) * unit
    nothing = np.zeros(len(rep), dtype=np.int64)
    side = Side(
        rep, np.full(len(rep), ended.last), nothing, whole * unit, weight, np.full(len(rep), int(weight.sum()))
    )
    return extras_of(company, slot, side, (nothing, amount), "pool")


def _no_weight(company: Company, slot: Slot, pool: Pool, rep: int, ended: Ended) -> Problem:
    return Problem(
        "weight_missing",
        f"The rep has not exactly one weight for the pool that ended on {on_day(ended.last)}, so no part in it.",
        f"Load one incentive named {pool.weight!r} for this rep that runs on that day, 0 if that is meant.",
        f"{slot.plan.name} / {slot.component.name}",
        int(company.rep_ids[rep]),
    )


def _unshared(slot: Slot, ended: Ended) -> Problem:
    days = f"{on_day(ended.first)} .. {on_day(ended.last + 1)}"
    return Problem(
        "pool_unshared",
        "Nobody is eligible for this pool, so nothing of it is paid.",
        "Check quotas, weights and assignments of the reps on the plan, or what makes eligible.",
        f"{slot.plan.name} / {slot.component.name}",
        found=f"{ended.amount} minor units of {slot.plan.currency} for {days}",
    )
