"""How much of a window somebody is there, on the plan and not on leave: what a target incentive shrinks by."""

from __future__ import annotations

from dataclasses import dataclass
from math import lcm
from typing import TYPE_CHECKING

import numpy as np

from engine.dates import day
from engine.quota_rules import away, days_there, on_plan

if TYPE_CHECKING:
    from engine.frames import Facts
    from engine.order import Ints, Rows
    from engine.plans.schema import Component, Plan

_MONTHS = {"month": 1, "quarter": 3, "half_year": 6, "year_to_date": 12}


@dataclass(frozen=True, slots=True)
class _Spells:
    """Days from `begin` up to `end`, one stretch for every rep and window."""

    rep: Rows
    begin: Ints
    end: Ints


def share_den(plan: Plan, component: Component) -> int:
    """What the shares of `shares_there` are counted in: 1 where a target never shrinks."""
    if component.prorate == "none":
        return 1
    kind = plan.window_kind(component.accumulate)
    if component.prorate == "months":
        return _MONTHS[kind]
    return lcm(*np.diff(_edges(plan, kind)).tolist())


def shares_there(plan: Plan, component: Component, context: tuple[Facts, Ints]) -> Ints:
    """The part of every window that each rep is there, by rep, then window, times `share_den`.

    A month counts where the rep is there for at least half of its days.
    """
    kind, den = plan.window_kind(component.accumulate), share_den(plan, component)
    windows = _edges(plan, kind)
    if component.prorate == "days":
        there = _days(plan, windows, context)
        whole = np.diff(windows)
        shares: Ints = (there * (den // whole)[None, :]).ravel()
        return shares
    months = _edges(plan, "month")
    counted = 2 * _days(plan, months, context) >= np.diff(months)[None, :]
    found = np.zeros((len(context[1]), len(windows) - 1), dtype=np.int64)
    window = np.searchsorted(windows, months[:-1], side="right") - 1
    for month, place in enumerate(window.tolist()):
        found[:, place] += counted[:, month]
    return found.ravel()


def _edges(plan: Plan, kind: str) -> Ints:
    return np.array([day(edge) for edge in plan.calendar.edges(kind, plan.effective.end_on)], dtype=np.int64)


def _days(plan: Plan, edges: Ints, context: tuple[Facts, Ints]) -> Ints:
    """On how many days between two edges each rep is there, [rep, window]."""
    facts, rep_ids = context
    reps, count = len(rep_ids), len(edges) - 1
    spells = _Spells(np.repeat(np.arange(reps), count), np.tile(edges[:-1], reps), np.tile(edges[1:], reps))
    found: Ints = days_there(spells, on_plan(facts, plan, rep_ids), away(facts, rep_ids))
    return found.reshape(reps, count)
