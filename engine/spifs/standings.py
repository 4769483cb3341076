"""Where everybody stands: rank, prize so far, the gap to the next prize, movement, and who is one event away.

A gap is told in the unit of the score, against the scores as they are: what the others do next is not foreseen. Where
those who tie share, drawing level already wins something; where the earliest ranks first, one has to pass.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine import prizes as arithmetic
from engine.spifs.prize_rules import MILLION, FirstTo, PerUnit, Pot, Raffle, Ranking, Steps

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from engine.prizes import Score
    from engine.spifs.awards import Outcome
    from engine.spifs.definition import AwardRule
    from engine.spifs.entries import Entries
    from engine.spifs.prize_rules import Ties
    from engine.spifs.scores import Board

#: What one event may move an attainment by, where its quota is not asked: 5 points, in parts per million.
ONE_EVENT_PPM = 50_000
HUNDREDTH = MILLION // 100


@dataclass(frozen=True, slots=True)
class Row:
    """One competitor in one award.

    Attributes:
        id: The rep's id, or the team's number.
        team: The team's name; "" for a rep.
        rank: From 1; 0 for those without a score above zero.
        sharing: How many have the rank.
        value: The score.
        prize: What stands to be won as it is, in minor units or points; a team's for all its members.
        gap: The score that lacks to the next, higher prize; None where there is none to reach.
        is_near: Whether one more event would close the gap.
        moved: Ranks gained since the standing before; None where there was none.
        percent_ppm: The share of the leader's score.
    """

    id: int
    team: str
    rank: int
    sharing: int
    value: int
    prize: int
    gap: int | None
    is_near: bool
    moved: int | None
    percent_ppm: int


@dataclass(frozen=True, slots=True)
class Standing:
    """The ranks of one award on a day; those who take part only, by rank and id."""

    award: str
    unit: str
    as_of: date
    is_final: bool
    rows: tuple[Row, ...]

    def of(self, competitor: int) -> Row | None:
        """The row of a rep or team, None for somebody who does not compete."""
        return next((row for row in self.rows if row.id == competitor), None)

    def around(self, competitor: int, neighbours: int) -> tuple[Row, ...]:
        """A competitor's row with so many above and below it (D18)."""
        at = next((place for place, row in enumerate(self.rows) if row.id == competitor), None)
        return () if at is None else self.rows[max(at - neighbours, 0) : at + neighbours + 1]

    @property
    def near_misses(self) -> tuple[Row, ...]:
        """Who is one event away from a prize, or from a higher one."""
        return tuple(row for row in self.rows if row.is_near)


@dataclass(frozen=True, slots=True)
class Moment:
    """When a standing is taken: the day, whether it is final, and the standing before, to tell who moved."""

    as_of: date
    is_final: bool = False
    before: Standing | None = None


def standing(
    board: Board, outcome: Outcome, moment: Moment, one_event: Mapping[int, int] | int | None = None
) -> Standing:
    """The standing of one award.

    Args:
        board: Its scores.
        outcome: The prizes as the scores stand.
        moment: When.
        one_event: What one more event adds to a score: for everybody, or by competitor; see `typical_events`. None is
            one deal or point for numbers, and nothing for money.
    """
    if one_event is None:
        one_event = MILLION if board.award.scoring.unit == "number" else 0
    award, scores = board.award, [score for score in board.scores if score.is_eligible]
    earliest = getattr(award.pays, "ties", "") == "earliest"
    ranks = {
        one.rep_id: (one.place, one.sharing)
        for one in arithmetic.ranked(scores, [1] * len(scores), earliest=earliest, share=False)
    }
    order = sorted(scores, key=lambda one: (ranks.get(one.rep_id, (len(scores) + 1, 0))[0], -one.value, one.rep_id))
    won = _won(board, outcome)
    best = max((score.value for score in scores), default=0)
    gaps = _Gaps(award, scores)
    before = {row.id: row.rank for row in moment.before.rows} if moment.before is not None else {}
    rows = []
    for score in order:
        rank, sharing = ranks.get(score.rep_id, (0, 0))
        gap = gaps.of(score, rank)
        event = one_event if isinstance(one_event, int) else one_event.get(score.rep_id, 0)
        event = ONE_EVENT_PPM if award.scoring.unit == "ppm" else event
        rows.append(
            Row(
                score.rep_id,
                board.names[score.rep_id - 1] if board.is_of_teams else "",
                rank,
                sharing,
                score.value,
                won.get(score.rep_id, 0),
                gap,
                gap is not None and gap <= event,
                _moved(before.get(score.rep_id, 0), rank),
                max(score.value, 0) * MILLION // best if best > 0 else 0,
            )
        )
    return Standing(award.name, award.scoring.unit, moment.as_of, moment.is_final, tuple(rows))


def typical_events(found: Entries) -> dict[int, int]:
    """What one event of each rep is usually worth: the lower median of their own credits above zero.

    Whoever has none gets the median of all, under their id as far as they are among the credits' reps.
    """
    own: dict[int, list[int]] = {}
    counted = found.counted()
    for rep_id, value in zip(counted.rep_ids[counted.rep].tolist(), counted.value.tolist(), strict=True):
        if value > 0:
            own.setdefault(rep_id, []).append(value)
    every = _median([value for values in own.values() for value in values])
    return {rep_id: _median(own[rep_id]) if rep_id in own else every for rep_id in found.rep_ids.tolist()}


def _median(values: list[int]) -> int:
    return sorted(values)[(len(values) - 1) // 2] if values else 0


def _won(board: Board, outcome: Outcome) -> dict[int, int]:
    """What each competitor stands to win of the award."""
    found: dict[int, int] = {}
    number = {name: place for place, name in enumerate(board.names, start=1)}
    for prize in outcome.prizes:
        if prize.award == board.award.name:
            competitor = number[prize.team] if board.is_of_teams else prize.rep_id
            found[competitor] = found.get(competitor, 0) + prize.amount
    return found


def _moved(before: int, rank: int) -> int | None:
    return before - rank if before and rank else None


class _Gaps:
    """How much each competitor lacks to the next prize."""

    def __init__(self, award: AwardRule, scores: Sequence[Score]) -> None:
        self._pays = award.pays
        self._rising = sorted(score.value for score in scores)
        is_number = award.scoring.unit == "number"
        whole = is_number and all(value % MILLION == 0 for value in self._rising)
        # the smallest step that tells two scores apart: one, or a hundredth where there are shares; one cent or ppm
        self._least = MILLION if whole else HUNDREDTH if is_number else 1

    def of(self, score: Score, rank: int) -> int | None:
        """The gap of one competitor; None where there is nothing more to reach."""
        pays, value = self._pays, score.value
        if isinstance(pays, Ranking):
            return self._to_rank(value, rank, (len(pays.prizes), pays.at_least, pays.ties))
        if isinstance(pays, Pot):
            if pays.divides == "ranks":
                return self._to_rank(value, rank, (len(pays.shares), pays.at_least, pays.ties))
            return max(pays.at_least - value, 0) or None
        if isinstance(pays, FirstTo):
            there = len(self._rising) - bisect_left(self._rising, pays.target)
            return pays.target - value if value < pays.target and there < len(pays.prizes) else None
        if isinstance(pays, Steps):
            above = [step.least - value for step in pays.steps if step.least > value]
            return min(above, default=None)
        return _to_unit(pays, value)

    def _to_rank(self, value: int, rank: int, asked: tuple[int, int, Ties]) -> int | None:
        """To the score of whoever stands before, or on the last rank that wins; at least to what has a rank."""
        prizes, at_least, ties = asked
        further = self._least if ties == "earliest" else 0
        ranked = len(self._rising) - bisect_left(self._rising, at_least)
        last = self._rising[-prizes] + further if ranked >= prizes > 0 else 0
        if value < at_least:
            return max(at_least, last) - value
        above = bisect_right(self._rising, value)
        ahead = len(self._rising) - above
        if ahead >= prizes:
            return last - value
        is_tied = above - bisect_left(self._rising, value) > 1 and (ties == "share" or rank > ahead + 1)
        if is_tied:
            return self._least
        return self._rising[above] + further - value if ahead else None


def _to_unit(pays: PerUnit | Raffle, value: int) -> int | None:
    """To the next whole unit or ticket; None where nobody wins more."""
    if value < pays.at_least:
        return max(pays.at_least, pays.per) - value
    units = value // pays.per
    most = pays.most // max(pays.amount, 1) if isinstance(pays, PerUnit) and pays.most is not None else None
    if isinstance(pays, Raffle):
        most = pays.most_tickets
    return None if most is not None and units >= most else pays.per - value % pays.per
