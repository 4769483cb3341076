"""Deals just won: what each adds to pay and how that comes about, and when it is payable."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from messages import actions
from messages import format as written
from messages.notice_data import money_of, period_of, rate_of
from messages.payout import until

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from messages.reader import Reader

DEALS_SHOWN = 10
STEPS_SHOWN = 3


@dataclass(frozen=True, slots=True)
class WonDeal:
    """One deal: "+$4,200.00", "$30,000.00 at 8%, $18,000.00 at 10%", and what its Why button carries."""

    deal: str
    account: str
    pay: str
    steps: str
    payable: str
    why: str
    why_action: str


@dataclass(frozen=True, slots=True)
class DealWonView:
    """One deal, or several of one hour with their total."""

    deals: tuple[WonDeal, ...]
    count: str
    total: str
    more: str
    receipt_ids: tuple[str, ...]


def view(data: Mapping[str, Any], reader: Reader) -> DealWonView:
    """Return the deals ready to be shown."""
    deals = data["deals"]
    hidden = len(deals) - DEALS_SHOWN
    return DealWonView(
        deals=tuple(_deal(each, data, reader) for each in deals[:DEALS_SHOWN]),
        count=written.count(len(deals), "deal", reader),
        total=_sum([each["pay"] for each in deals], reader),
        more=f"+{hidden} more" if hidden > 0 else "",
        receipt_ids=(data["receipt"],) if data.get("receipt") else (),
    )


def _deal(each: Mapping[str, Any], data: Mapping[str, Any], reader: Reader) -> WonDeal:
    lines = each.get("lines", ())
    is_line = len(lines) == 1 and bool(data.get("receipt"))
    period = data["period"]["label"]
    return WonDeal(
        deal=each["deal"],
        account=each["account"] if each["account"] != each["deal"] else "",
        pay=_signed(each["pay"], reader),
        steps=_steps(each.get("steps", ()), reader),
        payable=_payable(each, data, reader),
        why=actions.line_value(data["receipt"], lines[0])
        if is_line
        else actions.period_value(data["rep_id"], period),
        why_action=actions.WHY_LINE if is_line else actions.EXPLAIN_STATEMENT,
    )


def _steps(steps: Sequence[Mapping[str, Any]], reader: Reader) -> str:
    """Return "$30,000.00 at 8%, $18,000.00 at 10%"; empty where more steps priced it than a sentence takes."""
    if not steps or len(steps) > STEPS_SHOWN:
        return ""
    return ", ".join(
        f"{written.money(money_of(each['basis']), reader)} at {written.rate(rate_of(each['rate']), reader)}"
        for each in steps
    )


def _payable(each: Mapping[str, Any], data: Mapping[str, Any], reader: Reader) -> str:
    """Return when it is paid: with the statement of its period, save what a plan holds back."""
    period = written.period_name(period_of(data["period"]), reader)
    held = each.get("held")
    if not held:
        return f"Payable with the statement of {period}."
    waits = until(tuple(each.get("until", ())))
    return f"{written.money(money_of(held), reader)} of it is held back{waits}; the rest is payable with {period}."


def _signed(amount: Mapping[str, Any], reader: Reader) -> str:
    said = written.money(money_of(amount), reader)
    return f"+{said}" if amount["minor"] > 0 else said


def _sum(amounts: Sequence[Mapping[str, Any]], reader: Reader) -> str:
    """Return the total; empty for one deal, and where the deals pay in several currencies."""
    if len(amounts) < 2 or len({each["currency"] for each in amounts}) != 1:
        return ""
    total = sum(each["minor"] for each in amounts)
    return _signed({"minor": total, "currency": amounts[0]["currency"]}, reader)
