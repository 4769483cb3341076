"""The kinds of credits that a plan's conditions tell apart: a condition is looked up over kinds, not row by row.

Every value that a condition can ask for is first reduced to a class: values that no filter tells apart are one. The
classes of a deal make its kind; the role of whoever is credited, where any filter asks for it, makes it the credit's.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.dates import day
from engine.figures import Figures, problems
from engine.hierarchy import Placements
from engine.plans.asked import bounds_of, wanted_by
from engine.tags import Tags

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from engine.deals import Deals
    from engine.exchange import Exchange
    from engine.figures import Figure
    from engine.frames import Facts
    from engine.order import Ints, Rows
    from engine.plans.asked import Asked, Bounds
    from engine.plans.filters import Filter
    from engine.plans.schema import Measure
    from engine.problems import Problem

    Codes = NDArray[np.signedinteger[Any]]

MOST_KINDS = 1 << 20
_TAGGED = {"category", "segment", "territory", "tagged"}


class Told:
    """Everything that conditions may ask about some deals; what nobody asks for is not looked up."""

    def __init__(self, facts: Facts, deals: Deals, exchange: Exchange) -> None:
        """Remember where to look."""
        self.deals, self.exchange, self._facts = deals, exchange, facts

    @cached_property
    def tags(self) -> Tags:
        """Their tags."""
        return Tags(self._facts.table("tags"), self.deals)

    @cached_property
    def figures(self) -> Figures:
        """Their figures."""
        return Figures(self._facts.table("figures"), self.deals)

    @cached_property
    def placements(self) -> Placements:
        """Where everybody stands."""
        return Placements(self._facts.table("people"))

    def problems(self) -> list[Problem]:
        """What is wrong with the tags and placements that were asked for."""
        found: list[Problem] = []
        if "tags" in vars(self):
            found += self.tags.problems
        if "placements" in vars(self) and len(self.deals):
            found += self.placements.clashes(int(self.deals.booked.min()), int(self.deals.booked.max()))
        return found

    def figure(self, asked: Asked) -> Figure:
        """The figure of a condition; money at the rate of the day it was booked, rounded half up."""
        _, name, unit, currency = asked
        return self.figures.axis(name, unit, (currency, self.exchange, "half_up"))


@dataclass(frozen=True, slots=True)
class Names:
    """The names that occur in what some filters ask about: with the filters, all that kinds depend on."""

    type: tuple[str, ...]
    product: tuple[str, ...]
    currency: tuple[str, ...]
    tags: tuple[str, ...] = ()
    held: tuple[tuple[str, str], ...] = ()  # the pairs of role and title

    @classmethod
    def of(cls, told: Told, filters: Iterable[Filter]) -> Names:
        """The names in the deals, as far as the filters ask for them."""
        asked = {name for each in filters for name in each.conditions}
        deals = told.deals
        tags: tuple[str, ...] = ()
        if asked & _TAGGED:
            tags = told.tags.values
        held = held_in(told.placements)[0] if "role" in asked else ()
        return cls(deals.type.names, deals.product.names, deals.currency.names, tags, held)


def held_in(placements: Placements) -> tuple[tuple[tuple[str, str], ...], Rows]:
    """The pairs of role and title that people have, and which of them each placement has."""
    role, title = placements.role, placements.title
    count = np.int64(len(title.names) + 1)
    key = placements.codes(role).astype(np.int64) * count + placements.codes(title) + 1
    pairs, place = np.unique(key, return_inverse=True)
    roles, titles = (*role.names, ""), (*title.names, "")  # none has the code -1
    spelled = tuple((roles[int(pair // count)], titles[int(pair % count) - 1]) for pair in pairs)
    return spelled, place


class _Listed:
    """An axis of names: those that no filter tells apart are one class, and so is having none."""

    def __init__(self, asked: Asked, known: Sequence[Any], wanted: Iterable[frozenset[str]]) -> None:
        self.asked = asked
        self._wanted = list(dict.fromkeys(wanted))
        patterns = [tuple(_is_in(name, each) for each in self._wanted) for name in known]
        patterns.append((False,) * len(self._wanted))  # a missing value is last, where the code -1 finds it
        self._patterns = list(dict.fromkeys(patterns))
        numbers = {pattern: number for number, pattern in enumerate(self._patterns)}
        self.size = len(self._patterns)
        self.lookup = np.array([numbers[pattern] for pattern in patterns], dtype=np.int16)

    def classes(self, told: Told) -> Codes:
        column = told.tags.of(self.asked[1]) if self.asked[0] == "tag" else getattr(told.deals, self.asked[0])
        found: Codes = self.lookup[column.codes]
        return found

    def meeting(self, each: Filter) -> NDArray[np.bool_] | None:
        wanted = wanted_by(each).get(self.asked)
        if wanted is None:
            return None
        place = self._wanted.index(wanted)
        return np.array([pattern[place] for pattern in self._patterns])


def _is_in(name: str | tuple[str, ...], wanted: frozenset[str]) -> bool:
    """Whether a name, or one of the two names of a pair, is wanted."""
    return name in wanted if isinstance(name, str) else not wanted.isdisjoint(name)


class _Booked:
    """The axis of days: the stretches between the days on which any filter begins or ends to be met."""

    def __init__(self, edges: Iterable[int]) -> None:
        self.asked: Asked = ("booked",)
        self._edges = np.array(sorted(set(edges)), dtype=np.int64)
        self.size = len(self._edges) + 1

    def classes(self, told: Told) -> Codes:
        booked = told.deals.booked
        if not len(booked):
            return np.zeros(0, dtype=np.int16)
        first, last = int(booked.min()), int(booked.max())
        if last - first > len(booked):
            return np.searchsorted(self._edges, booked, side="right")
        passed: Codes = np.searchsorted(self._edges, np.arange(first, last + 1), side="right")[booked - first]
        return passed

    def meeting(self, each: Filter) -> NDArray[np.bool_] | None:
        if each.booked is None:
            return None
        after = np.concatenate(([np.iinfo(np.int64).min], self._edges))
        met: NDArray[np.bool_] = (after >= day(each.booked.start_on)) & (after < day(each.booked.end_on))
        return met


class _Measured:
    """The axis of a figure: the stretches between the bounds of all filters, and lacking it, which is class 0."""

    def __init__(self, asked: Asked, ranges: Iterable[Bounds]) -> None:
        self.asked = asked
        bounds = {bound for each in ranges for bound in each if bound is not None}
        self._edges = np.array(sorted(bounds), dtype=np.int64)
        self.size = len(self._edges) + 2

    def classes(self, told: Told) -> Codes:
        figure = told.figure(self.asked)
        found = np.searchsorted(self._edges, figure.value, side="right") + 1
        found[figure.lacks] = 0
        return found

    def meeting(self, each: Filter) -> NDArray[np.bool_] | None:
        own = [bounds for asked, bounds in map(bounds_of, each.having) if asked == self.asked]
        if not own:
            return None
        after = np.concatenate(([np.iinfo(np.int64).min] * 2, self._edges))
        met = np.ones(self.size, dtype=bool)
        met[0] = False
        for low, high in own:
            met &= (after >= low) if low is not None else True
            met &= (after < high) if high is not None else True
        return met


Axis = _Listed | _Booked | _Measured


class Kinds:
    """The kinds that some filters tell apart, given the names that occur."""

    def __init__(self, names: Names, filters: Iterable[Filter]) -> None:
        """Find the axes that any of `filters` asks about."""
        self._filters = list(dict.fromkeys(filters))
        wanted: dict[Asked, list[frozenset[str]]] = {}
        for each in self._filters:
            for asked, values in wanted_by(each).items():
                wanted.setdefault(asked, []).append(values)
        self._role = _Listed(("role",), names.held, wanted.pop(("role",))) if ("role",) in wanted else None
        axes: list[Axis] = [
            _Listed(asked, names.tags if asked[0] == "tag" else getattr(names, asked[0]), values)
            for asked, values in sorted(wanted.items())
        ]
        spans = [each.booked for each in self._filters if each.booked is not None]
        if spans:
            axes.append(_Booked(day(edge) for span in spans for edge in (span.start_on, span.end_on)))
        ranges: dict[Asked, list[Bounds]] = {}
        for asked, bounds in (bounds_of(one) for each in self._filters for one in each.having):
            ranges.setdefault(asked, []).append(bounds)
        axes += [_Measured(asked, own) for asked, own in sorted(ranges.items())]
        self._axes = axes
        self._cells: list[Codes] | None = None  # per axis the class of each kind, where only kinds that occur count

    @property
    def roles(self) -> int:
        """How many kinds each kind of deal has, by the role of whoever is credited."""
        return 1 if self._role is None else self._role.size

    @property
    def deal_kinds(self) -> int:
        """How many kinds of deals there are."""
        if self._cells is not None:
            return len(self._cells[0])
        return int(np.prod([axis.size for axis in self._axes], dtype=object)) if self._axes else 1

    @property
    def count(self) -> int:
        """How many kinds there are: those of role r and deals of kind d have the number d * roles + r."""
        return self.deal_kinds * self.roles

    def codes(self, told: Told) -> tuple[Kinds, Codes | None]:
        """The kind of each deal, None when there is only one; and the kinds, fewer if those of all would be many."""
        if not self._axes:
            return self, None
        if self.deal_kinds * self.roles > MOST_KINDS:
            return self._occurring(told)
        dtype: Any = np.int16 if self.deal_kinds <= np.iinfo(np.int16).max else np.int32
        codes: Codes | None = None
        for axis in self._axes:
            own = axis.classes(told).astype(dtype, copy=False)
            codes = own if codes is None else codes * dtype(axis.size) + own
        return self, codes

    def of_credits(self, codes: Codes | None, deal: Rows, held: Codes | None) -> Codes | None:
        """The kind of each credit: of its deal, and of the role class of whoever is credited (`held`)."""
        own = None if codes is None else codes.take(deal)
        if held is None or self._role is None:
            return own
        return held if own is None else own.astype(np.int32) * np.int32(self.roles) + held

    def held(self, told: Told, rep_id: Ints, days: Rows) -> Codes | None:
        """The role class of each person on each day; None when no filter asks for roles."""
        if self._role is None:
            return None
        pairs = np.append(held_in(told.placements)[1], -1)
        found: Codes = self._role.lookup[pairs[told.placements.rows(rep_id, days)]]
        return found

    def _occurring(self, told: Told) -> tuple[Kinds, Codes]:
        """Only the kinds that occur, found axis by axis so that no number passes the number of deals squared."""
        codes: Ints = np.zeros(len(told.deals), dtype=np.int64)
        cells: list[Codes] = []
        for axis in self._axes:
            key = codes * np.int64(axis.size) + axis.classes(told)
            known, codes = np.unique(key, return_inverse=True)
            cells = [each[known // axis.size] for each in cells] + [known % axis.size]
        made = object.__new__(Kinds)
        made._filters, made._axes, made._role = self._filters, self._axes, self._role
        made._cells = cells
        return made, codes.astype(np.int32)

    def meeting(self, each: Filter) -> NDArray[np.bool_]:
        """A lookup over kinds: whether credits of that kind meet the filter."""
        grid = self._met(each, self._axes)
        if self._role is None:
            return grid
        met = self._role.meeting(each)
        return np.repeat(grid, self.roles) if met is None else (grid[:, None] & met).ravel()

    def counted(self, measure: Measure) -> NDArray[np.bool_]:
        """A lookup over kinds: whether a measure counts credits of that kind."""
        found = self.meeting(measure.where)
        return found & ~self.meeting(measure.excluding) if measure.excluding.conditions else found

    def _met(self, each: Filter, axes: Sequence[Axis]) -> NDArray[np.bool_]:
        found = np.ones(self.deal_kinds, dtype=bool)
        repeat = self.deal_kinds
        for number, axis in enumerate(self._axes):
            repeat = repeat // axis.size if self._cells is None else repeat
            met = axis.meeting(each) if axis in axes else None
            if met is None:
                continue
            if self._cells is not None:
                found &= met[self._cells[number]]
            else:
                found &= np.resize(np.repeat(met, repeat), self.deal_kinds)
        return found

    def lacking(self, told: Told, codes: Codes | None) -> list[Problem]:
        """A problem for every deal that lacks a figure on which a filter turns that it otherwise meets."""
        found: list[Problem] = []
        others = [axis for axis in self._axes if not isinstance(axis, _Measured)]
        for axis in self._axes:
            figure = told.figure(axis.asked) if isinstance(axis, _Measured) else None
            if figure is None or figure.fault is None or codes is None:
                continue
            asking = [each for each in self._filters if axis.meeting(each) is not None]
            turns = np.logical_or.reduce([self._met(each, others) for each in asking])
            rows = np.flatnonzero(figure.lacks & turns[codes])
            found += problems(figure, told.deals, (axis.asked[1], "conditions on figures"), rows)
        return found
