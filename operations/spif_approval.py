"""The budget of a SPIF approved by another person, who may come too late for the first day.

People are asked within their own working hours, so that a SPIF made on a Friday for Monday may be approved once
Monday has begun. It then takes place all the same, as long as it was to be, from the next day on: deals that were
closed before anybody knew of it must not count.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from engine.spifs import checks
from engine.spifs.faults import Around
from operations import spif_drafts
from operations.errors import SpifRefused
from operations.spif_launch import decided, require_same, tell_everybody
from operations.spif_moves import found, moving, refusal
from store import spifs

if TYPE_CHECKING:
    from operations.context import Context
    from operations.spif_drafts import Preview, Wanted
    from operations.spif_moves import Moving
    from store.spifs import Kept

LATE = "approved once its first day had begun"


def approve_budget(ctx: Context, spif_id: int, rules_hash: str = "") -> Kept:
    """The SPIF with its budget approved and announced at once; where its first day has begun, from the next day on.

    Args:
        ctx: Who approves.
        spif_id: Which.
        rules_hash: The rules that the approver saw; others are refused. "" for the command line.

    Raises:
        SpifRefused: Own rules, no right to, no check, not the rules that were seen, or nothing that could be moved.
    """
    with ctx.db.read() as conn:
        was = found(conn, spif_id).newest.rules_hash
    later = _from_tomorrow(ctx, spif_id)
    with moving(ctx, spif_id, "approve the budget of") as m:
        require_same(m.kept.newest.rules_hash, rules_hash)
        why_not = refusal(ctx, m.conn, m.kept, "approve_budget")
        if why_not:
            raise SpifRefused(why_not)
        if m.kept.newest.rules.window.opens_at <= ctx.now:
            _move(m, later, was)
        m.move("approve_budget", figures_hash=m.kept.newest.rules_hash)
        decided(m, "budget")
        if m.kept.state == "budget_approved":
            tell_everybody(m)
        return m.kept


def _from_tomorrow(ctx: Context, spif_id: int) -> tuple[Wanted, Preview] | None:
    """The same rules with a window of the same length from the next day on, checked; None where that is not needed.

    Past windows are replayed here, before the transaction of the approval, which holds up everybody else who writes.
    """
    with ctx.db.read() as conn:
        kept, wanted = found(conn, spif_id), spif_drafts.entered(conn, spif_id)
        newest = kept.newest
        is_late = newest.rules.window.opens_at <= ctx.now
        if not is_late or wanted is None or refusal(ctx, conn, kept, "approve_budget"):
            return None
        window = newest.rules.window
        start_on = window.day_of(ctx.now) + timedelta(days=1)
        moved = replace(window, start_on=start_on, end_on=start_on + timedelta(days=window.days))
        rules, wanted = replace(newest.rules, window=moved), replace(wanted, start_on=start_on)
        field = spif_drafts.ground_of(ctx, conn, wanted, None)
        around = Around(window.day_of(ctx.now), None, spif_drafts.others(conn, spif_id))
        return wanted, spif_drafts.judged(field, rules, around)


def _move(m: Moving, later: tuple[Wanted, Preview] | None, was: str) -> None:
    """Move the window, as somebody would by editing the draft; `was` is the hash of the rules that were replayed.

    Raises:
        SpifRefused: No form made it, it was edited meanwhile, or the check finds errors in the new window.
    """
    if later is None:
        raise SpifRefused("Its window has opened already. Move the window, and check it again.")
    require_same(m.kept.newest.rules_hash, was)
    wanted, seen = later[0], spif_drafts.still(m.conn, later[1], m.kept.spif_id)
    if seen.rules is None or checks.has_errors(seen.faults):
        wrong = next(fault for fault in seen.faults if fault.level == "error")
        raise SpifRefused(f"It was {LATE}, and cannot begin tomorrow: {wrong.message} {wrong.remedy}")
    m.move("edit", LATE)
    spifs.save_rules(m.conn, m.kept.spif_id, seen.rules, m.kept.author, (m.ctx.now, m.change_id))
    m.look_again()
    spif_drafts.keep(m, seen, wanted, LATE)
    m.move("check", LATE, figures_hash=m.kept.newest.rules_hash)
