"""The schedule: however many processes run, each slot runs once, and a lost leader is replaced within seconds."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from threading import Event, Lock
from typing import TYPE_CHECKING

import pytest

from bot.clock import MovableClock
from bot.schedule import LEASE, LOOK, Job, Schedule, is_due, source_jobs, standing_jobs
from bot.settings import Settings
from bot.slack.pool import WorkPool
from bot.wiring import Services
from store import jobs, leases
from store.database import Database

if TYPE_CHECKING:
    from collections.abc import Iterator


class Record:
    """Notes every run with the slot it belongs to."""

    def __init__(self, job: Job, clock: MovableClock) -> None:
        self.job, self.clock, self.lock = job, clock, Lock()
        self.runs: list[tuple[str, datetime]] = []

    def __call__(self, name: str) -> None:
        with self.lock:
            self.runs.append((name, self.job.slot(self.clock.now())))


@pytest.fixture
def services(database_url: str) -> Iterator[list[Services]]:
    clock = MovableClock()
    settings = Settings(database_url=database_url, lease_seconds=2)
    found = [Services(Database.open(database_url), settings, clock, WorkPool()) for _ in range(2)]
    yield found
    for each in found:
        each.close()


def wait_until(condition: object, seconds: float = 20.0) -> None:
    until = time.monotonic() + seconds
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < until
        time.sleep(0.02)


def claimed_slots(db: Database) -> int:
    """How many slots of the job were claimed. When a run began says little: by then the next may have."""
    with db.read() as conn:
        return conn.exec_driver_sql("SELECT count(DISTINCT slot_at) FROM job_run WHERE job = 'tick'").scalar() or 0


def test_two_schedulers_run_each_slot_once(services: list[Services]) -> None:
    job = Job("tick", timedelta(seconds=1))
    record = Record(job, services[0].clock)  # type: ignore[arg-type]
    both = [Schedule(each, [job], record, f"holder-{n}") for n, each in enumerate(services)]
    for each in both:
        each.start()
    wait_until(lambda: len(record.runs) >= 5)
    for each in both:
        each.close()
    with services[0].db.read() as conn:
        last = jobs.latest(conn, "tick")
    assert len(record.runs) == claimed_slots(services[0].db)
    assert last is not None
    assert last.status == "done"


def test_a_silent_leader_is_replaced_within_five_seconds(services: list[Services]) -> None:
    """It neither renews nor gives back, as a process does that was killed or suspended; then it wakes up."""
    job = Job("tick", timedelta(seconds=1))
    record = Record(job, services[0].clock)  # type: ignore[arg-type]
    first, second = (Schedule(each, [job], record, f"holder-{n}") for n, each in enumerate(services))
    first.start()
    wait_until(lambda: first.is_leader)
    second.start()
    first.pause()
    started = time.monotonic()
    wait_until(lambda: second.is_leader)
    assert time.monotonic() - started < 5
    wait_until(lambda: record.runs)
    services[0].clock.advance(timedelta(seconds=30))  # type: ignore[attr-defined]
    wait_until(lambda: second.fire(job) or True)
    assert not first.fire(job), "the fencing token of a replaced leader is refused"
    second.close()
    first.close()
    assert len(record.runs) == claimed_slots(services[0].db)


def test_a_leader_that_leaves_frees_the_lease_at_once(services: list[Services]) -> None:
    first, second = (Schedule(each, [], lambda _name: None, f"holder-{n}") for n, each in enumerate(services))
    first.start()
    wait_until(lambda: first.is_leader)
    first.close()
    second.start()
    wait_until(lambda: second.is_leader, 5)
    second.close()


def test_after_a_day_down_the_current_slot_runs_once_at_once(services: list[Services]) -> None:
    job = Job("sync", timedelta(hours=1))
    record = Record(job, services[0].clock)  # type: ignore[arg-type]
    for _ in range(2):
        schedule = Schedule(services[0], [job], record, "holder")
        schedule.start()
        wait_until(lambda: record.runs)
        schedule.close()
        assert len(record.runs) == 1
    services[0].clock.advance(timedelta(days=1))  # type: ignore[attr-defined]
    schedule = Schedule(services[0], [job], record, "holder")
    schedule.start()
    wait_until(lambda: len(record.runs) == 2)
    schedule.close()


def test_closing_waits_for_the_running_job(services: list[Services]) -> None:
    begun, done = Event(), Event()

    def slow(_name: str) -> None:
        begun.set()
        time.sleep(0.5)
        done.set()

    schedule = Schedule(services[0], [Job("slow", timedelta(hours=1))], slow)
    schedule.start()
    assert begun.wait(10)
    schedule.close()
    assert done.is_set()
    with services[0].db.write() as conn:
        assert leases.acquire(conn, LEASE, "other", timedelta(seconds=1), services[0].clock.now()) is not None


@pytest.mark.parametrize(
    ("now", "slot"),
    [
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        (datetime(2026, 10, 25, 1, 44, 59, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC)),
        (datetime(2026, 3, 29, 1, 0, tzinfo=UTC), datetime(2026, 3, 29, 1, 0, tzinfo=UTC)),
    ],
)
def test_slots_are_counted_in_utc_so_that_no_hour_repeats(now: datetime, slot: datetime) -> None:
    assert Job("sync", timedelta(minutes=15)).slot(now) == slot


def test_the_standing_jobs_follow_the_settings() -> None:
    found = {job.name: job.every for job in standing_jobs(Settings(recalculate_seconds=10))}
    standing = {
        "due": LOOK,
        "recalculate": timedelta(seconds=10),
        "purge": timedelta(hours=1),
        "nudges": timedelta(minutes=15),
    }
    assert found == found | standing


def test_what_a_source_is_owed_is_spread_but_the_same_in_every_process() -> None:
    names = [f"crm{number}" for number in range(50)]
    for name in names:
        jobs_ = source_jobs(name, 900)
        assert [job.name for job in jobs_] == ["incremental", "settle", "sweep"]
        assert jobs_ == source_jobs(name, 900)
        sweep = jobs_[2].slot(datetime(2026, 5, 5, 12, tzinfo=UTC))
        assert timedelta(hours=2) <= sweep - datetime(2026, 5, 5, tzinfo=UTC) < timedelta(hours=4)
    assert len({source_jobs(name, 900)[0].offset for name in names}) > 40


def test_files_are_looked_at_as_often_as_the_settings_say() -> None:
    (job,) = source_jobs("erp", 86_400, timedelta(minutes=5))
    assert job.every == timedelta(minutes=5)


def test_missed_slots_are_read_once() -> None:
    job = source_jobs("crm", 900)[0]
    now = datetime(2026, 5, 5, 12, 0, tzinfo=UTC)
    started = {"incremental": now - timedelta(days=3)}
    assert is_due(job, started, now)
    assert not is_due(job, {"incremental": now}, now)
    assert is_due(job, {"sweep": now}, now)
    assert not is_due(job, {"backfill": now}, now)
