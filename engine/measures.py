"""Plans made ready for pricing: per kind of deal a lookup instead of a condition, per table whole numbers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.conditions import Conditions, conditions_of
from engine.dates import day
from engine.frames import integers, named
from engine.kinds import Kinds, Names
from engine.order import positions, sorted_rows, starts_of
from engine.payload import Payload
from engine.plans.axes import measured_by
from engine.quota_rules import quotas_of
from engine.quotas import Windows, windows
from engine.schedules import pricer, rules_of
from engine.standing import openings
from engine.targets import targets

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.curves import Curve
    from engine.exchange import Exchange
    from engine.figures import Figure
    from engine.frames import Facts, Frame
    from engine.order import Ints, Rows
    from engine.plans.filters import Filter, RateRule
    from engine.plans.schema import Component, Plan
    from engine.rates import Schedule
    from engine.tallies import Tally

NOT_COUNTED, UNPRICED = -1, -2
_NOTHING = Payload(np.zeros(0, dtype=np.int64), None, 0, 0)


@dataclass(frozen=True, slots=True)
class Measured:
    """One component, ready: which deals it counts, at which rates, in which windows, up to which caps.

    `slot` says per kind of deal: NOT_COUNTED, UNPRICED (counted, but no rate is meant for it) or its rate group; None
    when every deal counts at one set of rates.
    """

    component: Component
    slot: NDArray[np.int32] | None
    counts_all: bool  # no deal is NOT_COUNTED or UNPRICED
    schedule: Schedule | Curve
    windows: Windows
    per_deal: int | None
    target: Ints | None  # per window, in parts of a minor unit
    opening: Ints | None  # per window, where any began with credit
    axis_windows: Windows | None = None  # those of the component that chooses the tier, with their quota

    @property
    def is_unbounded(self) -> bool:
        """Whether what it pays may be out of all proportion to its credit."""
        component, tiers = self.component, self.component.priced_by.tiers
        return component.has_target or component.measure.is_number or any(not (t.rate or t.rates) for t in tiers)

    @property
    def goes_by_other(self) -> bool:
        """Whether the credit of another component chooses the tier."""
        table = self.component.priced_by
        return bool(table.of) and table.by != "deal"


@dataclass(frozen=True, slots=True)
class Ready:
    """One plan, ready. `spans` say from when until when each rep is assigned; None: everybody, throughout."""

    plan: Plan
    codes: NDArray[np.signedinteger[Any]] | None  # the kind of each deal; the same for all plans
    rules: tuple[NDArray[np.int32], NDArray[np.int32]]  # per kind: the credit rule of a whole deal, of a shared one
    spans: tuple[tuple[Rows, Rows], ...]
    active: NDArray[np.bool_] | None  # per day of the plan: whether this version pays; None: always
    measures: tuple[Measured, ...]
    conditions: tuple[Conditions | None, ...]
    payload: Payload  # per credit its amount in the plan's currency, and its kind
    fault: NDArray[np.int8] | None  # per deal: why it could not be converted
    rule_of: Rows | None = None  # per credit, as in engine.rules.rules_of; None where only kind and sharing decide
    tallies: tuple[Tally | None, ...] = ()  # what components count where that is not the amount; () for none
    axes: tuple[Figure | None, ...] = ()  # per component the figure of each credit's deal that chooses its tier
    of_credits: NDArray[np.signedinteger[Any]] | None = None  # the kind of each credit, where roles matter

    def kinds(self, credit: Rows, deal: Rows) -> Rows | None:
        """The kinds of some credits, of some deals; None when there is only one."""
        if self.of_credits is not None:
            return self.of_credits[credit]
        return None if self.codes is None else self.codes[deal]

    @property
    def in_order(self) -> tuple[tuple[int, Measured], ...]:
        """The components with their positions, those whose tier another one chooses after the others."""
        return tuple(sorted(enumerate(self.measures), key=lambda each: (each[1].goes_by_other, each[0])))

    def tally(self, position: int) -> Tally | None:
        """What the component at a position counts, None for the amount of every credit."""
        return self.tallies[position] if self.tallies else None


def filters_of(plan: Plan) -> list[Filter]:
    """Every filter that the plan has."""
    found: list[Filter] = [rule.when for rule in plan.crediting]
    for component in plan.components:
        found += [component.measure.where, component.measure.excluding]
        found += [each.when for each in component.multipliers]
        found += [rule for rules in rules_of(component) for rule in rules]
    return found


@dataclass(frozen=True, slots=True)
class Compiled:
    """What of a plan can be made ready before any deal is seen, given the names that deals may carry."""

    rules: tuple[NDArray[np.int32], NDArray[np.int32]]
    slots: tuple[NDArray[np.int32], ...]
    pricers: tuple[Schedule | Curve, ...]


@lru_cache(maxsize=256)
def kinds_of(plans: tuple[Plan, ...], names: Names) -> Kinds:
    """The kinds of deals that some plans tell apart."""
    return Kinds(names, [each for plan in plans for each in filters_of(plan)])


@lru_cache(maxsize=256)
def compiled(plan: Plan, kinds: Kinds) -> Compiled:
    """The plan compiled; remembered, because a rep's question is answered by many small calculations of few plans."""
    priced = [_slots(component, kinds) for component in plan.components]
    pricers = tuple(
        pricer(plan, component, groups) for component, (_, groups) in zip(plan.components, priced, strict=True)
    )
    return Compiled(credit_rules(plan, kinds), tuple(slot for slot, _ in priced), pricers)


def measured(plan: Plan, number: int, made: Compiled, context: tuple[Facts, Exchange, Ints]) -> Measured:
    """The plan's component at position `number`, made ready for the reps of `context`."""
    facts, exchange, rep_ids = context
    component, slot = plan.components[number], made.slots[number]
    rows = None
    if component.reads_quota:
        rows = quotas_of(facts, component.quota, rep_ids, plan, exchange)
    spans, target = windows(plan, component.accumulate, rows, len(rep_ids)), None
    if component.has_target:
        target, spans = targets(plan, component, spans, context)
    cap = component.cap
    return Measured(
        component,
        slot if slot.any() else None,
        bool(slot.min(initial=0) >= 0),
        made.pricers[number],
        spans,
        None if cap.per_deal is None else cap.per_deal.minor,
        target,
        openings(facts.table("balances"), (plan, component), spans, rep_ids),
        _axis_windows(plan, component, context),
    )


def _axis_windows(plan: Plan, component: Component, context: tuple[Facts, Exchange, Ints]) -> Windows | None:
    """The windows of the component that chooses the tier, with their quota where its attainment does."""
    other, rows = measured_by(plan, component), None
    if other is component:
        return None
    facts, exchange, rep_ids = context
    by_quota = component.priced_by.by == "attainment" and not other.is_attainment
    if by_quota or other.accumulate == "quota_period":
        rows = quotas_of(facts, other.quota, rep_ids, plan, exchange)
    return windows(plan, other.accumulate, rows, len(rep_ids))


def _slots(component: Component, kinds: Kinds) -> tuple[NDArray[np.int32], tuple[tuple[RateRule, ...], ...]]:
    rules = rules_of(component)
    counted = kinds.counted(component.measure)
    if component.measure.team_commission is not None:  # priced once the commissions of others are known
        counted = np.zeros_like(counted)
    chosen = np.stack([_chosen(each, kinds) for each in rules])
    if len(chosen[0]) == 1 or not chosen.any():
        patterns, group = chosen[:, :1].T, np.zeros(chosen.shape[1], dtype=np.intp)
    else:
        patterns, group = np.unique(chosen.T, axis=0, return_inverse=True)
    unpriced = (chosen < 0).any(axis=0)
    slot = np.where(counted, np.where(unpriced, UNPRICED, group), NOT_COUNTED).astype(np.int32, copy=False)
    groups = tuple(
        tuple(each[max(rule, 0)] for each, rule in zip(rules, pattern, strict=True)) for pattern in patterns
    )
    return slot, groups


def _chosen(rules: tuple[RateRule, ...], kinds: Kinds) -> NDArray[np.int32]:
    """Per kind of deal the position of the most specific rate rule, or -1.

    The loader has refused ties, but for those of two roles: who has one as role and the other as title has no rate.
    """
    found: NDArray[np.int32] | None = None
    closest = np.full(kinds.count, -1, dtype=np.int32)
    for position in sorted(range(len(rules)), key=lambda at: len(rules[at].conditions)):
        meets, conditions = kinds.meeting(rules[position]), len(rules[position].conditions)
        found = np.full(len(meets), -1, dtype=np.int32) if found is None else found
        found[meets] = np.where(closest[meets] == conditions, -1, position)
        closest[meets] = conditions
    if found is None:
        raise AssertionError("the loader gives every tier a rate")
    return found


def credit_rules(plan: Plan, kinds: Kinds) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Per kind the position of the first credit rule that a whole deal, and a shared deal, meets; -1 for none."""
    whole, shared = (np.full(kinds.count, -1, dtype=np.int32) for _ in range(2))
    for position in reversed(range(len(plan.crediting))):
        rule = plan.crediting[position]
        if rule.credits_whom not in ("owner", "splits"):
            continue
        meets = kinds.meeting(rule.when)
        shared[meets] = position
        if rule.credits_whom == "owner":
            whole[meets] = position
    return whole, shared


def assigned_spans(assignments: Frame, plan: Plan, rep_ids: Ints) -> tuple[tuple[Rows, Rows], ...]:
    """From when until when each rep is on the plan, clipped to the plan's own range: one pair of arrays per round.

    The n-th pair holds everybody's n-th assignment; who has none has an empty range there.
    """
    labels = named(assignments, "plan")
    rows = np.flatnonzero(labels.codes == labels.code(plan.name))
    rep, known = positions(integers(assignments, "rep_id")[rows], rep_ids)
    rows, rep = rows[known], rep[known]
    order = sorted_rows([(rep, max(len(rep_ids), 1))])
    rows, rep = rows[order], rep[order]
    begins = starts_of(rep)
    turn = np.arange(len(rep)) - np.repeat(begins, np.diff(begins, append=len(rep)))
    first, last = day(plan.effective.start_on), day(plan.effective.end_on)
    start = np.maximum(integers(assignments, "start_on")[rows], first)
    end = np.minimum(integers(assignments, "end_on")[rows], last)
    found = []
    for number in range(int(turn.max(initial=-1)) + 1):
        own = turn == number
        since, until = np.zeros(len(rep_ids), dtype=np.int32), np.zeros(len(rep_ids), dtype=np.int32)
        since[rep[own]], until[rep[own]] = start[own], end[own]
        found.append((since, until))
    return tuple(found)


def paying_days(plan: Plan, plans: tuple[Plan, ...]) -> NDArray[np.bool_] | None:
    """Per day of the plan whether this version pays: not where a higher version of it is effective. None: always."""
    first = day(plan.effective.start_on)
    active = np.ones(plan.effective.days, dtype=bool)
    for other in plans:
        if other.name == plan.name and other.version > plan.version:
            begin, end = day(other.effective.start_on) - first, day(other.effective.end_on) - first
            active[max(begin, 0) : max(end, 0)] = False
    return None if active.all() else active


def ready(
    plan: Plan,
    plans: tuple[Plan, ...],
    context: tuple[Facts, Exchange, Ints],
    codes: tuple[Kinds, NDArray[np.signedinteger[Any]] | None],
) -> Ready:
    """The plan made ready, but for the amounts of its credits, which plans of one currency share."""
    made = compiled(plan, codes[0])
    return Ready(
        plan=plan,
        codes=codes[1],
        rules=made.rules,
        spans=assigned_spans(context[0].table("assignments"), plan, context[2]),
        active=paying_days(plan, plans),
        measures=tuple(measured(plan, number, made, context) for number in range(len(plan.components))),
        conditions=conditions_of(plan, codes[0], context),
        payload=_NOTHING,
        fault=None,
    )
