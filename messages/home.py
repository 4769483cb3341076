"""App Home: a greeting, the quota, the earnings, and who the reader is taken for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from messages import actions, earnings, quota
from messages import format as written
from messages.basis import BasisView, Ground, basis_view, beyond

if TYPE_CHECKING:
    from engine.answers import HomeAnswer
    from messages.earnings import EarningsView
    from messages.quota import QuotaView
    from messages.reader import Reader

_NOON, _EVENING = 12, 18


@dataclass(frozen=True, slots=True)
class HomeView:
    """Both answers side by side, and one small print for the two."""

    greeting: str
    other: str
    as_of: str
    is_past: bool
    name: str
    linked_as: str
    quota: QuotaView
    earnings: EarningsView
    basis: BasisView
    help: str

    @property
    def receipt_ids(self) -> tuple[str, ...]:
        """The receipts of both answers."""
        return self.basis.receipts


def view(answer: HomeAnswer, reader: Reader) -> HomeView:
    """Return App Home ready to be shown."""
    progress, earned = answer.quota, answer.earnings
    currencies = dict.fromkeys(each.quota.currency for each in progress.quotas if each.quota.currency)
    if earned.total is not None:
        currencies[earned.total.currency] = None
    ground = Ground(
        periods=(*(each.period for each in progress.quotas[: quota.SHOWN]), earned.period),
        plan=progress.plan or earned.plan,
        currency=", ".join(currencies),
        problems=beyond(
            dict.fromkeys((*progress.problems, *earned.problems)),
            has_plan=(progress.plan or earned.plan) is not None,
            lacks_quota=quota.lacks_quota(progress),
        ),
        receipts=(earned.basis.receipt_id,),
        is_own=reader.is_about(answer.rep.rep_id),
    )
    return HomeView(
        greeting=f"{_greeting(reader)}, {_first_name(answer.rep.name)}",
        other="" if reader.is_about(answer.rep.rep_id) else answer.rep.name,
        as_of=written.day(progress.as_of, reader),
        is_past=progress.as_of < reader.today(progress.as_of),
        name=answer.rep.name,
        linked_as=reader.linked_as,
        quota=quota.view(progress, reader),
        earnings=earnings.view(earned, reader),
        basis=basis_view(progress.basis, ground, reader),
        help=actions.period_value(answer.rep.rep_id, ""),
    )


def _greeting(reader: Reader) -> str:
    """Return the greeting of the reader's hour; a plain one where the time is unknown."""
    if reader.now is None:
        return "Hello"
    hour = reader.now.astimezone(reader.zone).hour
    if hour < _NOON:
        return "Good morning"
    return "Good afternoon" if hour < _EVENING else "Good evening"


def _first_name(name: str) -> str:
    return next(iter(name.split()), "there")
