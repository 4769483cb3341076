"""Who takes part in a SPIF, who does not and why, and who is in which team."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from engine.spifs.definition import Metric
from engine.spifs.entries import Counting, Rulings, entries
from engine.spifs.quota_share import quota_shares
from engine.spifs.sums import totals

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from engine.order import Ints
    from engine.people import Person
    from engine.problems import Problem
    from engine.spifs.definition import Spif
    from engine.spifs.entries import Ground


@dataclass(frozen=True)
class Participants:
    """Everybody whom a SPIF was judged for. `barred` says why somebody does not take part; nobody else is in it."""

    rep_ids: Ints  # rising
    barred: Mapping[int, str]
    team_of: Mapping[int, str]  # of those who take part; who is in no team is not in it
    problems: tuple[Problem, ...] = ()

    @cached_property
    def takes_part(self) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """Per rep id whether they take part."""
        return ~np.isin(self.rep_ids, np.fromiter(self.barred, dtype=np.int64, count=len(self.barred)))

    @cached_property
    def eligible_ids(self) -> tuple[int, ...]:
        """Those who take part."""
        return tuple(self.rep_ids[self.takes_part].tolist())


def participants(
    spif: Spif, people: Sequence[Person], ground: Ground | None = None, rulings: Rulings | None = None
) -> Participants:
    """Who takes part, as of the window's first day.

    Args:
        spif: The rules.
        people: Everybody there is, as they stand on the first day of the window.
        ground: What quotas and attainment are read from; without it nobody is barred for these.
        rulings: Who was excluded by hand.
    """
    barred: dict[int, str] = {}
    for person in people:
        for test in _TESTS:
            reason = test(spif, person)
            if reason:
                barred[person.rep_id] = reason
                break
    problems: tuple[Problem, ...] = ()
    if ground is not None and (spif.eligibility.least_quota or spif.eligibility.least_attainment):
        ids = np.array(sorted(person.rep_id for person in people if person.rep_id not in barred), dtype=np.int64)
        more, problems = _by_quota(spif, ground, ids)
        barred |= more
    if rulings is not None:
        known = {person.rep_id for person in people}
        barred |= {rep_id: reason for rep_id, reason in rulings.reps.items() if rep_id in known}
    rep_ids = np.array(sorted({person.rep_id for person in people}), dtype=np.int64)
    return Participants(rep_ids, barred, _teams(spif, people, barred), problems)


def _teams(spif: Spif, people: Sequence[Person], barred: Mapping[int, str]) -> dict[int, str]:
    if spif.team_by == "listed":
        listed = {rep_id: team.name for team in spif.teams for rep_id in team.rep_ids}
        own = {person.rep_id: listed.get(person.rep_id, "") for person in people}
    elif spif.team_by == "manager":
        names = {person.rep_id: person.name for person in people}
        own = {person.rep_id: names.get(person.manager_id, "") for person in people}
    else:
        own = {person.rep_id: str(getattr(person, spif.team_by)) for person in people}
    return {rep_id: team for rep_id, team in own.items() if team and rep_id not in barred}


def _listed(spif: Spif, person: Person) -> str:
    asked = spif.eligibility
    if person.rep_id in asked.excluded_ids:
        return "excluded by name"
    return "not among those invited" if asked.rep_ids and person.rep_id not in asked.rep_ids else ""


def _placed(spif: Spif, person: Person) -> str:
    asked = spif.eligibility
    lots = (("role", asked.roles), ("title", asked.titles), ("team", asked.teams), ("region", asked.regions))
    for name, wanted in lots:
        found = str(getattr(person, name))
        if wanted and found not in wanted:
            return f"{name} is {found or 'not known'}, asked for is {' or '.join(wanted)}"
    return ""


def _employed(spif: Spif, person: Person) -> str:
    window = spif.window
    if person.hired_on is not None and person.hired_on >= window.end_on:
        return f"joins on {person.hired_on}, after the window"
    last = window.last_on if spif.eligibility.leavers == "until_close" else window.start_on
    if person.left_on is not None and person.left_on <= last:
        return f"left on {person.left_on}"
    return ""


def _tenured(spif: Spif, person: Person) -> str:
    days = spif.eligibility.tenure_days
    if not days:
        return ""
    if person.hired_on is None:
        return f"day of hiring not known, asked for are {days} days with the company"
    since = spif.window.start_on - timedelta(days=days)
    return f"with the company since {person.hired_on}, asked for is {since}" if person.hired_on > since else ""


_TESTS: tuple[Callable[[Spif, Person], str], ...] = (_listed, _placed, _employed, _tenured)


def _by_quota(spif: Spif, ground: Ground, rep_ids: Ints) -> tuple[dict[int, str], tuple[Problem, ...]]:
    """Who carries too little quota in the window, or has attained too little of it by all their deals."""
    asked = spif.eligibility
    quota = quota_shares(ground, asked.quota, rep_ids, (spif.currency, spif.window.span))
    barred: dict[int, str] = {}
    if asked.least_quota is not None:
        least = asked.least_quota.minor * quota.den
        low = [rep_id for rep_id, num in zip(rep_ids.tolist(), quota.num, strict=True) if num < least]
        barred |= dict.fromkeys(low, f"carries less than {asked.least_quota} of quota in the window")
    if asked.least_attainment is not None:
        rate = asked.least_attainment
        credit = totals(entries(ground, Counting(spif, Metric(), spif.window.span)), rep_ids)
        lots = zip(rep_ids.tolist(), credit.tolist(), quota.num, strict=True)
        low = [one for one, sold, num in lots if num <= 0 or sold * quota.den * rate.den < num * rate.num]
        barred |= dict.fromkeys(low, f"has attained less than {rate} of quota in the window")
    return barred, quota.problems
