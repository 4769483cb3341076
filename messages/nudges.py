"""Nudges about one's own figures as a reader sees them: close, crossed, reached, behind, the week, a best."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from engine.money import Money, Quantity, Rate
from messages import actions
from messages import format as written
from messages.notice_data import day_of, money_of, period_of, rate_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from messages.reader import Reader

DEALS_SHOWN = 5
_PPM = 1_000_000
_STALE = "The data behind this has not been read for a while; press the button for how things stand."


@dataclass(frozen=True, slots=True)
class DealLine:
    """An open deal in a sentence: its name, its amount, and when it is expected to close."""

    name: str
    amount: str
    on: str


@dataclass(frozen=True, slots=True)
class QuotaNudge:
    """A nudge about a quota; what does not apply to its kind is empty.

    `tier` is empty where the quota itself is meant, `pays` is what lies beyond: "12%".
    """

    quota: str
    period: str
    gap: str
    tier: str
    pays: str
    attained: str
    elapsed: str
    behind: str
    per_day: str
    days_left: str
    over: str
    rerated: str
    deal: str
    deals: tuple[DealLine, ...]
    count: str
    gain: str
    show: str
    remarks: tuple[str, ...] = ()
    receipt_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WeekNudge:
    """The week behind and the one ahead; amounts are empty where there are none."""

    earned: str
    deals_won: str
    quota: str
    period: str
    gap: str
    attained: str
    payable: str
    payable_in: str
    coming: tuple[DealLine, ...]
    show: str
    remarks: tuple[str, ...] = ()
    receipt_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BestNudge:
    """A deal that is the largest of many; no pay."""

    deal: str
    credits: str
    remarks: tuple[str, ...] = field(default=())
    receipt_ids: tuple[str, ...] = ()


def quota_nudge(data: Mapping[str, Any], reader: Reader) -> QuotaNudge:
    """Return a nudge about a quota ready to be shown."""
    deals = data.get("deals", ())
    from_ppm = int(data.get("from_ppm", _PPM))
    return QuotaNudge(
        quota=str(data["quota"]).replace("_", " "),
        period=written.period_name(period_of(data["period"]), reader) if "period" in data else "",
        gap=_amount(data.get("gap"), reader),
        tier="" if from_ppm == _PPM else written.percent(from_ppm, reader),
        pays=_pays(data, reader),
        attained=_share(data.get("attained_ppm"), reader),
        elapsed=_share(data.get("elapsed_ppm"), reader),
        behind=_points(data.get("behind_ppm"), reader),
        per_day=_about(data.get("per_day"), reader),
        days_left=written.days_left(int(data["days_left"])) if "days_left" in data else "",
        over=_amount(data.get("over"), reader),
        rerated=_amount(data.get("rerated"), reader),
        deal=str(data.get("deal", "")),
        deals=deal_lines(deals[:DEALS_SHOWN], reader),
        count=written.count(len(deals), "deal", reader),
        gain=amounts(data.get("gain", ()), reader) if isinstance(data.get("gain"), list) else "",
        show=actions.period_value(int(data.get("rep_id", 0)), ""),
        remarks=remarks(data),
        receipt_ids=receipts(data),
    )


def my_week(data: Mapping[str, Any], reader: Reader) -> WeekNudge:
    """Return the week ready to be shown."""
    return WeekNudge(
        earned=_amount(data.get("earned"), reader),
        deals_won=written.count(int(data.get("deals_won", 0)), "deal", reader),
        quota=str(data.get("quota", "")).replace("_", " "),
        period=written.period_name(period_of(data["period"]), reader) if "period" in data else "",
        gap=_amount(data.get("gap"), reader),
        attained=_share(data.get("attained_ppm"), reader),
        payable=_amount(data.get("payable"), reader),
        payable_in=written.period_name(period_of(data["earned_in"]), reader) if "earned_in" in data else "",
        coming=deal_lines(data.get("coming", ()), reader),
        show=actions.period_value(int(data.get("rep_id", 0)), ""),
        remarks=remarks(data),
        receipt_ids=receipts(data),
    )


def personal_best(data: Mapping[str, Any], reader: Reader) -> BestNudge:
    """Return the praise ready to be shown."""
    return BestNudge(str(data.get("deal", "")), written.number(int(data["credits"]), reader), remarks(data))


def remarks(data: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what stands below a nudge where the data behind it is old."""
    return (_STALE,) if data.get("is_stale") else ()


def receipts(data: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the receipts that the figures come from."""
    return tuple(map(str, data.get("receipts", ())))


def deal_lines(deals: Sequence[Mapping[str, Any]], reader: Reader) -> tuple[DealLine, ...]:
    """Return open deals as lines."""
    return tuple(
        DealLine(str(each["name"]), _amount(each.get("amount"), reader), written.day(day_of(each["on"]), reader))
        for each in deals
    )


def amounts(paid: Sequence[Mapping[str, Any]], reader: Reader) -> str:
    """Return amounts of several currencies, joined; empty where there are none."""
    return " and ".join(_amount(each, reader) for each in paid)


def _amount(said: Mapping[str, Any] | None, reader: Reader) -> str:
    return "" if said is None else written.money(money_of(said), reader)


def _about(said: Mapping[str, Any] | None, reader: Reader) -> str:
    return "" if said is None else written.about(money_of(said), reader)


def _share(ppm: int | None, reader: Reader) -> str:
    return "" if ppm is None else written.percent(int(ppm), reader)


def _points(ppm: int | None, reader: Reader) -> str:
    """Return a difference of two shares: "21 points"."""
    return "" if ppm is None else f"{written.number(int(ppm) // 10_000, reader)} points"


def _pays(data: Mapping[str, Any], reader: Reader) -> str:
    """Return what credit beyond the next tier pays; empty where there is none."""
    if "rate" not in data:
        return ""
    value: Rate = rate_of(data["rate"])
    gap = money_of(data["gap"]) if "gap" in data else Money(0, "USD")
    if data.get("pays") == "target":
        return f"{written.rate(value, reader)} of the target"
    if data.get("pays") == "amount" or isinstance(gap, Quantity):
        return ""  # an amount for the step: what the deals pay says it
    return written.rate(value, reader)
