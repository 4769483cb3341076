"""The way from earnings to payout in plain words, what stays open behind it, and whether the period is locked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.money import Money
from messages import format as written
from messages import kinds
from messages.escape import clip

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from engine.answers import Closing, Payout
    from engine.dates import Period
    from messages.reader import Reader

_EVENT = 40
#: Pay periods named one by one; of more, only how many there are is said.
_NAMED = 4


@dataclass(frozen=True, slots=True)
class StepView:
    """One step: "held back until “go_live”", and its amount without a sign."""

    said: str
    amount: str


@dataclass(frozen=True, slots=True)
class PayoutView:
    """From earnings to payout; `pending` says, in sentences, what is still held, owed or carried."""

    earned: str
    steps: tuple[StepView, ...]
    payout: str
    pending: tuple[str, ...]


def view(payouts: Sequence[Payout], reader: Reader) -> PayoutView | None:
    """Return the payouts of all plans as one; None where everything that is earned is paid as it is."""
    if not payouts:
        return None
    currency = payouts[0].payout.currency

    def total(of: str) -> Money:
        return Money(sum(getattr(each, of).minor for each in payouts), currency)

    return PayoutView(
        earned=written.money(total("earnings"), reader),
        steps=_steps(payouts, reader),
        payout=written.money(total("payout"), reader),
        pending=tuple(_pending(total("held"), total("owed"), total("carried"), reader)),
    )


def _steps(payouts: Sequence[Payout], reader: Reader) -> tuple[StepView, ...]:
    sums: dict[str, Money] = {}
    waits: dict[str, dict[str, None]] = {}
    for step in (step for each in payouts for step in each.steps):
        sums[step.kind] = sums[step.kind] + step.amount if step.kind in sums else step.amount
        waits.setdefault(step.kind, {}).update(dict.fromkeys(step.until))
    return tuple(
        StepView(
            f"{kinds.step(kind, is_taken=amount.minor < 0)}{until(tuple(waits[kind]))}",
            written.money(Money(abs(amount.minor), amount.currency), reader),
        )
        for kind, amount in sums.items()
        if amount
    )


def until(waits: tuple[str, ...]) -> str:
    """Return what is waited for: " until “go_live”"; of several things, that it comes in parts."""
    if not waits:
        return ""
    if len(waits) > 1:
        return " in parts"
    known = {
        "days": " for some days",
        "cash": " until the customer pays",
        "quarter_end": " until the quarter ends",
        "year_end": " until the year ends",
    }
    return known.get(waits[0], f" until “{clip(waits[0], _EVENT)}”")


def _pending(held: Money, owed: Money, carried: Money, reader: Reader) -> list[str]:
    said = []
    if held.minor > 0:
        said.append(f"{written.money(held, reader)} is still held back at the end of the period.")
    if owed.minor > 0:
        said.append(f"{written.money(owed, reader)} of the draw is still owed.")
    if carried.minor > 0:
        said.append(f"{written.money(carried, reader)} below zero is taken from a later period.")
    return said


def closings(states: Sequence[Closing], period: Period, reader: Reader) -> str:
    """Return which pay periods inside the answer's are no longer open, as sentences; empty where all are."""
    if len(states) > _NAMED:
        return _counted(states)
    return " ".join(_closing(each, period, reader) for each in states)


def _closing(each: Closing, period: Period, reader: Reader) -> str:
    own = (each.period.start_on, each.period.end_on) == (period.start_on, period.end_on)
    name = "This pay period" if own else written.period_name(each.period, reader)
    if each.state == "review":
        return f"{name} is under review and may still change."
    locked = f" on {_on(each.locked_at, reader)}" if each.locked_at else ""
    if each.state == "paid":
        return f"{name} was locked{locked} and paid{f' on {_on(each.paid_at, reader)}' if each.paid_at else ''}."
    return f"{name} was locked{locked}; it is not paid yet."


def _on(at: datetime, reader: Reader) -> str:
    return written.day(at.astimezone(reader.zone).date(), reader)


def _counted(states: Sequence[Closing]) -> str:
    names = (("paid", "paid"), ("locked", "locked and not paid yet"), ("review", "under review"))
    counts = [(sum(each.state == state for each in states), said) for state, said in names]
    return f"Pay periods: {', '.join(f'{count} {said}' for count, said in counts if count)}."
