"""How SPIFs end beside being won: cancelled, with what was earned honoured; and prizes taken back after refunds."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from engine.spifs import awards, lines
from engine.spifs.awards import Prize
from engine.spifs.lines import Posting
from operations import spif_notices, spif_scores
from operations.errors import ReasonMissing, SpifRefused
from operations.spif_moves import found as kept_of
from operations.spif_moves import moving
from operations.spif_posting import post, write
from operations.spif_results import plans_on
from store import outbox, spif_figures, spif_prizes, spif_readers
from store.spif_prizes import Posted

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from engine.spifs.lines import PrizeLine
    from operations.context import Context
    from operations.spif_moves import Moving
    from operations.spif_scores import Scored
    from store.spifs import Kept

#: Prizes that nobody else can take away any more once their score is reached.
EARNED = ("per_unit", "steps", "first_to")


@dataclass(frozen=True, slots=True)
class _Owed:
    """What is to be taken back, or given again, and on what it rests."""

    found: Scored
    made: tuple[PrizeLine, ...]
    on: date


def cancel(ctx: Context, spif_id: int, reason: str) -> Kept:
    """The SPIF cancelled; everybody who was told is told why, and what was earned by then is paid.

    Raises:
        ReasonMissing: No reason was given.
        SpifRefused: It has been paid, or something was earned and the actor may not pay it.
    """
    if not reason.strip():
        raise ReasonMissing
    with moving(ctx, spif_id, "cancel", reason) as m:
        was_told = m.kept.announced is not None and not m.kept.rules.is_hidden
        found = earned(ctx, m) if was_told else None
        m.move("cancel", reason)
        if found is not None and found.prizes.prizes:
            _honour(m, found)
        winners = found.prizes.winners if found is not None else ()
        readers = spif_readers.readers(m.conn, spif_id, m.kept.rules_hash)
        told = spif_notices.ended(m.kept, [one.rep_id for one in readers], (ctx.actor_name, reason), winners)
        waiting = [spif_readers.topic(spif_id, m.kept.rules_hash, one.rep_id) for one in readers]
        outbox.withdraw(m.conn, waiting, "cancelled", ctx.now)
        if was_told and m.kept.rules.visibility.audience == "channel":
            told = (*told, spif_notices.board(m.kept, "cancelled", {"state": "cancelled", "rows": []}, first=False))
        outbox.put(m.conn, told, ctx.now)
        return m.kept


def earned(ctx: Context, m: Moving) -> Scored:
    """What has been earned so far that nobody else can take away."""
    found = spif_scores.scored(ctx, m.conn, m.kept, m.before)
    sure = [at for at, award in enumerate(found.rules.awards) if award.pays.form in EARNED]
    rules = replace(found.rules, awards=tuple(found.rules.awards[at] for at in sure))
    prizes = awards.outcome(rules, [found.boards[at] for at in sure])
    return replace(found, prizes=prizes)


def take_back(ctx: Context, spif_id: int) -> int:
    """How many prizes were changed because deals behind them went bad, or came back, since they were paid."""
    with ctx.db.read() as conn:
        kept = kept_of(conn, spif_id)
        paid = kept.last("pay")
        results = spif_figures.latest(conn, spif_id, "results")
    if paid is None or results is None:
        return 0
    today = kept.rules.window.day_of(ctx.now)
    if not lines.is_in_time(kept.rules, kept.rules.window.day_of(paid.at), today):
        return 0
    with moving(ctx, spif_id, "take back prizes of") as m:
        owed = _owed(ctx, m, today)
        if not owed.made:
            return 0
        m.move("reverse")
        noted = [_note(line) for line in owed.made]
        new = {one.key for one in spif_prizes.post(m.conn, spif_id, noted, ctx.now, m.change_id)}
        write(m, owed.found, [line for line in owed.made if line.external_id in new])
        return len(new)


def _owed(ctx: Context, m: Moving, on: date) -> _Owed:
    results = spif_figures.latest(m.conn, m.kept.spif_id, "results")
    now = spif_scores.scored(ctx, m.conn, m.kept, m.before)
    if results is None:
        return _Owed(now, (), on)
    then = spif_scores.scored(replace(ctx, as_of=results.as_of), m.conn, m.kept, results.watermark)
    prizes = tuple(Prize(**each) for each in results.body["prizes"])
    owed = lines.owed_back(now.rules, prizes, then.boards, now.boards)
    posting = Posting(str(m.kept.spif_id), on, plans_on(now, on), m.ctx.actor_name)
    posted = spif_prizes.posted(m.conn, m.kept.spif_id)
    return _Owed(now, lines.reversal_lines(now.rules, prizes, owed, posting, _taken(posted)), on)


def _taken(posted: Sequence[Posted]) -> dict[str, int]:
    """What was taken back before, by the key of the prize's own line."""
    found: dict[str, int] = {}
    for one in posted:
        own, _, day = one.key.partition(":back:")
        if day:
            found[own] = found.get(own, 0) - one.amount_cents
    return found


def _note(line: PrizeLine) -> Posted:
    return Posted(
        line.external_id,
        line.rep_id,
        line.award,
        0,
        "cash",
        "",
        line.amount_cents,
        line.currency,
        line.reason,
        line.on,
    )


def _honour(m: Moving, found: Scored) -> None:
    actor = m.ctx.actor
    if actor is None or actor.role not in spif_notices.TREASURERS or actor.email == m.kept.author.name:
        count = len(found.prizes.winners)
        raise SpifRefused(
            f"{count} people have earned something by now, and to cancel pays it. Ask ops to cancel it."
        )
    on = found.rules.window.day_of(m.ctx.now)
    posting = Posting(str(m.kept.spif_id), on, plans_on(found, on), m.ctx.actor_name)
    made, problems = lines.prize_lines(found.rules, found.prizes, posting)
    if problems:
        raise SpifRefused(f"{problems[0].message} {problems[0].remedy}")
    post(m, found, made, on)
    owed = [
        spif_notices.won(m.kept, rep_id, spif_scores.won_data(found, rep_id, on)) for rep_id in found.prizes.winners
    ]
    outbox.put(m.conn, owed, m.ctx.now)
