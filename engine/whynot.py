"""Why a deal pays a rep what it pays, or nothing: every condition in its order, each passed, failed or unknown.

Written without arrays: it walks one deal, and `calculate` has the last word on what was paid.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from engine.conditions_met import DealFacts, unmet
from engine.dates import day, on_day
from engine.errors import DealUnknown
from engine.frames import WHOLE_PPB, integers, named
from engine.money import Money, Rate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.calculation import Calculation
    from engine.frames import Facts
    from engine.plans.filters import RateRule
    from engine.plans.schema import Component, CreditRule, Plan
    from engine.whatif import Question

State = Literal["pass", "fail", "unknown"]


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition: what it asks, whether it holds, what was found, and what would make it hold."""

    asks: str
    state: State
    found: str = ""
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class RuleTried:
    """One rate rule of a component: whether it won, and if not why it lost."""

    rate: str
    won: bool
    why: str


@dataclass(frozen=True, slots=True)
class ComponentTried:
    """One component of a plan for the deal: its conditions, its rules, and what it paid."""

    plan: str
    component: str
    conditions: tuple[Condition, ...]
    rules: tuple[RuleTried, ...]
    paid: Money


@dataclass(frozen=True, slots=True)
class WhyNot:
    """A deal walked through every condition. `blocker` is the first that fails; None when it is paid as it should."""

    deal_id: int
    rep_id: int
    conditions: tuple[Condition, ...]
    components: tuple[ComponentTried, ...]
    paid: tuple[Money, ...]

    @property
    def blocker(self) -> Condition | None:
        """The first condition that fails; a component's only where no component counts the deal."""
        for condition in self.conditions:
            if condition.state == "fail":
                return condition
        counting = [part for part in self.components if all(each.state != "fail" for each in part.conditions)]
        if counting or not self.components:
            return None
        return next(each for each in self.components[0].conditions if each.state == "fail")


def why_not(calc: Calculation, asked: Question, deal_id: int) -> WhyNot:
    """The deal walked through the conditions that stand between it and the rep's pay.

    Raises:
        DealUnknown: The deal is not among the facts.
    """
    deal = DealFacts.of(asked.facts, deal_id)
    if deal is None:
        raise DealUnknown(f"there is no deal {deal_id} among those that were loaded")
    general = tuple(_general(asked, deal))
    plans = [plan for plan in _plans(asked, deal) if all(each.state != "fail" for each in general)]
    tried = tuple(_component(calc, asked, deal, (plan, component)) for plan in plans for component in plan.components)
    return WhyNot(deal_id, asked.rep_id, general, tried, _paid(calc, asked.rep_id, deal_id))


def _general(asked: Question, deal: DealFacts) -> Iterator[Condition]:
    """The conditions that come before any component, in the order in which a calculation goes through them."""
    yield _won(deal)
    yield _in_time(asked, deal)
    yield _credited(asked, deal)
    yield _shares(asked, deal)
    plans = _plans(asked, deal)
    yield Condition(
        "The rep is on a plan on the day of booking",
        "pass" if plans else "fail",
        ", ".join(f"{plan.name} version {plan.version}" for plan in plans) or "no plan",
        "" if plans else "Assign the rep to a plan from that day on, and publish a version that is effective then.",
    )
    for plan in plans:
        yield _rule(asked, deal, plan)
        if deal.currency != plan.currency:
            yield _exchange(asked.facts, deal, plan)


def _won(deal: DealFacts) -> Condition:
    remedy = "" if deal.stage == "won" else "Nothing to mend: it counts once it is won in the CRM."
    return Condition("The deal is won", "pass" if deal.stage == "won" else "fail", deal.stage, remedy)


def _in_time(asked: Question, deal: DealFacts) -> Condition:
    holds = deal.booked <= day(asked.as_of)
    remedy = "" if holds else "Nothing to mend: it counts from that day on."
    return Condition(f"It was booked by {asked.as_of}", "pass" if holds else "fail", str(on_day(deal.booked)), remedy)


def _credited(asked: Question, deal: DealFacts) -> Condition:
    asks = "The rep owns the deal, shares it, or is credited by a rule of a plan"
    if deal.owner_id == 0 and not deal.sharers:
        return Condition(asks, "fail", "nobody known owns it", "Add the person, or correct the owner in the CRM.")
    direct = asked.rep_id == deal.owner_id if not deal.sharers else asked.rep_id in deal.sharers
    if direct:
        return Condition(asks, "pass", "shares it" if deal.sharers else "owns it")
    if any(rule.credits_whom not in ("owner", "splits") for plan in asked.plans for rule in plan.crediting):
        return Condition(asks, "unknown", "credited only if a rule to managers, roles, teams or territories says so")
    owner = "others share it" if deal.sharers else "somebody else owns it"
    return Condition(asks, "fail", owner, "Correct the owner or the split in the CRM, if that is wrong.")


def _shares(asked: Question, deal: DealFacts) -> Condition:
    total = sum(deal.sharers.values())
    lenient = any(rule.shares != "percent" or rule.by_role for plan in asked.plans for rule in plan.crediting)
    holds = not deal.sharers or total == WHOLE_PPB or lenient
    said = Rate(total, WHOLE_PPB).percent() if deal.sharers else "not shared"
    remedy = "" if holds else "Correct the split at its source and sync again."
    return Condition("The shares of the deal sum to 100%", "pass" if holds else "fail", said, remedy)


def _plans(asked: Question, deal: DealFacts) -> list[Plan]:
    """The plan versions that pay the rep on the day of booking."""
    table = asked.facts.assignments
    labels = named(table, "plan")
    own = integers(table, "rep_id") == asked.rep_id
    own &= (integers(table, "start_on") <= deal.booked) & (deal.booked < integers(table, "end_on"))
    assigned = {labels.names[code] for code in np.unique(labels.codes[own])}
    versions = [plan for plan in asked.plans if plan.name in assigned and on_day(deal.booked) in plan.effective]
    newest = {plan.name: max(each.version for each in versions if each.name == plan.name) for plan in versions}
    return [plan for plan in versions if plan.version == newest[plan.name]]


def _rule(asked: Question, deal: DealFacts, plan: Plan) -> Condition:
    """Which credit rule of the plan the deal meets first."""
    asks = f"A credit rule of {plan.name} credits the deal"
    misses = []
    for rule in plan.crediting:
        why = _rule_misses(asked, deal, rule)
        if not why:
            return Condition(asks, "pass", rule.name)
        misses.append(f"{rule.name}: {why}")
    return Condition(asks, "fail", "; ".join(misses), "Correct the deal in the CRM, or the plan's `crediting`.")


def _rule_misses(asked: Question, deal: DealFacts, rule: CreditRule) -> str:
    if rule.credits_whom == "splits" and not deal.sharers:
        return "the deal is not shared"
    return "; ".join(unmet(rule.when, deal, asked))


def _exchange(facts: Facts, deal: DealFacts, plan: Plan) -> Condition:
    pair = f"{deal.currency} to {plan.currency}"
    count = deal.exchange_rates(facts, plan.currency)
    remedy = "" if count == 1 else "Load one exchange rate for that day, or correct the deal's currency."
    found = f"{count} rates" if count != 1 else "one rate"
    return Condition(f"There is one exchange rate from {pair}", "pass" if count == 1 else "fail", found, remedy)


def _component(calc: Calculation, asked: Question, deal: DealFacts, place: tuple[Plan, Component]) -> ComponentTried:
    plan, component = place
    conditions = [
        Condition(f"{component.name} counts such deals", "fail", why, "Nothing to mend, if the plan means it so.")
        for why in unmet(component.measure.where, deal, asked)
    ]
    left_out = component.measure.excluding
    if left_out.conditions and not list(unmet(left_out, deal, asked)):
        why, remedy = "it excludes them", "Nothing to mend, if the plan means it so."
        conditions.append(Condition(f"{component.name} counts such deals", "fail", why, remedy))
    conditions = conditions or [Condition(f"{component.name} counts such deals", "pass")]
    rules = tuple(_rules(asked, deal, component.priced_by.tiers[0].rules)) if component.rates else ()
    if rules and not any(rule.won for rule in rules):
        conditions.append(
            Condition("A rate is meant for it", "fail", "none", "Add a rate without conditions, 0% if meant.")
        )
    conditions += _open_faults(calc, asked, plan, component)
    paid = _paid(calc, asked.rep_id, deal.deal_id, (plan, component))
    return ComponentTried(plan.name, component.name, tuple(conditions), rules, sum(paid, Money(0, plan.currency)))


def _open_faults(calc: Calculation, asked: Question, plan: Plan, component: Component) -> Iterator[Condition]:
    """Problems of the calculation that stand in this component's way."""
    place = f"{plan.name} / {component.name}"
    for problem in calc.problems:
        if problem.where == place and problem.rep_id in (None, asked.rep_id) and problem.deal is None:
            yield Condition("Its quota and targets can be used", "fail", problem.message, problem.remedy)


def _rules(asked: Question, deal: DealFacts, rules: tuple[RateRule, ...]) -> Iterator[RuleTried]:
    """Every rate rule: the one that won, those that are less specific, those whose conditions are not met."""
    met = [rule for rule in rules if not unmet(rule, deal, asked)]
    best = max(met, key=lambda rule: len(rule.conditions), default=None)
    for rule in rules:
        if rule is best:
            yield RuleTried(_rate(rule), True, "the most specific rule that the deal meets")
        elif rule in met:
            yield RuleTried(_rate(rule), False, "less specific than the rule that won")
        else:
            yield RuleTried(_rate(rule), False, "; ".join(unmet(rule, deal, asked)))


def _rate(rule: RateRule) -> str:
    if rule.rate is not None:
        return str(rule.rate)
    return f"{rule.fixed} a deal" if rule.fixed is not None else f"{rule.per_unit} a unit"


def _paid(
    calc: Calculation, rep_id: int, deal_id: int, place: tuple[Plan, Component] | None = None
) -> tuple[Money, ...]:
    """What the deal pays the rep, per currency: over everything, or in one component."""
    lines = calc.lines
    own = (lines["rep_id"] == rep_id) & (lines["deal_id"] == deal_id)
    if place is not None:
        own &= (lines["plan"] == place[0].name) & (lines["component"] == place[1].name)
    amounts, numbers = integers(lines, "amount_cents")[own.to_numpy()], integers(lines, "plan_no")[own.to_numpy()]
    found: dict[str, int] = {}
    for amount, number in zip(amounts.tolist(), numbers.tolist(), strict=True):
        currency = calc.plans[number].currency
        found[currency] = found.get(currency, 0) + amount
    return tuple(Money(amount, currency) for currency, amount in sorted(found.items()))
