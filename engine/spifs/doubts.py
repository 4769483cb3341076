"""Which entries of a SPIF somebody has to look at before results are proposed, and why (S7).

An entry is doubted, never left out: whoever leads the SPIF judges each. What is doubted is what decides prizes and is
easily wrong: a deal that is there twice, one far larger than the others, one won in the last hours or entered after
the end, one edited after it was won, and one whose owner changed hands once the prize was known.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from engine.money import Money
    from engine.spifs.definition import Spif
    from engine.spifs.windows import Window


@dataclass(frozen=True, slots=True)
class Limits:
    """Where ordinary ends (ours).

    Attributes:
        large_factor: How many times the median an entry is that is unusually large.
        large_among: How many entries there must be at least for a median to mean anything.
        last: How long before the end a win is a last-minute one.
    """

    large_factor: int = 5
    large_among: int = 5
    last: timedelta = timedelta(hours=2)


USUAL = Limits()


@dataclass(frozen=True, slots=True)
class Version:
    """A deal as it stood once, and what it said.

    Attributes:
        at: Since when, by the source's own stamp; None where it has none.
        known_at: When we learnt of it.
    """

    at: datetime | None
    known_at: datetime
    amount: Money
    owner_id: int
    is_won: bool
    booked_on: date


@dataclass(frozen=True, slots=True)
class Entry:
    """A deal that counts: what it is called, and its versions, oldest first; the last one is what counts now.

    `is_first_read`: its source was first read after it was won, so that no stamp says when that was.
    """

    deal_id: int
    name: str
    account: str
    versions: tuple[Version, ...]
    is_first_read: bool = False

    @property
    def amount(self) -> Money:
        """What it is worth now."""
        return self.versions[-1].amount

    @property
    def won_at(self) -> datetime | None:
        """When the source had it as won for the first time, where that is known."""
        won = next((one for one in self.versions if one.is_won), None)
        return None if won is None or self.is_first_read else won.at


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an entry is doubted, and when we learnt of that: a ruling made before did not know of it."""

    code: str
    said: str
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What is known beside the entries: when the rules were announced, and what people are called."""

    announced_at: datetime | None
    names: Mapping[int, str]


def doubted(
    spif: Spif, entries: Sequence[Entry], known: Known, limits: Limits = USUAL
) -> dict[int, tuple[Reason, ...]]:
    """Why each doubted entry is: by the deal's number, those without a doubt are not in it."""
    found: dict[int, list[Reason]] = defaultdict(list)
    for deal_id, reason in _doubles(entries):
        found[deal_id].append(reason)
    by_amount = any(one.unit == "money" for award in spif.awards for one in award.scoring.metrics)
    if by_amount:
        for deal_id, reason in _large(entries, limits):
            found[deal_id].append(reason)
    for entry in entries:
        found[entry.deal_id] += _of_one(spif.window, entry, known, limits, is_by_amount=by_amount)
    return {deal_id: tuple(reasons) for deal_id, reasons in sorted(found.items()) if reasons}


def _doubles(entries: Sequence[Entry]) -> Iterator[tuple[int, Reason]]:
    """All but the first of the deals of one account with one amount."""
    alike: dict[tuple[str, Money], list[Entry]] = defaultdict(list)
    for entry in sorted(entries, key=lambda one: one.deal_id):
        alike[(entry.account or entry.name).casefold(), entry.amount].append(entry)
    for first, *others in alike.values():
        for later in others:
            yield later.deal_id, Reason("double", f"same account and amount as “{first.name}”")


def _large(entries: Sequence[Entry], limits: Limits) -> Iterator[tuple[int, Reason]]:
    """Those worth so many times the median of all entries of their currency."""
    by_currency: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        by_currency[entry.amount.currency].append(entry)
    for lot in by_currency.values():
        amounts = sorted(one.amount.minor for one in lot)
        median = amounts[(len(amounts) - 1) // 2]
        for entry in lot if len(lot) >= limits.large_among and median > 0 else ():
            if entry.amount.minor > limits.large_factor * median:
                times = entry.amount.minor // median
                said = f"{entry.amount} is {times} times the usual entry"
                yield entry.deal_id, Reason("large", said, _worth_since(entry))


def _worth_since(entry: Entry) -> datetime:
    """When we learnt of the amount that it has now."""
    return next(one.known_at for one in entry.versions if one.amount == entry.amount)


def _of_one(window: Window, entry: Entry, known: Known, limits: Limits, *, is_by_amount: bool) -> Iterator[Reason]:
    """What is doubtful about one deal by itself."""
    yield from _late(window, entry, limits)
    yield from _handed_over(entry, known)
    was_won = False
    for before, after in pairwise(entry.versions):
        was_won = was_won or before.is_won
        if was_won and after.is_won:
            yield from _edited(window, (before, after), is_by_amount=is_by_amount)


def _late(window: Window, entry: Entry, limits: Limits) -> Iterator[Reason]:
    at = entry.won_at
    if at is None:
        return
    if at >= window.closes_at:
        yield Reason("late", "won in the CRM only after the end, dated inside the window")
    elif at >= window.closes_at - limits.last:
        hours = int(limits.last.total_seconds() // 3600)
        yield Reason("last_hours", f"won in the last {hours} hours")


def _edited(window: Window, change: tuple[Version, Version], *, is_by_amount: bool) -> Iterator[Reason]:
    """An amount that went up after the win, or a day that was moved into the window."""
    before, after = change
    first, last = window.start_on, window.last_on
    if is_by_amount and after.amount.currency == before.amount.currency and after.amount.minor > before.amount.minor:
        yield Reason("edited", f"amount edited after the win, {before.amount} to {after.amount}", after.known_at)
    if first <= after.booked_on <= last and not first <= before.booked_on <= last:
        yield Reason("edited", f"its day was moved into the window, from {before.booked_on}", after.known_at)


def _handed_over(entry: Entry, known: Known) -> Iterator[Reason]:
    """An owner other than the one it had when the rules were announced; one that had none yet is only mapped."""
    announced = known.announced_at
    if announced is None:
        return
    owned = [one for one in entry.versions if one.owner_id]
    before = [one for one in owned if (one.at or one.known_at) < announced]
    now = entry.versions[-1]
    first = (before[-1:] or owned[:1] or [now])[0]
    if now.owner_id and now.owner_id != first.owner_id:
        since = next(one for one, last in _backwards(entry.versions) if last is None or last.owner_id != now.owner_id)
        giver, taker = (known.names.get(one.owner_id, "somebody") for one in (first, now))
        yield Reason("handed_over", f"handed over from {giver} to {taker} after the announcement", since.known_at)


def _backwards(versions: tuple[Version, ...]) -> Iterator[tuple[Version, Version | None]]:
    """Each version with the one before it, the newest first."""
    for at in range(len(versions) - 1, -1, -1):
        yield versions[at], versions[at - 1] if at else None
