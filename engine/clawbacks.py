"""What is taken back when a deal goes wrong: only of money that was paid by then, by the elapsed share of a window.

A `clawback` line stands on the day of the event, linked to the deal, in the period in which the event happens. The
window begins on the day of booking and ends before the same day `months` later (or `days` after). Within it an event
takes back: what has been paid by the end of that day × `share` × what is left of the window:

* not: all of it. monthly: month k of n leaves (n - k + 1) / n, so month 1 leaves everything, month n one part.
  daily: the days of the window that are left, the day of the event among them, by its days.
  With `steps` what is left is the share of the first step that has not ended, and the window is the last step's.

An event with an amount (in the deal's currency, at the rate of its day) concerns that part of the deal, one without
the whole; several never concern more than the whole. The total taken is rounded, and lines are its differences; it is
never more than what is paid: where a refund takes that below it, the line of the day returns the difference.
An event of the whole deal forfeits what is still held.

Operands: basis what had been paid by then, before what had been taken back before, x the position of the event's name
in `on`, y the share of the window that was left (ppm).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import lcm
from typing import TYPE_CHECKING

import numpy as np

from engine.earnings import Beside, divided, months_later, months_passed, share_of
from engine.events import NEVER
from engine.order import running, starts_of, steps

if TYPE_CHECKING:
    from engine.calculation import Extras
    from engine.order import Ints, Rows
    from engine.plans.terms import Clawback, ClawbackStep
    from engine.releases import Paid, Settling

_DAY_BITS = 32


@dataclass(frozen=True, slots=True)
class Hits:
    """Events that take back, by lot and day: the part of the deal each concerns, `part / worth`, and what is left."""

    lot: Rows
    day: Rows
    event: Rows
    part: Ints
    worth: Ints
    left: Rows
    window: Rows

    def whole_on(self, lots: int) -> Rows:
        """The day on which each lot's deal is concerned as a whole; NEVER for those that are not."""
        found = np.full(lots, NEVER, dtype=np.int64)
        full = running(self.part, starts_of(self.lot)) >= self.worth
        np.minimum.at(found, self.lot[full], self.day[full])
        return found


def hits_of(settling: Settling, clawback: Clawback) -> Hits:
    """The events within the window, of commissions above 0."""
    lots, events = settling.lots, settling.events
    lot, at = events.pairs(lots.deal_id, clawback.on)
    day, booked = events.on[at].astype(np.int64), lots.booked[lot]
    until = _until(booked, clawback.window)
    rows = np.flatnonzero((day >= booked) & (day < until) & (lots.amount[lot] > 0))
    lot, at, day, booked, until = lot[rows], at[rows], day[rows], booked[rows], until[rows]
    worth = np.maximum(np.abs(settling.worth()[lot]), 1)
    given = np.abs(events.amount[at])
    part = np.where(given == 0, worth, np.minimum(given, worth))
    starts = starts_of(lot)
    part = steps(np.minimum(running(part, starts), worth), starts)
    ones = np.ones(len(lot), dtype=np.int64)
    left, window = (
        _stepped(clawback, booked, day)
        if clawback.steps
        else {
            "not": (ones, ones),
            "monthly": (clawback.months - months_passed(booked, day), max(clawback.months, 1) * ones),
            "daily": (until - day, until - booked),
        }[clawback.falls]
    )
    codes = {events.name.code(name): number for number, name in reversed(list(enumerate(clawback.on)))}
    event = np.array([codes[code] for code in events.name.codes[at].tolist()], dtype=np.int64)
    return Hits(lot, day, event, part, worth, left, window)


def _until(booked: Rows, step: ClawbackStep) -> Rows:
    return booked + step.days if step.days else months_later(booked, step.months)


def _stepped(clawback: Clawback, booked: Rows, day: Rows) -> tuple[Rows, Rows]:
    """The share of the step in which each event happens, over one denominator."""
    den = lcm(*(step.share.den for step in clawback.steps))
    left = np.zeros(len(booked), dtype=np.int64)
    for step in reversed(clawback.steps):
        left = np.where(day < _until(booked, step), step.share.num * (den // step.share.den), left)
    return left, np.full(len(booked), den, dtype=np.int64)


def taken(settling: Settling, clawback: Clawback, hits: Hits, paid: Paid) -> Extras:
    """The clawback lines of one component."""
    had = np.maximum(paid.by(hits.lot, hits.day), 0)
    exact = had.astype(object) * hits.part * hits.left * clawback.share.num
    below = hits.worth.astype(object) * hits.window * clawback.share.den
    whole = divided(running(exact, starts_of(hits.lot)), below, settling.plan.rounding.mode) if len(exact) else had
    lot, day, hit = _judged_on(hits, paid)
    had = np.maximum(paid.by(lot, day), 0)
    total = np.minimum(whole[hit], had)
    lots = settling.lots.part(lot)
    amount = steps(total, starts_of(lot))
    return Beside(
        lots.rep_id,
        settling.plan_no,
        "clawback",
        day,
        -amount,
        settling.measure,
        lots.deal_id,
        had,
        total - amount,
        hits.event[hit].astype(np.int64),
        share_of(hits.left[hit].astype(np.int64), 1_000_000, hits.window[hit], "half_up"),
    ).lines()


def _judged_on(hits: Hits, paid: Paid) -> tuple[Rows, Rows, Rows]:
    """The lots and days on which the total taken may change, and the last event by each: its day, later payments."""
    if not len(hits.lot):
        return hits.lot, hits.day, hits.lot
    keys = (hits.lot.astype(np.int64) << _DAY_BITS) + hits.day
    last = np.searchsorted(keys, paid.key, side="right") - 1
    after = (last >= 0) & (hits.lot[last] == paid.key >> _DAY_BITS) & (keys[last] < paid.key)
    order = np.argsort(np.concatenate([keys, paid.key[after]]), kind="stable")
    hit = np.concatenate([np.arange(len(keys)), last[after]])[order]
    day = np.concatenate([hits.day, paid.key[after] & ((1 << _DAY_BITS) - 1)])[order]
    return hits.lot[hit], day, hit
