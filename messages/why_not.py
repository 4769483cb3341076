"""Why a deal is or is not on a statement: the verdict first, then every condition, then what each component did."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from messages import format as written
from messages.outlook import Rests, currency_of, deal_name, other, paid, small_print

if TYPE_CHECKING:
    from engine.outlook import WhyNotAnswer
    from engine.whynot import ComponentTried, Condition
    from messages.basis import BasisView
    from messages.reader import Reader

CONDITIONS_SHOWN, COMPONENTS_SHOWN, RULES_SHOWN = 10, 4, 6
MARKS = {"pass": "✓", "fail": "✗", "unknown": "?"}


@dataclass(frozen=True, slots=True)
class ConditionView:
    """One condition: its mark, what it asks, and what was found."""

    mark: str
    asks: str
    found: str


@dataclass(frozen=True, slots=True)
class RuleView:
    """One rate rule: what it pays, and why it won or lost."""

    rate: str
    verdict: str
    why: str


@dataclass(frozen=True, slots=True)
class ComponentView:
    """What one component did with the deal."""

    name: str
    paid: str
    conditions: tuple[ConditionView, ...]
    rules: tuple[RuleView, ...]


@dataclass(frozen=True, slots=True)
class WhyNotView:
    """The whole answer; `blocker` is empty where nothing stands in the way, and then `paid` says what it pays."""

    other: str
    deal: str
    paid: str
    blocker: str
    found: str
    remedy: str
    conditions: tuple[ConditionView, ...]
    components: tuple[ComponentView, ...]
    basis: BasisView

    @property
    def receipt_ids(self) -> tuple[str, ...]:
        """The receipt of the answer."""
        return self.basis.receipts


def view(answer: WhyNotAnswer, reader: Reader) -> WhyNotView:
    """Return the why-not answer ready to be shown."""
    blocker, rests = answer.blocker, Rests(answer.rep, answer.plan, answer.basis, answer.problems)
    return WhyNotView(
        other=other(answer.rep, reader),
        deal=deal_name(answer.deal),
        paid=paid(answer.paid, reader),
        blocker=written.with_days(blocker.asks, reader) if blocker else "",
        found=written.with_days(blocker.found, reader) if blocker else "",
        remedy=blocker.remedy if blocker else "",
        conditions=tuple(_condition(each, reader) for each in answer.conditions[:CONDITIONS_SHOWN]),
        components=tuple(_component(each, reader) for each in answer.components[:COMPONENTS_SHOWN]),
        basis=small_print(rests, currency_of(answer.paid), reader),
    )


def _condition(each: Condition, reader: Reader) -> ConditionView:
    return ConditionView(
        MARKS[each.state], written.with_days(each.asks, reader), written.with_days(each.found, reader)
    )


def _component(each: ComponentTried, reader: Reader) -> ComponentView:
    rules = tuple(
        RuleView(rule.rate, "won" if rule.won else "lost", written.with_days(rule.why, reader))
        for rule in each.rules[:RULES_SHOWN]
    )
    conditions = tuple(_condition(one, reader) for one in each.conditions[:CONDITIONS_SHOWN])
    return ComponentView(each.component, written.money(each.paid, reader), conditions, rules)
