"""Sync one source: its kinds in order, a page at a time, each page in one transaction, under a lease.

A page is fetched and normalised outside any transaction, then written together with the cursor it came with. After a
crash the next run goes on from the last cursor and ends where an undisturbed run would have ended. A kind whose
source is refused keeps what it had, and stops only the kinds that mean nothing without it.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from operations import blending, feeds, moves, retroactive
from operations.intake import Intake, ceiling_problem, ready, take
from operations.sources import Feed
from operations.sync_run import BLOCKED, DONE, LEASE_TTL, REFUSED, KindResult, Options, SyncRun, SyncSummary
from store import leases, source_files
from store import moves as moving
from store import sync as syncs
from store.errors import StoreError
from store.sync import Tally

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from engine.problems import Problem
    from operations.context import Context
    from operations.intake import Taken
    from operations.sources import Page, Progress, Source
    from store.sync import State

__all__ = ["BLOCKED", "DONE", "LEASE_TTL", "REFUSED", "KindResult", "Options", "SyncSummary", "run"]

#: Kinds of files that mean nothing while another could not be read.
NEEDS = {"placement": "person", "quota": "person", "assignment": "person", "split": "deal"}


def run(
    ctx: Context, source: Source | Feed, progress: Progress | None = None, options: Options | None = None
) -> SyncSummary:
    """What a sync of that source did; a second one without news changes nothing.

    Args:
        ctx: Where to write, who asks, and when.
        source: Where to read; see `connectors.registry`.
        progress: Told after every page.
        options: How this sync differs from the scheduled one.

    Raises:
        StoreError: The store cannot be written. What was committed stays valid and is not read again.
    """
    this = SyncRun(ctx, source, options or Options(), progress)
    holder = uuid4().hex
    with ctx.db.write() as conn:
        token = leases.acquire(conn, this.lease, holder, LEASE_TTL, ctx.now)
        if token is not None:
            syncs.abandon_runs(conn, source.name, ctx.now)
    if token is None:
        return SyncSummary(source.name, busy=True)
    this.token = token
    try:
        doubled = _doubled(this)
        if doubled:
            return SyncSummary(source.name, tuple(_refused(this, doubled)))
        with ctx.db.write() as conn:
            source_files.save_mapping(conn, source.name, source.config_text, ctx.now)
        blending.declare(ctx, source)
        return SyncSummary(source.name, tuple(_kinds(this)))
    finally:
        with ctx.db.write() as conn:
            leases.release(conn, this.lease, holder)


def _doubled(this: SyncRun) -> dict[str, tuple[Problem, ...]]:
    """Kinds that another source holds as well, and is not to give up."""
    found = moves.doubled(this.ctx, this.source)
    kept = {kind: [old for old in rivals if old not in this.options.retire] for kind, rivals in found.items()}
    return {
        kind: tuple(moves.problem(this.source.name, kind, old) for old in rivals)
        for kind, rivals in kept.items()
        if rivals
    }


def _refused(this: SyncRun, doubled: dict[str, tuple[Problem, ...]]) -> Iterator[KindResult]:
    """Nothing is read: the doubled kinds are refused, on record, and the others wait with them."""
    for kind in this.source.kinds:
        if kind not in doubled:
            yield KindResult(kind, BLOCKED)
            continue
        result = KindResult(kind, REFUSED, doubled[kind])
        with this.ctx.db.write() as conn:
            run_id = syncs.start_run(conn, this.source.name, kind, "incremental", this.now())
            syncs.finish_run(conn, run_id, Tally(), this.now(), _failure(result))
        yield result


def _retire(this: SyncRun, kind: str) -> int:
    """How many records of the kind the retired sources gave up."""
    gone = 0
    for old in sorted(this.options.retire - {this.source.name}):
        with this.ctx.db.write() as conn:
            by = (this.ctx.actor_name, this.source.name)
            gone += moving.retire(conn, kind, old, by, this.ctx.now).deleted
    return gone


def _kinds(this: SyncRun) -> Iterator[KindResult]:
    feed = this.source if isinstance(this.source, Feed) else None
    needs = NEEDS if feed is None else feeds.NEEDS
    stopped: set[str] = set()
    for kind in this.source.kinds if feed is None else feeds.order(feed):
        blocked = stopped & {needs.get(kind, ""), feeds.EVERYTHING}
        result = KindResult(kind, BLOCKED) if blocked else _recorded(this, kind)
        if result.status != DONE:
            stopped.add(kind)
        if result.error_class in feeds.ENDING:
            stopped.add(feeds.EVERYTHING)
        yield result


def _recorded(this: SyncRun, kind: str) -> KindResult:
    """The kind synced, and its run on record however it ended; what it changed in locked periods is told."""
    marked = retroactive.mark(this.ctx)
    mode = "sweep" if this.options.reread else this.options.mode
    with this.ctx.db.write() as conn:
        run_id = this.run_id = syncs.start_run(conn, this.source.name, kind, mode, this.now())
    try:
        result = _kind(this, kind)
    except StoreError as error:
        with this.ctx.db.write() as conn:
            syncs.finish_run(conn, run_id, Tally(), this.now(), (type(error).__name__, str(error)))
        raise
    with this.ctx.db.write() as conn:
        if result.mode != mode and isinstance(this.source, Feed):
            syncs.set_mode(conn, run_id, result.mode)
        syncs.finish_run(conn, run_id, result.tally(), this.now(), _failure(result))
    if marked is None or not (result.inserted or result.changed or result.deleted):
        return result
    return replace(result, problems=result.problems + retroactive.after(this.ctx, marked))


def _failure(result: KindResult) -> tuple[str, str]:
    """The class and the text that go on record."""
    if result.status != REFUSED:
        return "", ""
    return result.error_class or "SourceRefused", "; ".join(f"{p.where}: {p.message}" for p in result.problems)


def _kind(this: SyncRun, kind: str) -> KindResult:
    # People go last: who stands in the new source under the same address keeps their number.
    given_up = 0 if kind == "person" else _retire(this, kind)
    if isinstance(this.source, Feed):
        result = feeds.read_kind(this, this.source, kind)
    else:
        result = _files(this, this.source, kind)
    if result.status == DONE and kind == "person":
        given_up += _retire(this, kind)
    result = replace(result, deleted=result.deleted + given_up)
    if result.spared:
        return replace(result, problems=(ceiling_problem(this.source.name, kind, result.spared),))
    return result


def _files(this: SyncRun, source: Source, kind: str) -> KindResult:
    state = _state(this, kind)
    result = KindResult(kind)
    cursor: dict[str, Any] = {} if this.options.reread else state.resume
    with closing(_pages(source, kind, cursor)) as pages:
        for page in pages:
            if page.refused:
                return replace(result, status=REFUSED, problems=page.refused)
            taken = _write(this, state, page)
            state, result = taken.state, result.plus(page, taken)
            if this.progress is not None:
                this.progress(kind, result.read, page.total)
    with this.ctx.db.write() as conn:
        leases.check(conn, this.lease, this.token)
        syncs.set_state(conn, replace(state, finished_at=this.ctx.now))
    return result


def _pages(source: Source, kind: str, cursor: dict[str, Any]) -> Generator[Page]:
    yield from source.pages(kind, cursor)


def _state(this: SyncRun, kind: str) -> State:
    """Where the kind stands; from the beginning after a change of the mapping."""
    with this.ctx.db.read() as conn:
        state = syncs.state(conn, this.source.name, kind)
    same = state.config_hash == this.source.config_hash
    return replace(
        state,
        resume=state.resume if same else {},
        config_hash=this.source.config_hash,
        interval_seconds=this.source.interval_seconds,
    )


def _write(this: SyncRun, state: State, page: Page) -> Taken:
    files = tuple(source_files.pack(file.name, file.body) for file in page.files)
    intake = Intake(state, this.ctx.actor_name, this.ctx.now, this.options.delete_any, files)
    found = ready(this.ctx.db, state, page)
    with this.ctx.db.write() as conn:
        this.keep(conn)
        return take(conn, intake, found)
