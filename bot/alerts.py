"""Ops alerts on their schedule: looked for, digested, and the ops channel told of each calculation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.log import Journal
from operations.context import Context
from operations.ops_alerts import checks, digests
from operations.ops_alerts.notices import Telling

if TYPE_CHECKING:
    from bot.settings import Settings
    from bot.wiring import Services
    from operations.recalculate import RunSummary


_journal = Journal("bot.alerts")


def telling(settings: Settings) -> Telling:
    """Which channel is told what."""
    return Telling(settings.ops_channel, settings.alerts_show_risk)


def check(services: Services) -> str:
    """Every kind looked for, and the day's digest owed; what happened in a sentence."""
    ctx, told = context(services), telling(services.settings)
    done = checks.check(ctx, told)
    for code, error in done.failed.items():
        _journal.error("a kind of alert could not be looked for", error, code=code)
    digests.daily(ctx, told)
    return f"Ops alerts: {done.opened + done.reopened} opened, {done.closed} closed, {done.standing} stand."


def calculated(services: Services, summary: RunSummary) -> None:
    """After a calculation of anybody: the channel's summary of the day, and the alerts looked for."""
    if not summary.reps:
        return
    digests.run_summary(context(services), telling(services.settings), summary)
    check(services)


def calculation_failed(services: Services, error: Exception) -> None:
    """A calculation that failed put on record, by the kind of its error alone: its text may hold figures."""
    digests.run_failed(context(services), type(error).__name__)
    checks.check(context(services), telling(services.settings), codes=("A21",))


def context(services: Services) -> Context:
    """The context of a job."""
    now = services.clock.now()
    return Context(services.db, now.date(), now)
