"""Where people stand on a day: role, title, team, territory, and who is above them.

Every question is asked for a person and a day, so a move in the middle of a period counts from its day on. A person
who has two placements on one day stands nowhere on the days of either, and a problem says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from engine.dates import on_day
from engine.frames import integers, named
from engine.order import distinct, passed, positions
from engine.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from numpy.typing import NDArray

    from engine.frames import Frame, Named
    from engine.order import Ints, Rows

_DAY_BITS = 33
_DAY_ZERO = 2**31


@dataclass(frozen=True, slots=True)
class Step:
    """One level up: who stands above whom. `start` are positions among those who were asked about."""

    start: Rows
    rep_id: Ints


@dataclass(frozen=True, slots=True)
class Ladder:
    """Everybody above some people, level by level from the lowest up.

    `place` is the entry of each who is asked about, `levels` who stands above each entry, 0 for nobody, and `looped`
    the entries whose chain runs in a circle: nobody stands above them.
    """

    place: Rows
    levels: tuple[Ints, ...]
    looped: Rows


class Placements:
    """The placements of people, by person and first day, but for those that overlap another of their person."""

    def __init__(self, people: Frame) -> None:
        """Read and sort the placements."""
        rep, start, end = (integers(people, name) for name in ("rep_id", "start_on", "end_on"))
        rows = np.flatnonzero((start < end) & (rep > 0))
        rows = rows[np.lexsort([end[rows], start[rows], rep[rows]])]
        clash = _overlapping(rep[rows], start[rows], end[rows])
        self._clashing = (rep[rows[clash]], start[rows[clash]], end[rows[clash]])
        self._source = rows[~clash]
        self.rep_id: Ints = rep[self._source].astype(np.int64)
        self.start, self.end = start[self._source], end[self._source]
        self._manager: Ints = integers(people, "manager_id")[self._source]
        self.role, self.title, self.team, self.territory = (
            named(people, name) for name in ("role", "title", "team", "territory")
        )
        self._ids, self._place = np.unique(self.rep_id, return_inverse=True)
        self._key = (self._place.astype(np.int64) << _DAY_BITS) + self.start + _DAY_ZERO

    def rows(self, rep_id: Ints, days: Rows) -> Rows:
        """The placement of each person on each day, -1 where there is none."""
        place, known = positions(rep_id, self._ids)
        if len(self._ids) == len(self._key):  # everybody has one placement
            at = place
        else:
            at = (
                np.searchsorted(self._key, (place.astype(np.int64) << _DAY_BITS) + days + _DAY_ZERO, side="right") - 1
            )
        if not len(self._key):
            return np.full(len(rep_id), -1, dtype=np.int64)
        at = np.maximum(at, 0)
        inside = known & (self._place[at] == place) & (self.start[at] <= days) & (days < self.end[at])
        return np.where(inside, at, -1)

    def codes(self, column: Named) -> Rows:
        """The codes of one of the columns, by placement."""
        return column.codes[self._source]

    def managers(self, rep_id: Ints, days: Rows) -> Ints:
        """Who each person reports to on each day, 0 for nobody."""
        at = self.rows(rep_id, days)
        found: Ints = np.where(at >= 0, np.append(self._manager, 0)[at], 0)
        return found

    def held_by(self, wanted: Collection[str]) -> NDArray[np.bool_]:
        """Per placement whether its role or title is one of `wanted`."""
        found = np.zeros(len(self.rep_id), dtype=bool)
        for column in (self.role, self.title):
            codes = [column.code(name) for name in wanted]
            found |= np.isin(self.codes(column), codes)
        return found

    def holds(self, rep_id: Ints, days: Rows, wanted: Collection[str]) -> NDArray[np.bool_]:
        """Whether each person has one of the wanted roles or titles on each day."""
        at = self.rows(rep_id, days)
        found: NDArray[np.bool_] = np.append(self.held_by(wanted), False)[at]
        return found

    def above(self, rep_id: Ints, days: Rows, levels: int) -> tuple[list[Step], Rows]:
        """Everybody above each person on each day, level by level, and who is asked about in vain.

        Args:
            rep_id: The people who are asked about.
            days: The day for each of them.
            levels: How many levels up; 0 for all.

        Returns:
            The levels from the lowest up, and the positions of those whose chain runs in a circle within `levels`:
            they are in no level.
        """
        ladder = self.ladder(distinct(rep_id), days, levels)
        found = []
        for over in ladder.levels:
            each = over[ladder.place]
            start = np.flatnonzero(each)
            if len(start):
                found.append(Step(start, each if len(start) == len(each) else each[start]))
        looped = ladder.looped
        return found, np.flatnonzero(np.isin(ladder.place, looped)) if len(looped) else looped

    def ladder(self, who: tuple[Ints, Rows], days: Rows, levels: int) -> Ladder:
        """Everybody above each person on each day; `who` are people, and which of them each is who is asked about."""
        asked, place = self._stretches(who, days)
        steps = list(self._climb(*asked, levels))
        looped = _met_twice(asked[0], steps) if self._may_circle else np.zeros(0, dtype=np.int64)
        found = []
        for step in steps:
            over: Ints = np.zeros(len(asked[0]), dtype=np.int64)
            over[step.start] = step.rep_id
            over[looped] = 0
            found.append(over)
        return Ladder(place, tuple(found), looped)

    def clashes(self, first: int, last: int) -> list[Problem]:
        """A problem for each person who has two placements on a day, if either of them holds in [first, last]."""
        reps, start, end = self._clashing
        inside = (start <= last) & (first < end)
        message = "The person has two placements on one day, so neither counts while they last."
        remedy = "Correct the start and end of the person's roles, teams or managers."
        return [
            Problem(
                "placement_overlap",
                message,
                remedy,
                "people",
                int(rep),
                found=f"from {on_day(int(start[reps == rep].max()))} on",
            )
            for rep in np.unique(reps[inside])
        ]

    def _stretches(self, who: tuple[Ints, Rows], days: Rows) -> tuple[tuple[Ints, Rows], Rows]:
        """Those who differ in person or in a stretch of days without any move, and the place of each among them."""
        ids, rep = who
        edges = np.unique(np.concatenate([self.start, self.end, np.full(1, -_DAY_ZERO)]))
        ends = (days.min(), days.max()) if len(days) else (0, 0)
        least, most = (np.searchsorted(edges, on, side="right") for on in ends)
        if least == most:
            return (ids, np.full(len(ids), edges[least - 1])), rep
        key = passed(edges, days) - 1
        key += rep * np.int64(len(edges))
        keys, place = distinct(key)
        return (ids[keys // len(edges)], edges[keys % len(edges)]), place

    @cached_property
    def _may_circle(self) -> bool:
        """Whether anybody could stand above themselves, were all placements of one day."""
        edges = np.stack([self.rep_id, self._manager])[:, self._manager > 0]
        while edges.shape[1]:
            kept = edges[:, np.isin(edges[1], edges[0])]
            if kept.shape[1] == edges.shape[1]:
                return True
            edges = kept
        return False

    def _climb(self, rep_id: Ints, days: Rows, levels: int) -> Iterator[Step]:
        """Level by level, each person's chain up to its end, or until it is sure to run in a circle."""
        start, current = np.arange(len(rep_id)), rep_id
        saved, level, power = rep_id.copy(), 0, 1
        while len(start) and (not levels or level < levels):
            current = self.managers(current, days[start])
            level += 1
            start, current = start[current > 0], current[current > 0]
            if len(start):
                yield Step(start, current)
            running = current != saved[start]  # Brent: a chain that comes back to a saved person is a circle
            if levels:
                continue
            start, current = start[running], current[running]
            if level == power:
                saved[start], power = current, 2 * power


def _met_twice(rep_id: Ints, steps: list[Step]) -> Rows:
    """Positions of those who meet somebody twice on their way up, themselves included."""
    if not steps:
        return np.zeros(0, dtype=np.int64)
    start = np.concatenate([np.arange(len(rep_id)), *(step.start for step in steps)])
    met = np.concatenate([rep_id, *(step.rep_id for step in steps)])
    order = np.lexsort([met, start])
    start, met = start[order], met[order]
    return np.unique(start[1:][(start[1:] == start[:-1]) & (met[1:] == met[:-1])])


def _overlapping(rep: Rows, start: Rows, end: Rows) -> NDArray[np.bool_]:
    """Whether each placement shares a day with another of its person. Placements lie by person, then start."""
    clash = np.zeros(len(rep), dtype=bool)
    if len(rep) < 2:
        return clash
    _, place = np.unique(rep, return_inverse=True)
    high = place.astype(np.int64) << _DAY_BITS
    begins, ends = high + start + _DAY_ZERO, high + end + _DAY_ZERO
    clash[1:] = np.maximum.accumulate(ends)[:-1] > begins[1:]
    clash[:-1] |= begins[1:] < ends[:-1]
    return clash


def circular(rep_id: int) -> Problem:
    """The problem of somebody whose managers run in a circle."""
    message = "The person's managers run in a circle, so nobody above is credited for their deals."
    return Problem("manager_circle", message, "Correct who reports to whom.", "people", rep_id)
