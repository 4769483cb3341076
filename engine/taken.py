"""What a line is taken apart into, in exact fractions: credits, the window they stand in, and parts of a price."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

from engine.rates import is_strict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.curves import Curve
    from engine.rates import Schedule

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
class Part:
    """A piece before it is rounded."""

    tier: int
    begin: Fraction
    end: Fraction
    value: Fraction
    rate: Fraction
    kind: Kind = "rate"


@dataclass(frozen=True, slots=True)
class Taken:
    """A line before it is rounded: what its window had earned, the change of that, and the credit's own parts."""

    earned: Fraction
    rerated: Fraction
    parts: tuple[Part, ...]


def edges_of(pricer: Schedule | Curve, quota: int | None, first: int = 1) -> list[Fraction]:
    """Where tiers begin, in minor units, without those before `first`."""
    return [Fraction(start * (1 if quota is None else quota), pricer.axis_den) for start in pricer.starts[first:]]


def passed(pricer: Schedule | Curve, edges: list[Fraction], reach: Fraction | int) -> int:
    """How many of the edges, the last ones of the table, are reached at a place."""
    found = bisect_right(edges, reach)
    first = len(pricer.starts) - len(edges)
    return found - (found > 0 and edges[found - 1] == reach and is_strict(pricer, first + found - 1))


def stretches(edges: list[Fraction], before: Fraction, after: Fraction) -> list[tuple[int, Fraction, Fraction]]:
    """The way from `before` to `after`, cut at the edges: how many are passed, from and to, as travelled."""
    low, high = sorted((before, after))
    cuts = [low, *(edge for edge in edges if low < edge < high), high]
    found = [(bisect_right(edges, begin), begin, end) for begin, end in pairwise(cuts)]
    return found if after >= before else [(tier, end, begin) for tier, begin, end in reversed(found)]
