"""A line of a table that pays by value, taken apart: the lines of its curve that are followed, jumps and values.

Like `engine.slices` it is written without arrays on purpose.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from engine.taken import NOTHING, Part, Taken, Window, edges_of, passed, stretches

if TYPE_CHECKING:
    from engine.curves import Curve


def curved(curve: Curve, window: Window) -> Taken:
    """The last credit of a window priced by a curve, before it is rounded."""
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
        return edges_of(self.curve, self.quota, 0)

    def line(self, reach: Fraction) -> int:
        """The line that holds at a place."""
        return passed(self.curve, self.edges, reach)

    def slope(self, line: int) -> Fraction:
        """What a minor unit of credit adds on a line."""
        rise = Fraction(self.curve.rises[line], self.curve.den)
        return rise + Fraction(self.curve.slopes[line], self.curve.den * (1 if self.quota is None else self.quota))

    def at(self, reach: Fraction, line: int | None = None) -> Fraction:
        """What it comes to at a place, on the line there or on another one."""
        own = self.line(reach) if line is None else line
        begin = self.edges[max(own - 1, 0)]
        return Fraction(self.curve.values[own], self.curve.den) + self.slope(own) * (reach - begin)


def _along(axis: _Lines, places: tuple[Fraction, Fraction], times: Fraction, *, is_first: bool) -> Taken:
    """The way along a curve: a part for each line that is followed, and one for each jump that is taken.

    What the curve comes to before any credit is paid with the first.
    """
    parts: list[Part] = []
    begin, end = places
    line = axis.line(begin)
    start = axis.at(begin) * times
    if is_first and start:
        parts.append(Part(line - 1, begin, begin, start, NOTHING, "value"))
    for reached, low, high in stretches(axis.edges, begin, end):
        taken = reached if low != high else line  # who goes nowhere passes nothing
        if taken != line:
            jump = axis.at(low, taken) - axis.at(low, line)
            if jump:
                parts.append(Part(max(taken, line) - 1, low, low, jump * times, NOTHING, "jump"))
        line = taken
        rate = axis.slope(line) * times
        parts.append(Part(line - 1, low, high, (high - low) * rate, rate))
    landed = axis.line(end)
    jump = axis.at(end, landed) - axis.at(end, line)
    if jump:
        parts.append(Part(max(landed, line) - 1, end, end, jump * times, NOTHING, "jump"))
    return Taken(NOTHING if is_first else start, NOTHING, tuple(parts))


def _stepped(window: Window, axis: _Lines, times: Fraction) -> Taken:
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
        return _replaced(old, axis.at(after) * times, (axis.line(after), -1))
    lines = axis.line(after), axis.line(before)
    if fresh and not window.opening:
        return _replaced(NOTHING, axis.at(after) * times, (lines[0], -1))
    return _replaced(axis.at(before) * times, axis.at(after) * times, lines)


def _replaced(old: Fraction, new: Fraction, lines: tuple[int, int]) -> Taken:
    if old == new and lines[0] == lines[1]:
        return Taken(old, NOTHING, ())
    return Taken(old, -old, (Part(lines[0] - 1, NOTHING, NOTHING, new, NOTHING, "value"),))


def _blended(window: Window, axis: _Lines, places: tuple[Fraction, Fraction]) -> Taken:
    """The whole credit at the rate that the tiers, as full as they are, add up to."""
    last = window.credits[-1]
    own_axis = last.place is None
    earlier = Fraction(window.before if own_axis else window.before - window.opening)
    old = axis.at(places[0])
    if not own_axis:
        previous = window.credits[-2].place if len(window.credits) > 1 else None
        old = NOTHING if previous is None else _Lines(axis.curve, previous.quota).at(Fraction(previous.after))
    rate = axis.at(places[1])
    own = Part(axis.line(places[1]) - 1, NOTHING, Fraction(last.basis), last.basis * rate, rate)
    return Taken(earlier * old, earlier * (rate - old), (own,))


def _own_values(curve: Curve, window: Window) -> Taken:
    """Every deal pays what the table comes to at its own figure."""
    parts = []
    for credit in window.credits:
        place, axis = credit.place, _Lines(curve, None)
        reach = Fraction(0 if place is None else place.after)
        tier, value = axis.line(reach) - 1, axis.at(reach)
        if curve.times == "credit":
            parts.append(Part(tier, NOTHING, Fraction(credit.basis), credit.basis * value, value))
        else:
            sign = -1 if credit.basis < 0 else 1
            parts.append(Part(tier, NOTHING, Fraction(credit.basis), sign * value, NOTHING, "value"))
    earned = NOTHING if curve.times == "credit" else sum((part.value for part in parts[:-1]), NOTHING)
    return Taken(earned, NOTHING, (parts[-1],))
