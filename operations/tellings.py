"""One person's part of a run that is about to be published: what moves, and how to look at both sides of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.dates import day
from engine.frames import integers
from operations import answers
from store import deal_changes, fact_changes, people, runs

if TYPE_CHECKING:
    from engine.answers import EarningsAnswer
    from engine.calculation import Calculation
    from engine.dates import Period
    from engine.money import Money, Quantity, Rate
    from engine.people import Person
    from operations.context import Context
    from store.deal_changes import DealChange
    from store.fact_changes import FactChange
    from store.runs import RunOpened, Statement


@dataclass(frozen=True, slots=True)
class Moved:
    """A statement as it is shown, if it is, and as it will be."""

    was: Statement | None
    now: Statement


@dataclass(frozen=True)
class Telling:
    """Everything that the notices of one person are made from; whether they were ever told a figure of their own."""

    ctx: Context
    rep_id: int
    moved: tuple[Moved, ...]
    calculation: Calculation
    opened: RunOpened
    was_told: bool

    @cached_property
    def person(self) -> Person | None:
        """Who is told; None for whoever is not employed any more."""
        with self.ctx.db.read() as conn:
            found = people.by_id(conn, self.rep_id)
        return found if found is not None and found.is_employed(self.ctx.as_of) else None

    @cached_property
    def shown_run(self) -> tuple[int, int, tuple[str, ...]] | None:
        """The run whose figures are shown until now: its number, watermark and plans."""
        with self.ctx.db.read() as conn:
            return runs.shown_run(conn, self.rep_id)

    @cached_property
    def paid_before(self) -> Any:
        """The lines that are shown until now: deal, day and amount by column."""
        if self.shown_run is None:
            nothing = np.zeros(0, dtype=np.int64)
            return {"deal_id": nothing, "booked_on": nothing, "amount_cents": nothing}
        with self.ctx.db.read() as conn:
            return runs.paid(conn, self.shown_run[0], self.rep_id)

    @cached_property
    def changed(self) -> tuple[tuple[DealChange, ...], tuple[FactChange, ...]]:
        """What is otherwise than when the shown run was made: paid deals, and what else concerns the person."""
        after, until = 0 if self.shown_run is None else self.shown_run[1], self.opened.watermark
        deals = set(self.paid_before["deal_id"].tolist()) - {0}
        with self.ctx.db.read() as conn:
            others = fact_changes.between(conn, self.rep_id, after, until)
            return deal_changes.between(conn, self.rep_id, deals, after, until), others

    @cached_property
    def paid_now(self) -> Any:
        """The lines as they will be: deal, day and amount by column."""
        table = self.calculation.table
        reps = integers(table, "rep_id")
        first, last = np.searchsorted(reps, self.rep_id), np.searchsorted(reps, self.rep_id, side="right")
        return {name: integers(table, name)[first:last] for name in ("deal_id", "booked_on", "amount_cents")}

    def earnings(self, period: Period) -> EarningsAnswer:
        """The person's earnings of a period, with a receipt; calculated from the facts that the run knows.

        Raises:
            OperationError: the period cannot be asked for.
        """
        if self.person is None:
            raise LookupError(self.rep_id)
        label = None if self.ctx.as_of in period else period.label
        return answers.earnings(self.ctx, self.person, label)


def by_deal(lines: Any, period: Period) -> dict[int, int]:
    """What each deal pays within a period, in minor units."""
    within = (lines["booked_on"] >= day(period.start_on)) & (lines["booked_on"] < day(period.end_on))
    found: dict[int, int] = {}
    for deal_id, amount in zip(
        lines["deal_id"][within].tolist(), lines["amount_cents"][within].tolist(), strict=True
    ):
        found[deal_id] = found.get(deal_id, 0) + amount
    return found


def told_amount(amount: Money | Quantity) -> dict[str, Any]:
    """An amount as notices carry it."""
    if not amount.currency:
        return {"millionths": amount.minor, "unit": getattr(amount, "unit", "")}
    return {"minor": amount.minor, "currency": amount.currency}


def told_rate(rate: Rate) -> dict[str, int]:
    """A rate as notices carry it."""
    return {"num": rate.num, "den": rate.den}


def told_period(period: Period) -> dict[str, str]:
    """A period as notices carry it."""
    return {"label": period.label, "start_on": period.start_on.isoformat(), "end_on": period.end_on.isoformat()}
