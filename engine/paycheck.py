"""What a rep is paid by a day: what is certain, what is expected, and what could still be taken back.

Certain is what the payroll calculation of the pay period comes to by today's facts: what was earned, and what days
alone bring. Expected is what rests on others: payments and events that are recorded for a later day, and open deals
that close when the CRM says they will. What both come to is the same calculation over facts in which the deals are
won, so that lines sum to the answer: what an open deal changes for other deals is a line of its own.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Literal

from engine.answers import Basis
from engine.dates import add_months
from engine.money import Money
from engine.notes import NAMES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import date

    from engine.answers import DealName, LineSummary, PlanRef, RepRef
    from engine.dates import Period
    from engine.plans.schema import Plan
    from engine.problems import Problem

PartKind = Literal["earned", "timed", "awaited", "deal", "rerated", "exposed"]

#: What a clawback can take back of a deal: what was paid for it, less what waits or was taken back already.
_OF_A_DEAL = ("commission", "gate", "multiplier", "minimum", "deduction", "cap", "hold", "release", "clawback")


@dataclass(frozen=True, slots=True)
class Payday:
    """A pay period and the day on which it is paid."""

    period: Period
    on: date


@dataclass(frozen=True, slots=True)
class PaycheckPart:
    """One line of a paycheck.

    Attributes:
        kind: earned: by today; timed: days alone bring it; awaited: a payment or event that is recorded for a later
            day brings it; deal: an open deal; rerated: what open deals change for others; exposed: what a clawback
            could take back.
        what: The pay period of what is earned, the component or step otherwise; "" for a deal.
        on: When it comes; of exposed money the first day on which it is safe.
        amount: What it adds; of exposed money what would be lost.
        deal: The deal, where there is one.
    """

    kind: PartKind
    what: str
    on: date
    amount: Money
    deal: DealName | None = None


@dataclass(frozen=True, slots=True)
class PaycheckAnswer:
    """What a rep is paid by a day: `certain` and `expected` parts sum to their totals, `exposed` ones apart.

    `paydays` are those that fall on the day or before it and are not paid yet; where there are none, the next one.
    """

    rep: RepRef
    as_of: date
    by: date
    paydays: tuple[Payday, ...]
    certain: tuple[PaycheckPart, ...]
    expected: tuple[PaycheckPart, ...]
    exposed: tuple[PaycheckPart, ...]
    certain_total: Money
    expected_total: Money
    exposed_total: Money
    plan: PlanRef | None = None
    problems: tuple[Problem, ...] = ()
    basis: Basis = field(default_factory=Basis)


def certain(
    lines: Sequence[LineSummary], payday: Payday, as_of: date, events: Collection[tuple[int, date]]
) -> tuple[PaycheckPart, ...]:
    """The parts of a pay period by today's facts: earned and timed ones, and those that are awaited.

    Args:
        lines: The statement of the period, up to its end.
        payday: The period and its pay day.
        as_of: Today.
        events: Deals with the days on which events of them are recorded.
    """
    if not lines:
        return ()
    currency = lines[0].amount.currency
    by_now = [line.amount.minor for line in lines if line.booked_on <= as_of]
    found = [PaycheckPart("earned", payday.period.label, payday.on, Money(sum(by_now), currency))] if by_now else []
    for line in lines:
        if line.booked_on > as_of:
            is_awaited = line.deal is not None and (line.deal.deal_id, line.booked_on) in events
            what = line.component or NAMES[line.kind]
            kind: PartKind = "awaited" if is_awaited else "timed"
            found.append(PaycheckPart(kind, what, line.booked_on, line.amount, line.deal))
    return tuple(found)


def expected(
    before: Sequence[LineSummary], after: Sequence[LineSummary], closing: dict[int, date], currency: str
) -> tuple[PaycheckPart, ...]:
    """What open deals add: a part each by its own lines, and one for what they change on other lines.

    Args:
        before: The lines of all pay periods that are paid, without the deals.
        after: The same with the deals won.
        closing: When each open deal closes.
        currency: Of the lines.
    """
    own: dict[int, int] = defaultdict(int)
    names: dict[int, DealName] = {}
    for line in after:
        if line.deal is not None and line.deal.deal_id in closing:
            own[line.deal.deal_id] += line.amount.minor
            names[line.deal.deal_id] = line.deal
    found = [
        PaycheckPart("deal", "", closing[deal_id], Money(own[deal_id], currency), names[deal_id])
        for deal_id in sorted(own, key=lambda each: (closing[each], each))
    ]
    rest = _sum(after) - _sum(before) - sum(own.values())
    if rest:
        found.append(PaycheckPart("rerated", "", max(closing.values()), Money(rest, currency)))
    return tuple(found)


def exposed(lines: Iterable[LineSummary], plans: Iterable[Plan], as_of: date) -> tuple[PaycheckPart, ...]:
    """What clawbacks could still take back of what was paid by today, deal by deal, the last safe day last.

    A deal counts with what its lines come to, in components that claw back, while its window is open.
    """
    plans = tuple(plans)
    paid: dict[tuple[int, str], list[LineSummary]] = defaultdict(list)
    for line in lines:
        if line.deal is not None and line.kind in _OF_A_DEAL and line.booked_on <= as_of:
            paid[line.deal.deal_id, line.component].append(line)
    found = []
    for (_, component), own in paid.items():
        booked = min(line.booked_on for line in own)
        safe_on = _safe_on(plans, component, booked)
        left = _sum(own)
        if safe_on is not None and safe_on > as_of and left > 0:
            amount = Money(left, own[0].amount.currency)
            found.append(PaycheckPart("exposed", component, safe_on, amount, own[0].deal))
    return tuple(sorted(found, key=lambda part: (part.on, -part.amount.minor, part.what)))


def _safe_on(plans: Sequence[Plan], component: str, booked: date) -> date | None:
    """The first day on which nothing can be taken back any more; None where the component never claws back."""
    for plan in plans:
        if booked not in plan.effective:
            continue
        terms = next((part.clawback for part in plan.components if part.name == component), None)
        if terms is not None:
            window = terms.window
            return booked + timedelta(days=window.days) if window.days else add_months(booked, window.months)
    return None


def _sum(lines: Iterable[LineSummary]) -> int:
    return sum(line.amount.minor for line in lines)
