"""Won deals as arrays in the order of their ids, and the kinds of deals that a plan tells apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.dates import Period, day
from engine.frames import Named, integers, named
from engine.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd
    from numpy.typing import NDArray

    from engine.order import Ints, Rows
    from engine.plans.filters import Filter

LARGEST_CENTS = 10**15  # beyond it an amount is a typing error, and sums of many could not be held exactly


@dataclass(frozen=True, slots=True)
class Deals:
    """Deals, one per position, by rising `deal_id`."""

    deal_id: Ints
    owner_id: Ints
    amount: Ints
    booked: Rows
    currency: Named
    type: Named
    product: Named

    def take(self, rows: Rows | NDArray[np.bool_]) -> Deals:
        """The deals at some positions."""
        return Deals(
            self.deal_id[rows],
            self.owner_id[rows],
            self.amount[rows],
            self.booked[rows],
            Named(self.currency.codes[rows], self.currency.names),
            Named(self.type.codes[rows], self.type.names),
            Named(self.product.codes[rows], self.product.names),
        )

    def __len__(self) -> int:
        return len(self.deal_id)


def won(frame: pd.DataFrame, first: int, last: int) -> tuple[Deals, list[Problem]]:
    """The won deals booked on a day in [first, last], and problems for those that nobody could price."""
    deals = deals_in(frame)
    stage = named(frame, "stage")
    counts = stage.codes == stage.code("won")
    counts &= (deals.booked >= first) & (deals.booked <= last)
    if not counts.all():
        deals = deals.take(counts)
    ids = deals.deal_id
    if len(ids) > 1 and not bool((ids[1:] > ids[:-1]).all()):
        deals = deals.take(np.argsort(ids, kind="stable"))
    return _sound(deals)


def deals_in(frame: pd.DataFrame) -> Deals:
    """All deals of a frame, in its order."""
    return Deals(
        integers(frame, "deal_id"),
        integers(frame, "owner_id"),
        integers(frame, "amount_cents"),
        integers(frame, "booked_on"),
        named(frame, "currency"),
        named(frame, "deal_type"),
        named(frame, "product"),
    )


def _sound(deals: Deals) -> tuple[Deals, list[Problem]]:
    """Without deals whose id is not unique or whose amount is beyond all bounds, which become problems."""
    ids, amounts = deals.deal_id, deals.amount
    twin = np.zeros(len(ids), dtype=bool)
    twin[1:] = ids[1:] == ids[:-1]
    repeated = twin.copy()
    repeated[:-1] |= twin[1:]
    absurd = (amounts > LARGEST_CENTS) | (amounts < -LARGEST_CENTS)
    if not repeated.any() and not absurd.any():
        return deals, []
    problems = [
        Problem(
            "deal_repeated",
            "Two deals carry the same id, so neither is counted.",
            "Remove one of them at its source and sync again.",
            "deals",
            deal=int(one),
        )
        for one in np.unique(ids[repeated])
    ]
    problems += [
        Problem(
            "amount_out_of_range",
            "The deal's amount is beyond anything that can be meant, so it is not counted.",
            "Correct the amount at its source and sync again.",
            "deals",
            deal=int(ids[row]),
            found=str(int(amounts[row])),
            allowed=f"up to {LARGEST_CENTS:,} minor units",
        )
        for row in np.flatnonzero(absurd & ~repeated)
    ]
    return deals.take(~(repeated | absurd)), problems


@dataclass(frozen=True, slots=True)
class Names:
    """The names that occur in the columns by which deals are told apart."""

    type: tuple[str, ...]
    product: tuple[str, ...]
    currency: tuple[str, ...]

    @classmethod
    def of(cls, deals: Deals) -> Names:
        """The names in some deals."""
        return cls(deals.type.names, deals.product.names, deals.currency.names)


class Kinds:
    """The kinds of deals that some filters tell apart: every deal has one, a filter is a lookup over them.

    There are far fewer kinds than deals, so a condition is looked up instead of evaluated row by row.
    """

    def __init__(self, names: Names, filters: Iterable[Filter]) -> None:
        """Find the conditions that any of `filters` asks for."""
        asked = list(filters)
        conditions = {name for each in asked for name in each.conditions}
        self._names: dict[str, tuple[str, ...]] = {
            name: getattr(names, name) for name in ("type", "product", "currency") if name in conditions
        }
        spans = [each.booked for each in asked if each.booked is not None]
        edges = sorted({day(edge) for span in spans for edge in (span.start_on, span.end_on)})
        self._edges = np.array(edges, dtype=np.int64)
        sizes = tuple(len(known) + 1 for known in self._names.values())
        self.shape: tuple[int, ...] = (*sizes, len(edges) + 1)  # one more than names: a missing value

    def codes(self, deals: Deals) -> NDArray[np.signedinteger[Any]] | None:
        """The kind of each deal, or None when there is only one kind. Narrow, because they are read at random."""
        dtype: Any = np.int16 if np.prod(self.shape) <= np.iinfo(np.int16).max else np.int32
        codes: NDArray[Any] | None = None
        for name, known in self._names.items():
            own = getattr(deals, name).codes.astype(dtype)
            own[own < 0] = len(known)
            codes = own if codes is None else codes * dtype(len(known) + 1) + own
        if len(self._edges) and len(deals):
            since = self._spans_of(deals.booked).astype(dtype)
            codes = since if codes is None else codes * dtype(len(self._edges) + 1) + since
        return codes

    def _spans_of(self, booked: Rows) -> Rows:
        """How many edges each day has passed, looked up by day where the days lie close together."""
        first, last = int(booked.min()), int(booked.max())
        if last - first > len(booked):
            return np.searchsorted(self._edges, booked, side="right")
        passed: Rows = np.searchsorted(self._edges, np.arange(first, last + 1), side="right")[booked - first]
        return passed

    def meeting(self, each: Filter) -> NDArray[np.bool_]:
        """A lookup over kinds: whether deals of that kind meet the filter."""
        shape = self.shape
        grid = np.ones(shape, dtype=bool)
        for axis, (name, known) in enumerate(self._names.items()):
            if name in each.conditions:
                along = [1] * len(shape)
                along[axis] = shape[axis]
                wanted = getattr(each, name)
                grid &= np.array([one in wanted for one in known] + [False]).reshape(along)
        if each.booked is not None:
            grid &= self._inside(each.booked)
        return grid.ravel()

    def _inside(self, span: Period) -> NDArray[np.bool_]:
        after = np.concatenate(([np.iinfo(np.int64).min], self._edges))
        inside: NDArray[np.bool_] = (after >= day(span.start_on)) & (after < day(span.end_on))
        return inside
