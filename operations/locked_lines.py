"""A line of a locked period explained as when it was locked: from the facts and plans that were known then."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from engine import statements
from engine.dates import on_day
from engine.errors import LineUnknown
from engine.notes import AS_LOCKED
from operations import pricing
from store import plans

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from engine.answers import DealName, LineExplanation
    from engine.calculation import Calculation
    from operations.pricing import Priced
    from store.database import Connection


def as_locked(
    conn: Connection, priced: Priced, shown: LineExplanation, names: Mapping[int, DealName]
) -> tuple[LineExplanation, Priced, int]:
    """The explanation of a line with its calculation and its number there, both of the lock where it was locked.

    Any other line stays as `shown`; so does one that the facts and plans of its lock do not give again.
    """
    rep_id, line_no = priced.person.rep_id, shown.line.line_no
    found = _locked(priced.calculation, rep_id, line_no)
    if found is None:
        return shown, priced, line_no
    number, watermark, last = found
    known = (text for text in plans.all(conn) if text.change_id <= watermark and text.effective_from_on <= last)
    then = pricing.price_again(conn, priced.person, last, watermark, [text.plan_hash for text in known])
    try:
        told = statements.explain(then.calculation, then.facts, rep_id, number, names)
    except LineUnknown:
        return shown, priced, line_no
    same = (told.line.kind, told.line.amount, told.line.deal) == (shown.line.kind, shown.line.amount, shown.line.deal)
    if not same:
        return shown, priced, line_no
    return replace(told, line=shown.line, note=f"{AS_LOCKED} {told.note}".strip()), then, number


def _locked(calc: Calculation, rep_id: int, line_no: int) -> tuple[int, int, date] | None:
    """A locked line's number and watermark at its lock, and the last day of its period; None for any other line."""
    extras = calc.extras
    for row in np.flatnonzero((extras.rep_id == rep_id) & (calc.extra_numbers == line_no)).tolist():
        plan, on = calc.plans[int(extras.plan_no[row])], int(extras.days[row])
        ends = [end for pays, start, end in calc.locks if pays == plan.pays and start <= on < end]
        if ends:
            return int(extras.x[row]), int(extras.y[row]), on_day(ends[0] - 1)
    return None
