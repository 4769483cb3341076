"""Draws, guarantees and legal minimums, one pay period at a time, on arrays over reps.

In every pay period, in this order:

1. `negative` of the plan. carry: what the commission is below 0 is carried: a `carry` line lifts the period to 0 on
   its last day, another takes the amount from the next period on its first day. floor: it is lifted and forgotten.
   pay: nothing; the payout is negative, unless a draw or guarantee lifts it.
2. The draw. Below its floor the period is topped up by a `draw` line; with `recoverable` that becomes debt. What is
   above the floor first repays debt by a `recovery` line: the payout never falls below the floor. When the draw
   ends, after its periods or because the rep leaves the plan, debt is forgiven, or stays owed and later commission
   repays it in full. With `shares` the floor is that share of the amount in each of the first periods; with
   `recovers` only that part of what is above the floor repays. With `paid: at_start` a `draw` line pays the whole
   floor on the first day on the plan in the period, and the `recovery` line sets it off on the last one, so that the
   period comes to the same.
3. The guarantee: a `guarantee` line, never repaid.

Floors shrink by days for somebody who is on the plan for part of a period. Lines stand on the last day of periods
that have ended.

Operands: basis the commission of the period as it stands at that step; `draw` and `recovery` before the debt before,
x the floor, y the debt after; `guarantee` and `top_up` x the floor; `carry` x 0 carried on, 1 carried in, 2 dropped.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from engine.earnings import Beside, share_of
from engine.payrun import prorated

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from engine.by_rep import OfPeriods
    from engine.calculation import Extras
    from engine.money import Money
    from engine.order import Ints, Rows
    from engine.payrun import PayPeriods, Staff
    from engine.plans.terms import Draw


@dataclass(slots=True)
class Standing:
    """Where each rep stands between two pay periods: the debt of the draw, what is carried, who has had a draw."""

    debt: Ints
    carried: Ints
    has_drawn: NDArray[np.bool_]

    @classmethod
    def at_zero(cls, reps: int) -> Standing:
        """Nobody owes anything."""
        return cls(np.zeros(reps, dtype=np.int64), np.zeros(reps, dtype=np.int64), np.zeros(reps, dtype=bool))


@dataclass(slots=True)
class Pay:
    """One pay period of a plan while it is settled: its commission as it stands, and the lines made so far.

    `days` is how long each rep is on the plan in it, `turn` which of the rep's pay periods on the plan it is, from 0;
    `by_rep` the amounts that the data says, by their names.
    """

    periods: PayPeriods
    at: int
    plan_no: int
    rep_ids: Ints
    days: Ints
    turn: Rows
    amount: Ints
    lines: list[Extras]
    by_rep: Mapping[str, OfPeriods] = field(default_factory=dict)

    def base(self, amount: Money | None, name: str) -> Ints:
        """A fixed amount of the whole period, or the one that the data names for each rep."""
        if amount is not None:
            return np.full(len(self.rep_ids), amount.minor, dtype=np.int64)
        return self.by_rep[name].amount[:, self.at]

    def add(self, kind: str, amount: Ints, *, before: Ints | None = None, x: Ints, y: Ints | None = None) -> None:
        """Adds a line per rep on the last day of the period; the commission stands at that much more after it."""
        self._line(kind, int(self.periods.end[self.at]) - 1, amount, (before, x, y))
        self.amount = self.amount + amount

    def carry_in(self, amount: Ints) -> None:
        """Takes what was carried, on the first day of the period."""
        self._line("carry", int(self.periods.start[self.at]), -amount, (None, np.ones_like(amount), None))
        self.amount = self.amount - amount

    def floor(self, amount: Ints) -> Ints:
        """Amounts of the whole period, by each rep's days on the plan."""
        plan = self.periods.plan
        return prorated(amount, self.days, int(self.periods.days[self.at]), plan.rounding.mode)

    def is_among(self, count: int) -> NDArray[np.bool_]:
        """Who is on the plan, and in one of the first `count` pay periods; 0: in any."""
        found: NDArray[np.bool_] = self.days > 0
        return found & (self.turn < count) if count else found

    def _line(self, kind: str, on: int, amount: Ints, operands: tuple[Ints | None, Ints | None, Ints | None]) -> None:
        if not amount.any():
            return
        days = np.full(len(amount), on, dtype=np.int64)
        before, x, y = operands
        made = Beside(self.rep_ids, self.plan_no, kind, days, amount, basis=self.amount, before=before, x=x, y=y)
        self.lines.append(made.lines())


def lift(pay: Pay, standing: Standing) -> None:
    """Deals with a negative period as the plan says."""
    policy = pay.periods.plan.payment.negative
    if policy == "pay":
        return
    missing = np.maximum(-pay.amount, 0)
    pay.add("carry", missing, x=np.full(len(missing), 0 if policy == "carry" else 2))
    if policy == "carry":
        standing.carried = standing.carried + missing


def _floor(pay: Pay, terms: Draw) -> Ints:
    """The floor of the period, for each rep by how many of their own came before it."""
    whole = pay.base(terms.amount, terms.by_rep)
    found = pay.floor(whole)
    for turn, share in enumerate(terms.shares):
        amount = share_of(whole, share.num, share.den, pay.periods.plan.rounding.mode)
        found = np.where(pay.turn == turn, pay.floor(amount), found)
    return found


def draw(pay: Pay, standing: Standing) -> None:
    """Tops up to the draw, or repays its debt from what is above it."""
    terms = pay.periods.plan.payment.draw
    if terms is None:
        return
    is_on = pay.is_among(terms.lasts)
    ended = standing.has_drawn & ~is_on
    if terms.at_end == "forgiven":
        standing.debt = np.where(ended, 0, standing.debt)
    standing.has_drawn = standing.has_drawn | is_on
    floor = np.where(is_on, _floor(pay, terms), 0)
    before, missing = standing.debt, np.where(is_on, np.maximum(floor - pay.amount, 0), 0)
    above = np.maximum(pay.amount - floor, 0)
    repaid = np.minimum(
        share_of(above, terms.recovers.num, terms.recovers.den, pay.periods.plan.rounding.mode), before
    )
    if terms.recoverable:
        standing.debt = before + missing - repaid
    if terms.paid == "at_start":
        lacking = missing - repaid - floor
        missing, repaid, before = np.maximum(lacking, 0), np.maximum(-lacking, 0), before + floor
    pay.add("draw", missing, before=before, x=floor, y=standing.debt)
    pay.add("recovery", -repaid, before=before, x=floor, y=standing.debt)
    if terms.paid == "at_start":
        pay.amount = pay.amount + floor


def advance(pay: Pay, standing: Standing, staff: Staff, last: int) -> None:
    """Pays the draw of a period on the first day on the plan in it, if that has come by `last`."""
    terms = pay.periods.plan.payment.draw
    if terms is None or terms.paid == "at_end":
        return
    joined = staff.joined_in(pay.periods, pay.at)
    paid = np.where(pay.is_among(terms.lasts) & (joined <= last), _floor(pay, terms), 0)
    debt = standing.debt
    made = Beside(pay.rep_ids, pay.plan_no, "draw", joined, paid, before=debt, x=paid, y=debt + paid)
    pay.lines.append(made.lines())


def guarantee(pay: Pay) -> None:
    """Tops up to the guarantee."""
    terms = pay.periods.plan.payment
    if terms.guarantee is not None or terms.guarantee_by_rep:
        is_on = pay.is_among(terms.guarantee_periods)
        floor = np.where(is_on, pay.floor(pay.base(terms.guarantee, terms.guarantee_by_rep)), 0)
        pay.add("guarantee", np.where(is_on, np.maximum(floor - pay.amount, 0), 0), x=floor)
