"""Builds everything once: store, clock and work pool. Nothing happens at import time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.clock import SystemClock
from bot.slack.pool import WorkPool
from store.database import Database

if TYPE_CHECKING:
    from bot.clock import Clock
    from bot.settings import Settings
    from connectors.registry import Outside


@dataclass(frozen=True, slots=True)
class Services:
    """What every listener and job is handed. Close it when the process ends.

    `outside` replaces what sources find outside, where that is not the real services: the demo's CRM.
    """

    db: Database
    settings: Settings
    clock: Clock
    pool: WorkPool
    outside: Outside | None = None

    def close(self) -> None:
        """Finish the work that was taken, then let go of the store."""
        self.pool.close()
        self.db.dispose()


def build(settings: Settings, clock: Clock | None = None) -> Services:
    """The services of one process; the store is brought to the current schema.

    Args:
        settings: where the store is and how much work runs at once.
        clock: the machine's unless the sandbox brings one that moves.
    """
    db = Database.open(settings.database_url)
    db.migrate()
    return Services(db, settings, clock or SystemClock(), WorkPool(settings.workers, settings.queue))
