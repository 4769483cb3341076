"""What a new version of a plan changes for one person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.dates import Period, on_day
from engine.frames import integers, named
from engine.plan_changes import Whom, changes, touching
from operations.errors import PersonUnknown
from store import frames, people

if TYPE_CHECKING:
    from engine.frames import Facts
    from engine.people import Person
    from engine.plan_changes import Change
    from engine.plans.schema import Plan
    from operations.context import Context


@dataclass(frozen=True, slots=True)
class Personal:
    """The changes that can touch one person. `spans` is empty where they are on neither plan: then nothing does."""

    person: Person
    spans: tuple[Period, ...]
    changes: tuple[Change, ...]


def for_person(ctx: Context, old: Plan, new: Plan, email: str) -> Personal:
    """What changes for the person with that address, on the days on which they are on the plan.

    Raises:
        PersonUnknown: Nobody has that address.
    """
    with ctx.db.read() as conn:
        person = people.by_email(conn, email)
        if person is None:
            raise PersonUnknown
        leads = any(one.manager_id == person.rep_id for one in people.all(conn))
        start = min(old.effective.start_on, new.effective.start_on)
        end = max(old.effective.end_on, new.effective.end_on)
        facts = frames.facts(conn, (start, end), reps=[person.rep_id])
    spans = _spans(facts, {old.name, new.name}, Period("", start, end))
    roles = frozenset(part for part in (person.role, person.title) if part)
    found = touching(changes(old, new), Whom(roles, leads, spans)) if spans else ()
    return Personal(person, spans, found)


def _spans(facts: Facts, plans: set[str], within: Period) -> tuple[Period, ...]:
    """When the person is on any of the plans."""
    table = facts.assignments
    labels = named(table, "plan")
    days = zip(integers(table, "start_on").tolist(), integers(table, "end_on").tolist(), strict=True)
    return tuple(
        Period("", max(on_day(start), within.start_on), min(on_day(end), within.end_on))
        for code, (start, end) in zip(labels.codes.tolist(), days, strict=True)
        if labels.names[code] in plans
    )
