"""Overrides on commissions: a component whose measure is what the people below were paid.

What counts is the net of each of their lines after gates, multipliers, minimums and caps, in the plan's currency at
the rate of the day; by who was above whom on the day of the deal. It is priced as credit is, in windows and by tiers,
in the order of day, deal and rep.

The override of a manager is commission, too: it counts for whoever is above him, if `levels`, `plans` and
`components` reach it. With more than one level it counts only where `components` names it, because what it is paid
on counts already. So managers are worked out from below, in rounds that end when nothing changes any more. If
they do not end, because people were each other's managers at different times and their pay depends on each other's,
that is a Problem and no override is paid.

Lines of kind `override`: x is the id of the rep below, y the number of the component over all plans that paid him.
There is one for each month, rep and component, on the last day on which he was paid, or more where managers, plans or
quotas change within a month; where the override itself looks at single deals, there is one for each deal.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np

from engine.beside import Side, lines_of
from engine.calculation import KINDS, NO_EXTRAS, Extras, Unpaid
from engine.dates import WINDOWS, day
from engine.frames import Named
from engine.hierarchy import circular
from engine.order import AT_ONCE, among, passed, starts_of
from engine.pricing import QuotaFault
from engine.problems import Problem
from engine.shortfalls import problems_of
from engine.standing import standing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from engine.beside import Company, Slot
    from engine.order import Ints, Rows

_MOST_ROUNDS = 50
_COMMISSIONS = [
    KINDS.index(kind)
    for kind in ("override", "difference", "pool", "gate", "multiplier", "minimum", "deduction", "cap")
]


@dataclass(frozen=True, slots=True)
class Below:
    """What people were paid, line by line: `plan_no` and `measure` say by what."""

    rep_id: Ints
    days: Rows
    deal_id: Ints
    plan_no: Rows
    measure: Ints
    amount: Ints

    def part(self, rows: Rows) -> Below:
        """Some of it, in that order."""
        return Below(*(getattr(self, each.name)[rows] for each in fields(self)))


def overrides(company: Company, slots: Sequence[Slot], extras: Extras) -> tuple[Extras, list[Problem]]:
    """The lines of all overrides on commissions; `extras` are the commissions beside those of credits."""
    edges = _edges(company, slots)
    wanted = np.logical_or.reduce([_counts(company, slot) for slot in slots])
    base = {
        looks: _base(company, extras, (wanted, None if looks else edges))
        for looks in {_looks_at_deals(slot) for slot in slots}
    }
    found, problems = NO_EXTRAS, list[Problem]()
    for _ in range(_MOST_ROUNDS):
        more = _beside(found)
        made = [_override(company, slot, _joined([base[_looks_at_deals(slot)], more])) for slot in slots]
        again, problems = Extras.joined([lines for lines, _ in made]), [each for _, faults in made for each in faults]
        if _same(again, found) or not any(wanted[slot.number] for slot in slots):  # no override counts another
            return again, problems
        found = again
    return NO_EXTRAS, [*problems, _endless(slots)]


def _looks_at_deals(slot: Slot) -> bool:
    """Whether anything about the component asks about single deals."""
    component = slot.component
    least, cap = (component.deduct.per_deal, component.minimum.per_deal), component.cap
    limits = (*least, cap.per_deal, cap.pay_per_deal, component.clawback)
    reached = any(gate.judged == "as_reached" for gate in component.gates)
    return (
        component.accumulate == "transaction"
        or bool(component.release)
        or reached
        or any(limit is not None for limit in limits)
    )


def _edges(company: Company, slots: Sequence[Slot]) -> Ints:
    """The days on which anything that matters to an override may change: months, quotas, managers and assignments.

    Between two of them commissions may be taken together. Where plans differ in currency, every day has a rate.
    """
    calc = company.calc
    if len({plan.currency for plan in calc.plans}) > 1:
        days = calc.counted.sorted.whole.days
        return np.arange(int(days.min(initial=0)), int(days.max(initial=0)) + 1)
    found: list[Rows] = [company.placements.start, company.placements.end]
    for slot in slots:
        plan, rows = slot.plan, slot.measured.windows.rows
        kinds = {"month", plan.pay_window, plan.window_kind(slot.component.accumulate)}
        for kind in kinds.intersection(WINDOWS):
            edges = plan.calendar.edges(kind, plan.effective.end_on)
            found.append(np.array([day(edge) for edge in edges]))
        found += [side for span in slot.ready.spans for side in span]
        found += [] if rows is None else [rows.start, rows.end]
        found += [np.array([day(each.effective.start_on), day(each.effective.end_on)]) for each in calc.plans]
    return np.unique(np.concatenate(found)).astype(np.int64)


def _base(company: Company, extras: Extras, of: tuple[NDArray[np.bool_], Ints | None]) -> Below:
    found = _joined([_credited(company, *of), _beside(extras)])
    return found.part(np.flatnonzero(found.amount))


def _credited(company: Company, wanted: NDArray[np.bool_], edges: Ints | None) -> Below:
    """What `wanted` components paid everybody for credits of their own, by deal or by stretch between edges."""
    calc, trace = company.calc, company.calc.trace
    whole = calc.counted.sorted.whole
    rows = np.flatnonzero(among(trace.measure, np.flatnonzero(wanted).tolist()))
    changed, several = np.ones(len(rows), dtype=bool), int(wanted.sum()) > 1
    for low in range(0, len(rows), AT_ONCE):
        some = rows[max(low - 1, 0) : low + AT_ONCE]  # with the one before
        at, begun = trace.at.take(some), np.zeros(max(len(some) - 1, 0), dtype=bool)
        what = at if edges is None else passed(edges, whole.days.take(at))
        measures = (trace.measure.take(some),) if several else ()
        for each in (what, *measures, whole.rep.take(at)):
            begun |= each[1:] != each[:-1]
        changed[low + 1 - min(low, 1) : low + AT_ONCE] = begun
    starts = np.flatnonzero(changed)
    last = rows[np.append(starts[1:], len(rows))[: len(starts)] - 1]
    net = _between(trace.amount, rows[starts], last + 1)
    own, measure = whole.part(trace.at[last]), trace.measure[last].astype(np.int64)
    plan_of = np.array([slot.plan_no for slot in company.slots()], dtype=np.int64)
    deal_id = company.deal_ids(own.credit) if edges is None else np.zeros(len(last), dtype=np.int64)
    return Below(company.rep_ids[own.rep], own.days.astype(np.int64), deal_id, plan_of[measure], measure, net)


def _between(values: Ints, first: Rows, end: Rows) -> Ints:
    """The sums of some stretches of values, [first, end): none is empty, none begins before the last one ends."""
    edges = np.stack([first, end], axis=1).ravel()
    if len(edges) and int(edges[-1]) == len(values):
        edges = edges[:-1]
    found: Ints = np.add.reduceat(values, edges)[::2] if len(edges) else values[:0]
    return found


def _beside(extras: Extras) -> Below:
    rows = np.flatnonzero(np.isin(extras.kind, _COMMISSIONS))
    names = ("rep_id", "days", "deal_id", "plan_no", "measure", "amount")
    return Below(*(getattr(extras, name)[rows].astype(np.int64) for name in names))


def _joined(parts: Sequence[Below]) -> Below:
    return Below(*(np.concatenate([getattr(part, each.name) for part in parts]) for each in fields(Below)))


def _same(one: Extras, other: Extras) -> bool:
    return all(np.array_equal(getattr(one, each.name), getattr(other, each.name)) for each in fields(one))


def _override(company: Company, slot: Slot, below: Below) -> tuple[Extras, list[Problem]]:
    """The lines of one component that pays on the commissions of others."""
    below, problems = _converted(company, slot, _counted(company, slot, below))
    side, faults = _climbed(company, slot, below)
    side, more = _with_quota(company, slot, side.sorted())
    problems += faults + more
    basis = side.basis
    if slot.measured.per_deal is not None:
        basis = np.clip(basis, -slot.measured.per_deal, slot.measured.per_deal)
        side = Side(side.rep, side.days, side.deal_id, basis, side.x, side.y)
    codes = slot.measured.windows.codes(side.rep, side.days)
    at = standing(slot.measured, basis, codes, None)
    alone = slot.component.accumulate == "transaction"
    amount = slot.measured.schedule.singly(at) if alone else slot.measured.schedule.amounts(at)
    before = np.zeros_like(basis) if alone else at.after - basis
    lines, conditions = lines_of(company, slot, side, (before, amount), "override")
    return lines, problems + conditions


def _counted(company: Company, slot: Slot, below: Below) -> Below:
    """What the component counts, by plan and component; a plan of another currency may still be converted."""
    return below.part(np.flatnonzero(_counts(company, slot)[below.measure]))


def _counts(company: Company, slot: Slot) -> NDArray[np.bool_]:
    """Which components' commissions the component counts."""
    asked = slot.component.measure.team_commission
    counts = [
        asked is not None
        and (not asked.plans or other.plan.name in asked.plans)
        and (not asked.components or other.component.name in asked.components)
        for other in company.slots()
    ]
    found = np.array(counts, dtype=bool)
    if asked is not None and asked.levels != 1 and not asked.components:
        found &= [other.component.measure.team_commission is None for other in company.slots()]
    return found


def _converted(company: Company, slot: Slot, below: Below) -> tuple[Below, list[Problem]]:
    """Commissions in the currency of the plan. Without a rate they are left out, which is a problem."""
    plan, plans = slot.plan, company.calc.plans
    if all(other.currency == plan.currency for other in plans):
        return below, []
    names = tuple(sorted({other.currency for other in plans}))
    codes = np.array([names.index(other.currency) for other in plans], dtype=np.int64)[below.plan_no]
    money = (below.amount, Named(codes, names))
    into = company.exchange.into(plan.currency, money, below.days, plan.rounding.mode)
    found = Below(below.rep_id, below.days, below.deal_id, below.plan_no, below.measure, into.amount)
    if into.fault is None:
        return found, []
    lost = np.flatnonzero(into.fault)
    problems = [
        Problem(
            "fx_rate_missing",
            f"There is no single exchange rate from {names[code]} to {plan.currency}, so no override is paid on it.",
            "Load one exchange rate for that day.",
            f"{plan.name} / {slot.component.name}",
            int(rep_id),
            found=names[code],
        )
        for rep_id, code in sorted({*zip(below.rep_id[lost].tolist(), codes[lost].tolist(), strict=True)})
    ]
    return found.part(np.flatnonzero(into.fault == 0)), problems


def _climbed(company: Company, slot: Slot, below: Below) -> tuple[Side, list[Problem]]:
    """For everybody above, on the plan and within the levels, what was paid below."""
    asked = slot.component.measure.team_commission
    levels = 1 if asked is None else asked.levels
    steps, in_circle = company.placements.above(below.rep_id, below.days, levels)
    problems = company.clashes(below.days) + [circular(int(rep)) for rep in np.unique(below.rep_id[in_circle])]
    sides = [_nobody()]
    for step in steps:
        rep, pays = slot.paying(company, step.rep_id, below.days[step.start])
        own = below.part(step.start[pays])
        sides.append(Side(rep[pays], own.days, own.deal_id, own.amount, own.rep_id, own.measure))
    return Side(*(np.concatenate([getattr(side, name) for side in sides]) for name in Side.__slots__)), problems


def _nobody() -> Side:
    return Side(*(np.zeros(0, dtype=np.int64) for _ in Side.__slots__))


def _with_quota(company: Company, slot: Slot, side: Side) -> tuple[Side, list[Problem]]:
    """Without what falls into windows whose quota cannot be used, which is a problem."""
    windows = slot.measured.windows
    codes = windows.codes(side.rep, side.days)
    fault = windows.faults(codes)
    if fault is None:
        return side, []
    bad = np.flatnonzero(fault)
    first = np.union1d(starts_of(codes[bad]), starts_of(side.rep[bad]))
    faults = [
        QuotaFault(int(fault[at]), slot.plan_no, slot.number, int(side.rep[at]), int(side.days[at]))
        for at in bad[first]
    ]
    nothing = Unpaid(*(np.zeros(0, dtype=np.int64) for _ in range(4)))
    return side.part(fault == 0), problems_of(company.calc.counted, nothing, faults)


def _endless(slots: Sequence[Slot]) -> Problem:
    return Problem(
        "override_circle",
        "People who were above each other at different times are paid on each other's overrides, so none is paid.",
        "Name in `components` the commissions that count, without the overrides themselves.",
        ", ".join(f"{slot.plan.name} / {slot.component.name}" for slot in slots),
    )
