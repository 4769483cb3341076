"""Won deals as arrays in the order of their ids."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.frames import Named, integers, named
from engine.problems import Problem

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.frames import Frame
    from engine.order import Ints, Rows

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


def won(frame: Frame, first: int, last: int) -> tuple[Deals, list[Problem]]:
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


def deals_in(frame: Frame) -> Deals:
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
