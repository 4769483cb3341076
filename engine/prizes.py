"""Prizes of contests: who wins how much, from scores. Pure functions; every amount is whole minor units.

A score counts whatever the contest counts, as a whole number (minor units, millionths of a unit). Results are in the
order of places, then reps, and never depend on the order of the scores. What several people win together is split by
largest remainder, the odd cent going to the lower rep id, so that no pot ever pays more or less than it holds.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from engine.money import apportion, divide

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Score:
    """What one rep has come to. `reached_on` is the day on which the score was reached, where that matters."""

    rep_id: int
    value: int
    reached_on: int = 0
    is_eligible: bool = True


@dataclass(frozen=True, slots=True)
class Award:
    """What one rep wins, at which place (from 1), and how many share that place with them (1: nobody else)."""

    rep_id: int
    amount: int
    place: int
    sharing: int = 1


def ranked(
    scores: Sequence[Score], prizes: Sequence[int], at_least: int = 1, *, earliest: bool = False, share: bool = True
) -> tuple[Award, ...]:
    """The prizes by rank, highest score first. Those who tie share the prizes of the ranks they occupy.

    Whoever is not eligible or below `at_least` has no rank. Prizes beyond the last rank are not paid. With `earliest`
    only those tie who reached one score on one day: who was there before ranks before. Where those who tie do not
    `share`, all of them win the prize of their rank, and the ranks they occupy beside it are passed over.
    """
    there = _competing(scores, at_least)
    if earliest:
        there.sort(key=lambda score: (-score.value, score.reached_on, score.rep_id))
    keys = [(-score.value, score.reached_on if earliest else 0) for score in there]
    return _placed(there, keys, prizes, share=share)


def first_to(scores: Sequence[Score], target: int, prizes: Sequence[int], *, share: bool = True) -> tuple[Award, ...]:
    """The prizes for the first to reach `target`, by day; those who reach it on one day share their ranks.

    Where they do not `share`, each of them wins the prize of the rank.
    """
    there = sorted(_competing(scores, target), key=lambda score: (score.reached_on, score.rep_id))
    return _placed(there, [score.reached_on for score in there], prizes, share=share)


def per_unit(
    scores: Sequence[Score], amount: int, units: int = MILLION, at_most: int | None = None
) -> tuple[Award, ...]:
    """`amount` for every `units` of score, in proportion and rounded half up, up to `at_most` for each rep."""
    won = ((score.rep_id, divide(score.value * amount, units)) for score in _competing(scores, 1))
    limited = ((rep_id, prize if at_most is None else min(prize, at_most)) for rep_id, prize in won)
    return tuple(Award(rep_id, prize, 1) for rep_id, prize in sorted(limited) if prize)


def whole_units(scores: Sequence[Score], amount: int, units: int = MILLION) -> tuple[Award, ...]:
    """`amount` for every whole `units` of score."""
    won = ((score.rep_id, score.value // units * amount) for score in _competing(scores, 1))
    return tuple(Award(rep_id, prize, 1) for rep_id, prize in sorted(won) if prize)


def pot(scores: Sequence[Score], total: int, *, at_least: int = 1, by_score: bool = False) -> tuple[Award, ...]:
    """The pot shared between everybody who has come to `at_least`: by head, or by score. All of it, or nothing."""
    winners = sorted(_competing(scores, at_least), key=lambda score: score.rep_id)
    shares = [max(score.value, 0) if by_score else 1 for score in winners]
    if not sum(shares):
        return ()
    parts = zip(winners, apportion(total, shares), strict=True)
    return tuple(Award(score.rep_id, part, 1, len(winners)) for score, part in parts if part)


def thresholds(scores: Sequence[Score], steps: Sequence[tuple[int, int]]) -> tuple[Award, ...]:
    """For everybody the amount of the highest step reached; `steps` are pairs of least score and amount."""
    rising = sorted(steps)
    found = []
    for score in sorted(_competing(scores, rising[0][0] if rising else 0), key=lambda score: score.rep_id):
        reached = [place for place, (least, _) in enumerate(rising) if score.value >= least]
        if reached and rising[reached[-1]][1]:
            found.append(Award(score.rep_id, rising[reached[-1]][1], len(rising) - reached[-1]))
    return tuple(found)


def teams(
    scores: Sequence[Score], team_of: Mapping[int, str], prizes: Sequence[int], *, by_score: bool = False
) -> tuple[Award, ...]:
    """The prizes by rank of teams, whose score is the sum of their eligible members'; each shared inside the team.

    Teams that tie share the prizes of the ranks they occupy. Inside a team everybody eligible gets the same, or a
    part by score (the same where nobody scored). People without a team do not compete.
    """
    members: dict[str, list[Score]] = {}
    for score in sorted(scores, key=lambda score: score.rep_id):
        if score.is_eligible and score.rep_id in team_of:
            members.setdefault(team_of[score.rep_id], []).append(score)
    names = sorted(members)
    sums = [Score(number, sum(each.value for each in members[name])) for number, name in enumerate(names)]
    return tuple(
        part for award in ranked(sums, prizes) for part in divided(award, members[names[award.rep_id]], by_score)
    )


def divided(award: Award, members: Sequence[Score], by_score: bool) -> list[Award]:
    """What a team has won, divided between its members: equally, or by score (equally where nobody has any)."""
    shares = [max(each.value, 0) for each in members] if by_score else []
    parts = apportion(award.amount, shares if sum(shares) else [1] * len(members))
    return [
        Award(each.rep_id, part, award.place, award.sharing)
        for each, part in zip(members, parts, strict=True)
        if part
    ]


def raffle(tickets: Mapping[int, int], prizes: Sequence[int], seed: str) -> tuple[Award, ...]:
    """The prizes drawn one after another among tickets; nobody wins twice. The same seed always draws the same.

    Each draw is the SHA-256 of seed and draw, taken modulo the tickets that are left, which lie by rep id: whoever
    knows the seed can check it, and nobody else can foresee it. Publish a hash of the seed before the contest.
    """
    left = {rep_id: count for rep_id, count in sorted(tickets.items()) if count > 0}
    found = []
    for place, prize in enumerate(prizes, start=1):
        if not left:
            break
        digest = hashlib.sha256(f"{seed}:{place}".encode()).digest()
        ticket = int.from_bytes(digest, "big") % sum(left.values())
        for rep_id, count in left.items():
            if ticket < count:
                found.append(Award(rep_id, prize, place))
                break
            ticket -= count
        del left[found[-1].rep_id]
    return tuple(found)


def _competing(scores: Sequence[Score], at_least: int) -> list[Score]:
    """Who competes, highest first."""
    fit = [score for score in scores if score.is_eligible and score.value >= at_least]
    return sorted(fit, key=lambda score: (-score.value, score.rep_id))


def _placed(
    order: Sequence[Score], keys: Sequence[object], prizes: Sequence[int], *, share: bool = True
) -> tuple[Award, ...]:
    """The prizes by place: those with one key tie, and share the prizes of the places they occupy, or all win one."""
    found: list[Award] = []
    place = 0
    for _, group in groupby(zip(keys, order, strict=True), key=lambda pair: pair[0]):
        tied = sorted(score.rep_id for _, score in group)
        if share:
            parts = apportion(sum(prizes[place : place + len(tied)]), [1] * len(tied))
        else:
            parts = [prizes[place] if place < len(prizes) else 0] * len(tied)
        found += [Award(rep_id, part, place + 1, len(tied)) for rep_id, part in zip(tied, parts, strict=True) if part]
        place += len(tied)
    return tuple(found)
