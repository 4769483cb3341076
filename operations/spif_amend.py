"""Announced rules changed (S4): a new version is proposed with a reason, and holds once a second person confirms it.

Until then the rules that were announced hold. Once confirmed, everybody who takes part is owed the new rules with the
reason, and is asked to say "Got it" again. Who takes part, and the first day of what has begun, never change.
"""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from engine.spifs import costs, records
from engine.spifs.definition import Spif
from engine.spifs.faults import Around, Fault
from operations import spif_clock, spif_drafts, spif_ground, spif_notices, spif_teams
from operations.errors import SpifRefused, SpifUnknown
from operations.spif_answers import OPEN, is_proposed, leads, may_change
from operations.spif_drafts import Preview, Wanted
from operations.spif_launch import SEED_BYTES, decided, eligible, require_same, treasurers
from operations.spif_moves import Moving, found, moving
from store import outbox, spif_figures, spif_readers, spifs

if TYPE_CHECKING:
    from operations.context import Context
    from store.database import Connection
    from store.spifs import Kept


def preview(ctx: Context, spif_id: int, wanted: Wanted) -> Preview:
    """What would come of the change; nothing is stored."""
    with ctx.db.read() as conn:
        kept = _led(ctx, conn, spif_id)
        return _judged(ctx, conn, (kept, wanted), None)


def propose(ctx: Context, spif_id: int, wanted: Wanted, reason: str) -> tuple[Kept, Preview]:
    """A new version of announced rules, checked, with whoever approves budgets asked to confirm it.

    Raises:
        SpifUnknown: There is none that the actor leads.
        SpifRefused: It is over or not announced, nothing changes, no reason, or the check finds errors.
    """
    if not reason.strip():
        raise SpifRefused("To change announced rules needs a reason, which everybody is told. Give one.")
    with ctx.db.read() as conn:
        kept = _led(ctx, conn, spif_id)
        _require_open(ctx, kept)
        seen = _judged(ctx, conn, (kept, wanted), None)
    with moving(ctx, spif_id, "change the rules of", reason) as m:
        _led(ctx, m.conn, spif_id)
        _require_open(ctx, m.kept)
        require_same(m.kept.rules_hash, kept.rules_hash)
        seen = spif_drafts.still(m.conn, seen, spif_id)
        wrong = [fault for fault in seen.faults if fault.level == "error"]
        if seen.rules is None or wrong:
            raise SpifRefused(" ".join(f"{fault.message} {fault.remedy}" for fault in wrong[:2]))
        if replace(seen.rules, version=m.kept.rules.version) == m.kept.rules:
            raise SpifRefused("Nothing would change. Change a rule, or leave it.")
        spifs.save_rules(m.conn, spif_id, seen.rules, m.by, (ctx.now, m.change_id))
        m.look_again()
        spif_drafts.keep(m, seen, wanted, reason)
        decided(m, "change")
        figures = spif_drafts.figures_of(m, seen) | {"reason": reason}
        approvers = treasurers(m.conn, but=ctx.actor_name)
        outbox.put(m.conn, spif_notices.approval(m.kept, approvers, "change", figures), ctx.now)
        return m.kept, seen


def amend(ctx: Context, spif_id: int, rules_hash: str = "") -> Kept:
    """The proposed version confirmed and announced: everybody who takes part is owed it, and the board is edited.

    Args:
        ctx: Who confirms: never who proposed it; ops, where it may cost more than before.
        spif_id: Which.
        rules_hash: The version that was seen; another one is refused. "" for the command line.

    Raises:
        SpifUnknown: There is none that the actor leads.
        SpifRefused: Nothing is proposed, own change, no right to, over, or not the version that was seen.
    """
    with moving(ctx, spif_id, "confirm the changed rules of") as m:
        _led(ctx, m.conn, spif_id)
        _require_open(ctx, m.kept)
        if not is_proposed(m.kept):
            raise SpifRefused("No change of its rules is proposed.")
        require_same(m.kept.newest.rules_hash, rules_hash)
        before, waited = m.kept, spif_readers.readers(m.conn, spif_id, m.kept.rules_hash)
        is_treasurer = ctx.actor is not None and ctx.actor.role in spif_notices.TREASURERS
        if costs_more(before, len(waited)) and not is_treasurer:
            raise SpifRefused("The new rules may cost more, so that ops have to approve them. Ask ops.")
        check = spif_figures.latest(m.conn, spif_id, "check")
        reason = str(check.body.get("reason", "")) if check is not None else ""
        m.move("amend", reason, figures_hash=m.kept.newest.rules_hash)
        decided(m, "change")
        topics = [spif_readers.topic(spif_id, before.rules_hash, one.rep_id) for one in waited]
        outbox.withdraw(m.conn, topics, "rules changed", ctx.now)
        _tell(m, reason)
        kept = m.kept
    spif_clock.bring_up(ctx, kept)
    return kept


def costs_more(kept: Kept, eligible_count: int) -> bool:
    """Whether the proposed version may cost more than the rules that hold, or has a higher budget."""
    new, old = kept.newest.rules, kept.rules
    return new.budget > old.budget or costs.committed(new, eligible_count) > costs.committed(old, eligible_count)


def _tell(m: Moving, reason: str) -> None:
    ctx, kept = m.ctx, m.kept
    if kept.rules.has_raffle:
        spifs.set_seed(m.conn, kept.spif_id, secrets.token_hex(SEED_BYTES))
        m.look_again()
    rep_ids = eligible(ctx, m)
    spif_readers.owe(m.conn, kept.spif_id, kept.rules_hash, rep_ids, ctx.now)
    owed = [spif_notices.announcement(m.kept, rep_id, reason=reason) for rep_id in rep_ids]
    owed.append(spif_notices.news(m.kept, "amended", ctx.actor_name, reason))
    if kept.state == "announced" and kept.rules.visibility.audience == "channel":
        data = {"state": "announced", "rows": []}
        owed.append(spif_notices.board(m.kept, f"announced:{kept.rules_hash[:8]}", data, first=False))
    outbox.put(m.conn, owed, ctx.now)


def _judged(ctx: Context, conn: Connection, asked: tuple[Kept, Wanted], watermark: int | None) -> Preview:
    """What would come of a new version; the SPIF itself is none of the others that it may collide with."""
    kept, wanted = asked
    field = spif_drafts.ground_of(ctx, conn, wanted, watermark)
    held = kept.rules
    record = records.to_record(held)
    same: dict[str, Any] = {"eligibility": record.get("eligibility", {}), "version": held.version + 1}
    teams = spif_teams.listed(wanted.terms, field.people, held.eligibility.rep_ids or None)
    if isinstance(teams, Fault):
        return Preview(None, (teams,))
    rules = spif_drafts.read(_kept_start(kept, wanted), same | teams)
    if not isinstance(rules, Spif):
        return Preview(None, rules)
    others = spif_drafts.others(conn, kept.spif_id)
    is_running = kept.state == "live"
    return spif_drafts.judged(field, rules, Around(rules.window.day_of(ctx.now), None, others, is_running=is_running))


def _kept_start(kept: Kept, wanted: Wanted) -> Wanted:
    """What is wanted, with the zone and currency as announced; of what runs the first day, too."""
    held = kept.rules
    same = replace(wanted, zone=held.window.zone, currency=held.currency, channel=held.visibility.channel)
    return replace(same, start_on=held.window.start_on) if kept.state == "live" else same


def _require_open(ctx: Context, kept: Kept) -> None:
    if kept.state not in OPEN or kept.rules.is_hidden:
        raise SpifRefused("Only rules that are announced and not over can be changed so. Edit a draft instead.")
    if not may_change(ctx, kept):
        raise SpifRefused("Its window is over: its rules cannot change any more.")


def _led(ctx: Context, conn: Connection, spif_id: int) -> Kept:
    kept = found(conn, spif_id)
    if ctx.actor is None or not leads(kept, ctx.actor, spif_ground.everybody(conn)):
        raise SpifUnknown
    return kept
