"""One line taken apart: the credits of its window priced again in exact fractions, tier by tier.

It is written without arrays on purpose: it explains the calculation, and checks it.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from engine.curve_slices import curved
from engine.curves import Curve
from engine.money import divide
from engine.taken import NOTHING, Credit, Part, Piece, Priced, Spot, Taken, Window, edges_of, passed, stretches

if TYPE_CHECKING:
    from engine.rates import Schedule
    from engine.totals import Keeping


def priced(pricer: Schedule | Curve, window: Window) -> Priced:
    """The last credit of a window in pieces, given all that came before it in the window."""
    taken = curved(pricer, window) if isinstance(pricer, Curve) else _rated(pricer, window)
    place = window.credits[-1].place
    return _kept(pricer.keeping, taken, window.quota if place is None else place.quota)


def priced_alone(pricer: Schedule | Curve, window: Window) -> Priced:
    """A credit in pieces when every credit starts at the bottom of the table; a negative one mirrors its twin."""
    credit = window.credits[-1]
    twin = priced(pricer, replace(window, credits=[replace(credit, basis=abs(credit.basis))], opening=0))
    if credit.basis >= 0:
        return twin
    pieces = tuple(replace(piece, basis=-piece.basis, amount=-piece.amount) for piece in twin.pieces)
    return Priced(pieces, -twin.rerated, twin.quota)


def _kept(keeping: Keeping, taken: Taken, quota: int | None) -> Priced:
    """The parts with their amounts: each is what the rounded total changes by."""
    earned = NOTHING if keeping.by_line else taken.earned
    earned, rerated = earned + taken.rerated, keeping.exact(earned + taken.rerated) - keeping.exact(earned)
    pieces = []
    for part in taken.parts:
        amount = keeping.exact(earned + part.value) - keeping.exact(earned)
        basis = divide(part.end.numerator, part.end.denominator) - divide(
            part.begin.numerator, part.begin.denominator
        )
        pieces.append(Piece(part.tier, basis, amount, part.rate, part.kind))
        earned += part.value
    return Priced(tuple(pieces), rerated, quota)


def _rated(schedule: Schedule, window: Window) -> Taken:
    place = window.credits[-1].place
    if schedule.behaviour == "marginal" and place is not None:
        return _spread(schedule, window, place)
    if schedule.behaviour == "marginal" or len(schedule.starts) == 1:
        taken = _marginal(schedule, window)
    elif place is not None and place.by_deal:
        taken = _own_tiers(schedule, window)
    elif schedule.behaviour == "overage":
        taken = _overage(schedule, window)
    else:
        taken = _whole(schedule, window)
    return _with_fixed(schedule, window, taken)


def _with_fixed(schedule: Schedule, window: Window, taken: Taken) -> Taken:
    """What is paid for each deal besides, as a part of its own."""
    if not schedule.fixed:
        return taken
    each = [Fraction(schedule.fixed[credit.group] * (-1 if credit.basis < 0 else 1)) for credit in window.credits]
    own = (Part(0, NOTHING, NOTHING, each[-1], NOTHING, "fixed"),) if each[-1] else ()
    parts = tuple(part for part in taken.parts if part.rate or not own)
    return Taken(taken.earned + sum(each[:-1]), taken.rerated, (*parts, *own))


def _marginal(schedule: Schedule, window: Window) -> Taken:
    edges, earned, reached = edges_of(schedule, window.quota), NOTHING, Fraction(0)
    only = len(schedule.rates) == 1
    opening = [Credit(window.opening, 0)]
    parts: list[Part] = []
    for number, credit in enumerate([*opening, *window.credits]):
        earned += sum(part.value for part in parts)
        group = 0 if only else credit.group
        way = stretches(edges, reached, reached + credit.basis)
        reached += credit.basis
        rates = [schedule.rate(group, tier) * window.scale for tier, *_ in way]
        parts = [
            Part(tier, begin, end, (end - begin) * rate, rate)
            for (tier, begin, end), rate in zip(way, rates, strict=True)
        ]
        if number == 0 and not only:
            parts = []
    return Taken(earned, NOTHING, tuple(parts))


def _spread(schedule: Schedule, window: Window, place: Spot) -> Taken:
    """A credit spread evenly over its way along another axis; rounded by itself."""
    credit = window.credits[-1]
    before = min(place.after, 0) if place.by_deal else place.before
    group = 0 if len(schedule.rates) == 1 else credit.group
    edges, way = edges_of(schedule, place.quota), place.after - before
    found, done = [], Fraction(0)
    cut = stretches(edges, Fraction(before), Fraction(place.after))
    for tier, begin, end in cut if way else [(passed(schedule, edges, place.after), *cut[0][1:])]:
        share = credit.basis * (Fraction(end - begin, way) if way else 1)
        rate = schedule.rate(group, tier) * window.scale
        found.append(Part(tier, done, done + share, share * rate, rate))
        done += share
    return Taken(NOTHING, NOTHING, tuple(found))


def _own_tiers(schedule: Schedule, window: Window) -> Taken:
    """Every deal at the rate of the tier of its own figure."""
    parts = []
    for credit in window.credits:
        tier = _tier_of(schedule, credit, 0, window.quota)
        rate = schedule.rate(0 if len(schedule.rates) == 1 else credit.group, tier) * window.scale
        parts.append(Part(tier, NOTHING, Fraction(credit.basis), credit.basis * rate, rate))
    return Taken(sum((part.value for part in parts[:-1]), NOTHING), NOTHING, (parts[-1],))


def _tier_of(schedule: Schedule, credit: Credit, reached: int, quota: int | None) -> int:
    """The tier in which a credit stands when the window has come to `reached`; below zero it is the first."""
    if credit.place is not None:
        return passed(schedule, edges_of(schedule, credit.place.quota), credit.place.after)
    return passed(schedule, edges_of(schedule, quota), reached)


def _tiers(schedule: Schedule, window: Window) -> tuple[int, int]:
    """The tier reached before the last credit, and with it."""
    last, before = window.credits[-1], window.before
    after = _tier_of(schedule, last, before + last.basis, window.quota)
    if last.place is None:
        return _tier_of(schedule, last, before, window.quota), after
    earlier = window.credits[-2] if len(window.credits) > 1 else last
    return _tier_of(schedule, earlier, before, window.quota), after


def _earlier(schedule: Schedule, window: Window) -> list[Credit]:
    """What a whole-amount tier prices again; the opening is among it where it has a rate, and an axis of its own."""
    is_rated = len(schedule.rates) == 1 and window.credits[-1].place is None
    return [*([Credit(window.opening, 0)] if is_rated else []), *window.credits[:-1]]


def _whole(schedule: Schedule, window: Window) -> Taken:
    """Whole amount: the credit itself at the reached tier's rate, and what that tier does to the earlier ones."""
    last, (before, after) = window.credits[-1], _tiers(schedule, window)
    only = len(schedule.rates) == 1

    def total(tier: int) -> Fraction:
        rates = [schedule.rate(0 if only else credit.group, tier) for credit in earlier]
        return window.scale * sum((c.basis * rate for c, rate in zip(earlier, rates, strict=True)), NOTHING)

    earlier = _earlier(schedule, window)
    rate = schedule.rate(0 if only else last.group, after) * window.scale
    own = Part(after, NOTHING, Fraction(last.basis), last.basis * rate, rate)
    return Taken(total(before), total(after) - total(before), (own,))


def _overage(schedule: Schedule, window: Window) -> Taken:
    """Up to the second tier at the first rate; what lies beyond it at the rate of the tier reached, all of it."""
    (before, after), edge = _tiers(schedule, window), edges_of(schedule, window.quota)[0]
    only, earned, rerated = len(schedule.rates) == 1, NOTHING, NOTHING
    reached = Fraction(0 if only else window.opening)
    for credit in [*([Credit(window.opening, 0)] if only else []), *window.credits[:-1]]:
        base = min(reached + credit.basis, edge) - min(reached, edge)
        over = credit.basis - base
        rates = [schedule.rate(0 if only else credit.group, tier) * window.scale for tier in (0, before, after)]
        earned += base * rates[0] + over * rates[1]
        rerated += over * (rates[2] - rates[1])
        reached += credit.basis
    last = window.credits[-1]
    parts = []
    for is_over, begin, end in stretches([edge], reached, reached + last.basis):
        tier = after if is_over else 0
        rate = schedule.rate(0 if only else last.group, tier) * window.scale
        parts.append(Part(tier, begin, end, (end - begin) * rate, rate))
    return Taken(earned, rerated, tuple(parts))
