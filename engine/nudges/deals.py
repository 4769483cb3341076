"""Rules about deals: stalled ones (N7), money that waits (N9), clawback windows that end (N19), the week (N20)."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.calculation import KINDS
from engine.dates import day, on_day
from engine.earnings import months_later
from engine.frames import integers, named
from engine.nudges.rule import Due, amount
from engine.nudges.team import MONDAY

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from engine.nudges.rule import Readings
    from engine.order import Ints, Rows
    from engine.plans.schema import Component

#: So many overdue deals are named, the latest first.
LISTED = 10
_NINE = 9 * 60
_FIRST_WEEK = 7


def stalled_deals(read: Readings) -> Iterator[Due]:
    """N7: open deals that should have closed by now, and those left alone that should soon; once for every list."""
    found = _overdue(read)
    for one in read.kept.left_alone:
        listed = found.setdefault(one.rep_id, [])
        listed.append((one.deal_id, day(one.due_on), str(one.since_on)))
    expires = read.as_of + timedelta(days=read.limits.overdue_lasts_days)
    for rep_id, listed in sorted(found.items()):
        data = {
            "deals": [each for each, _, _ in listed[:LISTED]],
            "due_on": [on for _, on, _ in listed[:LISTED]],
            "idle_on": [since for _, _, since in listed[:LISTED]],
            "count": len(listed),
        }
        state = hashlib.sha256(np.array([each for each, _, _ in listed], dtype=np.int64).tobytes()).hexdigest()[:12]
        yield Due("stalled_deals", rep_id, f"stalled_deals:{rep_id}", state, data, expires)


def _overdue(read: Readings) -> dict[int, list[tuple[int, int, str]]]:
    """By owner the deals whose day has passed, the latest first: number, day, and nothing else that is odd."""
    deals = read.facts.deals
    stage, booked = named(deals, "stage"), integers(deals, "booked_on")
    late = (stage.codes == stage.code("open")) & (booked < read.today)
    rows = np.flatnonzero(late & (booked >= read.today - read.limits.overdue_days))
    owners, on, ids = integers(deals, "owner_id")[rows], booked[rows], integers(deals, "deal_id")[rows]
    order = np.lexsort([ids, -on, owners])
    found: dict[int, list[tuple[int, int, str]]] = {}
    for owner, deal_id, due in zip(owners[order].tolist(), ids[order].tolist(), on[order].tolist(), strict=True):
        if owner:
            found.setdefault(owner, []).append((deal_id, due, ""))
    return found


def waiting_for_payment(read: Readings) -> Iterator[Due]:
    """N9: parts of commissions that wait for an event or a payment for many days; once a week.

    Whoever owns a deal is told of it, too, and never what it would pay somebody else.
    """
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
    others: dict[int, int] = {}
    for (rep_id, plan_no, deal_id), left in held.items():
        begun = since.get((rep_id, plan_no, deal_id), read.today)
        if left > 0 and begun + read.limits.unpaid_days <= read.today:
            currency = read.calc.plans[plan_no].currency
            one = {"deal": deal_id, "since_on": str(on_day(begun)), "amount": amount(left, currency)}
            found.setdefault(rep_id, []).append(one)
            others[deal_id] = min(begun, others.get(deal_id, begun))
    for owner, deal_id in _owners(read, others):
        own = found.setdefault(owner, [])
        if not any(one["deal"] == deal_id for one in own):
            own.append({"deal": deal_id, "since_on": str(on_day(others[deal_id]))})
    for rep_id, own in sorted(found.items()):
        own.sort(key=lambda each: (each["since_on"], each["deal"]))
        data = {"deals": own, "count": len(own)}
        topic, expires = f"waiting_for_payment:{rep_id}", read.as_of + timedelta(days=read.limits.unpaid_lasts_days)
        yield Due("waiting_for_payment", rep_id, topic, read.week, data, expires)


def _owners(read: Readings, deal_ids: Collection[int]) -> list[tuple[int, int]]:
    """Who owns each of the deals, with the deal; nobody for one whose owner is not known."""
    if not deal_ids:
        return []
    ids, owners = integers(read.facts.deals, "deal_id"), integers(read.facts.deals, "owner_id")
    rows = np.flatnonzero(np.isin(ids, np.fromiter(deal_ids, dtype=np.int64)) & (owners > 0))
    return sorted(zip(owners[rows].tolist(), ids[rows].tolist(), strict=True))


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
        expires = read.as_of + timedelta(days=read.limits.ending_lasts_days)
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
            topic, expires = f"my_week:{person.rep_id}", read.as_of + timedelta(days=read.limits.week_lasts_days)
            yield Due("my_week", person.rep_id, topic, read.week, {}, expires, _NINE)
