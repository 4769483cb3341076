"""What the bot is asked about a SPIF: does this deal count (Q18), why did nobody win (Q24), what did it cost (Q25).

Scores, ranks and deals may be shown; what somebody wins is for them and for those who may see their earnings.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from engine.conditions_met import DealFacts, unmet
from engine.dates import on_day
from engine.events import NEVER
from engine.frames import integers
from engine.plans.filters import CONDITIONS, Filter
from engine.spifs.costs import committed, worst_case
from engine.spifs.definition import BOOKED
from engine.spifs.entries import Counting, entries
from engine.spifs.prize_rules import FirstTo, Pot, Steps
from engine.whatif import Question
from engine.whynot import Condition

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from engine.spifs.awards import Outcome
    from engine.spifs.definition import AwardRule, Metric, Spif
    from engine.spifs.eligibility import Participants
    from engine.spifs.entries import Ground, Rulings
    from engine.spifs.scores import Board
    from engine.spifs.standings import Row, Standing
    from engine.whynot import State

MILLION = 1_000_000
#: A23: one rep has more of the cost than this share, in parts per million.
ONE_REP_PPM = 600_000


@dataclass(frozen=True, slots=True)
class DealTest:
    """One deal of one rep walked through the conditions of one award, in their order (Q18).

    Attributes:
        award: The award's name.
        metric: What it counts.
        conditions: Each passed, failed or unknown; the first that failed is the blocker.
        counts: Whether it counts, as it does in the scores.
        value: For how much, in the unit of the metric.
        unit: Money in minor units of the SPIF's currency, or a number in millionths.
    """

    award: str
    metric: str
    conditions: tuple[Condition, ...]
    counts: bool
    value: int
    unit: str

    @property
    def blocker(self) -> Condition | None:
        """The first condition that fails, None where none does."""
        return next((each for each in self.conditions if each.state == "fail"), None)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a rep, or the rep's team, stands in one award; `row` is None for somebody who does not compete."""

    award: str
    unit: str
    row: Row | None
    competitors: int
    is_final: bool
    as_of: date


@dataclass(frozen=True, slots=True)
class Spread:
    """Why nobody, or hardly anybody, reached a threshold (Q24).

    Attributes:
        award: The award's name.
        unit: The unit of all scores.
        threshold: The least score that wins anything.
        eligible: How many take part.
        reached: How many have reached it.
        zero: How many have no score above zero.
        lowest: The lowest score above zero; 0 where there is none.
        median: The lower median of those above zero.
        highest: The highest.
        near: Those below it who are one event away, nearest first: competitor and gap.
        failed: How many credits of the days each condition keeps out, most first.
    """

    award: str
    unit: str
    threshold: int
    eligible: int
    reached: int
    zero: int
    lowest: int
    median: int
    highest: int
    near: tuple[tuple[int, int], ...]
    failed: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Cost:
    """What a SPIF has cost and may cost (Q25), in minor units; and what is off course with it (A23).

    Attributes:
        currency: Of all amounts.
        budget: What it may cost at most.
        spent: What was posted, less what was taken back.
        standing: What the prizes cost as the scores stand.
        committed: The most that can still be owed: never more than the budget.
        worst: What the prizes may come to before the budget cuts them; None where nothing limits it.
        uncut: What they would cost as they stand without cap, stacking and budget.
        top_ppm: The share of the dearest winner, in parts per million.
        off_course: `over_budget`, `nobody_scores`, `one_rep`.
    """

    currency: str
    budget: int
    spent: int
    standing: int
    committed: int
    worst: int | None
    uncut: int
    top_ppm: int
    off_course: tuple[str, ...]


def deal_tests(
    spif: Spif, context: tuple[Ground, Participants, Rulings], asked: tuple[int, int]
) -> tuple[DealTest, ...]:
    """Does this deal count for the rep: one test per award and metric of deals.

    Args:
        spif: The rules.
        context: The ground, who takes part, and what was ruled out.
        asked: The rep's id and the deal's id.
    """
    ground, people, rulings = context
    rep_id, deal_id = asked
    deal = DealFacts.of(ground.facts, deal_id)
    found = []
    for award in spif.awards:
        for metric in award.scoring.metrics:
            if metric.source != "deals":
                continue
            counting = Counting(spif, metric, spif.window_of(award).span, rulings)
            value = _value(ground, counting, asked)
            if deal is None:
                conditions: tuple[Condition, ...] = (_UNKNOWN_DEAL,)
            else:
                conditions = tuple(_conditions((ground, people, counting), award, (rep_id, deal)))
            counts = value != 0 and rep_id not in people.barred
            found.append(DealTest(award.name, metric.of, conditions, counts, value, metric.unit))
    return tuple(found)


def places(boards: Sequence[Board], standings: Sequence[Standing], rep_id: int) -> tuple[Place, ...]:
    """Where the rep stands in every award: score, rank, gap to the next prize, provisional or final."""
    found = []
    for board, standing in zip(boards, standings, strict=True):
        score = board.of(rep_id)
        row = standing.of(score.rep_id) if score is not None else None
        found.append(Place(standing.award, standing.unit, row, len(standing.rows), standing.is_final, standing.as_of))
    return tuple(found)


def spread(spif: Spif, board: Board, standing: Standing, context: tuple[Ground, Participants, Rulings]) -> Spread:
    """Why nobody has reached the threshold of an award: the spread of scores, who is near, what keeps credits out."""
    values = sorted(score.value for score in board.scores if score.is_eligible)
    above = [value for value in values if value > 0]
    least = threshold(board.award)
    near = [(row.id, row.gap) for row in standing.rows if row.is_near and row.gap is not None and row.value < least]
    return Spread(
        board.award.name,
        board.award.scoring.unit,
        least,
        len(values),
        sum(value >= least for value in values),
        len(values) - len(above),
        min(above, default=0),
        above[(len(above) - 1) // 2] if above else 0,
        max(values, default=0),
        tuple(sorted(near, key=lambda pair: (pair[1], pair[0]))),
        _kept_out(spif, board.award, context),
    )


def threshold(award: AwardRule) -> int:
    """The least score that wins anything of an award."""
    pays = award.pays
    if isinstance(pays, FirstTo):
        return pays.target
    if isinstance(pays, Steps):
        return min((step.least for step in pays.steps), default=0)
    per = getattr(pays, "per", 1) if not isinstance(pays, Pot) and getattr(pays, "whole_only", True) else 1
    return max(pays.at_least, per, 1)


def cost(spif: Spif, outcome: Outcome, boards: Sequence[Board], spent: int, eligible: int | None) -> Cost:
    """What the SPIF has cost, costs as it stands, and may cost at most.

    Args:
        spif: The rules.
        outcome: The prizes as the scores stand.
        boards: The scores.
        spent: What was posted, less what was taken back.
        eligible: How many take part, None where that is not known.
    """
    own = Counter[int]()
    for prize in outcome.prizes:
        own[prize.rep_id] += prize.cost
    top = max(own.values(), default=0)
    share = top * MILLION // outcome.cost if outcome.cost else 0
    scored = any(score.is_eligible and score.value > 0 for board in boards for score in board.scores)
    signs = (
        ("over_budget", outcome.uncut > spif.budget),
        ("nobody_scores", not scored),
        ("one_rep", share > ONE_REP_PPM and len(outcome.winners) > 1),
    )
    return Cost(
        spif.currency,
        spif.budget,
        spent,
        outcome.cost,
        committed(spif, eligible),
        worst_case(spif, eligible),
        outcome.uncut,
        share,
        tuple(name for name, holds in signs if holds),
    )


_UNKNOWN_DEAL = Condition("The deal is known", "fail", "no such deal", "Sync the CRM, or name another deal.")


def _value(ground: Ground, counting: Counting, asked: tuple[int, int]) -> int:
    found = entries(ground, counting).counted()
    rep_id, deal_id = asked
    own = (found.rep_ids[found.rep] == rep_id) & (found.deal_ids[found.deal] == deal_id)
    return int(found.value[own].sum())


def _conditions(
    walk: tuple[Ground, Participants, Counting], award: AwardRule, asked: tuple[int, DealFacts]
) -> Iterator[Condition]:
    ground, people, counting = walk
    rep_id, deal = asked
    barred = people.barred.get(rep_id, "")
    known = rep_id in set(people.rep_ids.tolist())
    yield _said(
        "The rep takes part", known and not barred, barred or ("" if known else "not known"), "Ask the author."
    )
    yield _said("The deal is won", deal.stage == "won", deal.stage, "Nothing to mend: it counts once it is won.")
    owns = rep_id in deal.sharers if deal.sharers else rep_id == deal.owner_id
    who = "shares it" if deal.sharers else "owns it"
    yield _said(
        "The rep owns the deal or has a share of it",
        owns,
        who if owns else "somebody else's",
        "Correct the owner or the split in the CRM, if that is wrong.",
    )
    yield _anchored(ground, counting, award, deal)
    yield from _filtered(ground, counting.metric, asked)
    yield _sound(ground, counting, deal)
    out = counting.rulings.deals.get(deal.deal_id, "")
    yield _said("Nobody has ruled it out", not out, out, "Dispute the ruling while results are not approved.")
    yield _undone(ground, counting.spif, deal)


def _said(asks: str, holds: bool, found: str, remedy: str) -> Condition:
    return Condition(asks, "pass" if holds else "fail", found, "" if holds else remedy)


def _anchored(ground: Ground, counting: Counting, award: AwardRule, deal: DealFacts) -> Condition:
    spif, window = counting.spif, counting.spif.window_of(award)
    asks = f"Its day ({spif.anchor}) lies between {window.start_on} and {window.last_on}"
    on = deal.booked
    if spif.anchor != BOOKED:
        at = np.flatnonzero(ground.deals.deal_id == deal.deal_id)
        on = int(ground.anchors(spif.anchor)[0][at[0]]) if len(at) else NEVER
    if on == NEVER:
        state: State = "unknown" if ground.as_of < window.end_on else "fail"
        return Condition(
            asks, state, f"no {spif.anchor} yet", f"It enters with the {spif.anchor}, if that comes in time."
        )
    day_found = on_day(on)
    if on_day(on) > ground.as_of:
        return Condition(
            asks, "fail", f"{day_found}, which has not come", "Nothing to mend: it counts from that day on."
        )
    return _said(
        asks, day_found in window, str(day_found), "Only the day in the CRM decides; correct it if it is wrong."
    )


def _filtered(ground: Ground, metric: Metric, asked: tuple[int, DealFacts]) -> Iterator[Condition]:
    rep_id, deal = asked
    question = Question(ground.facts, (), ground.as_of, rep_id)
    if metric.where.conditions:
        lacking = unmet(metric.where, deal, question)
        yield _said(
            "It is what the SPIF counts", not lacking, "; ".join(lacking), "Correct it in the CRM, if it is wrong."
        )
    if metric.excluding.conditions:
        holds = bool(unmet(metric.excluding, deal, question))
        yield _said(
            "It is not what the SPIF leaves out",
            holds,
            "" if holds else "it is",
            "Correct it in the CRM, if it is wrong.",
        )


def _sound(ground: Ground, counting: Counting, deal: DealFacts) -> Condition:
    """Whether what is counted of it is known."""
    metric = counting.metric
    asks = f"Its {metric.of} is known"
    at = np.flatnonzero(ground.deals.deal_id == deal.deal_id)
    if not len(at):
        return Condition(asks, "unknown", "not among the deals that pay counts", "See why pay does not count it.")
    figure, _ = ground.amounts((metric.of, metric.unit, counting.spif.currency, counting.spif.reversal.events))
    return _said(asks, not figure.lacks[at[0]], "", "Load it, or an exchange rate for that day.")


def _undone(ground: Ground, spif: Spif, deal: DealFacts) -> Condition:
    lost = ground.lost(spif.reversal.events)
    at = np.flatnonzero(ground.deals.deal_id[lost.deal] == deal.deal_id)
    whole = bool(len(at)) and bool(lost.is_whole[at[0]])
    part = "in part" if len(at) and not whole else ""
    return _said("It was not undone", not whole, "refunded" if whole else part, "Nothing to mend.")


def _kept_out(
    spif: Spif, award: AwardRule, context: tuple[Ground, Participants, Rulings]
) -> tuple[tuple[str, int], ...]:
    """How many credits of those who take part, on the days of the award, each single condition keeps out."""
    ground, people, rulings = context
    metric, span = award.scoring.metric, spif.window_of(award).span
    found: dict[str, int] = {}
    everything = replace(metric, where=Filter(), excluding=Filter())
    base = _of_people(ground, Counting(spif, everything, span), people)
    for name in CONDITIONS if metric.source == "deals" else ():
        wanted = getattr(metric.where, name)
        if wanted:
            only = replace(metric, where=replace(Filter(), **{name: wanted}), excluding=Filter())
            found[name] = base - _of_people(ground, Counting(spif, only, span), people)
    if metric.excluding.conditions:
        left = replace(metric, where=Filter())
        found["excluding"] = base - _of_people(ground, Counting(spif, left, span), people)
    found["ruled out"] = base - _of_people(ground, Counting(spif, everything, span, rulings), people)
    if metric.source == "deals":
        found["not won"] = _not_won(ground, people, span)
    kept = [(name, count) for name, count in found.items() if count > 0]
    return tuple(sorted(kept, key=lambda pair: (-pair[1], pair[0])))


def _of_people(ground: Ground, counting: Counting, people: Participants) -> int:
    found = entries(ground, counting).counted()
    return int(np.isin(found.rep_ids[found.rep], np.array(people.eligible_ids, dtype=np.int64)).sum())


def _not_won(ground: Ground, people: Participants, span: tuple[int, int]) -> int:
    """Deals of those who take part whose day lies in the window, but which are open or lost."""
    frame = ground.facts.deals
    on, owner = integers(frame, "booked_on"), integers(frame, "owner_id")
    own = np.isin(owner, np.array(people.eligible_ids, dtype=np.int64)) & (on >= span[0]) & (on < span[1])
    return int((frame["stage"].to_numpy()[own] != "won").sum())
