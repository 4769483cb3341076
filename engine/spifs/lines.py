"""Prizes → lines of a statement, and back: rows of the facts kind `adjustment`, whose own kind is `prize`.

A prize is posted once, on a day of an open period, on the winner's plan; its external id names SPIF, award and
winner, so that posting it again changes nothing. What is taken back later is a line of its own: the difference
between what is owed back by now and what has been taken back before, so that a prize taken back as a whole is its
exact negative, and one that was taken back in error is given again.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.calculation import KINDS
from engine.dates import day
from engine.frames import Named
from engine.money import divide
from engine.problems import Problem
from engine.spifs.entries import Counting, Rulings, entries

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from engine.calculation import Calculation
    from engine.spifs.awards import Outcome, Prize
    from engine.spifs.definition import Spif
    from engine.spifs.entries import Ground
    from engine.spifs.scores import Board

LONGEST_REASON = 200
#: Kinds of lines that are commission on a credit.
_OF_CREDITS = KINDS[: KINDS.index("override")]


@dataclass(frozen=True, slots=True)
class PrizeLine:
    """One row of the facts kind `adjustment`, of the kind `prize`; negative where a prize is taken back."""

    external_id: str
    rep_id: int
    on: date
    plan: str
    amount_cents: int
    currency: str
    reason: str
    approved_by: str
    award: str


@dataclass(frozen=True, slots=True)
class Posting:
    """Where prizes are posted.

    Attributes:
        key: What the store calls the SPIF; it makes the external ids.
        on: The day of the lines, in an open period.
        plan_of: The plan on whose statement each winner's prize stands.
        approved_by: Who approved the results.
    """

    key: str
    on: date
    plan_of: Mapping[int, str]
    approved_by: str


def prize_lines(spif: Spif, outcome: Outcome, posting: Posting) -> tuple[tuple[PrizeLine, ...], tuple[Problem, ...]]:
    """The lines of all prizes that pay anything, and a problem for every winner who is on no plan that day."""
    lines, problems = [], []
    for prize in outcome.prizes:
        plan = spif.plan or posting.plan_of.get(prize.rep_id, "")
        if not prize.pays:
            continue
        if not plan:
            problems.append(_no_plan(prize, posting))
            continue
        identity = external_id(posting.key, spif, prize)
        said = _reason(spif, prize, "")
        lines.append(_line(prize, (identity, plan, prize.pays, said), spif.currency, posting))
    return tuple(lines), tuple(problems)


def reversal_lines(
    spif: Spif, paid: Sequence[Prize], owed: Mapping[tuple[str, int], int], posted: Posting, taken: Mapping[str, int]
) -> tuple[PrizeLine, ...]:
    """The lines that take back what is owed by now and was not taken back before, or give it again.

    Args:
        spif: The rules.
        paid: The prizes that were posted.
        owed: By award and rep what is owed back by now, as `owed_back` says.
        posted: As prizes were posted, with the day of the new lines.
        taken: What has been taken back before, as an amount above 0, by the external id of the prize's line.
    """
    found = []
    for prize in paid:
        identity = external_id(posted.key, spif, prize)
        before, now = taken.get(identity, 0), owed.get((prize.award, prize.rep_id), 0)
        plan = spif.plan or posted.plan_of.get(prize.rep_id, "")
        if before != now and plan:
            said = _reason(spif, prize, "taken back: " if now > before else "given again: ")
            back = f"{identity}:back:{posted.on.isoformat()}:{before}-{now}"
            found.append(_line(prize, (back, plan, before - now, said), spif.currency, posted))
    return tuple(found)


def owed_back(
    spif: Spif, paid: Sequence[Prize], before: Sequence[Board], now: Sequence[Board]
) -> dict[tuple[str, int], int]:
    """What of each prize is owed back, by award and rep: by the winner's own score then and now, nobody ranked anew.

    Args:
        spif: The rules.
        paid: The prizes that were paid.
        before: The scores by which they were won.
        now: The scores as they are now, of the same window.
    """
    then, later = ({board.award.name: board for board in lot} for lot in (before, now))
    found = {}
    for prize in paid:
        old, new = then[prize.award].of(prize.rep_id), later[prize.award].of(prize.rep_id)
        had = old.value if old is not None else 0
        left = max(new.value, 0) if new is not None else had  # who has left the company still has the score
        found[prize.award, prize.rep_id] = _owed(spif, prize.pays, had, left)
    return found


def commission_on(calc: Calculation, spif: Spif, ground: Ground, rulings: Rulings) -> dict[int, int]:
    """By rep the commission that plans pay on the credits that count for the SPIF, in its currency (for SP14)."""
    counted = _counted(spif, ground, rulings)
    lines = calc.lines[calc.lines["kind"].isin(_OF_CREDITS)]
    rep, deal, on = (lines[name].to_numpy() for name in ("rep_id", "deal_id", "booked_on"))
    amount, plan_no = lines["amount_cents"].to_numpy(), lines["plan_no"].to_numpy()
    found: dict[int, int] = defaultdict(int)
    for number, plan in enumerate(calc.plans):
        rows = np.flatnonzero(plan_no == number)
        rows = rows[[(one, of) in counted for one, of in zip(rep[rows].tolist(), deal[rows].tolist(), strict=True)]]
        if not len(rows):
            continue
        money = (amount[rows], Named(np.zeros(len(rows), dtype=np.int8), (plan.currency,)))
        own = ground.told.exchange.into(spif.currency, money, on[rows], "half_up").amount
        for one, cents in zip(rep[rows].tolist(), own.tolist(), strict=True):
            found[one] += cents
    return dict(found)


def external_id(key: str, spif: Spif, prize: Prize) -> str:
    """What the line of a prize is called in the facts: the same however often it is posted."""
    number = next(place for place, award in enumerate(spif.awards, start=1) if award.name == prize.award)
    return f"spif:{key}:{number}:{prize.rep_id}"


def _counted(spif: Spif, ground: Ground, rulings: Rulings) -> set[tuple[int, int]]:
    """The pairs of rep and deal that count for any award."""
    found: set[tuple[int, int]] = set()
    for award in spif.awards:
        for metric in award.scoring.metrics:
            own = entries(ground, Counting(spif, metric, spif.window_of(award).span, rulings)).counted()
            if metric.source == "deals":
                found |= set(zip(own.rep_ids[own.rep].tolist(), own.deal_ids[own.deal].tolist(), strict=True))
    return found


def _owed(spif: Spif, pays: int, had: int, left: int) -> int:
    if left >= had or had <= 0 or spif.reversal.takes == "nothing":
        return 0
    return pays if spif.reversal.takes == "whole" else pays - divide(pays * left, had)


def _line(prize: Prize, said: tuple[str, str, int, str], currency: str, posting: Posting) -> PrizeLine:
    identity, plan, amount, reason = said
    return PrizeLine(
        identity, prize.rep_id, posting.on, plan, amount, currency, reason, posting.approved_by, prize.award
    )


def _reason(spif: Spif, prize: Prize, sort: str) -> str:
    """Why the line is there, in one row of text, whatever the SPIF is called."""
    place = f", place {prize.place}" if prize.place > 1 or prize.sharing > 1 else ""
    text = f"{sort}SPIF {spif.name}: {prize.award}{place}"
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())[:LONGEST_REASON]


def _no_plan(prize: Prize, posting: Posting) -> Problem:
    return Problem(
        "prize_without_plan",
        "The winner is on no plan on the day of the payout, so the prize cannot stand on a statement.",
        "Assign the winner to a plan, or name a plan in the SPIF.",
        f"SPIF {posting.key}",
        prize.rep_id,
        found=f"{prize.award}, {posting.on}",
    )


def is_in_time(spif: Spif, paid_on: date, on: date) -> bool:
    """Whether a prize paid on one day may still be taken back on another."""
    return day(on) < day(spif.reversal_until(paid_on))
