"""A SPIF replayed over past windows, before anybody is told of it (D8): its cost, and whom it would have paid.

Nothing had changed then, so whatever a replay pays is paid for what happens anyway. Of awards by rank, race, pot or
lot somebody always wins; there only what regulars win counts as paid anyway: those who win in more than half of the
replays, and in two at least. `paid_anyway_ppm` is that sum as a share of what is set aside: the budget, or the cost
where it is higher.

The odds of a breach come from many mixtures of the replays: everybody's score is taken from one replay at a time,
drawn by a fixed stream of numbers, and the prizes are worked out anew. One replay tells no odds.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from engine.spifs.awards import outcome
from engine.spifs.eligibility import participants
from engine.spifs.faults import warning
from engine.spifs.records import spif_hash
from engine.spifs.scores import boards

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.people import Person
    from engine.spifs.awards import Outcome
    from engine.spifs.definition import Scoring, Spif
    from engine.spifs.entries import Ground
    from engine.spifs.faults import Fault
    from engine.spifs.scores import Board
    from engine.spifs.windows import Window

MILLION = 1_000_000
MOST_WINDOWS = 4
MOST_DRAWS, FEWEST_DRAWS, SCORES_DRAWN = 200, 20, 100_000
#: Beyond these shares the lint speaks up, in parts per million.
ONE_REP_PPM, ANYWAY_PPM, BREACH_PPM, FEW_WINNERS_PPM, NEVER_PPM = 600_000, 600_000, 200_000, 100_000, 500_000
_NO_BUDGET = 10**18
#: Shapes of which somebody always wins.
_RELATIVE = ("ranking", "first_to", "pot", "raffle")


@dataclass(frozen=True, slots=True)
class Replay:
    """One past window: what the prizes would have cost before and after the budget cut them, and who had won.

    `won` has the cost of each winner's prizes by rep id, most first; `scoring` counts those with a score above zero.
    """

    window: Window
    cost: int
    paid: int
    won: tuple[tuple[int, int], ...]
    scoring: int
    eligible: int

    @property
    def winners(self) -> tuple[int, ...]:
        """Who had won, most first."""
        return tuple(rep_id for rep_id, _ in self.won)


@dataclass(frozen=True, slots=True)
class DryRun:
    """All replays, newest first, and what they say together. Shares are in parts per million.

    Attributes:
        spif_hash: Of the rules that were replayed: the check holds for them only.
        currency: Of all amounts.
        budget: The budget.
        replays: One per past window that history covers; none where it covers none.
        mean_cost: Of the replays, rounded down.
        highest_cost: Of the replays.
        breach_ppm: How often mixtures of the replays cost more than the budget; None with fewer than two replays.
        draws: How many mixtures.
        paid_anyway_ppm: What is paid for what happens anyway.
        regulars: Who wins in more than half of the replays, and in two at least.
        top_ppm: The share of the dearest winner over all replays.
        top_three_ppm: The share of the three dearest.
        lint: What somebody should read before launching it.
    """

    spif_hash: str
    currency: str
    budget: int
    replays: tuple[Replay, ...]
    mean_cost: int
    highest_cost: int
    breach_ppm: int | None
    draws: int
    paid_anyway_ppm: int
    regulars: tuple[int, ...]
    top_ppm: int
    top_three_ppm: int
    lint: tuple[Fault, ...]

    @property
    def is_made(self) -> bool:
        """Whether history covered any window; without one a launch needs a signed waiver."""
        return bool(self.replays)


@dataclass(frozen=True)
class _Run:
    replay: Replay
    boards: tuple[Board, ...]
    prizes: Outcome


def dry_run(spif: Spif, ground: Ground, people: Sequence[Person], windows: int = MOST_WINDOWS) -> DryRun:
    """The rules over the newest past windows of the same length that are over by the day of the ground.

    Args:
        spif: The rules; a hidden run is replayed as if it paid.
        ground: Facts and credits of the past windows, and of the baselines before them.
        people: Everybody there is.
        windows: How many past windows, 1 to 4; those that begin before the first deal are left out.
    """
    runs = [_run(shifted(spif, number), ground, people) for number in _covered(spif, ground, windows)]
    replays = tuple(run.replay for run in runs)
    regulars = _regulars(replays)
    costs = [replay.cost for replay in replays]
    breach, draws = _breach(spif, runs)
    won = Counter[int]()
    for replay in replays:
        won.update(dict(replay.won))
    dearest = [cost for _, cost in won.most_common(3)]
    total = sum(won.values())
    found = DryRun(
        spif_hash(spif),
        spif.currency,
        spif.budget,
        replays,
        sum(costs) // len(costs) if costs else 0,
        max(costs, default=0),
        breach,
        draws,
        _paid_anyway(spif, runs, regulars),
        regulars,
        _share(sum(dearest[:1]), total),
        _share(sum(dearest), total),
        (),
    )
    return replace(found, lint=tuple(_lint(found, runs)))


def shifted(spif: Spif, number: int) -> Spif:
    """The rules over the window that lies so many lengths before, with every award's own days as far into it."""
    window = spif.window.before(number)
    made = []
    for award in spif.awards:
        own = award.window
        if own is not None:
            start = window.start_on + (own.start_on - spif.window.start_on)
            end = min(start + (own.end_on - own.start_on), window.end_on)
            own = replace(window, start_on=min(start, window.last_on), end_on=max(end, start))
        made.append(replace(award, window=own))
    seen = replace(spif.visibility, audience="private")
    return replace(spif, window=window, awards=tuple(made), visibility=seen)


def hidden_twin(spif: Spif, number: int = 1) -> Spif:
    """The silent run over an earlier window that says what happens anyway (SM28): nobody is told, nothing is paid."""
    return replace(shifted(spif, number), visibility=replace(spif.visibility, audience="hidden"))


def _covered(spif: Spif, ground: Ground, windows: int) -> list[int]:
    """Which windows before are over and begin, with the baselines before them, no earlier than the first deal."""
    days = ground.deals.booked[ground.deals.deal_id > 0]
    if not len(days):
        return []
    first = int(days.min())
    reach = max((own.baseline_windows for own in _scorings(spif) if own.by == "improvement"), default=0)
    found: list[int] = []
    number = 1
    while len(found) < min(max(windows, 1), MOST_WINDOWS):
        window = spif.window.before(number)
        if spif.window.before(number + reach).span[0] < first:
            break
        if window.last_on <= ground.as_of:
            found.append(number)
        number += 1
    return found


def _scorings(spif: Spif) -> list[Scoring]:
    return [award.scoring for award in spif.awards]


def _run(spif: Spif, ground: Ground, people: Sequence[Person]) -> _Run:
    who = participants(spif, people, ground)
    scored = boards(spif, ground, who)
    seed = f"dry run {spif.window.start_on.isoformat()}"
    prizes = outcome(spif, scored, seed)
    full = outcome(replace(spif, budget=_NO_BUDGET), scored, seed)
    won = Counter[int]()
    for prize in full.prizes:
        won[prize.rep_id] += prize.cost
    scoring = {score.rep_id for board in scored for score in board.scores if score.is_eligible and score.value > 0}
    order = tuple(sorted(won.items(), key=lambda pair: (-pair[1], pair[0])))
    replay = Replay(spif.window, full.cost, prizes.cost, order, len(scoring), len(who.eligible_ids))
    return _Run(replay, scored, full)


def _regulars(replays: Sequence[Replay]) -> tuple[int, ...]:
    times = Counter(rep_id for replay in replays for rep_id in replay.winners)
    return tuple(sorted(one for one, count in times.items() if count >= 2 and 2 * count > len(replays)))


def _paid_anyway(spif: Spif, runs: Sequence[_Run], regulars: tuple[int, ...]) -> int:
    relative = {award.name for award in spif.awards if award.pays.form in _RELATIVE}
    anyway = sum(
        prize.cost
        for run in runs
        for prize in run.prizes.prizes
        if prize.award not in relative or prize.rep_id in regulars
    )
    aside = sum(max(run.replay.cost, spif.budget) for run in runs)
    return _share(anyway, aside)


def _share(part: int, whole: int) -> int:
    return part * MILLION // whole if whole > 0 else 0


def _breach(spif: Spif, runs: Sequence[_Run]) -> tuple[int | None, int]:
    """How often mixtures of the replays cost more than the budget, and how many were made."""
    if len(runs) < 2:
        return None, 0
    size = max(sum(len(board.ids) for board in runs[0].boards), 1)
    draws = max(FEWEST_DRAWS, min(MOST_DRAWS, SCORES_DRAWN // size))
    stream = np.random.Generator(np.random.PCG64(int(spif_hash(spif)[:16], 16)))
    rules, over = replace(shifted(spif, 1), budget=_NO_BUDGET), 0
    for number in range(draws):
        mixed = [_mixed([run.boards[at] for run in runs], stream) for at in range(len(spif.awards))]
        over += outcome(rules, mixed, f"dry run {number}").cost > spif.budget
    return _share(over, draws), draws


def _mixed(lot: Sequence[Board], stream: np.random.Generator) -> Board:
    """One award's scores, each competitor's taken from one of the replays."""
    every = [board for board in lot if board.names == lot[0].names]
    pick = stream.integers(0, len(every), len(lot[0].ids))
    value, takes_part = (
        np.choose(pick, [getattr(board, name) for board in every]) for name in ("value", "takes_part")
    )
    starts = [int(board.reached_on.max(initial=0)) for board in every]
    reached = np.choose(pick, [board.reached_on - start for board, start in zip(every, starts, strict=True)])
    worth = every[int(stream.integers(0, len(every)))].worth
    return replace(lot[0], value=value, takes_part=takes_part.astype(bool), reached_on=reached, worth=worth)


def _lint(found: DryRun, runs: Sequence[_Run]) -> list[Fault]:
    if not found.is_made:
        said = ("History covers no such window, so nothing could be replayed.", "Sign a waiver, or wait for history.")
        return [warning("no_history", "window", said)]
    made = [
        (found.top_ppm > ONE_REP_PPM, "one_rep", "awards", _SAID["one_rep"], found.top_ppm),
        (found.paid_anyway_ppm > ANYWAY_PPM, "paid_anyway", "awards", _SAID["paid_anyway"], found.paid_anyway_ppm),
        ((found.breach_ppm or 0) > BREACH_PPM, "breach", "budget", _SAID["breach"], found.breach_ppm or 0),
    ]
    faults = [warning(code, field, said, percent(ppm)) for holds, code, field, said, ppm in made if holds]
    return faults + _chances(found, runs)


def _chances(found: DryRun, runs: Sequence[_Run]) -> list[Fault]:
    faults = []
    eligible, scoring = (sum(getattr(run.replay, name) for run in runs) for name in ("eligible", "scoring"))
    winners = sum(len(run.replay.won) for run in runs)
    if not scoring:
        faults.append(warning("nobody_scores", "awards", _SAID["nobody_scores"]))
    elif _share(winners, eligible) < FEW_WINNERS_PPM and eligible >= 10 * len(runs):
        faults.append(warning("few_winners", "awards", _SAID["few_winners"], percent(_share(winners, eligible))))
    people = {score.rep_id for run in runs for board in run.boards for score in board.scores if score.is_eligible}
    ever = {s.rep_id for run in runs for board in run.boards for s in board.scores if s.is_eligible and s.value > 0}
    never = _share(len(people - ever), len(people))
    if scoring and never > NEVER_PPM:
        faults.append(warning("never_scored", "eligibility", _SAID["never_scored"], percent(never)))
    if len(found.replays) > 1 and found.regulars and found.paid_anyway_ppm > ANYWAY_PPM // 2:
        faults.append(warning("same_winners", "awards", _SAID["same_winners"], len(found.regulars)))
    return faults


def percent(ppm: int) -> str:
    """A share in whole percent, for a fault."""
    return f"{ppm // 10_000}%"


_SAID = {
    "one_rep": ("One person would have won most of it.", "Use attainment, improvement or steps instead of totals."),
    "paid_anyway": ("Most of it pays for what happens anyway.", "Set the bar above what is usual."),
    "breach": ("It may well cost more than the budget.", "Raise the budget, lower the prizes, or cap them."),
    "nobody_scores": ("Nobody would have scored.", "Ask for less, or look at the conditions."),
    "few_winners": ("Hardly anybody would have won.", "Add ranks or steps, so that more people keep trying."),
    "never_scored": (
        "Most of those invited have never scored in such a window.",
        "Invite whoever sells this, or count something that everybody sells.",
    ),
    "same_winners": ("The same people win every time.", "Use improvement or steps, so that others have a chance."),
}
