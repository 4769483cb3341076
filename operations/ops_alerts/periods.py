"""Alerts about locked periods and runs: A9 late data, A10 changes, A11 deals that vanished, A20 totals, A21 runs."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

from engine.dates import day
from engine.frames import integers
from engine.money import Money
from engine.ops_alerts import Finding
from operations import payroll, receipts
from operations.errors import OperationError
from operations.ops_alerts.reading import key_of
from store import alert_facts, jobs, retroactive, runs

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pandas as pd

    from operations.ops_alerts.reading import Finder, Reading
    from store.periods import Span
    from store.retroactive import Changed

#: A calculation that has not ended for so long never will.
_STUCK = timedelta(hours=1)
_NEWS = timedelta(days=7)


def late(reading: Reading) -> Iterator[Finding]:
    """A9: won deals that arrived after their period was locked."""
    for lock in reading.locks:
        span = lock.span
        for row in alert_facts.late(reading.conn, span, lock.change_id):
            message = f"{row.name} ({row.external_id}) was booked on {row.booked_on} and arrived after the lock"
            told = {"source": row.source, "deal": row.external_id, "owner": row.owner}
            subject = f"late deals of {_named(reading, span)}"
            yield Finding("A9", key_of(span), subject, row.external_id, message, row.amount, told, span.start_on)


def changed(reading: Reading) -> Iterator[Finding]:
    """A10: what changed in a locked period: deals with their pay at risk, and the facts that pay goes by."""
    if not reading.locks:
        return
    corrections = _corrections(reading)
    for one in retroactive.since_lock(reading.conn):
        if one.after.counts or not one.before.counts:
            for span in one.spans:
                yield _changed(reading, one, span, corrections.get(one.deal_id))
    for lock in reading.locks:
        for kind, version, named in alert_facts.rewritten(reading.conn, lock.span, lock.change_id):
            subject = f"changes to {_named(reading, lock.span)}"
            message = f"{kind} of {named} changed after the lock"
            told = {"kind": kind, "start_on": str(lock.span.start_on)}
            item = f"{kind}:{named}"
            yield Finding(
                "A10", key_of(lock.span), subject, item, message, found=told, since_on=lock.span.start_on,
                mark=str(version),
            )  # fmt: skip


def _changed(reading: Reading, one: Changed, span: Span, risk: Money | None) -> Finding:
    before, after = one.before, one.after
    parts = [
        ("amount", str(Money(before.amount_cents, before.currency)), str(Money(after.amount_cents, after.currency))),
        ("owner", before.owner, after.owner),
        ("stage", before.stage, after.stage),
        ("date", str(before.booked_on), str(after.booked_on)),
    ]
    said = (
        "; ".join(f"{what} {was} is now {now}" for what, was, now in parts if was != now) or "its owner is known now"
    )
    subject = f"changes to {_named(reading, span)}"
    told = {"source": one.source, "deal": one.external_id, "start_on": str(span.start_on)}
    message = f"{one.name} ({one.external_id}): {said}"
    return Finding("A10", key_of(span), subject, one.external_id, message, risk, told, span.start_on)


def _corrections(reading: Reading) -> dict[int, Money]:
    """What the corrections in open periods come to, per deal; of two currencies the first."""
    lines = reading.lines
    own = lines[(lines["kind"] == "correction").to_numpy()]
    found: dict[int, Money] = {}
    for row in own.to_dict("records"):
        amount = Money(int(row["amount_cents"]), reading.currency(row))
        deal = int(row["deal_id"])
        if deal not in found or found[deal].currency == amount.currency:
            found[deal] = amount + found[deal] if deal in found else amount
    return found


def vanished(reading: Reading) -> Iterator[Finding]:
    """A11: deals with locked lines that are deleted now, or not won any more."""
    if not reading.locks:
        return
    lines = reading.locked_lines
    paid = lines[(lines["deal_id"] != 0).to_numpy()]
    gone = {row.deal_id: row for row in alert_facts.vanished(reading.conn, set(paid["deal_id"].tolist()))}
    for lock in reading.locks:
        span = lock.span
        inside = paid[(paid["period_start_on"] == day(span.start_on)) & (paid["pays"] == span.pays)]
        for deal_id, own in inside[inside["deal_id"].isin(list(gone))].groupby("deal_id", sort=True):
            row = gone[int(str(deal_id))]
            message = f"{row.name} ({row.external_id}) has locked lines and is {row.also} now"
            told = {"source": row.source, "deal": row.external_id} | reading.rep(int(own["rep_id"].iloc[0]))
            told |= {"plan": str(own["plan"].iloc[0]), "currency": str(own["currency"].iloc[0])}
            risk = Money(int(own["amount_cents"].sum()), str(own["currency"].iloc[0]))
            subject = f"deals that vanished from {_named(reading, span)}"
            yield Finding("A11", key_of(span), subject, row.external_id, message, risk, told, span.start_on)


def totals(reading: Reading) -> Iterator[Finding]:
    """A20: published statements that a calculation of everybody does not give, and exports that do not tie."""
    yield from _ledger(reading)
    for lock in reading.locks[-1:]:
        yield from _export(reading, lock.span)


def _ledger(reading: Reading) -> Iterator[Finding]:
    """Engine against published statements, of everybody who does not wait for a calculation."""
    if runs.last_as_of(reading.conn) != reading.ctx.as_of:
        return
    engine = {
        (one.rep_id, one.period.start_on, one.period.end_on, one.total.currency): one.total
        for one in reading.statements
        if one.rep_id not in reading.stale
    }
    ledger = {
        (one.rep_id, one.period.start_on, one.period.end_on, one.total.currency): one.total
        for one in runs.shown(reading.conn, reading.people)
        if one.rep_id not in reading.stale
    }
    for key in sorted(engine.keys() | ledger.keys()):
        nothing = Money(0, key[3])
        apart = engine.get(key, nothing) + -ledger.get(key, nothing)
        if apart.minor:
            rep_id, start, end, _ = key
            message = f"{reading.name(rep_id)}: the statement of {start} .. {end} is not what the engine gives"
            subject = f"statements of {start} .. {end}"
            told = reading.rep(rep_id) | {"start_on": str(start)}
            mark = str(apart.minor)
            yield Finding("A20", f"{start}:{end}", subject, f"rep:{rep_id}", message, apart, told, start, mark)


def _export(reading: Reading, span: Span) -> Iterator[Finding]:
    """Locked lines against the file that payroll gets."""
    lines = reading.locked_lines
    own = lines[(lines["period_start_on"] == day(span.start_on)) & (lines["pays"] == span.pays)]
    try:
        made = {one.currency: one.minor for one in payroll.export(reading.ctx, span).totals}
    except OperationError:
        return
    for currency, total in sorted(_sums(own).items()):
        apart = total - made.get(currency, 0)
        if apart:
            message = f"the export in {currency} does not come to the locked lines"
            subject = f"export of {_named(reading, span)}"
            risk = Money(apart, currency)
            yield Finding("A20", f"export:{key_of(span)}", subject, currency, message, risk, since_on=span.start_on)


def _sums(lines: pd.DataFrame) -> dict[str, int]:
    amounts = integers(lines, "amount_cents") if len(lines) else np.zeros(0, dtype=np.int64)
    found: dict[str, int] = {}
    for currency, amount in zip(lines["currency"].tolist(), amounts.tolist(), strict=True):
        found[currency] = found.get(currency, 0) + amount
    return found


def failed(reading: Reading) -> Iterator[Finding]:
    """A21: calculations that failed or never ended, and receipts that do not come out again."""
    now = reading.ctx.now
    for run_id, status, detail in alert_facts.unfinished_runs(reading.conn, now - _STUCK, now - _NEWS):
        message = f"run {run_id} is {status}" + (f": {detail}" if detail else "")
        yield Finding("A21", "runs", "calculation runs", f"run:{run_id}", message, found={"run": str(run_id)})
    fired = jobs.latest(reading.conn, "recalculate")
    if fired is not None and fired.status == "failed":
        message = f"the scheduled calculation of {fired.slot_at:%Y-%m-%d %H:%M} UTC failed"
        yield Finding("A21", "runs", "calculation runs", "schedule", message, mark=str(fired.slot_at))
    for receipt_id in alert_facts.newest_receipts(reading.conn, reading.limits.receipts):
        yield from _receipt(reading, receipt_id)


def _receipt(reading: Reading, receipt_id: str) -> Iterator[Finding]:
    """A receipt that the same code and the same facts do not give again."""
    try:
        again = receipts.replay(reading.ctx, receipt_id)
    except OperationError:
        return
    if again.same_code and not again.matches:
        why = "its facts are not what they were" if not again.same_inputs else "the figures differ"
        message = f"{receipt_id} does not come out again: {why}"
        yield Finding("A21", "receipts", "receipts", receipt_id, message, found={"receipt": receipt_id})


def _named(reading: Reading, span: Span) -> str:
    for period in reading.periods:
        if period.span == span:
            return f"{period.label} ({span.pays})"
    return f"{span.pays} {span.start_on}"


FINDERS: Mapping[str, Finder] = {"A9": late, "A10": changed, "A11": vanished, "A20": totals, "A21": failed}
