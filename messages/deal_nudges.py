"""Nudges that list deals or people: overdue, waiting for payment, clawback windows, missing fields, at risk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from messages import actions
from messages import format as written
from messages.notice_data import day_of, money_of
from messages.nudges import amounts, receipts, remarks

if TYPE_CHECKING:
    from collections.abc import Mapping

    from messages.reader import Reader

SHOWN = 6


@dataclass(frozen=True, slots=True)
class ListedDeal:
    """One deal: its name, a day, an amount, and what is wrong with it or rides on it; "" for what does not apply.

    `idle` is the day since which nothing about it changed, where that is what is wrong.
    """

    name: str
    on: str
    amount: str
    what: str
    idle: str = ""


@dataclass(frozen=True, slots=True)
class DealsNudge:
    """Several deals; `is_one` where it is only one, `is_again` where this was said before."""

    deals: tuple[ListedDeal, ...]
    count: str
    is_one: bool
    is_again: bool
    more: str
    total: str
    show: str
    remarks: tuple[str, ...] = ()
    receipt_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReportLine:
    """One report: where they are, where that leads, and what a day would have to bring."""

    name: str
    attained: str
    projected: str
    gap: str
    per_day: str


@dataclass(frozen=True, slots=True)
class TeamNudge:
    """The reports whose credit so far leads below the limit, by name."""

    reports: tuple[ReportLine, ...]
    count: str
    team: str
    more: str
    remarks: tuple[str, ...] = ()
    receipt_ids: tuple[str, ...] = ()


def stalled_deals(data: Mapping[str, Any], reader: Reader) -> DealsNudge:
    """Return overdue deals with what rides on each."""
    return _deals(data, reader, "due_on")


def waiting_for_payment(data: Mapping[str, Any], reader: Reader) -> DealsNudge:
    """Return the deals whose commission waits, since when, and how much."""
    return _deals(data, reader, "since_on")


def clawback_exposure(data: Mapping[str, Any], reader: Reader) -> DealsNudge:
    """Return the commissions that can be taken back until soon, and until when."""
    return _deals(data, reader, "until_on")


def missing_field(data: Mapping[str, Any], reader: Reader) -> DealsNudge:
    """Return the deals that cannot be counted, why, and what mends it."""
    return _deals(data, reader, "")


def team_at_risk(data: Mapping[str, Any], reader: Reader) -> TeamNudge:
    """Return the reports at risk ready to be shown."""
    reports = data["reports"]
    hidden = int(data.get("more", 0)) + max(len(reports) - SHOWN, 0)
    return TeamNudge(
        reports=tuple(
            ReportLine(
                name=str(each["name"]),
                attained=written.percent(int(each["attained_ppm"]), reader),
                projected=written.percent(int(each["projected_ppm"]), reader),
                gap=written.money(money_of(each["gap"]), reader),
                per_day=written.about(money_of(each["per_day"]), reader),
            )
            for each in reports[:SHOWN]
        ),
        count=written.number(len(reports) + int(data.get("more", 0)), reader),
        team=written.number(int(data["team"]), reader),
        more=f"+{hidden} more" if hidden else "",
        remarks=remarks(data),
        receipt_ids=receipts(data),
    )


def _deals(data: Mapping[str, Any], reader: Reader, day: str) -> DealsNudge:
    deals = data["deals"]
    hidden = int(data.get("more", 0)) + max(len(deals) - SHOWN, 0)
    count = int(data.get("count", len(deals)))
    return DealsNudge(
        deals=tuple(_deal(each, reader, day) for each in deals[:SHOWN]),
        count=written.count(count, "deal", reader),
        is_one=count == 1,
        is_again=bool(data.get("again")),
        more=f"+{hidden} more" if hidden else "",
        total=written.money(money_of(data["total"]), reader) if "total" in data and count > 1 else "",
        show=actions.period_value(int(data.get("rep_id", 0)), ""),
        remarks=remarks(data),
        receipt_ids=receipts(data),
    )


def _deal(each: Mapping[str, Any], reader: Reader, day: str) -> ListedDeal:
    what = amounts(each.get("rides", ()), reader)
    if "reason" in each:
        what = f"{str(each['reason']).rstrip('.')}. {each.get('remedy', '')}".strip()
    return ListedDeal(
        name=str(each["name"]),
        on=written.day(day_of(each[day]), reader) if day else "",
        amount=written.money(money_of(each["amount"]), reader) if "amount" in each else "",
        what=what,
        idle=written.day(day_of(each["idle_on"]), reader) if each.get("idle_on") else "",
    )
