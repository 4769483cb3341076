"""What an answer rests on besides its figures: how old each source's data is, and what waits in quarantine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.answers import Basis, Closing, Freshness, Waiting
from store import periods, quarantine, sync

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from engine.dates import Period
    from engine.people import Person
    from engine.plans.schema import Plan
    from operations.context import Context
    from store.database import Connection

#: Data is called stale once this many sync intervals have passed without a sync.
STALE_AFTER_INTERVALS = 3


def of(conn: Connection, ctx: Context, subject: Person) -> Basis:
    """The freshness of every source and the subject's deals in quarantine; the receipt is added by the answer."""
    return Basis(sources=freshness(conn, ctx.now), waiting=tuple(_waiting(conn, subject)))


def closings(conn: Connection, period: Period, plan: Plan) -> tuple[Closing, ...]:
    """The pay periods of a plan inside `period` that are under review, locked or paid, in their order."""
    found = []
    for span, last in periods.states(conn).items():
        if last.state == "open" or span.pays != plan.pays or not period.start_on <= span.start_on < period.end_on:
            continue
        moves = {one.move: one.at for one in periods.history(conn, span)}
        own = plan.calendar.named(span.start_on, span.end_on)
        is_locked = last.state in ("locked", "paid")
        locked_at, paid_at = moves.get("lock") if is_locked else None, moves.get("pay") if is_locked else None
        found.append(Closing(own, last.state, locked_at, paid_at))
    return tuple(sorted(found, key=lambda each: each.period.start_on))


def freshness(conn: Connection, now: datetime) -> tuple[Freshness, ...]:
    """Each source with the instant up to which all its kinds are complete."""
    oldest: dict[str, tuple[datetime, int]] = {}
    for row in sync.freshness(conn):
        known = oldest.get(row.source)
        if known is None or row.finished_at < known[0]:
            oldest[row.source] = (row.finished_at, row.interval_seconds)
    return tuple(
        Freshness(source, at, (now - at).total_seconds() > STALE_AFTER_INTERVALS * interval)
        for source, (at, interval) in sorted(oldest.items())
    )


def _waiting(conn: Connection, subject: Person) -> Iterable[Waiting]:
    """One per deal: a share of a deal that waits with the deal itself is not said twice."""
    rows = [row for row in quarantine.open_rows(conn, person=subject) if row.kind in ("deal", "split")]
    deals = {row.external_id for row in rows if row.kind == "deal"}
    for row in rows:
        deal = row.external_id.partition(" · ")[0] if row.kind == "split" else row.label
        if row.kind == "deal" or deal not in deals:
            yield Waiting(deal=deal, reason=row.detail, remedy=row.remedy, since_at=row.first_seen)
