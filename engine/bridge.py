"""Why a payout changed: the way from one statement to another in steps that sum to the difference exactly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from engine.money import Money

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from engine.answers import DealName, LineSummary

Cause = Literal["new_deal", "gone_deal", "credit", "rate", "kind"]


@dataclass(frozen=True, slots=True)
class Step:
    """One cause of the change.

    `new_deal`, `gone_deal`: the deal is on one of the statements only; `credit`: it counts another amount; `rate`: it
    counts the same and pays differently, because a tier, a gate or the plan changed; `kind`: lines that are not a
    deal's commission, such as draws, caps, clawbacks and adjustments.
    """

    cause: Cause
    component: str
    kind: str
    deal: DealName | None
    credit_before: int
    credit_after: int
    before: Money
    after: Money

    @property
    def change(self) -> Money:
        """What this step adds to the payout."""
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class Bridge:
    """From `before` to `after`; the changes of the steps sum to their difference. Largest changes come first."""

    before: Money
    after: Money
    steps: tuple[Step, ...]


@dataclass(slots=True)
class _Side:
    deal: DealName | None
    credit: int = 0
    amount: int = 0


_Key = tuple[str, str, int]


def bridge(before: Sequence[LineSummary], after: Sequence[LineSummary], currency: str) -> Bridge:
    """The steps between the lines of two statements in one currency; lines in others are left out."""
    sides = [_grouped(line for line in lines if line.amount.currency == currency) for lines in (before, after)]
    steps = [_step(key, sides[0].get(key), sides[1].get(key), currency) for key in sides[0].keys() | sides[1].keys()]
    moved = [step for step in steps if step.change or step.credit_before != step.credit_after]
    moved.sort(
        key=lambda step: (-abs(step.change.minor), step.component, step.kind, step.deal.deal_id if step.deal else 0)
    )
    totals = [Money(sum(each.amount for each in side.values()), currency) for side in sides]
    return Bridge(totals[0], totals[1], tuple(moved))


def _grouped(lines: Iterable[LineSummary]) -> dict[_Key, _Side]:
    found: dict[_Key, _Side] = {}
    for line in lines:
        key = (line.component, line.kind, line.deal.deal_id if line.deal else 0)
        side = found.setdefault(key, _Side(line.deal))
        side.credit += line.credit.minor
        side.amount += line.amount.minor
    return found


def _step(key: _Key, before: _Side | None, after: _Side | None, currency: str) -> Step:
    component, kind, deal_id = key
    deal = (after or before or _Side(None)).deal
    old, new = before or _Side(deal), after or _Side(deal)
    money = Money(old.amount, currency), Money(new.amount, currency)
    return Step(_cause(kind, deal_id, before, after), component, kind, deal, old.credit, new.credit, *money)


def _cause(kind: str, deal_id: int, before: _Side | None, after: _Side | None) -> Cause:
    if kind != "commission" or not deal_id:
        return "kind"
    if before is None or after is None:
        return "new_deal" if before is None else "gone_deal"
    return "credit" if before.credit != after.credit else "rate"
