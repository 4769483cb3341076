"""Why pay changed: the difference first, then the steps that make it, in a table that ties to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.money import Money
from messages import format as written
from messages.errors import DoesNotAddUpError
from messages.outlook import Rests, deal_name, kind_name, other, signed, small_print

if TYPE_CHECKING:
    from engine.bridge import Step
    from engine.outlook import BridgeAnswer
    from messages.basis import BasisView
    from messages.reader import Reader

STEPS_SHOWN = 25
_CAUSES = {
    "new_deal": "New deal",
    "gone_deal": "Deal is gone",
    "credit": "Counts another amount",
    "rate": "Pays at another rate",
}


@dataclass(frozen=True, slots=True)
class StepView:
    """One cause of the change."""

    because: str
    label: str
    before: str
    after: str
    change: str


@dataclass(frozen=True, slots=True)
class BridgeView:
    """The whole answer; `change` has its sign, `rest` is what the steps that are not shown come to."""

    other: str
    before: str
    before_period: str
    after: str
    after_period: str
    changed: bool
    change: str
    steps: tuple[StepView, ...]
    more: str
    rest: str
    basis: BasisView

    @property
    def receipt_ids(self) -> tuple[str, ...]:
        """The receipts of both sides."""
        return self.basis.receipts


def view(answer: BridgeAnswer, reader: Reader) -> BridgeView:
    """Return the bridge ready to be shown.

    Raises:
        DoesNotAddUpError: the steps do not sum to the difference.
    """
    found = answer.bridge
    change = found.after - found.before
    if sum(step.change.minor for step in found.steps) != change.minor:
        raise DoesNotAddUpError(f"the steps do not sum to {change.minor}")
    hidden = found.steps[STEPS_SHOWN:]
    rest = Money(sum(step.change.minor for step in hidden), change.currency)
    receipts = (answer.before_receipt, answer.after_receipt)
    rests = Rests(answer.rep, answer.plan, answer.basis, (), (answer.before, answer.after), receipts)
    return BridgeView(
        other=other(answer.rep, reader),
        before=written.money(found.before, reader),
        before_period=written.period_name(answer.before, reader),
        after=written.money(found.after, reader),
        after_period=written.period_name(answer.after, reader),
        changed=bool(change),
        change=signed(change, reader),
        steps=tuple(_step(each, answer, reader) for each in found.steps[:STEPS_SHOWN]),
        more=f"+{len(hidden)} more" if hidden else "",
        rest=signed(rest, reader) if hidden else "",
        basis=small_print(rests, change.currency, reader),
    )


def _step(each: Step, answer: BridgeAnswer, reader: Reader) -> StepView:
    return StepView(
        because(each, answer, reader),
        deal_name(each.deal) if each.deal is not None else each.component or kind_name(each.kind),
        written.money(each.before, reader),
        written.money(each.after, reader),
        signed(each.change, reader),
    )


def because(each: Step, answer: BridgeAnswer, reader: Reader) -> str:
    """Return why a step is there; between two periods most deals are in one of them only, and no more is meant."""
    if answer.before != answer.after and each.cause in ("new_deal", "gone_deal"):
        side = answer.after if each.cause == "new_deal" else answer.before
        return f"Only in {written.period_name(side, reader)}"
    return _CAUSES.get(each.cause) or kind_name(each.kind)
