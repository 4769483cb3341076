"""From a closed window to prizes on statements: rulings in the hold, results proposed, approved by a second, paid.

Results are worked out anew at every step; whoever decides on figures that have changed since is refused.
"""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from engine.access import can
from engine.frames import integers, named
from engine.spifs import lines
from engine.spifs.lines import Posting
from operations import spif_notices, spif_scores
from operations.errors import ReasonMissing, SpifRefused
from operations.spif_doubts import doubts
from operations.spif_launch import decided, require_same, treasurers
from operations.spif_moves import moving
from operations.spif_posting import post
from store import outbox, people, spif_figures, spif_prizes
from store.spif_figures import Figures

if TYPE_CHECKING:
    from datetime import date

    from operations.context import Context
    from operations.spif_moves import Moving, Outcome
    from operations.spif_scores import Scored
    from store.database import Connection
    from store.spif_prizes import Ruling
    from store.spifs import Kept


def rule(ctx: Context, spif_id: int, ruling: Ruling) -> Kept:
    """A deal, or a person, left out of the results or let in, with a reason; it scores again at once.

    Raises:
        ReasonMissing: No reason was given.
        SpifRefused: It is not in its verification hold, or the actor may not.
    """
    if not ruling.reason.strip():
        raise ReasonMissing
    with moving(ctx, spif_id, "rule on", ruling.reason) as m:
        if m.kept.state not in ("closed", "verification"):
            raise SpifRefused("Credits are judged in the verification hold only.")
        if ctx.actor is None or ctx.actor.role not in ("manager", *spif_notices.TREASURERS):
            raise SpifRefused("Only whoever leads SPIFs judges credits. Ask the author, or ops.")
        spif_prizes.rule(m.conn, spif_id, ruling, m.by, m.change_id)
        return m.kept


def propose(ctx: Context, spif_id: int) -> Kept:
    """The results as they are now proposed, and kept as they are; whoever may approve them is told."""
    with moving(ctx, spif_id, "propose the results of") as m:
        found = spif_scores.scored(ctx, m.conn, m.kept, m.before)
        after = outcome(m.conn, found)
        m.move("propose", figures_hash=after.results_hash, outcome=after)
        _keep(m, found)
        figures = _figures(found)
        approvers = treasurers(m.conn, but=ctx.actor_name)
        outbox.put(m.conn, spif_notices.approval(m.kept, approvers, "results", figures), ctx.now)
        return m.kept


def approve(ctx: Context, spif_id: int, seen: str = "") -> Kept:
    """The results approved by a second person, and paid at once where that person may pay.

    Args:
        ctx: Who approves; they must be allowed to see what each winner earns.
        spif_id: Which.
        seen: The hash of the results that they were shown, or its beginning.

    Raises:
        SpifRefused: The figures have changed, or the actor proposed them, wins by them, or may not see them.
    """
    with moving(ctx, spif_id, "approve the results of") as m:
        found = spif_scores.scored(ctx, m.conn, m.kept, m.before)
        after = outcome(m.conn, found)
        require_same(after.results_hash, seen)
        _require_sight(m, found)
        m.move("approve_results", figures_hash=after.results_hash, outcome=after)
        decided(m, "results")
        if ctx.actor is not None and ctx.actor.role in spif_notices.TREASURERS:
            _pay(m, found, after)
        else:
            asked = spif_notices.approval(m.kept, treasurers(m.conn), "pay", _figures(found))
            outbox.put(m.conn, asked, ctx.now)
        return m.kept


def pay(ctx: Context, spif_id: int, seen: str = "") -> Kept:
    """The prizes posted, each once, as lines of open periods; winners are told by direct message."""
    with moving(ctx, spif_id, "pay") as m:
        found = spif_scores.scored(ctx, m.conn, m.kept, m.before)
        after = outcome(m.conn, found)
        require_same(after.results_hash, seen)
        _pay(m, found, after)
        return m.kept


def outcome(conn: Connection, found: Scored) -> Outcome:
    """What the results come to, for the moves that depend on them."""
    open_ = sum(doubt.ruling is None for doubt in doubts(conn, found))
    return replace(spif_scores.outcome(found), undecided=open_)


def _pay(m: Moving, found: Scored, after: Outcome) -> None:
    m.move("pay", figures_hash=after.results_hash, outcome=after)
    on = _payday(m, found)
    posting = Posting(str(m.kept.spif_id), on, plans_on(found, on), m.ctx.actor_name)
    made, problems = lines.prize_lines(found.rules, found.prizes, posting)
    if problems:
        lost = ", ".join(sorted({found.name_of(problem.rep_id or 0) for problem in problems}))
        raise SpifRefused(f"{problems[0].message} This concerns {lost}. {problems[0].remedy}")
    post(m, found, made, on)
    decided(m, "pay")
    m.move("watch")
    owed = [
        spif_notices.won(m.kept, rep_id, spif_scores.won_data(found, rep_id, on)) for rep_id in found.prizes.winners
    ]
    if found.rules.visibility.audience == "channel":
        owed.append(spif_notices.results(m.kept, spif_scores.podium(found)))
    owed.append(spif_notices.news(m.kept, "paid", m.ctx.actor_name))
    outbox.put(m.conn, owed, m.ctx.now)


def _payday(m: Moving, found: Scored) -> date:
    """Today, as it is for the winner for whom it is earliest: nobody's line lies in their future."""
    won = set(found.prizes.winners)
    zones = [person.timezone for person in found.field.people if person.rep_id in won]
    window = found.rules.window
    return min((replace(window, zone=zone).day_of(m.ctx.now) for zone in zones), default=window.day_of(m.ctx.now))


def plans_on(found: Scored, on: date) -> dict[int, str]:
    """The plan that each rep is on that day, by name; of several the one that began last."""
    table = found.field.ground.facts.assignments
    names = named(table, "plan")
    day = (on - type(on)(1970, 1, 1)).days
    lots = zip(
        integers(table, "start_on").tolist(),
        integers(table, "end_on").tolist(),
        integers(table, "rep_id").tolist(),
        names.codes.tolist(),
        strict=True,
    )
    return {rep_id: names.names[code] for start, end, rep_id, code in sorted(lots) if start <= day < end}


def _require_sight(m: Moving, found: Scored) -> None:
    """Nothing, where the actor may see what every winner earns.

    Raises:
        SpifRefused: They may not.
    """
    actor, known = m.ctx.actor, found.field.named()
    for rep_id in found.prizes.winners:
        chain = people.chain(m.conn, rep_id, m.ctx.as_of)
        if actor is None or not can(actor, "see_earnings", known[rep_id], chain):
            raise SpifRefused("You may not see what every winner earns, so you cannot approve this. Ask ops.")


def _keep(m: Moving, found: Scored) -> None:
    body = {
        "digest": found.prizes.digest,
        "prizes": [asdict(prize) for prize in found.prizes.prizes],
        "draws": [asdict(draw) for draw in found.prizes.draws],
        "uncut": found.prizes.uncut,
        "barred": {str(rep_id): why for rep_id, why in found.rulings.reps.items()},
        "left_out": {str(deal_id): why for deal_id, why in found.rulings.deals.items()},
    }
    spif_figures.save(
        m.conn,
        Figures(m.kept.spif_id, "results", m.kept.rules_hash, body, found.field.watermark, m.ctx.as_of, m.ctx.now),
    )


def _figures(found: Scored) -> dict[str, Any]:
    """What an approver judges results by: winners with their prizes, the cost, and the hash of it all."""
    prizes = found.prizes
    return {
        "hash": prizes.digest,
        "currency": found.rules.currency,
        "cost": prizes.cost,
        "budget": prizes.budget,
        "uncut": prizes.uncut,
        "winners": [asdict(prize) | {"name": found.name_of(prize.rep_id)} for prize in prizes.prizes],
        "left_out": len(found.rulings.deals) + len(found.rulings.reps),
    }
