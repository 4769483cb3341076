"""Who reaches a tier, step, gate or cap in one calculation and not in the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine import plan_words as words
from engine.calculation import KINDS
from engine.dates import Calendar, day, on_day
from engine.figures import MILLION
from engine.frames import integers
from engine.plans.axes import counts_numbers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.calculation import Calculation
    from engine.dates import Period
    from engine.measures import Measured
    from engine.plans.schema import Component, Plan

_CALENDAR = {
    "month": Calendar.month,
    "quarter": Calendar.quarter,
    "half_year": Calendar.half_year,
    "year_to_date": Calendar.year,
}
_SMOOTH = ("curve", "interpolated")


@dataclass(frozen=True, slots=True)
class Crossing:
    """A rep who stands beyond an edge on one side only: in words, as it was and by the draft."""

    rep_id: int
    component: str
    window: str
    now: str
    draft: str


@dataclass(frozen=True, slots=True)
class _Stand:
    """How many tiers somebody has reached in a window, and the last of them in words."""

    reached: int
    said: str


_Key = tuple[int, str, str]  # rep, component, window


def crossings(now: Calculation, draft: Calculation, whose: tuple[str, Period]) -> tuple[Crossing, ...]:
    """The edges of a plan's components that a rep has crossed on one side only, by rep, component and window.

    Args:
        now: One calculation.
        draft: The other one.
        whose: The plan's name, and the days that are looked at.
    """
    tiers = [_tiers(calc, whose) for calc in (now, draft)]
    found = [
        Crossing(*key, tiers[0][key].said, tiers[1][key].said)
        for key in tiers[0].keys() & tiers[1].keys()
        if tiers[0][key].reached != tiers[1][key].reached
    ]
    limits = [_limits(calc, whose) for calc in (now, draft)]
    both = {key[:2] for key in tiers[0]} & {key[:2] for key in tiers[1]}
    for key in limits[0].keys() | limits[1].keys():
        said = limits[0].get(key), limits[1].get(key)
        if said[0] != said[1] and key[:2] in both:
            found.append(Crossing(*key, said[0] or _FREE[key[2]], said[1] or _FREE[key[2]]))
    return tuple(sorted(found, key=lambda each: (each.rep_id, each.component, each.window)))


_HELD = {"gate": "a gate is closed", "cap": "held by a cap"}
_FREE = {"gates": "gates open", "caps": "below every cap"}


def _limits(calc: Calculation, whose: tuple[str, Period]) -> dict[_Key, str]:
    """For every rep and component whether a gate or a cap took something away within the days."""
    name, span = whose
    lines = calc.lines
    own = (lines["plan"] == name).to_numpy() & (integers(lines, "amount_cents") < 0)
    booked = integers(lines, "booked_on")
    own &= (booked >= day(span.start_on)) & (booked < day(span.end_on))
    found: dict[_Key, str] = {}
    for kind, said in _HELD.items():
        held = lines[own & (lines["kind"] == kind).to_numpy()][["rep_id", "component"]].drop_duplicates()
        for rep_id, component in zip(held["rep_id"].tolist(), held["component"].tolist(), strict=True):
            found[rep_id, component, f"{kind}s"] = said
    return found


def _tiers(calc: Calculation, whose: tuple[str, Period]) -> dict[_Key, _Stand]:
    """The tier that every rep of the plan has reached in every window that ends up within the days."""
    found: dict[_Key, _Stand] = {}
    first = 0
    for ready in calc.counted.ready:
        for position, measured in enumerate(ready.measures):
            place = _tested(ready.plan, position)
            if ready.plan.name == whose[0] and place is not None:
                found |= dict(_stands(calc, (ready.plan, measured, ready.measures[place]), first + place, whose[1]))
        first += len(ready.measures)
    return found


def _tested(plan: Plan, position: int) -> int | None:
    """The component whose credit chooses the tier; None where no window does."""
    table = plan.components[position].table
    if table is None or table.by == "deal":
        return None
    names = [each.name for each in plan.components]
    place = names.index(table.of) if table.of in names else position
    return None if plan.components[place].accumulate == "transaction" else place


def _stands(
    calc: Calculation, of: tuple[Plan, Measured, Measured], measure: int, span: Period
) -> Iterator[tuple[_Key, _Stand]]:
    plan, priced, tested = of
    trace, order = calc.trace, calc.counted.sorted.whole
    days = order.days[trace.at]
    own = (trace.measure == measure) & (trace.kind == KINDS.index("commission"))
    rows = np.flatnonzero(own & (days >= day(span.start_on)) & (days < day(span.end_on)))
    if not len(rows):
        return
    rep = calc.line_reps[rows]
    codes = tested.windows.codes(rep, days[rows])
    last = np.flatnonzero(np.append(np.diff(codes) != 0, True) & (codes >= 0))
    rep_ids = calc.counted.seats.rep_ids
    for at in last.tolist():
        after = int(trace.before[rows[at]] + trace.basis[rows[at]])
        window = _window(plan, tested, int(codes[at]), int(days[rows[at]]))
        key = (int(rep_ids[rep[at]]), priced.component.name, window)
        yield key, _stand(plan, priced, after, _quota(priced.component, tested, int(codes[at])))


def _quota(priced: Component, tested: Measured, code: int) -> int:
    """What a start of the table is multiplied with to be compared with credit."""
    if priced.priced_by.by != "attainment":
        return 1
    if tested.component.is_attainment:
        return MILLION
    return 0 if tested.windows.quota is None else int(tested.windows.quota[code])


def _stand(plan: Plan, measured: Measured, after: int, quota: int) -> _Stand:
    schedule, table = measured.schedule, measured.component.priced_by
    starts = schedule.starts[:1] if table.behaviour in _SMOOTH else schedule.starts
    reached = sum(after * schedule.axis_den >= start * quota for start in starts)
    numbers = counts_numbers(plan, measured.component)
    start = table.tiers[max(reached - 1, 0)].start
    said = f"{'from' if reached else 'below'} {words.bound(start, numbers=numbers)}"
    return _Stand(reached, said)


def _window(plan: Plan, tested: Measured, code: int, on: int) -> str:
    rows = tested.windows.rows
    if rows is not None:
        return plan.calendar.named(on_day(int(rows.start[code])), on_day(int(rows.end[code]))).label
    return _CALENDAR[tested.component.accumulate](plan.calendar, on_day(on)).label
