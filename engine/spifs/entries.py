"""Which credits count for a SPIF, and for how much: the credits of the payroll calculation, filtered, once each.

A deal enters when it is won, meets the metric's conditions, and its anchor day lies in the window: the day of
booking, or that of its first event of the anchor's name. It counts for whoever owns it or has a share of it, as in
every plan, in proportion to the share and split by largest remainder; credits that single plans give beside these (to
managers, overlays, territories) do not enter. Money is in the SPIF's currency at the rate of the day of booking.

An event that undoes a credit (a refund, churn) takes the part of the deal that its amount is of the deal's, and all
of it where it has none; several never take more than the whole. A count is only undone as a whole.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from engine.dates import day
from engine.events import events_of
from engine.exchange import Exchange
from engine.figures import problems as figure_problems
from engine.frames import integers, named
from engine.kinds import Kinds, Names, Told
from engine.money import divide
from engine.spifs.definition import BOOKED

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from numpy.typing import NDArray

    from engine.calculation import Calculation
    from engine.crediting import Seats
    from engine.deals import Deals
    from engine.frames import Facts
    from engine.order import Ints, Rows
    from engine.problems import Problem
    from engine.spifs.definition import Metric, Spif

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Rulings:
    """What people decided in the verification hold: the credits and the people that do not count, with the reason."""

    deals: Mapping[int, str] = field(default_factory=dict)
    reps: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Ground:
    """What SPIFs are scored on: the facts, what the payroll calculation made of deals and credits, and a day.

    Nothing that happened after `as_of` counts. `Ground.of` takes a calculation of all reps whose plans are effective
    from the first day that is asked about, baselines and past windows included.
    """

    facts: Facts
    deals: Deals
    seats: Seats
    as_of: date

    @classmethod
    def of(cls, calc: Calculation, facts: Facts, as_of: date) -> Ground:
        """The ground of a calculation, with the facts that it was made from."""
        return cls(facts, calc.counted.deals, calc.counted.seats, as_of)

    @cached_property
    def told(self) -> Told:
        """What conditions may ask about the deals."""
        return Told(self.facts, self.deals, Exchange(self.facts.rates))

    @cached_property
    def is_sale(self) -> NDArray[np.bool_] | None:
        """Which credits are those of owners and shares; None when all are."""
        return None if self.seats.plan_no is None else self.seats.plan_no < 0

    def anchors(self, anchor: str) -> Rows:
        """The day on which each deal enters; NEVER where it has not come."""
        if anchor == BOOKED:
            return self.deals.booked
        events, _ = events_of(self.facts, self.deals, day(self.as_of), ())
        return events.first(self.deals.deal_id, (anchor,))

    def lost(self, names: tuple[str, ...]) -> Lost:
        """What events of some names have undone by `as_of`."""
        known = named(self.facts.events, "name")
        if not any(name in known.names for name in names):
            return Lost(_NONE, (), ())
        events, _ = events_of(self.facts, self.deals, day(self.as_of), names)
        at, found = events.pairs(self.deals.deal_id, names)
        hit, place = np.unique(at, return_inverse=True)
        worth = np.maximum(np.abs(self.deals.amount[hit]), 1)
        amount = np.abs(events.amount[found])
        part = np.zeros(len(hit), dtype=object)
        np.add.at(part, place, np.where(amount == 0, worth[place], amount).astype(object))
        return Lost(hit, tuple(map(min, part.tolist(), worth.tolist())), tuple(worth.tolist()))


@dataclass(frozen=True, slots=True)
class Lost:
    """Deals, as positions, of which some part is undone: `part` of `worth`, both positive, never more than that."""

    deal: Rows
    part: tuple[int, ...]
    worth: tuple[int, ...]

    @property
    def is_whole(self) -> NDArray[np.bool_]:
        """Which of them are undone as a whole."""
        return np.array([part >= worth for part, worth in zip(self.part, self.worth, strict=True)], dtype=bool)

    def left(self, value: Ints) -> Ints:
        """What is left of values, one for each of the deals, rounded half up."""
        lots = zip(value.tolist(), self.part, self.worth, strict=True)
        return np.array([whole - divide(whole * part, worth) for whole, part, worth in lots], dtype=np.int64)


_NONE: Rows = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True)
class Entries:
    """The credits that count for one metric on some days: per credit the place of rep and deal, and its value.

    Credits that do not count stand there with the value 0, which is all the same to a sum, or are left out.
    `deal_ids` and `deal_days` are per deal; an achievement is a deal of its own, with the id 0.
    """

    rep_ids: Ints
    rep: Rows
    deal: Rows
    value: Ints
    deal_ids: Ints
    deal_days: Rows
    problems: tuple[Problem, ...] = ()

    @property
    def days(self) -> Rows:
        """The day on which each credit enters."""
        return self.deal_days[self.deal]

    def counted(self) -> Entries:
        """Without those that count nothing."""
        rows = np.flatnonzero(self.value)
        return replace(self, rep=self.rep[rows], deal=self.deal[rows], value=self.value[rows])


@dataclass(frozen=True, slots=True)
class Counting:
    """What is counted: a metric of a SPIF on some days [first, after), and what people decided not to count."""

    spif: Spif
    metric: Metric
    span: Span
    rulings: Rulings = field(default_factory=Rulings)


def entries(ground: Ground, counting: Counting) -> Entries:
    """The credits that count, with problems for deals that lack what the metric needs."""
    first, after = counting.span
    counting = replace(counting, span=(first, min(after, day(ground.as_of) + 1)))
    return _achieved(ground, counting) if counting.metric.source == "achievements" else _sold(ground, counting)


def _sold(ground: Ground, counting: Counting) -> Entries:
    deals, seats, metric = ground.deals, ground.seats, counting.metric
    days = ground.anchors(counting.spif.anchor)
    filters = [metric.where, metric.excluding]
    kinds, codes = Kinds(Names.of(ground.told, filters), filters).codes(ground.told)
    met = kinds.meeting(metric.where)
    if metric.excluding.conditions:
        met &= ~kinds.meeting(metric.excluding)
    counts = _inside(deals, days, counting)
    if codes is not None and kinds.roles == 1:
        counts &= met[codes]
    value, problems = _values(ground, counting, counts)
    part = seats.amounts(value)
    if ground.is_sale is not None:
        part[~ground.is_sale] = 0
    if kinds.roles > 1:
        rows = np.flatnonzero(part)
        held = kinds.held(ground.told, seats.rep_ids[seats.rep[rows]], deals.booked[seats.deal[rows]])
        of_credits = kinds.of_credits(codes, seats.deal[rows], held)
        part[rows] = np.where(met[of_credits], part[rows], 0)
    problems += kinds.lacking(ground.told, codes) + ground.told.problems()
    return Entries(seats.rep_ids, seats.rep, seats.deal, part, deals.deal_id, days, tuple(sorted(set(problems))))


def _inside(deals: Deals, days: Rows, counting: Counting) -> NDArray[np.bool_]:
    """Which deals enter: inside the days, real ones, and not ruled out."""
    first, after = counting.span
    found: NDArray[np.bool_] = (days >= first) & (days < after)
    if len(deals) and deals.deal_id[0] < 0:  # what stands in for a deal comes first
        found &= deals.deal_id > 0
    if counting.rulings.deals:
        found &= ~np.isin(deals.deal_id, np.fromiter(counting.rulings.deals, dtype=np.int64))
    return found


def _values(ground: Ground, counting: Counting, counts: NDArray[np.bool_]) -> tuple[Ints, list[Problem]]:
    """What each deal is worth to the metric, 0 where it does not count, less what events have undone."""
    metric, told = counting.metric, ground.told
    figure = told.figures.axis(metric.of, metric.unit, (counting.spif.currency, told.exchange, "half_up"))
    problems = figure_problems(figure, ground.deals, (metric.of, "SPIF"), np.flatnonzero(counts & figure.lacks))
    value = figure.value if counts.all() else np.where(counts, figure.value, 0)
    lost = ground.lost(counting.spif.reversal.events)
    if len(lost.deal):
        value = value.copy()
        own = value[lost.deal]
        value[lost.deal] = lost.left(own) if metric.unit == "money" else np.where(lost.is_whole, 0, own)
    return value, problems


def _achieved(ground: Ground, counting: Counting) -> Entries:
    """The achievements of one name, each of one person, of the metric's unit."""
    frame = ground.facts.achievements
    names, units = named(frame, "name"), named(frame, "unit")
    on, rep_id = integers(frame, "on"), integers(frame, "rep_id")
    first, after = counting.span
    own = (names.codes == names.code(counting.metric.of)) & (units.codes == units.code(counting.metric.unit))
    rows = np.flatnonzero(own & (rep_id > 0) & (on >= first) & (on < after))
    rep_ids, rep = np.unique(rep_id[rows], return_inverse=True)
    count = len(rows)
    value = integers(frame, "value")[rows].astype(np.int64)
    return Entries(rep_ids, rep, np.arange(count), value, np.zeros(count, dtype=np.int64), on[rows])
