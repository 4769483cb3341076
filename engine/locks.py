"""Locked pay periods: what was locked is shown as it was, and whatever is found out later counts in the open period.

`facts.locks` are the locked periods of plans that pay so often, `facts.locked` the lines as they were locked; their
`for_on` is the first day of the period a line concerns, which for a correction of an earlier one is not its own.
Everything is still calculated from the facts; then, for each locked period, rep, plan, component and deal:

    difference = what is calculated now - what was locked - what later locked periods have corrected already

A difference becomes one `correction` line on the first open day after the period: `basis` is the change of credit,
`before` what had been paid, x the first day of the locked period, y what it comes to now. Corrections come after
draws and caps, so they are paid or taken in full.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.calculation import KINDS, Extras
from engine.dates import day, on_day
from engine.frames import integers, named
from engine.order import ordered

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

    import pandas as pd
    from numpy.typing import NDArray

    from engine.calculation import Calculation
    from engine.frames import Facts
    from engine.order import Ints, Rows

_COMMISSION = KINDS.index("commission")
_CORRECTION = KINDS.index("correction")


@dataclass(frozen=True, slots=True)
class _Lines:
    """Lines as arrays: whose, of which plan and component (codes), about which deal, for which period."""

    rep_id: Ints
    plan: Rows
    component: Rows
    deal_id: Ints
    for_on: Rows
    credit: Ints
    amount: Ints

    def take(self, rows: NDArray[Any]) -> _Lines:
        return _Lines(*(getattr(self, name)[rows] for name in self.__slots__))


@dataclass(frozen=True, slots=True)
class _Names:
    """Plans and components by name: versions of a plan share one code."""

    plans: tuple[str, ...]
    components: tuple[str, ...]


def kept(calc: Calculation, facts: Facts, as_of: date, reps: Collection[int] | None = None) -> Calculation:
    """The calculation with locked periods as they were locked, and later differences as corrections."""
    if not len(facts.table("locks")):
        return calc
    names = _names(calc, facts)
    periods = _Locked(facts.locks, calc)
    frozen = _frozen(facts.locked, names)
    if reps is not None:
        own = np.isin(frozen.rep_id, np.fromiter(reps, dtype=np.int64, count=len(reps)))
        frozen, table = frozen.take(own), facts.locked[own]
    else:
        table = facts.locked
    hidden, computed = _computed(calc, names, periods)
    beside = _beside(calc, names, periods)
    extras = [_without(calc.extras, beside[0]), _shown(calc, table, (frozen, names), as_of)]
    differences = _differences(_joined(computed, beside[1]), frozen)
    extras.append(_corrected(calc, differences, (names, periods), as_of))
    found = _as_stated(Extras.joined(extras), periods)
    return replace(calc, extras=found, hidden=hidden, locks=_spans(facts.locks))


def _as_stated(extras: Extras, periods: _Locked) -> Extras:
    """The extras with the lines of each locked period in the order in which it was stated, where it begins."""
    start = periods.starts(extras.plan_no, extras.days)
    locked = start >= 0
    on = np.where(locked, start, extras.days)
    known, number = np.where(locked, extras.y, 0), np.where(locked, extras.x, np.arange(len(extras)))
    order = ordered([extras.rep_id, on, (~locked).astype(np.int8), known, number])
    return Extras(**{name: getattr(extras, name)[order] for name in Extras.__slots__})


def _spans(locks: pd.DataFrame) -> tuple[tuple[str, int, int], ...]:
    pays = named(locks, "pays")
    names = [pays.names[code] for code in pays.codes.tolist()]
    return tuple(zip(names, integers(locks, "start_on").tolist(), integers(locks, "end_on").tolist(), strict=True))


class _Locked:
    """The locked periods of each plan version, by how often it pays."""

    def __init__(self, locks: pd.DataFrame, calc: Calculation) -> None:
        pays = named(locks, "pays")
        start, end = integers(locks, "start_on"), integers(locks, "end_on")
        self._spans: list[tuple[Ints, Ints]] = []
        for plan in calc.plans:
            own = np.flatnonzero(pays.codes == pays.code(plan.pays))
            own = own[np.argsort(start[own], kind="stable")]
            self._spans.append((start[own].astype(np.int64), end[own].astype(np.int64)))

    def starts(self, plan_no: Rows, days: Rows) -> Ints:
        """The first day of the locked period each line lies in, by its plan version; -1 where it is open."""
        found = np.full(len(days), -1, dtype=np.int64)
        for number, (start, end) in enumerate(self._spans):
            own = np.flatnonzero(plan_no == number)
            if len(start) and len(own):
                at = np.searchsorted(start, days[own], side="right") - 1
                inside = (at >= 0) & (days[own] < end[np.maximum(at, 0)])
                found[own[inside]] = start[at[inside]]
        return found

    def open_from(self, plan_no: int, start_on: int) -> int:
        """The first open day after the locked period that starts on a day."""
        starts, ends = self._spans[plan_no]
        at = int(np.searchsorted(starts, start_on))
        while at + 1 < len(starts) and starts[at + 1] <= ends[at]:
            at += 1
        return int(ends[at])


def _names(calc: Calculation, facts: Facts) -> _Names:
    plans = dict.fromkeys([plan.name for plan in calc.plans] + list(named(facts.locked, "plan").names))
    parts = [part.name for plan in calc.plans for part in plan.components]
    return _Names(tuple(plans), tuple(dict.fromkeys([*parts, *named(facts.locked, "component").names, ""])))


def _codes(names: tuple[str, ...], wanted: tuple[str, ...]) -> Rows:
    lookup = {name: number for number, name in enumerate(names)}
    return np.array([lookup[name] for name in wanted], dtype=np.int32)


def _frozen(table: pd.DataFrame, names: _Names) -> _Lines:
    plan, component = named(table, "plan"), named(table, "component")
    kind = named(table, "kind")
    is_commission = kind.codes == kind.code("commission")
    return _Lines(
        integers(table, "rep_id"),
        np.append(_codes(names.plans, plan.names), -1)[plan.codes],
        np.append(_codes(names.components, component.names), -1)[component.codes],
        integers(table, "deal_id"),
        integers(table, "for_on"),
        np.where(is_commission, integers(table, "basis_cents"), 0),
        integers(table, "amount_cents"),
    )


def _measures(calc: Calculation, names: _Names) -> tuple[Rows, Rows, Rows]:
    """Per component of all plans, and last for none: its plan version, its plan's code, its own code."""
    flat = [(number, part.name) for number, plan in enumerate(calc.plans) for part in plan.components]
    versions = np.array([number for number, _ in flat] + [-1], dtype=np.int32)
    parts = _codes(names.components, (*(name for _, name in flat), ""))
    return versions, _codes(names.plans, tuple(plan.name for plan in calc.plans)), parts


def _computed(calc: Calculation, names: _Names, periods: _Locked) -> tuple[NDArray[np.bool_], _Lines]:
    """Which lines of credits lie in locked periods, and those lines."""
    trace, counted = calc.trace, calc.counted
    versions, plans, parts = _measures(calc, names)
    plan_no = versions[trace.measure]
    start = periods.starts(plan_no, counted.sorted.whole.days[trace.at])
    rows = np.flatnonzero(start >= 0)
    deal = counted.seats.deal[counted.sorted.whole.credit[trace.at[rows]]]
    lines = _Lines(
        counted.seats.rep_ids[calc.line_reps[rows]],
        plans[plan_no[rows]],
        parts[trace.measure[rows]],
        counted.deals.deal_id[deal],
        start[rows],
        np.where(trace.kind[rows] == _COMMISSION, trace.basis[rows], 0),
        trace.amount[rows],
    )
    return start >= 0, lines


def _beside(calc: Calculation, names: _Names, periods: _Locked) -> tuple[NDArray[np.bool_], _Lines]:
    """Which extras lie in locked periods, and those extras as lines."""
    extras = calc.extras
    _, plans, parts = _measures(calc, names)
    start = periods.starts(extras.plan_no, extras.days)
    rows = np.flatnonzero(start >= 0)
    lines = _Lines(
        extras.rep_id[rows],
        plans[extras.plan_no[rows]],
        parts[extras.measure[rows]],
        extras.deal_id[rows],
        start[rows],
        np.zeros(len(rows), dtype=np.int64),
        extras.amount[rows],
    )
    return start >= 0, lines


def _without(extras: Extras, gone: NDArray[np.bool_]) -> Extras:
    return Extras(**{name: getattr(extras, name)[~gone] for name in Extras.__slots__})


def _joined(one: _Lines, other: _Lines) -> _Lines:
    both = (np.concatenate([getattr(one, name), getattr(other, name)]) for name in _Lines.__slots__)
    return _Lines(*both)


@dataclass(frozen=True, slots=True)
class _Differences:
    lines: _Lines  # one for each rep, plan, component, deal and locked period that differs; amount is the difference
    paid: Ints


def _differences(computed: _Lines, frozen: _Lines) -> _Differences:
    both = _joined(computed, frozen)
    sign = np.ones(len(both.amount), dtype=np.int64)
    sign[len(computed.amount) :] = -1
    keys = [both.deal_id, both.component, both.plan, both.for_on, both.rep_id]
    order = np.lexsort(keys)
    changes = np.zeros(len(order), dtype=bool)
    for key in keys:
        ranked = key[order]
        changes[1:] |= ranked[1:] != ranked[:-1]
    starts = np.concatenate([np.zeros(min(len(order), 1), dtype=np.int64), np.flatnonzero(changes)])
    if not len(starts):
        return _Differences(both, both.amount)
    amount = np.add.reduceat((both.amount * sign)[order], starts)
    credit = np.add.reduceat((both.credit * sign)[order], starts)
    paid = np.add.reduceat(np.where(sign < 0, both.amount, 0)[order], starts)
    differs = np.flatnonzero(amount)
    lines = both.take(order[starts[differs]])
    return _Differences(replace(lines, credit=credit[differs], amount=amount[differs]), paid[differs])


def _place(calc: Calculation, names: _Names, lines: _Lines, at: int) -> tuple[int, int]:
    """The plan version and component a line belongs to now: those of its plan's version for its period, if any."""
    plan_name, part = names.plans[lines.plan[at]], names.components[lines.component[at]]
    versions = [number for number, plan in enumerate(calc.plans) if plan.name == plan_name]
    on = on_day(int(lines.for_on[at]))
    covering = [number for number in versions if on in calc.plans[number].effective]
    for number in [*reversed(covering), *reversed(versions)]:
        first = sum(len(plan.components) for plan in calc.plans[:number])
        for offset, component in enumerate(calc.plans[number].components):
            if component.name == part:
                return number, first + offset
    return (covering or versions or [-1])[-1], -1


def _corrected(calc: Calculation, found: _Differences, context: tuple[_Names, _Locked], as_of: date) -> Extras:
    """One correction for each difference, on the first open day after its period, if that has come by `as_of`."""
    (names, periods), lines = context, found.lines
    groups, first, group = np.unique(
        np.stack([lines.plan, lines.component, lines.for_on], axis=1), axis=0, return_index=True, return_inverse=True
    )
    places = np.array([_place(calc, names, lines, int(at)) for at in first], dtype=np.int64).reshape(-1, 2)
    opens = [
        periods.open_from(int(number), int(key[2])) if number >= 0 else 0
        for key, number in zip(groups, places[:, 0], strict=True)
    ]
    plan_no, measure = places[group, 0], places[group, 1]
    days = np.array(opens, dtype=np.int64)[group]
    rows = np.flatnonzero((plan_no >= 0) & (days <= day(as_of)))
    taken, paid = lines.take(rows), found.paid[rows]
    return Extras(
        rep_id=taken.rep_id,
        plan_no=plan_no[rows],
        measure=measure[rows],
        kind=np.full(len(rows), _CORRECTION, dtype=np.int8),
        deal_id=taken.deal_id,
        days=days[rows],
        basis=taken.credit,
        before=paid,
        amount=taken.amount,
        x=taken.for_on.astype(np.int64),
        y=paid + taken.amount,
    )


def _shown(calc: Calculation, table: pd.DataFrame, frozen: tuple[_Lines, _Names], as_of: date) -> Extras:
    """The locked lines as they were: x is the line's number then, y the watermark of the facts at the lock."""
    lines, names = frozen
    on = integers(table, "on")
    kinds = named(table, "kind")
    known = {(plan, part): place for plan, part, place in _known(calc, names)}
    pairs = list(zip(lines.plan.tolist(), lines.component.tolist(), strict=True))
    numbers = np.array([known.get(pair, (-1, -1)) for pair in pairs], dtype=np.int64).reshape(-1, 2)
    rows = np.flatnonzero((on <= day(as_of)) & (numbers[:, 0] >= 0))
    codes = np.array([KINDS.index(name) for name in kinds.names], dtype=np.int8)
    return Extras(
        rep_id=lines.rep_id[rows],
        plan_no=numbers[rows, 0],
        measure=numbers[rows, 1],
        kind=codes[kinds.codes[rows]],
        deal_id=lines.deal_id[rows],
        days=on[rows],
        basis=integers(table, "basis_cents")[rows],
        before=integers(table, "before_cents")[rows],
        amount=lines.amount[rows],
        x=integers(table, "line_no")[rows],
        y=integers(table, "watermark")[rows],
    )


def _known(calc: Calculation, names: _Names) -> list[tuple[int, int, tuple[int, int]]]:
    """Every plan code and component code that the plans have, with the newest version and component number."""
    versions, plans, parts = _measures(calc, names)
    found = [
        (int(plans[number]), int(parts[measure]), (int(number), measure))
        for measure, number in enumerate(versions[:-1].tolist())
    ]
    none = int(parts[-1])
    return [*((int(plans[number]), none, (number, -1)) for number in range(len(calc.plans))), *found]
