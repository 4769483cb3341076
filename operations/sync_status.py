"""How every kind of every source stands: up to when it is known, how its last reading went, how far one is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from operations import field_news
from store import quarantine
from store import sync as syncs

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from operations.context import Context
    from store.sync import State, SyncRun

#: Data is stale once it is older than so many intervals.
STALE_INTERVALS = 3


@dataclass(frozen=True, slots=True)
class KindStatus:
    """One kind of one source.

    Attributes:
        source: The source.
        kind: The kind.
        mode: What it was last read for.
        status: How that went: done, failed or running; "" if it was never read.
        watermark_at: Up to when the source's changes are known; None for files.
        known_at: Up to when the data is complete; None before the first complete reading.
        age: How long ago that is.
        is_stale: Older than three intervals.
        error: Class and text of the last failure, "" after a success.
        read: Records read by the last reading so far.
        total: Records it expects, where the source says so.
        waiting: Records in quarantine.
        news: What changed about its fields at the source, in a sentence; "" where nothing did.
    """

    source: str
    kind: str
    mode: str
    status: str
    watermark_at: datetime | None
    known_at: datetime | None
    age: timedelta | None
    is_stale: bool
    error: str
    read: int
    total: int | None
    waiting: int
    news: str = ""


def report(ctx: Context) -> tuple[KindStatus, ...]:
    """Every kind of every source that was ever read or tried, by name."""
    with ctx.db.read() as conn:
        states = {(state.source, state.kind): state for state in syncs.states(conn)}
        runs = syncs.newest_runs(conn)
        held = quarantine.open_rows(conn)
    waiting: dict[tuple[str, str], int] = {}
    for row in held:
        waiting[row.source, row.kind] = waiting.get((row.source, row.kind), 0) + 1
    return tuple(
        _status(ctx, key, (states.get(key), runs.get(key)), waiting.get(key, 0))
        for key in sorted(states.keys() | runs.keys())
    )


def _status(
    ctx: Context, key: tuple[str, str], known: tuple[State | None, SyncRun | None], waiting: int
) -> KindStatus:
    state, run = known
    known_at = None if state is None else state.finished_at
    age = None if known_at is None else ctx.now - known_at
    patience = 0 if state is None else STALE_INTERVALS * state.interval_seconds
    failed = run is not None and run.status == "failed"
    return KindStatus(
        source=key[0],
        kind=key[1],
        mode="" if run is None else run.mode,
        status="" if run is None else run.status,
        watermark_at=None if state is None else state.watermark_at,
        known_at=known_at,
        age=age,
        is_stale=age is None or age.total_seconds() > patience,
        error=f"{run.error_class}: {run.error_text}" if failed and run is not None else "",
        read=0 if run is None else run.read,
        total=_total(state, run),
        waiting=waiting,
        news="" if state is None else field_news.sentence(state),
    )


def _total(state: State | None, run: SyncRun | None) -> int | None:
    """What the reading that runs, or that was cut, expects."""
    if state is None or run is None:
        return None
    total = state.resume.get(run.mode, {}).get("total") if isinstance(state.resume.get(run.mode), dict) else None
    return total if isinstance(total, int) else None
