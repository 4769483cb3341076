"""The ordered steps of one calculation: facts and plans in, lines and problems out.

    won deals → converted → split → credited by rule → cap per deal → attainment → priced by tier
        → gates, multipliers, minimum and caps → overrides, level differences and pools → true-ups to date
        → releases, clawbacks, adjustments, draws and guarantees
        → locked periods as they were locked, and later differences as adjustments

The order is fixed. Credits are worked through by rep, then day, then deal id, because tiers are used up in order.
Everything runs on arrays in chunks of whole reps, so that the figures of one chunk stay in the processor's cache.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from engine.calculation import REASONS, Calculation, Counted, Credits, Sorted, Unpaid
from engine.credits import credited
from engine.dates import day
from engine.errors import PlanClash
from engine.exchange import Exchange
from engine.history import with_history
from engine.ledger import Ledger
from engine.locks import kept
from engine.measures import ready
from engine.order import WIDEST, bits
from engine.payload import Payload
from engine.pricing import Found, price
from engine.settlement import settled
from engine.sharing import seated, shared, shares
from engine.shortfalls import problems_of
from engine.true_ups import trued_up

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import date

    from numpy.typing import NDArray

    from engine.crediting import Seats
    from engine.credits import Credited
    from engine.deals import Deals
    from engine.frames import Facts
    from engine.measures import Ready
    from engine.order import Ints
    from engine.plans.schema import Plan
    from engine.pricing import NoLine

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
    facts = with_history(facts, ordered, (as_of, reps), calculate).by_column()
    exchange = Exchange(facts.table("rates"))
    priced = None if shares(ordered) else reps
    given = seated(credited(facts, ordered, as_of, priced, exchange))
    deals, seats, problems = given.deals, given.seats, list(given.problems)
    prepared = given.tallied(_prepared(given, exchange))
    order = _sorted(deals, seats, priced)
    sizes = [len(plan.components) for plan in ordered]
    if shares(ordered):
        order.whole  # noqa: B018  # is asked for again and again, so that chunks may as well be pieces of it
    ledger = Ledger(len(order.key) * max(sizes, default=0), sum(sizes))
    found = Found(ledger, [], [], deals.amount, day(as_of))
    for low, high in order.cuts(chunk_rows):
        price(order.part(low, high), prepared, seats, found)
    counted, unpaid = Counted(deals, seats, order, prepared), _unpaid(found.unpaid)
    problems += problems_of(counted, unpaid, found.faults) + found.problems
    earned = Calculation(found.ledger.trace(), unpaid, counted, tuple(sorted(set(problems))), ordered)
    whole = trued_up(shared(earned, facts, as_of, reps), facts, as_of)
    return kept(settled(whole, facts, as_of, reps), facts, as_of, reps)


def _ordered(plans: Sequence[Plan]) -> tuple[Plan, ...]:
    ordered = tuple(sorted(plans, key=lambda plan: (plan.name, plan.version)))
    if len({(plan.name, plan.version) for plan in ordered}) < len(ordered):
        raise PlanClash
    return ordered


def _prepared(given: Credited, exchange: Exchange) -> tuple[Ready, ...]:
    """Every plan made ready; plans of one currency and rounding share the amounts of the credits."""
    seats, kinds = given.seats, given.kinds_of_credits()
    shared: dict[tuple[str, str], tuple[Payload, NDArray[np.int8] | None]] = {}
    found = []
    for plan in given.plans:
        key = (plan.currency, plan.rounding.mode)
        if key not in shared:
            amount, fault = given.amounts(plan, exchange)
            shared[key] = Payload.of(seats.amounts(amount, plan.rounding.mode), kinds, given.kinds.count), fault
        made = ready(plan, given.plans, (given.facts, exchange, seats.rep_ids), (given.kinds, given.codes))
        of_credits = None if given.held is None else kinds
        found.append(replace(made, payload=shared[key][0], fault=shared[key][1], of_credits=of_credits))
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
    key |= deals.booked.take(deal) - first
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
