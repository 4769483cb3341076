"""`/earnings` as a reader sees it: the total first, then components, then the latest lines, each with a Why."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from engine.money import Money, Quantity
from engine.notes import NAMES
from engine.statements import EARNED
from messages import actions, kinds, payout
from messages import format as written
from messages.basis import BasisView, Ground, basis_view, beyond
from messages.errors import DoesNotAddUpError
from messages.escape import clip

if TYPE_CHECKING:
    from engine.answers import ComponentEarnings, DealName, EarningsAnswer, LineSummary, Payout
    from messages.payout import PayoutView
    from messages.reader import Reader

LINES_SHOWN = 8
COMPONENTS_SHOWN = 8
#: How much of a name a cell of the statement holds.
DEAL_LENGTH, COMPONENT_LENGTH = 50, 40
#: What a plan pays as a whole stands under the name of its kind.
_WHOLE_PLAN = frozenset(NAMES.values())


@dataclass(frozen=True, slots=True)
class ComponentView:
    """What one component paid; `counted` says on which credit, empty for what a plan pays as a whole."""

    name: str
    counted: str
    amount: str
    lines: str


@dataclass(frozen=True, slots=True)
class LineView:
    """One row: the deal, what it counted and paid. `label` names it in a table of few columns.

    `credit`, and `counted` with its word, are empty where the line counts none, as when it holds back; `why` is the
    button's value, empty where there is no receipt.
    """

    number: str
    label: str
    deal: str
    account: str
    kind: str
    component: str
    booked_on: str
    credit: str
    counted: str
    amount: str
    why: str
    about: str


@dataclass(frozen=True, slots=True)
class EarningsView:
    """The whole answer; `total` is empty where nothing could be calculated, `so_far` in a period that still runs.

    `payout` leads from what was earned to the total, None where they are the same; `components` are what was earned.
    """

    name: str
    other: str
    as_of: str
    period: str
    within: str
    so_far: bool
    is_past: bool
    total: str
    count: str
    components: tuple[ComponentView, ...]
    more_components: str
    lines: tuple[LineView, ...]
    more_lines: str
    more_amount: str
    payout: PayoutView | None
    closings: str
    basis: BasisView
    show_quota: str
    explain: str

    @property
    def receipt_ids(self) -> tuple[str, ...]:
        """The receipt of the answer."""
        return self.basis.receipts


def view(answer: EarningsAnswer, reader: Reader) -> EarningsView:
    """Return the earnings answer ready to be shown, the latest lines first.

    Raises:
        DoesNotAddUpError: the lines or the components do not sum to the total.
    """
    latest = sorted(answer.lines, key=lambda line: (line.booked_on, line.line_no), reverse=True)
    return made(answer, reader, tuple(latest[:LINES_SHOWN]))


def made(answer: EarningsAnswer, reader: Reader, shown: tuple[LineSummary, ...]) -> EarningsView:
    """Return the view of an answer with the lines that are to be shown."""
    check_total(answer)
    receipt, earned = answer.basis.receipt_id, _earned(answer)
    currency = answer.total.currency if answer.total is not None else ""
    problems = beyond(answer.problems, has_plan=answer.plan is not None)
    is_own = reader.is_about(answer.rep.rep_id)
    ground = Ground((answer.period,), answer.plan, currency, problems, is_own=is_own)
    value, today = actions.period_value(answer.rep.rep_id, answer.period.label), reader.today(answer.as_of)
    return EarningsView(
        name=answer.rep.name,
        other="" if is_own else answer.rep.name,
        as_of=written.day(answer.as_of, reader),
        period=written.period_name(answer.period, reader),
        within=written.within(answer.period, reader),
        so_far=today <= answer.period.last_on,
        is_past=answer.as_of < today,
        total=written.money(answer.total, reader) if answer.total is not None else "",
        count=written.count(len(answer.lines), "line", reader) if answer.lines else "",
        components=tuple(_component(each, reader) for each in earned[:COMPONENTS_SHOWN]),
        more_components=_more(len(earned), COMPONENTS_SHOWN),
        lines=tuple(line_view(each, receipt, reader) for each in shown),
        more_lines=_more(len(answer.lines), len(shown)),
        more_amount=_rest(answer, shown, reader),
        payout=payout.view(answer.payouts, reader),
        closings=payout.closings(answer.basis.closings, answer.period, reader),
        basis=basis_view(answer.basis, ground, reader),
        show_quota=value,
        explain=value,
    )


def check_total(answer: EarningsAnswer) -> None:
    """Refuse an answer whose lines or components do not sum to its total: nothing wrong is ever shown.

    Raises:
        DoesNotAddUpError: they do not.
    """
    if answer.total is None:
        return
    sums = {sum(line.amount.minor for line in answer.lines), sum(each.amount.minor for each in answer.components)}
    if answer.payouts:
        sums.add(sum(each.payout.minor for each in answer.payouts))
    if sums != {answer.total.minor}:
        raise DoesNotAddUpError(f"lines and components sum to {sorted(sums)}, the total is {answer.total.minor}")


def line_view(line: LineSummary, receipt_id: str, reader: Reader) -> LineView:
    """Return one line as text, with its button's value and what a screen reader says of it."""
    amount, deal = written.money(line.amount, reader), line_label(line)
    booked_on, is_commission = written.day(line.booked_on, reader), line.kind == "commission"
    kind = "" if is_commission or line.deal is None else kind_label(line.kind)
    parts = (
        kind,
        clip(deal, DEAL_LENGTH),
        clip(line.component, COMPONENT_LENGTH) if line.component != deal else "",
        booked_on,
    )
    return LineView(
        number=str(line.line_no),
        label=f"{line.line_no}. {', '.join(filter(None, parts))}",
        deal=deal,
        account=account_label(line.deal),
        kind=kind,
        component=line.component,
        booked_on=booked_on,
        credit=written.money(line.credit, reader) if line.kind in kinds.CREDITED else "",
        counted=_counted(line.credit, "credit", reader) if line.kind in kinds.CREDITED else "",
        amount=amount,
        why=actions.line_value(receipt_id, line.line_no) if receipt_id else "",
        about=f"Why {amount} for {deal}?",
    )


def _counted(credit: Money | Quantity, word: str, reader: Reader) -> str:
    """Return credit with its word, "$48,000.00 credit"; a number is counted: "12 counted"."""
    return f"{written.money(credit, reader)} {'counted' if isinstance(credit, Quantity) else word}"


def _on(credit: Money | Quantity, reader: Reader) -> str:
    """Return the credit that a component was paid on, as it follows the number of its lines."""
    said = _counted(credit, "of credit", reader)
    return f", {said}" if isinstance(credit, Quantity) else f" on {said}"


def line_label(line: LineSummary, rule: str = "") -> str:
    """Return what a line is for: its deal; without one the achievement, or the kind of the line."""
    if line.deal is None and line.kind == "commission":
        return rule or line.component or kind_label(line.kind)
    return deal_label(line.deal, line.kind)


def deal_label(deal: DealName | None, kind: str) -> str:
    """Return what people call the deal; a line without one goes by its kind."""
    if deal is None:
        return kind_label(kind)
    return deal.name or deal.external_id or f"deal {deal.deal_id}"


def kind_label(kind: str) -> str:
    """Return what a kind of line is called."""
    return kinds.label(kind)


def account_label(deal: DealName | None) -> str:
    """Return the account, unless the deal's name already says it."""
    if deal is None or not deal.account or deal.account.casefold() in deal.name.casefold():
        return ""
    return deal.account


def _earned(answer: EarningsAnswer) -> tuple[ComponentEarnings, ...]:
    """Return what each component earned: where steps lead from there to a payout, without what they changed."""
    if not answer.payouts:
        return answer.components
    found = []
    for part in answer.components:
        own = [line for line in answer.lines if line.component == part.name and line.kind in EARNED]
        is_one = sum(each.name == part.name for each in answer.components) == 1
        if is_one and own:
            amount = Money(sum(line.amount.minor for line in own), part.amount.currency)
            found.append(replace(part, amount=amount, lines=len(own)))
    return tuple(found) if sum(each.amount.minor for each in found) == _sum(answer.payouts) else answer.components


def _sum(payouts: tuple[Payout, ...]) -> int:
    """Return what all plans came to before any step."""
    return sum(each.earnings.minor for each in payouts)


def _component(each: ComponentEarnings, reader: Reader) -> ComponentView:
    return ComponentView(
        name=each.name,
        counted=_on(each.credit, reader) if each.credit or each.name not in _WHOLE_PLAN else "",
        amount=written.money(each.amount, reader),
        lines=written.count(each.lines, "line", reader),
    )


def _rest(answer: EarningsAnswer, shown: tuple[LineSummary, ...], reader: Reader) -> str:
    """Return what the lines that are not shown sum to, so that a table still adds up; empty where all are shown."""
    if answer.total is None or len(shown) == len(answer.lines):
        return ""
    rest = answer.total.minor - sum(line.amount.minor for line in shown)
    return written.money(Money(rest, answer.total.currency), reader)


def _more(total: int, shown: int) -> str:
    return f"+{total - shown} more" if total > shown else ""
