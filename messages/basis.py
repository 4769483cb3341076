"""What stands under every figure: period, plan version, currency, receipts, and how old each source is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from messages import format as written
from messages.problems import ProblemView, problem_views, reason

if TYPE_CHECKING:
    from collections.abc import Iterable

    from engine.answers import Basis, Freshness, PlanRef, Waiting
    from engine.dates import Period
    from engine.problems import Problem
    from messages.reader import Reader

SHOWN = 3


@dataclass(frozen=True, slots=True)
class SourceView:
    """A source and the instant up to which its data is complete; `age` is empty where the time is unknown."""

    name: str
    at: str
    age: str
    stale: bool


@dataclass(frozen=True, slots=True)
class WaitingView:
    """A deal that is known and not counted yet, with the reason and what clears it."""

    deal: str
    reason: str
    remedy: str
    since: str


@dataclass(frozen=True, slots=True)
class BasisView:
    """The small print of an answer. `more_waiting` and `more_problems` count what is not shown."""

    periods: tuple[str, ...]
    plan: str
    currency: str
    receipts: tuple[str, ...]
    sources: tuple[SourceView, ...]
    waiting: tuple[WaitingView, ...] = ()
    waits: str = ""
    more_waiting: str = ""
    problems: tuple[ProblemView, ...] = ()
    more_problems: str = ""

    @property
    def stale(self) -> tuple[SourceView, ...]:
        """The sources whose data is too old; a reply says so before any amount."""
        return tuple(source for source in self.sources if source.stale)


@dataclass(frozen=True, slots=True)
class Ground:
    """What the small print is made from besides the answer's `Basis`; `is_own` if the answer is about its reader."""

    periods: tuple[Period, ...]
    plan: PlanRef | None
    currency: str
    problems: tuple[Problem, ...] = ()
    receipts: tuple[str, ...] = ()
    is_own: bool = True


def beyond(problems: Iterable[Problem], *, has_plan: bool, lacks_quota: bool = False) -> tuple[Problem, ...]:
    """Return the problems that a reply does not already tell in words of its own.

    It says itself that no plan applies, and, where `lacks_quota`, that no quota runs; a `plan_missing` that found
    deals says more than that and stays.
    """
    return tuple(
        each
        for each in problems
        if not (each.code == "plan_missing" and not each.found and not has_plan)
        and not (each.code == "quota_missing" and lacks_quota)
    )


def basis_view(basis: Basis, ground: Ground, reader: Reader) -> BasisView:
    """Return the small print of an answer: the first few waiting deals and problems, and the number of the rest."""
    waiting = len(basis.waiting)
    problems = problem_views(ground.problems, reader, is_own=ground.is_own)
    return BasisView(
        periods=tuple(dict.fromkeys(written.period(period, reader) for period in ground.periods)),
        plan=f"{ground.plan.name}, version {ground.plan.version}" if ground.plan else "",
        currency=ground.currency,
        receipts=tuple(filter(None, dict.fromkeys((basis.receipt_id, *ground.receipts)))),
        sources=sources_view(basis.sources, reader),
        waiting=tuple(_waiting(each, reader) for each in basis.waiting[:SHOWN]),
        waits=("1 deal is" if waiting == 1 else f"{waiting} deals are") if waiting else "",
        more_waiting=_more(waiting),
        problems=problems[:SHOWN],
        more_problems=_more(len(problems)),
    )


def sources_view(sources: Iterable[Freshness], reader: Reader) -> tuple[SourceView, ...]:
    """Return each source with its time on the reader's clock and its age."""
    return tuple(
        SourceView(
            each.source, written.moment(each.synced_at, reader), written.age(each.synced_at, reader), each.stale
        )
        for each in sources
    )


def _waiting(each: Waiting, reader: Reader) -> WaitingView:
    since = written.day(each.since_at.astimezone(reader.zone).date(), reader)
    return WaitingView(each.deal, *reason(each), since)


def _more(total: int) -> str:
    return f"+{total - SHOWN} more" if total > SHOWN else ""
