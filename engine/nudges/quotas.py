"""Rules about a rep's own quota: close to it, past a tier, at the goal, behind pace (N2 to N5)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

from engine.dates import day, on_day
from engine.nudges.rule import PPM, Due, amount

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from engine.nudges.rule import Readings
    from engine.order import Ints
    from engine.standings import Standing

_FRIDAY = 4


def near_tier(read: Readings) -> Iterator[Due]:
    """N2: at most a tenth, or one typical deal, from the quota or the next tier."""
    for at in read.standings:
        gap = at.gap
        is_tier = (at.tier >= 0) & (at.missing > 0) & ((gap == 0) | (at.missing <= gap))
        missing = np.where(is_tier, at.missing, gap)
        whole = np.where(is_tier, np.maximum(at.window_quota, 1), at.quota)
        close = _share(missing, whole) <= read.limits.near_ppm
        perhaps = ~close & (missing <= at.counted.largest[at.place])
        for entry in np.flatnonzero((missing > 0) & (close | perhaps)).tolist():
            if close[entry] or missing[entry] <= at.counted.typical(int(at.place[entry])):
                yield _near(at, entry, int(missing[entry]), is_tier=bool(is_tier[entry]))


def _near(at: Standing, entry: int, missing: int, *, is_tier: bool) -> Due:
    from_ppm = at.from_ppm(int(at.tier[entry]), entry) if is_tier else PPM
    start, end = (at.window_start, at.window_end) if is_tier else (at.start, at.end)
    topic = f"near_tier:{at.rep_id[entry]}:{at.component.quota}:{on_day(int(start[entry]))}"
    data = {
        "quota": at.component.quota,
        "reaches": "tier" if from_ppm != PPM else "quota",
        "from_ppm": from_ppm,
        "gap": amount(missing, at.unit),
        "last_on": str(on_day(int(end[entry]) - 1)),
    }
    return Due("near_tier", int(at.rep_id[entry]), topic, str(from_ppm), data, on_day(int(end[entry])))


def tier_crossed(read: Readings) -> Iterator[Due]:
    """N3: a tier was reached within the last days."""
    cut = read.today + 1 - read.limits.recent_days
    for at in read.standings:
        if not (at.reached > 0).any():
            continue
        earlier = at.reached_with(at.tier_credit_until(cut))
        for entry in np.flatnonzero((at.reached > 0) & (at.reached > earlier)).tolist():
            yield _crossed(at, entry, int(at.reached[entry]), read)


def _crossed(at: Standing, entry: int, tier: int, read: Readings) -> Due:
    rep_id, start = int(at.rep_id[entry]), on_day(int(at.window_start[entry]))
    from_ppm = at.from_ppm(tier, entry)
    data = {"component": at.component.name, "quota": at.component.quota, "from_ppm": from_ppm}
    topic = f"tier_crossed:{rep_id}:{at.component.name}:{start}"
    return Due("tier_crossed", rep_id, topic, str(from_ppm), data, _soon(read, int(at.window_end[entry])))


def quota_reached(read: Readings) -> Iterator[Due]:
    """N4: two working days after the quota was reached, the next step that pays more."""
    until = day(workdays_before(read.as_of, read.limits.after_workdays)) + 1
    for at in read.standings:
        reached = np.flatnonzero((at.credit >= at.quota) & (at.tier >= 0) & (at.missing > 0))
        if not len(reached):
            continue
        by_then, before = at.credit_until(until), at.credit_until(until - read.limits.recent_days)
        for entry in reached.tolist():
            quota = at.quota[entry] - at.opening[entry]
            if by_then[entry] >= quota > before[entry]:
                yield _reached(at, entry, read)


def _reached(at: Standing, entry: int, read: Readings) -> Due:
    rep_id, start = int(at.rep_id[entry]), on_day(int(at.start[entry]))
    data = {
        "quota": at.component.quota,
        "over": amount(int(at.credit[entry] - at.quota[entry]), at.unit),
        "gap": amount(int(at.missing[entry]), at.unit),
        "from_ppm": at.from_ppm(int(at.tier[entry]), entry),
    }
    topic = f"goal_reached:{rep_id}:{at.component.quota}:{start}"
    return Due("goal_reached", rep_id, topic, "reached", data, _soon(read, int(at.window_end[entry])))


def behind_pace(read: Readings) -> Iterator[Due]:
    """N5: in the middle of a period fifteen points or more behind the share of its days that are gone."""
    low, high = read.limits.middle_ppm
    for at in read.standings:
        gone = elapsed(at, read.today)
        behind = gone - _share(at.credit, at.quota)
        due = (gone >= low) & (gone < high) & (behind >= read.limits.behind_ppm) & (at.gap > 0)
        for entry in np.flatnonzero(due).tolist():
            rep_id, start, end = int(at.rep_id[entry]), on_day(int(at.start[entry])), on_day(int(at.end[entry]))
            data = {
                "quota": at.component.quota,
                "gap": amount(int(at.quota[entry] - at.credit[entry]), at.unit),
                "behind_ppm": int(behind[entry]),
                "last_on": str(end - timedelta(days=1)),
            }
            topic = f"behind_pace:{rep_id}:{at.component.quota}:{start}"
            monday = read.as_of - timedelta(days=read.as_of.weekday())
            yield Due("behind_pace", rep_id, topic, read.week, data, min(end, monday + timedelta(days=7)))


def elapsed(at: Standing, today: int) -> Ints:
    """The share of the quota's days that are gone at the end of a day, in parts per million."""
    found: Ints = (today + 1 - at.start) * PPM // (at.end - at.start)
    return found


def workdays_before(on: date, count: int) -> date:
    """The weekday that lies so many weekdays before a day; a weekend counts as the Friday before it."""
    on -= timedelta(days=max(on.weekday() - _FRIDAY, 0))
    while count > 0:
        on -= timedelta(days=1)
        count -= on.weekday() <= _FRIDAY
    return on


def _share(part: Ints, whole: Ints) -> Ints:
    """Parts per million, rounded down; in Python integers where the product might not fit."""
    if int(np.abs(part).max(initial=0)) < 2**63 // (2 * PPM):
        found: Ints = part * PPM // whole
        return found
    return (part.astype(object) * PPM // whole).astype(np.int64)


def _soon(read: Readings, end: int) -> date:
    """When news is old: after some days, or with its period if that is to come."""
    old = read.as_of + timedelta(days=read.limits.recent_days)
    return min(old, on_day(end)) if on_day(end) > read.as_of else old
