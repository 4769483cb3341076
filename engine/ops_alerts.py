"""Ops alerts as work items: what was found, grouped by condition, with what it may cost and until when to act.

A finding is one thing that somebody has to look at; findings of one condition, such as all deals of one owner whom
nobody knows, are one alert. The kinds there are stand in `engine.alert_kinds`, the life of an alert in
`engine.alert_states`.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from engine.alert_kinds import KINDS
from engine.money import Money

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

#: A mark is so many characters of a digest: enough to tell the findings of one alert apart.
MARK_LENGTH = 16


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was found.

    Attributes:
        code: The kind of alert, "A3".
        key: The condition within the kind; findings of one key are one alert.
        subject: What the alert is about, in a few words: "owner 4711 of hubspot".
        item: What tells this finding from the others of its alert, and what a fix names: a deal, a rep, a kind.
        message: What is wrong with it, in a sentence; never an amount of pay.
        risk: What may be paid wrongly or not at all, where it was calculated; None where it cannot be.
        found: What a fix needs to know, by name.
        since_on: The first day concerned: pay periods that end before it may be locked. None concerns them all.
        mark: What was accepted stays accepted while this stays the same; empty is the message.
    """

    code: str
    key: str
    subject: str
    item: str
    message: str
    risk: Money | None = None
    found: Mapping[str, str] = field(default_factory=dict)
    since_on: date | None = None
    mark: str = ""

    @property
    def fingerprint(self) -> str:
        """A short digest of what was found, equal as long as nothing about it changed."""
        said = "\0".join((self.item, self.mark or self.message))
        return hashlib.sha256(said.encode()).hexdigest()[:MARK_LENGTH]


@dataclass(frozen=True, slots=True)
class Condition:
    """The findings of one condition, in order: what becomes one alert."""

    code: str
    key: str
    subject: str
    findings: tuple[Finding, ...]

    @property
    def name(self) -> str:
        """The key among all alerts: "A3:hubspot:4711"."""
        return f"{self.code}:{self.key}"

    @property
    def severity(self) -> int:
        """1 blocks the lock, 2 is for today, 3 for the digest."""
        return KINDS[self.code].severity

    @property
    def risk(self) -> tuple[Money, ...]:
        """What is at risk in all, per currency."""
        return total_risk(finding.risk for finding in self.findings)

    @property
    def since_on(self) -> date | None:
        """The first day concerned; None where some finding concerns every period."""
        days = [finding.since_on for finding in self.findings]
        known = [each for each in days if each is not None]
        return min(known) if len(known) == len(days) else None

    @property
    def marks(self) -> frozenset[str]:
        """The fingerprints of the findings."""
        return frozenset(finding.fingerprint for finding in self.findings)


def total_risk(amounts: Iterable[Money | None]) -> tuple[Money, ...]:
    """The amounts summed per currency, by currency; each counts by its size, whichever way the error goes."""
    sums: dict[str, int] = {}
    for amount in amounts:
        if amount is not None:
            sums[amount.currency] = sums.get(amount.currency, 0) + abs(amount.minor)
    return tuple(Money(minor, currency) for currency, minor in sorted(sums.items()) if minor)


def grouped(findings: Iterable[Finding]) -> tuple[Condition, ...]:
    """One condition per kind and key, each with its findings by item; an item that is found twice counts once."""
    held: dict[tuple[str, str], dict[str, Finding]] = {}
    for finding in findings:
        held.setdefault((finding.code, finding.key), {}).setdefault(finding.item, finding)
    return tuple(
        Condition(code, key, next(iter(items.values())).subject, tuple(items[item] for item in sorted(items)))
        for (code, key), items in sorted(held.items(), key=lambda each: (_number(each[0][0]), each[0][1]))
    )


def _number(code: str) -> int:
    return int(code[1:])
