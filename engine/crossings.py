"""Who reaches a tier, step, gate or cap in one calculation and not in the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from engine import plan_words as words
from engine.calculation import KINDS
from engine.dates import day, on_day
from engine.figures import MILLION
from engine.plans.axes import counts_numbers
from engine.rates import is_strict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.calculation import Calculation
    from engine.dates import Period
    from engine.measures import Measured
    from engine.order import Ints, Rows
    from engine.plans.schema import Plan

_MOST_WINDOWS = 1 << 20
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
class _Place:
    """A component of a plan version and the one whose credit chooses its tier."""

    plan: Plan
    priced: Measured
    tested: Measured

    def window(self, code: int, on: int) -> str:
        """What the window with that code is called; `on` is a day in it."""
        rows = self.tested.windows.rows
        if rows is not None:
            return self.plan.calendar.named(on_day(int(rows.start[code])), on_day(int(rows.end[code]))).label
        found = self.plan.window(self.tested.component.accumulate, on_day(on))
        return "" if found is None else found.label

    def said(self, reached: int) -> str:
        """The last tier that is reached, in words."""
        numbers = counts_numbers(self.plan, self.priced.component)
        start = self.priced.component.priced_by.tiers[max(reached - 1, 0)].start
        table = self.priced.component.priced_by
        is_passed = table.has_to_be_passed(table.tiers[max(reached - 1, 0)])
        said = words.FROM["above" if is_passed else "at"] if reached else "below"
        return f"{said} {words.bound(start, numbers=numbers)}"


@dataclass(frozen=True, slots=True)
class _Stands:
    """How many tiers each rep has reached in each window of one component, as arrays; `key` rises."""

    place: _Place
    key: Ints  # the rep and the window
    rep_id: Ints
    reached: Rows
    code: Rows
    on: Rows

    def differing(self, other: _Stands) -> Iterator[Crossing]:
        """The reps who have reached another number of tiers on the other side."""
        _, mine, theirs = np.intersect1d(self.key, other.key, assume_unique=True, return_indices=True)
        differs = self.reached[mine] != other.reached[theirs]
        for one, two in zip(mine[differs].tolist(), theirs[differs].tolist(), strict=True):
            window = self.place.window(int(self.code[one]), int(self.on[one]))
            said = self.place.said(int(self.reached[one])), other.place.said(int(other.reached[two]))
            yield Crossing(int(self.rep_id[one]), self.place.priced.component.name, window, *said)


_Name = tuple[str, str, int]  # component, kind of window, first day of the plan version


def crossings(now: Calculation, draft: Calculation, whose: tuple[str, Period]) -> tuple[Crossing, ...]:
    """The edges of a plan's components that a rep has crossed on one side only, by rep, component and window.

    Args:
        now: One calculation.
        draft: The other one.
        whose: The plan's name, and the days that are looked at.
    """
    one, other = (_tiers(calc, whose) for calc in (now, draft))
    found = [each for name in one.keys() & other.keys() for each in one[name].differing(other[name])]
    limits = [_limits(calc, whose) for calc in (now, draft)]
    names = [{each.name for plan in calc.plans if plan.name == whose[0] for each in plan.components}
             for calc in (now, draft)]  # fmt: skip
    for key in limits[0] ^ limits[1]:
        rep_id, component, kind = key
        if all(component in each for each in names):
            said = [_HELD[kind] if key in side else _FREE[kind] for side in limits]
            found.append(Crossing(rep_id, component, f"{kind}s", *said))
    return tuple(sorted(found, key=lambda each: (each.rep_id, each.component, each.window)))


_HELD = {"gate": "a gate is closed", "cap": "held by a cap"}
_FREE = {"gate": "gates open", "cap": "below every cap"}


def _limits(calc: Calculation, whose: tuple[str, Period]) -> set[tuple[int, str, str]]:
    """The reps and components from whom a gate or a cap took something away within the days."""
    name, span = whose
    trace, rep_ids = calc.trace, calc.counted.seats.rep_ids
    days = calc.counted.sorted.whole.days[trace.at]
    inside = (days >= day(span.start_on)) & (days < day(span.end_on)) & (trace.amount < 0)
    flat = [(plan.name, each.name) for plan in calc.plans for each in plan.components]
    found = set()
    for kind in _HELD:
        rows = np.flatnonzero(inside & (trace.kind == KINDS.index(kind)))
        held = np.unique(np.stack([calc.line_reps[rows], trace.measure[rows]]), axis=1)
        for rep, measure in held.T.tolist():
            if flat[measure][0] == name:
                found.add((int(rep_ids[rep]), flat[measure][1], kind))
    return found


def _tiers(calc: Calculation, whose: tuple[str, Period]) -> dict[_Name, _Stands]:
    """The tiers that the reps of the plan have reached in every window that ends up within the days."""
    found: dict[_Name, _Stands] = {}
    first = 0
    for ready in calc.counted.ready:
        for position, measured in enumerate(ready.measures):
            tested = _tested(ready.plan, position)
            if ready.plan.name == whose[0] and tested is not None:
                place = _Place(ready.plan, measured, ready.measures[tested])
                windows = place.tested.windows
                name = measured.component.name, windows.kind, windows.origin
                found[name] = _stands(calc, place, first + tested, whose[1])
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


def _stands(calc: Calculation, place: _Place, measure: int, span: Period) -> _Stands:
    trace, windows = calc.trace, place.tested.windows
    days = calc.counted.sorted.whole.days[trace.at]
    own = (trace.measure == measure) & (trace.kind == KINDS.index("commission"))
    rows = np.flatnonzero(own & (days >= day(span.start_on)) & (days < day(span.end_on)))
    codes = windows.codes(calc.line_reps[rows], days[rows])
    last = np.append(np.diff(codes) != 0, True)[: len(codes)] & (codes >= 0)
    rows, codes = rows[last], codes[last]
    after = (trace.before[rows] + trace.basis[rows]).astype(object)  # exact, whatever the thresholds
    rep_ids = calc.counted.seats.rep_ids[calc.line_reps[rows]]
    numbers = codes % max(windows.count, 1) if windows.rows is None else windows.rows.start[codes]
    key = rep_ids * np.int64(_MOST_WINDOWS) + numbers
    return _Stands(place, key, rep_ids, _reached(place.priced, after, _quotas(place, codes)), codes, days[rows])


def _quotas(place: _Place, codes: Rows) -> Any:
    """What a start of the table is multiplied with to be compared with credit."""
    if place.priced.component.priced_by.by != "attainment":
        return 1
    if place.tested.component.is_attainment:
        return MILLION
    quota = place.tested.windows.quota
    return 0 if quota is None else quota[codes].astype(object)


def _reached(measured: Measured, after: Any, quota: Any) -> Rows:
    """How many tiers are reached; of a table without jumps only the first place from which it pays counts."""
    schedule, table = measured.schedule, measured.component.priced_by
    found = np.zeros(len(after), dtype=np.int64)
    for tier, start in enumerate(schedule.starts[:1] if table.behaviour in _SMOOTH else schedule.starts):
        found += (after * schedule.axis_den >= start * quota + is_strict(schedule, tier)).astype(np.int64)
    return found
