"""How a SPIF stands now: who takes part, what everybody has scored, and what that would win."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.spifs import awards, eligibility, scores
from operations import spif_ground
from operations.spif_moves import Outcome

if TYPE_CHECKING:
    from datetime import date

    from engine.spifs.awards import Outcome as Prizes
    from engine.spifs.definition import Spif
    from engine.spifs.eligibility import Participants
    from engine.spifs.entries import Rulings
    from engine.spifs.scores import Board
    from operations.context import Context
    from operations.spif_ground import Field
    from store.database import Connection
    from store.spifs import Kept


@dataclass(frozen=True)
class Scored:
    """A SPIF scored on what is known now.

    Attributes:
        kept: The SPIF.
        field: The facts, and everybody there is.
        rulings: What people decided not to count.
        participants: Who takes part.
        boards: The scores of each award.
        prizes: What they would win; a raffle is only drawn once the window is closed.
    """

    kept: Kept
    field: Field
    rulings: Rulings
    participants: Participants
    boards: tuple[Board, ...]
    prizes: Prizes

    @property
    def rules(self) -> Spif:
        """The rules that hold."""
        return self.kept.rules

    def name_of(self, rep_id: int) -> str:
        """What a person is called."""
        return next((person.name for person in self.field.people if person.rep_id == rep_id), "")

    def emails_of_winners(self) -> frozenset[str]:
        """The addresses of those who win anything."""
        won = set(self.prizes.winners)
        return frozenset(person.email for person in self.field.people if person.rep_id in won)


def scored(ctx: Context, conn: Connection, kept: Kept, watermark: int | None = None) -> Scored:
    """The SPIF as it stands, on the facts of now or of a watermark."""
    rules = kept.rules
    field = spif_ground.field(ctx, conn, since(rules), watermark)
    rulings = spif_ground.rulings(conn, kept.spif_id)
    who = eligibility.participants(rules, field.people, field.ground, rulings)
    boards = scores.boards(rules, field.ground, who, rulings)
    is_closed = ctx.now >= rules.window.closes_at
    prizes = awards.outcome(rules, boards, kept.seed if is_closed else "")
    return Scored(kept, field, rulings, who, boards, prizes)


def since(rules: Spif) -> date:
    """The first day that scores look at, baselines included."""
    windows = max(
        (award.scoring.baseline_windows for award in rules.awards if award.scoring.by == "improvement"), default=0
    )
    return rules.window.before(windows).start_on if windows else rules.window.start_on


def outcome(found: Scored) -> Outcome:
    """What a move that depends on results is judged by."""
    return Outcome(0, found.prizes.digest, found.emails_of_winners())
