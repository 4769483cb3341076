"""Which job runs when, by exactly one process: a clock that ticks only where the lease is held.

APScheduler is the clock and nothing more. Each firing claims its slot, a moment in UTC that every process computes
alike, in the store; a slot that was claimed is never run again, whoever fires it. The lease's fencing token goes with
every claim, so that a holder that was paused and has been replaced is refused. After a pause the current slot runs at
once and missed ones are not repeated: every job catches up by itself.
"""

from __future__ import annotations

import hashlib
import os
import socket
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger

from bot.log import Journal
from store import jobs, leases
from store.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from bot.settings import Settings
    from bot.wiring import Services

LEASE = "schedule"
#: How often the worker looks which source is owed a reading.
LOOK = timedelta(minutes=1)
SETTLE_EVERY = timedelta(hours=1)
SWEEP_EVERY = timedelta(days=1)
#: Sweeps begin so long after midnight UTC, within as long again.
NIGHT = timedelta(hours=2)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_journal = Journal("bot.schedule")


@dataclass(frozen=True, slots=True)
class Job:
    """Something that is due once in every `every`, counted from 1970 in UTC: daylight saving repeats no slot."""

    name: str
    every: timedelta
    offset: timedelta = timedelta(0)

    def slot(self, now: datetime) -> datetime:
        """The start of the interval in which `now` lies."""
        first = _EPOCH + self.offset
        return first + self.every * ((now - first) // self.every)


def standing_jobs(settings: Settings) -> tuple[Job, ...]:
    """The jobs of a deployment."""
    return (
        Job("due", LOOK),
        Job("recalculate", timedelta(seconds=settings.recalculate_seconds)),
        Job("alerts", timedelta(minutes=settings.alerts_minutes)),
        Job("nudges", timedelta(minutes=settings.nudges_minutes)),
        Job("spifs", timedelta(minutes=5)),
        Job("leadership", timedelta(minutes=30)),
        Job("purge", timedelta(hours=1)),
    )


def source_jobs(name: str, interval_seconds: int, files: timedelta | None = None) -> tuple[Job, ...]:
    """What one source is owed, each named after the mode it reads in.

    The slots of a source begin a little later than the clock's, each source's at its own time but always at the
    same, so that many sources do not start at once and every process computes the same slots.

    Args:
        name: The source.
        interval_seconds: How often its changes are read.
        files: Of a source of files, how often they are looked at; nothing else is read of them.
    """
    if files is not None:
        every = min(files, timedelta(seconds=interval_seconds))
        return (Job("incremental", every, jitter(name, every / 5)),)
    every = timedelta(seconds=interval_seconds)
    return (
        Job("incremental", every, jitter(name, every / 5)),
        Job("settle", SETTLE_EVERY, jitter(name, SETTLE_EVERY / 5)),
        Job("sweep", SWEEP_EVERY, NIGHT + jitter(name, NIGHT)),
    )


def is_due(job: Job, started: Mapping[str, datetime], now: datetime) -> bool:
    """Whether nothing has been started in the slot that runs now; slots that were missed are not repeated."""
    last = max((at for mode, at in started.items() if mode in (job.name, "backfill")), default=_EPOCH)
    return last < job.slot(now)


def jitter(name: str, most: timedelta) -> timedelta:
    """Some time below `most`, the same for the same name anywhere."""
    share = int.from_bytes(hashlib.sha256(name.encode()).digest()[:4]) % 10_000
    return timedelta(seconds=int(most.total_seconds() * share / 10_000))


class Schedule:
    """Competes for the lease and, while it holds it, hands due jobs to `run` one at a time."""

    def __init__(
        self, services: Services, due: Sequence[Job], run: Callable[[str], None], holder: str | None = None
    ) -> None:
        """Prepare; `holder` names this process in the lease."""
        self._services = services
        self._due = tuple(due)
        self._run = run
        self._holder = holder or f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"
        self._ttl = timedelta(seconds=services.settings.lease_seconds)
        self._clock: BackgroundScheduler | None = None
        self._token: int | None = None
        self._working = Lock()
        self._stop = Event()
        self._thread = Thread(target=self._compete, name="attain-lease", daemon=True)

    @property
    def is_leader(self) -> bool:
        """Whether this process holds the lease, as far as it knows."""
        return self._token is not None

    def start(self) -> None:
        """Begin to compete for the lease."""
        self._thread.start()

    def close(self) -> None:
        """Stop ticking, let the running job end, and give the lease back."""
        self._stop.set()
        self._thread.join()
        self._step_down()
        with self._working:
            pass

    def pause(self) -> None:
        """Stop renewing without giving the lease back, as a process does that is suspended."""
        self._stop.set()
        self._thread.join()

    def fire(self, job: Job) -> bool:
        """Run `job` for the current slot unless that slot was claimed; whether it ran."""
        token, now = self._token, self._services.clock.now()
        if token is None:
            return False
        slot = job.slot(now)
        try:
            with self._services.db.write() as conn:
                claimed = jobs.claim_slot(conn, job.name, slot, token, now)
            if claimed:
                self._run_alone(job, slot)
        except StoreError as error:
            _journal.error("slot could not be claimed or closed", error, job=job.name)
            return False
        return claimed

    def _run_alone(self, job: Job, slot: datetime) -> None:
        """Run a claimed slot once the job before it has ended."""
        with self._working:
            _journal.info("job", job=job.name, slot=slot.isoformat())
            self._run(job.name)
        with self._services.db.write() as conn:
            jobs.finish(conn, job.name, slot, self._services.clock.now())

    def _compete(self) -> None:
        while not self._stop.is_set():
            try:
                self._seek()
            except StoreError as error:
                _journal.warning("lease could not be checked", reason=type(error).__name__)
            self._stop.wait(self._ttl.total_seconds() / 3)

    def _seek(self) -> None:
        """Take or renew the lease; start or stop the clock when that changes who leads."""
        now = self._services.clock.now()
        with self._services.db.write() as conn:
            token = leases.acquire(conn, LEASE, self._holder, self._ttl, now)
        if token is None:
            self._stop_clock()
        elif token != self._token:
            self._stop_clock()
            self._token = token
            self._start_clock()

    def _start_clock(self) -> None:
        clock = BackgroundScheduler(timezone=UTC)
        for job in self._due:
            clock.add_job(
                self.fire,
                IntervalTrigger(seconds=int(job.every.total_seconds()), start_date=_EPOCH, timezone=UTC),
                args=(job,),
                next_run_time=datetime.now(UTC),
                coalesce=True,
                misfire_grace_time=None,
                max_instances=1,
            )
        self._clock = clock
        clock.start()
        _journal.info("leading", holder=self._holder, token=self._token)

    def _stop_clock(self) -> None:
        if self._clock is not None:
            self._clock.shutdown(wait=False)
            self._clock = None
            _journal.info("no longer leading", holder=self._holder)
        self._token = None

    def _step_down(self) -> None:
        """Stop the clock and free the lease, so that the next process need not wait for it to run out."""
        token = self._token
        self._stop_clock()
        if token is None:
            return
        try:
            with self._services.db.write() as conn:
                leases.release(conn, LEASE, self._holder)
        except StoreError as error:
            _journal.warning("lease could not be released", reason=type(error).__name__)
