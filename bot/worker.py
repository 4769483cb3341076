"""The worker process: syncs sources, recalculates who is stale, and clears out what need not be kept."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from bot import wiring
from bot.log import Journal
from bot.schedule import Schedule, standing_jobs
from connectors import mapping as mappings
from connectors.errors import ConnectorError
from connectors.registry import open_sources
from operations import recalculate, sync
from operations.context import Context
from operations.errors import OperationError
from store import inbox
from store.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from threading import Event

    from bot.settings import Settings
    from bot.wiring import Services
    from connectors.source import Source

#: How far the worker stands back: 19 would be furthest.
NICENESS = 10
_journal = Journal("bot.worker")


@dataclass(frozen=True, slots=True)
class JobResult:
    """What a job did, in a sentence without figures of pay."""

    job: str
    ok: bool
    sentence: str


def main(settings: Settings, stop: Event) -> None:
    """Run the schedule until `stop` is set; a running job ends first."""
    give_way()
    services = wiring.build(settings)
    schedule = Schedule(services, standing_jobs(settings), lambda name: _run_logged(services, name))
    schedule.start()
    stop.wait()
    schedule.close()
    services.close()


def give_way() -> None:
    """Let the web process have a processor first: whoever asks is waiting, a sync is not."""
    os.nice(NICENESS)


def run_job(services: Services, name: str) -> JobResult:
    """Run "sync", "recalculate" or "purge" once, now.

    Raises:
        KeyError: there is no such job.
    """
    return _JOBS[name](services)


def _run_logged(services: Services, name: str) -> None:
    """Run a job of the schedule; a known failure is a log line, and the next slot tries again."""
    try:
        result = run_job(services, name)
    except (StoreError, OperationError, ConnectorError) as error:
        _journal.error("job failed", error, job=name)
        return
    _journal.info("job done", job=name, ok=str(result.ok), result=result.sentence)


def _sync(services: Services) -> JobResult:
    """Every source of every mapping file in the folder of sources; one that fails does not stop the others."""
    changed, synced = 0, 0
    failed: list[str] = []
    for source in _sources(services, failed):
        summary = sync.run(_context(services), source)
        changed += summary.changed
        synced += summary.ok
        if not (summary.ok or summary.busy):
            failed.append(source.name)
    said = f"Synced {synced} sources, {changed} rows changed." if synced or failed else "There is nothing to sync."
    if failed:
        said += f" Not synced: {', '.join(failed)}; `attain sync` says why."
    return JobResult("sync", ok=not failed, sentence=said)


def _sources(services: Services, failed: list[str]) -> Iterator[Source]:
    """The sources of all mapping files; the name of a file that cannot be used goes to `failed`."""
    folder = services.settings.sources
    for path in sorted(folder.glob("*.y*ml")):
        try:
            yield from open_sources(mappings.load_file(path), folder)
        except ConnectorError as error:
            _journal.error("mapping refused", error, file=path.name)
            failed.append(path.name)


def _recalculate(services: Services) -> JobResult:
    """Everyone whose facts changed since their last calculation."""
    summary = recalculate.drain(_context(services))
    return JobResult("recalculate", ok=True, sentence=f"Recalculated {summary.reps} reps.")


def _purge(services: Services) -> JobResult:
    """Requests and response addresses past their time."""
    before = services.clock.now() - timedelta(hours=services.settings.keep_inbox_hours)
    with services.db.write() as conn:
        count = inbox.purge(conn, before)
    return JobResult("purge", ok=True, sentence=f"Cleared {count} requests.")


def _context(services: Services) -> Context:
    now = services.clock.now()
    return Context(services.db, now.date(), now)


_JOBS: dict[str, Callable[[Services], JobResult]] = {"sync": _sync, "recalculate": _recalculate, "purge": _purge}
