"""One line taken apart: the credits of its window priced again in exact fractions, tier by tier.

It is written without arrays on purpose: it explains the calculation, and checks it.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from engine.money import divide

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.rates import Schedule


@dataclass(frozen=True, slots=True)
class Credit:
    """One credit of a window: minor units, and the group of deals that see the same rates."""

    basis: int
    group: int


@dataclass(frozen=True, slots=True)
class Piece:
    """What one tier priced of a credit."""

    tier: int
    group: int
    basis: int
    amount: int


@dataclass(frozen=True, slots=True)
class Priced:
    """A line in pieces; their amounts plus `rerated` are the line's amount."""

    pieces: tuple[Piece, ...]
    rerated: int
    quota: int | None


def priced(schedule: Schedule, window: Sequence[Credit], quota: int | None) -> Priced:
    """The last credit of a window in pieces, given all that came before it in the window."""
    if schedule.whole_amount and len(schedule.starts) > 1:
        return _rerated(schedule, window, quota)
    earned = Fraction(0)
    reached = 0
    for credit in window[:-1]:
        earned += sum(value for *_, value in _stretches(schedule, reached, credit, quota))
        reached += credit.basis
    pieces = []
    for tier, begin, end, value in _stretches(schedule, reached, window[-1], quota):
        amount = schedule.total(earned + value) - schedule.total(earned)
        basis = divide(end.numerator, end.denominator) - divide(begin.numerator, begin.denominator)
        pieces.append(Piece(tier, window[-1].group, basis, amount))
        earned += value
    return Priced(tuple(pieces), 0, quota)


def priced_alone(schedule: Schedule, credit: Credit, quota: int | None) -> Priced:
    """A credit in pieces when every credit starts at the bottom of the table; a negative one mirrors its twin."""
    twin = priced(schedule, [Credit(abs(credit.basis), credit.group)], quota)
    if credit.basis >= 0:
        return twin
    pieces = tuple(Piece(piece.tier, piece.group, -piece.basis, -piece.amount) for piece in twin.pieces)
    return Priced(pieces, -twin.rerated, quota)


def _stretches(
    schedule: Schedule, reached: int, credit: Credit, quota: int | None
) -> list[tuple[int, Fraction, Fraction, Fraction]]:
    """The way of one credit through the tiers: tier, from, to, and what that part earns."""
    way = schedule.stretches(reached, reached + credit.basis, quota)
    return [(tier, begin, end, (end - begin) * schedule.rate(credit.group, tier)) for tier, begin, end in way]


def _rerated(schedule: Schedule, window: Sequence[Credit], quota: int | None) -> Priced:
    """Whole amount: the credit itself at the reached tier's rate, and what that tier does to the earlier ones."""
    last = window[-1]
    before = sum(credit.basis for credit in window[:-1])
    tier = schedule.tier_at(before + last.basis, quota)
    old = _whole(schedule, window[:-1], schedule.tier_at(before, quota))
    new = _whole(schedule, window[:-1], tier)
    own = last.basis * schedule.rate(last.group, tier)
    piece = Piece(tier, last.group, last.basis, schedule.total(new + own) - schedule.total(new))
    return Priced((piece,), schedule.total(new) - schedule.total(old), quota)


def _whole(schedule: Schedule, window: Sequence[Credit], tier: int) -> Fraction:
    return sum((credit.basis * schedule.rate(credit.group, tier) for credit in window), Fraction(0))
