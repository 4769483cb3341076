"""Which job runs when, by exactly one process: a clock that ticks only where the lease is held.

APScheduler is the clock and nothing more. Each firing claims its slot, a moment in UTC that every process computes
alike, in the store; a slot that was claimed is never run again, whoever fires it. The lease's fencing token goes with
every claim, so that a holder that was paused and has been replaced is refused. After a pause the current slot runs at
once and missed ones are not repeated: every job catches up by itself.
"""

from __future__ import annotations

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
    from collections.abc import Callable, Sequence

    from bot.settings import Settings
    from bot.wiring import Services

LEASE = "schedule"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_journal = Journal("bot.schedule")


@dataclass(frozen=True, slots=True)
class Job:
    """Something that is due once in every `every`, counted from 1970 in UTC: daylight saving repeats no slot."""

    name: str
    every: timedelta

    def slot(self, now: datetime) -> datetime:
        """The start of the interval in which `now` lies."""
        return _EPOCH + self.every * ((now - _EPOCH) // self.every)


def standing_jobs(settings: Settings) -> tuple[Job, ...]:
    """The jobs of a deployment."""
    return (
        Job("sync", timedelta(minutes=settings.sync_minutes)),
        Job("recalculate", timedelta(seconds=settings.recalculate_seconds)),
        Job("purge", timedelta(hours=1)),
    )


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
