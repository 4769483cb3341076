"""A23: SPIFs that run off course."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.money import Money
from engine.ops_alerts import Finding
from operations import spif_scores
from store import spifs

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from engine.spifs.life import State
    from operations.ops_alerts.reading import Finder, Reading
    from operations.spif_scores import Scored

#: One rep's share says something from so many scorers on.
LEAST_SCORERS = 3
_PPM = 1_000_000
_LIVE: tuple[State, ...] = ("live",)


def off_course(reading: Reading) -> Iterator[Finding]:
    """A23: live SPIFs over budget, without a score past half of their window, or with one rep over 60 %."""
    for kept in spifs.listed(reading.conn, _LIVE):
        if kept.rules.is_hidden:
            continue
        scored = spif_scores.scored(reading.ctx, reading.conn, kept)
        told = {"spif": str(kept.spif_id)}
        for item, message, risk in _faults(reading, scored):
            subject = f"SPIF {kept.rules.name}"
            yield Finding("A23", str(kept.spif_id), subject, item, message, risk, told, mark=item)


def _faults(reading: Reading, scored: Scored) -> Iterator[tuple[str, str, Money | None]]:
    """What is off course: which fault, in a sentence, and what it may cost."""
    rules, prizes = scored.rules, scored.prizes
    if prizes.uncut > rules.budget:
        beyond = Money(prizes.uncut - rules.budget, rules.currency)
        yield "budget", "its prizes would cost more than its budget as it stands", beyond
    scores = [
        (board.award.name, int(value))
        for board in scored.boards
        for value, in_it in zip(board.value.tolist(), board.takes_part.tolist(), strict=True)
        if in_it and value > 0
    ]
    opened, closes = rules.window.opens_at, rules.window.closes_at
    if not scores and reading.ctx.now > opened + (closes - opened) / 2:
        yield "nobody", "more than half of its window is over and nobody has scored", None
    for award in dict.fromkeys(name for name, _ in scores):
        values = [value for name, value in scores if name == award]
        most = max(values)
        if len(values) >= LEAST_SCORERS and most * _PPM > reading.limits.spif_share_ppm * sum(values):
            yield f"one:{award}", f"one competitor has more than 60 % of what was scored for {award}", None


FINDERS: Mapping[str, Finder] = {"A23": off_course}
