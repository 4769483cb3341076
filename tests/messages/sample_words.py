"""Who reads the samples and when, the words that come from outside, and the small print under every answer."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, timedelta

from engine.answers import Basis, Freshness, Waiting
from engine.dates import Period
from engine.money import Money
from messages import views

NOW = datetime(2025, 11, 21, 14, 14, tzinfo=UTC)
TODAY = date(2025, 11, 21)
LAST = date(2025, 12, 31)
Q4 = Period("Q4 2025", date(2025, 10, 1), date(2026, 1, 1))
READER = views.Reader("en-US", "America/New_York", NOW, 7, "dana@example.com")
LATER = views.Reader("en-US", "America/New_York", datetime(2026, 1, 9, 14, tzinfo=UTC), 7, "dana@example.com")
GERMAN = views.Reader("de-DE", "Europe/Berlin", NOW, 7, "dana@example.com")
JAPANESE = views.Reader("ja-JP", "Asia/Tokyo", NOW, 7, "dana@example.com")
MANAGER = views.Reader("en-US", "America/New_York", NOW, 3, "kim@example.com")


@dataclass(frozen=True)
class Words:
    """What other people wrote: in the CRM, in plan files, in Slack."""

    rep: str = "Dana Reyes"
    deal: str = "Acme renewal"
    account: str = "Acme Inc"
    external_id: str = "006-1482"
    component: str = "New business"
    plan: str = "Account Executive"
    rule: str = "owner_credit"
    quota: str = "New business"
    source: str = "crm"
    reason: str = "The close date is missing."
    remedy: str = "Set it in the CRM; the next sync counts the deal."
    message: str = "The rep won deals on days on which no plan applies to them."
    note: str = "Rounded once, on the running total."
    heard: str = "how is my wife"

    @classmethod
    def all(cls, word: str) -> Words:
        return cls(**{field.name: word for field in fields(cls)})


def usd(minor: int) -> Money:
    return Money(minor, "USD")


def fresh(words: Words, *, stale: bool = False) -> Freshness:
    age = timedelta(days=3) if stale else timedelta(minutes=12)
    return Freshness(words.source, NOW - age, stale)


def basis(words: Words, waiting: int = 0, *, stale: bool = False) -> Basis:
    held = Waiting(words.deal, words.reason, words.remedy, NOW - timedelta(days=2))
    return Basis("rcp_9f2c41d07a", (fresh(words, stale=stale),), (held,) * waiting)


def held(words: Words) -> tuple[Waiting, ...]:
    reasons = ("close is empty", "id 'D-9' has shares that do not add up to 100 percent", "something else is odd")
    return tuple(Waiting(words.deal, reason, "mend it", NOW) for reason in reasons)
