"""What leaders ask of a SPIF: what it costs and whether it worked (Q25), and why nobody reaches the prize (Q24)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.spifs import answers
from operations import spif_ground, spif_scores, spif_standings
from operations.spif_answers import COUNTED, leads
from store import spif_figures, spif_prizes, spifs

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import TypeVar

    from engine.spifs.answers import Cost, Spread
    from operations.context import Context
    from operations.spif_scores import Scored
    from store.database import Connection
    from store.spifs import Kept

    Answer = TypeVar("Answer")

MOST = 3


@dataclass(frozen=True, slots=True)
class Costing:
    """What one SPIF costs, and what became of it; `review` is empty before anybody has looked back."""

    kept: Kept
    cost: Cost
    review: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Reached:
    """Who reaches the prizes of one SPIF, award by award, with the names of those who are near."""

    kept: Kept
    spreads: tuple[Spread, ...]
    names: Mapping[int, str]


def costs(ctx: Context) -> tuple[Costing, ...]:
    """What the newest SPIFs that the actor leads have cost, cost as they stand, and brought."""
    return _each(ctx, _costing)


def reached(ctx: Context) -> tuple[Reached, ...]:
    """How scores of the newest SPIFs that the actor leads lie against the least that wins."""
    return _each(ctx, lambda _, found: _reached(ctx, found))


def _each(ctx: Context, answer: Callable[[Connection, Scored], Answer]) -> tuple[Answer, ...]:
    """The answer for each of the newest SPIFs that count, of those that the actor leads."""
    if ctx.actor is None:
        return ()
    with ctx.db.read() as conn:
        everybody = spif_ground.everybody(conn)
        led = [kept for kept in spifs.listed(conn, COUNTED) if leads(kept, ctx.actor, everybody)]
        return tuple(answer(conn, spif_scores.scored(ctx, conn, kept)) for kept in led[:MOST])


def _costing(conn: Connection, found: Scored) -> Costing:
    spif_id = found.kept.spif_id
    spent = sum(spif_prizes.cost(conn, spif_id).values())
    review = spif_figures.latest(conn, spif_id, "review")
    people = len(found.participants.eligible_ids)
    cost = answers.cost(found.rules, found.prizes, found.boards, spent, people)
    return Costing(found.kept, cost, review.body if review is not None else {})


def _reached(ctx: Context, found: Scored) -> Reached:
    context = (found.field.ground, found.participants, found.rulings)
    standings = spif_standings.ranked(ctx, found)
    spreads = tuple(
        answers.spread(found.rules, board, standing, context)
        for board, standing in zip(found.boards, standings, strict=True)
    )
    of_teams = {
        number: name
        for board in found.boards
        if board.is_of_teams
        for number, name in enumerate(board.names, start=1)
    }
    people = {person.rep_id: person.name for person in found.field.people}
    return Reached(found.kept, spreads, of_teams or people)
