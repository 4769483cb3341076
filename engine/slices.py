"""One line taken apart: the credits of its window priced again in exact fractions, tier by tier.

It is written without arrays on purpose: it explains the calculation, and checks it.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

from engine.curves import Curve
from engine.money import divide

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.rates import Schedule
    from engine.totals import Keeping

NOTHING = Fraction(0)
Kind = Literal["rate", "fixed", "value", "jump"]


@dataclass(frozen=True, slots=True)
class Spot:
    """What chose a credit's tier where that was not the credit itself: before and after it, and by which quota."""

    before: int
    after: int
    quota: int | None
    by_deal: bool


@dataclass(frozen=True, slots=True)
class Credit:
    """One credit of a window: minor units, and the group of deals that see the same rates."""

    basis: int
    group: int
    place: Spot | None = None


@dataclass(frozen=True, slots=True)
class Window:
    """The credits of a window up to the line, and what they are priced by.

    `target` is the window's target incentive in minor units and `per` the quota it is paid for; the window began with
    the credit `opening`.
    """

    credits: Sequence[Credit]
    quota: int | None = None
    target: Fraction | None = None
    per: int | None = None
    opening: int = 0

    @property
    def scale(self) -> Fraction:
        """What rates are multiples of."""
        return Fraction(1) if self.target is None or self.per is None else self.target / self.per

    @property
    def before(self) -> int:
        """The credit accumulated before the last one."""
        return self.opening + sum(credit.basis for credit in self.credits[:-1])


@dataclass(frozen=True, slots=True)
class Piece:
    """What one tier priced of a credit: at a rate, a fixed amount, a value of the table, or a jump of it.

    `tier` -1 is what lies below the first tier of a table that does not begin at 0.
    """

    tier: int
    basis: int
    amount: int
    rate: Fraction
    kind: Kind = "rate"


@dataclass(frozen=True, slots=True)
class Priced:
    """A line in pieces; their amounts plus `rerated` are the line's amount."""

    pieces: tuple[Piece, ...]
    rerated: int
    quota: int | None


@dataclass(frozen=True, slots=True)
class _Part:
    """A piece before it is rounded."""

    tier: int
    begin: Fraction
    end: Fraction
    value: Fraction
    rate: Fraction
    kind: Kind = "rate"


@dataclass(frozen=True, slots=True)
class _Taken:
    """A line before it is rounded: what its window had earned, the change of that, and the credit's own parts."""

    earned: Fraction
    rerated: Fraction
    parts: tuple[_Part, ...]


def priced(pricer: Schedule | Curve, window: Window) -> Priced:
    """The last credit of a window in pieces, given all that came before it in the window."""
    taken = _curved(pricer, window) if isinstance(pricer, Curve) else _rated(pricer, window)
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


def _kept(keeping: Keeping, taken: _Taken, quota: int | None) -> Priced:
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


def _rated(schedule: Schedule, window: Window) -> _Taken:
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


def _with_fixed(schedule: Schedule, window: Window, taken: _Taken) -> _Taken:
    """What is paid for each deal besides, as a part of its own."""
    if not schedule.fixed:
        return taken
    each = [Fraction(schedule.fixed[credit.group] * (-1 if credit.basis < 0 else 1)) for credit in window.credits]
    own = (_Part(0, NOTHING, NOTHING, each[-1], NOTHING, "fixed"),) if each[-1] else ()
    parts = tuple(part for part in taken.parts if part.rate or not own)
    return _Taken(taken.earned + sum(each[:-1]), taken.rerated, (*parts, *own))


def _edges(pricer: Schedule | Curve, quota: int | None, first: int = 1) -> list[Fraction]:
    """Where tiers begin, in minor units, without those before `first`."""
    return [Fraction(start * (1 if quota is None else quota), pricer.axis_den) for start in pricer.starts[first:]]


def _stretches(edges: list[Fraction], before: Fraction, after: Fraction) -> list[tuple[int, Fraction, Fraction]]:
    """The way from `before` to `after`, cut at the edges: how many are passed, from and to, as travelled."""
    low, high = sorted((before, after))
    cuts = [low, *(edge for edge in edges if low < edge < high), high]
    found = [(bisect_right(edges, begin), begin, end) for begin, end in pairwise(cuts)]
    return found if after >= before else [(tier, end, begin) for tier, begin, end in reversed(found)]


def _marginal(schedule: Schedule, window: Window) -> _Taken:
    edges, earned, reached = _edges(schedule, window.quota), NOTHING, Fraction(0)
    only = len(schedule.rates) == 1
    opening = [Credit(window.opening, 0)]
    parts: list[_Part] = []
    for number, credit in enumerate([*opening, *window.credits]):
        earned += sum(part.value for part in parts)
        group = 0 if only else credit.group
        way = _stretches(edges, reached, reached + credit.basis)
        reached += credit.basis
        rates = [schedule.rate(group, tier) * window.scale for tier, *_ in way]
        parts = [
            _Part(tier, begin, end, (end - begin) * rate, rate)
            for (tier, begin, end), rate in zip(way, rates, strict=True)
        ]
        if number == 0 and not only:
            parts = []
    return _Taken(earned, NOTHING, tuple(parts))


def _spread(schedule: Schedule, window: Window, place: Spot) -> _Taken:
    """A credit spread evenly over its way along another axis; rounded by itself."""
    credit = window.credits[-1]
    before = min(place.after, 0) if place.by_deal else place.before
    group = 0 if len(schedule.rates) == 1 else credit.group
    edges, way = _edges(schedule, place.quota), place.after - before
    found, done = [], Fraction(0)
    for tier, begin, end in _stretches(edges, Fraction(before), Fraction(place.after)):
        share = credit.basis * (Fraction(end - begin, way) if way else 1)
        rate = schedule.rate(group, tier) * window.scale
        found.append(_Part(tier, done, done + share, share * rate, rate))
        done += share
    return _Taken(NOTHING, NOTHING, tuple(found))


def _own_tiers(schedule: Schedule, window: Window) -> _Taken:
    """Every deal at the rate of the tier of its own figure."""
    parts = []
    for credit in window.credits:
        tier = _tier_of(schedule, credit, 0, window.quota)
        rate = schedule.rate(0 if len(schedule.rates) == 1 else credit.group, tier) * window.scale
        parts.append(_Part(tier, NOTHING, Fraction(credit.basis), credit.basis * rate, rate))
    return _Taken(sum((part.value for part in parts[:-1]), NOTHING), NOTHING, (parts[-1],))


def _tier_of(schedule: Schedule, credit: Credit, reached: int, quota: int | None) -> int:
    """The tier in which a credit stands when the window has come to `reached`; below zero it is the first."""
    if credit.place is not None:
        return bisect_right(_edges(schedule, credit.place.quota), credit.place.after)
    return bisect_right(_edges(schedule, quota), reached)


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


def _whole(schedule: Schedule, window: Window) -> _Taken:
    """Whole amount: the credit itself at the reached tier's rate, and what that tier does to the earlier ones."""
    last, (before, after) = window.credits[-1], _tiers(schedule, window)
    only = len(schedule.rates) == 1

    def total(tier: int) -> Fraction:
        rates = [schedule.rate(0 if only else credit.group, tier) for credit in earlier]
        return window.scale * sum((c.basis * rate for c, rate in zip(earlier, rates, strict=True)), NOTHING)

    earlier = _earlier(schedule, window)
    rate = schedule.rate(0 if only else last.group, after) * window.scale
    own = _Part(after, NOTHING, Fraction(last.basis), last.basis * rate, rate)
    return _Taken(total(before), total(after) - total(before), (own,))


def _overage(schedule: Schedule, window: Window) -> _Taken:
    """Up to the second tier at the first rate; what lies beyond it at the rate of the tier reached, all of it."""
    (before, after), edge = _tiers(schedule, window), _edges(schedule, window.quota)[0]
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
    for passed, begin, end in _stretches([edge], reached, reached + last.basis):
        tier = after if passed else 0
        rate = schedule.rate(0 if only else last.group, tier) * window.scale
        parts.append(_Part(tier, begin, end, (end - begin) * rate, rate))
    return _Taken(earned, rerated, tuple(parts))


def _curved(curve: Curve, window: Window) -> _Taken:
    last = window.credits[-1]
    place = last.place
    times = window.target if curve.times == "target" and window.target is not None else Fraction(1)
    if place is not None and place.by_deal:
        return _own_values(curve, window)
    after = window.before + last.basis
    if place is None:
        axis, places = _Lines(curve, window.quota), (Fraction(window.before), Fraction(after))
    else:
        axis = _Lines(curve, place.quota)
        places = (Fraction(place.before), Fraction(place.after))
    if curve.times == "credit":
        return _blended(window, axis, places)
    if place is not None or curve.is_flat:
        return _stepped(window, axis, times)
    return _along(axis, places, times, is_first=len(window.credits) == 1 and not window.opening)


@dataclass(frozen=True, slots=True)
class _Lines:
    """A curve by one quota, in exact fractions over credit."""

    curve: Curve
    quota: int | None

    @property
    def edges(self) -> list[Fraction]:
        """Where its lines begin, but for the first."""
        return _edges(self.curve, self.quota, 0)

    def slope(self, line: int) -> Fraction:
        """What a minor unit of credit adds on a line."""
        rise = Fraction(self.curve.rises[line], self.curve.den)
        return rise + Fraction(self.curve.slopes[line], self.curve.den * (1 if self.quota is None else self.quota))

    def at(self, reach: Fraction, line: int | None = None) -> Fraction:
        """What it comes to at a place, on the line there or on another one."""
        own = bisect_right(self.edges, reach) if line is None else line
        begin = self.edges[max(own - 1, 0)]
        return Fraction(self.curve.values[own], self.curve.den) + self.slope(own) * (reach - begin)


def _along(axis: _Lines, places: tuple[Fraction, Fraction], times: Fraction, *, is_first: bool) -> _Taken:
    """The way along a curve: a part for each line that is followed, and one for each jump that is taken.

    What the curve comes to before any credit is paid with the first.
    """
    parts: list[_Part] = []
    begin, end = places
    line = bisect_right(axis.edges, begin)
    start = axis.at(begin) * times
    if is_first and start:
        parts.append(_Part(line - 1, begin, begin, start, NOTHING, "value"))
    for passed, low, high in _stretches(axis.edges, begin, end):
        if passed != line:
            jump = axis.at(low, passed) - axis.at(low, line)
            if jump:
                parts.append(_Part(max(passed, line) - 1, low, low, jump * times, NOTHING, "jump"))
        line = passed
        rate = axis.slope(line) * times
        parts.append(_Part(line - 1, low, high, (high - low) * rate, rate))
    landed = bisect_right(axis.edges, end)
    jump = axis.at(end, landed) - axis.at(end, line)
    if jump:
        parts.append(_Part(max(landed, line) - 1, end, end, jump * times, NOTHING, "jump"))
    return _Taken(NOTHING if is_first else start, NOTHING, tuple(parts))


def _stepped(window: Window, axis: _Lines, times: Fraction) -> _Taken:
    """What the table comes to at the place reached, in place of what it came to before."""
    last, fresh = window.credits[-1], len(window.credits) == 1
    place = last.place
    if place is None:
        before, after = Fraction(window.before), Fraction(window.before + last.basis)
    else:
        earlier = last.place if fresh else window.credits[-2].place
        before, after = Fraction(earlier.after if earlier else 0), Fraction(place.after)
        axis_before = _Lines(axis.curve, earlier.quota if earlier else None)
        old = NOTHING if fresh else axis_before.at(before) * times
        return _replaced(old, axis.at(after) * times, (bisect_right(axis.edges, after), -1))
    lines = bisect_right(axis.edges, after), bisect_right(axis.edges, before)
    if fresh and not window.opening:
        return _replaced(NOTHING, axis.at(after) * times, (lines[0], -1))
    return _replaced(axis.at(before) * times, axis.at(after) * times, lines)


def _replaced(old: Fraction, new: Fraction, lines: tuple[int, int]) -> _Taken:
    if old == new and lines[0] == lines[1]:
        return _Taken(old, NOTHING, ())
    return _Taken(old, -old, (_Part(lines[0] - 1, NOTHING, NOTHING, new, NOTHING, "value"),))


def _blended(window: Window, axis: _Lines, places: tuple[Fraction, Fraction]) -> _Taken:
    """The whole credit at the rate that the tiers, as full as they are, add up to."""
    last = window.credits[-1]
    own_axis = last.place is None
    earlier = Fraction(window.before if own_axis else window.before - window.opening)
    old = axis.at(places[0])
    if not own_axis:
        previous = window.credits[-2].place if len(window.credits) > 1 else None
        old = NOTHING if previous is None else _Lines(axis.curve, previous.quota).at(Fraction(previous.after))
    rate = axis.at(places[1])
    own = _Part(bisect_right(axis.edges, places[1]) - 1, NOTHING, Fraction(last.basis), last.basis * rate, rate)
    return _Taken(earlier * old, earlier * (rate - old), (own,))


def _own_values(curve: Curve, window: Window) -> _Taken:
    """Every deal pays what the table comes to at its own figure."""
    parts = []
    for credit in window.credits:
        place, axis = credit.place, _Lines(curve, None)
        reach = Fraction(0 if place is None else place.after)
        tier, value = bisect_right(axis.edges, reach) - 1, axis.at(reach)
        if curve.times == "credit":
            parts.append(_Part(tier, NOTHING, Fraction(credit.basis), credit.basis * value, value))
        else:
            sign = -1 if credit.basis < 0 else 1
            parts.append(_Part(tier, NOTHING, Fraction(credit.basis), sign * value, NOTHING, "value"))
    earned = NOTHING if curve.times == "credit" else sum((part.value for part in parts[:-1]), NOTHING)
    return _Taken(earned, NOTHING, (parts[-1],))
