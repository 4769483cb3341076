"""Seats put together: the credits of owners and splits in percent, and those that plans' own rules give."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from engine.crediting import Seats, Shares
from engine.order import distinct, merged, narrow, rises

if TYPE_CHECKING:
    from engine.crediting import Lot
    from engine.order import Ints, Rows


@dataclass(frozen=True, slots=True)
class Part:
    """The credits of one rule, and the deal and person of each; `lot.position` still counts those made before.

    `people` are those who are credited, by rising id, `rep` says which of them each credit is for.
    """

    plan_no: int
    rule: int
    deal: Rows
    people: Ints
    rep: Rows
    lot: Lot


def placed(seats: Seats, parts: list[Part]) -> Seats:
    """All seats, with each rep's by deal: those of owners and sharers, then those of plans and their rules."""
    if not parts:
        return seats
    rep_ids, codes = distinct(np.concatenate([seats.rep_ids, *(part.people for part in parts)]))
    edges = np.cumsum([len(seats.rep_ids), *(len(part.people) for part in parts)])[:-1]
    before, *each = np.split(codes, edges)
    if len(codes) == len(rep_ids) and all(rises(part.deal) for part in parts):  # nobody is credited by two of them
        return _appended(replace(seats, rep_ids=rep_ids), before, parts, each)
    ranked = sorted(range(len(parts)), key=lambda at: (parts[at].plan_no, parts[at].rule))
    places = _interleaved([seats.deal, *(parts[at].deal for at in ranked)])
    by_part = [places[0], *(places[1 + ranked.index(at)] for at in range(len(parts)))]
    where = np.concatenate(by_part)
    deal, rep = np.empty(len(where), dtype=np.int32), np.empty(len(where), dtype=np.int32)
    highest = max(max(part.plan_no, part.rule) for part in parts)
    plan_no, rule = (np.full(len(where), -1, dtype=narrow(highest + 1)) for _ in range(2))
    deal[by_part[0]], rep[by_part[0]] = seats.deal, before[seats.rep]
    for part, place, own in zip(parts, by_part[1:], each, strict=True):
        deal[place], rep[place], plan_no[place], rule[place] = part.deal, own[part.rep], part.plan_no, part.rule
    lots = []
    for part in parts:
        sources = part.lot.sources
        moved = None if sources is None else (where[sources[0]], sources[1])
        lots.append(replace(part.lot, position=where[part.lot.position], sources=moved))
    shares = Shares(where[seats.shares.position], seats.shares.starts, seats.shares.share)
    return Seats(deal, rep, rep_ids, shares, seats.is_shared, tuple(lots), plan_no, rule)


def _appended(seats: Seats, before: Rows, parts: list[Part], each: list[Rows]) -> Seats:
    """The seats with those of parts after them: where no rep has credits of two, deals are in order for everybody."""
    count, highest = len(seats.deal), max(max(part.plan_no, part.rule) for part in parts)
    sizes, dtype = [count, *(len(part.deal) for part in parts)], narrow(highest + 1)
    ends, pairs = np.cumsum(sizes).tolist(), zip(parts, each, strict=True)
    return replace(
        seats,
        deal=np.concatenate([seats.deal, *(part.deal.astype(np.int32, copy=False) for part in parts)]),
        rep=np.concatenate([before.take(seats.rep), *(own.take(part.rep) for part, own in pairs)]),
        lots=tuple(replace(part.lot, position=slice(*at)) for part, at in zip(parts, pairwise(ends), strict=True)),
        plan_no=np.repeat(np.array([-1, *(part.plan_no for part in parts)], dtype=dtype), sizes),
        rule=np.repeat(np.array([-1, *(part.rule for part in parts)], dtype=dtype), sizes),
    )


def _interleaved(parts: list[Rows]) -> list[Ints]:
    """Where the entries of each part stand when all are put together by deal, then by part."""
    orders = [None if rises(part) else np.argsort(part, kind="stable") for part in parts]
    size = max(int(part.max(initial=-1)) for part in parts) + 1
    found = merged([part if order is None else part[order] for part, order in zip(parts, orders, strict=True)], size)
    for place, order in zip(found, orders, strict=True):
        if order is not None:
            place[order] = place.copy()
    return found
