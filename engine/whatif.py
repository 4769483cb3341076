"""What a rep would earn if some open deals closed: the payroll calculation, run over facts in which they have.

Everything that moves is in the difference: the deals themselves, others that are re-rated because a tier is reached,
gates that open, multipliers, draws. Both runs are as of the same day, so that time alone changes nothing.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from engine.commission import calculate
from engine.dates import day
from engine.errors import DealUnknown
from engine.frames import integers
from engine.money import Money

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from engine.calculation import Calculation
    from engine.frames import Facts
    from engine.plans.schema import Plan


@dataclass(frozen=True, slots=True)
class Closing:
    """An open deal that is thought of as won on a day, for its own amount or another one (minor units)."""

    deal_id: int
    on: date
    amount_cents: int | None = None


@dataclass(frozen=True, slots=True)
class Effect:
    """What one of several deals changes, per currency: closed alone, and as the last of them all."""

    deal_id: int
    alone: tuple[Money, ...]
    last: tuple[Money, ...]


@dataclass(frozen=True, slots=True)
class WhatIf:
    """A rep's pay without and with the deals; `gain` is the joint effect, which effects alone need not sum to."""

    rep_id: int
    before: tuple[Money, ...]
    after: tuple[Money, ...]
    gain: tuple[Money, ...]
    effects: tuple[Effect, ...]
    calculation: Calculation


@dataclass(frozen=True, slots=True)
class Question:
    """Whose pay, by which plans, on which day."""

    facts: Facts
    plans: tuple[Plan, ...]
    as_of: date
    rep_id: int


def what_if(asked: Question, closings: Sequence[Closing]) -> WhatIf:
    """The joint effect of the closings on the rep's pay, and what each adds alone and as the last one.

    Raises:
        DealUnknown: A deal is not among the facts.
    """
    horizon = max([asked.as_of, *(each.on for each in closings)])
    asked = replace(asked, as_of=horizon)
    base, every = _paid(asked, ()), _run(asked, closings)
    after = _totals(every, asked.rep_id)
    effects = []
    for each in closings:
        others = [other for other in closings if other is not each]
        without = _paid(asked, others) if others else base
        alone = _paid(asked, [each]) if others else after
        effects.append(Effect(each.deal_id, _less(alone, base), _less(after, without)))
    return WhatIf(asked.rep_id, _money(base), _money(after), _less(after, base), tuple(effects), every)


def closed(facts: Facts, closings: Sequence[Closing]) -> Facts:
    """The facts with the deals won on their days.

    Raises:
        DealUnknown: A deal is not among them.
    """
    deals = facts.deals.copy()
    ids = integers(deals, "deal_id")
    stages = deals["stage"].cat
    stage = deals["stage"] if "won" in stages.categories else stages.add_categories("won")
    values, booked, amounts = stage.to_numpy(dtype=object), deals["booked_on"].to_numpy(copy=True), None
    amounts = deals["amount_cents"].to_numpy(copy=True)
    for each in closings:
        place = np.flatnonzero(ids == each.deal_id)
        if not len(place):
            raise DealUnknown(f"there is no deal {each.deal_id} among those of this rep")
        values[place], booked[place] = "won", day(each.on)
        if each.amount_cents is not None:
            amounts[place] = each.amount_cents
    deals["stage"] = pd.Categorical(values, categories=list(stage.cat.categories))
    deals["booked_on"], deals["amount_cents"] = booked, amounts
    return replace(facts, deals=deals)


def _run(asked: Question, closings: Sequence[Closing]) -> Calculation:
    facts = closed(asked.facts, closings) if closings else asked.facts
    return calculate(facts, asked.plans, asked.as_of, reps=[asked.rep_id])


def _paid(asked: Question, closings: Sequence[Closing]) -> dict[str, int]:
    return _totals(_run(asked, closings), asked.rep_id)


def _totals(calc: Calculation, rep_id: int) -> dict[str, int]:
    """The sum of the rep's lines per currency, in minor units."""
    lines = calc.lines
    own = (lines["rep_id"] == rep_id).to_numpy()
    amounts, numbers = integers(lines, "amount_cents")[own], integers(lines, "plan_no")[own]
    found: dict[str, int] = defaultdict(int)
    for number, plan in enumerate(calc.plans):
        found[plan.currency] += int(amounts[numbers == number].sum())
    return dict(found)


def _money(totals: dict[str, int]) -> tuple[Money, ...]:
    return tuple(Money(amount, currency) for currency, amount in sorted(totals.items()))


def _less(one: dict[str, int], other: dict[str, int]) -> tuple[Money, ...]:
    return _money({currency: one.get(currency, 0) - other.get(currency, 0) for currency in one.keys() | other.keys()})
