"""Rules about deals: overdue ones (N7), money that waits (N9), clawback windows that end (N19), the week (N20)."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.calculation import KINDS
from engine.dates import on_day
from engine.earnings import months_later
from engine.frames import integers, named
from engine.nudges.rule import Due, amount
from engine.nudges.team import MONDAY
from engine.order import starts_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.nudges.rule import Readings
    from engine.order import Ints, Rows
    from engine.plans.schema import Component

#: So many overdue deals are named, the latest first.
LISTED = 10
_NINE = 9 * 60
_FIRST_WEEK = 7


def stalled_deals(read: Readings) -> Iterator[Due]:
    """N7: open deals that should have closed by now, once for every list of them."""
    deals = read.facts.deals
    stage, booked = named(deals, "stage"), integers(deals, "booked_on")
    late = (stage.codes == stage.code("open")) & (booked < read.today)
    rows = np.flatnonzero(late & (booked >= read.today - read.limits.overdue_days))
    owners, on = integers(deals, "owner_id")[rows], booked[rows]
    rows = rows[np.lexsort([integers(deals, "deal_id")[rows], -on, owners])]  # by owner, the latest first
    ids, owners, on = integers(deals, "deal_id")[rows], integers(deals, "owner_id")[rows], booked[rows]
    starts, expires = starts_of(owners), read.as_of + timedelta(days=2)
    listed, when = ids.tolist(), on.tolist()
    # Plain numbers: thousands of reps have some, and few of them are told so at once.
    for low, high in zip(starts.tolist(), [*starts[1:].tolist(), len(rows)], strict=False):
        rep_id = int(owners[low])
        if rep_id:
            upto = min(high, low + LISTED)
            data = {"deals": listed[low:upto], "due_on": when[low:upto], "count": high - low}
            state = hashlib.sha256(ids[low:high].tobytes()).hexdigest()[:12]
            yield Due("stalled_deals", rep_id, f"stalled_deals:{rep_id}", state, data, expires)


def waiting_for_payment(read: Readings) -> Iterator[Due]:
    """N9: parts of commissions that wait for an event or a payment for many days; once a week."""
    extras = read.calc.extras
    hold, release = KINDS.index("hold"), KINDS.index("release")
    waits = _waits_for_others(read)
    rows = np.flatnonzero(((extras.kind == hold) | (extras.kind == release)) & (extras.measure >= 0))
    rows = rows[waits[extras.measure[rows], np.minimum(extras.x[rows], waits.shape[1] - 1)]] if len(rows) else rows
    held: dict[tuple[int, int, int], int] = {}
    since: dict[tuple[int, int, int], int] = {}
    for row in rows.tolist():
        key = int(extras.rep_id[row]), int(extras.plan_no[row]), int(extras.deal_id[row])
        held[key] = held.get(key, 0) - int(extras.amount[row])
        if extras.kind[row] == hold:
            since[key] = min(int(extras.days[row]), since.get(key, 2**31))
    found: dict[int, list[dict[str, Any]]] = {}
    for (rep_id, plan_no, deal_id), left in held.items():
        begun = since.get((rep_id, plan_no, deal_id), read.today)
        if left > 0 and begun + read.limits.unpaid_days <= read.today:
            currency = read.calc.plans[plan_no].currency
            one = {"deal": deal_id, "since_on": str(on_day(begun)), "amount": amount(left, currency)}
            found.setdefault(rep_id, []).append(one)
    for rep_id, own in sorted(found.items()):
        own.sort(key=lambda each: (each["since_on"], each["deal"]))
        data = {"deals": own, "count": len(own)}
        topic, expires = f"waiting_for_payment:{rep_id}", read.as_of + timedelta(days=5)
        yield Due("waiting_for_payment", rep_id, topic, read.week, data, expires)


def _waits_for_others(read: Readings) -> Any:
    """Per component and part of its commission: whether that waits for an event or a payment."""
    parts = [each.release for plan in read.calc.plans for each in plan.components]
    found = np.zeros((len(parts), max([1, *map(len, parts)])), dtype=bool)
    for number, own in enumerate(parts):
        for place, part in enumerate(own):
            found[number, place] = part.on in ("event", "cash")
    return found


def clawback_exposure(read: Readings) -> Iterator[Due]:
    """N19: in the first days of a month, commissions whose clawback window ends within the month."""
    if read.as_of.day > _FIRST_WEEK:
        return
    trace, order, number = read.calc.trace, read.calc.counted.sorted.whole, -1
    found: dict[int, list[dict[str, Any]]] = {}
    for plan in read.calc.plans:
        for component in plan.components:
            number += 1
            if component.clawback is None:
                continue
            rows = np.flatnonzero((trace.measure == number) & (trace.kind == 0) & (trace.amount > 0))
            until = _until(order.days[trace.at[rows]].astype(np.int64), component)
            is_ending = (until > read.today) & (until <= read.today + read.limits.ending_days)
            for row, ends in zip(rows[is_ending].tolist(), until[is_ending].tolist(), strict=True):
                credit = int(order.credit[trace.at[row]])
                seats, deals = read.calc.counted.seats, read.calc.counted.deals
                one = {
                    "deal": int(deals.deal_id[seats.deal[credit]]),
                    "until_on": str(on_day(ends)),
                    "amount": amount(int(trace.amount[row]), plan.currency),
                }
                found.setdefault(int(seats.rep_ids[read.calc.line_reps[row]]), []).append(one)
    for rep_id, own in sorted(found.items()):
        own.sort(key=lambda each: (each["until_on"], each["deal"]))
        month = f"{read.as_of:%Y-%m}"
        data = {"deals": own, "count": len(own)}
        expires = read.as_of + timedelta(days=14)
        yield Due("clawback_exposure", rep_id, f"clawback_exposure:{rep_id}", month, data, expires)


def _until(booked: Rows, component: Component) -> Ints:
    if component.clawback is None:
        raise AssertionError("only asked of components with a clawback")
    window = component.clawback.window
    until = booked + window.days if window.days else months_later(booked, window.months)
    return until.astype(np.int64)


def my_week(read: Readings) -> Iterator[Due]:
    """N20: on Mondays, for those who asked for it."""
    if read.as_of.weekday() != MONDAY:
        return
    for person in read.people:
        if (person.rep_id, "my_week") in read.asked_for and person.is_employed(read.as_of):
            topic, expires = f"my_week:{person.rep_id}", read.as_of + timedelta(days=2)
            yield Due("my_week", person.rep_id, topic, read.week, {}, expires, _NINE)
