"""Whose facts decide what some reps are paid, and whose pay some reps' facts can change.

Both go by who was ever above whom, on a plan, or in a team, whatever the day: they may name people for whom nothing
changes, and never leave one out for whom something does. `people` and `assignments` are small, and are always loaded
whole; a deal is loaded with all of its shares if its owner or anybody who shares it is needed.

Two things are told apart. A credit rule reads the *deals* of others: a roll-up those of the levels below, an overlay
those of a team or of everybody. Overrides, level differences and pools read what others are *paid*, which in turn may
depend on others, and so on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.frames import integers, named
from engine.rules import is_further

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    import pandas as pd

    from engine.order import Ints
    from engine.plans.schema import CreditRule, Plan


def needed(
    plans: Sequence[Plan], people: pd.DataFrame, assignments: pd.DataFrame, reps: Collection[int]
) -> frozenset[int] | None:
    """Everybody whose facts must be loaded to calculate some reps exactly, themselves among them.

    `people` and `assignments` are the frames of `engine.frames`. None: everybody, whoever they are.
    """
    company = _Company(tuple(plans), people, assignments)
    results = _closed(_ids(reps), company.paid_on)
    facts = [results]
    for plan, own in company.on_plans(results):
        for rule in plan.crediting:
            read = company.read_by_rule(rule, own) if is_further(rule) else own
            if read is None:
                return None
            facts.append(read)
    return frozenset(np.unique(np.concatenate(facts)).tolist())


def affected(
    plans: Sequence[Plan], people: pd.DataFrame, assignments: pd.DataFrame, reps: Collection[int]
) -> frozenset[int]:
    """Everybody whose results may change when facts of some reps do, themselves among them."""
    company = _Company(tuple(plans), people, assignments)
    changed = _ids(reps)
    credited = [changed]
    for plan in company.plans:
        rules = [rule for rule in plan.crediting if is_further(rule)]
        on_plan = company.on_plan(plan.name)
        credited += [np.intersect1d(company.credited_by_rule(rule, changed), on_plan) for rule in rules]
    return frozenset(_closed(np.unique(np.concatenate(credited)), company.paid_for).tolist())


def _ids(reps: Collection[int]) -> Ints:
    return np.unique(np.fromiter(reps, dtype=np.int64, count=len(reps)))


def _closed(start: Ints, more: Callable[[Ints], list[Ints]]) -> Ints:
    """Everybody who is reached from `start` in any number of steps."""
    found, edge = start, start
    while len(edge):
        reached = np.unique(np.concatenate([np.zeros(0, dtype=np.int64), *more(edge)]))
        edge = np.setdiff1d(reached, found)
        found = np.union1d(found, edge)
    return found


@dataclass(frozen=True)
class _Company:
    """Plans, and who was ever where."""

    plans: tuple[Plan, ...]
    people: pd.DataFrame
    assignments: pd.DataFrame

    def on_plan(self, name: str) -> Ints:
        """Everybody who was ever on a plan."""
        labels = named(self.assignments, "plan")
        return np.unique(integers(self.assignments, "rep_id")[labels.codes == labels.code(name)])

    def on_plans(self, reps: Ints) -> Iterator[tuple[Plan, Ints]]:
        """Every plan with those of some reps who were ever on it."""
        for plan in self.plans:
            own = np.intersect1d(reps, self.on_plan(plan.name))
            if len(own):
                yield plan, own

    def paid_on(self, reps: Ints) -> list[Ints]:
        """Those on whose pay the pay of some reps goes by."""
        found = []
        for plan, own in self.on_plans(reps):
            for component in plan.components:
                if component.measure.team_commission is not None:
                    found.append(self.below(own, component.measure.team_commission.levels))
                if component.levels:
                    found.append(self.below(own, 0))
                if component.pool is not None:
                    found.append(self.on_plan(plan.name))
        return found

    def paid_for(self, reps: Ints) -> list[Ints]:
        """Those whose pay goes by the pay of some reps: the inverse of `paid_on`."""
        found = []
        for plan in self.plans:
            on_plan = self.on_plan(plan.name)
            for component in plan.components:
                if component.measure.team_commission is not None:
                    leaders = self.above(reps, component.measure.team_commission.levels)
                    found.append(np.intersect1d(leaders, on_plan))
                if component.levels:
                    found.append(np.intersect1d(self.above(reps, 0), on_plan))
                if component.pool is not None and len(np.intersect1d(reps, on_plan)):
                    found.append(on_plan)
        return found

    def read_by_rule(self, rule: CreditRule, own: Ints) -> Ints | None:
        """Whose deals a rule may credit to some reps; None: anybody's."""
        if rule.credits_whom == "managers":
            return self.below(own, rule.levels)
        if rule.credits_whom == "role":
            own = np.intersect1d(own, self.holders(rule.role))
            if not len(own):
                return own
        if rule.credits_whom == "team" or "team" in rule.same:
            return self.mates(own)
        return None

    def credited_by_rule(self, rule: CreditRule, reps: Ints) -> Ints:
        """Whom a rule may credit with the deals of some reps, if they are on its plan."""
        if rule.credits_whom == "managers":
            return self.above(reps, rule.levels)
        found = np.unique(integers(self.people, "rep_id"))
        if rule.credits_whom == "role":
            found = self.holders(rule.role)
        if rule.credits_whom == "team" or "team" in rule.same:
            found = np.intersect1d(found, self.mates(reps))
        return found

    def holders(self, roles: Collection[str]) -> Ints:
        """Everybody who ever had one of some roles or titles."""
        found = np.zeros(len(self.people), dtype=bool)
        for column in ("role", "title"):
            labels = named(self.people, column)
            found |= np.isin(labels.codes, [labels.code(role) for role in roles])
        return np.unique(integers(self.people, "rep_id")[found])

    def mates(self, reps: Ints) -> Ints:
        """Everybody who was ever in a team in which one of some reps ever was."""
        team, rep = named(self.people, "team").codes, integers(self.people, "rep_id")
        return np.unique(rep[np.isin(team, np.unique(team[np.isin(rep, reps)]))])

    def below(self, reps: Ints, levels: int) -> Ints:
        """Everybody who was ever up to so many levels below; 0: all."""
        return self._climbed(reps, levels, ("manager_id", "rep_id"))

    def above(self, reps: Ints, levels: int) -> Ints:
        """Everybody who was ever up to so many levels above; 0: all."""
        return self._climbed(reps, levels, ("rep_id", "manager_id"))

    def _climbed(self, reps: Ints, levels: int, columns: tuple[str, str]) -> Ints:
        start, end = (integers(self.people, column) for column in columns)
        found, edge, level = np.zeros(0, dtype=np.int64), reps, 0
        while len(edge) and (not levels or level < levels):
            reached = np.unique(end[np.isin(start, edge)])
            edge = np.setdiff1d(reached[reached > 0], found)
            found, level = np.union1d(found, edge), level + 1
        return found
