"""Whether a deal counts for a SPIF (Q18): each test in its order, the first that fails, and what would mend it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.frames import integers
from engine.spifs import answers
from operations import spif_answers, spif_scores
from store import frames

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.spifs.answers import DealTest
    from operations.context import Context
    from operations.spif_scores import Scored
    from store.spifs import Kept

MOST = 3


@dataclass(frozen=True, slots=True)
class Tested:
    """One deal of the actor before one SPIF."""

    kept: Kept
    deal: str
    tests: tuple[DealTest, ...]


def tested(ctx: Context, meant: Callable[[dict[int, str]], list[int]]) -> tuple[Tested, ...]:
    """The deals of the actor that were meant, each before every SPIF that runs for them."""
    actor = ctx.actor
    if actor is None:
        return ()
    found = []
    for kept in spif_answers.running(spif_answers.visible(ctx)):
        with ctx.db.read() as conn:
            scored = spif_scores.scored(ctx, conn, kept)
            names = {one: name.name for one, name in frames.names(conn, _own(scored, actor.rep_id)).items()}
        context = (scored.field.ground, scored.participants, scored.rulings)
        for deal_id in meant(names)[:MOST]:
            tests = answers.deal_tests(kept.rules, context, (actor.rep_id, deal_id))
            found.append(Tested(kept, names[deal_id], tests))
    return tuple(found)


def _own(scored: Scored, rep_id: int) -> list[int]:
    """The deals that somebody owns or shares, as far as they are loaded."""
    facts = scored.field.ground.facts
    deals, splits = facts.deals, facts.splits
    owned = integers(deals, "deal_id")[integers(deals, "owner_id") == rep_id]
    shared = integers(splits, "deal_id")[integers(splits, "rep_id") == rep_id]
    return sorted({*owned.tolist(), *shared.tolist()})
