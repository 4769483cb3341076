"""Where the credits of a component stand in its windows, and with what the windows began."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from engine.figures import MILLION
from engine.frames import integers, named
from engine.order import positions
from engine.totals import positioned

if TYPE_CHECKING:
    import pandas as pd

    from engine.measures import Measured
    from engine.order import Ints, Rows
    from engine.plans.schema import Component, Plan
    from engine.quotas import Windows
    from engine.totals import Axis, Position


def openings(table: pd.DataFrame, whose: tuple[Plan, Component], spans: Windows, rep_ids: Ints) -> Ints | None:
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
    return found


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
    if measure.opening is not None:
        opening = measure.opening[codes[at.starts]]
        lengths = np.diff(at.starts, append=len(basis))
        at = replace(at, after=at.after + np.repeat(opening, lengths), opening=opening)
    return at if axis is None else replace(at, axis=axis)
