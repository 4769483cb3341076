"""A figure somebody was shown is another one now: from what to what, what changed, who changed it and when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from messages import actions
from messages import format as written
from messages.notice_data import instant_of, money_of, period_of, rate_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from messages.reader import Reader

CAUSES_SHOWN = 8
_FIELDS = {
    "amount": "amount",
    "owner": "owner",
    "stage": "stage",
    "booked_on": "close date",
    "share": "share",
    "deal": "record",
}
_OTHER = {
    "plan": "A new version of the plan",
    "quota": "The quota",
    "assignment": "Which plan applies",
    "rate": "An exchange rate",
    "correction": "A correction",
}


@dataclass(frozen=True, slots=True)
class CauseView:
    """One cause: "$48,000.00 → $42,000.00 at 8%", and who made it so: "changed in crm by Dana, Nov 21, 2:02 PM"."""

    deal: str
    account: str
    what: str
    pay: str
    by: str


@dataclass(frozen=True, slots=True)
class FigureChangedView:
    """The whole notice."""

    period: str
    before: str
    after: str
    causes: tuple[CauseView, ...]
    more: str
    show: str
    receipt_ids: tuple[str, ...]


def view(data: Mapping[str, Any], reader: Reader) -> FigureChangedView:
    """Return the change ready to be shown."""
    period = period_of(data["period"])
    hidden = len(data["causes"]) - CAUSES_SHOWN + data.get("others", 0)
    return FigureChangedView(
        period=written.period_name(period, reader),
        before=written.money(money_of(data["before"]), reader),
        after=written.money(money_of(data["after"]), reader),
        causes=tuple(_cause(each, reader) for each in data["causes"][:CAUSES_SHOWN]),
        more=f"+{hidden} more" if hidden > 0 else "",
        show=actions.period_value(data["rep_id"], period.label),
        receipt_ids=tuple(data.get("receipts", ())),
    )


def _cause(each: Mapping[str, Any], reader: Reader) -> CauseView:
    account = each.get("account", "")
    return CauseView(
        deal=each.get("deal", ""),
        account=account if account != each.get("deal") else "",
        what="; ".join(_change(one, reader) for one in each["changes"]) or "calculated anew",
        pay=written.money(money_of(each["pay"]), reader) if each.get("pay") else "",
        by=_by(each, reader),
    )


def _change(one: Mapping[str, Any], reader: Reader) -> str:
    """Return "$48,000.00 → $42,000.00 at 8%", "owner Ada → Ben", or what else changed."""
    if one["field"] in _OTHER:
        return _OTHER[one["field"]]
    name = "" if one["field"] == "amount" else _FIELDS[one["field"]] + " "
    rate = f" at {written.rate(rate_of(one['rate']), reader)}" if one.get("rate") else ""
    return f"{name}{_value(one['before'], reader)} → {_value(one['after'], reader)}{rate}"


def _value(said: Mapping[str, Any] | int | str, reader: Reader) -> str:
    if isinstance(said, int):
        return written.share(said, reader)
    return written.with_days(said, reader) if isinstance(said, str) else written.money(money_of(said), reader)


def _by(each: Mapping[str, Any], reader: Reader) -> str:
    """Return where it was changed, by whom and when; a sync knows who only where the source says so."""
    where = f"changed in {each['source']}" if each.get("source") else "changed"
    unknown = ", which does not say by whom" if each.get("source") else ""
    who = f" by {each['actor']}" if each.get("actor") else unknown
    return f"{where}{who}, {written.moment(instant_of(each['at']), reader)}"
