"""What the finders of ops alerts ask of the facts beyond a calculation: who is missing, what moved, what is late."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, exists, func, or_, select

from engine.money import Money
from store import known, labels
from store.bulk import among
from store.tables.access import disclosure
from store.tables.changes import change, label
from store.tables.counted import adjustment
from store.tables.facts import assignment, deal, fx_rate, placement, quota, split
from store.tables.outbox import outbox
from store.tables.pay import run
from store.tables.syncing import sync_run

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import date, datetime

    from sqlalchemy import Connection, Select

    from store.periods import Span


@dataclass(frozen=True, slots=True)
class DealRow:
    """A deal as finders need it. `owner` is what its source calls the owner; `also` says what changed about it."""

    deal_id: int
    source: str
    external_id: str
    name: str
    account: str
    owner: str
    amount: Money
    booked_on: date
    also: str = ""


@dataclass(frozen=True, slots=True)
class Volume:
    """How many rows of a kind a source brought on a day."""

    source: str
    kind: str
    on: date
    rows: int


@dataclass(frozen=True, slots=True)
class Decided:
    """An adjustment with who decided it."""

    external_id: str
    source: str
    rep_id: int
    on: date
    amount: Money
    reason: str
    approved_by: str
    entered_by: str


def unowned(conn: Connection) -> list[DealRow]:
    """Won deals, and deals with a share, whose owner nobody knows; `also` is "share" where it is a share."""
    found = _deals(conn, _whole().where(_is_won(conn), deal.c.owner_id == 0, deal.c.owner_external_id != ""))
    shared = (
        _whole(split.c.person_external_id.label("owner"))
        .join(split, and_(split.c.deal_id == deal.c.deal_id, known.now(split)))
        .where(_is_won(conn), split.c.rep_id == 0)
    )
    return found + _deals(conn, shared, "share")


def by_ids(conn: Connection, deal_ids: Collection[int]) -> dict[int, DealRow]:
    """The current version of each deal, deleted ones too."""
    wanted = _whole().where(deal.c.superseded_by.is_(None), among(conn, deal.c.deal_id, sorted(deal_ids)))
    return {row.deal_id: row for row in _deals(conn, wanted)}


def vanished(conn: Connection, deal_ids: Collection[int]) -> list[DealRow]:
    """Those of the deals that are deleted now (`also` "deleted"), or not won any more (`also` their stage)."""
    words = labels.words(conn)
    stage = deal.c.stage_label.label("stage")
    wanted = _whole(deal.c.owner_external_id.label("owner"), stage, deal.c.deleted.label("gone")).where(
        deal.c.superseded_by.is_(None), among(conn, deal.c.deal_id, sorted(deal_ids))
    )
    rows = conn.execute(wanted.order_by(deal.c.deal_id)).all()
    lost = [row for row in rows if row.gone or words[row.stage] != "won"]
    return [_deal(row, words, "deleted" if row.gone else words[row.stage]) for row in lost]


def late(conn: Connection, span: Span, change_id: int) -> list[DealRow]:
    """Won deals of a period that were first heard of after the change that locked it."""
    older = deal.alias("older")
    known_before = exists().where(older.c.deal_id == deal.c.deal_id, older.c.change_id <= change_id)
    inside = (deal.c.booked_on >= span.start_on, deal.c.booked_on < span.end_on)
    return _deals(conn, _whole().where(_is_won(conn), *inside, deal.c.change_id > change_id, ~known_before))


def moved_owners(conn: Connection, span: Span, since: datetime) -> list[DealRow]:
    """Won deals of a period whose owner changed at the source since that instant; `also` is who had them."""
    old = deal.alias("old")
    was = old.c.owner_external_id.label("was")
    rows = conn.execute(
        _whole(deal.c.owner_external_id.label("owner"), was)
        .join(change, change.c.change_id == deal.c.change_id)
        .join(old, and_(old.c.deal_id == deal.c.deal_id, old.c.superseded_by == deal.c.change_id))
        .where(_is_won(conn), deal.c.booked_on >= span.start_on, deal.c.booked_on < span.end_on)
        .where(change.c.at >= since, was != deal.c.owner_external_id, old.c.deleted == 0, was != "")
        .order_by(deal.c.deal_id)
    ).all()
    words = labels.words(conn)
    return [_deal(row, words, row.was) for row in rows]


def moved_places(conn: Connection, first: date, last: date) -> list[tuple[int, str, date]]:
    """Who takes a new place in [first, last): rep, territory or team, and the day; not their very first place."""
    before = placement.alias("before")
    had_one = exists().where(
        before.c.superseded_by.is_(None),
        before.c.deleted == 0,
        before.c.rep_id == placement.c.rep_id,
        before.c.start_on < placement.c.start_on,
    )
    rows = conn.execute(
        select(placement.c.rep_id, placement.c.territory, placement.c.team, placement.c.start_on)
        .where(known.now(placement), placement.c.rep_id != 0, had_one)
        .where(placement.c.start_on >= first, placement.c.start_on < last)
        .order_by(placement.c.rep_id, placement.c.start_on)
    )
    return [(row.rep_id, row.territory or row.team, row.start_on) for row in rows]


def rewritten(conn: Connection, span: Span, change_id: int) -> list[tuple[str, int, str]]:
    """What changed after a lock besides deals: kind, version, and whose or which, of the days of the period."""
    found: list[tuple[str, int, str]] = []
    for kind, table, named in _DATED:
        inside = (table.c.start_on < span.end_on, table.c.end_on > span.start_on)
        after = select(table.c.version_id, named.label("named")).where(table.c.change_id > change_id, *inside)
        found += [(kind, row.version_id, str(row.named)) for row in conn.execute(after.order_by(table.c.version_id))]
    shares = (
        select(split.c.version_id, split.c.deal_external_id.label("named"))
        .join(deal, and_(deal.c.deal_id == split.c.deal_id, deal.c.superseded_by.is_(None)))
        .where(split.c.change_id > change_id, deal.c.booked_on >= span.start_on, deal.c.booked_on < span.end_on)
    )
    older = deal.alias("older")
    known_before = exists().where(older.c.deal_id == split.c.deal_id, older.c.change_id <= change_id)
    rows = conn.execute(shares.where(known_before).order_by(split.c.version_id))
    return found + [("split", row.version_id, row.named) for row in rows]


_DATED = (
    ("quota", quota, quota.c.person_external_id),
    ("assignment", assignment, assignment.c.person_external_id),
    ("rate", fx_rate, fx_rate.c.external_id),
)


def volumes(conn: Connection, since: datetime) -> list[Volume]:
    """How many rows each kind brought on each day (UTC), without backfills."""
    rows = conn.execute(
        select(sync_run.c.source, sync_run.c.kind, sync_run.c.started_at, sync_run.c.changed)
        .where(sync_run.c.started_at >= since, sync_run.c.mode != "backfill", sync_run.c.status == "done")
        .order_by(sync_run.c.sync_run_id)
    )
    sums: dict[tuple[str, str, date], int] = {}
    for row in rows:
        key = row.source, row.kind, row.started_at.date()
        sums[key] = sums.get(key, 0) + row.changed
    return [Volume(*key, count) for key, count in sorted(sums.items())]


def adjustments(conn: Connection, since: date) -> list[Decided]:
    """The adjustments that count from that day on, with who entered them."""
    words = labels.words(conn)
    rows = conn.execute(
        select(adjustment, change.c.actor)
        .join(change, change.c.change_id == adjustment.c.change_id)
        .where(known.now(adjustment), adjustment.c.on_day >= since)
        .order_by(adjustment.c.external_id)
    )
    return [
        Decided(
            row.external_id,
            words[row.source_label],
            row.rep_id,
            row.on_day,
            Money(row.amount_cents, words[row.currency_label]),
            row.reason,
            row.approved_by,
            row.actor,
        )
        for row in rows
    ]


def unfinished_runs(conn: Connection, before: datetime, since: datetime) -> list[tuple[int, str, str]]:
    """Calculations begun in [since, before) that failed or never ended, with no later one that is done."""
    newest = select(func.coalesce(func.max(run.c.run_id), 0)).where(run.c.status == "done").scalar_subquery()
    stuck = or_(run.c.status == "failed", and_(run.c.status == "open", run.c.started_at < before))
    rows = conn.execute(
        select(run.c.run_id, run.c.status, run.c.detail)
        .where(stuck, run.c.started_at >= since, run.c.run_id > newest)
        .order_by(run.c.run_id)
    )
    return [(row.run_id, row.status, row.detail) for row in rows]


def spared(conn: Connection) -> list[tuple[str, str, int]]:
    """Source, kind and how many records the last reading of its mode, or sweep, spared, where it spared any."""
    later = sync_run.alias("later")
    complete = or_(later.c.mode == sync_run.c.mode, later.c.mode == "sweep")
    same = (later.c.source == sync_run.c.source, later.c.kind == sync_run.c.kind, complete)
    read_again = exists().where(*same, later.c.sync_run_id > sync_run.c.sync_run_id, later.c.status == "done")
    rows = conn.execute(
        select(sync_run.c.source, sync_run.c.kind, sync_run.c.spared)
        .where(sync_run.c.spared > 0, ~read_again)
        .order_by(sync_run.c.source, sync_run.c.kind, sync_run.c.sync_run_id)
    )
    return [(row.source, row.kind, row.spared) for row in rows]


def runs_since(conn: Connection, at: datetime) -> int:
    """How many calculations have begun since then."""
    return int(conn.execute(select(func.count()).select_from(run).where(run.c.started_at >= at)).scalar_one())


def newest_receipts(conn: Connection, count: int) -> list[str]:
    """The receipts of the figures that people were shown last, newest first."""
    shown = select(disclosure.c.receipt_id).where(disclosure.c.receipt_id != "")
    rows = conn.execute(shown.order_by(disclosure.c.disclosure_id.desc()).limit(4 * count)).scalars()
    return list(dict.fromkeys(rows))[:count]


def told(conn: Connection, kind: str) -> list[tuple[int, str, datetime]]:
    """Whom a notice of that kind has reached: rep, topic and since when; of several on one topic the first."""
    rows = conn.execute(
        select(outbox.c.rep_id, outbox.c.topic, func.min(outbox.c.sent_at))
        .where(outbox.c.kind == kind, outbox.c.state == "sent", outbox.c.rep_id != 0)
        .group_by(outbox.c.rep_id, outbox.c.topic)
        .order_by(outbox.c.rep_id, outbox.c.topic)
    )
    return [(row[0], row[1], row[2]) for row in rows]


def notices(conn: Connection, keys: Iterable[str]) -> frozenset[str]:
    """Which of these keys a notice has."""
    return frozenset(conn.execute(select(outbox.c.key).where(among(conn, outbox.c.key, sorted(keys)))).scalars())


def _is_won(conn: Connection) -> Any:
    words = {text: number for number, text in labels.words(conn).items()}
    return and_(known.now(deal), deal.c.stage_label == words.get("won", 0))


def _whole(*more: Any) -> Select[Any]:
    shown = more or (deal.c.owner_external_id.label("owner"),)
    names = ("deal_id", "external_id", "name", "account", "amount_cents", "currency_label", "booked_on")
    return select(label.c.text.label("source"), *(deal.c[name] for name in names), *shown).join_from(
        deal, label, label.c.label_id == deal.c.source_label
    )


def _deals(conn: Connection, wanted: Select[Any], also: str = "") -> list[DealRow]:
    words = labels.words(conn)
    return [_deal(row, words, also) for row in conn.execute(wanted.order_by(deal.c.deal_id))]


def _deal(row: Any, words: Any, also: str) -> DealRow:
    amount = Money(row.amount_cents, words[row.currency_label])
    named = (row.deal_id, row.source, row.external_id, row.name, row.account, row.owner)
    return DealRow(*named, amount, row.booked_on, also)
