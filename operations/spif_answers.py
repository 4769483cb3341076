"""What people may know of SPIFs: which there are for them, and where one stands for whoever leads it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.spifs import eligibility, life
from engine.spifs.faults import Fault
from operations import spif_ground, spif_launch, spif_notices, spif_results, spif_scores, spif_standings
from operations.errors import SpifUnknown
from operations.spif_doubts import doubts
from operations.spif_drafts import led_by
from operations.spif_moves import NOTHING, course, found, refusal
from store import frames, spif_figures, spif_prizes, spifs

if TYPE_CHECKING:
    from collections.abc import Iterable

    from engine.answers import DealName
    from engine.people import Person
    from engine.spifs.definition import Spif
    from engine.spifs.life import Move, State
    from operations.context import Context
    from operations.spif_doubts import Doubt
    from operations.spif_launch import Reach
    from operations.spif_moves import Outcome
    from operations.spif_scores import Scored
    from operations.spif_standings import Own
    from store.database import Connection
    from store.spifs import Kept

#: What is shown to who takes part.
TOLD = ("announced", "live", "closed", "verification", "results_proposed", "results_approved", "paid", "clawback")
#: What is over and told.
OVER = ("reviewed", "cancelled")
#: States in which results can be looked at.
COUNTED: tuple[State, ...] = (
    "live",
    "closed",
    "verification",
    "results_proposed",
    "results_approved",
    "paid",
    "clawback",
    "reviewed",
)
#: States in which announced rules may still change.
OPEN: tuple[State, ...] = ("announced", "live")
#: What people do by button; the clock does the rest.
BUTTONS: tuple[Move, ...] = ("approve_budget", "propose", "approve_results", "send_back", "pay")


@dataclass(frozen=True)
class Overview:
    """A SPIF for whoever leads it.

    Attributes:
        kept: The SPIF.
        reach: How far its announcement has come.
        moves: What the actor may do to it by button: moves, and `edit`, `change` (propose new rules), `waive`.
        seen: The hash of what they decide on: of the results, else of the rules.
        scored: How it stands, None before it is live.
        doubts: What has to be judged in the hold.
        paid: What was posted so far, in minor units, what was taken back deducted.
        waits: Why a result cannot be proposed yet, or why what was asked for last was refused; "" for neither.
        faults: What the check of a draft found.
        proposed: New rules that wait for somebody to confirm them, with why; None where none do.
    """

    kept: Kept
    reach: Reach
    moves: tuple[str, ...]
    seen: str
    scored: Scored | None
    doubts: tuple[Doubt, ...]
    paid: int
    waits: str
    faults: tuple[Fault, ...]
    proposed: tuple[Spif, str] | None = None


def visible(ctx: Context) -> tuple[Kept, ...]:
    """The SPIFs that the actor takes part in, has made, leads people of, or, as ops, all there are; newest first."""
    actor = ctx.actor
    if actor is None:
        return ()
    with ctx.db.read() as conn:
        everybody = spif_ground.everybody(conn)
        return tuple(kept for kept in spifs.listed(conn) if may_see(kept, actor, everybody))


def may_see(kept: Kept, actor: Person, everybody: tuple[Person, ...]) -> bool:
    """Whether somebody may know that the SPIF exists."""
    if leads(kept, actor, everybody):
        return True
    if kept.rules.is_hidden or kept.state not in (*TOLD, *OVER) or kept.announced is None:
        return False
    return spif_standings.takes_part(kept, everybody, actor.rep_id)


def leads(kept: Kept, actor: Person, everybody: tuple[Person, ...]) -> bool:
    """Whether somebody made it, leads everybody who takes part, or is ops."""
    if actor.role in spif_notices.TREASURERS or actor.rep_id == kept.author.rep_id:
        return actor.role in ("manager", *spif_notices.TREASURERS)
    if actor.role != "manager":
        return False
    part = eligibility.participants(kept.rules, everybody).eligible_ids
    return bool(part) and set(part) <= led_by(actor, everybody)


def overview(ctx: Context, spif_id: int) -> Overview:
    """Where a SPIF stands, for whoever leads it.

    Raises:
        SpifUnknown: There is none, or the actor does not lead it: the two read alike.
    """
    with ctx.db.read() as conn:
        kept = found(conn, spif_id)
        if ctx.actor is None or not leads(kept, ctx.actor, spif_ground.everybody(conn)):
            raise SpifUnknown
        scored = spif_scores.scored(ctx, conn, kept) if kept.state in COUNTED else None
        after = spif_results.outcome(conn, scored) if scored is not None else NOTHING
        moves = _offered(ctx, conn, kept, after)
        proposed = _proposed(conn, kept)
        is_judged = kept.state in ("closed", "verification") and scored is not None
        waits = refusal(ctx, conn, kept, "propose", after) if kept.state == "verification" else ""
        return Overview(
            kept=kept,
            reach=spif_launch.reach(conn, kept),
            moves=moves,
            seen=kept.newest.rules_hash if proposed else after.results_hash or kept.newest.rules_hash,
            scored=scored,
            doubts=doubts(conn, scored) if is_judged and scored is not None else (),
            paid=sum(spif_prizes.cost(conn, spif_id).values()),
            waits=waits or _refused(kept),
            faults=_faults(conn, kept) if kept.state in ("draft", "checked") else (),
            proposed=proposed,
        )


def is_proposed(kept: Kept) -> bool:
    """Whether a new version of announced rules waits for somebody to confirm it."""
    held = kept.announced
    return kept.state in OPEN and held is not None and kept.newest.rules_hash != held.rules_hash


def may_change(ctx: Context, kept: Kept) -> bool:
    """Whether announced rules can still be changed, whoever asks."""
    return kept.state in OPEN and not kept.rules.is_hidden and ctx.now < kept.rules.window.closes_at


def _offered(ctx: Context, conn: Connection, kept: Kept, after: Outcome) -> tuple[str, ...]:
    """What is worth a button for the actor, who leads the SPIF; to cancel comes last."""
    moves: list[str] = [what for what in BUTTONS if _may(ctx, conn, kept, what, after)]
    if is_proposed(kept) and may_change(ctx, kept) and _may(ctx, conn, kept, "amend", after):
        moves.append("amend")
    if may_refuse := _refusing(ctx, kept):
        moves.append(may_refuse)
    check = spif_figures.latest(conn, kept.spif_id, "check")
    is_typed = check is not None and "wanted" in check.body
    is_own = ctx.actor is not None and ctx.actor.rep_id == kept.author.rep_id
    if is_typed and is_own and kept.state in ("draft", "checked"):
        moves.append("edit")
    if is_typed and may_change(ctx, kept):
        moves.append("change")
    if kept.state == "checked" and _lacks_dry_run(ctx, conn, kept):
        moves.append("waive")
    return (*moves, *(("cancel",) if _may(ctx, conn, kept, "cancel", after) else ()))


def _refused(kept: Kept) -> str:
    last = kept.moves[-1] if kept.moves else None
    return f"Refused by {last.by.name}: {last.reason}" if last is not None and last.move == "decline" else ""


def _refusing(ctx: Context, kept: Kept) -> str:
    """What saying no to what waits is called for the actor, who leads the SPIF; "" where nothing waits for them."""
    is_own = ctx.actor_name == kept.newest.actor
    if is_proposed(kept):
        return "withdraw" if is_own else "decline"
    is_treasurer = ctx.actor is not None and ctx.actor.role in spif_notices.TREASURERS
    return "decline" if kept.state == "checked" and is_treasurer and not is_own else ""


def _lacks_dry_run(ctx: Context, conn: Connection, kept: Kept) -> bool:
    """Whether only a waiver, which the actor may sign, would let the budget be approved."""
    is_treasurer = ctx.actor is not None and ctx.actor.role in spif_notices.TREASURERS
    return is_treasurer and not course(conn, kept, "approve_budget").is_dry_run


def _proposed(conn: Connection, kept: Kept) -> tuple[Spif, str] | None:
    check = spif_figures.latest(conn, kept.spif_id, "check")
    if not is_proposed(kept) or check is None:
        return None
    return kept.newest.rules, str(check.body.get("reason", ""))


def _faults(conn: Connection, kept: Kept) -> tuple[Fault, ...]:
    check = spif_figures.latest(conn, kept.spif_id, "check")
    return tuple(Fault(**each) for each in check.body["faults"]) if check is not None else ()


def own(ctx: Context, spif_id: int) -> tuple[Own, dict[int, DealName]]:
    """Where the actor stands in a SPIF, and what their deals that count are called.

    Raises:
        SpifUnknown: There is none that they may know of.
    """
    with ctx.db.read() as conn:
        kept = found(conn, spif_id)
        if ctx.actor is None or not may_see(kept, ctx.actor, spif_ground.everybody(conn)):
            raise SpifUnknown
        answer = spif_standings.own(ctx, conn, kept, ctx.actor)
        ids = {deal_id for place in answer.places for deal_id, _ in place.counted}
        return answer, frames.names(conn, ids)


def running(kept: Iterable[Kept]) -> tuple[Kept, ...]:
    """Those that somebody may ask about just now: announced, live or being checked."""
    return tuple(one for one in kept if one.state in TOLD[:5])


def hide(ctx: Context, *, wanted: bool) -> None:
    """Keep the actor's name off the boards, or let it stand there again."""
    if ctx.actor is None:
        return
    with ctx.db.write() as conn:
        spifs.opt_out(conn, ctx.actor.rep_id, ctx.now, wanted=wanted)


def _may(ctx: Context, conn: Connection, kept: Kept, what: Move, after: Outcome) -> bool:
    """Whether a button is worth offering: the state has the move, and it would not be refused to who asks."""
    return what in life.moves_from(kept.state) and not refusal(ctx, conn, kept, what, after)
