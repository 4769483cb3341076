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
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from engine.dates import day
from engine.events import events_of
from engine.exchange import Exchange
from engine.figures import problems as figure_problems
from engine.frames import integers, named
from engine.kinds import Kinds, Names, Told
from engine.money import divide
from engine.order import lengths_of, sorted_rows, starts_of
from engine.spifs.definition import BOOKED

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from numpy.typing import NDArray

    from engine.calculation import Calculation
    from engine.crediting import Seats
    from engine.deals import Deals
    from engine.figures import Figure
    from engine.frames import Facts
    from engine.order import Ints, Rows
    from engine.plans.schema import Plan
    from engine.problems import Problem
    from engine.spifs.definition import Metric, Spif, Unit

    Met = tuple[Kinds, NDArray[np.signedinteger[Any]] | None, NDArray[np.bool_]]

Span = tuple[int, int]
T = TypeVar("T")
_MOST_KEPT = 16


@dataclass(frozen=True, slots=True)
class Rulings:
    """What people decided in the verification hold: the credits and the people that do not count, with the reason."""

    deals: Mapping[int, str] = field(default_factory=dict)
    reps: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Laid:
    """The credits of owners and shares by rep: which of all credits each is, and where each rep begins."""

    row: Rows
    deal: Rows
    starts: Rows
    rep_ids: Ints  # of each start, rising

    @classmethod
    def of(cls, seats: Seats, by_rep: Rows | None) -> Laid:
        """The credits of some seats; those that single plans give are left out. `by_rep` is their order, if known."""
        rows = by_rep
        if rows is None:
            rows = sorted_rows([(seats.rep, max(len(seats.rep_ids), 1))])
        if seats.plan_no is not None:
            rows = rows[seats.plan_no[rows] < 0]
        rep = seats.rep[rows]
        starts = starts_of(rep)
        return cls(rows, seats.deal[rows], starts, seats.rep_ids[rep[starts]])


@dataclass(frozen=True)
class Ground:
    """What SPIFs are scored on: the facts, what the payroll calculation made of deals and credits, and a day.

    Nothing that happened after `as_of` counts. `Ground.of` takes a calculation of all reps whose plans are effective
    from the first day that is asked about, baselines and past windows included. What several scores read is laid out
    once and kept.
    """

    facts: Facts
    deals: Deals
    seats: Seats
    as_of: date
    by_rep: Rows | None = None  # the order of all credits by rep, where it is known
    plans: tuple[Plan, ...] = ()  # whose rules make quotas
    _kept: dict[tuple[object, ...], Any] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def of(cls, calc: Calculation, facts: Facts, as_of: date) -> Ground:
        """The ground of a calculation, with the facts that it was made from."""
        counted = calc.counted
        order = counted.sorted.whole.credit
        by_rep = order if len(order) == len(counted.seats.rep) else None
        return cls(facts, counted.deals, counted.seats, as_of, by_rep, calc.plans)

    @cached_property
    def told(self) -> Told:
        """What conditions may ask about the deals."""
        return Told(self.facts, self.deals, Exchange(self.facts.rates))

    @cached_property
    def laid(self) -> Laid:
        """The credits by rep."""
        return Laid.of(self.seats, self.by_rep)

    @cached_property
    def first_deal(self) -> int:
        """How many stand-ins for deals come before the first real one."""
        return int(np.searchsorted(self.deals.deal_id, 1))

    def anchors(self, anchor: str) -> tuple[Rows, Rows]:
        """The day on which each deal, and each credit as laid, enters; NEVER where it has not come."""
        return self._once(("anchor", anchor), lambda: self._anchors(anchor))

    def amounts(self, asked: tuple[str, Unit, str, tuple[str, ...]]) -> tuple[Figure, Ints]:
        """A figure of all deals, and what each credit as laid has of it, less what events have undone.

        `asked` is the figure's name and unit, the currency, and the names of the events.
        """
        return self._once(asked, lambda: self._amounts(asked))

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

    def _once(self, key: tuple[object, ...], make: Callable[[], T]) -> T:
        if key not in self._kept:
            while len(self._kept) >= _MOST_KEPT:
                self._kept.pop(next(iter(self._kept)), None)
            self._kept[key] = make()
        found: T = self._kept[key]
        return found

    def _anchors(self, anchor: str) -> tuple[Rows, Rows]:
        days: Rows = self.deals.booked
        if anchor != BOOKED:
            events, _ = events_of(self.facts, self.deals, day(self.as_of), ())
            days = events.first(self.deals.deal_id, (anchor,))
        return days, days[self.laid.deal]

    def _amounts(self, asked: tuple[str, Unit, str, tuple[str, ...]]) -> tuple[Figure, Ints]:
        of, unit, currency, events = asked
        figure = self.told.figures.axis(of, unit, (currency, self.told.exchange, "half_up"))
        value, lost = figure.value, self.lost(events)
        if len(lost.deal):
            value = value.copy()
            own = value[lost.deal]
            value[lost.deal] = lost.left(own) if unit == "money" else np.where(lost.is_whole, 0, own)
        return figure, self.seats.amounts(value)[self.laid.row]


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
    """The credits that count for one metric on some days, by rep: the place of each one's deal, and its value.

    Credits that do not count stand there with the value 0, which is all the same to a sum, or are left out. `starts`
    says where each of `rep_ids` begins. `deal_ids` and `deal_days` are per deal; an achievement is a deal of its own,
    with the id 0.
    """

    rep_ids: Ints
    starts: Rows
    deal: Rows
    value: Ints
    deal_ids: Ints
    deal_days: Rows
    problems: tuple[Problem, ...] = ()

    @cached_property
    def rep(self) -> Rows:
        """The place of each credit's rep in `rep_ids`."""
        return np.repeat(np.arange(len(self.starts)), lengths_of(self.starts, len(self.value)))

    @property
    def days(self) -> Rows:
        """The day on which each credit enters."""
        return self.deal_days[self.deal]

    def counted(self) -> Entries:
        """Without those that count nothing."""
        rows = np.flatnonzero(self.value)
        rep = self.rep[rows]
        starts = starts_of(rep)
        return replace(
            self, rep_ids=self.rep_ids[rep[starts]], starts=starts, deal=self.deal[rows], value=self.value[rows]
        )


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
    deals, laid, metric, spif = ground.deals, ground.laid, counting.metric, counting.spif
    days, of_credits = ground.anchors(spif.anchor)
    figure, value = ground.amounts((metric.of, metric.unit, spif.currency, spif.reversal.events))
    kinds, codes, met = _conditions(ground, metric)
    inside = _inside(of_credits, counting.span)
    if inside is not None:
        value = np.where(inside, value, 0)
    if codes is not None and kinds.roles == 1:
        value = np.where(met[codes][laid.deal], value, 0)
    if ground.first_deal:  # what stands in for a deal comes first
        value = np.where(laid.deal >= ground.first_deal, value, 0)
    if counting.rulings.deals:
        out = np.isin(deals.deal_id, np.fromiter(counting.rulings.deals, dtype=np.int64))
        value = np.where(out[laid.deal], 0, value)
    problems = _problems(ground, counting, (figure, days), (kinds, codes, met))
    found = Entries(laid.rep_ids, laid.starts, laid.deal, value, deals.deal_id, days, problems)
    return found if kinds.roles == 1 else _of_roles(ground, found, (kinds, codes, met))


def _inside(days: Rows, span: Span) -> NDArray[np.bool_] | None:
    """Which days lie in [first, after); None when all do."""
    first, after = span
    if len(days) and int(days.min()) >= first and int(days.max()) < after:
        return None
    found: NDArray[np.bool_] = (days >= first) & (days < after)
    return found


def _conditions(ground: Ground, metric: Metric) -> Met:
    """The kinds that the metric's conditions tell apart, that of each deal, and which of them count."""
    filters = [metric.where, metric.excluding]
    kinds, codes = Kinds(Names.of(ground.told, filters), filters).codes(ground.told)
    met = kinds.meeting(metric.where)
    if metric.excluding.conditions:
        met &= ~kinds.meeting(metric.excluding)
    return kinds, codes, met


def _of_roles(ground: Ground, found: Entries, conditions: Met) -> Entries:
    """Only the credits of those whose role on the day of booking the conditions ask for."""
    kinds, codes, met = conditions
    rows = np.flatnonzero(found.value)
    deal = found.deal[rows]
    held = kinds.held(ground.told, found.rep_ids[found.rep[rows]], ground.deals.booked[deal])
    kind = kinds.of_credits(codes, deal, held)
    value = found.value.copy()
    value[rows] = np.where(met[kind], value[rows], 0)
    return replace(found, value=value)


def _problems(
    ground: Ground, counting: Counting, figures: tuple[Figure, Rows], conditions: Met
) -> tuple[Problem, ...]:
    """What deals of these days lack: the figure that is counted, or what a condition asks about."""
    (figure, days), (kinds, codes, met), deals = figures, conditions, ground.deals
    found = kinds.lacking(ground.told, codes) + ground.told.problems()
    if figure.fault is not None:
        lacking = np.flatnonzero(figure.fault > 0)
        if codes is not None and kinds.roles == 1:
            lacking = lacking[met[codes[lacking]]]
        found += figure_problems(figure, deals, (counting.metric.of, "SPIF"), lacking)
    if not found:
        return ()
    first, after = counting.span
    within = set(deals.deal_id[(days >= first) & (days < after)].tolist())
    return tuple(sorted({each for each in found if each.deal is None or each.deal in within}))


def _achieved(ground: Ground, counting: Counting) -> Entries:
    """The achievements of one name, each of one person, of the metric's unit."""
    frame = ground.facts.achievements
    names, units = named(frame, "name"), named(frame, "unit")
    on, rep_id = integers(frame, "on"), integers(frame, "rep_id")
    first, after = counting.span
    own = (names.codes == names.code(counting.metric.of)) & (units.codes == units.code(counting.metric.unit))
    rows = np.flatnonzero(own & (rep_id > 0) & (on >= first) & (on < after))
    rows = rows[np.lexsort([on[rows], rep_id[rows]])]
    rep_ids, starts = np.unique(rep_id[rows], return_index=True)
    value = integers(frame, "value")[rows].astype(np.int64)
    return Entries(rep_ids, starts, np.arange(len(rows)), value, np.zeros(len(rows), dtype=np.int64), on[rows])
