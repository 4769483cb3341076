"""Why a line is what it is: deal, share, the steps of the rate table, and the sum; or what its kind did to pay."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.money import Money, Quantity, Rate, exponent
from messages import actions, kinds, pieces
from messages import format as written
from messages.basis import BasisView, Ground, basis_view
from messages.earnings import account_label, line_label
from messages.errors import DoesNotAddUpError

if TYPE_CHECKING:
    from engine.answers import LineExplanation
    from messages.pieces import SliceView
    from messages.reader import Reader

_PPM = 1_000_000
_WHOLE_PPB = 1_000_000_000
_PPB_PER_PPM = 1_000
_TENTH_PPB = 1_000_000  # a tenth of a percent
COMMISSION = "commission"


@dataclass(frozen=True, slots=True)
class LineExplanationView:
    """The whole explanation; what does not apply to the line is empty.

    A commission is told with its credit and the steps that priced it; every other kind in the words `opening` and
    `closing` around `size`, its amount without a sign, and in its note.
    """

    other: str
    is_commission: bool
    is_deal: bool
    is_full: bool
    deal: str
    account: str
    component: str
    amount: str
    took: str
    opening: str
    size: str
    closing: str
    credit: str
    counts: str
    booked_on: str
    deal_amount: str
    share: str
    share_short: str
    converted: str
    rule: str
    before: str
    after: str
    before_label: str
    after_label: str
    before_share: str
    after_share: str
    slices: tuple[SliceView, ...]
    steps: int
    more_slices: str
    rerated: str
    rerated_label: str
    rerated_said: str
    record: str
    note: str
    basis: BasisView
    show_earnings: str

    @property
    def receipt_ids(self) -> tuple[str, ...]:
        """The receipt the line belongs to."""
        return self.basis.receipts


@dataclass(frozen=True, slots=True)
class _Told:
    """What is said of a line because of its kind: the sentence, its credit and what stood around it."""

    opening: str
    closing: str
    credit: str
    counts: str
    before: str
    after: str
    before_label: str
    after_label: str


def view(explanation: LineExplanation, reader: Reader) -> LineExplanationView:
    """Return the explanation ready to be shown.

    Raises:
        DoesNotAddUpError: the slices and what was rerated do not sum to the line's amount.
    """
    check_sum(explanation)
    line, deal = explanation.line, explanation.line.deal
    ground = Ground((explanation.period,), explanation.plan, line.amount.currency)
    told, is_commission = _told(explanation, reader), line.kind == COMMISSION
    is_shared = is_commission and explanation.share_ppb != _WHOLE_PPB
    return LineExplanationView(
        other="" if reader.is_about(explanation.rep.rep_id) else explanation.rep.name or "The rep",
        is_commission=is_commission,
        is_deal=deal is not None,
        is_full=is_commission and _is_full(explanation),
        deal=line_label(line, explanation.rule),
        account=account_label(deal),
        component=line.component,
        amount=written.money(line.amount, reader),
        took=written.money(-line.amount, reader) if line.amount.minor < 0 and is_commission else "",
        opening=told.opening,
        size=written.money(Money(abs(line.amount.minor), line.amount.currency), reader),
        closing=told.closing,
        credit=told.credit,
        counts=told.counts,
        booked_on=written.day(line.booked_on, reader),
        deal_amount=written.money(explanation.deal_amount, reader) if explanation.deal_amount is not None else "",
        share=written.share(explanation.share_ppb, reader) if is_shared else "",
        share_short=_roughly(explanation.share_ppb, reader),
        converted=_exchange(explanation, reader),
        rule=explanation.rule,
        before=told.before,
        after=told.after,
        before_label=told.before_label,
        after_label=told.after_label,
        before_share=_attained(explanation.before, explanation.quota, reader),
        after_share=_attained(explanation.after, explanation.quota, reader),
        slices=pieces.slices(explanation, reader),
        steps=len(explanation.slices),
        more_slices=pieces.rest(explanation, reader),
        rerated=written.money(explanation.rerated, reader) if explanation.rerated and explanation.slices else "",
        rerated_label=pieces.earlier(explanation),
        rerated_said=pieces.said_earlier(explanation, reader) if is_commission else "",
        record=f"{deal.source} {deal.external_id}" if deal and deal.source + deal.external_id else "",
        note=written.localised(explanation.note, reader),
        basis=basis_view(explanation.basis, ground, reader),
        show_earnings=actions.period_value(explanation.rep.rep_id, explanation.period.label),
    )


def _told(explanation: LineExplanation, reader: Reader) -> _Told:
    line, labels = explanation.line, kinds.standing(explanation.line.kind)
    has_credit, has_standing = line.kind in kinds.CREDITED, any(labels)
    credit = written.money(line.credit, reader)
    number = isinstance(line.credit, Quantity)
    return _Told(
        *kinds.around(line),
        credit=credit if has_credit else "",
        counts=f"it counts as {credit}" if number else "",
        before=written.money(explanation.before, reader) if has_standing else "",
        after=written.money(explanation.after, reader) if has_standing else "",
        before_label=labels[0],
        after_label=labels[1],
    )


def check_sum(explanation: LineExplanation) -> None:
    """Refuse an explanation whose parts do not sum to the amount it explains.

    Raises:
        DoesNotAddUpError: they do not.
    """
    parts = sum(each.amount.minor for each in explanation.slices) + explanation.rerated.minor
    if parts != explanation.line.amount.minor:
        raise DoesNotAddUpError(f"the parts sum to {parts}, the line is {explanation.line.amount.minor}")


def _exchange(explanation: LineExplanation, reader: Reader) -> str:
    """Return the exchange rate as "1 EUR = 1.0825 USD"."""
    if explanation.converted_at is None or explanation.deal_amount is None:
        return ""
    rate = written.factor(explanation.converted_at, reader)
    return f"1 {explanation.deal_amount.currency} = {rate} {explanation.line.amount.currency}"


def _attained(credit: Money | Quantity, quota: Money | Quantity | None, reader: Reader) -> str:
    """Return credit as a share of quota; empty without a quota."""
    if quota is None or quota.minor <= 0 or quota.currency != credit.currency:
        return ""
    return written.percent(credit.minor * _PPM // quota.minor, reader)


def _is_full(explanation: LineExplanation) -> bool:
    """Whether the credit is the rep's whole share of the deal, give or take the rounding of one minor unit.

    A component may count a deal only up to a limit, or only a part of it.
    """
    deal, credit = explanation.deal_amount, explanation.line.credit
    if deal is None or isinstance(credit, Quantity):
        return False
    rate = explanation.converted_at or Rate(1)
    num = deal.minor * explanation.share_ppb * rate.num * _unit(credit.currency)
    den = _WHOLE_PPB * rate.den * _unit(deal.currency)
    return abs(num - credit.minor * den) < 2 * den


def _unit(currency: str) -> int:
    """Return how many minor units make a major one."""
    return int(10 ** exponent(currency))


def _roughly(share_ppb: int, reader: Reader) -> str:
    """Return a share for a sentence: one decimal, marked where that is not all of it."""
    exact = share_ppb % _TENTH_PPB == 0
    return ("" if exact else written.APPROXIMATELY) + written.percent(share_ppb // _PPB_PER_PPM, reader)
