"""The part of a quota that falls on some days: of each quota row as many days as it shares with them."""

from __future__ import annotations

from dataclasses import dataclass
from math import lcm
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.frames import Named, integers, named
from engine.order import positions
from engine.problems import Problem

if TYPE_CHECKING:
    from engine.order import Ints
    from engine.spifs.entries import Ground

_REMEDY = "Load one quota of that name for these days, or score by another measure."


@dataclass(frozen=True, slots=True)
class QuotaShares:
    """Per rep `num / den`: the quota of the days, in minor units or millionths; 0 where there is none."""

    num: list[int]
    den: int
    problems: tuple[Problem, ...] = ()


def quota_shares(ground: Ground, name: str, rep_ids: Ints, asked: tuple[str, tuple[int, int]]) -> QuotaShares:
    """The quota called `name` of each rep, as far as it falls on the days [first, after).

    Args:
        ground: The facts.
        name: The quota's name.
        rep_ids: Whose, rising.
        asked: The currency into which amounts are converted, at the rate of the row's first day ("" for a quota that
            is a number), and the days.
    """
    currency, (first, after) = asked
    frame = ground.facts.quotas
    labels = named(frame, "name")
    start, end = integers(frame, "start_on"), integers(frame, "end_on")
    place, known = positions(integers(frame, "rep_id"), rep_ids)
    shared = np.minimum(end, after) - np.maximum(start, first)
    rows = np.flatnonzero(known & (labels.codes == labels.code(name)) & (shared > 0))
    place, shared = place[rows], shared[rows].astype(np.int64)
    length = (end[rows] - start[rows]).astype(np.int64)
    amount, fault = _converted(ground, rows, currency)
    den = lcm(*np.unique(length).tolist())
    num: Any = np.zeros(len(rep_ids), dtype=object)
    np.add.at(
        num, place, amount.astype(object) * shared * np.array([den // int(one) for one in length], dtype=object)
    )
    days = np.zeros(len(rep_ids), dtype=np.int64)
    np.add.at(days, place, shared)
    bad = np.zeros(len(rep_ids), dtype=bool)
    bad[place[fault]] = True
    bad |= (days > after - first) | np.array([one <= 0 for one in num], dtype=bool)
    problems = tuple(_missing(int(rep_ids[at]), name, int(days[at]) > after - first) for at in np.flatnonzero(bad))
    return QuotaShares([0 if wrong else int(one) for one, wrong in zip(num, bad, strict=True)], den, problems)


def _converted(ground: Ground, rows: Any, currency: str) -> tuple[Ints, Any]:
    frame = ground.facts.quotas
    amount, money = integers(frame, "amount_cents")[rows], named(frame, "currency")
    if not currency:
        return amount, np.zeros(len(rows), dtype=bool)
    given = (amount, Named(money.codes[rows], money.names))
    found = ground.told.exchange.into(currency, given, integers(frame, "start_on")[rows], "half_up")
    return found.amount, np.zeros(len(rows), dtype=bool) if found.fault is None else found.fault > 0


def _missing(rep_id: int, name: str, is_double: bool) -> Problem:
    if is_double:
        message = "Two quotas of one name run on the same day, so the rep has no attainment in the SPIF."
        return Problem("quota_overlap", message, _REMEDY, "SPIF", rep_id, found=name)
    message = "There is no usable quota above zero for the days of the SPIF, so the rep has no attainment in it."
    return Problem("quota_missing", message, _REMEDY, "SPIF", rep_id, found=name or "no quota named")
