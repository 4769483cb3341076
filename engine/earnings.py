"""What lines came to, as arrays: by deal for releases and clawbacks, by day for what is settled per pay period."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.calculation import KINDS, Extras
from engine.money import divide

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from engine.calculation import Calculation
    from engine.money import Rounding
    from engine.order import Ints, Rows

_LIMIT = 2**61


@dataclass(frozen=True, slots=True)
class Lots:
    """What each component paid each rep for each deal, one entry each; `booked` is the first day of its lines."""

    measure: Rows
    rep_id: Ints
    deal_id: Ints
    booked: Rows
    amount: Ints

    def part(self, rows: Rows | NDArray[np.bool_]) -> Lots:
        """Some of them, in the same order."""
        return Lots(self.measure[rows], self.rep_id[rows], self.deal_id[rows], self.booked[rows], self.amount[rows])


def lots_of(calc: Calculation, measures: Sequence[int]) -> Lots:
    """The commissions of some components by deal: lines of credits, and of others' deals where they name one."""
    trace, counted, extras = calc.trace, calc.counted, calc.extras
    rows = np.flatnonzero(np.isin(trace.measure, measures))
    at = trace.at[rows]
    beside = np.flatnonzero(np.isin(extras.measure, measures) & (extras.deal_id > 0))
    deal = counted.seats.deal[counted.sorted.whole.credit[at]]
    flat = Lots(
        np.concatenate([trace.measure[rows].astype(np.int64), extras.measure[beside]]),
        np.concatenate([counted.seats.rep_ids[calc.line_reps[rows]], extras.rep_id[beside]]),
        np.concatenate([counted.deals.deal_id[deal], extras.deal_id[beside]]),
        np.concatenate([counted.sorted.whole.days[at], extras.days[beside]]).astype(np.int64),
        np.concatenate([trace.amount[rows], extras.amount[beside]]),
    )
    return _merged(flat)


def _merged(flat: Lots) -> Lots:
    order = np.lexsort([flat.booked, flat.deal_id, flat.rep_id, flat.measure])
    flat = flat.part(order)
    if not len(order):
        return flat
    starts = starts_of_any(flat.measure, flat.rep_id, flat.deal_id)
    first = flat.part(starts)
    return Lots(first.measure, first.rep_id, first.deal_id, first.booked, np.add.reduceat(flat.amount, starts))


def starts_of_any(*columns: Rows) -> Rows:
    """Positions at which a run begins of rows that are equal in all columns; the first is 0."""
    changed = np.zeros(len(columns[0]), dtype=bool)
    changed[:1] = True
    for values in columns:
        changed[1:] |= values[1:] != values[:-1]
    return np.flatnonzero(changed)


def share_of(amounts: Ints, num: Any, den: Any, mode: Rounding) -> Ints:
    """`amounts * num / den` as whole minor units, in Python integers where int64 could overflow."""
    high, above = (max(int(np.max(np.abs(each), initial=0)), 1) for each in (amounts, np.asarray(num)))
    below = max(int(np.max(np.asarray(den), initial=1)), 1)
    if max(high * above, below) * 2 < _LIMIT:
        return divided(amounts * np.asarray(num), np.asarray(den), mode)
    return divided(amounts.astype(object) * np.asarray(num, dtype=object), np.asarray(den, dtype=object), mode)


def divided(num: NDArray[Any], den: NDArray[Any], mode: Rounding) -> Ints:
    """`num / den` rounded like `engine.money.divide`, for arrays of either kind of integer."""
    if num.dtype == object:
        both = np.broadcast(num, den)
        return np.array([divide(int(top), int(low), mode) for top, low in both], dtype=np.int64).reshape(both.shape)
    size = np.abs(num)
    whole: Ints = size // den
    rest = 2 * (size - whole * den)
    if mode == "half_up":
        whole += rest >= den
    elif mode == "half_even":
        whole += (rest > den) | ((rest == den) & (whole % 2 == 1))
    return np.where(num < 0, -whole, whole)


@dataclass(frozen=True, slots=True)
class Beside:
    """Lines to be made: whom, where and when. What is left out is 0; `measure` -1 is the whole plan."""

    rep_id: Ints
    plan_no: int
    kind: str
    days: Rows
    amount: Ints
    measure: int = -1
    deal_id: Ints | None = None
    basis: Ints | None = None
    before: Ints | None = None
    x: Ints | None = None
    y: Ints | None = None

    def lines(self) -> Extras:
        """The lines; those of amount 0 are left out, because they say nothing."""
        rows = np.flatnonzero(self.amount)
        count = len(rows)

        def chosen(values: Ints | None) -> Ints:
            return np.zeros(count, dtype=np.int64) if values is None else np.asarray(values)[rows].astype(np.int64)

        return Extras(
            rep_id=self.rep_id[rows].astype(np.int64),
            plan_no=np.full(count, self.plan_no, dtype=np.int32),
            measure=np.full(count, self.measure, dtype=np.int32),
            kind=np.full(count, KINDS.index(self.kind), dtype=np.int8),
            deal_id=np.maximum(chosen(self.deal_id), 0),
            days=self.days[rows].astype(np.int32),
            basis=chosen(self.basis),
            before=chosen(self.before),
            amount=self.amount[rows].astype(np.int64),
            x=chosen(self.x),
            y=chosen(self.y),
        )


def months_later(days: Rows, months: Rows | int) -> Rows:
    """The same day of the month, `months` later, as `engine.dates.add_months` finds it."""
    on = np.asarray(days).astype("datetime64[D]")
    month = on.astype("datetime64[M]")
    target = month + np.asarray(months).astype("timedelta64[M]")
    first = target.astype("datetime64[D]")
    length = (target + np.timedelta64(1, "M")).astype("datetime64[D]") - first
    since = np.minimum(on - month.astype("datetime64[D]"), length - np.timedelta64(1, "D"))
    found: Rows = (first + since).astype(np.int64)
    return found


def months_passed(since: Rows, on: Rows) -> Rows:
    """How many whole months lie between two days, the second not before the first."""
    first, last = (np.asarray(each).astype("datetime64[D]").astype("datetime64[M]") for each in (since, on))
    passed = (last - first).astype(np.int64)
    found: Rows = np.where(months_later(since, passed) > on, passed - 1, passed)
    return found
