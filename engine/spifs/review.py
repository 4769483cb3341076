"""Whether a SPIF worked (D10): what was sold beyond what is usual, what that cost, and what was only moved.

It compares the same people over the same number of days: the windows before, and a hidden run where there was one
(SM28). It says "cannot tell" where that is thin: with fewer than TWO_WINDOWS windows to compare with, or fewer than
ENOUGH_DEALS deals in an average one. Where it can tell, a lift is what lies above every window it is compared with;
in between nothing can be told from chance. The excess is against the average.

What the window of the same length afterwards lacks against that average was pulled forward, as far as it goes; until
that window is over nothing is known of it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Literal

import numpy as np

from engine.money import divide
from engine.spifs.entries import Counting, Rulings, entries

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from engine.order import Ints
    from engine.spifs.definition import Metric, Spif
    from engine.spifs.eligibility import Participants
    from engine.spifs.entries import Ground
    from engine.spifs.windows import Window

MILLION = 1_000_000
TWO_WINDOWS, ENOUGH_DEALS = 2, 20
REVIEW_WORKDAYS = 10
_FRIDAY = 4

Verdict = Literal["lift", "drop", "within", "cannot_tell"]


@dataclass(frozen=True, slots=True)
class Tally:
    """What those who take part came to in one window: in the unit of the metric, and how many deals that was.

    `undone` is what refunds and the like have taken off the value; `is_hidden` marks a silent run.
    """

    window: Window
    value: int
    deals: int
    undone: int = 0
    is_hidden: bool = False


@dataclass(frozen=True, slots=True)
class PostMortem:
    """What became of a SPIF.

    Attributes:
        metric: What was counted: that of the first award.
        unit: The unit of all values.
        currency: Of the cost.
        actual: What it came to.
        baselines: What it is compared with.
        usual: The average of these, rounded half up.
        usual_deals: Their deals on average, rounded half up.
        verdict: Whether there was a lift.
        why: In a sentence, with the threshold that decided.
        lift: What it came to beyond the usual; None where that cannot be told.
        lift_ppm: The same as a share of the usual.
        pulled_forward: What the window afterwards lacks; None until it is over, or where that cannot be told.
        net: The lift less what was pulled forward, or the lift while that is not known.
        cost: What prizes cost, less what was taken back.
        deals: Deals beyond the usual; None where there were none, or that cannot be told.
        cost_per_deal: The cost for each of these, rounded half up.
    """

    metric: str
    unit: str
    currency: str
    actual: Tally
    baselines: tuple[Tally, ...]
    usual: int
    usual_deals: int
    verdict: Verdict
    why: str
    lift: int | None
    lift_ppm: int | None
    pulled_forward: int | None
    net: int | None
    cost: int
    deals: int | None
    cost_per_deal: int | None


def tally(spif: Spif, ground: Ground, people: Participants, window: Window | None = None) -> Tally:
    """What the people who take part in the SPIF came to in a window; None: its own. Whoever took part then or not."""
    of = window or spif.window
    metric = spif.awards[0].scoring.metric
    ids = np.array(people.eligible_ids, dtype=np.int64)
    value, deals = _counted(spif, ground, (metric, of), ids)
    whole, _ = _counted(spif, ground, (metric, of), ids, undoing=False)
    return Tally(of, value, deals, whole - value, spif.is_hidden)


def post_mortem(
    spif: Spif, actual: Tally, baselines: Sequence[Tally], cost: int, afterwards: Tally | None = None
) -> PostMortem:
    """Whether it worked.

    Args:
        spif: The rules.
        actual: What its window came to.
        baselines: What windows before came to, and hidden runs.
        cost: What prizes cost, less what was taken back, in minor units.
        afterwards: What the window after it came to, once it is over.
    """
    count, metric = max(len(baselines), 1), spif.awards[0].scoring.metric
    usual = divide(sum(each.value for each in baselines), count)
    usual_deals = divide(sum(each.deals for each in baselines), count)
    verdict, why = _verdict(actual, baselines, usual_deals)
    can_tell = verdict != "cannot_tell"
    lift = actual.value - usual if can_tell else None
    pulled = max(usual - afterwards.value, 0) if can_tell and afterwards is not None else None
    deals = actual.deals - usual_deals if verdict == "lift" and actual.deals > usual_deals else None
    return PostMortem(
        metric.of,
        metric.unit,
        spif.currency,
        actual,
        tuple(baselines),
        usual,
        usual_deals,
        verdict,
        why,
        lift,
        divide(lift * MILLION, usual) if lift is not None and usual > 0 else None,
        pulled,
        None if lift is None else lift - (pulled or 0),
        cost,
        deals,
        divide(cost, deals) if deals else None,
    )


def reviewed(spif: Spif, ground: Ground, people: Participants, cost: int, hidden: Sequence[Tally] = ()) -> PostMortem:
    """The post-mortem on the ground of a day: against up to four windows before, and the hidden runs given."""
    first = int(ground.deals.booked[ground.first_deal :].min(initial=2**31 - 1))
    windows = [spif.window.before(number) for number in range(1, 5)]
    silent = {one.window.span for one in hidden}  # a window counts once, however it is known
    baselines = [
        tally(spif, ground, people, one) for one in windows if one.span[0] >= first and one.span not in silent
    ]
    later = spif.window.after()
    afterwards = tally(spif, ground, people, later) if later.last_on <= ground.as_of else None
    return post_mortem(spif, tally(spif, ground, people), [*hidden, *baselines], cost, afterwards)


def due_on(paid_on: date) -> date:
    """The last day for the review: ten workdays, Monday to Friday, after the payout."""
    on, left = paid_on, REVIEW_WORKDAYS
    while left:
        on += timedelta(days=1)
        left -= on.weekday() <= _FRIDAY
    return on


def _verdict(actual: Tally, baselines: Sequence[Tally], usual_deals: int) -> tuple[Verdict, str]:
    if len(baselines) < TWO_WINDOWS:
        return "cannot_tell", f"There are {len(baselines)} windows to compare with; {TWO_WINDOWS} are needed."
    if usual_deals < ENOUGH_DEALS:
        return "cannot_tell", f"A usual window has {usual_deals} deals; {ENOUGH_DEALS} are needed to tell."
    values = [each.value for each in baselines]
    if actual.value > max(values):
        return "lift", f"It came to more than each of the {len(values)} windows it is compared with."
    if actual.value < min(values):
        return "drop", f"It came to less than each of the {len(values)} windows it is compared with."
    return "within", f"It lies between the {len(values)} windows it is compared with: that may be chance."


def _counted(
    spif: Spif, ground: Ground, asked: tuple[Metric, Window], ids: Ints, *, undoing: bool = True
) -> tuple[int, int]:
    """What the credits of some people come to, and how many deals these are."""
    metric, window = asked
    rules = spif if undoing else replace(spif, reversal=replace(spif.reversal, events=()))
    found = entries(ground, Counting(rules, metric, window.span, Rulings())).counted()
    own = np.isin(found.rep_ids[found.rep], ids)
    return int(found.value[own].sum()), len(np.unique(found.deal[own]))
