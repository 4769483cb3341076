"""The shapes that prizes may have (SP7 to SP9, SP11, SP12): per unit, by rank, first to N, steps, a pot, a raffle.

Amounts are minor units of the SPIF's currency; for points they are whole points; for a gift what it is worth. A score
is a number in the unit of its metric: minor units, millionths of a number, or parts per million of attainment.
"""

from dataclasses import dataclass
from typing import ClassVar, Literal

from engine.money import Rate

MILLION = 1_000_000

Ties = Literal["share", "earliest", "all_win"]
Form = Literal["per_unit", "ranking", "first_to", "steps", "pot", "raffle"]


@dataclass(frozen=True, slots=True)
class PerUnit:
    """So much for every so many units of score (SM1, SM9, SM10, SM11).

    Attributes:
        amount: For every `per` units.
        per: A score of that much is one unit: 1_000_000 is one deal, 100_000 is $1,000.
        whole_only: Whether only whole units count; else in proportion, rounded half up.
        at_least: The least score that wins anything.
        most: What one competitor may win, None for no limit.
    """

    form: ClassVar[Form] = "per_unit"
    amount: int
    per: int = MILLION
    whole_only: bool = True
    at_least: int = 1
    most: int | None = None


@dataclass(frozen=True, slots=True)
class Ranking:
    """Prizes by rank, highest score first (SM6 to SM8, SM12, SM13).

    Attributes:
        prizes: From the first rank down.
        ties: Those who tie `share` the prizes of the ranks they occupy; the `earliest` to get there ranks first, and
            whoever got there on one day shares; or `all_win` the prize of the rank that they share.
        at_least: The least score that has a rank.
    """

    form: ClassVar[Form] = "ranking"
    prizes: tuple[int, ...]
    ties: Ties = "share"
    at_least: int = 1


@dataclass(frozen=True, slots=True)
class FirstTo:
    """Prizes for the first to reach a score, by day (SM4; SM5 with one prize and a target of one)."""

    form: ClassVar[Form] = "first_to"
    target: int
    prizes: tuple[int, ...]
    ties: Literal["share", "all_win"] = "share"


@dataclass(frozen=True, slots=True)
class Step:
    """A score, and what reaching it wins."""

    least: int
    amount: int


@dataclass(frozen=True, slots=True)
class Steps:
    """For everybody the amount of the highest step reached (SM15; SM16 with attainment; SM18 for teams)."""

    form: ClassVar[Form] = "steps"
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Pot:
    """A sum that the winners share (SM14).

    Attributes:
        total: What is in it; None where it is a share of value.
        rate: The share of the money that all competitors' counted credits are worth.
        most: What may be in it at most, where it is a share of value.
        divides: By rank in the proportion of `shares`, equally between all who reached `at_least`, or by score.
        shares: 50, 30, 20: from the first rank down. Shares of ranks that nobody has are not paid.
        at_least: The least score that takes part.
        ties: As for a ranking; those who tie share, or the earliest ranks first.
    """

    form: ClassVar[Form] = "pot"
    total: int | None = None
    rate: Rate | None = None
    most: int | None = None
    divides: Literal["ranks", "equally", "by_score"] = "ranks"
    shares: tuple[int, ...] = (50, 30, 20)
    at_least: int = 1
    ties: Literal["share", "earliest"] = "share"


@dataclass(frozen=True, slots=True)
class Raffle:
    """Prizes drawn among tickets, one after another; nobody wins twice (SM22).

    Attributes:
        prizes: The first draw first.
        per: A score of that much is one ticket; only whole ones.
        most_tickets: What one competitor may hold, None for no limit.
        at_least: The least score that holds any.
    """

    form: ClassVar[Form] = "raffle"
    prizes: tuple[int, ...]
    per: int = MILLION
    most_tickets: int | None = None
    at_least: int = 1


PrizeRule = PerUnit | Ranking | FirstTo | Steps | Pot | Raffle


@dataclass(frozen=True, slots=True)
class Reward:
    """What a prize is (SP12).

    Attributes:
        kind: Cash on the statement, points, or a gift.
        texts: What the gift of each place is; the last one stands for all further places.
        point_value: What one point costs the company, in minor units.
        gross_up: The tax rate that the company bears, so that the winner keeps the prize; None where it bears none.
    """

    kind: Literal["cash", "points", "gift"] = "cash"
    texts: tuple[str, ...] = ()
    point_value: int = 0
    gross_up: Rate | None = None

    def text(self, place: int) -> str:
        """The gift of a place, counted from 1; "" where none is named."""
        return self.texts[min(place, len(self.texts)) - 1] if self.texts else ""
