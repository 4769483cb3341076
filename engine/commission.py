"""The ordered steps of one calculation: facts and plans in, lines and problems out.

    won deals → converted → split → credited by rule → cap per deal → attainment → priced by tier → cap per period

The order is fixed. Credits are worked through by rep, then day, then deal id, because tiers are used up in order.
Everything runs on arrays in chunks of whole reps, so that the figures of one chunk stay in the processor's cache.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.calculation import REASONS, Calculation, Counted, Trace, Unpaid
from engine.crediting import seats_of
from engine.dates import day
from engine.deals import won
from engine.errors import PlanClash
from engine.exchange import Exchange
from engine.measures import ready
from engine.order import WIDEST, bits
from engine.pricing import Credits, Outcome, price
from engine.shortfalls import problems_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from datetime import date

    from numpy.typing import NDArray

    from engine.crediting import Seats
    from engine.deals import Deals
    from engine.frames import Facts
    from engine.measures import Ready
    from engine.order import Ints, Rows
    from engine.plans.schema import Plan
    from engine.problems import Problem

CHUNK_ROWS = 40_000


def calculate(
    facts: Facts,
    plans: Sequence[Plan],
    as_of: date,
    reps: Collection[int] | None = None,
    chunk_rows: int = CHUNK_ROWS,
) -> Calculation:
    """What every rep earned from the won deals booked up to and including `as_of`.

    Args:
        facts: The frames of `engine.frames`, in any order of rows.
        plans: Plan versions; where two versions of one name overlap, the higher one pays.
        as_of: The last day that counts.
        reps: Only these reps; None for all. The result for a rep is the same either way.
        chunk_rows: How many credits are priced together; changes speed and memory, never a figure.

    Raises:
        FrameInvalid: A frame lacks a column or has a wrong dtype.
        PlanClash: Two plans have one name and version.
    """
    ordered = _ordered(plans)
    deals, problems = _deals_in_reach(facts, ordered, as_of)
    seats, faults = seats_of(deals, facts.splits)
    problems += faults
    prepared = _prepared(facts, ordered, deals, seats)
    outcomes = [price(part, prepared, seats) for part in _chunks(deals, seats, reps, chunk_rows)]
    counted = Counted(deals, seats, prepared)
    unpaid = _unpaid(outcomes)
    problems += problems_of(counted, unpaid, [fault for outcome in outcomes for fault in outcome.faults])
    return Calculation(_trace(outcomes), unpaid, counted, tuple(sorted(set(problems))), ordered)


def _ordered(plans: Sequence[Plan]) -> tuple[Plan, ...]:
    ordered = tuple(sorted(plans, key=lambda plan: (plan.name, plan.version)))
    if len({(plan.name, plan.version) for plan in ordered}) < len(ordered):
        raise PlanClash
    return ordered


def _deals_in_reach(facts: Facts, plans: tuple[Plan, ...], as_of: date) -> tuple[Deals, list[Problem]]:
    first = min((day(plan.effective.start_on) for plan in plans), default=0)
    last = max((day(plan.effective.end_on) - 1 for plan in plans), default=-1)
    return won(facts.deals, first, min(last, day(as_of)))


def _prepared(facts: Facts, plans: tuple[Plan, ...], deals: Deals, seats: Seats) -> tuple[Ready, ...]:
    """Every plan made ready; plans of one currency and rounding share the amounts of the credits."""
    exchange = Exchange(facts.rates)
    amounts: dict[tuple[str, str], tuple[Ints, NDArray[np.int8] | None]] = {}
    found = []
    for plan in plans:
        key = (plan.currency, plan.rounding.mode)
        if key not in amounts:
            converted = exchange.into(plan.currency, (deals.amount, deals.currency), deals.booked, plan.rounding.mode)
            amounts[key] = seats.amounts(converted.amount), converted.fault
        amount, fault = amounts[key]
        found.append(replace(ready(plan, plans, deals, (facts, exchange, seats.rep_ids)), amount=amount, fault=fault))
    return tuple(found)


def _chunks(deals: Deals, seats: Seats, reps: Collection[int] | None, size: int) -> Iterator[Credits]:
    """The credits of the wanted reps by rep, day and deal, cut between reps into parts of about `size` rows."""
    rows = np.arange(len(seats.deal), dtype=np.int64)
    if reps is not None:
        wanted = np.isin(seats.rep_ids, np.fromiter(reps, dtype=np.int64, count=len(reps)))
        rows = np.flatnonzero(wanted[seats.rep])
    if not len(rows):
        return
    deal, rep = seats.deal[rows], seats.rep[rows]
    first = int(deals.booked.min())
    day_bits, row_bits = bits(int(deals.booked.max()) - first + 1), bits(len(seats.deal))
    if bits(len(seats.rep_ids)) + day_bits + row_bits > WIDEST:
        order = np.lexsort([rows, deals.booked[deal], rep])
        credits_ = Credits(rows[order], rep[order], deals.booked[deal][order], deal[order])
        yield from (credits_.part(slice(low, high)) for low, high in _cuts(credits_.rep, 0, size))
        return
    key: Ints = rep.astype(np.int64)
    key <<= day_bits
    key |= deals.booked[deal] - first
    key <<= row_bits
    key |= rows
    key.sort()
    for low, high in _cuts(key, day_bits + row_bits, size):
        part = key[low:high]
        credit = (part & ((1 << row_bits) - 1)).astype(np.int32)
        part >>= row_bits
        days = (part & ((1 << day_bits) - 1)).astype(np.int32) + np.int32(first)
        yield Credits(credit, (part >> day_bits).astype(np.int32), days, seats.deal[credit])


def _cuts(key: Rows, shift: int, size: int) -> Iterator[tuple[int, int]]:
    """Where to cut sorted keys into parts of about `size` without cutting through a rep, who is in the high bits."""
    low = 0
    while low < len(key):
        last = min(low + max(size, 1), len(key)) - 1
        beyond = ((int(key[last]) >> shift) + 1) << shift
        high = last + int(np.searchsorted(key[last:], key.dtype.type(beyond)))
        yield low, high
        low = high


def _joined(parts: list[Any], dtype: type) -> NDArray[Any]:
    return np.concatenate(parts) if parts else np.zeros(0, dtype=dtype)


def _trace(outcomes: list[Outcome]) -> Trace:
    traces = [outcome.trace for outcome in outcomes if outcome.trace is not None]
    return Trace(
        credit=_joined([trace.credit for trace in traces], np.int64),
        rep=_joined([trace.rep for trace in traces], np.int32),
        deal=_joined([trace.deal for trace in traces], np.int32),
        days=_joined([trace.days for trace in traces], np.int32),
        measure=_joined([trace.measure for trace in traces], np.int16),
        kind=_joined([trace.kind for trace in traces], np.int8),
        basis=_joined([trace.basis for trace in traces], np.int64),
        before=_joined([trace.before for trace in traces], np.int64),
        amount=_joined([trace.amount for trace in traces], np.int64),
    )


def _unpaid(outcomes: list[Outcome]) -> Unpaid:
    found = [each for outcome in outcomes for each in outcome.unpaid]
    sizes = [len(each.credit) for each in found]
    return Unpaid(
        credit=_joined([each.credit for each in found], np.int64).astype(np.int64),
        plan=np.repeat(np.array([each.plan for each in found], dtype=np.int16), sizes),
        measure=np.repeat(np.array([each.measure for each in found], dtype=np.int16), sizes),
        reason=np.repeat(np.array([REASONS.index(each.reason) for each in found], dtype=np.int8), sizes),
    )
