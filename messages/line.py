"""Why a line is what it is: deal, share, the steps of the rate table, and the sum."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.money import Money, Rate, exponent
from messages import actions
from messages import format as written
from messages.basis import BasisView, Ground, basis_view
from messages.earnings import account_label, deal_label, kind_label
from messages.errors import DoesNotAddUpError

if TYPE_CHECKING:
    from engine.answers import LineExplanation, Slice
    from engine.money import Quantity
    from messages.reader import Reader

_PPM = 1_000_000
_WHOLE_PPB = 1_000_000_000
_PPB_PER_PPM = 1_000
_TENTH_PPB = 1_000_000  # a tenth of a percent
CAP = "cap"
#: Steps named in the sentence; more of them are left to the table.
STEPS_IN_SENTENCE = 3
STEPS_SHOWN = 30


@dataclass(frozen=True, slots=True)
class SliceView:
    """The part of the credit that one step of the rate table priced."""

    step: str
    credit: str
    rate: str
    amount: str


@dataclass(frozen=True, slots=True)
class LineExplanationView:
    """The whole explanation; what does not apply to the line is empty."""

    other: str
    is_deal: bool
    is_cap: bool
    is_full: bool
    deal: str
    account: str
    kind: str
    component: str
    amount: str
    took: str
    credit: str
    booked_on: str
    deal_amount: str
    share: str
    share_short: str
    converted: str
    rule: str
    before: str
    after: str
    before_share: str
    after_share: str
    quota: str
    slices: tuple[SliceView, ...]
    steps: int
    more_slices: str
    rerated: str
    record: str
    note: str
    basis: BasisView
    show_earnings: str

    @property
    def receipt_ids(self) -> tuple[str, ...]:
        """The receipt the line belongs to."""
        return self.basis.receipts


def view(explanation: LineExplanation, reader: Reader) -> LineExplanationView:
    """Return the explanation ready to be shown.

    Raises:
        DoesNotAddUpError: the slices and what was rerated do not sum to the line's amount.
    """
    check_sum(explanation)
    line, deal = explanation.line, explanation.line.deal
    ground = Ground((explanation.period,), explanation.plan, line.amount.currency)
    converted = explanation.converted_at
    return LineExplanationView(
        other="" if reader.is_about(explanation.rep.rep_id) else explanation.rep.name or "The rep",
        is_deal=deal is not None,
        is_cap=line.kind == CAP,
        is_full=_is_full(explanation),
        deal=deal_label(deal, line.kind),
        account=account_label(deal),
        kind=kind_label(line.kind) if line.kind != "commission" else "",
        component=line.component,
        amount=written.money(line.amount, reader),
        took=written.money(-line.amount, reader) if line.amount.minor < 0 and line.kind != CAP else "",
        credit=written.money(line.credit, reader),
        booked_on=written.day(line.booked_on, reader),
        deal_amount=written.money(explanation.deal_amount, reader) if explanation.deal_amount is not None else "",
        share=written.share(explanation.share_ppb, reader) if explanation.share_ppb != _WHOLE_PPB else "",
        share_short=_roughly(explanation.share_ppb, reader),
        converted=_exchange(explanation, reader) if converted is not None else "",
        rule=explanation.rule,
        before=written.money(explanation.before, reader),
        after=written.money(explanation.after, reader),
        before_share=_attained(explanation.before, explanation.quota, reader),
        after_share=_attained(explanation.after, explanation.quota, reader),
        quota=written.money(explanation.quota, reader) if explanation.quota is not None else "",
        slices=tuple(_slice(each, reader) for each in explanation.slices[:STEPS_SHOWN]),
        steps=len(explanation.slices),
        more_slices=_rest(explanation, reader),
        rerated=written.money(explanation.rerated, reader) if explanation.rerated else "",
        record=f"{deal.source} {deal.external_id}" if deal and deal.source + deal.external_id else "",
        note=explanation.note,
        basis=basis_view(explanation.basis, ground, reader),
        show_earnings=actions.period_value(explanation.rep.rep_id, explanation.period.label),
    )


def check_sum(explanation: LineExplanation) -> None:
    """Refuse an explanation whose parts do not sum to the amount it explains.

    Raises:
        DoesNotAddUpError: they do not.
    """
    parts = sum(each.amount.minor for each in explanation.slices) + explanation.rerated.minor
    if parts != explanation.line.amount.minor:
        raise DoesNotAddUpError(f"the parts sum to {parts}, the line is {explanation.line.amount.minor}")


def _slice(each: Slice, reader: Reader) -> SliceView:
    return SliceView(
        step=_step(each, reader),
        credit=written.money(each.basis, reader),
        rate=written.rate(each.rate, reader),
        amount=written.money(each.amount, reader),
    )


def _step(each: Slice, reader: Reader) -> str:
    """Return a step's bounds in words: "80% to 100% of quota", "above $50,000.00"."""
    if each.axis == "attainment":
        low, tail = written.percent(each.from_bound, reader), " of quota"
        high = written.percent(each.to_bound, reader) if each.to_bound is not None else ""
    else:
        currency, tail = each.basis.currency, ""
        low = written.money(Money(each.from_bound, currency), reader)
        high = written.money(Money(each.to_bound, currency), reader) if each.to_bound is not None else ""
    if high:
        return f"{low} to {high}{tail}" if each.from_bound > 0 else f"up to {high}{tail}"
    return f"above {low}{tail}" if each.from_bound > 0 else "all credit"


def _exchange(explanation: LineExplanation, reader: Reader) -> str:
    """Return the exchange rate as "1 EUR = 1.0825 USD"."""
    if explanation.converted_at is None or explanation.deal_amount is None:
        return ""
    rate = written.factor(explanation.converted_at, reader)
    return f"1 {explanation.deal_amount.currency} = {rate} {explanation.line.credit.currency}"


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
    if deal is None:
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


def _rest(explanation: LineExplanation, reader: Reader) -> str:
    """Return the sum of the steps that are not shown, so that the table still adds up."""
    rest = explanation.slices[STEPS_SHOWN:]
    if not rest:
        return ""
    return written.money(Money(sum(each.amount.minor for each in rest), explanation.line.amount.currency), reader)
