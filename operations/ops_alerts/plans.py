"""Alerts about decisions that wait: A24 approvals past their time, A25 plans that nobody acknowledged."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from engine.ops_alerts import Finding
from operations.ops_alerts.reading import key_of, label_of
from store import alert_facts, preferences

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
    """A25: who was told of a plan version that is effective by now, days ago, and has not acknowledged it."""
    told = alert_facts.told(reading.conn, "plan_changed")
    signed = preferences.acknowledged(reading.conn, {topic for _, topic, _ in told}) if told else frozenset()
    effective = {f"{plan.name}:{plan.version}": plan for plan in reading.plans}
    for rep_id, topic, since in told:
        version = topic.removeprefix(f"plan_changed:{rep_id}:")
        person = reading.people.get(rep_id)
        gone = person is None or not person.is_employed(reading.ctx.as_of)
        late = reading.ctx.now - since > timedelta(days=reading.limits.unsigned_days)
        if gone or not late or version not in effective or (rep_id, topic) in signed:
            continue
        plan = effective[version]
        message = f"{reading.name(rep_id)} was told on {since:%Y-%m-%d} and has not acknowledged it"
        about = reading.rep(rep_id) | {"plan": plan.name, "version": str(plan.version)}
        subject = f"plan {plan.name}, version {plan.version}"
        begin = plan.effective.start_on
        yield Finding("A25", version, subject, f"rep:{rep_id}", message, found=about, since_on=begin, mark=topic)


FINDERS: Mapping[str, Finder] = {"A24": overdue, "A25": unsigned}
