"""Credit rules beyond owners and shares in percent: who else is credited, and with how much.

For every plan, in this order:

1. The deciding rule of a deal is the first rule to owner or splits that it meets. Where that rule counts points,
   gives everybody full credit, has shares by role, credits a part only or only some roles, its credits take the place
   of those in percent, in this plan.
2. Every rule to managers, role, team or territory that a deal meets gives further credits, one for each person and
   rule. Managers are credited with the sum of what the credited people below them are credited with, but with a deal
   that everybody is fully credited with only once; all others with the whole deal. Of each it is the rule's `share`.

Only people who are on the plan on the day of booking are credited by 2. A deal that nobody known owns credits nobody.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.crediting import WHOLE, Lot, split_table
from engine.dates import day
from engine.hierarchy import circular
from engine.measures import assigned_spans, credit_rules, paying_days
from engine.order import distinct, rises, sorted_rows, starts_of
from engine.overlays import members
from engine.role_shares import shared_by_role
from engine.seating import Part

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.crediting import Seats
    from engine.frames import Facts
    from engine.hierarchy import Ladder
    from engine.kinds import Kinds, Told
    from engine.order import Ints, Rows
    from engine.plans.schema import CreditRule, Plan
    from engine.problems import Problem

    Codes = NDArray[np.signedinteger[Any]]

FOREIGN, NO_RULE = -2, -1
FURTHER = ("managers", "role", "team", "territory")


def is_further(rule: CreditRule) -> bool:
    """Whether the rule credits people beside those who own or share the deal."""
    return rule.credits_whom in FURTHER


def is_own(rule: CreditRule) -> bool:
    """Whether the rule gives owners and sharers other credits than the data's shares in percent."""
    if is_further(rule):
        return False
    return bool(rule.by_role) or rule.shares != "percent" or rule.share != WHOLE or bool(rule.role)


def has_own_credits(plan: Plan) -> bool:
    """Whether any rule of the plan gives credits that other plans do not have."""
    return any(is_further(rule) or is_own(rule) for rule in plan.crediting)


@dataclass(frozen=True, slots=True)
class Asking:
    """What the rules of all plans go by; `spoiled` are shares of deals that do not sum to 100%: deal, rep, share."""

    facts: Facts
    plans: tuple[Plan, ...]
    told: Told
    kinds: Kinds
    codes: Codes | None
    seats: Seats
    spoiled: tuple[Rows, Ints, Ints]

    def kinds_of(self, deal: Rows, rep_id: Ints) -> Codes:
        """The kind of each credit."""
        held = self.kinds.held(self.told, rep_id, self.told.deals.booked[deal])
        found = self.kinds.of_credits(self.codes, deal, held)
        return np.zeros(len(deal), dtype=np.int16) if found is None else found

    def on_plan(self, plan: Plan, deal: Rows, rep_id: Ints) -> NDArray[np.bool_]:
        """Whether each person is on the plan, and this version of it pays, on the day of booking."""
        return is_on_plan(self.facts, self.plans, plan, (rep_id, self.told.deals.booked[deal]))

    def deciding(self, plan: Plan, deal: Rows, rep_id: Ints, is_shared: NDArray[np.bool_] | None) -> Rows:
        """The rule to owner or splits that decides about each credit, -1 where there is none."""
        whole, shared = credit_rules(plan, self.kinds)
        if (only := _only(whole, shared)) is not None:
            return np.full(len(deal), only, dtype=np.int32)
        kinds = self.kinds_of(deal, rep_id)
        if is_shared is None:
            return whole[kinds]
        return np.where(is_shared[deal], shared[kinds], whole[kinds])


def _only(whole: Rows, shared: Rows) -> int | None:
    """The rule that decides about deals of all kinds; None where there are several."""
    known = np.unique(np.concatenate([whole, shared]))
    return int(known[0]) if len(known) == 1 else None


def is_on_plan(facts: Facts, plans: tuple[Plan, ...], plan: Plan, asked: tuple[Ints, Rows]) -> NDArray[np.bool_]:
    """Whether each person is on the plan, and this version of it pays, on each day."""
    rep_id, days = asked
    return _on_plan((facts, plans), plan, distinct(rep_id), days)


def _on_plan(
    context: tuple[Facts, tuple[Plan, ...]], plan: Plan, who: tuple[Ints, Rows], days: Rows
) -> NDArray[np.bool_]:
    (facts, plans), (ids, rep) = context, who
    found = np.zeros(len(days), dtype=bool)
    if not len(found):
        return found
    first, last = int(days.min()), int(days.max())
    for since, until in assigned_spans(facts.table("assignments"), plan, ids):
        if int(since.max(initial=0)) <= first and last < int(until.min(initial=last + 1)):
            found[:] = True
            continue
        found |= (days >= since[rep]) & (days < until[rep])
    active = paying_days(plan, plans)
    if active is not None:
        found &= active[np.clip(days - day(plan.effective.start_on), 0, len(active) - 1)]
    return found


def spoiled_shares(told: Told, facts: Facts, seats: Seats) -> tuple[Rows, Ints, Ints]:
    """The shares of deals that nobody is credited with only because they do not sum to 100%."""
    row, rep_id, share = split_table(told.deals, facts.table("splits"))
    lost = np.ones(len(told.deals), dtype=bool)
    lost[seats.deal] = False
    lost[row[rep_id <= 0]] = False
    lost[row[1:][(row[1:] == row[:-1]) & (rep_id[1:] == rep_id[:-1])]] = False
    keep = lost[row]
    return row[keep], rep_id[keep], share[keep]


def rules_of(plan_no: int, plan: Plan, asking: Asking, seats: Seats) -> Rows:
    """Per credit of `seats` the rule of the plan that gives it; NO_RULE, or FOREIGN for a credit of other plans."""
    if seats.plan_no is None or seats.rule is None:
        return asking.deciding(plan, seats.deal, seats.rep_ids[seats.rep], seats.is_shared)
    own = [position for position, rule in enumerate(plan.crediting) if is_own(rule)]
    lookup = np.arange(len(plan.crediting) + 1, dtype=seats.rule.dtype)
    lookup[own] = FOREIGN
    lookup[-1] = NO_RULE
    only = _only(*credit_rules(plan, asking.kinds))
    if only is None:
        found = lookup[asking.deciding(plan, seats.deal, seats.rep_ids[seats.rep], seats.is_shared)]
    else:
        found = np.full(len(seats.deal), lookup[only], dtype=lookup.dtype)
    np.putmask(found, seats.plan_no >= 0, FOREIGN)
    np.copyto(found, seats.rule, where=seats.plan_no == plan_no)
    return found


def further(asking: Asking, wanted: Ints | None) -> tuple[list[Part], list[Problem], Ints]:
    """What the plans' own rules give (to `wanted`; None: all), problems, and deals whose shares may sum to anything.

    The last are the ids of deals whose shares no plan on which one of the sharers is reads as percent.
    """
    parts: list[Part] = []
    problems: list[Problem] = []
    deal, rep_id, _ = asking.spoiled
    taken, needed = (np.zeros(len(asking.told.deals), dtype=bool) for _ in range(2))
    is_shared = np.ones(len(taken), dtype=bool)
    offset = len(asking.seats.deal)
    for number, plan in enumerate(asking.plans):
        rule = asking.deciding(plan, deal, rep_id, is_shared)
        own = [place for place, each in enumerate(plan.crediting) if is_own(each) and each.takes_any_shares]
        mine = np.isin(rule, own)
        taken[deal[mine]] = True
        needed[deal[(rule >= 0) & ~mine & asking.on_plan(plan, deal, rep_id)]] = True
        if has_own_credits(plan):
            made = _PlanCredits(number, asking, wanted, offset)
            parts += made.parts
            problems += made.problems
            offset = made.offset
    return parts, problems, asking.told.deals.deal_id[taken & ~needed]


@dataclass(frozen=True, slots=True)
class _Sat:
    """Who is credited with which deal by the deciding rules: the position of each credit, and whether it is full.

    `rep` are positions in `people`, who rise.
    """

    at: Rows
    deal: Rows
    people: Ints
    rep: Rows
    is_full: NDArray[np.bool_]

    @classmethod
    def joined(cls, parts: list[_Sat]) -> _Sat:
        people, rep = distinct(np.concatenate([part.people[part.rep] for part in parts]))
        at, deal, is_full = (
            np.concatenate([getattr(part, name) for part in parts]) for name in ("at", "deal", "is_full")
        )
        return cls(at, deal, people, rep, is_full)

    def part(self, rows: Rows | NDArray[np.bool_]) -> _Sat:
        return _Sat(self.at[rows], self.deal[rows], self.people, self.rep[rows], self.is_full[rows])


class _PlanCredits:
    """The credits that the rules of one plan give beside those of the data."""

    def __init__(self, number: int, asking: Asking, wanted: Ints | None, offset: int) -> None:
        self.number, self.plan, self.asking, self.wanted = number, asking.plans[number], asking, wanted
        self.offset = offset
        self.parts: list[Part] = []
        self.problems: list[Problem] = []
        seats, count = asking.seats, len(asking.seats.deal)
        own = [position for position, rule in enumerate(self.plan.crediting) if is_own(rule)]
        at, is_full = np.arange(count, dtype=np.int32), np.zeros(count, dtype=bool)
        self._sat = _Sat(at, seats.deal, seats.rep_ids, seats.rep, is_full)
        if own:
            rules = asking.deciding(self.plan, seats.deal, seats.rep_ids[seats.rep], seats.is_shared)
            sat = [self._sat.part(np.flatnonzero(~np.isin(rules, own)))]
            sat += [self._own(position, np.flatnonzero(rules == position)) for position in own]
            self._sat = _Sat.joined(sat)
        for position, rule in enumerate(self.plan.crediting):
            if is_further(rule):
                self._further(position, rule)

    def _add(self, rule: int, deal: Rows, who: tuple[Ints, Rows], **lot: Any) -> slice:
        position = slice(self.offset, self.offset + len(deal))
        self.offset = position.stop
        if len(deal):
            self.parts.append(Part(self.number, rule, deal, *who, Lot(position, **lot)))
        return position

    def _own(self, position: int, rows: Rows) -> _Sat:
        """The credits of a deciding rule that are not the data's shares in percent."""
        rule, asking, seats = self.plan.crediting[position], self.asking, self.asking.seats
        deal, rep_id, share = seats.deal[rows], seats.rep_ids[seats.rep[rows]], seats.share_ppb()[rows]
        if rule.takes_any_shares:
            more = asking.spoiled
            shared = np.ones(len(asking.told.deals), dtype=bool)
            mine = asking.deciding(self.plan, more[0], more[1], shared) == position
            if rule.shares == "points":
                mine &= ~np.isin(more[0], more[0][more[2] <= 0])
            deal, rep_id, share = (
                np.concatenate([one, other[mine]]) for one, other in zip((deal, rep_id, share), more, strict=True)
            )
        order = np.lexsort([rep_id, deal])
        deal, rep_id, share = deal[order], rep_id[order], share[order]
        weights = None
        if rule.by_role:
            found = shared_by_role(rule, asking.told, deal, rep_id)
            deal, rep_id, weights = found.deal, found.rep_id, (starts_of(found.deal), found.weight)
            self.problems += found.problems(self.plan)
        elif rule.shares != "full":
            starts = starts_of(deal)
            common = np.gcd.reduceat(share, starts) if len(starts) else share
            weights = starts, share // np.repeat(common, np.diff(starts, append=len(deal)))
        if rule.role:
            holds = asking.told.placements.holds(rep_id, asking.told.deals.booked[deal], rule.role)
            rep_id = np.where(holds, rep_id, 0)
        who = distinct(rep_id)
        added = self._add(position, deal, who, share=rule.share, weights=weights)
        at = np.arange(added.start, added.stop, dtype=np.int32)
        return _Sat(at, deal, *who, np.full(len(at), rule.shares == "full")).part(rep_id > 0)

    def _further(self, position: int, rule: CreditRule) -> None:
        """The credits of a rule to managers, role, team or territory."""
        asking = self.asking
        grid = asking.kinds.meeting(rule.when)
        met: NDArray[np.bool_] = np.logical_or.reduce(grid.reshape(-1, asking.kinds.roles), axis=1)
        sat = self._sat
        if not met.all():
            of_deals = met[asking.codes] if asking.codes is not None else np.full(len(asking.told.deals), met[0])
            sat = sat.part(of_deals[sat.deal])
        if rule.credits_whom == "managers":
            self._managers(position, rule, sat, grid)
            return
        candidates = np.unique(asking.facts.assignments["rep_id"].to_numpy()) if self.wanted is None else self.wanted
        deals = np.zeros(len(asking.told.deals), dtype=bool)
        deals[sat.deal] = True
        found = members(rule, asking.told, np.flatnonzero(deals), candidates)
        keep = self._counts(rule, grid, found.deal, distinct(found.rep_id))
        self._add(position, found.deal[keep], distinct(found.rep_id[keep]), share=rule.share)

    def _managers(self, position: int, rule: CreditRule, sat: _Sat, grid: NDArray[np.bool_]) -> None:
        asking = self.asking
        days = asking.told.deals.booked.take(sat.deal)
        ladder = asking.told.placements.ladder((sat.people, sat.rep), days, rule.levels)
        looped = np.isin(ladder.place, ladder.looped) if len(ladder.looped) else ladder.looped
        self.problems += [circular(int(rep)) for rep in np.unique(sat.people[sat.rep[looped]])]
        ids, codes = distinct(np.concatenate([*ladder.levels, np.zeros(1, dtype=np.int64)]))
        if len(ids) == 1:
            return
        ids, codes = ids[1:], codes - np.int32(1)  # the first is nobody
        start, rep = _rungs(ladder, codes)
        sat = sat if start is None else sat.part(start)
        keep = self._counts(rule, grid, sat.deal, (ids, rep))
        if not keep.all():
            sat, rep = sat.part(keep), rep[keep]
        deals, begins = sat.deal, np.ones(len(rep), dtype=bool)
        rows, order = _unsorted(deals, rep)
        if len(rows):
            deals = deals.copy()
            deals[rows], rep[rows] = deals[order], rep[order]
        begins[1:] = (deals[1:] != deals[:-1]) | (rep[1:] != rep[:-1])
        place = np.cumsum(begins)
        place -= 1
        if len(rows):
            place[order] = place[rows]
        at = sat.at
        if sat.is_full.any():
            once = _once(sat.is_full, place)
            at, place = at[once], place[once]
        first = np.flatnonzero(begins)
        people, rep = distinct(rep.take(first))
        self._add(position, deals.take(first), (ids[people], rep), share=rule.share, sources=(_run(at), place))

    def _counts(
        self, rule: CreditRule, grid: NDArray[np.bool_], deal: Rows, who: tuple[Ints, Rows]
    ) -> NDArray[np.bool_]:
        """Which people the rule may credit with a deal: those on the plan, of its roles, who are asked for."""
        asking, (ids, rep) = self.asking, who
        keep = _on_plan((asking.facts, asking.plans), self.plan, who, asking.told.deals.booked.take(deal))
        if self.wanted is not None:
            keep &= np.isin(ids, self.wanted)[rep]
        if rule.role:
            keep &= asking.told.placements.holds(ids[rep], asking.told.deals.booked[deal], rule.role)
        if rule.when.role:
            keep &= grid[asking.kinds_of(deal, ids[rep])]
        return keep


def _run(at: Rows) -> Rows | slice:
    """The same positions, as a slice where they are neighbours."""
    if len(at) and int(at[-1]) - int(at[0]) + 1 == len(at) and rises(at):
        return slice(int(at[0]), int(at[-1]) + 1)
    return at


def _rungs(ladder: Ladder, codes: Rows) -> tuple[Rows | None, Rows]:
    """Who of those asked about has anybody above them, level by level, and the code of whom; None for all, once."""
    starts: list[Rows] = []
    above: list[Rows] = []
    if len(ladder.levels) == 1 and int(codes[:-1].min()) >= 0:  # a code of -1 is nobody
        return None, codes.take(ladder.place)
    for over in np.split(codes[:-1], len(ladder.levels)):
        each = over.take(ladder.place)
        start = np.flatnonzero(each >= 0)
        starts.append(start)
        above.append(each if len(start) == len(each) else each[start])
    return (starts[0], above[0]) if len(starts) == 1 else (np.concatenate(starts), np.concatenate(above))


def _unsorted(deal: Rows, rep: Rows) -> tuple[Rows, Rows]:
    """Which rows do not lie by deal, then person, and the rows that belong in their places."""
    if rises(deal):  # only deals with somebody out of place are sorted
        back = (deal[1:] == deal[:-1]) & (rep[1:] < rep[:-1])
        if not back.any():
            return np.zeros(0, dtype=np.intp), np.zeros(0, dtype=np.intp)
        is_mixed = np.zeros(int(deal[-1]) + 1, dtype=bool)
        is_mixed[deal[1:][back]] = True
        rows = np.flatnonzero(is_mixed[deal])
    else:
        rows = np.arange(len(deal))
    own, who = deal[rows], rep[rows]
    return rows, rows[sorted_rows([(own, int(own.max()) + 1), (who, int(who.max()) + 1)])]


def _once(is_full: NDArray[np.bool_], place: Ints) -> NDArray[np.bool_]:
    """Which credits count where everybody is fully credited with a deal: the first of those for one place."""
    found = np.ones(len(place), dtype=bool)
    full = np.flatnonzero(is_full)
    found[full] = False
    found[full[np.unique(place[full], return_index=True)[1]]] = True
    return found
