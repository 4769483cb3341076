"""Why a line is there, in one plain sentence, for every kind of line that no rate table explains."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.dates import on_day
from engine.money import Money, Quantity, Rate

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.plans.schema import Component, Plan
    from engine.plans.tables import Gate
    from engine.plans.terms import Release

#: What people call each kind of line, where a statement names it beside components.
NAMES = {
    "commission": "Commission",
    "cap": "Cap",
    "gate": "Condition",
    "multiplier": "Multiplier",
    "minimum": "Minimum",
    "deduction": "Deduction",
    "override": "Override",
    "difference": "Level difference",
    "pool": "Pool",
    "hold": "Held back",
    "release": "Released",
    "clawback": "Clawback",
    "adjustment": "Adjustment",
    "prize": "Prize",
    "salary": "Base salary",
    "draw": "Draw",
    "recovery": "Repayment of the draw",
    "guarantee": "Guarantee",
    "top_up": "Top-up to the minimum wage",
    "carry": "Carried between periods",
    "correction": "Correction",
    "true_up": "True-up to date",
}
#: Said of every line of a locked period, which is kept without what its kind would name.
AS_LOCKED = "The line stands as it was when its period was locked."
_OVER = {
    "week": "the week",
    "pay_period": "the pay period",
    "month": "the month",
    "quarter": "the quarter",
    "half_year": "the half year",
    "year_to_date": "the year so far",
    "year": "the year",
}
_PERIODS = {
    "weekly": "week",
    "biweekly": "period of two weeks",
    "semimonthly": "half month",
    "monthly": "month",
    "quarterly": "quarter",
    "yearly": "year",
}


@dataclass(frozen=True, slots=True)
class Extra:
    """One line beside those of credits, as plain values; the operands are those of its kind."""

    plan: Plan
    component: Component | None
    kind: str
    day: int
    basis: int
    before: int
    amount: int
    x: int
    y: int

    def money(self, minor: int) -> Money:
        """An amount in the plan's currency."""
        return Money(minor, self.plan.currency)


def of_credit(kind: str, component: Component) -> str:
    """Why a gate, multiplier, minimum, cap or pool changed what a credit pays."""
    if kind == "gate":
        return f"This component pays only when {' and '.join(_gate(gate) for gate in component.gates)}."
    if kind == "multiplier":
        names = " or ".join(f"“{each.name}”" for each in component.multipliers)
        return f"What the component pays is multiplied by {names}; this is the difference."
    if kind == "minimum":
        return f"A deal that counts pays at least {component.minimum.per_deal}; this is what was missing."
    if kind == "deduction":
        taken = (component.deduct.per_deal, "for each deal"), (component.deduct.per_period, "in each pay period")
        said = [f"{amount} {where}" for amount, where in taken if amount is not None]
        return f"{' and '.join(said)} is taken off what this component pays, never more than it pays."
    if kind == "pool":
        return "What this component prices goes into a pool that is shared at the end of its window."
    cap = component.cap
    limits = [
        (cap.pay_per_deal, "for one deal"),
        (cap.per_window, "of its target" if isinstance(cap.per_window, Rate) else "in each window"),
        (cap.per_period, "in a pay period"),
        (cap.per_year, "in a plan year"),
    ]
    said = [f"{limit} {where}" for limit, where in limits if limit is not None]
    return f"This component pays at most {' and '.join(said)}."


def _gate(gate: Gate) -> str:
    least = f"{gate.bar} of its quota" if isinstance(gate.bar, Rate) else str(gate.bar)
    return f"“{gate.component}” has {'passed' if gate.is_strict else 'reached'} {least} over {_OVER[gate.over]}"


def of_extra(line: Extra) -> str:
    """Why a line beside those of credits is there."""
    worded = _WORDED.get(line.kind)
    return "" if worded is None else worded(line)


def _override(line: Extra) -> str:
    return f"Paid on a commission of {line.money(line.basis)} of somebody below."


def _difference(line: Extra) -> str:
    levels = [] if line.component is None else [level.level for level in line.component.levels]
    own = f"As {levels[line.x]}" if 0 <= line.x < len(levels) else "By level"
    if 0 <= line.y < len(levels):
        return f"{own}: what {levels[line.y]}, the highest level below, has not been paid."
    return f"{own}: the whole share of that level; nobody below has one."


def _pool(line: Extra) -> str:
    if line.amount < 0:
        return of_credit("pool", line.component) if line.component else ""
    return f"The rep's part of a pool of {line.money(line.basis)}: {line.x:,} of {line.y:,} parts."


_ENDS = {"quarter_end": "on the last day of the quarter", "year_end": "on the last day of the year"}


def _waits(release: Release) -> str:
    unless = f", unless {' or '.join(release.unless)} comes first" if release.unless else ""
    if release.on == "cash":
        return f"is paid as the customer pays{unless}"
    when = {"days": f"{release.days} days after booking", **_ENDS}.get(release.on, f"at “{release.event}”")
    return f"is paid {when}{unless}"


def _release_of(line: Extra) -> Release | None:
    parts = () if line.component is None else line.component.release
    return parts[line.x] if 0 <= line.x < len(parts) else None


def _hold(line: Extra) -> str:
    release = _release_of(line)
    if release is None:
        return "Held back."
    return f"{release.share} of {line.money(line.basis)} {_waits(release)}."


def _released(line: Extra) -> str:
    release = _release_of(line)
    if release is None:
        return "Released."
    part = f"the {release.share} of {line.money(line.basis)} that was held back"
    if release.on == "cash":
        ratio = Rate(line.y, 1_000_000).percent(2)
        if line.amount < 0:
            return f"Money went back to the customer, who has now paid {ratio} of the deal; so much of {part} is due."
        return f"The customer has now paid {ratio} of the deal; so much of {part} is due."
    ended = {name: f"the {name.removesuffix('_end')} has ended" for name in _ENDS}
    why = {"days": f"{release.days} days have passed", **ended}.get(release.on, f"“{release.event}” has happened")
    return f"{why[0].upper()}{why[1:]}: {part} is paid."


def _clawback(line: Extra) -> str:
    terms = None if line.component is None else line.component.clawback
    if terms is None:
        return "Taken back."
    event = terms.on[line.x] if 0 <= line.x < len(terms.on) else " or ".join(terms.on)
    if line.amount > 0:
        return (
            f"For “{event}” {line.money(line.before)} had been taken back. No more is taken than is paid for this "
            f"deal, and that is now {line.money(line.basis)}."
        )
    last = terms.window
    window = f"{last.months} months" if last.months else f"{last.days} days"
    ratio = Rate(line.y, 1_000_000).percent(2)
    left = "" if terms.falls == "not" else f", of which {ratio} was left"
    left = f", where {ratio} is taken back" if terms.steps else left
    share = "" if terms.share == Rate(1) else f" {terms.share} of it is taken back at most."
    return (
        f"“{event}” happened within {window} of booking{left}. By then {line.money(line.basis)} had been paid for "
        f"this deal.{share}"
    )


def _adjustment(line: Extra) -> str:
    return f"{NAMES[line.kind]} number {line.x}, decided by people; its reason and approver are kept with it."


def _true_up(line: Extra) -> str:
    is_number = line.component is not None and line.component.measure.is_number
    credit, was, now = (Quantity(each) if is_number else line.money(each) for each in (line.basis, line.x, line.y))
    return (
        f"Credit of {credit} was counted before this period. Against a quota to date of {was} it came to "
        f"{line.money(line.before)}; against {now} it comes to {line.money(line.before + line.amount)}."
    )


def _salary(line: Extra) -> str:
    whole = line.money(line.x)
    if line.amount == line.x:
        return f"Base salary of one {_PERIODS[line.plan.pays]}."
    return f"Base salary of {whole}, for the {line.y} days on the plan in this period."


def _draw(line: Extra) -> str:
    if line.amount == line.x and not line.basis:
        return f"The draw of {line.money(line.x)} for this period, set off against its commission."
    said = f"Commission of {line.money(line.basis)} is topped up to the draw of {line.money(line.x)}."
    terms = line.plan.payment.draw
    if terms is None or not terms.recoverable:
        return f"{said} It need not be repaid."
    return f"{said} Debt is now {line.money(line.y)}, repaid from later commission above the draw."


def _recovery(line: Extra) -> str:
    terms = line.plan.payment.draw
    if terms is not None and terms.paid == "at_start":
        return (
            f"{line.money(-line.amount)} of {line.money(line.basis)} is set off against the draws paid in advance; "
            f"{line.money(line.y)} stays owed."
        )
    above = f"what is above the draw of {line.money(line.x)}" if line.x else "commission"
    return (
        f"Out of {line.money(line.basis)}, {above} repays a debt of {line.money(line.before)}; "
        f"{line.money(line.y)} stays owed."
    )


def _guarantee(line: Extra) -> str:
    return f"{line.money(line.basis)} is topped up to the guaranteed {line.money(line.x)}; it is never repaid."


def _top_up(line: Extra) -> str:
    return (
        f"All pay of the period, {line.money(line.basis)}, is topped up to the minimum wage of "
        f"{line.money(line.x)} for {line.y} days."
    )


def _carry(line: Extra) -> str:
    if line.x == 1:
        return "What was negative in an earlier period is taken from this one."
    then = "is dropped" if line.x == 2 else "is carried to the next one"  # as in engine.draws
    return f"The period came to {line.money(line.basis)}: what is below zero {then}."


def _cap(line: Extra) -> str:
    where = "plan year" if line.y else "pay period"
    return f"This plan pays at most {line.money(line.x)} of commission in one {where}."


def _correction(line: Extra) -> str:
    return (
        f"A locked period, the one from {on_day(line.x)}, comes to {line.money(line.y)} now, and "
        f"{line.money(line.before)} was paid for it: this is the difference."
    )


_WORDED: dict[str, Callable[[Extra], str]] = {
    "override": _override,
    "difference": _difference,
    "pool": _pool,
    "hold": _hold,
    "release": _released,
    "clawback": _clawback,
    "adjustment": _adjustment,
    "prize": _adjustment,
    "salary": _salary,
    "true_up": _true_up,
    "draw": _draw,
    "recovery": _recovery,
    "guarantee": _guarantee,
    "top_up": _top_up,
    "carry": _carry,
    "cap": _cap,
    "correction": _correction,
}
