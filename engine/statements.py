"""Statements: a rep's lines, their sums, and why each is what it is.

A rep's lines are those of credits, then those beside them; both kinds count for the period in which their day lies.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from engine.answers import (
    ComponentEarnings,
    DealName,
    LineExplanation,
    LineSummary,
    Payout,
    PayoutStep,
    PlanRef,
    RepRef,
)
from engine.calculation import KINDS
from engine.dates import Period, day, on_day
from engine.errors import LineUnknown
from engine.exchange import Exchange
from engine.explained import Place, place_of, priced_again, slice_of, span
from engine.frames import WHOLE_PPB
from engine.money import Money, Quantity
from engine.notes import AS_LOCKED, NAMES, Extra, of_credit, of_extra
from engine.plans.schema import plan_hash

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from engine.calculation import Calculation
    from engine.frames import Facts
    from engine.money import Rate
    from engine.order import Rows
    from engine.plans.schema import Component, Plan

#: Kinds of lines that are earned; the others are steps from earnings to payout.
EARNED = (
    "commission", "gate", "multiplier", "minimum", "deduction", "cap", "override", "difference", "pool", "true_up",
)  # fmt: skip
_CREDITING = ("commission", "override", "difference", "correction")
_BY_CREDIT = ("commission", "gate", "multiplier", "minimum", "deduction", "override", "difference")


@dataclass(frozen=True, slots=True)
class _Line:
    """One line of either sort as plain values. `row` is its row in the trace, or -1 - its row in the extras."""

    row: int
    line_no: int
    plan: Plan
    component: Component | None
    kind: str
    deal_id: int
    day: int
    basis: int
    before: int
    amount: int
    x: int = 0
    y: int = 0
    is_locked: bool = field(default=False, kw_only=True)  # kept as it was: x and y are not those of its kind

    @property
    def debt(self) -> int:
        """What is owed of the draw after a line of it."""
        terms = self.plan.payment.draw
        if not self.is_locked:
            return self.y
        return self.before + self.amount if terms is not None and terms.recoverable else 0

    @property
    def is_carried(self) -> bool:
        """Whether the line carries something to or from another period, rather than dropping it."""
        if self.is_locked:
            return self.kind == "carry" and self.plan.payment.negative == "carry"
        return self.kind == "carry" and self.x in (0, 1)

    def credit(self, value: int) -> Money | Quantity:
        """An amount of credit: of money, or a number where that is what the component counts."""
        if self.component is not None and self.component.measure.is_number and self.kind in _BY_CREDIT:
            return Quantity(value)
        return Money(value, self.plan.currency)

    def money(self, value: int) -> Money:
        """An amount in the plan's currency."""
        return Money(value, self.plan.currency)

    @property
    def heading(self) -> str:
        """What it stands under: its component, or the name of its kind."""
        return NAMES[self.kind] if self.component is None else self.component.name


def components(calc: Calculation, rep_id: int, period: Period) -> tuple[ComponentEarnings, ...]:
    """What each component credited and paid the rep in `period`, plan by plan, in each one's order.

    Versions of one plan are taken together. A rep on several plans may be paid in several currencies: each component
    is in its plan's, and a total has to be made per currency. What a plan pays as a whole comes last, by kind.
    """
    found: dict[tuple[str, str, str, bool], list[_Line]] = {}
    for line in _lines(calc, rep_id, period):
        key = (line.plan.name, line.heading, line.plan.currency, line.component is None)
        found.setdefault(key, []).append(line)
    return tuple(_earned(name, own) for (_, name, _, _), own in found.items())


def _earned(name: str, own: list[_Line]) -> ComponentEarnings:
    part = own[0].component
    credit = sum(line.basis for line in own if line.kind in _CREDITING)
    is_number = part is not None and part.measure.is_number
    currency = own[0].plan.currency
    return ComponentEarnings(
        name,
        Quantity(credit) if is_number else Money(credit if part is not None else 0, currency),
        Money(sum(line.amount for line in own), currency),
        len(own),
    )


def lines(
    calc: Calculation,
    facts: Facts,  # noqa: ARG001  # part of the room's contract
    rep_id: int,
    period: Period,
    names: Mapping[int, DealName],
) -> tuple[LineSummary, ...]:
    """The rep's lines of `period`, in the order of the statement; their amounts are what is paid.

    Each is in the currency of its plan: sum them per currency where a rep is on several plans.
    """
    return tuple(_summary(line, names) for line in _lines(calc, rep_id, period))


def payout(calc: Calculation, rep_id: int, period: Period) -> tuple[Payout, ...]:
    """What each of the rep's plans pays for `period`, from earnings step by step; one per plan and currency."""
    plans: dict[tuple[str, str], list[_Line]] = {}
    until = day(period.end_on)
    for line in _lines(calc, rep_id, None):
        if line.day < until:
            plans.setdefault((line.plan.name, line.plan.currency), []).append(line)
    return tuple(_payout(name, own, period) for (name, _), own in plans.items())


def _payout(plan: str, until: list[_Line], period: Period) -> Payout:
    own = [line for line in until if line.day >= day(period.start_on)]
    money = until[0].money
    is_earned = [line.kind in EARNED and not (line.kind == "cap" and line.component is None) for line in own]
    earned = sum(line.amount for line, earns in zip(own, is_earned, strict=True) if earns)
    steps: dict[str, int] = {}
    for line, earns in zip(own, is_earned, strict=True):
        if not earns:
            steps[line.kind] = steps.get(line.kind, 0) + line.amount
    debts = [line for line in until if line.kind in ("draw", "recovery")]
    return Payout(
        plan=plan,
        period=period,
        earnings=money(earned),
        steps=tuple(
            PayoutStep(kind, NAMES[kind], money(steps[kind]), _until(kind, own)) for kind in KINDS if kind in steps
        ),
        payout=money(sum(line.amount for line in own)),
        held=money(-sum(line.amount for line in until if line.kind in ("hold", "release"))),
        owed=money(max(debts, key=lambda line: line.day).debt if debts else 0),
        carried=money(sum(line.amount for line in until if line.is_carried)),
    )


def _until(kind: str, own: list[_Line]) -> tuple[str, ...]:
    """What the parts that some lines hold back wait for, each once."""
    found: dict[str, None] = {}
    for line in own if kind == "hold" else ():
        parts = () if line.component is None or line.kind != kind else line.component.release
        waiting = [part for part in parts if part.on != "booking"]
        if not line.is_locked and line.x < len(parts):
            waiting = [parts[line.x]]
        if len(waiting) == 1:  # which of several parts a locked line held is not known
            found[waiting[0].event if waiting[0].on == "event" else waiting[0].on] = None
    return tuple(found)


def explain(
    calc: Calculation, facts: Facts, rep_id: int, line_no: int, names: Mapping[int, DealName]
) -> LineExplanation:
    """Why a line is what it is. The amounts of its slices plus `rerated` are the line's amount, exactly.

    Where there is nothing to slice, as for a cap or a draw, `rerated` is the whole amount. The rep's name is left
    empty.

    Raises:
        LineUnknown: The rep has no line of that number.
    """
    line = _numbered(calc, rep_id, line_no)
    worded = _explain_extra if line.row < 0 else _explain_credit
    return worded(calc, facts, rep_id, line, names)


def _explain_credit(
    calc: Calculation, facts: Facts, rep_id: int, line: _Line, names: Mapping[int, DealName]
) -> LineExplanation:
    counted, place, plan = calc.counted, place_of(calc, line.row), line.plan
    credit = int(counted.sorted.whole.credit[calc.trace.at[line.row]])
    price = priced_again(calc, place)
    whole, exchanged = _deal_amount(calc, facts, int(counted.seats.deal[credit]), line)
    return LineExplanation(
        rep=RepRef(rep_id, ""),
        line=_summary(line, names),
        plan=PlanRef(plan.name, plan.version, plan_hash(plan)),
        period=_period(place, line.day),
        rule=calc.rule_name(credit, place.plan_no),
        deal_amount=whole,
        share_ppb=int(counted.seats.share_ppb()[credit]),
        converted_at=exchanged,
        before=line.credit(line.before),
        after=line.credit(line.before + line.basis),
        quota=None if price.quota is None else line.credit(price.quota),
        slices=tuple(slice_of(place, each) for each in price.pieces),
        rerated=line.money(price.rerated),
        note=_note(place, credit, line),
    )


def _explain_extra(
    calc: Calculation, facts: Facts, rep_id: int, line: _Line, names: Mapping[int, DealName]
) -> LineExplanation:
    deals, plan = calc.counted.deals, line.plan
    at = int(np.searchsorted(deals.deal_id, line.deal_id))
    is_known = line.deal_id > 0 and at < len(deals) and int(deals.deal_id[at]) == line.deal_id
    whole, exchanged = _deal_amount(calc, facts, at, line) if is_known else (None, None)
    after = line.before + (line.basis if line.kind in _BY_CREDIT else line.amount)
    if line.kind in ("draw", "recovery"):
        after = line.debt
    operands = (line.plan, line.component, line.kind, line.day, line.basis, line.before, line.amount, line.x, line.y)
    return LineExplanation(
        rep=RepRef(rep_id, ""),
        line=_summary(line, names),
        plan=PlanRef(plan.name, plan.version, plan_hash(plan)),
        period=_pay_period(plan, line.day),
        rule="",
        deal_amount=whole,
        share_ppb=WHOLE_PPB,
        converted_at=exchanged,
        before=line.credit(line.before),
        after=line.credit(after),
        quota=None,
        slices=(),
        rerated=line.money(line.amount),
        note=AS_LOCKED if line.is_locked else of_extra(Extra(*operands)),
    )


def _rep(calc: Calculation, rep_id: int) -> int:
    ids = calc.counted.seats.rep_ids
    at = int(np.searchsorted(ids, rep_id))
    return at if at < len(ids) and ids[at] == rep_id else -1


def _lines(calc: Calculation, rep_id: int, period: Period | None) -> Iterator[_Line]:
    """The rep's lines of a period, or all, in the order of their numbers."""
    first, last = span(calc, _rep(calc, rep_id))
    rows: Rows = np.arange(first, last)
    extras = _extra_rows(calc, rep_id)
    if calc.hidden is not None:
        rows = rows[~calc.hidden[first:last]]
    if period is not None:
        rows = _inside(rows, calc.counted.sorted.whole.days[calc.trace.at[rows]], period)
        extras = _inside(extras, calc.extras.days[extras], period)
    for row in rows.tolist():
        yield _of_credit(calc, row, row - first + 1)
    for row in extras.tolist():
        yield _of_extra(calc, row)


def _numbered(calc: Calculation, rep_id: int, line_no: int) -> _Line:
    first, last = span(calc, _rep(calc, rep_id))
    row, extras = first + line_no - 1, _extra_rows(calc, rep_id)
    if 1 <= line_no <= last - first and (calc.hidden is None or not calc.hidden[row]):
        return _of_credit(calc, row, line_no)
    if not last - first < line_no <= last - first + len(extras):
        raise LineUnknown
    return _of_extra(calc, int(extras[line_no - (last - first) - 1]))


def _extra_rows(calc: Calculation, rep_id: int) -> Rows:
    low, high = (int(np.searchsorted(calc.extras.rep_id, rep_id, side=side)) for side in ("left", "right"))
    return np.arange(low, high)


def _inside(rows: Rows, days: Rows, period: Period) -> Rows:
    found: Rows = rows[(days >= day(period.start_on)) & (days < day(period.end_on))]
    return found


def _of_credit(calc: Calculation, row: int, line_no: int) -> _Line:
    place, trace, counted = place_of(calc, row), calc.trace, calc.counted
    deal = int(counted.seats.deal[counted.sorted.whole.credit[trace.at[row]]])
    return _Line(
        row,
        line_no,
        place.ready.plan,
        place.measure.component,
        KINDS[trace.kind[row]],
        int(counted.deals.deal_id[deal]),
        int(counted.sorted.whole.days[trace.at[row]]),
        int(trace.basis[row]),
        int(trace.before[row]),
        int(trace.amount[row]),
    )


def _of_extra(calc: Calculation, row: int) -> _Line:
    extras, plan = calc.extras, calc.plans[int(calc.extras.plan_no[row])]
    measure = int(extras.measure[row])
    components_ = [component for plan in calc.plans for component in plan.components]
    line = _Line(
        -1 - row,
        int(calc.extra_numbers[row]),
        plan,
        components_[measure] if measure >= 0 else None,
        KINDS[extras.kind[row]],
        *(int(getattr(extras, name)[row]) for name in ("deal_id", "days", "basis", "before", "amount", "x", "y")),
    )
    return replace(line, is_locked=calc.is_locked(plan, line.day))


def _summary(line: _Line, names: Mapping[int, DealName]) -> LineSummary:
    known = names.get(line.deal_id)
    if known is None and line.deal_id > 0:
        known = DealName(line.deal_id, f"Deal {line.deal_id}", "", str(line.deal_id), "")
    is_credit = line.row >= 0 or line.kind in _CREDITING
    return LineSummary(
        line_no=line.line_no,
        kind=line.kind,
        component="" if line.component is None else line.component.name,
        deal=known,
        booked_on=on_day(line.day),
        credit=line.credit(line.basis if is_credit else 0),
        amount=line.money(line.amount),
    )


def _deal_amount(calc: Calculation, facts: Facts, deal: int, line: _Line) -> tuple[Money | None, Rate | None]:
    """The amount of the line's deal in its own currency, and the rate into the plan's where they differ."""
    deals, currency = calc.counted.deals, line.plan.currency
    code = int(deals.currency.codes[deal])
    if line.deal_id <= 0 or code < 0:
        return None, None
    source = deals.currency.names[code]
    booked = int(deals.booked[deal])
    rate = None if source == currency else Exchange(facts.rates).rate_on(source, currency, booked)
    return Money(int(deals.amount[deal]), source), rate


def _period(place: Place, booked: int) -> Period:
    """The window in which the line's credit accumulated; the pay period when it did not accumulate."""
    calendar, on = place.ready.plan.calendar, on_day(booked)
    kind, rows = place.measure.component.accumulate, place.measure.windows.rows
    if kind in ("quota_period", "to_date") and rows is not None:
        chain = place.measure.windows.chain
        for at in np.flatnonzero((rows.start <= booked) & (booked < rows.end)):
            first = at if chain is None else chain[at]
            return calendar.named(on_day(int(rows.start[first])), on_day(int(rows.end[at])))
    plan = place.ready.plan
    return plan.window(kind, on) or _pay_period(plan, booked)


def _pay_period(plan: Plan, on: int) -> Period:
    """The pay period of the plan with a day."""
    return plan.calendar.pay_period(plan.pays, on_day(on))


def _note(place: Place, credit: int, line: _Line) -> str:
    if line.kind != "commission":
        return of_credit(line.kind, place.measure.component)
    if place.measure.per_deal is None:
        return ""
    whole = int(place.ready.payload.amounts(np.array([credit]))[0])
    if whole == line.basis:
        return ""
    limit = line.credit(abs(line.basis))
    return f"A deal counts at most {limit}; the rep's share of this one is {line.credit(whole)}."
