"""What a component pays on other than the rep's own credits, priced and made into lines beside those of credits."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from engine.calculation import KINDS, Credits, Extras
from engine.conditions import Asked, Priced, effects
from engine.dates import day
from engine.exchange import Exchange
from engine.gates import History
from engine.halves import moving
from engine.hierarchy import Placements
from engine.order import ordered, positions
from engine.problems import Problem
from engine.standing import incentive_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from engine.calculation import Calculation
    from engine.conditions import Conditions
    from engine.frames import Facts
    from engine.measures import Measured, Ready
    from engine.order import Ints, Rows
    from engine.plans.schema import Component, Plan


@dataclass(frozen=True)
class Company:
    """Everything that sharing reads: what reps were paid for their own credits, and who stands where."""

    calc: Calculation
    facts: Facts
    as_of: int

    @cached_property
    def placements(self) -> Placements:
        """Where people stand."""
        return Placements(self.facts.table("people"))

    @cached_property
    def exchange(self) -> Exchange:
        """The exchange rates."""
        return Exchange(self.facts.table("rates"))

    @property
    def rep_ids(self) -> Ints:
        """The ids of everybody who may be paid, rising."""
        return self.calc.counted.seats.rep_ids

    def slots(self) -> Iterator[Slot]:
        """Every component of every plan."""
        number = 0
        for plan_no, ready in enumerate(self.calc.counted.ready):
            for offset in range(len(ready.measures)):
                yield Slot(plan_no, ready, offset, number + offset)
            number += len(ready.measures)

    def rows(self, measure: int, kind: int = 0) -> Rows:
        """The rows of the trace with the lines of one component and kind: by rep, then day."""
        trace = self.calc.trace
        return np.flatnonzero((trace.measure == measure) & (trace.kind == kind))

    def history(self, measure: int) -> History:
        """What a component was credited with, as far as it counts for quota."""
        rows = self.rows(measure)
        own, basis = self.calc.counted.sorted.whole.part(self.calc.trace.at[rows]), self.calc.trace.basis[rows]
        slot = next(slot for slot in self.slots() if slot.number == measure)
        return History(own, moving(slot.ready, slot.measured, own.credit, basis))

    @cached_property
    def _keys(self) -> Ints:
        whole = self.calc.counted.sorted.whole
        keys: Ints = (whole.rep.astype(np.int64) << 32) + whole.days
        return keys

    def deal_ids(self, credit: Rows) -> Ints:
        """The deal of each credit; 0 where it is of none."""
        counted = self.calc.counted
        found: Ints = np.maximum(counted.deals.deal_id[counted.seats.deal[credit]], 0)
        return found

    def clashes(self, days: Rows) -> list[Problem]:
        """The problems of people who have two placements on one of the days between the first and the last."""
        return self.placements.clashes(int(days.min()), int(days.max())) if len(days) else []

    def placed(self, rep: Rows, days: Rows) -> Credits:
        """Reps and days as if they were credits, after all credits of that rep up to that day."""
        at = np.searchsorted(self._keys, (rep.astype(np.int64) << 32) + days, side="right") - 1
        return Credits(at, np.zeros(len(rep), dtype=np.int64), rep, days)


@dataclass(frozen=True, slots=True)
class Slot:
    """One component among all: its plan, its position there, and its number over all plans."""

    plan_no: int
    ready: Ready
    offset: int
    number: int

    @property
    def plan(self) -> Plan:
        """Its plan."""
        return self.ready.plan

    @property
    def measured(self) -> Measured:
        """The component, ready for pricing."""
        return self.ready.measures[self.offset]

    @property
    def component(self) -> Component:
        """The component."""
        return self.measured.component

    @property
    def conditions(self) -> Conditions | None:
        """Its gates, multipliers and caps."""
        return self.ready.conditions[self.offset]

    def pays(self, rep: Rows, days: Rows) -> NDArray[np.bool_]:
        """Whether each rep is on the plan on each day, while this version of it pays."""
        found = np.zeros(len(rep), dtype=bool)
        for since, until in self.ready.spans:
            found |= (days >= since[rep]) & (days < until[rep])
        plan = self.plan.effective
        found &= (days >= day(plan.start_on)) & (days < day(plan.end_on))
        if self.ready.active is not None:
            found &= self.ready.active[np.clip(days - day(plan.start_on), 0, len(self.ready.active) - 1)]
        return found

    def paying(self, company: Company, rep_id: Ints, days: Rows) -> tuple[Rows, NDArray[np.bool_]]:
        """The position of each person in the company's rep ids, and whether the plan pays them on each day."""
        rep, known = positions(rep_id, company.rep_ids)
        if not len(company.rep_ids):
            return rep, known
        return rep, known & self.pays(rep, days)


@dataclass(frozen=True, slots=True)
class Side:
    """What is to be paid, by rep and day: the deal that it is for, what counts, and what explains it."""

    rep: Rows
    days: Rows
    deal_id: Ints
    basis: Ints
    x: Ints
    y: Ints

    def part(self, rows: Rows | NDArray[np.bool_]) -> Side:
        """Some of it, in that order."""
        return Side(self.rep[rows], self.days[rows], self.deal_id[rows], self.basis[rows], self.x[rows], self.y[rows])

    def sorted(self) -> Side:
        """By rep, day and deal, then by what explains it."""
        return self.part(ordered([self.rep, self.days, self.deal_id, self.x, self.y, self.basis]))


def lines_of(
    company: Company, slot: Slot, side: Side, priced: tuple[Ints, Ints], kind: str
) -> tuple[Extras, list[Problem]]:
    """The lines of a component: of its own kind, and one for each of its conditions that changes one.

    `priced` is what had accumulated before each, and what each pays. Lines of 0 are left out.
    """
    before, amount = priced
    found, problems = [extras_of(company, slot, side, (before, amount), kind)], list[Problem]()
    made = slot.conditions
    if made is not None and len(amount):
        wanted = company.placed(side.rep, side.days)
        codes = slot.measured.windows.codes(side.rep, side.days)
        first = slot.number - slot.offset
        histories = {tested: company.history(first + tested) for tested in made.tests}
        asked = Asked(histories, company.as_of, company.rep_ids, problems)
        nothing = np.zeros_like(amount)
        incentive = incentive_of(slot.ready, slot.offset, codes)
        priced_ = Priced(wanted, codes, None, np.sign(side.basis), side.basis, amount, incentive)
        for number, change in effects(made, priced_, asked):
            after = Side(side.rep, side.days, side.deal_id, nothing, side.x, side.y)
            found.append(extras_of(company, slot, after, (before + side.basis, change), KINDS[number]))
    return Extras.joined(found), problems


def extras_of(company: Company, slot: Slot, side: Side, priced: tuple[Ints, Ints], kind: str) -> Extras:
    """The lines of one kind; those of 0 are left out."""
    before, amount = priced
    rows = np.flatnonzero(amount)
    count = len(rows)
    return Extras(
        rep_id=company.rep_ids[side.rep[rows]],
        plan_no=np.full(count, slot.plan_no, dtype=np.int32),
        measure=np.full(count, slot.number, dtype=np.int32),
        kind=np.full(count, KINDS.index(kind), dtype=np.int8),
        deal_id=side.deal_id[rows],
        days=side.days[rows].astype(np.int32),
        basis=side.basis[rows],
        before=before[rows],
        amount=amount[rows],
        x=side.x[rows],
        y=side.y[rows],
    )
