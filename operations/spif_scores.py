"""How a SPIF stands now: who takes part, what everybody has scored, and what that would win."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from engine.spifs import awards, eligibility, lines, scores
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
    is_beside = rules.stacking == "greater_of"
    earned = lines.commission_on(field.calculation, rules, field.ground, rulings) if is_beside else None
    prizes = awards.outcome(rules, boards, kept.seed if is_closed else "", earned)
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


def podium(found: Scored) -> dict[str, Any]:
    """The winners by award and place, for the channel: names and places, nothing that anybody is paid."""
    rows = [
        {"award": prize.award, "place": prize.place, "name": found.name_of(prize.rep_id), "team": prize.team}
        for prize in found.prizes.prizes
    ]
    draws = [{"award": draw.award, "tickets": sum(count for _, count in draw.tickets)} for draw in found.prizes.draws]
    return {"rows": rows, "draws": draws, "seed": found.kept.seed if draws else "", "currency": found.rules.currency}


def won_data(found: Scored, rep_id: int, on: date) -> dict[str, Any]:
    """What a winner is told: their own prizes, and the day on which they stand on their statement."""
    prizes = [asdict(prize) for prize in found.prizes.of(rep_id)]
    return {"rep_id": rep_id, "prizes": prizes, "currency": found.rules.currency, "on": on.isoformat()}
