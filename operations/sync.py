"""Sync one source: its kinds in order, a page at a time, each page in one transaction, under a lease.

A page is fetched and normalised outside any transaction, then written together with the cursor it came with. After a
crash the next run goes on from the last cursor and ends where an undisturbed run would have ended. A kind whose
source is refused keeps what it had, and stops only the kinds that mean nothing without it.
"""

from __future__ import annotations

import time
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from operations import moves
from operations.intake import Intake, ceiling_problem, take
from store import leases, source_files
from store import moves as moving
from store import sync as syncs
from store.errors import LeaseLost, StoreError
from store.sync import Tally

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from datetime import datetime

    from engine.problems import Problem
    from operations.context import Context
    from operations.intake import Taken
    from operations.sources import Page, Progress, Source
    from store.sync import State

#: A holder that has written no page for so long has died; the next sync goes on from its last page.
LEASE_TTL = timedelta(seconds=60)

#: Kinds that mean nothing while another could not be read.
NEEDS = {"placement": "person", "quota": "person", "assignment": "person", "split": "deal"}

DONE, REFUSED, BLOCKED = "done", "refused", "blocked"


@dataclass(frozen=True, slots=True)
class Options:
    """How a sync may differ from the scheduled one.

    Attributes:
        reread: Read everything again, also files that did not change.
        delete_any: Delete what a snapshot no longer shows, however much it is.
        retire: Sources whose records are given up, of every kind that the synced source has.
    """

    reread: bool = False
    delete_any: bool = False
    retire: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class KindResult:
    """What syncing one kind did.

    Attributes:
        kind: The kind.
        status: "done", "refused" (see problems) or "blocked" (a kind it needs was refused).
        problems: Why it was refused, or what ops must decide.
        pages: Pages read; 0 when nothing was new.
        read: Records read.
        skipped: Records the mapping leaves out.
        inserted: Records that are new.
        changed: Records with a new version.
        unchanged: Records that said nothing new.
        deleted: Records that are gone.
        spared: Records that are gone but were kept because they are too many.
        held: Records newly in quarantine.
        released: Records that left quarantine.
    """

    kind: str
    status: str = DONE
    problems: tuple[Problem, ...] = ()
    pages: int = 0
    read: int = 0
    skipped: int = 0
    inserted: int = 0
    changed: int = 0
    unchanged: int = 0
    deleted: int = 0
    spared: int = 0
    held: int = 0
    released: int = 0

    def plus(self, page: Page, taken: Taken) -> KindResult:
        """The result with one more page."""
        facts = taken.applied.facts
        return replace(
            self,
            pages=self.pages + 1,
            read=self.read + page.read,
            skipped=self.skipped + page.skipped,
            inserted=self.inserted + facts.inserted,
            changed=self.changed + facts.changed,
            unchanged=self.unchanged + facts.unchanged,
            deleted=self.deleted + facts.deleted,
            spared=self.spared + taken.spared,
            held=self.held + taken.applied.held,
            released=self.released + taken.released,
        )

    def tally(self) -> Tally:
        """The figures for the record of the run."""
        written = self.inserted + self.changed
        return Tally(self.pages, self.read, written, self.deleted, self.held)


@dataclass(frozen=True, slots=True)
class SyncSummary:
    """What one sync of one source did. `busy`: somebody else syncs it right now, nothing was done."""

    source: str
    kinds: tuple[KindResult, ...] = ()
    busy: bool = False

    @property
    def changed(self) -> int:
        """Rows of the store that the sync made, altered or marked deleted."""
        return sum(kind.inserted + kind.changed + kind.deleted for kind in self.kinds)

    @property
    def read(self) -> int:
        """Records read."""
        return sum(kind.read for kind in self.kinds)

    @property
    def held(self) -> int:
        """Records newly in quarantine."""
        return sum(kind.held for kind in self.kinds)

    @property
    def ok(self) -> bool:
        """Every kind was read to its end."""
        return not self.busy and all(kind.status == DONE for kind in self.kinds)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What somebody must mend or decide."""
        return tuple(problem for kind in self.kinds for problem in kind.problems)


@dataclass(slots=True)
class _Run:
    """One run of one source."""

    ctx: Context
    source: Source
    options: Options
    progress: Progress | None
    token: int = 0
    started: float = field(default_factory=time.monotonic)

    @property
    def lease(self) -> str:
        return f"sync:{self.source.name}"

    def now(self) -> datetime:
        """The context's instant plus the time this run has taken: what the lease lives by."""
        return self.ctx.now + timedelta(seconds=time.monotonic() - self.started)


def run(
    ctx: Context, source: Source, progress: Progress | None = None, options: Options | None = None
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
    this = _Run(ctx, source, options or Options(), progress)
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
        return SyncSummary(source.name, tuple(_kinds(this)))
    finally:
        with ctx.db.write() as conn:
            leases.release(conn, this.lease, holder)


def _doubled(this: _Run) -> dict[str, tuple[Problem, ...]]:
    """Kinds that another source holds as well, and is not to give up."""
    found = moves.doubled(this.ctx, this.source)
    kept = {kind: [old for old in rivals if old not in this.options.retire] for kind, rivals in found.items()}
    return {
        kind: tuple(moves.problem(this.source.name, kind, old) for old in rivals)
        for kind, rivals in kept.items()
        if rivals
    }


def _refused(this: _Run, doubled: dict[str, tuple[Problem, ...]]) -> Iterator[KindResult]:
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


def _retire(this: _Run, kind: str) -> int:
    """How many records of the kind the retired sources gave up."""
    gone = 0
    for old in sorted(this.options.retire - {this.source.name}):
        with this.ctx.db.write() as conn:
            by = (this.ctx.actor_name, this.source.name)
            gone += moving.retire(conn, kind, old, by, this.ctx.now).deleted
    return gone


def _kinds(this: _Run) -> Iterator[KindResult]:
    stopped: set[str] = set()
    for kind in this.source.kinds:
        result = KindResult(kind, BLOCKED) if NEEDS.get(kind) in stopped else _recorded(this, kind)
        if result.status != DONE:
            stopped.add(kind)
        yield result


def _recorded(this: _Run, kind: str) -> KindResult:
    """The kind synced, and its run on record however it ended."""
    mode = "sweep" if this.options.reread else "incremental"
    with this.ctx.db.write() as conn:
        run_id = syncs.start_run(conn, this.source.name, kind, mode, this.now())
    try:
        result = _kind(this, kind)
    except StoreError as error:
        with this.ctx.db.write() as conn:
            syncs.finish_run(conn, run_id, Tally(), this.now(), (type(error).__name__, str(error)))
        raise
    with this.ctx.db.write() as conn:
        syncs.finish_run(conn, run_id, result.tally(), this.now(), _failure(result))
    return result


def _failure(result: KindResult) -> tuple[str, str]:
    """The class and the text that go on record."""
    if result.status != REFUSED:
        return "", ""
    return "SourceRefused", "; ".join(f"{p.where}: {p.message}" for p in result.problems)


def _kind(this: _Run, kind: str) -> KindResult:
    state = _state(this, kind)
    # People go last: who stands in the new source under the same address keeps their number.
    result = KindResult(kind, deleted=0 if kind == "person" else _retire(this, kind))
    cursor: dict[str, Any] = {} if this.options.reread else state.resume
    with closing(_pages(this, kind, cursor)) as pages:
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
    if kind == "person":
        result = replace(result, deleted=result.deleted + _retire(this, kind))
    if result.spared:
        return replace(result, problems=(ceiling_problem(this.source.name, kind, result.spared),))
    return result


def _pages(this: _Run, kind: str, cursor: dict[str, Any]) -> Generator[Page]:
    yield from this.source.pages(kind, cursor)


def _state(this: _Run, kind: str) -> State:
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


def _write(this: _Run, state: State, page: Page) -> Taken:
    files = tuple(source_files.pack(file.name, file.body) for file in page.files)
    intake = Intake(state, this.ctx.actor_name, this.ctx.now, this.options.delete_any, files)
    with this.ctx.db.write() as conn:
        if not leases.keep(conn, this.lease, this.token, LEASE_TTL, this.now()):
            raise LeaseLost(this.lease)
        return take(conn, intake, page)
