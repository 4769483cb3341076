"""When the commission of a deal is paid: at booking, at an event, after some days, or as the customer pays.

Each part that is not paid at once is a `hold` line (minus the part, on the day of booking), and a `release` line
(plus the part) on its day, once that has come. The parts of a deal are differences of one rounded running total, so
that they sum to its commission exactly. Only a positive commission is held: what a reversal takes back, it takes at
once.

* event: the first event of that name; one from before the booking counts on the day of booking.
* quarter_end, year_end: the last day of the plan's fiscal quarter or year in which the deal was booked.
* cash: the part times cash received by the deal's amount, never beyond all of it. Cash is the events called `event`
  (`payment` if it is left out), less `refund` events and negative payments, each in the deal's currency at the rate
  of its day; the commission rate stays the one of the booking. A deal without an amount waits for no cash.
* unless: an event on or before the day of release forfeits the part: it stays held. Of cash, later payments release
  nothing more. A clawback of the whole deal forfeits what is held then, too.

Operands: `hold` x the part's position in `release`, basis the deal's commission. `release` x the same, y the share of
the deal's amount that was received by then (ppm, cash only), before what had been released of the part.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from engine.dates import add_months, day, on_day
from engine.earnings import Beside, share_of
from engine.events import NEVER
from engine.order import positions, running, starts_of, steps

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.calculation import Extras
    from engine.deals import Deals
    from engine.earnings import Lots
    from engine.events import Events
    from engine.order import Ints, Rows
    from engine.plans.schema import Component, Plan
    from engine.plans.terms import Release


_ENDS = {"quarter_end": 3, "year_end": 12}


@dataclass(frozen=True, slots=True)
class Settling:
    """One component whose commissions are paid over time, its lots, and what is known by `as_of`."""

    plan: Plan
    plan_no: int
    component: Component
    measure: int
    lots: Lots
    events: Events
    deals: Deals
    as_of: int

    def worth(self) -> Ints:
        """The amount of each lot's deal in its own currency."""
        place, _ = positions(self.lots.deal_id, self.deals.deal_id)
        return self.deals.amount[place] if len(self.deals) else np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Moves:
    """Money that moves between held and paid: the lot, the day, and how much becomes payable."""

    lot: Rows
    day: Rows
    amount: Ints
    y: Ints

    @classmethod
    def of(cls, lot: Rows, day: Rows, amount: Ints, y: Ints | None = None) -> Moves:
        """Moves; those of nothing are left out."""
        rows = np.flatnonzero(amount)
        share = np.zeros(len(rows), dtype=np.int64) if y is None else y[rows]
        return cls(lot[rows], day[rows], amount[rows], share)


@dataclass(frozen=True, slots=True)
class Paid:
    """How much of each lot has become payable by which day."""

    key: Ints
    total: Ints

    @classmethod
    def of(cls, lots: Lots, moves: list[Moves]) -> Paid:
        """From the moves of every lot; the whole commission is payable at booking when there are none."""
        lot = np.concatenate([np.arange(len(lots.amount)), *(each.lot for each in moves)])
        day = np.concatenate([lots.booked, *(each.day for each in moves)])
        amount = np.concatenate([lots.amount, *(each.amount for each in moves)])
        key = (lot.astype(np.int64) << 32) + day
        order = np.argsort(key, kind="stable")
        return cls(key[order], running(amount[order], starts_of(lot[order])))

    def by(self, lot: Rows, day: Rows) -> Ints:
        """What has become payable of some lots by the end of some days, none of them before booking."""
        place = np.searchsorted(self.key, (lot.astype(np.int64) << 32) + day, side="right") - 1
        return self.total[place]


def released(settling: Settling, barred: Rows) -> tuple[list[Extras], Paid]:
    """The hold and release lines of a component, and what of each lot is payable when.

    `barred` is the day on which a clawback forfeits what is still held of each lot; NEVER for none.
    """
    lines: list[Extras] = []
    moves: list[Moves] = []
    for number, (release, parts) in enumerate(zip(settling.component.release, _parts(settling), strict=True)):
        held = _held(settling, release, parts)
        if not held.any():
            continue
        everything = np.arange(len(held))
        hold = Moves.of(everything, settling.lots.booked, -held)
        free = _freed(settling, release, held, barred)
        moves += [hold, free]
        lines += [_lines(settling, "hold", hold, number), _lines(settling, "release", free, number)]
    return lines, Paid.of(settling.lots, moves)


def _parts(settling: Settling) -> list[Ints]:
    """Each part of each lot: the differences of one rounded running total; the last takes what is left."""
    whole, before = settling.lots.amount, np.zeros(len(settling.lots.amount), dtype=np.int64)
    reached, found = Fraction(0), []
    for release in settling.component.release:
        reached += release.share.fraction
        upto = share_of(whole, reached.numerator, reached.denominator, settling.plan.rounding.mode)
        found.append(upto - before)
        before = upto
    return found


def _held(settling: Settling, release: Release, parts: Ints) -> Ints:
    if release.on == "booking":
        return np.zeros_like(parts)
    held = np.where(settling.lots.amount > 0, parts, 0)
    return np.where(settling.worth() > 0, held, 0) if release.on == "cash" else held


def _freed(settling: Settling, release: Release, held: Ints, barred: Rows) -> Moves:
    lots, events = settling.lots, settling.events
    lost = events.first(lots.deal_id, release.unless, lots.booked)
    if release.on == "cash":
        return _by_cash(settling, release, held, (lost, barred))
    if release.on == "days":
        on = lots.booked + release.days
    elif release.on in _ENDS:
        on = _ends(settling.plan, lots.booked, _ENDS[release.on])
    else:
        on = np.maximum(events.first(lots.deal_id, (release.event,)), lots.booked)
    fine = (on <= settling.as_of) & (on < np.minimum(lost, barred))
    return Moves.of(np.arange(len(held)), on, np.where(fine, held, 0))


def _ends(plan: Plan, booked: Rows, months: int) -> Rows:
    """The last day of the window of the plan's calendar in which each day lies."""
    last = on_day(int(booked.max(initial=day(plan.effective.start_on))))
    edges = np.array([day(edge) for edge in plan.calendar.starts(months, add_months(last, months))])
    return edges[np.searchsorted(edges, booked, side="right")].astype(np.int64) - 1


def _by_cash(settling: Settling, release: Release, held: Ints, stops: tuple[Rows, Rows]) -> Moves:
    lots, events = settling.lots, settling.events
    cash, (lost, barred) = release.event or "payment", stops
    back = "refund" not in (cash, *_taken_by(settling.component))
    owner, at = events.pairs(lots.deal_id, (cash, "refund") if back else (cash,))
    day, amount = np.maximum(events.on[at], lots.booked[owner]), events.amount[at]
    if back:
        is_refund = events.name.codes[at] == events.name.code("refund")
        amount = np.where(is_refund, -np.abs(amount), amount)
    kept = day < barred[owner]
    owner, day, amount = owner[kept], day[kept], amount[kept]
    starts, worth = starts_of(owner), settling.worth()[owner]
    received = np.clip(running(amount, starts), 0, worth)
    total = share_of(held[owner], received, np.maximum(worth, 1), settling.plan.rounding.mode)
    total = np.minimum(total, _frozen(total, owner, day >= lost[owner]))
    ppm = share_of(received, 1_000_000, np.maximum(worth, 1), "down")
    return Moves.of(owner, day, steps(total, starts), ppm)


def _frozen(total: Ints, owner: Rows, is_after: NDArray[np.bool_]) -> Ints:
    """The most that may be released: from a forfeiting event on, no more than what was released before it."""
    before = np.zeros(int(owner.max(initial=-1)) + 1, dtype=np.int64)
    fine = np.flatnonzero(~is_after)
    before[owner[fine]] = total[fine]
    return np.where(is_after, before[owner], total)


def _taken_by(component: Component) -> tuple[str, ...]:
    return () if component.clawback is None else component.clawback.on


def _lines(settling: Settling, kind: str, moves: Moves, number: int) -> Extras:
    lots = settling.lots.part(moves.lot)
    before = running(moves.amount, starts_of(moves.lot)) - moves.amount
    return Beside(
        lots.rep_id,
        settling.plan_no,
        kind,
        moves.day,
        moves.amount,
        settling.measure,
        lots.deal_id,
        lots.amount,
        before,
        np.full(len(moves.lot), number),
        moves.y,
    ).lines()


def at_once(lots: Lots) -> Paid:
    """Everything payable at booking: a component without `release`."""
    return Paid.of(lots, [])


def never(lots: Lots) -> Rows:
    """No day for any lot."""
    return np.full(len(lots.amount), NEVER, dtype=np.int64)
