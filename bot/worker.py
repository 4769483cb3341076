"""The worker process: syncs sources, recalculates who is stale, and clears out what need not be kept."""

from __future__ import annotations

import gc
import os
from dataclasses import dataclass
from datetime import timedelta
from threading import Thread
from typing import TYPE_CHECKING

from bot import alerts, budget, sources, wiring
from bot.delivery import delivering
from bot.log import Journal
from bot.schedule import Schedule, is_due, source_jobs, standing_jobs
from connectors.errors import ConnectorError
from operations import leadership, nudges, recalculate, spif_clock, sync, sync_progress
from operations.context import Context
from operations.errors import OperationError
from operations.sources import Feed
from store import hints, inbox, lanes, outbox, sync_wishes
from store import sync as syncs
from store.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable
    from threading import Event

    from bot.settings import Settings
    from bot.wiring import Services
    from connectors.feed_source import FeedSource
    from connectors.source import Source
    from engine.notices import Recipient
    from operations.sources import Mode
    from operations.sync import SyncSummary

#: How far the worker stands back: 19 would be furthest.
NICENESS = 10
#: Objects between two looks of the garbage collector, and how much rarer it looks at older ones.
COLLECT = (200_000, 50, 100)
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
    post = Thread(target=delivering(services).warm().run, args=(stop,), name="attain-delivery")
    schedule.start()
    post.start()
    stop.wait()
    schedule.close()
    post.join()
    services.close()


def give_way() -> None:
    """Let the web process have a processor first: whoever asks is waiting, a sync is not."""
    os.nice(NICENESS)
    collect_rarely()


def collect_rarely() -> None:
    """Let Python look for cycles less often: a page is ten thousand records without any, and each look walks them."""
    gc.set_threshold(*COLLECT)


def run_job(services: Services, name: str) -> JobResult:
    """Run a job once: "sync" (every source), "due" (what the schedule owes each source), or another of `_JOBS`.

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
    failed: list[str] = []
    found = sources.opened(services.settings.sources, failed, services.outside)
    summaries = [
        one for source in found for one in _asked_for(services, source) or [sync.run(_context(services), source)]
    ]
    return _told(summaries, failed)


def _due(services: Services) -> JobResult:
    """What each source is owed by now; whose facts changed is recalculated at once."""
    failed: list[str] = []
    summaries: list[SyncSummary] = []
    for source in sources.opened(services.settings.sources, failed, services.outside):
        done = _asked_for(services, source) + _catch_up(services, source)
        if any(one.changed for one in done):
            _recalculate(services)
        summaries += done
    if any(one.changed or not one.ok for one in summaries):
        alerts.check(services)
    return _told(summaries, failed)


def _asked_for(services: Services, source: Source | FeedSource) -> list[SyncSummary]:
    """The reading that somebody asked for by fixing an alert, if any: what it may do goes by what they approved."""
    with services.db.read() as conn:
        wishes = sync_wishes.undone(conn, source.name)
    if not wishes:
        return []
    asked = {wish.what for wish in wishes}
    options = sync.Options(
        reread="reread" in asked or "delete" in asked,
        delete_any="delete" in asked,
        mode="sweep" if "delete" in asked else "incremental",
    )
    ctx = _context(services)
    watch = _watch(services, source.name, sync_progress.to_whom(ctx, (wish.actor for wish in wishes)))
    done = sync.run(ctx, source, watch, options)
    watch.end(done)
    if not done.busy:
        with services.db.write() as conn:
            sync_wishes.done(conn, wishes, services.clock.now())
    return [done]


def _catch_up(services: Services, source: Source | FeedSource) -> list[SyncSummary]:
    """The readings of one source whose slot has begun without them; a backfill counts as each of them."""
    summaries: list[SyncSummary] = []
    patience = timedelta(minutes=services.settings.sync_minutes)
    for job in source_jobs(source.name, source.interval_seconds, None if isinstance(source, Feed) else patience):
        with services.db.read() as conn:
            started = syncs.last_started(conn, source.name)
        if is_due(job, started, services.clock.now()):
            mode: Mode = job.name  # type: ignore[assignment]
            watch = _watch(services, source.name)
            summaries.append(sync.run(watch.ctx, source, watch, sync.Options(mode=mode)))
            watch.end(summaries[-1])
    return summaries


def _watch(services: Services, source: str, to: tuple[Recipient, ...] = ()) -> sync_progress.Watch:
    """Tells those who asked how far a sync is, and the channel of ops of one that takes long."""
    return sync_progress.Watch(_context(services), source, to, services.settings.ops_channel, services.clock)


def _told(summaries: list[SyncSummary], failed: list[str]) -> JobResult:
    """How the syncs went, in a sentence."""
    synced, changed = sum(one.ok for one in summaries), sum(one.changed for one in summaries)
    failed += [one.source for one in summaries if not (one.ok or one.busy)]
    said = f"Synced {synced} sources, {changed} rows changed." if synced or failed else "There is nothing to sync."
    if failed:
        said += f" Not synced: {', '.join(dict.fromkeys(failed))}; `attain sync` says why."
    return JobResult("sync", ok=not failed, sentence=said)


def _recalculate(services: Services) -> JobResult:
    """Everyone whose facts changed since their last calculation."""
    try:
        summary = recalculate.drain(_context(services))
    except Exception as error:
        alerts.calculation_failed(services, error)
        raise
    alerts.calculated(services, summary)
    return JobResult("recalculate", ok=True, sentence=f"Recalculated {summary.reps} reps.")


def _alerts(services: Services) -> JobResult:
    """Ops alerts looked for: what is new opens, what is gone closes."""
    return JobResult("alerts", ok=True, sentence=alerts.check(services))


def _nudges(services: Services) -> JobResult:
    """Every rule for everybody; what is due is owed from then on."""
    summary = nudges.due(_context(services), budget.limits(services.settings))
    return JobResult("nudges", ok=True, sentence=f"{summary.new} new nudges.")


def _leadership(services: Services) -> JobResult:
    """The leadership digest of whoever's Monday morning has come."""
    new = leadership.due(_context(services), services.settings.leaders_named)
    return JobResult("leadership", ok=True, sentence=f"{new} leadership digests.")


def _deliver(services: Services) -> JobResult:
    """Everything that may go out now; the worker's own thread does this all the time."""
    done = delivering(services).round()
    return JobResult("deliver", ok=not done.held, sentence=done.sentence)


def _spifs(services: Services) -> JobResult:
    """SPIFs: windows open and close, boards are brought up to date, prizes behind refunds are taken back."""
    done = spif_clock.tick(_context(services))
    said = f"Moved {done.moved} SPIFs, brought {done.boards} boards up to date, changed {done.reversed} prizes."
    return JobResult("spifs", ok=not done.refused, sentence=" ".join((said, *done.refused)))


def _purge(services: Services) -> JobResult:
    """Requests and response addresses past their time, and what notices said long ago."""
    now = services.clock.now()
    before = now - timedelta(hours=services.settings.keep_inbox_hours)
    with services.db.write() as conn:
        count = inbox.purge(conn, before)
        hints.purge(conn, before)
        outbox.purge_data(conn, now - timedelta(days=services.settings.keep_notices_days))
        lanes.forget_old(conn, before)
    return JobResult("purge", ok=True, sentence=f"Cleared {count} requests.")


def _context(services: Services) -> Context:
    now = services.clock.now()
    return Context(services.db, now.date(), now)


_JOBS: dict[str, Callable[[Services], JobResult]] = {
    "sync": _sync,
    "due": _due,
    "recalculate": _recalculate,
    "alerts": _alerts,
    "spifs": _spifs,
    "nudges": _nudges,
    "leadership": _leadership,
    "deliver": _deliver,
    "purge": _purge,
}
