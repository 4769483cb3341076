"""Which open deals close a gap: the fewest that do, and of those the set that overshoots least."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.attainment import progress
from engine.commission import calculate
from engine.frames import integers
from engine.whatif import Closing, Question, closed, what_if

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from engine.answers import QuotaProgress
    from engine.calculation import Calculation
    from engine.money import Money, Quantity
    from engine.whatif import WhatIf

#: How many sets are looked at before the largest deals are taken as they are.
_MOST_SETS = 200_000


@dataclass(frozen=True, slots=True)
class Chosen:
    """Deals, by position, whose credit sums to what was needed or more; `is_least`: no set of so few sums to less."""

    places: tuple[int, ...]
    total: int
    is_least: bool


@dataclass(frozen=True, slots=True)
class Route:
    """The deals that bring a rep to quota or to the next tier, what they credit and what they would pay.

    `reaches` is "quota" or "tier"; `from_ppm` the attainment at which it begins. `deals` is empty where open deals do
    not reach it, and then `short_by` is what would still be missing with all of them.
    """

    reaches: str
    quota: str
    from_ppm: int
    missing: Money | Quantity
    deals: tuple[int, ...]
    credit: int
    short_by: int
    is_least: bool
    effect: WhatIf | None


def fewest(sizes: Sequence[int], needed: int) -> Chosen | None:
    """The fewest of `sizes` that sum to at least `needed`, and of those the least sum; None when all are too few.

    Equal sums go to the earlier positions. Equal to brute force as long as `is_least`, which holds for 20 deals.
    """
    if needed <= 0:
        return Chosen((), 0, is_least=True)
    ranked = sorted((place for place, size in enumerate(sizes) if size > 0), key=lambda at: (-sizes[at], at))
    total, count = 0, 0
    while total < needed:
        if count == len(ranked):
            return None
        total += sizes[ranked[count]]
        count += 1
    return _Search(sizes, ranked, needed).best(count, total)


class _Search:
    """Sets of a fixed size, the largest deals first; what can no longer be enough is not followed."""

    def __init__(self, sizes: Sequence[int], ranked: list[int], needed: int) -> None:
        self.sizes, self.ranked, self.needed = sizes, ranked, needed
        self.tops = [0]
        for place in ranked:
            self.tops.append(self.tops[-1] + sizes[place])
        self.found: tuple[int, tuple[int, ...]] = (0, ())
        self.left = _MOST_SETS

    def best(self, count: int, total: int) -> Chosen:
        self.found = (total, tuple(sorted(self.ranked[:count])))
        self._extend(0, (), 0, count)
        return Chosen(self.found[1], self.found[0], is_least=self.left > 0)

    def _extend(self, start: int, taken: tuple[int, ...], total: int, count: int) -> None:
        if not count:
            self.found = min(self.found, (total, tuple(sorted(taken))))
            return
        for at in range(start, len(self.ranked) - count + 1):
            self.left -= 1
            too_few = total + self.tops[at + count] - self.tops[at] < self.needed
            if self.left <= 0 or too_few:
                return
            place = self.ranked[at]
            if total + self.sizes[place] <= self.found[0]:
                self._extend(at + 1, (*taken, place), total + self.sizes[place], count - 1)


def routes(asked: Question, closings: Sequence[Closing]) -> tuple[Route, ...]:
    """The smallest sets of the open deals that bring the rep to quota, and to the next tier, for each quota."""
    now = calculate(asked.facts, asked.plans, asked.as_of, reps=[asked.rep_id])
    every = calculate(closed(asked.facts, closings), asked.plans, _last(asked, closings), reps=[asked.rep_id])
    found = []
    for quota in progress(now, asked.facts, asked.rep_id, asked.as_of):
        open_deals = [each for each in closings if quota.period.start_on <= each.on < quota.period.end_on]
        gains = [_credited(every, asked.rep_id, quota, each) for each in open_deals]
        for what, from_ppm, missing in _gaps(quota):
            found.append(_route(asked, (what, quota.name, from_ppm, missing), open_deals, gains))
    return tuple(found)


def _gaps(quota: QuotaProgress) -> list[tuple[str, int, Money | Quantity]]:
    gaps: list[tuple[str, int, Money | Quantity]] = [("quota", 1_000_000, quota.gap)] if quota.gap.minor > 0 else []
    tier = quota.next_tier
    if tier is not None and (not gaps or tier.shortfall != quota.gap):
        gaps.append(("tier", tier.from_ppm, tier.shortfall))
    return gaps


def _route(
    asked: Question, what: tuple[str, str, int, Money | Quantity], open_deals: list[Closing], gains: list[int]
) -> Route:
    name, quota, from_ppm, missing = what
    chosen = fewest(gains, missing.minor)
    if chosen is None:
        within_reach = sum(gain for gain in gains if gain > 0)
        return Route(name, quota, from_ppm, missing, (), within_reach, missing.minor - within_reach, True, None)
    taken = [open_deals[place] for place in chosen.places]
    effect = what_if(asked, taken) if taken else None
    ids = tuple(each.deal_id for each in taken)
    return Route(name, quota, from_ppm, missing, ids, chosen.total, 0, chosen.is_least, effect)


def _last(asked: Question, closings: Sequence[Closing]) -> date:
    return max([asked.as_of, *(each.on for each in closings)])


def _credited(calc: Calculation, rep_id: int, quota: QuotaProgress, closing: Closing) -> int:
    """What the deal would credit towards the quota: by the first component that names it."""
    lines = calc.lines
    names = {part.name for plan in calc.plans for part in plan.components if part.quota == quota.name}
    own = (lines["rep_id"] == rep_id) & (lines["deal_id"] == closing.deal_id) & (lines["kind"] == "commission")
    own &= lines["component"].isin(names)
    first = lines[own].drop_duplicates(["plan", "rule"])
    return int(integers(first, "basis_cents").sum())
