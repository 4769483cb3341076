"""Alerts about pay: A12 below zero, A13 clawbacks, A14 variance, A15 caps, A22 adjustments against policy."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from engine.money import Money
from engine.ops_alerts import Finding
from operations.ops_alerts.reading import key_of, label_of
from store import alert_facts, runs

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from operations.ops_alerts.reading import Finder, Reading
    from operations.pay_periods import PayPeriod
    from store.alert_facts import Decided

#: By then what was won on the last day of a period has been read and calculated.
_SETTLED = timedelta(days=1)
_BEYOND = ("amount_out_of_range", "pay_out_of_range")


def negative(reading: Reading) -> Iterator[Finding]:
    """A12: statements of a period to close that come to less than zero."""
    for period in reading.closing:
        for (rep_id, currency), total in sorted(reading.totals(period.span).items()):
            if total.minor < 0:
                message = f"{reading.name(rep_id)}: the statement of {period.label} is below zero"
                told = reading.rep(rep_id) | {"currency": currency} | _plan(reading, rep_id)
                yield _finding("A12", period, "payouts below zero in", rep_id, (message, total, told))


def _finding(
    code: str, period: PayPeriod, about: str, rep_id: int, said: tuple[str, Money, dict[str, str]]
) -> Finding:
    """A finding about one rep's statement; it is new once the amount is another one."""
    message, risk, told = said
    told = told | {"start_on": str(period.span.start_on)}
    subject = f"{about} {label_of(period)}"
    since, mark = period.span.start_on, f"{rep_id}:{risk.minor}:{risk.currency}"
    return Finding(code, key_of(period.span), subject, f"rep:{rep_id}", message, risk, told, since, mark)


def _plan(reading: Reading, rep_id: int) -> dict[str, str]:
    own = reading.lines[(reading.lines["rep_id"] == rep_id).to_numpy()]
    return {"plan": str(own["plan"].iloc[-1])} if len(own) else {}


def clawed_back(reading: Reading) -> Iterator[Finding]:
    """A13: clawback lines in a period to close."""
    for period in reading.closing:
        own = reading.lines[reading.within(period.span) & (reading.lines["kind"] == "clawback").to_numpy()]
        rows = reading.deals(own["deal_id"].tolist()) if len(own) else {}
        for line in own.to_dict("records"):
            row, rep_id = rows.get(int(line["deal_id"])), int(line["rep_id"])
            if row is None:
                continue
            risk = Money(int(line["amount_cents"]), reading.currency(line))
            message = f"{row.name} ({row.external_id}) went wrong inside its clawback window"
            told = reading.rep(rep_id) | {"source": row.source, "deal": row.external_id}
            item = f"{row.external_id}:{rep_id}:{line['component']}"
            subject = f"clawbacks in {label_of(period)}"
            yield Finding(
                "A13", key_of(period.span), subject, item, message, risk, told, period.span.start_on,
                f"{item}:{risk.minor}",
            )  # fmt: skip


def varied(reading: Reading) -> Iterator[Finding]:
    """A14: payouts far from the rep's own mean or from the run at its end, and statements that changed in review."""
    limits = reading.limits
    for period in reading.closing:
        span = period.span
        before = _before(reading, period)
        for (rep_id, currency), total in sorted(reading.totals(span).items()):
            known = before.get((rep_id, currency), [])
            if len(known) < limits.variance_periods:
                continue
            mean = sum(known) // len(known)
            high = total.minor > limits.variance_factor * mean
            if mean > 0 and (high or total.minor * limits.variance_factor < mean):
                which = "above" if high else "below"
                message = f"{reading.name(rep_id)}: {period.label} is far {which} the mean of {len(known)} periods"
                told = reading.rep(rep_id) | {"mean": str(Money(mean, currency)), "payout": str(total)}
                risk = Money(abs(total.minor - mean), currency)
                yield _finding("A14", period, "payout variance in", rep_id, (message, risk, told))
        yield from _since_its_end(reading, period)
        yield from _moved_in_review(reading, period)


def _before(reading: Reading, period: PayPeriod) -> dict[tuple[int, str], list[int]]:
    """What the periods of the same length before came to, by rep and currency, of those with a statement."""
    span = period.span
    spans = {(one.span.start_on, one.span.end_on) for one in reading.periods if one.span.pays == span.pays}
    found: dict[tuple[int, str], list[int]] = {}
    for one in reading.statements:
        if one.period.end_on <= span.start_on and (one.period.start_on, one.period.end_on) in spans:
            found.setdefault((one.rep_id, one.total.currency), []).append(one.total.minor)
    return found


def _since_its_end(reading: Reading, period: PayPeriod) -> Iterator[Finding]:
    """Statements that are far from what the last run said of them on the day after the period."""
    factor, span = reading.limits.variance_factor, period.span
    then = runs.published_by(
        reading.conn, span.start_on, span.end_on, datetime.combine(span.end_on, time(), UTC) + _SETTLED
    )
    for (rep_id, currency), total in sorted(reading.totals(span).items()):
        before = then.get((rep_id, currency))
        if before is None or before.minor <= 0:
            continue
        if total.minor > factor * before.minor or total.minor * factor < before.minor:
            which = "above" if total > before else "below"
            message = f"{reading.name(rep_id)}: {period.label} is far {which} what it was on the day after its end"
            told = reading.rep(rep_id) | {"was": str(before), "payout": str(total)}
            yield _finding("A14", period, "payout variance in", rep_id, (message, total - before, told))


def _moved_in_review(reading: Reading, period: PayPeriod) -> Iterator[Finding]:
    """Statements that are not what they were when the period was put up for review."""
    if period.state != "review" or period.last is None:
        return
    then = runs.published_by(reading.conn, period.span.start_on, period.span.end_on, period.last.at)
    for (rep_id, currency), total in sorted(reading.totals(period.span).items()):
        before = then.get((rep_id, currency))
        if before is not None and before != total:
            message = f"{reading.name(rep_id)}: {period.label} changed since it was put up for review"
            told = reading.rep(rep_id) | {"was": str(before), "payout": str(total)}
            yield _finding("A14", period, "payout variance in", rep_id, (message, total - before, told))


def capped(reading: Reading) -> Iterator[Finding]:
    """A15: what caps cut in a period to close, and amounts that were beyond all bounds."""
    for period in reading.closing:
        own = reading.lines[reading.within(period.span) & (reading.lines["kind"] == "cap").to_numpy()]
        sums = own.groupby(["plan", "component", "rep_id", "plan_no"], observed=True)["amount_cents"].sum()
        for line in sums.reset_index().to_dict("records"):
            if line["amount_cents"]:
                yield _capped(reading, period, line)
    for problem in reading.calculation.problems:
        if problem.code in _BEYOND:
            told = reading.rep(problem.rep_id or 0)
            item = f"rep:{problem.rep_id}" if problem.rep_id else f"deal:{problem.deal}"
            yield Finding(
                "A15", "bounds", "figures beyond all bounds", item, f"{item}: {problem.message}", found=told
            )


def _capped(reading: Reading, period: PayPeriod, line: Mapping[Any, Any]) -> Finding:
    plan, component, rep_id = str(line["plan"]), str(line["component"]), int(line["rep_id"])
    risk = Money(abs(int(line["amount_cents"])), reading.currency(line))
    message = f"{reading.name(rep_id)}: the cap of {component} was reached in {period.label}"
    subject = f"cap of {component} (plan {plan}) in {label_of(period)}"
    told = reading.rep(rep_id) | {"plan": plan, "component": component}
    key = f"{key_of(period.span)}:{plan}:{component}"
    mark = f"{rep_id}:{risk.minor}"
    return Finding("A15", key, subject, f"rep:{rep_id}", message, risk, told, period.span.start_on, mark)


def against_policy(reading: Reading) -> Iterator[Finding]:
    """A22: adjustments of days that are not locked, without reason or second person, or too high."""
    open_from = max((lock.span.end_on for lock in reading.locks), default=None)
    since = open_from or reading.ctx.as_of.replace(day=1)
    for decided in alert_facts.adjustments(reading.conn, since):
        faults = _faults(reading, decided)
        if faults:
            message = f"adjustment {decided.external_id} for {reading.name(decided.rep_id)}: {'; '.join(faults)}"
            told = reading.rep(decided.rep_id) | {"adjustment": decided.external_id, "entered_by": decided.entered_by}
            month = f"{decided.on:%Y-%m}"
            yield Finding(
                "A22", month, f"adjustments of {month}", decided.external_id, message, decided.amount, told,
                decided.on.replace(day=1), f"{decided.external_id}:{decided.amount.minor}:{'; '.join(faults)}",
            )  # fmt: skip


def _faults(reading: Reading, decided: Decided) -> list[str]:
    person = reading.people.get(decided.rep_id)
    own = person.email if person else ""
    approver = decided.approved_by.strip()
    found = []
    if not decided.reason.strip():
        found.append("it has no reason")
    if not approver:
        found.append("nobody approved it")
    elif approver == decided.entered_by:
        found.append("who entered it approved it")
    elif approver == own:
        found.append("who is paid it approved it")
    if abs(decided.amount.minor) > reading.limits.adjustment_minor:
        found.append("it is over the limit")
    return found


FINDERS: Mapping[str, Finder] = {
    "A12": negative,
    "A13": clawed_back,
    "A14": varied,
    "A15": capped,
    "A22": against_policy,
}
