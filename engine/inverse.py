"""How much more it takes to be paid an amount: the payroll calculation turned round, piece by piece.

Between two places where a table changes, pay is a straight line, so two exact runs say where the goal lies on it, and
runs beside that place settle the last cent. Jumps lie on the edges of pieces and are found there.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from engine.commission import calculate
from engine.dates import day
from engine.deals import LARGEST_CENTS
from engine.errors import CreditUnclear
from engine.exchange import Exchange
from engine.frames import integers, shaped
from engine.money import Rate, exponent
from engine.quota_rules import quotas_of
from engine.quotas import windows

if TYPE_CHECKING:
    from engine.plans.schema import Component, Plan
    from engine.whatif import Question

_MILLION = 1_000_000


@dataclass(frozen=True)
class Inverse:
    """One component of a rep's plan, thought of with one more credit on the day that is asked about.

    The credit meets the component's own conditions: the first value that each of them allows.
    """

    asked: Question
    plan: Plan
    component: Component

    def needed(self, goal: int) -> int | None:
        """The least further credit, in the component's own parts, with which its window pays `goal` minor units.

        0 when it does already; None when no credit is enough.
        """
        pieces = [0, *self._edges, LARGEST_CENTS]
        for begin, end in pairwise(pieces):
            if self.pays(begin) >= goal:
                return begin
            if self.pays(end - 1) >= goal:
                return self._solved(goal, begin, end - 1)
        return None

    def pays(self, further: int) -> int:
        """What the component pays in its window with so much more credit, in minor units."""
        if further not in self._known:
            facts = self._with(further) if further else self.asked.facts
            calc = calculate(facts, self.asked.plans, self.asked.as_of, reps=[self.asked.rep_id])
            lines = calc.lines
            own = (lines["component"] == self.component.name) & (lines["plan"] == self.plan.name)
            own &= lines["rep_id"] == self.asked.rep_id
            booked = integers(lines, "booked_on")
            inside = own.to_numpy() & (booked >= self._span[0]) & (booked < self._span[1])
            self._known[further] = int(integers(lines, "amount_cents")[inside].sum())
        return self._known[further]

    def _solved(self, goal: int, low: int, high: int) -> int:
        """Where the straight line from `low` to `high` meets the goal: the least credit that pays it."""
        while high - low > 1:
            rise = self.pays(high) - self.pays(low)
            middle = low + (goal - self.pays(low)) * (high - low) // rise
            for place in (middle - 1, middle, middle + 1):
                near = min(max(place, low + 1), high - 1)
                if self.pays(near) >= goal:
                    high = min(high, near)
                else:
                    low = max(low, near)
                if high - low <= 1:
                    break
            else:
                low, high = self._halved(goal, low, high)
        return high

    def _halved(self, goal: int, low: int, high: int) -> tuple[int, int]:
        middle = (low + high) // 2
        return (low, middle) if self.pays(middle) >= goal else (middle, high)

    @cached_property
    def _known(self) -> dict[int, int]:
        return {}

    @cached_property
    def _span(self) -> tuple[int, int]:
        """The days of the window with the day that is asked about."""
        on = self.asked.as_of
        found = self.plan.window(self.component.accumulate, on) or self.plan.calendar.year(on)
        return day(found.start_on), day(found.end_on)

    @cached_property
    def _edges(self) -> list[int]:
        """The further credit at which the table changes, rising, without what is passed already."""
        quota, counted = self._quota, self._counted
        starts = [tier.start for tier in self.component.priced_by.tiers]
        by_quota = self.component.priced_by.by == "attainment"
        found = set()
        for start in starts:
            places = start.fraction * quota if isinstance(start, Rate) and by_quota else self._amount(start)
            further = -(-places.numerator // places.denominator) - counted
            found |= {each for each in (further, further + 1) if 0 < each < LARGEST_CENTS}
        return sorted(found)

    def _amount(self, start: Any) -> Any:
        if isinstance(start, Rate):
            return start.fraction * _MILLION
        scale = _MILLION if self.component.measure.is_number else 10 ** exponent(self.plan.currency)
        return Rate(start.minor * scale, 10 ** exponent(self.plan.currency)).fraction

    @cached_property
    def _quota(self) -> int:
        """The quota of the window, in the component's own parts; one whole where it counts attainment itself."""
        if self.component.is_attainment:
            return _MILLION
        if not self.component.quota:
            return 0
        rep = np.array([self.asked.rep_id])
        rows = quotas_of(self.asked.facts, self.component.quota, rep, self.plan, Exchange(self.asked.facts.rates))
        return windows(self.plan, self.component.accumulate, rows, 1).quota_on(day(self.asked.as_of))[0]

    @cached_property
    def _counted(self) -> int:
        """What the component has counted in the window so far."""
        calc = calculate(self.asked.facts, self.asked.plans, self.asked.as_of, reps=[self.asked.rep_id])
        lines = calc.lines
        own = (lines["component"] == self.component.name) & (lines["kind"] == "commission")
        own &= (lines["plan"] == self.plan.name) & (lines["rep_id"] == self.asked.rep_id)
        booked = integers(lines, "booked_on")
        inside = own.to_numpy() & (booked >= self._span[0]) & (booked < self._span[1])
        return int(integers(lines, "basis_cents")[inside].sum())

    def _with(self, further: int) -> Any:
        """The facts with one more deal, or achievement, that the component counts for so much."""
        facts, measure = self.asked.facts, self.component.measure
        if measure.achievement:
            return replace(facts, achievements=_added("achievements", facts.achievements, self._achievement(further)))
        if measure.sum != "amount" or measure.team_commission is not None:
            raise CreditUnclear(
                f"{self.component.name} counts {measure.sum}, for which no further deal can be thought of"
            )
        return replace(facts, deals=_added("deals", facts.deals, self._deal(further)))

    def _achievement(self, further: int) -> dict[str, Any]:
        measure = self.component.measure
        unit = "number" if measure.is_number else "money"
        on = day(self.asked.as_of)
        return {"rep_id": self.asked.rep_id, "name": measure.achievement, "on": on, "value": further, "unit": unit}

    def _deal(self, further: int) -> dict[str, Any]:
        where, left_out = self.component.measure.where, self.component.measure.excluding
        types = [name for name in (*where.type, "new", "another type") if name not in left_out.type]
        ids = integers(self.asked.facts.deals, "deal_id")
        return {
            "deal_id": int(ids.max(initial=0)) + 1,
            "owner_id": self.asked.rep_id,
            "amount_cents": further,
            "currency": self.plan.currency,
            "booked_on": day(self.asked.as_of),
            "deal_type": types[0],
            "product": where.product[0] if where.product else "",
            "stage": "won",
        }


def _added(name: str, frame: pd.DataFrame, row: dict[str, Any]) -> pd.DataFrame:
    return shaped(name, pd.concat([frame.astype(object), pd.DataFrame([row])], ignore_index=True))
