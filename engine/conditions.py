"""What stands between a component's commission and what it pays: gates, multipliers, minimum and caps, in that order.

Each effect is a line of its own after the commission it changes, so that an amount stays the sum of its lines.
Components are tested by their credit, so the order of components, and whether two test each other, means nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from engine import caps
from engine.amounts import Policy
from engine.calculation import KINDS
from engine.gates import Gateway, History, fault_problems, let_through
from engine.money import Money
from engine.multipliers import Factored
from engine.quotas import windows
from engine.totals import rounded

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from engine.calculation import Credits
    from engine.exchange import Exchange
    from engine.frames import Facts
    from engine.gates import Yardstick
    from engine.kinds import Kinds
    from engine.money import Rate
    from engine.order import Ints, Rows
    from engine.plans.schema import Component, Plan
    from engine.problems import Problem
    from engine.quotas import Windows

COMMISSION, CAP, GATE, MULTIPLIER, MINIMUM, DEDUCTION, POOL = (
    KINDS.index(kind) for kind in ("commission", "cap", "gate", "multiplier", "minimum", "deduction", "pool")
)
Effect = tuple[int, "Ints"]  # the kind of its lines, and the change of each credit


@dataclass(frozen=True, slots=True)
class Conditions:
    """The conditions of one component, ready."""

    component: Component
    gates: tuple[Gateway, ...]
    factors: tuple[Factored, ...]
    periods: Windows
    years: Windows
    policy: Policy
    where: str  # plan and component, for problems

    @property
    def tests(self) -> tuple[int, ...]:
        """Positions of the components that it tests."""
        yardsticks = [gateway.yardstick for gateway in self.gates]
        yardsticks += [factored.yardstick for factored in self.factors if factored.yardstick is not None]
        return tuple(sorted({yardstick.tested for yardstick in yardsticks}))


@dataclass(frozen=True, slots=True)
class Priced:
    """What a component has priced: credits, their windows and kinds of deal, what they count and are worth."""

    credits: Credits
    codes: Rows
    kinds: Rows | None
    way: Ints  # 1 for a deal, -1 where one is taken back, 0 where there is nothing of either
    basis: Ints
    amount: Ints
    incentive: tuple[Ints, int] | None = None  # the target incentive of each one's window, in parts of a minor unit


def has_conditions(component: Component) -> bool:
    """Whether anything can change what it prices."""
    cap = component.cap
    taken = component.deduct
    limits = (
        taken.per_deal,
        taken.per_period,
        component.minimum.per_deal,
        cap.pay_per_deal,
        cap.per_window,
        cap.per_period,
        cap.per_year,
    )
    others = (component.gates, component.multipliers, component.pool)
    return any(limit is not None for limit in limits) or any(other not in ((), None) for other in others)


def conditions_of(plan: Plan, kinds: Kinds, context: tuple[Facts, Exchange, Ints]) -> tuple[Conditions | None, ...]:
    """The conditions of each component, ready for the reps of `context`; None where it has none."""
    return tuple(
        _conditions(plan, component, kinds, context) if has_conditions(component) else None
        for component in plan.components
    )


def _conditions(plan: Plan, component: Component, kinds: Kinds, context: tuple[Facts, Exchange, Ints]) -> Conditions:
    reps = len(context[2])
    return Conditions(
        component,
        tuple(Gateway.of(plan, gate, context) for gate in component.gates),
        tuple(Factored.of(plan, each, kinds.meeting(each.when), context) for each in component.multipliers),
        windows(plan, plan.pay_window, None, reps),
        windows(plan, "year_to_date", None, reps),
        Policy.of(plan),
        f"{plan.name} / {component.name}",
    )


@dataclass(frozen=True, slots=True)
class Asked:
    """What the conditions go by beside the component itself: what others have come to, and by which day."""

    histories: dict[int, History]
    as_of: int
    rep_ids: Ints
    problems: list[Problem]


def effects(made: Conditions, priced: Priced, asked: Asked) -> list[Effect]:
    """What each condition changes, in the order in which they hold."""
    found: list[Effect] = []
    amount = priced.amount
    opened = np.ones(len(amount), dtype=bool)

    def then(kind: int, changed: Ints) -> None:
        nonlocal amount
        found.append((kind, changed - amount))
        amount = changed

    if made.gates:
        opened, instead = _gated(made, priced, asked)
        then(GATE, let_through(amount, opened, instead, priced.credits.rep))
    for factored in made.factors:
        then(MULTIPLIER, _multiplied(made, replace(priced, amount=amount), factored, asked))
    for kind, limited in _limits(made, priced, opened):
        then(kind, limited(amount))
    if made.component.pool is not None:
        then(POOL, np.zeros_like(amount))
    return found


def _gated(made: Conditions, priced: Priced, asked: Asked) -> tuple[NDArray[np.bool_], Ints]:
    """Which credits every gate lets through, and what the first closed one pays instead for the others."""
    wanted = priced.credits
    instead, opened = np.zeros_like(priced.amount), np.ones(len(wanted.rep), dtype=bool)
    for gateway in made.gates:
        history = asked.histories[gateway.yardstick.tested]
        quota, faults = gateway.yardstick.quota(wanted, asked.as_of if gateway.by_end else None)
        own = gateway.opens(history, wanted, priced.way < 0, quota)
        if faults is not None:
            _note(gateway.yardstick, wanted, faults, asked, (made.where, "the gate stays closed"))
            own &= faults == 0
        if gateway.gate.otherwise is not None:
            rate = gateway.gate.otherwise
            basis = np.where(opened & ~own, priced.basis, 0)
            num = np.array([rate.num], dtype=np.int64 if rate.num < 2**62 else object)
            instead = instead + made.policy.scaled(basis, (num, rate.den), priced.codes)
        if gateway.gate.at_most is not None:
            most = _most(made, priced, gateway.gate.at_most)
            instead = instead + np.where(opened & ~own, caps.per_window(priced.amount, most, priced.codes), 0)
        opened &= own
    return opened, instead


def _most(made: Conditions, priced: Priced, limit: Rate | Money) -> Ints:
    """The limit of each one's window: an amount, or a share of its target."""
    if isinstance(limit, Money):
        return np.full(len(priced.amount), limit.minor)
    if priced.incentive is None:
        raise AssertionError("the loader gives whoever limits a share of the target a target")
    incentive, parts = priced.incentive
    exact = incentive.astype(object) * limit.num
    den = limit.den * parts * made.policy.unit
    found: Ints = rounded(exact, den, made.policy.mode).astype(np.int64) * made.policy.unit
    return found


def _note(
    yardstick: Yardstick, wanted: Credits, faults: NDArray[np.int8], asked: Asked, said: tuple[str, str]
) -> None:
    """Makes a problem of each quota that cannot be tested."""
    asked.problems.extend(fault_problems(yardstick, wanted, faults, (said[0], asked.rep_ids), said[1]))


def _multiplied(made: Conditions, priced: Priced, factored: Factored, asked: Asked) -> Ints:
    yardstick, faults, history = factored.yardstick, None, None
    if yardstick is not None:
        history = asked.histories[yardstick.tested]
        _, faults = yardstick.quota(priced.credits, asked.as_of)
        if faults is not None:
            effect = f"the multiplier {factored.multiplier.name!r} is left out"
            _note(yardstick, priced.credits, faults, asked, (made.where, effect))
    factor = factored.chosen(priced.credits, priced.kinds, (history, faults), asked.as_of)
    return made.policy.scaled(priced.amount, factor, priced.codes)


def _limits(made: Conditions, priced: Priced, opened: NDArray[np.bool_]) -> list[tuple[int, Callable[[Ints], Ints]]]:
    least, cap = made.component.minimum.per_deal, made.component.cap
    rep, days = priced.credits.rep, priced.credits.days
    found: list[tuple[int, Callable[[Ints], Ints]]] = []
    taken = made.component.deduct
    if taken.per_deal is not None:
        found.append((DEDUCTION, partial(caps.less_per_deal, taken=taken.per_deal.minor, reps=rep)))
    if taken.per_period is not None:
        codes = made.periods.codes(rep, days)
        found.append((DEDUCTION, partial(caps.less_per_window, taken=taken.per_period.minor, codes=codes)))
    if least is not None:
        found.append((MINIMUM, partial(caps.at_least, least=least.minor, way=priced.way * opened, reps=rep)))
    if cap.pay_per_deal is not None:
        found.append((CAP, partial(caps.per_deal, limit=cap.pay_per_deal.minor, reps=rep)))
    if cap.per_window is not None:
        most = _most(made, priced, cap.per_window)
        found.append((CAP, partial(caps.per_window, limit=most, codes=priced.codes)))
    for limit, spans in ((cap.per_period, made.periods), (cap.per_year, made.years)):
        if limit is not None:
            found.append((CAP, partial(caps.per_window, limit=limit.minor, codes=spans.codes(rep, days))))
    return found
