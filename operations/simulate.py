"""A draft of a plan run over the company's history, beside what was paid."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from engine import simulation
from engine.dates import Calendar, Period
from engine.needs import needs
from operations import periods, pricing
from operations.errors import PeriodNotBegun, PlanUnknown, UnknownPeriod
from store import frames, people

if TYPE_CHECKING:
    from engine.plans.schema import Plan
    from engine.simulation import Simulation
    from operations.context import Context

RANGE = ".."


@dataclass(frozen=True)
class Simulated:
    """A simulation with the names that people know: of the reps, and of the plan that the draft replaces."""

    draft: Plan
    replaced: str
    span: Period
    until: date
    found: Simulation
    names: dict[int, str]


def simulate(ctx: Context, draft: Plan, over: str, against: str = "") -> Simulated:
    """The draft run over the days that `over` names, in place of the plan that its reps were on.

    Args:
        ctx: Days after its own are no history: the simulation ends with it.
        draft: The plan to try; its own effective dates are left aside for those of the plan it replaces.
        over: A period such as "2026-Q1", or two with `..` between them: from the first up to and with the last.
        against: The name of the plan that is replaced; the draft's own when left out.

    Raises:
        UnknownPeriod: `over` names no period.
        PeriodNotBegun: It lies ahead.
        PlanUnknown: No plan of that name paid within it.
    """
    replaced = against or draft.name
    with ctx.db.read() as conn:
        fiscal = Calendar(_starts(pricing.begun(conn, ctx.as_of), replaced) or draft.effective.start_on)
        span = spelled(over, fiscal, ctx.as_of)
        if span.start_on > ctx.as_of:
            raise PeriodNotBegun(f"{span.label} begins on {span.start_on:%d %B %Y}: there is no history to run over.")
        until = min(span.last_on, ctx.as_of)
        span = replace(span, end_on=date.fromordinal(until.toordinal() + 1))
        plans = pricing.paying(conn, until, span.start_on)
        _require(plans, replaced, span)
        facts = frames.facts(conn, pricing.window(plans, until), more=needs((*plans, draft)))
        names = {person.rep_id: person.name for person in people.all(conn)}
    return Simulated(draft, replaced, span, until, simulation.simulate(facts, plans, (draft, replaced), span), names)


def spelled(over: str, fiscal: Calendar, as_of: date) -> Period:
    """The days that `over` names; "2026-Q1..Q3" takes the year of the second period from the first.

    Raises:
        UnknownPeriod: It names no period, or one that ends before it starts.
    """
    first, separator, last = (part.strip() for part in over.partition(RANGE))
    begin = periods.named(first, fiscal, as_of)
    if not separator:
        return begin
    year = first[:5] if first[:4].isdigit() and first[4:5] == "-" and not last[:4].isdigit() else ""
    end = periods.named(f"{year}{last}", fiscal, as_of)
    if end.end_on <= begin.start_on:
        raise UnknownPeriod(f'"{over}" ends before it begins. Write the earlier period first.')
    return Period(f"{begin.label} to {end.label}", begin.start_on, end.end_on)


def _starts(plans: tuple[Plan, ...], name: str) -> date | None:
    """The first day of the newest version of the plan, from which its fiscal years are counted."""
    return max((plan.effective.start_on for plan in plans if plan.name == name), default=None)


def _require(plans: tuple[Plan, ...], name: str, span: Period) -> None:
    known = sorted(
        {
            plan.name
            for plan in plans
            if plan.effective.start_on < span.end_on and span.start_on < plan.effective.end_on
        }
    )
    if name not in known:
        raise PlanUnknown(
            f"No plan called {name!r} paid anybody in {span.label}. Name the one to replace with --against: "
            f"{', '.join(known) or 'there is none then'}."
        )
