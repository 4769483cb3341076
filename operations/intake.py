"""One page of a source into the store: facts, quarantine, deletions and the place to go on, in one transaction."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from engine.problems import Problem
from store import blending, facts, quarantine, source_files, sync
from store.quarantine import Held
from store.sync import PageWrite

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping
    from datetime import datetime

    from operations.sources import Page
    from store.database import Connection, Database
    from store.facts import Compared
    from store.source_files import PackedFile
    from store.sync import PageApplied, State

#: A snapshot may delete this share of the live records, but at least and at most so many of them.
CEILING_PERCENT, CEILING_LEAST, CEILING_MOST = 5, 5, 50


@dataclass(frozen=True, slots=True)
class Intake:
    """Whose page it is and how it is to be written.

    Attributes:
        state: Where the sync stood before the page; names source and kind.
        actor: Who brings it, for the journal.
        now: When.
        delete_any: Somebody has approved deletions above the ceiling.
        files: The files that the page completes, packed.
    """

    state: State
    actor: str
    now: datetime
    delete_any: bool = False
    files: tuple[PackedFile, ...] = ()


@dataclass(frozen=True, slots=True)
class Ready:
    """A page with everything done to it that can be done before others have to wait for it.

    Attributes:
        page: The page.
        names: How quarantine names its rows.
        held: Its refused rows, as quarantine keeps them.
        compared: Its rows, held against what is known.
    """

    page: Page
    names: frozenset[str]
    held: tuple[Held, ...]
    compared: Compared | None


@dataclass(frozen=True, slots=True)
class Taken:
    """What a page did. `spared` records are absent at the source but too many: they stay, and so does the cursor."""

    applied: PageApplied
    state: State
    released: int
    spared: int = 0


def ready(db: Database, state: State, page: Page) -> Ready:
    """The page of the state's source and kind, ready to be stored."""
    source, kind = state.source, state.kind
    rejected = page.rejected.to_dict("records") if len(page.rejected) else []
    names = frozenset(page.rows["key"].tolist()) if len(page.rows) else frozenset()
    held = tuple(held_row(source, kind, row) for row in rejected)
    return Ready(page, names, held, sync.compared(db, kind, source, page.rows))


def take(conn: Connection, intake: Intake, found: Ready) -> Taken:
    """The page stored. A page that changes no fact leaves no change in the journal."""
    source, kind, page = intake.state.source, intake.state.kind, found.page
    gone, spared = _gone(conn, intake, page)
    state = intake.state if spared else replace(intake.state, resume=page.cursor)
    released = quarantine.close_passed(conn, source, kind, _passed(conn, intake, found), intake.now)
    write = PageWrite(
        kind=kind,
        source=source,
        rows=page.rows,
        state=state,
        now=intake.now,
        held=found.held,
        gone=gone,
        actor=intake.actor,
        cause=f"sync {source}",
        compared=found.compared,
    )
    applied = sync.apply_page(conn, write)
    for file in intake.files:
        source_files.save(conn, source, file, intake.now)
    return Taken(applied, state, released + applied.passed, spared)


def ceiling(live: int) -> int:
    """How many of so many live records may be deleted at once without anybody's approval."""
    return min(max(live * CEILING_PERCENT // 100, CEILING_LEAST), CEILING_MOST)


def ceiling_problem(source: str, kind: str, spared: int) -> Problem:
    """What ops must decide about records that a snapshot no longer shows."""
    return Problem(
        code="deletion_ceiling",
        message=f"{spared} {kind} records are no longer at the source; none was deleted",
        remedy="Check the export; if they are really gone, sync again and approve the deletions",
        where=source,
        found=str(spared),
        allowed=f"{CEILING_PERCENT} % of the live records, at least {CEILING_LEAST}, at most {CEILING_MOST}",
    )


def _gone(conn: Connection, intake: Intake, page: Page) -> tuple[frozenset[str], int]:
    """The store's keys of records to delete, and how many must be spared because they are too many."""
    if page.present is None:
        return frozenset(), 0
    kind = intake.state.kind
    live = _live(conn, intake)
    present = page.present
    absent = live.difference(facts.keys(kind, present)) if len(present) else live
    too_many = len(absent) > ceiling(len(live)) or (len(present) == 0 and len(absent) > 0)
    if too_many and not intake.delete_any:
        return frozenset(), len(absent)
    return absent, 0


def _live(conn: Connection, intake: Intake) -> frozenset[str]:
    """What the source is known to have: of a blended kind what it told, for the facts carry the anchor's keys."""
    kind, source = intake.state.kind, intake.state.source
    if blending.rule_for(conn, kind, source) is not None:
        return blending.live_records(conn, kind, source)
    return facts.live_keys(conn, kind, source, intake.now.date())


def _passed(conn: Connection, intake: Intake, found: Ready) -> set[str]:
    """Records that leave the quarantine: their rows passed, or the file that held them no longer does.

    A deal with an id stays until its row passes, as its facts do: a file that is no snapshot may leave it out.
    """
    page = found.page
    waiting = quarantine.open_rows(conn, source=intake.state.source, kind=intake.state.kind)
    if not waiting:
        return set()
    read_again = tuple(f"{file.name}:" for file in page.files)
    stays = intake.state.kind == "deal" and page.present is None
    passed = {
        row.external_id
        for row in waiting
        if read_again and row.place.startswith(read_again) and not (stays and row.code != "key_missing")
    }
    return (passed | found.names) - {one.external_id for one in found.held}


def held_row(source: str, kind: str, row: Mapping[Hashable, Any]) -> Held:
    """A refused row as quarantine keeps it."""
    return Held(
        source=source,
        kind=kind,
        external_id=row["external_id"],
        code=row["code"],
        detail=row["detail"],
        remedy=row["remedy"],
        label=row["name"] or row["external_id"],
        owner_external_id=row["owner"],
        place=row["place"],
        raw_hash=row["raw_hash"],
    )
