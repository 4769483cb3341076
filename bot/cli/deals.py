"""A deal found by what people call it, and its lines on the statements of those who are credited for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from bot.cli.errors import WrongUseError
from engine.dates import on_day
from operations import answers
from store import frames, people

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.answers import DealName, LineExplanation
    from engine.frames import Facts
    from operations.context import Context

LOOK_BACK = timedelta(days=3 * 366)
MOST_LISTED = 10


@dataclass(frozen=True, slots=True)
class Found:
    """A won deal: what it is called, when it was booked, and who is credited for it."""

    name: DealName
    booked_on: date
    reps: tuple[int, ...]


def called(ctx: Context, what: str) -> Found:
    """The won deal with that id at its source, that name, or that part of its name, whatever the case.

    Raises:
        WrongUseError: none, or more than one, is called that; the message lists them.
    """
    facts = frames.facts(ctx.db, (ctx.as_of - LOOK_BACK, ctx.as_of + timedelta(days=1)))
    with ctx.db.read() as conn:
        names = frames.names(conn, facts.deals["deal_id"].tolist())
    wanted = what.strip().casefold()
    hits = [one for one in names.values() if one.external_id.casefold() == wanted]
    hits = hits or [one for one in names.values() if one.name.casefold() == wanted]
    hits = hits or [one for one in names.values() if wanted and wanted in one.name.casefold()]
    if not hits:
        raise WrongUseError(f"No deal won by {ctx.as_of} is called {what!r}. Write its id or a part of its name.")
    if len(hits) > 1:
        listed = ", ".join(f"{one.external_id} {one.name} ({one.source})" for one in hits[:MOST_LISTED])
        more = f" and {len(hits) - MOST_LISTED} more" if len(hits) > MOST_LISTED else ""
        raise WrongUseError(f"{len(hits)} deals are called that: {listed}{more}. Name one by its id.")
    return _found(facts, hits[0])


def _found(facts: Facts, name: DealName) -> Found:
    row = facts.deals.loc[facts.deals["deal_id"] == name.deal_id].iloc[0]
    shared = facts.splits.loc[facts.splits["deal_id"] == name.deal_id, "rep_id"].tolist()
    return Found(name, on_day(int(row["booked_on"])), tuple(shared or [int(row["owner_id"])]))


def lines_of(ctx: Context, found: Found) -> Iterator[LineExplanation]:
    """The explained lines of the deal, rep by rep, in the month in which it was booked."""
    with ctx.db.read() as conn:
        reps = [person for rep_id in found.reps if (person := people.by_id(conn, rep_id)) is not None]
    for person in reps:
        # A fiscal month need not begin with the calendar's: the one with the booking day may carry either name.
        for month in (found.booked_on, found.booked_on.replace(day=1) - timedelta(days=1)):
            answer = answers.earnings(ctx, person, f"{month:%Y-%m}")
            mine = [one for one in answer.lines if one.deal and one.deal.deal_id == found.name.deal_id]
            for one in mine:
                yield answers.line(ctx, answer.basis.receipt_id, one.line_no)
            if mine:
                break
