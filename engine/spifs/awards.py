"""Scores → prizes, in whole minor units, and never more than the budget.

Each award is worked out by `engine.prizes`. What a team wins is divided by the award's rule; a gift cannot be
divided, so everybody who ties for it gets one. Then, in this order:

1. stacking `greater_of`: the commission on the same credits is taken off a winner's cash, award by award;
2. the cap per rep: a winner's prizes are cut from the first award on, once they have cost what one may cost;
3. the budget. `scale`: gifts first, in the order of awards and places, each whole or not at all; what is left is
   split between cash and points in proportion to their cost, by largest remainder. `in_order`: award by award and
   place by place while it lasts; those of one place are cut in the same proportion.

Points are whole, so what a cut leaves of them is rounded down.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING, Literal

from engine import prizes as arithmetic
from engine.money import apportion, divide
from engine.prizes import Award
from engine.spifs.prize_rules import FirstTo, PerUnit, Pot, Raffle, Ranking, Steps
from engine.spifs.records import spif_hash

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from engine.money import Rate
    from engine.prizes import Score
    from engine.spifs.definition import AwardRule, Spif
    from engine.spifs.prize_rules import PrizeRule, Reward
    from engine.spifs.scores import Board


@dataclass(frozen=True, slots=True)
class Prize:
    """What one rep wins of one award.

    Attributes:
        award: The award's name.
        rep_id: The winner.
        kind: Cash, points or a gift.
        amount: Minor units that the winner keeps, whole points, or what the gift is worth.
        pays: What stands on the statement, in minor units: cash with the tax that the company bears; of a gift only
            that tax; nothing of points.
        cost: What it costs the company.
        place: From 1.
        sharing: How many have the place together; 1: nobody else.
        text: The gift.
        team: The winner's team, where teams compete.
        cut: What cap, commission or budget have taken off its cost.
    """

    award: str
    rep_id: int
    kind: Literal["cash", "points", "gift"]
    amount: int
    pays: int
    cost: int
    place: int
    sharing: int = 1
    text: str = ""
    team: str = ""
    cut: int = 0


@dataclass(frozen=True, slots=True)
class Draw:
    """The tickets of a raffle by competitor id, rising, and who was drawn, in that order. To be published."""

    award: str
    tickets: tuple[tuple[int, int], ...]
    drawn: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """All prizes of a SPIF, by award, place and rep; `uncut` is their cost without cap, stacking and budget.

    `draws` has one entry per raffle; a raffle whose seed is not known yet has tickets and nobody drawn.
    """

    spif_hash: str
    currency: str
    budget: int
    prizes: tuple[Prize, ...]
    uncut: int
    draws: tuple[Draw, ...] = ()

    @property
    def cost(self) -> int:
        """What the prizes cost the company: never more than the budget."""
        return sum(prize.cost for prize in self.prizes)

    @property
    def winners(self) -> tuple[int, ...]:
        """Who wins anything, by rep id."""
        return tuple(sorted({prize.rep_id for prize in self.prizes}))

    def of(self, rep_id: int) -> tuple[Prize, ...]:
        """The prizes of one rep."""
        return tuple(prize for prize in self.prizes if prize.rep_id == rep_id)

    @property
    def digest(self) -> str:
        """SHA-256 of rules and prizes: what is proposed, approved and paid must all have the same."""
        said = repr((self.spif_hash, self.currency, self.budget, self.prizes, self.draws))
        return hashlib.sha256(said.encode("utf-8", "backslashreplace")).hexdigest()


def outcome(
    spif: Spif, boards: Sequence[Board], seed: str = "", commission: Mapping[int, int] | None = None
) -> Outcome:
    """The prizes as the scores stand.

    Args:
        spif: The rules.
        boards: The scores of its awards, in their order.
        seed: The raffle's seed, once it may be known; "" draws nothing.
        commission: For stacking `greater_of`: by rep, what the plan pays on the same credits, in the SPIF's currency.
    """
    if spif.is_hidden:
        return Outcome(spif_hash(spif), spif.currency, spif.budget, (), 0)
    draws: list[Draw] = []
    full: list[_Won] = []
    for number, board in enumerate(boards):
        found, drawn = _won(board, f"{seed}:{board.award.name}" if seed else "")
        draws += drawn
        full += [replace(one, award_no=number) for one in found]
    uncut = sum(one.prize.cost for one in full)
    if spif.stacking == "greater_of":
        full = _beyond(full, commission or {})
    if spif.cap_per_rep is not None:
        full = _capped(full, spif.cap_per_rep)
    full = _scaled(full, spif.budget) if spif.budget_rule == "scale" else _in_order(full, spif.budget)
    kept = tuple(one.prize for one in full if one.prize.cost or one.prize.amount or one.is_free)
    return Outcome(spif_hash(spif), spif.currency, spif.budget, kept, uncut, tuple(draws))


def seed_hash(seed: str) -> str:
    """The SHA-256 of a raffle's seed, to be published when the SPIF is announced."""
    return hashlib.sha256(seed.encode()).hexdigest()


def replayed(draw: Draw, prizes: int, seed: str) -> tuple[int, ...]:
    """Who is drawn from the tickets with a seed, first to last: what anybody can check against `draw.drawn`."""
    return tuple(
        award.rep_id for award in arithmetic.raffle(dict(draw.tickets), [1] * prizes, f"{seed}:{draw.award}")
    )


@dataclass(frozen=True, slots=True)
class _Won:
    """A prize on its way: the place of its award among the SPIF's, and what it is."""

    prize: Prize
    reward: Reward
    award_no: int = 0
    is_free: bool = False  # a gift that is worth nothing in money

    def at_cost(self, cost: int) -> _Won:
        """The prize cut so that it costs no more than `cost`."""
        prize, left = self.prize, max(cost, 0)
        if left >= prize.cost:
            return self
        if prize.kind == "gift":
            made = replace(prize, amount=0, pays=0, cost=0)
        elif prize.kind == "points":
            points = left // self.reward.point_value
            made = replace(prize, amount=points, cost=points * self.reward.point_value)
        else:
            made = replace(prize, amount=_kept(left, self.reward.gross_up), pays=left, cost=left)
        return replace(self, prize=replace(made, cut=prize.cut + prize.cost - made.cost))


def _won(board: Board, seed: str) -> tuple[list[_Won], list[Draw]]:
    """The prizes of one award before any cut, and its raffle."""
    award = board.award
    is_gift = award.reward.kind == "gift"
    draws: list[Draw] = []
    found: Iterable[Award]
    if isinstance(award.pays, Raffle):
        draws = [_draw(award.name, award.pays, board.scores, seed)]
        found = _drawn(award.pays, draws[0], is_gift)
    else:
        found = _shaped(board, is_gift)
    made = []
    for one in found:
        worth, text = (_listed(award.pays)[one.amount - 1], award.reward.text(one.amount)) if is_gift else (0, "")
        whole = replace(one, amount=worth) if is_gift else one
        for own in _divided(board, whole, is_gift):
            prize = _priced(award, own, board.names[one.rep_id - 1] if board.is_of_teams else "")
            made.append(_Won(replace(prize, text=text), award.reward, is_free=is_gift and not worth))
    made.sort(key=lambda each: (each.prize.place, each.prize.rep_id))
    return made, draws


def _shaped(board: Board, is_gift: bool) -> Iterable[Award]:
    """What competitors win; of gifts the amount is the number of the gift, from 1, and who ties does not share."""
    pays, scores = board.award.pays, board.scores
    if isinstance(pays, PerUnit):
        return _per_unit(pays, scores)
    if isinstance(pays, Steps):
        amounts = range(1, len(pays.steps) + 1) if is_gift else [step.amount for step in pays.steps]
        return arithmetic.thresholds(
            scores, [(step.least, one) for step, one in zip(pays.steps, amounts, strict=True)]
        )
    if isinstance(pays, Pot):
        return _pot(pays, scores, board.worth)
    prizes = [*range(1, len(_listed(pays)) + 1)] if is_gift else _listed(pays)
    if isinstance(pays, FirstTo):
        return arithmetic.first_to(scores, pays.target, prizes, share=pays.ties == "share" and not is_gift)
    ties = pays.ties if isinstance(pays, Ranking) else "share"
    at_least = pays.at_least if isinstance(pays, Ranking) else 1
    share = ties != "all_win" and not is_gift
    return arithmetic.ranked(scores, prizes, at_least, earliest=ties == "earliest", share=share)


def _listed(pays: PrizeRule) -> list[int]:
    """The amounts of a shape as they are listed."""
    if isinstance(pays, Steps):
        return [step.amount for step in pays.steps]
    return list(pays.prizes) if isinstance(pays, Ranking | FirstTo | Raffle) else []


def _per_unit(pays: PerUnit, scores: Sequence[Score]) -> Iterable[Award]:
    fit = [score for score in scores if score.value >= max(pays.at_least, 1)]
    found = (arithmetic.whole_units if pays.whole_only else arithmetic.per_unit)(fit, pays.amount, pays.per)
    return [one if pays.most is None else replace(one, amount=min(one.amount, pays.most)) for one in found]


def _pot(pays: Pot, scores: Sequence[Score], worth: int) -> Iterable[Award]:
    total = pot_total(pays, worth)
    if pays.divides == "ranks":
        prizes = apportion(total, pays.shares) if any(pays.shares) else []
        return arithmetic.ranked(scores, prizes, pays.at_least, earliest=pays.ties == "earliest")
    return arithmetic.pot(scores, total, at_least=pays.at_least, by_score=pays.divides == "by_score")


def pot_total(pays: Pot, worth: int) -> int:
    """What is in a pot, given what the counted credits are worth: rounded half up, never below 0."""
    rate = pays.rate
    if rate is None:
        return max(pays.total or 0, 0)
    found = max(divide(worth * rate.num, rate.den), 0)
    return found if pays.most is None else min(found, pays.most)


def _draw(name: str, pays: Raffle, scores: Sequence[Score], seed: str) -> Draw:
    held = []
    for score in sorted(scores, key=lambda one: one.rep_id):
        count = score.value // pays.per if score.is_eligible and score.value >= pays.at_least else 0
        held.append((score.rep_id, count if pays.most_tickets is None else min(count, pays.most_tickets)))
    tickets = tuple((rep_id, count) for rep_id, count in held if count > 0)
    drawn = arithmetic.raffle(dict(tickets), [1] * len(pays.prizes), seed) if seed else ()
    return Draw(name, tickets, tuple(one.rep_id for one in drawn))


def _drawn(pays: Raffle, draw: Draw, is_gift: bool) -> list[Award]:
    return [
        Award(rep_id, place if is_gift else pays.prizes[place - 1], place)
        for place, rep_id in enumerate(draw.drawn, start=1)
    ]


def _divided(board: Board, won: Award, is_gift: bool) -> Sequence[Award]:
    """A competitor's prize as what reps win: all of it for a rep; a team's by the rule of the award."""
    if board.members is None:
        return [won]
    own, divides = board.members[won.rep_id], board.award.divides
    if is_gift or divides == "each":
        return [replace(won, rep_id=member.rep_id) for member in own]
    return arithmetic.divided(won, own, divides == "by_score")


def _priced(award: AwardRule, won: Award, team: str) -> Prize:
    reward, amount = award.reward, won.amount
    place = (won.place, won.sharing)
    if reward.kind == "points":
        return Prize(award.name, won.rep_id, "points", amount, 0, amount * reward.point_value, *place, team=team)
    gross = amount + tax_on(amount, reward.gross_up)
    pays = gross if reward.kind == "cash" else gross - amount
    return Prize(award.name, won.rep_id, reward.kind, amount, pays, gross, *place, team=team)


def tax_on(amount: int, rate: Rate | None) -> int:
    """What is paid beside an amount so that it is left after tax at `rate`: amount / (1 - rate) - amount, half up."""
    return 0 if rate is None or rate.num >= rate.den else divide(amount * rate.num, rate.den - rate.num)


def _kept(gross: int, rate: Rate | None) -> int:
    """What is left of a gross amount after tax at `rate`, rounded down."""
    return gross if rate is None else divide(gross * (rate.den - rate.num), rate.den, "down")


def _beyond(full: list[_Won], commission: Mapping[int, int]) -> list[_Won]:
    """Cash only as far as a winner's cash exceeds their commission."""
    left = dict(commission)
    found = []
    for one in full:
        if one.prize.kind != "cash":
            found.append(one)
            continue
        off = min(max(left.get(one.prize.rep_id, 0), 0), one.prize.cost)
        left[one.prize.rep_id] = left.get(one.prize.rep_id, 0) - off
        found.append(one.at_cost(one.prize.cost - off))
    return found


def _capped(full: list[_Won], cap: int) -> list[_Won]:
    spent: dict[int, int] = {}
    found = []
    for one in full:
        rep_id = one.prize.rep_id
        made = one.at_cost(cap - spent.get(rep_id, 0))
        spent[rep_id] = spent.get(rep_id, 0) + made.prize.cost
        found.append(made)
    return found


def _scaled(full: list[_Won], budget: int) -> list[_Won]:
    """Gifts first, whole or not at all; then all cash and points in one proportion."""
    left, found = budget, dict[int, _Won]()
    for at, one in enumerate(full):
        if one.prize.kind == "gift":
            found[at] = one.at_cost(left)
            left -= found[at].prize.cost
    rest = [at for at in range(len(full)) if at not in found]
    for at, cost in zip(rest, _parts([full[at].prize.cost for at in rest], left), strict=True):
        found[at] = full[at].at_cost(cost)
    return [found[at] for at in range(len(full))]


def _in_order(full: list[_Won], budget: int) -> list[_Won]:
    left = budget
    found: list[_Won] = []
    for _, group in groupby(full, key=lambda one: (one.award_no, one.prize.place)):
        lot = list(group)
        costs = _parts([one.prize.cost for one in lot], left)
        made = [one.at_cost(cost) for one, cost in zip(lot, costs, strict=True)]
        left -= sum(one.prize.cost for one in made)
        found += made
    return found


def _parts(costs: list[int], most: int) -> list[int]:
    """The costs, or where they exceed `most`, that split in their proportion by largest remainder."""
    return costs if sum(costs) <= most else apportion(max(most, 0), costs)
