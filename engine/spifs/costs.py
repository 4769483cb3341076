"""What a SPIF may cost: one prize, and the worst case."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.spifs.awards import tax_on
from engine.spifs.prize_rules import FirstTo, PerUnit, Pot, Ranking, Steps

if TYPE_CHECKING:
    from engine.spifs.definition import AwardRule, Spif


def of_amount(award: AwardRule, amount: int) -> int:
    """What a prize of that amount costs the company, tax that it bears included."""
    reward = award.reward
    if reward.kind == "points":
        return amount * reward.point_value
    return amount + tax_on(amount, reward.gross_up)


def one_prize(award: AwardRule) -> int:
    """What the dearest single prize costs; of a share of value without a limit nothing is known, so 0."""
    pays = award.pays
    if isinstance(pays, PerUnit):
        return of_amount(award, pays.amount)
    if isinstance(pays, Pot):
        return of_amount(award, pays.total or 0)
    amounts = [step.amount for step in pays.steps] if isinstance(pays, Steps) else list(pays.prizes)
    return of_amount(award, max(amounts, default=0))


def worst_case(spif: Spif, eligible: int | None) -> int | None:
    """What all prizes may come to before the budget cuts them; None where nothing limits it.

    `eligible` is how many may take part, None where that is not known.
    """
    if spif.is_hidden:
        return 0
    each = [_worst(award, eligible) for award in spif.awards]
    capped = None if spif.cap_per_rep is None or eligible is None else spif.cap_per_rep * eligible
    known = [one for one in each if one is not None]
    if len(known) < len(each):
        return capped
    return sum(known) if capped is None else min(sum(known), capped)


def committed(spif: Spif, eligible: int | None) -> int:
    """The most that the company can owe: the worst case, or the budget, which is never exceeded."""
    worst = worst_case(spif, eligible)
    return spif.budget if worst is None else min(worst, spif.budget)


def _worst(award: AwardRule, eligible: int | None) -> int | None:
    pays = award.pays
    if isinstance(pays, Pot):
        total = pays.most if pays.rate is not None else pays.total
        return None if total is None else of_amount(award, total)
    if isinstance(pays, PerUnit | Steps):
        most = pays.most if isinstance(pays, PerUnit) else max((step.amount for step in pays.steps), default=0)
        return None if most is None or eligible is None else of_amount(award, most) * eligible
    multiplied = award.competes == "team" and (award.divides == "each" or award.reward.kind == "gift")
    together = isinstance(pays, Ranking | FirstTo) and (pays.ties == "all_win" or award.reward.kind == "gift")
    if multiplied or together:
        return None if eligible is None else of_amount(award, max(pays.prizes, default=0)) * eligible
    return sum(of_amount(award, prize) for prize in pays.prizes)
