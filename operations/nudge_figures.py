"""Figures of answers as a notice carries them: JSON, found by the name of a quota."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.money import Quantity
from engine.nudges.rule import PPM

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.answers import DealName, EarningsAnswer, NextTier, QuotaAnswer, QuotaProgress
    from engine.dates import Period
    from engine.money import Money
    from engine.outlook import GapAnswer


def spelled(value: Money | Quantity) -> dict[str, Any]:
    """An amount, or a number, as JSON."""
    if isinstance(value, Quantity):
        return {"millionths": value.millionths, "unit": value.unit}
    return {"minor": value.minor, "currency": value.currency}


def span(period: Period) -> dict[str, str]:
    """A period as JSON."""
    return {"label": period.label, "start_on": str(period.start_on), "end_on": str(period.end_on)}


def running(answer: QuotaAnswer, name: str) -> QuotaProgress | None:
    """The quota of that name that runs on the day: the shorter one where a year stands beside its part."""
    return next((each for each in answer.quotas if each.name == name), None)


def next_tier(answer: QuotaAnswer, name: str) -> NextTier | None:
    """The next tier of that quota."""
    return next((each.next_tier for each in answer.quotas if each.name == name and each.next_tier), None)


def begins_at_quota(progress: QuotaProgress) -> bool:
    """Whether the next tier begins where the quota is reached."""
    return progress.next_tier is not None and progress.next_tier.from_ppm == PPM


def pays(tier: NextTier | None) -> dict[str, Any]:
    """What a tier pays; nothing where there is none."""
    if tier is None:
        return {}
    return {"next_ppm": tier.from_ppm, "pays": tier.pays, "rate": {"num": tier.rate.num, "den": tier.rate.den}}


def route(ways: GapAnswer, quota: str, from_ppm: int) -> dict[str, Any]:
    """The fewest open deals that lead there and what they pay; no deals where none do."""
    found = next((each for each in ways.routes if each.quota == quota and each.from_ppm == from_ppm), None)
    if found is None:
        return {"deals": [], "gain": []}
    deals = [{"name": called(each.deal), "amount": spelled(each.amount), "on": str(each.on)} for each in found.deals]
    return {"deals": deals, "gain": [spelled(each) for each in found.gain]}


def called(deal: DealName) -> str:
    """What people call a deal."""
    return deal.name or deal.external_id or f"deal {deal.deal_id}"


def receipts(*given: QuotaAnswer | EarningsAnswer | GapAnswer) -> tuple[str, ...]:
    """The receipts of some answers, each once."""
    return tuple(dict.fromkeys(each.basis.receipt_id for each in given if each.basis.receipt_id))


def is_stale(*given: QuotaAnswer | EarningsAnswer | GapAnswer) -> bool:
    """Whether any source that they rest on has not been read for too long."""
    return any(source.stale for each in given for source in each.basis.sources)


def without_nothing(data: Mapping[str, Any]) -> dict[str, Any]:
    """The data without what is None."""
    return {name: value for name, value in data.items() if value is not None}
