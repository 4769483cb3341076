"""Firings of the schedule: each slot of a job is claimed once, whoever fires it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select, update

from store.bulk import insert_new
from store.tables.work import job_run

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection


@dataclass(frozen=True, slots=True)
class JobRun:
    """One firing of a job and how it ended."""

    job: str
    slot_at: datetime
    token: int
    status: str
    detail: str
    claimed_at: datetime
    finished_at: datetime | None


def claim_slot(conn: Connection, job: str, slot_at: datetime, token: int, now: datetime | None = None) -> bool:
    """Whether this slot is ours to run. False when it was claimed, or when a newer leader has claimed any slot.

    Args:
        conn: A writing transaction.
        job: The job's name.
        slot_at: The slot, an instant that every process computes alike.
        token: The fencing token of the schedule's lease: an older one than any that claimed is refused.
        now: When; the slot itself when not given.
    """
    newest = conn.execute(select(func.coalesce(func.max(job_run.c.token), 0))).scalar_one()
    if token < newest:
        return False
    row = {
        "job": job,
        "slot_at": slot_at,
        "token": token,
        "status": "running",
        "detail": "",
        "claimed_at": now or slot_at,
        "finished_at": None,
    }
    return insert_new(conn, job_run, row, ("job", "slot_at"))


def finish(conn: Connection, job: str, slot_at: datetime, now: datetime, status: str = "done") -> None:
    """The run of that slot ended."""
    mine = (job_run.c.job == job) & (job_run.c.slot_at == slot_at)
    conn.execute(update(job_run).where(mine).values(status=status, finished_at=now))


def latest(conn: Connection, job: str) -> JobRun | None:
    """The newest slot of a job that was claimed."""
    newest = select(job_run).where(job_run.c.job == job).order_by(job_run.c.slot_at.desc()).limit(1)
    row = conn.execute(newest).first()
    if row is None:
        return None
    return JobRun(row.job, row.slot_at, row.token, row.status, row.detail, row.claimed_at, row.finished_at)
