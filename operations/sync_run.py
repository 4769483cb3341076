"""One sync of one source: how it may differ, how far it is, and what came of each kind."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from store import leases
from store.errors import LeaseLost
from store.sync import Tally

if TYPE_CHECKING:
    from datetime import datetime

    from engine.problems import Problem
    from operations.context import Context
    from operations.intake import Taken
    from operations.sources import Feed, Mode, Page, Progress, Source
    from store.database import Connection

#: A holder that has written no page for so long has died; the next sync goes on from its last page.
LEASE_TTL = timedelta(seconds=60)

DONE, REFUSED, BLOCKED = "done", "refused", "blocked"


@dataclass(frozen=True, slots=True)
class Options:
    """How a sync may differ from the scheduled one.

    Attributes:
        reread: Read everything again, also files that did not change.
        delete_any: Delete what a snapshot no longer shows, however much it is.
        retire: Sources whose records are given up, of every kind that the synced source has.
        mode: What an API is read for; `reread` makes it a sweep.
    """

    reread: bool = False
    delete_any: bool = False
    retire: frozenset[str] = frozenset()
    mode: Mode = "incremental"


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
        mode: What it was read for.
        api_calls: Requests it took.
        error_class: What kind of failure it was, for the record.
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
    mode: str = "incremental"
    api_calls: int = 0
    error_class: str = ""

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
        return Tally(self.pages, self.read, written, self.deleted, self.held, self.api_calls, self.spared)


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
class SyncRun:
    """One run of one source."""

    ctx: Context
    source: Source | Feed
    options: Options
    progress: Progress | None
    token: int = 0
    run_id: int = 0
    started: float = field(default_factory=time.monotonic)

    @property
    def lease(self) -> str:
        """The name of the lease that it works under."""
        return f"sync:{self.source.name}"

    def now(self) -> datetime:
        """The context's instant plus the time this run has taken: what the lease lives by."""
        return self.ctx.now + timedelta(seconds=time.monotonic() - self.started)

    def keep(self, conn: Connection) -> None:
        """Prolongs the lease inside a writing transaction.

        Raises:
            LeaseLost: Somebody else has it; nothing may be written.
        """
        if not leases.keep(conn, self.lease, self.token, LEASE_TTL, self.now()):
            raise LeaseLost(self.lease)
