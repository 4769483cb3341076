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

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.crediting import WHOLE, Lot, Seats, Shares, coded, split_table
from engine.dates import day
from engine.hierarchy import circular
from engine.measures import assigned_spans, credit_rules, paying_days
from engine.order import distinct, merged, narrow, rises, sorted_rows, starts_of
from engine.overlays import members
from engine.role_shares import shared_by_role

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.frames import Facts
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
    found = np.zeros(len(days), dtype=bool)
    if not len(found):
        return found
    ids, rep = distinct(rep_id)
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
class Part:
    """The credits of one rule, and the deal and person of each; `lot.position` still counts those made before."""

    plan_no: int
    rule: int
    deal: Rows
    rep_id: Ints
    lot: Lot


@dataclass(frozen=True, slots=True)
class _Sat:
    """Who is credited with which deal by the deciding rules: the position of each credit, and whether it is full."""

    at: Rows
    deal: Rows
    rep_id: Ints
    is_full: NDArray[np.bool_]

    def part(self, rows: Rows | NDArray[np.bool_]) -> _Sat:
        return _Sat(self.at[rows], self.deal[rows], self.rep_id[rows], self.is_full[rows])


class _PlanCredits:
    """The credits that the rules of one plan give beside those of the data."""

    def __init__(self, number: int, asking: Asking, wanted: Ints | None, offset: int) -> None:
        self.number, self.plan, self.asking, self.wanted = number, asking.plans[number], asking, wanted
        self.offset = offset
        self.parts: list[Part] = []
        self.problems: list[Problem] = []
        seats = asking.seats
        rep_id = seats.rep_ids[seats.rep]
        own = [position for position, rule in enumerate(self.plan.crediting) if is_own(rule)]
        rules = asking.deciding(self.plan, seats.deal, rep_id, seats.is_shared)
        self._sat = _Sat(np.arange(len(rules)), seats.deal, rep_id, np.zeros(len(rules), dtype=bool))
        if own:
            sat = [self._sat.part(np.flatnonzero(~np.isin(rules, own)))]
            sat += [self._own(position, np.flatnonzero(rules == position)) for position in own]
            self._sat = _Sat(*(np.concatenate([getattr(each, name) for each in sat]) for name in _Sat.__slots__))
        for position, rule in enumerate(self.plan.crediting):
            if is_further(rule):
                self._further(position, rule)

    def _add(self, rule: int, deal: Rows, rep_id: Ints, **lot: Any) -> Rows:
        position = self.offset + np.arange(len(deal))
        self.offset += len(deal)
        if len(deal):
            self.parts.append(Part(self.number, rule, deal, rep_id, Lot(position, **lot)))
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
        at = self._add(position, deal, rep_id, share=rule.share, weights=weights)
        known = rep_id > 0
        return _Sat(at, deal, rep_id, np.full(len(at), rule.shares == "full")).part(known)

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
        keep = self._counts(rule, grid, found.deal, found.rep_id)
        self._add(position, found.deal[keep], found.rep_id[keep], share=rule.share)

    def _managers(self, position: int, rule: CreditRule, sat: _Sat, grid: NDArray[np.bool_]) -> None:
        asking = self.asking
        days = asking.told.deals.booked[sat.deal]
        levels, looped = asking.told.placements.above(sat.rep_id, days, rule.levels)
        self.problems += [circular(int(rep)) for rep in np.unique(sat.rep_id[looped])]
        if not levels:
            return
        start = np.concatenate([level.start for level in levels])
        above = np.concatenate([level.rep_id for level in levels])
        keep = self._counts(rule, grid, sat.deal[start], above)
        if len(keep) < len(start):
            start, above = start[keep], above[keep]
        ids, rep = distinct(above)
        deals = sat.deal[start]
        order = sorted_rows([(deals, len(asking.told.deals)), (rep, max(len(ids), 1))])
        deals, rep = deals[order], rep[order]
        begins = np.ones(len(order), dtype=bool)
        begins[1:] = (deals[1:] != deals[:-1]) | (rep[1:] != rep[:-1])
        place = np.empty(len(order), dtype=np.int64)
        place[order] = np.cumsum(begins) - 1
        deal, rep_id = deals[begins], ids[rep[begins]]
        if sat.is_full.any():
            once = _once(sat.is_full[start], place)
            start, place = start[once], place[once]
        self._add(position, deal, rep_id, share=rule.share, sources=(sat.at[start], place))

    def _counts(self, rule: CreditRule, grid: NDArray[np.bool_], deal: Rows, rep_id: Ints) -> Rows:
        """Which people the rule may credit with a deal: those on the plan, of its roles, who are asked for."""
        asking = self.asking
        keep = asking.on_plan(self.plan, deal, rep_id)
        if self.wanted is not None:
            keep &= np.isin(rep_id, self.wanted)
        if rule.role:
            keep &= asking.told.placements.holds(rep_id, asking.told.deals.booked[deal], rule.role)
        if rule.when.role:
            keep &= grid[asking.kinds_of(deal, rep_id)]
        return np.flatnonzero(keep)


def _once(is_full: NDArray[np.bool_], place: Ints) -> NDArray[np.bool_]:
    """Which credits count where everybody is fully credited with a deal: the first of those for one place."""
    found = np.ones(len(place), dtype=bool)
    full = np.flatnonzero(is_full)
    found[full] = False
    found[full[np.unique(place[full], return_index=True)[1]]] = True
    return found


def placed(seats: Seats, parts: list[Part]) -> Seats:
    """All seats by deal: first those of owners and sharers, then those of plans and their rules, by rep."""
    count = len(seats.deal)
    if not parts:
        return seats
    rep_ids, before, more = coded(seats.rep_ids, np.concatenate([part.rep_id for part in parts]))
    ranked = sorted(range(len(parts)), key=lambda at: (parts[at].plan_no, parts[at].rule))
    places = _interleaved([seats.deal, *(parts[at].deal for at in ranked)])
    by_part = [places[0], *(places[1 + ranked.index(at)] for at in range(len(parts)))]
    where = np.concatenate(by_part)
    deal, rep = np.empty(len(where), dtype=np.int32), np.empty(len(where), dtype=np.int32)
    highest = max(max(part.plan_no, part.rule) for part in parts)
    plan_no, rule = (np.full(len(where), -1, dtype=narrow(highest + 1)) for _ in range(2))
    deal[by_part[0]], rep[by_part[0]], rep[where[count:]] = seats.deal, before[seats.rep], more
    for part, place in zip(parts, by_part[1:], strict=True):
        deal[place], plan_no[place], rule[place] = part.deal, part.plan_no, part.rule
    lots = []
    for part in parts:
        sources = part.lot.sources
        moved = None if sources is None else (where[sources[0]], sources[1])
        lots.append(replace(part.lot, position=where[part.lot.position], sources=moved))
    shares = Shares(where[seats.shares.position], seats.shares.starts, seats.shares.share)
    return Seats(deal, rep, rep_ids, shares, seats.is_shared, tuple(lots), plan_no, rule)


def _interleaved(parts: list[Rows]) -> list[Ints]:
    """Where the entries of each part stand when all are put together by deal, then by part."""
    orders = [None if rises(part) else np.argsort(part, kind="stable") for part in parts]
    size = max(int(part.max(initial=-1)) for part in parts) + 1
    found = merged([part if order is None else part[order] for part, order in zip(parts, orders, strict=True)], size)
    for place, order in zip(found, orders, strict=True):
        if order is not None:
            place[order] = place.copy()
    return found
