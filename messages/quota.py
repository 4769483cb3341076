"""`/myquota` as a reader sees it: how much is left, whether that is on pace, what comes next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from messages import actions, charts
from messages import format as written
from messages.basis import BasisView, Ground, basis_view, beyond

if TYPE_CHECKING:
    from engine.answers import NextTier, QuotaAnswer, QuotaProgress
    from messages.reader import Reader

SHOWN = 6
_PPM = 1_000_000
#: From how far behind or ahead, in parts per million of quota, and how we say it.
_PACES = (
    (250_000, "well ahead of pace"),
    (100_000, "ahead of pace"),
    (20_000, "slightly ahead of pace"),
    (-20_000, "on pace"),
    (-100_000, "slightly behind pace"),
    (-250_000, "behind pace"),
)
_FAR_BEHIND = "far behind pace"


@dataclass(frozen=True, slots=True)
class TierView:
    """The next step of the rate table."""

    component: str
    starts: str
    rate: str
    shortfall: str


@dataclass(frozen=True, slots=True)
class ProgressView:
    """One quota.

    `title` is empty where there is only one; `over` is empty until the quota is reached, `attained` where it is zero.
    """

    title: str
    quota: str
    credit: str
    gap: str
    over: str
    attained: str
    days_left: str
    pace: str
    pace_amount: str
    elapsed: str
    per_day: str
    bar: str
    next_tier: TierView | None
    pipeline: str
    open_deals: str
    cover: str

    @property
    def is_reached(self) -> bool:
        """Whether there is nothing left to go."""
        return bool(self.over)


@dataclass(frozen=True, slots=True)
class QuotaView:
    """The whole answer; `other` is the rep's name where the reader is somebody else."""

    name: str
    other: str
    as_of: str
    quotas: tuple[ProgressView, ...]
    lacks_quota: bool
    more: str
    earned: str
    earned_in: str
    basis: BasisView
    show_earnings: str
    explain: str

    @property
    def receipt_ids(self) -> tuple[str, ...]:
        """The receipt of the answer."""
        return self.basis.receipts


def view(answer: QuotaAnswer, reader: Reader) -> QuotaView:
    """Return the quota answer ready to be shown."""
    shown, currencies = answer.quotas[:SHOWN], dict.fromkeys(each.quota.currency for each in answer.quotas)
    if not currencies and answer.earned:
        currencies = {answer.earned.currency: None}
    problems = beyond(answer.problems, has_plan=answer.plan is not None, lacks_quota=lacks_quota(answer))
    ground = Ground(tuple(each.period for each in shown), answer.plan, ", ".join(currencies), problems)
    label = answer.quotas[0].period.label if answer.quotas else ""
    value = actions.period_value(answer.rep.rep_id, label)
    return QuotaView(
        name=answer.rep.name,
        other="" if reader.is_about(answer.rep.rep_id) else answer.rep.name,
        as_of=written.day(answer.as_of, reader),
        quotas=tuple(_progress(each, reader, is_one_of_many=len(shown) > 1) for each in shown),
        lacks_quota=lacks_quota(answer),
        more=f"+{len(answer.quotas) - SHOWN} more" if len(answer.quotas) > SHOWN else "",
        earned=written.money(answer.earned, reader) if answer.earned is not None else "",
        earned_in=written.within(answer.quotas[0].period, reader) if answer.quotas else "",
        basis=basis_view(answer.basis, ground, reader),
        show_earnings=value,
        explain=value,
    )


def lacks_quota(answer: QuotaAnswer) -> bool:
    """Whether there is a plan and simply no quota on the day, rather than one that cannot be used."""
    faults = {each.code for each in answer.problems if each.code.startswith("quota_")} - {"quota_missing"}
    return not answer.quotas and answer.plan is not None and not faults


def pace(progress: QuotaProgress) -> str:
    """Return how the credit compares with the quota's share of days gone, in words: "slightly behind pace"."""
    if progress.quota.minor <= 0:
        return ""
    ahead = (progress.credit.minor - progress.pace.minor) * _PPM // progress.quota.minor
    return next((words for least, words in _PACES if ahead >= least), _FAR_BEHIND)


def _progress(each: QuotaProgress, reader: Reader, *, is_one_of_many: bool) -> ProgressView:
    """Return one quota as text."""
    counts = each.quota.minor > 0
    reached = counts and each.gap.minor <= 0
    return ProgressView(
        title=f"{each.name}, {written.period_name(each.period, reader)}" if is_one_of_many else "",
        quota=written.money(each.quota, reader),
        credit=written.money(each.credit, reader),
        gap=written.money(each.gap, reader),
        over=written.money(each.over, reader) if reached else "",
        attained=written.percent(each.attainment_ppm, reader) if counts else "",
        days_left=written.days_left(each.days_left),
        pace=pace(each) if each.days_left > 0 else "",
        pace_amount=written.money(each.pace, reader),
        elapsed=written.rounded(each.elapsed_ppm, reader),
        per_day=written.money(each.per_day, reader) if counts and not reached and each.days_left > 0 else "",
        bar=charts.bar(each.attainment_ppm, each.elapsed_ppm) if counts else "",
        next_tier=_tier(each.next_tier, reader) if each.next_tier else None,
        pipeline=written.money(each.open_pipeline, reader),
        open_deals=written.count(each.open_deals, "open deal", reader) if each.open_deals else "",
        cover=_cover(each, reader),
    )


def _tier(tier: NextTier, reader: Reader) -> TierView:
    return TierView(
        component=tier.component,
        starts=written.percent(tier.from_ppm, reader),
        rate=written.rate(tier.rate, reader),
        shortfall=written.money(tier.shortfall, reader),
    )


def _cover(each: QuotaProgress, reader: Reader) -> str:
    """Return how often the open pipeline covers the gap; nothing where there is no gap or another currency."""
    if each.gap.minor <= 0 or not each.open_deals or each.open_pipeline.currency != each.gap.currency:
        return ""
    return written.times(each.open_pipeline.minor, each.gap.minor, reader)
