"""The ordered steps of one calculation: facts and plans in, lines and problems out.

    won deals → converted → split → credited by rule → cap per deal → attainment → priced by tier
        → gates, multipliers, minimum and caps → overrides, level differences and pools
        → releases, clawbacks, adjustments, draws and guarantees

The order is fixed. Credits are worked through by rep, then day, then deal id, because tiers are used up in order.
Everything runs on arrays in chunks of whole reps, so that the figures of one chunk stay in the processor's cache.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from engine.calculation import REASONS, Calculation, Counted, Credits, Sorted, Unpaid
from engine.crediting import seats_of
from engine.dates import day
from engine.deals import Names, won
from engine.errors import PlanClash
from engine.exchange import Exchange
from engine.ledger import Ledger
from engine.measures import kinds_of, ready
from engine.order import WIDEST, bits
from engine.payload import Payload
from engine.pricing import Found, price
from engine.settlement import settled
from engine.sharing import shared
from engine.shortfalls import problems_of

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import date

    from numpy.typing import NDArray

    from engine.crediting import Seats
    from engine.deals import Deals
    from engine.frames import Facts
    from engine.measures import Ready
    from engine.order import Ints
    from engine.plans.schema import Plan
    from engine.pricing import NoLine
    from engine.problems import Problem

CHUNK_ROWS = 60_000
WIDEST_DAY = 2**31 - 1


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
    order = _sorted(deals, seats, reps)
    sizes = [len(plan.components) for plan in ordered]
    ledger = Ledger(len(order.key) * max(sizes, default=0), sum(sizes))
    found = Found(ledger, [], [], deals.amount, day(as_of))
    for low, high in order.cuts(chunk_rows):
        price(order.part(low, high), prepared, seats, found)
    counted, unpaid = Counted(deals, seats, order, prepared), _unpaid(found.unpaid)
    problems += problems_of(counted, unpaid, found.faults) + found.problems
    earned = Calculation(found.ledger.trace(), unpaid, counted, tuple(sorted(set(problems))), ordered)
    return settled(shared(earned, facts, as_of), facts, as_of, reps)


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
    exchange, names = Exchange(facts.rates), Names.of(deals)
    kinds = kinds_of(plans, names)
    codes = kinds.codes(deals)
    own_kinds = None if codes is None else codes[seats.deal]
    shared: dict[tuple[str, str], tuple[Payload, NDArray[np.int8] | None]] = {}
    found = []
    for plan in plans:
        key = (plan.currency, plan.rounding.mode)
        if key not in shared:
            converted = exchange.into(plan.currency, (deals.amount, deals.currency), deals.booked, plan.rounding.mode)
            payload = Payload.of(seats.amounts(converted.amount), own_kinds, int(np.prod(kinds.shape)))
            shared[key] = payload, converted.fault
        made = ready(plan, plans, (facts, exchange, seats.rep_ids), (names, codes))
        found.append(replace(made, payload=shared[key][0], fault=shared[key][1]))
    return tuple(found)


def _sorted(deals: Deals, seats: Seats, reps: Collection[int] | None) -> Sorted:
    """The credits of the wanted reps by rep, day and deal."""
    rows, deal, rep = np.arange(len(seats.deal), dtype=np.int64), seats.deal, seats.rep
    if reps is not None:
        wanted = np.isin(seats.rep_ids, np.fromiter(reps, dtype=np.int64, count=len(reps)))
        rows = np.flatnonzero(wanted[seats.rep])
        deal, rep = deal[rows], rep[rows]
    first = int(deals.booked.min(initial=WIDEST_DAY))
    day_bits, row_bits = bits(int(deals.booked.max(initial=first)) - first + 1), bits(len(seats.deal))
    if bits(len(seats.rep_ids)) + day_bits + row_bits > WIDEST:
        order = np.lexsort([rows, deals.booked[deal], rep])
        at = np.arange(len(rows), dtype=np.int32)
        spelled = Credits(at, rows[order], rep[order], deals.booked[deal][order])
        return Sorted(spelled.rep.astype(np.int64), row_bits, day_bits, first, spelled)
    key: Ints = rep.astype(np.int64)
    key <<= day_bits
    key |= deals.booked[deal] - first
    key <<= row_bits
    key |= rows
    key.sort()
    return Sorted(key, row_bits, day_bits, first)


def _unpaid(found: list[NoLine]) -> Unpaid:
    sizes = [len(each.credit) for each in found]
    return Unpaid(
        credit=np.concatenate([np.zeros(0, dtype=np.int64), *(each.credit for each in found)]),
        plan=np.repeat(np.array([each.plan for each in found], dtype=np.int32), sizes),
        measure=np.repeat(np.array([each.measure for each in found], dtype=np.int32), sizes),
        reason=np.repeat(np.array([REASONS.index(each.reason) for each in found], dtype=np.int8), sizes),
    )
