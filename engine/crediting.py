"""Deals → credits: who is credited with how much of which deal.

The order is fixed: the deal's amount is converted into the plan's currency at the rate of the day it was booked and
rounded once, then split between people by largest remainder, so that the credits of a deal always sum to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.frames import WHOLE_PPB, integers
from engine.money import Rate
from engine.order import lengths_of, positions, sorted_rows, starts_of
from engine.problems import Problem
from engine.totals import rounded

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.deals import Deals
    from engine.frames import Frame
    from engine.money import Rounding
    from engine.order import Ints, Rows

WHOLE = Rate(1)
_LIMIT = 2**62


@dataclass(frozen=True, slots=True)
class Shares:
    """The credits of shared deals: their positions among all credits, by deal and rep, and their shares."""

    position: Rows
    starts: Rows  # where each deal begins among the arrays here
    share: Ints


@dataclass(frozen=True, slots=True)
class Lot:
    """The credits that one rule of one plan gives beside those of owners and splits in percent.

    Each is `share` of what it is made from: the whole deal; or, with `weights` (where each deal begins, and the
    weight of each credit), a part of it; or, with `sources` (other credits, and the place here of the credit that
    each goes into), their sum. Neighbours are told by a slice.
    """

    position: Rows | slice  # among all credits
    share: Rate
    weights: tuple[Rows, Ints] | None = None
    sources: tuple[Rows | slice, Rows] | None = None

    def amounts(self, parts: Ints, mode: Rounding) -> Ints:
        """What its credits come to. `parts` has the amounts of credits made before, the whole deal for its own."""
        if self.sources is not None:
            own: Ints = np.zeros(len(parts[self.position]), dtype=np.int64)
            np.add.at(own, self.sources[1], parts[self.sources[0]])
        else:
            own = parts[self.position].copy()
        if self.weights is not None:
            own = weighed(own, *self.weights)
        return own if self.share == WHOLE else scaled(own, self.share, mode)


@dataclass(frozen=True, slots=True)
class Seats:
    """One entry per credit, each rep's by deal: the deal's position and the rep's position in `rep_ids`.

    Where a plan credits others than owners and those who share a deal in percent, `lots` hold these credits; then
    `plan_no` and `rule` say for each credit which plan's rule gives it: -1 for owners and shares in percent, which
    are credits of every plan.
    """

    deal: Rows
    rep: Rows
    rep_ids: Ints
    shares: Shares
    is_shared: NDArray[np.bool_] | None  # per deal; None when no deal is shared
    lots: tuple[Lot, ...] = ()
    plan_no: Rows | None = None
    rule: Rows | None = None

    def amounts(self, whole: Ints, mode: Rounding = "half_up") -> Ints:
        """Each credit's part of its deal's amount or figure; the shares of a deal sum to it exactly."""
        parts: Ints = whole.take(self.deal)
        if len(self.shares.position):
            parts[self.shares.position] = apportioned(parts[self.shares.position], self.shares)
        for lot in self.lots:
            parts[lot.position] = lot.amounts(parts, mode)
        return parts

    def share_ppb(self) -> Ints:
        """Each credit's share of its deal in parts per billion."""
        found = np.full(len(self.deal), WHOLE_PPB, dtype=np.int64)
        found[self.shares.position] = self.shares.share
        for lot in self.lots:
            found[lot.position] = lot.amounts(found, "down")
        return found


def apportioned(whole: Ints, shares: Shares) -> Ints:
    """`whole` (the deal's amount, repeated for each share) split by largest remainder; ties go to the lower rep id.

    Negative amounts mirror positive ones. No product passes 10**18, so nothing can overflow (see LARGEST_CENTS).
    """
    size = np.abs(whole)
    high, low = np.divmod(size, WHOLE_PPB)
    low *= shares.share
    parts: Ints = high * shares.share + low // WHOLE_PPB
    left = size[shares.starts] - np.add.reduceat(parts, shares.starts)
    rest = low % WHOLE_PPB
    lengths = lengths_of(shares.starts, len(whole))
    first = shares.starts[(lengths == 2) & (left > 0)]
    parts[first + (rest[first + 1] > rest[first])] += 1
    if (left[lengths > 2] > 0).any():
        _favour(parts, np.where(lengths > 2, left, 0), (rest, lengths))
    return np.where(whole < 0, -parts, parts)


def _favour(parts: Ints, left: Ints, shares: tuple[Ints, Rows]) -> None:
    """Adds what is `left` of each deal, one by one, to its largest remainders."""
    rest, lengths = shares
    group = np.repeat(np.arange(len(left)), lengths)
    rows = np.flatnonzero((left > 0)[group])
    order = rows[sorted_rows([(group[rows], len(left)), (WHOLE_PPB - 1 - rest[rows], WHOLE_PPB)])]
    begins = starts_of(group[order])
    rank = np.arange(len(order)) - np.repeat(begins, lengths_of(begins, len(order)))
    parts[order[rank < left[group[order]]]] += 1


def weighed(whole: Ints, starts: Rows, weight: Ints) -> Ints:
    """`whole` (repeated for each weight of a deal) split in proportion by largest remainder; ties go to the first."""
    if not len(whole):
        return whole
    lengths = lengths_of(starts, len(whole))
    total = np.repeat(np.add.reduceat(weight, starts), lengths)
    size: NDArray[Any] = np.abs(whole)
    if int(size.max()) * int(weight.max()) >= _LIMIT:
        size, weight, total = size.astype(object), weight.astype(object), total.astype(object)
    product = size * weight
    parts, rest = product // total, product % total  # numpy has no divmod of Python integers
    left = size[starts] - np.add.reduceat(parts, starts)
    deal = np.repeat(np.arange(len(starts)), lengths)
    order = np.lexsort([np.arange(len(whole)), -rest.astype(np.int64), deal])
    rank = np.arange(len(whole)) - np.repeat(starts, lengths)
    parts[order[rank < left[deal]]] += 1
    found: Ints = parts.astype(np.int64)
    return np.where(whole < 0, -found, found)


def scaled(whole: Ints, share: Rate, mode: Rounding) -> Ints:
    """`whole` times a share, rounded."""
    size: NDArray[Any] = whole
    if int(np.abs(whole).max(initial=0)) * share.num >= _LIMIT or share.den >= _LIMIT:
        size = whole.astype(object)
    return rounded(size * share.num, share.den, mode).astype(np.int64)


def split_table(deals: Deals, splits: Frame) -> tuple[Rows, Ints, Ints]:
    """The shares of deals by deal, then rep: the deal's position, the rep's id, the share."""
    row, known = positions(integers(splits, "deal_id"), deals.deal_id)
    keep = np.flatnonzero(known)
    row, rep_id, share = row[keep], integers(splits, "rep_id")[keep], integers(splits, "share_ppb")[keep]
    order = np.lexsort([rep_id, row])
    return row[order], rep_id[order], share[order]


def seats_of(deals: Deals, splits: Frame) -> tuple[Seats, list[Problem]]:
    """Who sits at which deal: those it is split between, or its owner. What cannot be decided becomes a problem."""
    split_rep = integers(splits, "rep_id")
    row, known = positions(integers(splits, "deal_id"), deals.deal_id)
    keep = np.flatnonzero(known)
    row, split_rep, share = row[keep], split_rep[keep], integers(splits, "share_ppb")[keep]
    rep_ids, owner, sharer = coded(deals.owner_id, split_rep)
    order = sorted_rows([(row, len(deals)), (sharer, len(rep_ids))])
    row, sharer, share = row[order], sharer[order], share[order]
    starts = starts_of(row)
    problems, barred = _faults(deals, (row, rep_ids[sharer], share), starts)
    if int(deals.owner_id.min(initial=1)) <= 0:
        unowned = deals.owner_id == 0
        unowned[row[starts]] = False
        barred |= unowned
        problems += [_unresolved(int(one)) for one in deals.deal_id[unowned]]
    if barred.any():
        stays = ~barred[row]
        row, sharer, share = row[stays], sharer[stays], share[stays]
    return _seated(owner, (row, sharer, share), rep_ids, barred), problems


def _seated(owner: Rows, table: tuple[Rows, Rows, Ints], rep_ids: Ints, barred: NDArray[np.bool_]) -> Seats:
    """The seats of all deals but the barred ones: one for the owner, or one for each person in `table`."""
    row, sharer, share = table
    starts = starts_of(row)
    lengths = lengths_of(starts, len(row))
    missing = np.cumsum(barred) if barred.any() else None
    if not len(row) and missing is None:
        nobody = np.zeros(0, dtype=np.int64)
        return Seats(np.arange(len(owner), dtype=np.int32), owner, rep_ids, Shares(nobody, nobody, nobody), None)
    # a shared deal stands as far back as there are seats too many, and barred deals, before it
    begin = row[starts] + np.cumsum(lengths - 1) - (lengths - 1)
    if missing is not None:
        begin -= missing[row[starts]]
    position = np.arange(len(row)) - np.repeat(starts - begin, lengths)
    total = len(owner) + len(row) - len(starts) - (0 if missing is None else int(missing[-1]))
    step = np.ones(total, dtype=np.int32)
    step[position] = 0
    step[begin] = 1
    deal = np.cumsum(step, dtype=np.int32)
    deal -= np.int32(1)
    if missing is not None:
        deal = np.flatnonzero(~barred).astype(np.int32)[deal]
    rep = owner[deal]
    rep[position] = sharer
    is_shared = np.zeros(len(owner), dtype=bool)
    is_shared[row] = True
    return Seats(deal, rep, rep_ids, Shares(position, starts, share), is_shared)


def coded(owners: Ints, sharers: Ints) -> tuple[Ints, Rows, Rows]:
    """All rep ids in rising order, and owners and sharers as positions among them."""
    highest = max(int(owners.max(initial=0)), int(sharers.max(initial=0)))
    lowest = min(int(owners.min(initial=0)), int(sharers.min(initial=0)))
    if lowest < 0 or highest > 4 * (len(owners) + len(sharers)) + 1_000:
        rep_ids, codes = np.unique(np.concatenate([owners, sharers]), return_inverse=True)
        codes = codes.astype(np.int32)
        return rep_ids, codes[: len(owners)], codes[len(owners) :]
    present = np.zeros(highest + 1, dtype=bool)
    present[owners] = True
    present[sharers] = True
    lookup = np.cumsum(present, dtype=np.int32) - np.int32(1)
    return np.flatnonzero(present).astype(np.int64), lookup[owners], lookup[sharers]


def _faults(deals: Deals, table: tuple[Rows, Ints, Ints], starts: Rows) -> tuple[list[Problem], NDArray[np.bool_]]:
    """Problems of split deals, and which deals they bar from being credited at all."""
    row, rep_id, share = table
    barred = np.zeros(len(deals), dtype=bool)
    if not len(row):
        return [], barred
    bad_share = (share <= 0) | (share > WHOLE_PPB)
    twin = np.zeros(len(row), dtype=bool)
    twin[1:] = (row[1:] == row[:-1]) & (rep_id[1:] == rep_id[:-1])
    total = np.add.reduceat(np.clip(share, -WHOLE_PPB, 2 * WHOLE_PPB), starts)
    short = np.flatnonzero(total != WHOLE_PPB)
    problems = [
        _split_problem("split_share", int(deals.deal_id[row[at]]), int(share[at])) for at in np.flatnonzero(bad_share)
    ]
    problems += [
        _split_problem("split_repeated", int(deals.deal_id[row[at]]), int(rep_id[at])) for at in np.flatnonzero(twin)
    ]
    problems += [_split_problem("split_sum", int(deals.deal_id[row[starts[at]]]), int(total[at])) for at in short]
    problems += [_unresolved(int(deals.deal_id[row[at]])) for at in np.flatnonzero(rep_id == 0)]
    barred[row[bad_share | twin | (rep_id == 0)]] = True
    barred[row[starts[short]]] = True
    return problems, barred


_SPLIT_FAULTS = {
    "split_share": ("A share of this deal is not above 0% and up to 100%", "parts per billion"),
    "split_repeated": ("One person has two shares of this deal", "a rep id"),
    "split_sum": ("The shares of this deal do not sum to 100%", "parts per billion"),
}


def _split_problem(code: str, deal: int, found: int) -> Problem:
    message, unit = _SPLIT_FAULTS[code]
    remedy = "Correct the split at its source and sync again."
    return Problem(code, f"{message}, so nobody is credited.", remedy, "splits", deal=deal, found=f"{found} ({unit})")


def _unresolved(deal: int) -> Problem:
    message = "Nobody known owns this deal or a share of it, so nobody is credited."
    return Problem(
        "owner_unresolved",
        message,
        "Add the person, or correct the owner in the CRM; then sync again.",
        "deals",
        deal=deal,
    )
