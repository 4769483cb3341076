"""What one person wants of the bot: which kinds, when, and how bundled. Who never said anything has the defaults."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.notice_kinds import KINDS
from engine.working_hours import WEEKDAYS, Hours, territory

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from engine.people import Person

#: Kinds that a person may turn off, and those that are off until somebody turns them on.
MUTABLE = tuple(kind.name for kind in KINDS.values() if kind.sort == "nudge" and not kind.is_opt_in)
OPT_IN = tuple(kind.name for kind in KINDS.values() if kind.is_opt_in)
#: Somebody who works fewer minutes than this could hardly be told anything.
SHORTEST_DAY = 60


@dataclass(frozen=True, slots=True)
class Preferences:
    """What a person said; None and "" stand for the defaults.

    Attributes:
        muted: Kinds they do not want.
        asked_for: Kinds they want that are off by themselves.
        opens: Minutes after midnight, [opens, closes).
        closes: See `opens`.
        workdays: Days of the week, 0 is Monday.
        country: Whose public holidays are kept; "" is that of their locale, "-" none.
        digest_only: Everything once a day, in one message.
        away: Days [from, until) out of office.
        quiet_until: As Slack said of "do not disturb".
    """

    muted: frozenset[str] = frozenset()
    asked_for: frozenset[str] = frozenset()
    opens: int | None = None
    closes: int | None = None
    workdays: frozenset[int] = WEEKDAYS
    country: str = ""
    digest_only: bool = False
    away: tuple[date, date] | None = None
    quiet_until: datetime | None = None

    def hours(self, person: Person, absent: Iterable[tuple[date, date]] = ()) -> Hours:
        """When this person may be disturbed; `absent` are further days [from, until) on which they are away."""
        usual = Hours()
        own = (self.away,) if self.away is not None else ()
        country = territory(person.locale) if not self.country else self.country.strip("-")
        return Hours(
            zone=person.timezone,
            opens=usual.opens if self.opens is None else self.opens,
            closes=usual.closes if self.closes is None else self.closes,
            workdays=self.workdays,
            country=country,
            away=(*own, *absent),
            quiet_until=self.quiet_until,
        )


def is_usable(opens: int, closes: int, workdays: Iterable[int]) -> bool:
    """Whether such hours leave a time at which something can be said."""
    return opens >= 0 and opens + SHORTEST_DAY <= closes <= 24 * 60 and bool(set(workdays) & set(range(7)))
