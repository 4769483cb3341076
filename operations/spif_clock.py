"""What time does to SPIFs: windows open and close, boards are brought up to date, and who waits is reminded.

Everything here may be done again at any moment: each step looks at where a SPIF stands and does what is due, and what
was done before has a key that stops it from happening twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time, timedelta
from typing import TYPE_CHECKING

from engine.spifs.windows import zone_of
from operations import spif_endings, spif_ground, spif_notices, spif_review, spif_scores, spif_standings
from operations.errors import SpifRefused
from operations.spif_moves import moving
from store import outbox, spif_readers, spifs

if TYPE_CHECKING:
    from engine.notices import Notice
    from engine.spifs.life import State
    from operations.context import Context
    from operations.spif_moves import Moving
    from operations.spif_scores import Scored
    from store.database import Connection
    from store.outbox import Owed
    from store.spif_readers import Reader
    from store.spifs import Kept

#: States in which something can become due by itself.
WAITING: tuple[State, ...] = ("announced", "live", "closed", "verification", "paid", "clawback", "reviewed")
#: When a board is brought up to date, in the zone of its window.
BOARD_AT = time(9)
#: Whoever has not said "Got it" so long after Slack took the announcement is reminded, once.
REMIND_AFTER = timedelta(days=2)
#: Nobody is told how near they are before they have had the announcement for so long.
NEAR_AFTER = timedelta(days=1)
#: Near misses are told to one person so often at most, and at most every so many days.
NEAR_MISSES, NEAR_EVERY = 2, timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Ticked:
    """What a tick did: SPIFs that moved, boards brought up to date, prizes changed, and what was refused."""

    moved: int = 0
    boards: int = 0
    reversed: int = 0
    refused: tuple[str, ...] = ()


def tick(ctx: Context) -> Ticked:
    """Do what is due for every SPIF; one that refuses does not stop the others."""
    with ctx.db.read() as conn:
        waiting = [kept for kept in spifs.listed(conn, WAITING) if _is_due(ctx, kept)]
    moved = boards = taken = 0
    refused: list[str] = []
    for kept in reversed(waiting):
        try:
            moved += _advance(ctx, kept)
            boards += bring_up(ctx, kept)
            taken += spif_endings.take_back(_on(ctx, kept), kept.spif_id)
            if spif_review.is_due(ctx, kept):
                spif_review.look_back(_on(ctx, kept), kept.spif_id)
                moved += 1
        except SpifRefused as error:
            refused.append(f"SPIF {kept.spif_id}: {error}")
    return Ticked(moved, boards, taken, tuple(refused))


def _is_due(ctx: Context, kept: Kept) -> bool:
    """Whether there is anything to look at: prizes that can still be taken back, or a SPIF on its way."""
    paid = kept.last("pay")
    if kept.state not in ("clawback", "reviewed") or paid is None:
        return kept.state not in ("clawback", "reviewed")
    return kept.rules.window.day_of(ctx.now) < kept.rules.reversal_until(kept.rules.window.day_of(paid.at))


def _on(ctx: Context, kept: Kept) -> Context:
    """The context of the day it is where the SPIF's window is."""
    return type(ctx)(ctx.db, spif_ground.today(kept, ctx), ctx.now, ctx.actor)


def _advance(ctx: Context, kept: Kept) -> int:
    """How many moves were due: a window that was missed as a whole opens and closes at once."""
    window, moves = kept.rules.window, 0
    if kept.state == "announced" and ctx.now >= window.opens_at:
        with moving(ctx, kept.spif_id, "open") as m:
            m.move("open")
            outbox.put(m.conn, [spif_notices.news(m.kept, "open")], ctx.now)
            kept, moves = m.kept, moves + 1
    if kept.state == "live" and ctx.now >= window.closes_at:
        with moving(ctx, kept.spif_id, "close") as m:
            _close(m)
            moves += 2
    elif kept.state in ("announced", "live"):
        _remind(ctx, kept)
    if kept.state == "verification" and ctx.now >= kept.rules.hold_until:
        with ctx.db.write() as conn:
            outbox.put(conn, [spif_notices.news(kept, "hold_over")], ctx.now)
    return moves


def _close(m: Moving) -> None:
    m.move("close")
    if m.kept.rules.is_hidden:
        m.move("conclude")
        return
    m.move("verify")
    outbox.put(m.conn, [spif_notices.news(m.kept, "closed")], m.ctx.now)


def _remind(ctx: Context, kept: Kept) -> None:
    """One reminder each to those whom the announcement has reached and who have not said that they know."""
    with ctx.db.write() as conn:
        for reader in spif_readers.readers(conn, kept.spif_id, kept.rules_hash):
            is_late = reader.sent_at is not None and ctx.now - reader.sent_at >= REMIND_AFTER
            if reader.far != "delivered" or reader.reminded_at is not None or not is_late:
                continue
            if spif_readers.remind(conn, kept.spif_id, kept.rules_hash, reader.rep_id, ctx.now):
                outbox.put(conn, [spif_notices.announcement(kept, reader.rep_id, reminder=True)], ctx.now)


def bring_up(ctx: Context, before: Kept) -> int:
    """Whether the board was brought up to date: once a day at its hour, when it has moved, and for new rules."""
    with ctx.db.read() as conn:
        kept = spifs.get(conn, before.spif_id)
    if kept is None or kept.rules.is_hidden or kept.state not in ("live", "verification", "closed"):
        return 0
    stamp = _stamp(ctx, kept)
    with ctx.db.read() as conn:
        told = [owed.notice.key for owed in outbox.of_topic(conn, spif_notices.board_topic(kept.spif_id))]
        if any(key.endswith(f":{stamp}") for key in told):
            return 0
        found = spif_scores.scored(_on(ctx, kept), conn, kept)
        data = spif_standings.board(_on(ctx, kept), conn, found)
    with ctx.db.write() as conn:
        spif_standings.keep(_on(ctx, kept), conn, found)
        if kept.rules.visibility.audience == "channel":
            outbox.put(conn, [spif_notices.board(kept, stamp, data, first=not told)], ctx.now)
        if kept.state == "live":
            outbox.put(conn, _near(ctx, conn, found), ctx.now)
    return 1


def _stamp(ctx: Context, kept: Kept) -> str:
    """The hour for which a board is: the last nine o'clock in its zone, the state it is in, and its rules."""
    local = ctx.now.astimezone(zone_of(kept.rules.window.zone))
    on = local.date() if local.time() >= BOARD_AT else local.date() - timedelta(days=1)
    return f"{kept.state}:{kept.rules_hash[:8]}:{on.isoformat()}"


def _near(ctx: Context, conn: Connection, found: Scored) -> list[Notice]:
    """A word to whoever is one event away from a prize: twice at most, not on two days running.

    Nobody gets it beside the announcement: both may have waited for the same morning.
    """
    kept, owed = found.kept, []
    readers = spif_readers.readers(conn, kept.spif_id, kept.rules_hash)
    know = {reader.rep_id for reader in readers if _knows(ctx, reader)}
    for rep_id, data in spif_standings.near(ctx, found):
        told = outbox.of_topic(conn, spif_notices.near_topic(kept.spif_id, rep_id))
        is_soon = bool(told) and _is_soon(ctx, told[-1])
        if rep_id in know and len(told) < NEAR_MISSES and not is_soon:
            owed.append(spif_notices.near_miss(kept, rep_id, len(told) + 1, data))
    return owed


def _knows(ctx: Context, reader: Reader) -> bool:
    if reader.far in ("acknowledged", "opened"):
        return True
    return reader.far == "delivered" and reader.sent_at is not None and ctx.now - reader.sent_at >= NEAR_AFTER


def _is_soon(ctx: Context, last: Owed) -> bool:
    """Whether the last word still waits, or went out only lately."""
    return last.state in ("pending", "leased", "unknown") or ctx.now - (last.sent_at or last.created_at) < NEAR_EVERY
