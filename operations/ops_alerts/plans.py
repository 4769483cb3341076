"""Alerts about decisions that wait: A24 approvals past their time, A25 plans that nobody acknowledged."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from engine.ops_alerts import Finding
from operations.ops_alerts.reading import key_of, label_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from operations.ops_alerts.reading import Finder, Reading


def overdue(reading: Reading) -> Iterator[Finding]:
    """A24: pay periods that wait for their approval for too long."""
    patience = timedelta(hours=reading.limits.review_hours)
    for period in reading.periods:
        if period.state == "review" and period.last is not None and reading.ctx.now - period.last.at > patience:
            message = f"{period.label} was put up for review by {period.last.actor} on {period.last.at:%Y-%m-%d}"
            told = {"submitted_by": period.last.actor, "period": period.label, "pays": period.span.pays}
            key = f"lock:{key_of(period.span)}"
            since = period.span.start_on
            yield Finding("A24", key, f"approval of {label_of(period)}", "lock", message, found=told, since_on=since)


def unsigned(reading: Reading) -> Iterator[Finding]:
    """A25: quiet, because nothing acknowledges a plan version yet."""
    del reading
    yield from ()


FINDERS: Mapping[str, Finder] = {"A24": overdue, "A25": unsigned}
