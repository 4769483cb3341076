"""Credits → one score for each competitor and award, and since when they have stood there. Vectorised and exact.

A score is a running figure: an entry that a refund takes away, or a negative deal, lowers it again. "Reached on" is
the day from which a competitor has stood at their score, or at the target of a race, until now; days are as fine as
the facts are, so who gets there on one day gets there together.

Attainment and shares of a baseline are cut down to whole parts per million, averages of teams to whole units: two who
differ by less tie.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from math import lcm
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.money import exponent
from engine.prizes import Score
from engine.problems import Problem
from engine.spifs.entries import Counting, Rulings, entries
from engine.spifs.prize_rules import FirstTo, Pot
from engine.spifs.quota_share import quota_shares
from engine.spifs.sums import daily, stands_since, totals
from engine.totals import rounded

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from engine.order import Ints, Rows
    from engine.spifs.definition import AwardRule, Metric, Scoring, Spif
    from engine.spifs.eligibility import Participants
    from engine.spifs.entries import Entries, Ground, Span

    Exact = NDArray[Any]  # int64, or Python integers where int64 could overflow

MILLION = 1_000_000
_MOST = 2**62
NO_RULINGS = Rulings()


@dataclass(frozen=True)
class Board:
    """The scores of one award. Competitors are reps by rising id; or teams by rising name, with ids from 1.

    Attributes:
        award: The award.
        ids: Who competes.
        value: The score of each, in the unit of `award.scoring.unit`.
        reached_on: Since when they have stood there (or at the target of a race); 0 where that does not matter.
        takes_part: Whether they can win.
        names: The teams' names; empty for reps.
        members: The score of every rep behind a team, by team id: those who take part, by rep id.
        worth: What the counted credits of those who take part are worth in money, where a pot is a share of it.
        problems: What the scores lack.
    """

    award: AwardRule
    ids: Ints
    value: Ints
    reached_on: Ints
    takes_part: NDArray[np.bool_]
    names: tuple[str, ...] = ()
    members: Mapping[int, tuple[Score, ...]] | None = None
    worth: int = 0
    problems: tuple[Problem, ...] = ()

    @cached_property
    def scores(self) -> tuple[Score, ...]:
        """One score per competitor, as prizes are worked out from."""
        lots = (self.ids.tolist(), self.value.tolist(), self.reached_on.tolist(), self.takes_part.tolist())
        return tuple(Score(*lot) for lot in zip(*lots, strict=True))

    @property
    def is_of_teams(self) -> bool:
        """Whether teams compete."""
        return self.members is not None

    def of(self, rep_id: int) -> Score | None:
        """The score of a rep, or of the rep's team; None for somebody who does not compete."""
        if self.members is not None:
            team = next((one for one, own in self.members.items() if any(m.rep_id == rep_id for m in own)), None)
            return None if team is None else self.scores[team - 1]
        at = int(np.searchsorted(self.ids, rep_id))
        return self.scores[at] if at < len(self.ids) and int(self.ids[at]) == rep_id else None


@dataclass(frozen=True)
class _Race:
    """One award being scored: whose credits go to whom."""

    ground: Ground
    spif: Spif
    award: AwardRule
    people: Participants
    rulings: Rulings
    code: Rows | None = None  # per rep of `people` the team, -1 for none; None: everybody is one competitor
    heads: Ints | None = None  # how many make each team, where their average is the score

    @property
    def span(self) -> Span:
        return self.spif.window_of(self.award).span

    @property
    def size(self) -> int:
        return len(self.people.rep_ids) if self.code is None else int(self.code.max(initial=-1)) + 1

    def entries(self, metric: Metric, span: Span) -> Entries:
        return entries(self.ground, Counting(self.spif, metric, span, self.rulings))


def boards(spif: Spif, ground: Ground, people: Participants, rulings: Rulings = NO_RULINGS) -> tuple[Board, ...]:
    """The scores of every award, as they stand on the day of the ground."""
    return tuple(board(spif, award, (ground, people, rulings)) for award in spif.awards)


def board(spif: Spif, award: AwardRule, context: tuple[Ground, Participants, Rulings]) -> Board:
    """The scores of one award."""
    ground, people, rulings = context
    race = _Race(ground, spif, award, people, rulings)
    if award.competes == "rep":
        value, reached, barred, problems = _scored(race)
        able, problems = people.takes_part & ~barred, _unique(problems, people)
        return Board(award, people.rep_ids, value, reached, able, worth=_worth(race), problems=problems)
    names = tuple(sorted(set(people.team_of.values())))
    number = {name: place for place, name in enumerate(names)}
    code = np.array([number.get(people.team_of.get(one, ""), -1) for one in people.rep_ids.tolist()], dtype=np.int64)
    own, _, _, _ = _scored(race)
    heads = np.bincount(code[code >= 0], minlength=len(names)) if award.team_score == "average" else None
    value, reached, barred, more = _scored(replace(race, code=code, heads=heads))
    members = {
        team + 1: tuple(Score(int(people.rep_ids[at]), int(own[at])) for at in np.flatnonzero(code == team).tolist())
        for team in range(len(names))
    }
    ids = np.arange(1, len(names) + 1)
    return Board(award, ids, value, reached, ~barred, names, members, _worth(race), _unique(more, people))


def _worth(race: _Race) -> int:
    """The money behind the credits of those who take part, for a pot that is a share of it; else 0."""
    pays = race.award.pays
    if not isinstance(pays, Pot) or pays.rate is None:
        return 0
    metric = replace(race.award.scoring.metric, of="amount", unit="money", source="deals")
    sold = totals(race.entries(metric, race.span), race.people.rep_ids)
    takes_part = race.people.takes_part if race.award.competes == "rep" else _in_team(race.people)
    return int(sold[takes_part].sum())


def _in_team(people: Participants) -> NDArray[np.bool_]:
    return np.array([one in people.team_of for one in people.rep_ids.tolist()], dtype=bool)


def _unique(problems: tuple[Problem, ...], people: Participants) -> tuple[Problem, ...]:
    """Once each, and not for those who do not take part."""
    return tuple(sorted({one for one in problems if one.rep_id is None or one.rep_id not in people.barred}))


def _scored(race: _Race) -> tuple[Ints, Ints, NDArray[np.bool_], tuple[Problem, ...]]:
    """Score, day it was reached on, who has none, and the problems."""
    ids, code, largest = race.people.rep_ids, race.code, race.award.scoring.by == "largest"
    parts = [race.entries(metric, race.span) for metric in race.award.scoring.metrics]
    finish = _finish(race)
    value = finish.of([totals(each, ids, code, largest=largest) for each in parts])
    reached = np.zeros(len(value), dtype=np.int64)
    target = _target(race.award, value)
    if target is not None:
        runs = [daily(each, ids, code, race.span, largest=largest) for each in parts]
        reached = stands_since(finish.of(runs), target, race.span[0])
    problems = tuple(problem for each in parts for problem in each.problems)
    return _narrowed(value), reached, finish.barred, problems + finish.problems


def _target(award: AwardRule, value: Exact) -> Exact | None:
    """What has to be reached, where the day matters: the target of a race, or one's own score if the earliest win."""
    if isinstance(award.pays, FirstTo):
        return np.full(len(value), award.pays.target, dtype=np.int64)
    return value if getattr(award.pays, "ties", "") == "earliest" else None


def _narrowed(value: Exact) -> Ints:
    """As `int64`; beyond its bounds, which nothing sensible reaches, the nearest that fits."""
    return np.array(np.clip(value, -_MOST, _MOST), dtype=np.int64)


@dataclass(frozen=True)
class _Finish:
    """What turns the sums of the metrics into scores: `(sum * times - less) * scale // per`, per competitor.

    `factors` weigh the metrics of a scorecard, over `den`.
    """

    barred: NDArray[np.bool_]
    factors: tuple[int, ...] = (1,)
    den: int = 1
    times: int = 1
    less: Exact | None = None
    scale: int = 1
    per: Exact | None = None
    heads: Ints | None = None
    problems: tuple[Problem, ...] = ()

    def of(self, parts: list[Ints]) -> Exact:
        """The scores that sums come to: one per competitor, or per competitor and day."""
        found: Exact = parts[0]
        if self.factors != (1,) or self.den != 1:
            weighed = [part.astype(object) * factor for part, factor in zip(parts, self.factors, strict=True)]
            found = rounded(sum(weighed[1:], weighed[0]), self.den, "half_up")
        if self.per is not None:
            found = found.astype(object) * self.times - _across(self.less, found)
            found = np.where(_across(self.barred, found), 0, found * self.scale // _across(self.per, found))
        return found if self.heads is None else found // _across(np.maximum(self.heads, 1), found)


def _across(values: Exact | None, like: Exact) -> Any:
    """Values of competitors so that they meet figures of competitors, or of competitors and days."""
    if values is None:
        return 0
    return values if like.ndim == 1 else values[:, None]


def _finish(race: _Race) -> _Finish:
    scoring = race.award.scoring
    nobody = np.zeros(race.size, dtype=bool)
    if scoring.by == "points":
        return replace(_weights(race, scoring), barred=nobody, heads=race.heads)
    if scoring.by == "attainment":
        return replace(_attained(race, scoring), heads=race.heads)
    if scoring.by == "improvement":
        return replace(_improved(race, scoring), heads=race.heads)
    return _Finish(nobody, heads=race.heads)


def _weights(race: _Race, scoring: Scoring) -> _Finish:
    """Points in millionths: for money a weight is the points of one major unit."""
    major = 10 ** exponent(race.spif.currency)
    exact = [
        each.weight.fraction * (Fraction(MILLION, major) if each.unit == "money" else 1) for each in scoring.metrics
    ]
    den = lcm(*(each.denominator for each in exact))
    return _Finish(np.zeros(0, dtype=bool), tuple(int(each * den) for each in exact), den)


def _attained(race: _Race, scoring: Scoring) -> _Finish:
    """Parts per million of the quota that falls on the days, or of everybody's own number."""
    ids = race.people.rep_ids
    problems: tuple[Problem, ...] = ()
    num, den = [0] * len(ids), 1
    if scoring.own:
        given = {each.rep_id: each.value for each in scoring.own}
        num = [max(given.get(one, 0), 0) for one in ids.tolist()]
        problems = tuple(_no_number(one) for one, own in zip(ids.tolist(), num, strict=True) if not own)
    else:
        currency = race.spif.currency if scoring.metric.unit == "money" else ""
        shares = quota_shares(race.ground, scoring.quota, ids, (currency, race.span))
        num, den, problems = shares.num, shares.den, shares.problems
    of_each: Exact = np.zeros(race.size, dtype=object)
    exact = np.array(num, dtype=object)
    if race.code is None:
        of_each = exact
    else:
        np.add.at(of_each, race.code[race.code >= 0], exact[race.code >= 0])
    barred = of_each == 0
    times = np.where(barred, 1, of_each)
    return _Finish(barred, times=1, scale=MILLION * den, per=times, problems=problems)


def _improved(race: _Race, scoring: Scoring) -> _Finish:
    """Beyond the average of the windows before: as a difference, or in parts per million of that average."""
    ids, base = race.people.rep_ids, np.zeros(race.size, dtype=object)
    window, count = race.spif.window_of(race.award), max(scoring.baseline_windows, 1)
    for number in range(1, count + 1):
        base += totals(race.entries(scoring.metric, window.before(number).span), ids, race.code)
    if scoring.improves == "difference":
        per: Exact = np.full(race.size, count, dtype=object)
        return _Finish(np.zeros(race.size, dtype=bool), times=count, less=base, per=per)
    barred = np.array(base <= 0, dtype=bool)
    if race.code is None:
        problems = tuple(_no_baseline(int(ids[at])) for at in np.flatnonzero(barred))
    else:
        names = sorted(set(race.people.team_of.values()))
        problems = tuple(_no_baseline(None, names[at]) for at in np.flatnonzero(barred))
    per = np.where(barred, 1, base)
    return _Finish(barred, times=count, less=base, scale=MILLION, per=per, problems=problems)


def _no_baseline(rep_id: int | None, team: str = "") -> Problem:
    message = "There is nothing in the windows before, so there is no share of it to improve by."
    remedy = "Let improvement be the difference, or exclude who has no history."
    return Problem("baseline_missing", message, remedy, "SPIF", rep_id, found=team)


def _no_number(rep_id: int) -> Problem:
    message = "The rep has no number of their own to reach in the SPIF."
    return Problem(
        "own_number_missing", message, "Give everybody who takes part a number above zero.", "SPIF", rep_id
    )
