"""What changed of deals between two watermarks: as each stood before and as it stands after, who did it and when."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, func, or_, select

from engine.money import Money
from store import known, labels
from store.bulk import among, as_list, listed_in
from store.spelled import Spelled
from store.tables.changes import change
from store.tables.facts import deal, person, split
from store.tables.syncing import raw_record, sync_run

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import date

    from sqlalchemy import Connection, Row, Select, Table

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class DealState:
    """A deal as a rep's pay sees it; `share_ppb` is the rep's part where the deal is split, else None."""

    amount: Money
    owner: str
    stage: str
    booked_on: date
    is_deleted: bool
    share_ppb: int | None


@dataclass(frozen=True, slots=True)
class DealChange:
    """One deal, before and after, and the change that made it so; `actor` is "" where a sync does not say who."""

    deal_id: int
    name: str
    account: str
    source: str
    before: DealState | None
    after: DealState | None
    actor: str
    at: datetime


def between(
    conn: Connection, rep_id: int, deal_ids: Collection[int], after: int, until: int
) -> tuple[DealChange, ...]:
    """The deals that stood otherwise for a rep's pay after change `after` than after change `until`, by number."""
    if not deal_ids or after >= until:
        return ()
    wanted = {"deals": as_list(conn.dialect.name, sorted(deal_ids)), "after": after}
    anew = {deal_id for spelled in _ANEW for deal_id in spelled.column(conn, wanted)}
    if not anew:
        return ()
    sides = [_standing(conn, rep_id, anew, watermark) for watermark in (after, until)]
    found = []
    for deal_id in sorted(anew):
        before, now = (side.get(deal_id) for side in sides)
        states = [None if one is None else one[1] for one in (before, now)]
        row = now[0] if now is not None else before[0] if before is not None else None
        if row is not None and states[0] != states[1]:
            found.append(_change(conn, row, (states[0], states[1]), after))
    return tuple(found)


def _written_since(table: Table, dialect: str) -> Select[Any]:
    newer = or_(table.c.change_id > bindparam("after"), table.c.superseded_by > bindparam("after"))
    return select(table.c.deal_id).distinct().where(listed_in(dialect, table.c.deal_id, bindparam("deals")), newer)


#: Which deals of a list were written, or shared otherwise, since a change: of a rep's hundred mostly one.
_ANEW = (Spelled(partial(_written_since, deal)), Spelled(partial(_written_since, split)))


def came_by_backfill(conn: Connection, deal_ids: Collection[int]) -> frozenset[int]:
    """Those of the deals that a first reading of their whole source brought as won: nobody just won them."""
    words = labels.words(conn)
    won = labels.number(conn, "won")
    its = (among(conn, deal.c.deal_id, deal_ids)) & (deal.c.stage_label == won) & (deal.c.deleted == 0)
    first = (
        select(deal.c.deal_id, deal.c.source_label, func.min(deal.c.change_id).label("change_id"))
        .where(its)
        .group_by(deal.c.deal_id, deal.c.source_label)
        .subquery()
    )
    rows = conn.execute(
        select(first.c.deal_id, first.c.source_label, change.c.at).join(
            change, change.c.change_id == first.c.change_id
        )
    )
    begun = [(row.deal_id, words[row.source_label], row.at) for row in rows]
    readings = conn.execute(
        select(sync_run.c.source, sync_run.c.started_at, sync_run.c.finished_at).where(
            sync_run.c.kind == "deal", sync_run.c.mode == "backfill"
        )
    ).all()
    return frozenset(
        deal_id
        for deal_id, source, at in begun
        for name, started, finished in readings
        if name == source and started <= at and (finished is None or at <= finished)
    )


def _standing(
    conn: Connection, rep_id: int, deal_ids: Collection[int], watermark: int
) -> dict[int, tuple[Row[Any], DealState]]:
    words = labels.words(conn)
    its = among(conn, deal.c.deal_id, deal_ids)
    rows = conn.execute(select(deal).where(its, known.version_at(deal, watermark)).order_by(deal.c.version_id)).all()
    shares = _shares(conn, rep_id, deal_ids, watermark)
    owners = _names(conn, {row.owner_id for row in rows})
    return {
        row.deal_id: (
            row,
            DealState(
                amount=Money(row.amount_cents, words[row.currency_label]),
                owner=owners.get(row.owner_id) or row.owner_external_id,
                stage=words[row.stage_label],
                booked_on=row.booked_on,
                is_deleted=bool(row.deleted),
                share_ppb=shares.get(row.deal_id),
            ),
        )
        for row in rows
    }


def _names(conn: Connection, rep_ids: Collection[int]) -> Mapping[int, str]:
    rows = conn.execute(
        select(person.c.rep_id, person.c.name).where(among(conn, person.c.rep_id, rep_ids), known.now(person))
    )
    return {row.rep_id: row.name for row in rows if row.rep_id}


def _shares(conn: Connection, rep_id: int, deal_ids: Collection[int], watermark: int) -> Mapping[int, int]:
    """The rep's part of each deal that is split."""
    its = among(conn, split.c.deal_id, deal_ids)
    rows = conn.execute(
        select(split.c.deal_id, split.c.rep_id, split.c.share_ppb).where(its, known.at(split, watermark))
    )
    found: dict[int, int] = {}
    for deal_id, holder, share in rows:
        found[deal_id] = found.get(deal_id, 0) + (share if holder == rep_id else 0)
    return found


def _change(
    conn: Connection, row: Row[Any], states: tuple[DealState | None, DealState | None], after: int
) -> DealChange:
    """With who made it and when: by the source's own stamp where it has one, else when we learnt of it."""
    newest = select(func.max(split.c.change_id)).where(split.c.deal_id == row.deal_id)
    change_id = row.change_id if row.change_id > after else conn.execute(newest).scalar() or row.change_id
    made = conn.execute(select(change).where(change.c.change_id == change_id)).one()
    is_sync = made.cause.startswith("sync ")
    at = made.at
    if is_sync and row.source_us and row.change_id > after:
        at = min(at, _EPOCH + timedelta(microseconds=row.source_us))
    source = labels.words(conn)[row.source_label]
    actor = "" if is_sync or made.actor == "system" else made.actor
    if is_sync and row.change_id > after:
        actor = _signed(conn, row, source)
    return DealChange(row.deal_id, row.name, row.account, source, states[0], states[1], actor, at)


def _signed(conn: Connection, row: Row[Any], source: str) -> str:
    """Who changed the deal at its source, by name; "" where the record that is kept tells of another version."""
    if row.source_us is None:
        return ""
    its = (raw_record.c.source == source) & (raw_record.c.kind == "deal")
    kept = select(raw_record.c.body).where(
        its, raw_record.c.external_id == row.external_id, raw_record.c.source_us == row.source_us
    )
    body = conn.execute(kept).scalar()
    who = json.loads(body).get("changed_by") if body else None
    if not who:
        return ""
    named = select(person.c.name).where(
        person.c.source_label == row.source_label, person.c.external_id == str(who), known.now(person)
    )
    return conn.execute(named).scalar() or ""
