"""Rules about what is owed to somebody: missing fields, statements, plans, approvals (N8, N10, N12, N18)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.nudges.rule import Due, digest_of, repetitions

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

    from engine.dates import Period
    from engine.nudges.rule import Readings

_NINE = 9 * 60


@dataclass(frozen=True, slots=True)
class HeldBack:
    """A deal of a rep that cannot be counted, and why."""

    rep_id: int
    record: str
    label: str
    reason: str
    remedy: str
    since_at: datetime


@dataclass(frozen=True, slots=True)
class Finished:
    """The statement of a rep for a pay period that is up for review or locked."""

    rep_id: int
    period: Period
    pays: str
    since_at: datetime


@dataclass(frozen=True, slots=True)
class NewPlan:
    """A plan version that a rep will be, or is, paid by, in place of an earlier one."""

    rep_id: int
    plan: str
    version: int
    before: int
    effective_on: date
    since_at: datetime


@dataclass(frozen=True, slots=True)
class Approval:
    """Something that waits for a second person: a pay period up for review, or a SPIF's budget or results.

    `submitted_by` is the address of whoever asked, or `submitted_id` their number: they may not approve it.
    """

    name: str
    what: str
    submitted_by: str
    since_at: datetime
    subject: str = ""
    submitted_id: int = 0


@dataclass(frozen=True, slots=True)
class LeftAlone:
    """An open deal of a rep that should close soon and was not touched for long."""

    rep_id: int
    deal_id: int
    due_on: date
    since_on: date


@dataclass(frozen=True, slots=True)
class Kept:
    """What the store keeps that rules go by. `acknowledged` says who has seen which topic."""

    held_back: tuple[HeldBack, ...] = ()
    finished: tuple[Finished, ...] = ()
    plans: tuple[NewPlan, ...] = ()
    approvals: tuple[Approval, ...] = ()
    acknowledged: frozenset[tuple[int, str]] = frozenset()
    left_alone: tuple[LeftAlone, ...] = ()


def missing_field(read: Readings) -> Iterator[Due]:
    """N8: deals that cannot be counted as they are; said once for every set of them, and again after three days."""
    found: dict[int, list[HeldBack]] = {}
    for each in read.kept.held_back:
        found.setdefault(each.rep_id, []).append(each)
    for rep_id, own in sorted(found.items()):
        deals = [
            {"record": each.record, "name": each.label, "reason": each.reason, "remedy": each.remedy} for each in own
        ]
        newest = max(each.since_at for each in own)
        again = repetitions(newest, read.now, (24 * read.limits.again_days,))
        data = {"deals": deals, "count": len(deals)}
        state = digest_of(f"{each.record}:{each.reason}" for each in own)
        yield Due("missing_field", rep_id, f"missing_field:{rep_id}", state, data, again=again)


def statement_ready(read: Readings) -> Iterator[Due]:
    """N10: a statement can be looked at; said again after two and four days unless it is confirmed."""
    for each in read.kept.finished:
        topic = f"statement_ready:{each.rep_id}:{each.pays}:{each.period.start_on}"
        if (each.rep_id, topic) in read.kept.acknowledged or _is_old(each.since_at, read):
            continue
        again = repetitions(each.since_at, read.now, read.limits.statement_hours)
        data = {
            "period": each.period.label,
            "start_on": str(each.period.start_on),
            "end_on": str(each.period.end_on),
            "pays": each.pays,
        }
        yield Due("statement_ready", each.rep_id, topic, each.since_at.isoformat(), data, again=again)


def plan_changed(read: Readings) -> Iterator[Due]:
    """N12: a new version of a plan; said again after three and seven days unless it is acknowledged."""
    for each in read.kept.plans:
        topic = f"plan_changed:{each.rep_id}:{each.plan}:{each.version}"
        if (each.rep_id, topic) in read.kept.acknowledged or _is_old(each.since_at, read):
            continue
        hours = tuple(24 * days for days in read.limits.plan_days)
        again = repetitions(each.since_at, read.now, hours)
        data = {
            "plan": each.plan,
            "version": each.version,
            "before": each.before,
            "effective_on": str(each.effective_on),
        }
        yield Due("plan_changed", each.rep_id, topic, str(each.version), data, again=again)


def _is_old(since: datetime, read: Readings) -> bool:
    """Whether something happened so long ago that it is no news, even to a bot that was installed since."""
    return (read.now - since).days >= read.limits.owed_days


def approval_waiting(read: Readings) -> Iterator[Due]:
    """N18: something waits for a second person: said at nine, again after one and two days, then to all who may."""
    runners = [each for each in read.people if each.role in ("ops", "admin") and each.is_employed(read.as_of)]
    for each in read.kept.approvals:
        again = repetitions(each.since_at, read.now, read.limits.approval_hours)
        may = [one for one in runners if one.email != each.submitted_by and one.rep_id != each.submitted_id]
        first = [one for one in may if one.role == "ops"] or may
        for person in may if again >= len(read.limits.approval_hours) else first:
            data = {"what": each.what, "subject": each.subject, "name": each.name, "submitted_by": each.submitted_by}
            topic = f"approval_waiting:{person.rep_id}:{each.what}:{each.name}"
            state = each.since_at.isoformat()
            yield Due("approval_waiting", person.rep_id, topic, state, data, from_minutes=_NINE, again=again)
