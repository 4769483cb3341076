"""Rules about reports who will miss their quota (N6), and about a personal best (N21)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.nudges.quotas import elapsed
from engine.nudges.rule import PPM, Due, amount
from engine.order import starts_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.nudges.rule import Readings
    from engine.standings import Standing

MONDAY = 0


def team_at_risk(read: Readings) -> Iterator[Due]:
    """N6: on Mondays, the reports whose credit so far, at the same rate, ends below three quarters of quota."""
    if read.as_of.weekday() != MONDAY:
        return
    at_risk: dict[int, dict[str, Any]] = {}
    for at in read.standings:
        at_risk.update(_projected(at, read))
    teams: dict[int, list[int]] = {}
    for person in read.people:
        if person.manager_id and person.is_employed(read.as_of):
            teams.setdefault(person.manager_id, []).append(person.rep_id)
    names = {person.rep_id: person.name for person in read.people}
    for manager_id, team in sorted(teams.items()):
        listed = sorted((rep_id for rep_id in team if rep_id in at_risk), key=lambda each: (names[each], each))
        if listed and manager_id in names:
            reports = [{"rep": each, "name": names[each], **at_risk[each]} for each in listed]
            data = {"reports": reports, "team": len(team)}
            expires = read.as_of + timedelta(days=read.limits.at_risk_lasts_days)
            yield Due("team_at_risk", manager_id, f"team_at_risk:{manager_id}", read.week, data, expires)


def _projected(at: Standing, read: Readings) -> Iterator[tuple[int, dict[str, Any]]]:
    """Who is projected below the limit, with how far they are."""
    gone = elapsed(at, read.today)
    attained = at.credit * 100 // np.maximum(at.quota // 10_000, 1)
    projected = attained * PPM // np.maximum(gone, 1)
    due = (gone >= read.limits.earliest_ppm) & (projected < read.limits.at_risk_ppm) & (at.gap > 0)
    for entry in np.flatnonzero(due).tolist():
        left = max(int(at.end[entry]) - read.today - 1, 1)
        gap = int(at.quota[entry] - at.credit[entry])
        yield (
            int(at.rep_id[entry]),
            {
                "quota": at.component.quota,
                "attained_ppm": int(at.credit[entry]) * PPM // int(at.quota[entry]),
                "projected_ppm": int(projected[entry]),
                "gap": amount(gap, at.unit),
                "per_day": amount(-(-gap // left), at.unit),
            },
        )


def personal_best(read: Readings) -> Iterator[Due]:
    """N21: a credit of the last days that is larger than each of the many before it."""
    cut = read.today + 1 - read.limits.recent_days
    for at in read.standings:
        place, counted = at.counted.place, at.counted
        if not len(place):
            continue
        starts = starts_of(place)
        is_new = counted.days >= cut
        before = np.maximum.reduceat(np.where(is_new, 0, counted.basis), starts)
        recent = np.maximum.reduceat(np.where(is_new, counted.basis, 0), starts)
        count = np.add.reduceat((~is_new).astype(np.int64), starts)
        entry_of = np.full(counted.reps, -1)
        entry_of[at.place] = np.arange(len(at.place))
        for run in np.flatnonzero((recent > before) & (count >= read.limits.best_of)).tolist():
            entry = int(entry_of[place[starts[run]]])
            if entry >= 0:
                rep_id = int(at.rep_id[entry])
                data = {"component": at.component.name, "credits": int(count[run]) + 1}
                expires = read.as_of + timedelta(days=read.limits.best_lasts_days)
                yield Due("personal_best", rep_id, f"personal_best:{rep_id}", read.week, data, expires)
