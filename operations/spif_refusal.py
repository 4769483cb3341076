"""What waits for a second person refused, with a reason that whoever asked is told.

A budget that is refused leads back to the draft, which its author may edit and ask for again. A change of announced
rules that is refused never held: the rules that were announced are those saved last again.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from operations import spif_ground, spif_notices
from operations.errors import ReasonMissing, SpifRefused, SpifUnknown
from operations.spif_answers import is_proposed, leads
from operations.spif_launch import decided, require_same
from operations.spif_moves import moving
from store import outbox, people, spif_figures, spifs
from store.spifs import By

if TYPE_CHECKING:
    from operations.context import Context
    from operations.spif_moves import Moving
    from store.spifs import Kept


def refuse(ctx: Context, spif_id: int, reason: str, rules_hash: str = "") -> Kept:
    """The SPIF with its budget, or the change of its rules that is proposed, refused.

    Args:
        ctx: Who refuses: ops a budget, whoever leads the SPIF a change; whoever proposed one takes it back so.
        spif_id: Which.
        reason: Why, which whoever asked for it is told.
        rules_hash: The rules that were seen; others are refused. "" for the command line.

    Raises:
        ReasonMissing: No reason was given.
        SpifUnknown: There is none that the actor leads.
        SpifRefused: Nothing waits for an approval, no right to, or not the rules that were seen.
    """
    if not reason.strip():
        raise ReasonMissing
    with moving(ctx, spif_id, "refuse what waits of", reason) as m:
        if ctx.actor is None or not leads(m.kept, ctx.actor, spif_ground.everybody(m.conn)):
            raise SpifUnknown
        is_change = is_proposed(m.kept)
        if not is_change and m.kept.state != "checked":
            raise SpifRefused("Nothing of it waits for an approval any more.")
        if not is_change and ctx.actor.role not in spif_notices.TREASURERS:
            raise SpifRefused("A budget is refused by ops. Ask them, or cancel the SPIF if you made it.")
        require_same(m.kept.newest.rules_hash, rules_hash)
        asker = people.by_email(m.conn, m.kept.newest.actor)
        m.move("decline", reason, figures_hash=m.kept.newest.rules_hash)
        if is_change:
            _restore(m)
        what = "change" if is_change else "budget"
        decided(m, what)
        if asker is not None and asker.rep_id != ctx.actor.rep_id:
            news = spif_notices.news(m.kept, f"{what}_refused", ctx.actor_name, reason)
            outbox.put(m.conn, [spif_notices.to_somebody(news, asker.rep_id)], ctx.now)
        return m.kept


def _restore(m: Moving) -> None:
    """Save the rules that were announced, with their check, once more: the form and what follows go by the last."""
    held = m.kept.announced
    if held is None:
        return
    check = spif_figures.of_rules(m.conn, m.kept.spif_id, "check", held.rules_hash)
    spifs.save_rules(m.conn, m.kept.spif_id, held.rules, By(0, held.actor), (m.ctx.now, m.change_id))
    if check is not None:
        spif_figures.save(m.conn, replace(check, at=m.ctx.now))
    m.look_again()
