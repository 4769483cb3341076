"""One move of a SPIF: judged by `engine.spifs.life` on what is known now, and recorded with its change.

Whoever moves a SPIF holds the writers' lock before reading where it stands, so that of two people who press at once
the second finds it moved.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from engine.errors import SpifMoveRefused
from engine.spifs import life, records
from engine.spifs.windows import begins_at
from operations.errors import SpifRefused, SpifUnknown
from store import changes, spif_figures, spifs
from store.spifs import By, Moved

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.spifs.life import Course, Move
    from operations.context import Context
    from store.database import Connection
    from store.spifs import Kept


@dataclass(frozen=True, slots=True)
class Outcome:
    """What results came to, for a move that depends on them.

    Attributes:
        undecided: Doubtful credits that nobody has judged.
        results_hash: The hash of the results as they would be now.
        winners: The addresses of those who win anything by them.
    """

    undecided: int = 0
    results_hash: str = ""
    winners: frozenset[str] = frozenset()


NOTHING = Outcome()


@dataclass
class Moving:
    """A SPIF being moved, in one transaction and one change; `kept` is how it stands now."""

    ctx: Context
    conn: Connection
    kept: Kept
    change_id: int

    @property
    def by(self) -> By:
        """Who moves it."""
        actor = self.ctx.actor
        return By(actor.rep_id if actor else 0, self.ctx.actor_name)

    @property
    def before(self) -> int:
        """The last change before this one: what figures are worked out from."""
        return self.change_id - 1

    def move(self, what: Move, reason: str = "", figures_hash: str = "", outcome: Outcome = NOTHING) -> None:
        """Make a move.

        Raises:
            SpifRefused: Where it stands, who asks, or a guard does not allow it; the message says what would help.
        """
        found = course(self.conn, self.kept, what, outcome)
        try:
            after = life.moved(found, asked(self.ctx, what, reason))
        except SpifMoveRefused as refused:
            raise SpifRefused(str(refused)) from None
        moved = Moved(what, after, self.by, reason, found.rules_hash, figures_hash, self.ctx.now, self.change_id)
        spifs.record(self.conn, self.kept.spif_id, moved)
        self.look_again()

    def look_again(self) -> None:
        """Read how it stands after something was stored."""
        self.kept = found(self.conn, self.kept.spif_id)


@contextmanager
def moving(ctx: Context, spif_id: int, what: str, reason: str = "") -> Iterator[Moving]:
    """A SPIF to be moved; everything done to it inside is one transaction and one change.

    Raises:
        SpifUnknown: There is no such SPIF.
    """
    with ctx.db.write() as conn:
        change_id = changes.begin(conn, ctx.actor_name, f"{what} SPIF {spif_id}", ctx.now, reason)
        yield Moving(ctx, conn, found(conn, spif_id), change_id)


def found(conn: Connection, spif_id: int) -> Kept:
    """The SPIF of that number.

    Raises:
        SpifUnknown: There is none.
    """
    kept = spifs.get(conn, spif_id)
    if kept is None:
        raise SpifUnknown
    return kept


def asked(ctx: Context, what: Move, reason: str = "") -> life.Asked:
    """The move as the engine judges it: by a person with a role, or by the clock."""
    role = ctx.actor.role if ctx.actor else life.SYSTEM
    by = ctx.actor_name if ctx.actor else life.SYSTEM
    return life.Asked(what, by, role, ctx.now, reason)


def refusal(ctx: Context, conn: Connection, kept: Kept, what: Move, outcome: Outcome = NOTHING) -> str:
    """Why the move would be refused, a missing reason apart; "" where it may be made."""
    return life.refusal(course(conn, kept, what, outcome), asked(ctx, what, "asked by button"))


def course(conn: Connection, kept: Kept, what: Move, outcome: Outcome = NOTHING) -> Course:
    """What is known of a SPIF as the engine judges a move by it."""
    held = kept.newest if what in ("amend", "decline") or kept.announced is None else kept.announced
    rules = held.rules
    check = spif_figures.latest(conn, kept.spif_id, "check")
    waiver = spif_figures.latest(conn, kept.spif_id, "waiver")
    is_waived = waiver is not None and waiver.rules_hash == held.rules_hash
    proposed, paid = kept.last("propose"), kept.last("pay")
    base = life.Course(
        state=kept.state,
        author=held.actor,
        rules_hash=records.spif_hash(rules),
        opens_at=rules.window.opens_at,
        closes_at=rules.window.closes_at,
        hold_until=rules.hold_until,
        budget=rules.budget,
        is_hidden=rules.is_hidden,
        frozen_hash=kept.announced.rules_hash if kept.announced else "",
        undecided=outcome.undecided,
        results_hash=outcome.results_hash,
        proposed_hash=proposed.figures_hash if proposed else "",
        proposed_by=_proposer(proposed),
        winners=outcome.winners,
    )
    if paid is not None:
        last = rules.reversal_until(rules.window.day_of(paid.at))
        base = replace(base, reversal_until=begins_at(last, rules.window.zone))
    if check is None:
        return base
    return replace(
        base,
        checked_hash=check.rules_hash,
        has_errors=bool(check.body.get("errors")),
        is_dry_run=bool(check.body.get("replays")) or is_waived,
    )


def _proposer(proposed: Moved | None) -> str:
    if proposed is None:
        return ""
    return proposed.by.name if proposed.by.rep_id else life.SYSTEM
