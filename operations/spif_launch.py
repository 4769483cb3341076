"""Everybody told: announcement with frozen rules, and how far it has come."""

from __future__ import annotations

import secrets
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.spifs import eligibility
from operations import spif_ground, spif_notices
from operations.errors import SpifRefused
from operations.spif_moves import found, moving
from store import outbox, people, spif_readers, spifs

if TYPE_CHECKING:
    from engine.people import Person
    from operations.context import Context
    from operations.spif_moves import Moving
    from store.database import Connection
    from store.spifs import Kept

SEED_BYTES = 16


@dataclass(frozen=True, slots=True)
class Reach:
    """How far an announcement has come: the first four add up to everybody who takes part.

    Attributes:
        acknowledged: Who pressed "Got it".
        opened: Who looked at it.
        delivered: Whom Slack has it for.
        waiting: Whose message has not gone out yet.
        unreachable: Who cannot be reached, by name.
    """

    acknowledged: int = 0
    opened: int = 0
    delivered: int = 0
    waiting: int = 0
    unreachable: tuple[str, ...] = ()

    @property
    def everybody(self) -> int:
        """How many take part."""
        return self.acknowledged + self.opened + self.delivered + self.waiting + len(self.unreachable)


def announce(ctx: Context, spif_id: int) -> Kept:
    """The SPIF announced: its rules frozen, everybody who takes part owed a message, in one transaction."""
    with moving(ctx, spif_id, "announce") as m:
        tell_everybody(m)
        return m.kept


def send_back(ctx: Context, spif_id: int, reason: str) -> Kept:
    """The results sent back to verification, with a reason."""
    with moving(ctx, spif_id, "send back the results of", reason) as m:
        m.move("send_back", reason)
        decided(m, "results")
        decided(m, "pay")
        outbox.put(m.conn, [spif_notices.news(m.kept, "sent_back", ctx.actor_name, reason)], ctx.now)
        return m.kept


def acknowledge(ctx: Context, spif_id: int, rules_hash: str) -> bool:
    """Whether the actor takes part and had not acknowledged these rules before."""
    if ctx.actor is None:
        return False
    with ctx.db.write() as conn:
        return spif_readers.acknowledge(conn, spif_id, rules_hash, ctx.actor.rep_id, ctx.now)


def looked_at(ctx: Context, spif_id: int) -> None:
    """Note that the actor has looked at the rules as they are, where they take part and had not before."""
    if ctx.actor is None:
        return
    with ctx.db.write() as conn:
        kept = found(conn, spif_id)
        spif_readers.open_(conn, spif_id, kept.rules_hash, ctx.actor.rep_id, ctx.now)


def known(conn: Connection, spif_id: int) -> Kept:
    """The SPIF of that number.

    Raises:
        SpifUnknown: There is none.
    """
    return found(conn, spif_id)


def reach(conn: Connection, kept: Kept) -> Reach:
    """How far the announcement of the rules has come."""
    readers = spif_readers.readers(conn, kept.spif_id, kept.rules_hash)
    far = Counter(reader.far for reader in readers)
    lost = [reader.rep_id for reader in readers if reader.far == "unreachable"]
    known = {person.rep_id: person.name for person in people.all(conn)} if lost else {}
    names = tuple(sorted(known.get(rep_id, "") for rep_id in lost))
    return Reach(far["acknowledged"], far["opened"], far["delivered"], far["waiting"], names)


def treasurers(conn: Connection, but: str = "") -> tuple[Person, ...]:
    """Who approves budgets and pays prizes, leavers and the one named apart."""
    everybody = people.all(conn)
    return tuple(
        one
        for one in everybody
        if one.role in spif_notices.TREASURERS and one.left_on is None and one.email and one.email != but
    )


def decided(m: Moving, what: str) -> None:
    """Withdraw the requests for an approval that nobody needs to give any more."""
    everybody = people.all(m.conn)
    topics = [spif_notices.approval_topic(m.kept.spif_id, what, person.rep_id) for person in everybody]
    outbox.withdraw(m.conn, topics, "decided", m.ctx.now)


def require_same(now: str, seen: str) -> None:
    """Nothing, where what was seen is what there is.

    Raises:
        SpifRefused: It has changed since.
    """
    if seen and not now.startswith(seen):
        raise SpifRefused("It has changed since you were shown it. Look at it again, then decide.")


def tell_everybody(m: Moving) -> None:
    """Announce it inside its move: who takes part, its author and its channel are owed the rules.

    Raises:
        SpifRefused: It may not be announced, or nobody takes part.
    """
    m.move("announce")
    if m.kept.rules.has_raffle:
        spifs.set_seed(m.conn, m.kept.spif_id, secrets.token_hex(SEED_BYTES))
        m.look_again()
    rep_ids = eligible(m.ctx, m)
    if not rep_ids:
        raise SpifRefused("Nobody takes part in it. Change who does, and check it again.")
    spif_readers.owe(m.conn, m.kept.spif_id, m.kept.rules_hash, rep_ids, m.ctx.now)
    owed = [spif_notices.announcement(m.kept, rep_id) for rep_id in rep_ids]
    owed.append(spif_notices.news(m.kept, "announced", m.ctx.actor_name))
    if m.kept.rules.visibility.audience == "channel":
        owed.append(spif_notices.board(m.kept, "announced", {"state": "announced", "rows": []}, first=True))
    outbox.put(m.conn, owed, m.ctx.now)


def eligible(ctx: Context, m: Moving) -> tuple[int, ...]:
    """Who takes part, by the facts as they are known before this change."""
    field = spif_ground.field(ctx, m.conn, m.kept.rules.window.start_on, m.before)
    return eligibility.participants(m.kept.rules, field.people, field.ground).eligible_ids
