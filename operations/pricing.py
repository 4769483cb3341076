"""One rep priced on one day: the facts as known, the plans in force, and the calculation over them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import metadata, resources
from typing import TYPE_CHECKING

from engine import commission
from engine.answers import PlanRef
from engine.dates import Calendar, add_months
from engine.frames import integers, named
from engine.plans.schema import plan_hash
from operations import loading
from operations.plans import parsed
from store import changes, periods, plans

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.calculation import Calculation
    from engine.frames import Facts
    from engine.people import Person
    from engine.plans.schema import Plan
    from store.database import Connection


@dataclass(frozen=True)
class Priced:
    """A rep's calculation on a day and everything it was made from.

    `given` are the plan versions in force, by which facts were loaded; `plans` those of them that somebody in the
    facts is on, by which was calculated. The first lead to the second again.
    """

    person: Person
    as_of: date
    watermark: int
    facts: Facts
    plans: tuple[Plan, ...]
    calculation: Calculation
    given: tuple[Plan, ...] = ()

    @property
    def plan(self) -> Plan | None:
        """The plan the rep is assigned to on the day; None where there is none."""
        rows = self.facts.table("assignments")
        on = (self.as_of - date(1970, 1, 1)).days
        held = (
            (integers(rows, "rep_id") == self.person.rep_id)
            & (integers(rows, "start_on") <= on)
            & (on < integers(rows, "end_on"))
        )
        column = named(rows, "plan")
        names = {column.names[code] for code in column.codes[held]}
        held = [plan for plan in self.plans if plan.name in names and self.as_of in plan.effective]
        return max(held, key=lambda plan: plan.version, default=None)

    @property
    def plan_ref(self) -> PlanRef | None:
        """The plan's name, version and hash, as answers cite it."""
        plan = self.plan
        return PlanRef(plan.name, plan.version, plan_hash(plan)) if plan else None

    @property
    def fiscal(self) -> Calendar:
        """The fiscal calendar of the rep's plan; of a plan they held or others hold where they have none now."""
        plan = self.plan or next((plan for plan in self.plans if self.as_of in plan.effective), None)
        return plan.calendar if plan else Calendar(date(self.as_of.year, 1, 1))


def price(conn: Connection, person: Person, as_of: date, since: date | None = None) -> Priced:
    """The rep's calculation from the facts as they are known now, whole from `since` on where that is given."""
    return _price(conn, person, as_of, changes.watermark(conn), paying(conn, as_of, since))


def price_again(conn: Connection, person: Person, as_of: date, watermark: int, hashes: Sequence[str]) -> Priced:
    """The rep's calculation from the facts as they were known at `watermark`, by the plans with those hashes."""
    versions = (plans.by_hash(conn, wanted) for wanted in hashes)
    return _price(conn, person, as_of, watermark, tuple(parsed(v.plan_hash, v.text) for v in versions if v))


def window(versions: Sequence[Plan], as_of: date) -> tuple[date, date]:
    """The days whose deals a calculation on `as_of` reads: every plan year in force, else the calendar year.

    A quota that grows from the credit of the year before needs the deals of that year too.
    """
    if not versions:
        return date(as_of.year, 1, 1), date(as_of.year + 1, 1, 1)
    return min(map(_begins, versions)), max(p.effective.end_on for p in versions)


def _begins(plan: Plan) -> date:
    start = plan.effective.start_on
    grows = any(rule.growth is not None for rule in plan.quotas)
    return add_months(start, -12) if grows and start.year > 1 else start


def begun(conn: Connection, as_of: date) -> tuple[Plan, ...]:
    """Every plan version that has begun to pay by the day, past years included."""
    known = (parsed(v.plan_hash, v.text) for v in plans.all(conn))
    return tuple(plan for plan in known if plan.effective.start_on <= as_of)


@cache
def code_version() -> str:
    """The installed version and a fingerprint of the engine's source: what must be equal for bytes to be equal."""
    digest = hashlib.sha256()
    for path in sorted(_sources(resources.files("engine"))):
        digest.update(path.encode())
    return f"{metadata.version('attain')}+{digest.hexdigest()[:12]}"


def _sources(folder: resources.abc.Traversable) -> list[str]:
    found: list[str] = []
    for item in folder.iterdir():
        if item.is_dir():
            found += _sources(item)
        elif item.name.endswith(".py"):
            found.append(f"{item.name}:{hashlib.sha256(item.read_bytes()).hexdigest()}")
    return found


def paying(conn: Connection, as_of: date, since: date | None = None) -> tuple[Plan, ...]:
    """The plan versions that can touch the days from `since` on: those in force then, and whatever overlaps them.

    Where an earlier version can still pay after its end, as by a clawback, a debt or the correction of a locked
    period, all that have begun.
    """
    every = begun(conn, as_of)
    found = tuple(plan for plan in every if (since or as_of) < plan.effective.end_on)
    if len(found) < len(every) and (any(map(loading.outlasts, every)) or periods.any_locked(conn)):
        return every
    while True:
        start, end = window(found, as_of)
        wider = tuple(plan for plan in every if plan.effective.start_on < end and start < plan.effective.end_on)
        if wider == found or not found:
            return found
        found = wider


def sharing(conn: Connection) -> frozenset[str]:
    """The names of the plans of which any version pays because of others."""
    every = (parsed(version.plan_hash, version.text) for version in plans.all(conn))
    return frozenset(plan.name for plan in every if loading.is_sharing(plan))


def _price(conn: Connection, person: Person, as_of: date, watermark: int, versions: tuple[Plan, ...]) -> Priced:
    asked = loading.Asked(versions, window(versions, as_of), watermark, pipeline=True)
    facts = loading.for_one(conn, person.rep_id, asked)
    held = named(facts.table("assignments"), "plan").names
    own = tuple(plan for plan in versions if plan.name in held) or versions
    calculation = commission.calculate(facts, own, as_of, reps=[person.rep_id])
    return Priced(person, as_of, watermark, facts, own, calculation, versions)
