"""How data comes in: a page is one transaction, a run is on record, and everybody can ask how old the data is."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, insert, select, update

from store import blending, changes, facts, quarantine, runs, unowned
from store.bulk import upsert
from store.spelled import Spelled
from store.tables.syncing import sync_run, sync_state

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    import pandas as pd
    from sqlalchemy import Connection, Row

    from store.database import Database
    from store.facts import Applied, Compared
    from store.quarantine import Held


_FRESHNESS = Spelled(
    select(sync_state.c.source, sync_state.c.kind, sync_state.c.finished_at, sync_state.c.interval_seconds)
    .where(sync_state.c.finished_at.is_not(None))
    .order_by(sync_state.c.source, sync_state.c.kind)
)


@dataclass(frozen=True, slots=True)
class State:
    """Where the sync of one kind of a source stands.

    Attributes:
        source: The source.
        kind: The kind.
        resume: Where it goes on; only the source understands it.
        config_hash: What its mapping was; another one means everything is read again.
        interval_seconds: How often it is meant to be synced.
        watermark_at: Up to when the source's own changes are known; None for a source without stamps.
        finished_at: When it was last complete; None before the first time.
    """

    source: str
    kind: str
    resume: dict[str, Any] = field(default_factory=dict)
    config_hash: str = ""
    interval_seconds: int = 900
    watermark_at: datetime | None = None
    finished_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PageWrite:
    """One page as it is written.

    Attributes:
        kind: What its rows are.
        source: Where they come from.
        rows: Typed rows.
        state: Where the sync stands once they are stored.
        now: When.
        held: Rows that are held back.
        gone: Keys of records that the source no longer has; of people, who has left.
        actor: Who brings them.
        cause: Why.
        compared: The rows as `compared` held them against what was known, so that less is left for the transaction.
    """

    kind: str
    source: str
    rows: pd.DataFrame
    state: State
    now: datetime
    held: Sequence[Held] = ()
    gone: Collection[str] = ()
    actor: str = "sync"
    cause: str = "sync"
    compared: Compared | None = None

    @property
    def keys(self) -> set[str]:
        """The store's keys of the rows."""
        if self.compared is not None:
            return self.compared.keys
        return set(facts.keys(self.kind, self.rows)) if len(self.rows) else set()


@dataclass(frozen=True, slots=True)
class PageApplied:
    """What a page did to the facts and to the quarantine. `change_id` is 0 when nothing was new."""

    change_id: int
    facts: Applied
    held: int
    passed: int


@dataclass(frozen=True, slots=True)
class SyncRun:
    """One reading of one kind from one source, and how it went."""

    sync_run_id: int
    source: str
    kind: str
    mode: str
    status: str
    started_at: datetime
    finished_at: datetime | None
    pages: int
    read: int
    changed: int
    deleted: int
    quarantined: int
    api_calls: int
    error_class: str
    error_text: str
    spared: int = 0


@dataclass(frozen=True, slots=True)
class Tally:
    """The figures of a run."""

    pages: int = 0
    read: int = 0
    changed: int = 0
    deleted: int = 0
    quarantined: int = 0
    api_calls: int = 0
    spared: int = 0


@dataclass(frozen=True, slots=True)
class Fresh:
    """When a kind of a source was last complete, and how often it should be."""

    source: str
    kind: str
    finished_at: datetime
    interval_seconds: int


def apply_page(conn: Connection, page: PageWrite) -> PageApplied:
    """The page stored whole: facts, quarantine, whose figures are old now, and where to go on.

    Rows that pass close their quarantine. A record that names someone unknown is stored and held at once, and
    released when that person arrives.
    """
    change_id = changes.begin(conn, page.actor, page.cause, page.now)
    applied = _applied(conn, page, change_id)
    closed = quarantine.close_passed(conn, page.source, page.kind, page.keys | set(page.gone), page.now)
    held = quarantine.put(conn, page.held, page.now)
    closed += quarantine.release_known(conn, page.now)
    # Who is known changes with people alone, and only then for kinds that are not on this page.
    held += unowned.hold(conn, page.now, "" if page.kind == "person" else page.kind)
    if applied.touched:
        runs.mark_stale(conn, applied.touched, change_id)
    set_state(conn, page.state)
    if applied.written:
        return PageApplied(change_id, applied, held, closed)
    changes.withdraw(conn, change_id)
    return PageApplied(0, applied, held, closed)


def compared(db: Database, kind: str, source: str, rows: pd.DataFrame) -> Compared | None:
    """The rows held against what is known, before the transaction that makes everybody else wait.

    None where there are none, or where what follows from them is not the rows themselves.
    """
    if not len(rows):
        return None
    with db.read() as conn:
        return None if blending.rule_for(conn, kind, source) is not None else facts.compare(conn, kind, rows)


def _applied(conn: Connection, page: PageWrite, change_id: int) -> Applied:
    """The page's facts, or what follows from them where other sources tell of the same records."""
    rule = blending.rule_for(conn, page.kind, page.source)
    if rule is not None:
        told = blending.Told(page.kind, page.source, page.rows, page.gone)
        return blending.take(conn, told, rule, change_id, page.now)
    applied = facts.apply(conn, page.kind, page.rows if page.compared is None else page.compared, change_id)
    return applied + _gone(conn, page, change_id) if page.gone else applied


def _gone(conn: Connection, page: PageWrite, change_id: int) -> Applied:
    """People leave, everything else is deleted."""
    if page.kind == "person":
        return facts.leave(conn, page.source, page.gone, change_id, page.now.date())
    return facts.delete(conn, page.kind, page.source, page.gone, change_id)


def state(conn: Connection, source: str, kind: str) -> State:
    """Where a kind of a source stands; a blank state before its first page."""
    row = conn.execute(select(sync_state).where(sync_state.c.source == source, sync_state.c.kind == kind)).first()
    return State(source, kind) if row is None else _state(row)


def states(conn: Connection) -> tuple[State, ...]:
    """Where every kind of every source stands."""
    return tuple(map(_state, conn.execute(select(sync_state).order_by(sync_state.c.source, sync_state.c.kind))))


def set_state(conn: Connection, reached: State) -> None:
    """From the commit on, the sync goes on from here."""
    row = {
        "source": reached.source,
        "kind": reached.kind,
        "watermark_at": reached.watermark_at,
        "resume": json.dumps(reached.resume, ensure_ascii=False, sort_keys=True),
        "config_hash": reached.config_hash,
        "finished_at": reached.finished_at,
        "interval_seconds": reached.interval_seconds,
    }
    upsert(conn, sync_state, [row], ("source", "kind"))


def freshness(conn: Connection) -> tuple[Fresh, ...]:
    """When each kind of each source was last complete; what was never complete is left out."""
    return tuple(Fresh(*row) for row in _FRESHNESS.rows(conn))


def start_run(conn: Connection, source: str, kind: str, mode: str, now: datetime) -> int:
    """The number of a run that begins."""
    row = {"source": source, "kind": kind, "mode": mode, "status": "running", "started_at": now, "finished_at": None}
    return int(conn.execute(insert(sync_run).returning(sync_run.c.sync_run_id), row).scalar_one())


def finish_run(
    conn: Connection, sync_run_id: int, tally: Tally, now: datetime, failure: tuple[str, str] = ("", "")
) -> None:
    """The run ended: done, or failed with a class and a text that names no record."""
    error_class, error_text = failure
    conn.execute(
        update(sync_run)
        .where(sync_run.c.sync_run_id == sync_run_id)
        .values(
            status="failed" if error_class else "done",
            finished_at=now,
            error_class=error_class,
            error_text=error_text,
            pages=tally.pages,
            read=tally.read,
            changed=tally.changed,
            deleted=tally.deleted,
            quarantined=tally.quarantined,
            api_calls=tally.api_calls,
            spared=tally.spared,
        )
    )


def last_started(conn: Connection, source: str) -> dict[str, datetime]:
    """When a run of each mode last began."""
    newest = select(sync_run.c.mode, func.max(sync_run.c.started_at)).where(sync_run.c.source == source)
    return {row[0]: row[1] for row in conn.execute(newest.group_by(sync_run.c.mode))}


def newest_runs(conn: Connection) -> dict[tuple[str, str], SyncRun]:
    """The newest run of each kind of each source."""
    newest = select(func.max(sync_run.c.sync_run_id)).group_by(sync_run.c.source, sync_run.c.kind)
    rows = conn.execute(select(sync_run).where(sync_run.c.sync_run_id.in_(newest)))
    return {(row.source, row.kind): SyncRun(*row) for row in rows}


def note_progress(conn: Connection, sync_run_id: int, pages: int, read: int) -> None:
    """How far a run has come."""
    mine = update(sync_run).where(sync_run.c.sync_run_id == sync_run_id)
    conn.execute(mine.values(pages=pages, read=read))


def set_mode(conn: Connection, sync_run_id: int, mode: str) -> None:
    """The run turned out to be of that mode."""
    conn.execute(update(sync_run).where(sync_run.c.sync_run_id == sync_run_id).values(mode=mode))


def abandon_runs(conn: Connection, source: str, now: datetime) -> int:
    """How many runs of the source never ended; they failed. Only for who holds the source's lease."""
    never_ended = update(sync_run).where(sync_run.c.source == source, sync_run.c.status == "running")
    text = "The process ended before the run did; what it had committed stays, and the next run went on from there"
    failed = {"status": "failed", "finished_at": now, "error_class": "Abandoned", "error_text": text}
    return conn.execute(never_ended.values(**failed)).rowcount


def latest_runs(conn: Connection, limit: int = 20) -> tuple[SyncRun, ...]:
    """The newest runs, newest first."""
    rows = conn.execute(select(sync_run).order_by(sync_run.c.sync_run_id.desc()).limit(limit))
    return tuple(SyncRun(*row) for row in rows)


def _state(row: Row[tuple[object, ...]]) -> State:
    said: Any = row
    return State(
        said.source,
        said.kind,
        json.loads(said.resume),
        said.config_hash,
        said.interval_seconds,
        said.watermark_at,
        said.finished_at,
    )
