"""What kept won deals from paying, as problems for whoever can mend it: no silent zero."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.calculation import REASONS
from engine.dates import on_day
from engine.figures import ABSENT, problem
from engine.figures import FAULTS as FIGURE_FAULTS
from engine.problems import Problem
from engine.quotas import BEYOND, FAULTS, NO_INCENTIVE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.calculation import Counted, Unpaid
    from engine.plans.schema import Component
    from engine.pricing import QuotaFault


def problems_of(counted: Counted, unpaid: Unpaid, faults: list[QuotaFault]) -> list[Problem]:
    """The problems behind unpaid credits. What a plan leaves out on purpose is a reason, and no problem."""
    found = [_quota_problem(counted, fault) for fault in faults]
    if len(unpaid.credit):
        found += _plan_problems(counted, unpaid)
        found += _deal_problems(counted, unpaid)
        found += _figure_problems(counted, unpaid)
        found += _axis_problems(counted, unpaid)
    return found


def _components(counted: Counted) -> list[Component]:
    return [measure.component for plan in counted.ready for measure in plan.measures]


def _quota_problem(counted: Counted, fault: QuotaFault) -> Problem:
    code, message = FAULTS[fault.fault]
    component, plan = _components(counted)[fault.measure], counted.ready[fault.plan].plan
    rep_id = int(counted.seats.rep_ids[fault.rep])
    day_ = on_day(fault.on)
    remedy = f"Load a quota named {component.quota!r} for this rep that fits {day_} ({component.accumulate})."
    if fault.fault == NO_INCENTIVE:
        remedy = f"Load one yearly amount named {component.incentive!r} for this rep that is in force on {day_}."
    if fault.fault == BEYOND:
        remedy = "Correct the quota, the figure or the target that it follows from."
    return Problem(code, message, remedy, f"{plan.name} / {component.name}", rep_id, found=f"deal booked on {day_}")


def _plan_problems(counted: Counted, unpaid: Unpaid) -> Iterator[Problem]:
    """One problem per rep who won deals on days on which no plan covered them."""
    credit = unpaid.credit[unpaid.reason == REASONS.index("no_plan")]
    reps, first, times = np.unique(counted.seats.rep[credit], return_index=True, return_counts=True)
    for rep, at, count in zip(reps, first, times, strict=True):
        deal = counted.seats.deal[credit[at]]
        booked = on_day(int(counted.deals.booked[deal]))
        yield Problem(
            "plan_missing",
            "The rep won deals on days on which no plan applies to them, so nothing is paid for these.",
            "Assign the rep to a plan from that day on, and publish a version of it that is effective then.",
            "assignments",
            int(counted.seats.rep_ids[rep]),
            int(counted.deals.deal_id[deal]),
            found=f"{count} deals, the first booked on {booked}",
        )


def _axis_problems(counted: Counted, unpaid: Unpaid) -> Iterator[Problem]:
    """One problem per deal and component that lacks the figure by which its tier is chosen."""
    components, deals, seen = _components(counted), counted.deals, set()
    for at in np.flatnonzero(unpaid.reason == REASONS.index("no_axis")):
        credit, measure = int(unpaid.credit[at]), int(unpaid.measure[at])
        deal, made = int(counted.seats.deal[credit]), counted.ready[unpaid.plan[at]]
        figure = made.axes[made.plan.components.index(components[measure])]
        if figure is None or figure.fault is None or (deal, measure) in seen:
            continue
        seen.add((deal, measure))
        code, message, remedy = FIGURE_FAULTS[int(figure.fault[credit])]
        place = f"{made.plan.name} / {components[measure].name}"
        said = f"{message}, so its tier is unknown and it is not counted there."
        name = components[measure].priced_by.of
        yield Problem(code, said, remedy, place, None, int(deals.deal_id[deal]), found=name)


def _deal_problems(counted: Counted, unpaid: Unpaid) -> Iterator[Problem]:
    """One problem per deal that has no exchange rate, and per credit for which a component has no rate."""
    components, deals = _components(counted), counted.deals
    for at in np.flatnonzero(unpaid.reason == REASONS.index("no_exchange_rate")):
        deal = counted.seats.deal[unpaid.credit[at]]
        plan = counted.ready[unpaid.plan[at]].plan
        code = int(deals.currency.codes[deal])
        source, booked = deals.currency.names[code] if code >= 0 else "none", on_day(int(deals.booked[deal]))
        pair = f"from {source} to {plan.currency} on {booked}"
        message = f"There is no single exchange rate {pair}, so the deal is not counted."
        remedy = "Load one exchange rate for that day, or correct the deal's currency."
        yield Problem("fx_rate_missing", message, remedy, "rates", None, int(deals.deal_id[deal]), found=source)
    for at in np.flatnonzero(unpaid.reason == REASONS.index("no_rate")):
        deal = counted.seats.deal[unpaid.credit[at]]
        plan, component = counted.ready[unpaid.plan[at]].plan, components[unpaid.measure[at]]
        rep_id = int(counted.seats.rep_ids[counted.seats.rep[unpaid.credit[at]]])
        message = "The component counts this deal, but no rate is meant for it, so it is neither counted nor paid."
        remedy = "Add a rate without conditions to the plan, 0% if that is meant."
        place = f"{plan.name} / {component.name}"
        yield Problem("rate_missing", message, remedy, place, rep_id, int(deals.deal_id[deal]))


def _figure_problems(counted: Counted, unpaid: Unpaid) -> Iterator[Problem]:
    """One problem per deal and component that sums a figure which the deal lacks."""
    wanted = unpaid.reason == REASONS.index("no_figure")
    asked = np.unique(np.stack([unpaid.measure[wanted], counted.seats.deal[unpaid.credit[wanted]]]), axis=1)
    places = [(made, position) for made in counted.ready for position in range(len(made.measures))]
    for number, deal in asked.T.tolist():
        made, position = places[number]
        component, tally = made.measures[position].component, made.tally(position)
        code = ABSENT if tally is None or tally.fault is None else int(tally.fault[deal])
        where = f"{made.plan.name} / {component.name}"
        yield problem(code, (component.measure.sum, where), int(counted.deals.deal_id[deal]))
