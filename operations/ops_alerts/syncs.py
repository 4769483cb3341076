"""Alerts about how data comes in: A1 syncs, A2 volumes, A6 fields, A27 and A28 quarantine, A29 deletions."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

import numpy as np

from engine.dates import day
from engine.frames import integers, named
from engine.money import Money
from engine.ops_alerts import Finding
from store import alert_facts, quarantine

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from operations.ops_alerts.reading import Finder, Reading
    from store.quarantine import Waiting

#: Reasons of the quarantine that say which field a deal lacks.
FIELDS = {
    "amount_unparsable": "amount",
    "amount_missing": "amount",
    "amount_too_precise": "amount",
    "amount_out_of_range": "amount",
    "currency_unknown": "currency",
    "close_date_missing": "close date",
    "date_missing": "close date",
    "stage_unmapped": "stage",
}
#: Reasons that other alerts speak of.
ELSEWHERE = frozenset({quarantine.OWNER_UNKNOWN, "split_sum", "share_out_of_range"})
#: Odd days this old are no news.
_NEWS = timedelta(days=2)


def stale(reading: Reading) -> Iterator[Finding]:
    """A1: kinds whose last reading failed, or that are older than three of their intervals."""
    for source, kind in sorted(reading.states.keys() | reading.sync_runs.keys()):
        run, state = reading.sync_runs.get((source, kind)), reading.states.get((source, kind))
        message = ""
        if run is not None and run.status == "failed":
            message = f"the last reading of {kind} failed: {run.error_class}: {run.error_text}"[:500]
        elif state is not None and state.finished_at is not None:
            age = reading.ctx.now - state.finished_at
            patience = reading.limits.stale_intervals * state.interval_seconds
            if age.total_seconds() > patience:
                message = f"{kind} is known up to {state.finished_at:%Y-%m-%d %H:%M} UTC only"
        if message:
            found = {"source": source, "kind": kind, "class": run.error_class if run else ""}
            yield Finding("A1", source, f"source {source}", kind, message, found=found)


def volumes(reading: Reading) -> Iterator[Finding]:
    """A2: days with far more or fewer rows, or won amount, than any of the last same weekdays."""
    midnight = datetime.combine(reading.ctx.now.date(), time(), UTC)
    since = midnight - timedelta(weeks=reading.limits.volume_weeks + 1)
    by_kind: dict[tuple[str, str], dict[date, int]] = {}
    for volume in alert_facts.volumes(reading.conn, since):
        by_kind.setdefault((volume.source, volume.kind), {})[volume.on] = volume.rows
    for (source, kind), days in sorted(by_kind.items()):
        for on in _news(reading):
            odd = _odd(reading, days, on)
            if odd:
                message = f"{days.get(on, 0)} rows of {kind} on {on}; the same weekdays before had {odd}"
                subject = f"{kind} of {source}"
                yield Finding("A2", f"{source}:{kind}", subject, str(on), message, found={"source": source})
    yield from _amounts(reading)


def _amounts(reading: Reading) -> Iterator[Finding]:
    """Won amount by the day it was booked, per currency, where so many deals a day are usual."""
    deals = reading.facts.deals
    won, money = named(deals, "stage"), named(deals, "currency")
    counts = won.codes == won.code("won")
    booked, amounts = integers(deals, "booked_on"), integers(deals, "amount_cents")
    for number, currency in enumerate(money.names):
        own = counts & (money.codes == number)
        for on in _news(reading):
            days = {}
            for each in (on, *_weekdays(reading, on)):
                then = own & (booked == day(each))
                days[each] = int(np.count_nonzero(then)), int(amounts[then].sum())
            odd = _odd(reading, {each: count for each, (count, _) in days.items()}, on)
            sums = [days[each][1] for each in _weekdays(reading, on)]
            if odd and not min(sums) <= days[on][1] <= max(sums):
                message = f"{days[on][0]} deals were won on {on}; the same weekdays before had {odd}"
                risk = Money(abs(days[on][1] - sorted(sums)[len(sums) // 2]), currency)
                yield Finding("A2", f"won:{currency}", f"won deals in {currency}", str(on), message, risk)


def _news(reading: Reading) -> Sequence[date]:
    """The days that are complete and still news."""
    today = reading.ctx.now.date()
    return [today - timedelta(days=back) for back in range(1, _NEWS.days + 1)]


def _weekdays(reading: Reading, on: date) -> list[date]:
    return [on - timedelta(weeks=back) for back in range(1, reading.limits.volume_weeks + 1)]


def _odd(reading: Reading, days: Mapping[date, int], on: date) -> str:
    """What the same weekdays had, where this day is far from them all; "" where it is not, or too few are known."""
    limits = reading.limits
    before = [days[each] for each in _weekdays(reading, on) if each in days]
    if len(before) < limits.volume_weeks or max(before) < limits.volume_least:
        return ""
    count = days.get(on, 0)
    too_many = count > limits.volume_factor * max(before)
    too_few = min(before) >= limits.volume_least and count * limits.volume_factor < min(before)
    return f"{min(before)} to {max(before)}" if too_many or too_few else ""


def fields(reading: Reading) -> Iterator[Finding]:
    """A6: deals that wait for a field, and won ones whose plan goes by something that they lack."""
    for (source, _, code), rows in _held(reading).items():
        if code in FIELDS and len(rows) < reading.limits.cluster:
            for row in rows:
                yield _field(row, source)
    for problem in reading.calculation.problems:
        if problem.code in ("figure_missing", "figure_unit", "figure_undefined") and problem.deal is not None:
            row_of = reading.deals([problem.deal]).get(problem.deal)
            if row_of is None:
                continue
            yield Finding(
                "A6",
                f"{row_of.source}:{problem.found}",
                f"{problem.found} of deals in {row_of.source}",
                row_of.external_id,
                f"{row_of.name}: {problem.message}",
                row_of.amount,
                {"source": row_of.source, "deal": row_of.external_id, "owner": row_of.owner},
                row_of.booked_on,
            )


def _field(row: Waiting, source: str) -> Finding:
    name = FIELDS[row.code]
    found = {"source": source, "kind": row.kind, "record": row.external_id, "owner": row.owner_external_id}
    return Finding(
        "A6", f"{source}:{name}", f"{name} of deals in {source}", row.external_id, f"{row.label}: {row.detail}",
        found=found,
    )  # fmt: skip


def clusters(reading: Reading) -> Iterator[Finding]:
    """A27: many records that wait for one reason; whatever else would speak of them is silent."""
    for (source, kind, code), rows in _held(reading).items():
        if len(rows) >= reading.limits.cluster:
            subject = f"{kind} of {source}: {code.replace('_', ' ')}"
            for row in rows:
                yield _row("A27", f"{source}:{kind}:{code}", subject, row)


def grew(reading: Reading) -> Iterator[Finding]:
    """A28: rows that wait for a reason that no other alert speaks of."""
    for (source, kind, code), rows in _held(reading).items():
        if code not in FIELDS and len(rows) < reading.limits.cluster:
            for row in rows:
                yield _row("A28", f"{source}:{kind}", f"{kind} of {source} in quarantine", row)


def _row(code: str, key: str, subject: str, row: Waiting) -> Finding:
    found = {"source": row.source, "kind": row.kind, "record": row.external_id, "code": row.code}
    message = f"{row.label or row.external_id}: {row.detail}"
    return Finding(code, key, subject, f"{row.kind}:{row.external_id}", message, found=found)


def _held(reading: Reading) -> Mapping[tuple[str, str, str], list[Waiting]]:
    """What waits, by source, kind and reason, without what other alerts speak of."""
    found: dict[tuple[str, str, str], list[Waiting]] = {}
    for row in reading.waiting:
        if row.code not in ELSEWHERE:
            found.setdefault((row.source, row.kind, row.code), []).append(row)
    return found


def deletions(reading: Reading) -> Iterator[Finding]:
    """A29: complete readings that no longer showed more records than may go without approval."""
    for source, kind, count in alert_facts.spared(reading.conn):
        message = f"{count} records of {kind} are no longer at the source; none was deleted"
        found = {"source": source, "kind": kind, "spared": str(count)}
        yield Finding("A29", f"{source}:{kind}", f"{kind} of {source}", kind, message, found=found)


FINDERS: Mapping[str, Finder] = {
    "A1": stale,
    "A2": volumes,
    "A6": fields,
    "A27": clusters,
    "A28": grew,
    "A29": deletions,
}
