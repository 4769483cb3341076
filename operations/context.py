"""What every operation is given: the store, the day it speaks of, the instant it happens, and who asks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime

    from engine.people import Person
    from store.database import Database


@dataclass(frozen=True, slots=True)
class Context:
    """First argument of every operation.

    Attributes:
        db: Where facts are kept.
        as_of: The fiscal day the answer speaks of, in the reader's zone; deals booked later do not count.
        now: The instant, aware UTC; stamps what is written and judges how old the data is.
        actor: Who asks; None for the schedule and the command line.
    """

    db: Database
    as_of: date
    now: datetime
    actor: Person | None = None

    @property
    def actor_name(self) -> str:
        """The actor's e-mail for the change log, or "system"."""
        return self.actor.email if self.actor else "system"
