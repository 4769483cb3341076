"""Where the credits of a component stand in its windows, and with what the windows began."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from engine.figures import MILLION, Figure
from engine.frames import integers, named
from engine.order import positions, running, starts_of
from engine.plans.axes import counts_numbers
from engine.quotas import chained
from engine.targets import parts_of_target
from engine.totals import Axis, positioned

if TYPE_CHECKING:
    from engine.calculation import Credits
    from engine.frames import Frame
    from engine.kinds import Told
    from engine.measures import Measured, Ready
    from engine.order import Ints, Rows
    from engine.plans.schema import Component, Plan
    from engine.quotas import Windows
    from engine.totals import Position


def openings(table: Frame, whose: tuple[Plan, Component], spans: Windows, rep_ids: Ints) -> Ints | None:
    """The credit with which each window began: the balances of the component in it; None where there are none.

    A balance counts in the window with its day. It fills tiers and counts towards attainment, and is not paid again.
    """
    plan, component = whose
    if not len(table) or spans.kind == "transaction":
        return None
    plans, names = named(table, "plan"), named(table, "name")
    own = (plans.codes == plans.code(plan.name)) & (names.codes == names.code(component.name))
    rows = np.flatnonzero(own)
    rep, known = positions(integers(table, "rep_id")[rows], rep_ids)
    rows, rep = rows[known], rep[known].astype(np.int64)
    days = integers(table, "on")[rows]
    inside = (days >= spans.origin) & (days < spans.origin + plan.effective.days)
    rows, rep, days = rows[inside], rep[inside], days[inside]
    if not len(rows):
        return None
    code = spans.codes(rep, days)
    size = len(spans.rows.rep) if spans.rows is not None else len(rep_ids) * spans.count
    found = np.zeros(size, dtype=np.int64)
    np.add.at(found, code[code >= 0], integers(table, "value")[rows][code >= 0])
    return found if spans.chain is None else chained(found, spans.chain)


def standing(measure: Measured, basis: Ints, codes: Rows, group: Rows | None, axis: Axis | None = None) -> Position:
    """The credits of a component, sorted by window, and everything that their price goes by."""
    at = positioned(basis, codes, group, None)
    component = measure.component
    if component.is_attainment and (component.priced_by.by == "attainment" or component.pays_base_rate):
        quota: Ints | None = np.full(len(basis), MILLION, dtype=np.int64)
    else:
        quota = measure.windows.quota[codes] if component.needs_quota and measure.windows.quota is not None else None
    if quota is not None and component.priced_by.by == "attainment" and not component.priced_by.of:
        at = replace(at, quota=quota)
    if measure.target is not None:
        at = replace(at, target=measure.target[codes], per=quota if component.pays_base_rate else None)
    opened = opening_of(measure, codes, at)
    if opened is not None:
        opening = opened
        lengths = np.diff(at.starts, append=len(basis))
        at = replace(at, after=at.after + np.repeat(opening, lengths), opening=opening)
    return at if axis is None else replace(at, axis=axis)


def opening_of(measure: Measured, codes: Rows, at: Position) -> Ints | None:
    """With what the windows of some credits began: balances and, to date, what earlier rows of the year counted."""
    chain, given = measure.windows.chain, measure.opening
    codes = codes[at.starts]
    if chain is None:
        return None if given is None else given[codes]
    ends = np.append(at.starts[1:], len(at.basis)) - 1
    counted = at.after[ends] if len(at.starts) else at.after[:0]
    links = chain[codes]
    first = np.maximum.accumulate(
        np.where(np.append(True, links[1:] != links[:-1])[: len(links)], np.arange(len(links)), 0)
    )
    before = chained(counted, first) - counted
    return before if given is None else before + given[codes]


def figures_by(plan: Plan, told: Told, deal_of: Rows) -> tuple[Figure | None, ...]:
    """Per component the figure by which its table is measured, for each credit; None where that is no figure.

    A deal that takes back has negative figures; it is measured as the deal that it takes back, but for percentages,
    which are the same for both.
    """
    found: list[Figure | None] = []
    for component in plan.components:
        table = component.priced_by
        if table.by != "deal":
            found.append(None)
            continue
        unit = "number" if counts_numbers(plan, component) else "money"
        figure = told.figures.axis(table.of, unit, (plan.currency, told.exchange, plan.rounding.mode))
        value = figure.value
        if not table.of.endswith("_pct"):
            value = np.where(told.deals.amount < 0, np.abs(value), value)
        found.append(Figure(value[deal_of], None if figure.fault is None else figure.fault[deal_of]))
    return tuple(found)


def deal_axis(figure: Figure, credit: Rows) -> Axis:
    """The places of some credits on the axis of a figure of their deals."""
    after = figure.value[credit]
    return Axis(np.zeros_like(after), after, None, by_deal=True)


def other_axis(by: tuple[Measured, Measured], history: tuple[Credits, Ints], wanted: Credits) -> Axis:
    """How far another component has come before and after each wanted credit, in the window that it then stands in.

    Args:
        by: The component whose tiers are chosen, and the other one.
        history: The credits that it counts, and how much of each.
        wanted: The credits to place. Where the quota is of no use, the place means nothing.
    """
    (measure, other), (credits_, basis) = by, history
    spans = other.windows if measure.axis_windows is None else measure.axis_windows
    codes = spans.codes(wanted.rep, wanted.days)
    begun = np.zeros(len(codes), dtype=np.int64)
    if other.opening is not None:
        begun = np.where(codes >= 0, other.opening[np.maximum(codes, 0)], 0)
    sides = []
    own = spans.codes(credits_.rep, credits_.days)
    sums = running(basis, starts_of(own))
    for side in ("left", "right"):
        if not len(own):
            sides.append(begun)
            continue
        place = np.searchsorted(credits_.at, wanted.at, side) - 1
        known = (place >= 0) & (own[np.maximum(place, 0)] == codes)
        sides.append(begun + np.where(known, sums[np.maximum(place, 0)], 0))
    quota, by_quota = None, measure.component.priced_by.by == "attainment"
    if by_quota and spans.quota is not None and len(spans.quota):
        quota = spans.quota[np.maximum(codes, 0)]
    elif by_quota:
        quota = np.full(len(codes), MILLION, dtype=np.int64)
    return Axis(sides[0], sides[1], quota, by_deal=False)


def incentive_of(made: Ready, offset: int, codes: Rows) -> tuple[Ints, int] | None:
    """The target incentive of some windows of a plan's component, and in how many parts of a minor unit it is."""
    measure = made.measures[offset]
    if measure.target is None:
        return None
    return measure.target[codes], parts_of_target(made.plan, measure.component)
