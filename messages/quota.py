"""`/myquota` as a reader sees it: how much is left, whether that is on pace, what comes next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.money import Quantity, Rate
from messages import actions, charts
from messages import format as written
from messages.basis import BasisView, Ground, basis_view, beyond
from messages.escape import clip

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from engine.answers import NextTier, QuotaAnswer, QuotaProgress
    from engine.money import Money
    from messages.reader import Reader

SHOWN = 6
#: How much of a quota's name stands behind its number.
NAME = 40
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
    """The next step of the rate table: where it starts, and what it pays: "10%" or "the next step, $5,000"."""

    component: str
    starts: str
    pays: str
    shortfall: str


@dataclass(frozen=True, slots=True)
class PastView:
    """Where a quota stood on a past day: `ended` on its last day, `stood` how far from it, `runs` if it still does.

    `covers` is the quota's own period, which may be longer than what was asked; empty where the title says it.
    """

    on: str
    whose: str
    ended: bool
    runs: bool
    stood: str
    covers: str


@dataclass(frozen=True, slots=True)
class ProgressView:
    """One quota.

    `title` is empty where there is only one; `over` is empty until the quota is reached, `attained` where it is zero.
    `counted` is "12 of 30 meetings" of a quota that is a number, and empty of an amount.
    `past` is None for one seen from the reader's today; else only the sentence and what was counted are shown.
    """

    title: str
    quota: str
    credit: str
    counted: str
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
    past: PastView | None

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
    is_past: bool
    basis: BasisView
    show_earnings: str
    explain: str

    @property
    def receipt_ids(self) -> tuple[str, ...]:
        """The receipt of the answer."""
        return self.basis.receipts


def view(answer: QuotaAnswer, reader: Reader) -> QuotaView:
    """Return the quota answer ready to be shown."""
    shown, currencies = answer.quotas[:SHOWN], dict.fromkeys(_currencies(answer))
    problems = beyond(answer.problems, has_plan=answer.plan is not None, lacks_quota=lacks_quota(answer))
    is_own, periods = reader.is_about(answer.rep.rep_id), tuple(each.period for each in shown)
    ground = Ground(periods, answer.plan, ", ".join(currencies), problems, is_own=is_own)
    label = answer.quotas[0].period.label if answer.quotas else ""
    value = actions.period_value(answer.rep.rep_id, label)
    currency = answer.earned.currency if answer.earned is not None else ""
    seen = _Seen(answer.as_of, reader.today(answer.as_of), reader, is_own=is_own, currency=currency)
    return QuotaView(
        name=answer.rep.name,
        other="" if is_own else answer.rep.name,
        as_of=written.day(answer.as_of, reader),
        quotas=tuple(_progress(each, seen, is_one_of_many=len(shown) > 1) for each in shown),
        lacks_quota=lacks_quota(answer),
        more=f"+{len(answer.quotas) - SHOWN} more" if len(answer.quotas) > SHOWN else "",
        earned=written.money(answer.earned, reader) if answer.earned is not None else "",
        earned_in=written.within(answer.quotas[0].period, reader) if answer.quotas else "",
        is_past=seen.is_past,
        basis=basis_view(answer.basis, ground, reader),
        show_earnings=value,
        explain=value,
    )


def _currencies(answer: QuotaAnswer) -> Iterator[str]:
    """Yield the currencies of the quotas; where they are numbers or there is none, that of the earnings."""
    yield from (each.quota.currency for each in answer.quotas if each.quota.currency)
    if answer.earned is not None and not any(each.quota.currency for each in answer.quotas):
        yield answer.earned.currency


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


@dataclass(frozen=True, slots=True)
class _Seen:
    """From which day an answer is seen, what day it is, by whom it is read, and the currency that is paid."""

    on: date
    today: date
    reader: Reader
    is_own: bool
    currency: str

    @property
    def is_past(self) -> bool:
        """Whether the answer says how things stood, and not how they stand."""
        return self.on < self.today


def _progress(each: QuotaProgress, seen: _Seen, *, is_one_of_many: bool) -> ProgressView:
    """Return one quota as text."""
    reader, counts, now = seen.reader, each.quota.minor > 0, not seen.is_past
    reached = counts and each.gap.minor <= 0
    name = written.period_name(each.period, reader)
    needs = now and counts and not reached and each.days_left > 0
    return ProgressView(
        title=f"{each.name}, {name}" if is_one_of_many else "",
        quota=_amount(each, each.quota, reader),
        credit=written.money(each.credit, reader),
        counted=_counted(each, reader),
        gap=written.money(each.gap, reader),
        over=written.money(each.over, reader) if reached else "",
        attained=written.percent(each.attainment_ppm, reader) if counts else "",
        days_left=written.days_left(each.days_left),
        pace=pace(each) if now and each.days_left > 0 else "",
        pace_amount=written.about(each.pace, reader),
        elapsed=written.rounded(each.elapsed_ppm, reader),
        per_day=written.about(each.per_day, reader) if needs else "",
        bar=charts.bar(each.attainment_ppm, each.elapsed_ppm if now else None) if counts else "",
        next_tier=_tier(each.next_tier, seen) if now and each.next_tier else None,
        pipeline="" if isinstance(each.open_pipeline, Quantity) else written.money(each.open_pipeline, reader),
        open_deals=written.count(each.open_deals, "open deal", reader) if now and each.open_deals else "",
        cover=_cover(each, reader),
        past=None if now else _past(each, seen, "" if is_one_of_many else name),
    )


def _past(each: QuotaProgress, seen: _Seen, covers: str) -> PastView:
    """Return where the quota stood on the day: over it, short of it, or, while it still runs, what was left."""
    reader, runs = seen.reader, seen.today <= each.period.last_on
    if each.gap.minor > 0:
        gap = written.money(each.gap, reader)
        stood = f"with {gap} left to reach it" if runs else f"{gap} short"
    else:
        stood = f"{written.money(each.over, reader)} over" if each.over.minor > 0 else "exactly on quota"
    return PastView(
        on=written.day(seen.on, reader),
        whose="you" if seen.is_own else "they",
        ended=seen.on >= each.period.last_on,
        runs=runs,
        stood=stood,
        covers=covers,
    )


def _amount(each: QuotaProgress, amount: Money | Quantity, reader: Reader) -> str:
    """Return an amount, or a number with what it counts: the unit, or else the name of the quota."""
    said = written.money(amount, reader)
    if not isinstance(amount, Quantity) or amount.unit:
        return said
    return f"{said} {clip(each.name.replace('_', ' '), NAME)}".rstrip()


def _counted(each: QuotaProgress, reader: Reader) -> str:
    """Return "12 of 30 meetings" of a quota that is a number; empty of one that is an amount."""
    if not isinstance(each.quota, Quantity):
        return ""
    return f"{written.factor(Rate(each.credit.minor, _PPM), reader)} of {_amount(each, each.quota, reader)}"


def _tier(tier: NextTier, seen: _Seen) -> TierView:
    return TierView(
        component=tier.component,
        starts=written.percent(tier.from_ppm, seen.reader),
        pays=_pays(tier, seen),
        shortfall=written.money(tier.shortfall, seen.reader),
    )


def _pays(tier: NextTier, seen: _Seen) -> str:
    """Return what a tier pays: a rate, an amount each, a step's amount, or a share of the target."""
    reader, is_number = seen.reader, isinstance(tier.shortfall, Quantity)
    currency = seen.currency if is_number else tier.shortfall.currency
    if tier.pays == "target":
        return f"{written.rate(tier.rate, reader)} of the target"
    if tier.pays == "amount" or is_number:
        said = written.price(tier.rate, currency, reader) if currency else written.factor(tier.rate, reader)
        return f"the next step, {said}" if tier.pays == "amount" else f"{said} each"
    return written.rate(tier.rate, reader)


def _cover(each: QuotaProgress, reader: Reader) -> str:
    """Return how often the open pipeline covers the gap; nothing where there is no gap or it has another measure."""
    if (
        isinstance(each.gap, Quantity)
        or each.gap.minor <= 0
        or not each.open_deals
        or each.open_pipeline.currency != each.gap.currency
    ):
        return ""
    return written.times(each.open_pipeline.minor, each.gap.minor, reader)
