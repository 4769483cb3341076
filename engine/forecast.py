"""What a period comes to if the pipeline closes as deals used to: the payroll calculation over expected facts.

Every open deal that is to close within the period counts with its amount times the chance that a deal is won. Pay is
not that share of what all deals would bring: tiers, gates and caps see the expected credit, as a pay run would.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from engine.dates import day
from engine.frames import integers, named
from engine.totals import rounded_product

if TYPE_CHECKING:
    from datetime import date

    from engine.dates import Period
    from engine.frames import Facts
    from engine.money import Rate

#: Of fewer closed deals nobody can say how often deals are won: one deal would move the rate by five points (ours).
FEWEST_CLOSED = 20
WHOLE_PPM = 1_000_000


@dataclass(frozen=True, slots=True)
class Outcomes:
    """How many deals were won and lost over some days."""

    won: int
    lost: int

    @property
    def closed(self) -> int:
        """Won and lost."""
        return self.won + self.lost

    @property
    def chance_ppm(self) -> int | None:
        """The share that was won, in parts per million; None where too few deals were closed to tell."""
        return self.won * WHOLE_PPM // self.closed if self.closed >= FEWEST_CLOSED else None


@dataclass(frozen=True, slots=True)
class Expected:
    """Facts in which the pipeline has closed as expected: how many deals did, and how many are past their date."""

    facts: Facts
    deals: int
    overdue: int


def expected(facts: Facts, as_of: date, period: Period, chance: Rate) -> Expected:
    """The facts at the end of the period.

    Args:
        facts: With the open deals of the period.
        as_of: Open deals expected on this day or later count; earlier ones are overdue and stay open.
        period: Deals expected within it count.
        chance: The share of each amount that counts, rounded half up to whole minor units.
    """
    deals = facts.deals
    stage, booked = named(deals, "stage"), integers(deals, "booked_on")
    is_open = (stage.codes == stage.code("open")) & (booked < day(period.end_on))
    overdue = is_open & (booked < day(as_of))
    counted = is_open & ~overdue
    amounts = integers(deals, "amount_cents").copy()
    share = np.full(int(counted.sum()), chance.num, dtype=np.int64)
    amounts[counted] = rounded_product(amounts[counted], share, chance.den, "half_up")
    stages = deals["stage"].astype(object).to_numpy(copy=True)
    stages[counted] = "won"
    changed = deals.assign(amount_cents=amounts, stage=pd.Categorical(stages))
    return Expected(replace(facts, deals=changed), int(counted.sum()), int(overdue.sum()))
