"""Alerts about decisions that wait: A24 approvals past their time, A25 plans that nobody acknowledged."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from engine.ops_alerts import Finding
from operations.ops_alerts.reading import key_of, label_of
from operations.spif_answers import OPEN, is_proposed
from store import alert_facts, preferences, spifs

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from engine.spifs.life import State
    from operations.ops_alerts.reading import Finder, Reading

#: What waits for somebody in a state of a SPIF.
_WAITING: Mapping[State, str] = {
    "checked": "the budget",
    "results_proposed": "the results",
    "results_approved": "the payment",
}


def overdue(reading: Reading) -> Iterator[Finding]:
    """A24: pay periods and SPIFs that wait for their approval for too long."""
    patience = timedelta(hours=reading.limits.review_hours)
    for period in reading.periods:
        if period.state == "review" and period.last is not None and reading.ctx.now - period.last.at > patience:
            message = f"{period.label} was put up for review by {period.last.actor} on {period.last.at:%Y-%m-%d}"
            told = {"submitted_by": period.last.actor, "period": period.label, "pays": period.span.pays}
            key = f"lock:{key_of(period.span)}"
            since = period.span.start_on
            yield Finding("A24", key, f"approval of {label_of(period)}", "lock", message, found=told, since_on=since)
    yield from _spifs(reading, patience)


def _spifs(reading: Reading, patience: timedelta) -> Iterator[Finding]:
    """SPIFs whose budget, change, results or payment waits for too long."""
    for kept in spifs.listed(reading.conn, (*_WAITING, *OPEN)):
        what = "changed rules" if is_proposed(kept) else _WAITING.get(kept.state, "")
        since = kept.newest.at if is_proposed(kept) else kept.moves[-1].at if kept.moves else kept.created_at
        if what and reading.ctx.now - since > patience:
            message = f"{what} of SPIF {kept.rules.name}, asked for by {kept.newest.actor} on {since:%Y-%m-%d}"
            told = {"spif": str(kept.spif_id), "submitted_by": kept.newest.actor}
            key = f"spif:{kept.spif_id}:{what.replace(' ', '_')}"
            yield Finding("A24", key, f"approval of SPIF {kept.rules.name}", what, message, found=told)


def unsigned(reading: Reading) -> Iterator[Finding]:
    """A25: who was told of a plan version that is effective by now, days ago, and has not acknowledged it.

    Nor has anybody waived it for them: a waiver is for a person and a version, and outlives the alert.
    """
    told = alert_facts.told(reading.conn, "plan_changed")
    topics = {topic for _, topic, _ in told}
    seen = (
        preferences.acknowledged(reading.conn, {*topics, *map(preferences.waived, topics)}) if told else frozenset()
    )
    signed = {(rep_id, topic.removeprefix(preferences.waived(""))) for rep_id, topic in seen}
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
        about = reading.rep(rep_id) | {"plan": plan.name, "version": str(plan.version), "topic": topic}
        subject = f"plan {plan.name}, version {plan.version}"
        begin = plan.effective.start_on
        yield Finding("A25", version, subject, f"rep:{rep_id}", message, found=about, since_on=begin, mark=topic)


FINDERS: Mapping[str, Finder] = {"A24": overdue, "A25": unsigned}
