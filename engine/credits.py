"""Everything that is credited in one calculation: which deals and achievements, to whom, by which rules."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.achievements import Achieved, achieved
from engine.crediting import Seats, seats_of
from engine.dates import day
from engine.deals import won
from engine.frames import integers, named
from engine.kinds import Names, Told
from engine.measures import filters_of, kinds_of
from engine.rules import Asking, further, has_own_credits, rules_of, spoiled_shares
from engine.seating import placed
from engine.standing import figures_by
from engine.tallies import Tallies, names_rules

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

    from numpy.typing import NDArray

    from engine.deals import Deals
    from engine.exchange import Exchange
    from engine.frames import Facts
    from engine.kinds import Kinds
    from engine.measures import Ready
    from engine.order import Ints, Rows
    from engine.plans.schema import Plan
    from engine.problems import Problem
    from engine.seating import Part

    Codes = NDArray[np.signedinteger[Any]]

#: Problems of shares that only matter to rules which read them as percent.
_OF_PERCENT = ("split_share", "split_sum")


@dataclass(frozen=True, slots=True)
class Credited:
    """What is credited. `codes` has the kind of each deal, `held` the role class of whoever each credit is for.

    `beside` are those whom any plan credits by a rule of its own: the people of each rule.
    """

    facts: Facts
    plans: tuple[Plan, ...]
    told: Told
    kinds: Kinds
    codes: Codes | None
    held: Codes | None
    seats: Seats
    achieved: Achieved
    problems: tuple[Problem, ...]
    beside: tuple[Ints, ...] = ()

    @property
    def deals(self) -> Deals:
        """The deals, after the stand-ins of achievements."""
        return self.told.deals

    def kinds_of_credits(self) -> Codes | None:
        """The kind of each credit; None when there is only one."""
        return self.kinds.of_credits(self.codes, self.seats.deal, self.held)

    def amounts(self, plan: Plan, exchange: Exchange) -> tuple[Ints, NDArray[np.int8] | None]:
        """The amount of every deal in the plan's currency, and why it could not be converted."""
        deals, count = self.deals, len(self.achieved)
        found = exchange.into(plan.currency, (deals.amount, deals.currency), deals.booked, plan.rounding.mode)
        if found.fault is None or not count:
            return found.amount, found.fault
        fault = found.fault.copy()
        fault[:count] = 0  # what stands in for a deal has no amount
        return found.amount, fault

    def rules(self, number: int) -> Rows | None:
        """The rule of a plan that gives each credit, as in `engine.rules.rules_of`; None where it does not matter."""
        plan = self.plans[number]
        if not names_rules(plan) and (self.seats.plan_no is None or not self._meets_others(number)):
            return None
        asking = Asking(self.facts, self.plans, self.told, self.kinds, self.codes, self.seats, _NO_SHARES)
        return rules_of(number, plan, asking, self.seats)

    def _meets_others(self, number: int) -> bool:
        """Whether anybody who is ever on a plan is credited by rules that only this plan, or another one, has."""
        if has_own_credits(self.plans[number]):
            return True
        table = self.facts.table("assignments")
        labels = named(table, "plan")
        on_plan = integers(table, "rep_id")[labels.codes == labels.code(self.plans[number].name)]
        return any(np.isin(on_plan, people).any() for people in self.beside)

    def tallied(self, prepared: tuple[Ready, ...]) -> tuple[Ready, ...]:
        """The plans with what their components count where that is not the amount of every credit."""
        tallies = Tallies(self.told, self.seats, self.achieved)
        found = []
        for number, made in enumerate(prepared):
            axes = figures_by(made.plan, self.told, self.seats.deal)
            ruled = replace(made, rule_of=self.rules(number), axes=axes)
            own = tallies.of(number, ruled)
            found.append(replace(ruled, tallies=() if all(each is None for each in own) else own))
        return tuple(found)


def credited(
    facts: Facts, plans: tuple[Plan, ...], as_of: date, reps: Collection[int] | None, exchange: Exchange
) -> Credited:
    """The credits of all won deals and achievements in reach of the plans."""
    first = min((day(plan.effective.start_on) for plan in plans), default=0)
    last = min(max((day(plan.effective.end_on) - 1 for plan in plans), default=-1), day(as_of))
    deals, problems = won(facts.table("deals"), first, last)
    seats, faults = seats_of(deals, facts.table("splits"))
    wanted = None if reps is None else np.fromiter(reps, dtype=np.int64, count=len(reps))
    others = achieved(facts, plans, day(as_of), wanted)
    problems += others.problems
    if len(others):
        seats = _after(seats, len(others))
        deals = others.before(deals)
    told = Told(facts, deals, exchange)
    kinds, codes = kinds_of(plans, Names.of(told, [each for plan in plans for each in filters_of(plan)])).codes(told)
    problems += kinds.lacking(told, codes)
    parts: list[Part] = []
    if any(has_own_credits(plan) for plan in plans):
        in_percent = any(each.code in _OF_PERCENT for each in faults)
        spoiled = spoiled_shares(told, facts, seats) if in_percent else _NO_SHARES
        parts, more, excused = further(Asking(facts, plans, told, kinds, codes, seats, spoiled), wanted)
        problems += more
        free = set(excused.tolist())
        faults = [each for each in faults if each.code not in _OF_PERCENT or each.deal not in free]
    if len(others):
        parts += others.parts(plans, len(seats.deal) + sum(len(part.deal) for part in parts))
    seats = placed(seats, parts)
    held = None if kinds.roles == 1 else kinds.held(told, seats.rep_ids[seats.rep], deals.booked[seats.deal])
    problems += told.problems()
    beside = tuple(part.people for part in parts)
    return Credited(facts, plans, told, kinds, codes, held, seats, others, (*problems, *faults), beside)


def _after(seats: Seats, count: int) -> Seats:
    """The seats at deals that `count` stand-ins have been put before."""
    shared = None if seats.is_shared is None else np.concatenate([np.zeros(count, dtype=bool), seats.is_shared])
    return replace(seats, deal=(seats.deal + count).astype(np.int32), is_shared=shared)


_NOBODY: Ints = np.zeros(0, dtype=np.int64)
_NO_SHARES = (_NOBODY, _NOBODY, _NOBODY)
