"""Alerts about people: A3 owners, A4 quotas, A5 plans and rates, A18 who left, was away or is new."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from engine.dates import day, on_day
from engine.exchange import Exchange
from engine.frames import integers, named
from engine.ops_alerts import Finding
from engine.quota_rules import quotas_of
from operations.ops_alerts.reading import just_before, key_of, label_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from engine.plans.schema import Plan
    from engine.problems import Problem
    from operations.ops_alerts.reading import Finder, Reading
    from operations.pay_periods import PayPeriod

_OF_QUOTAS = ("quota_missing", "quota_zero", "quota_overlap", "quota_too_long", "incentive_missing")


def owners(reading: Reading) -> Iterator[Finding]:
    """A3: won deals, and shares of them, whose owner no source knows or who had left."""
    for row in reading.unowned:
        what = "a share of it is" if row.also else "it is"
        yield Finding(
            "A3",
            f"{row.source}:{row.owner}",
            f"owner {row.owner} of {row.source}",
            row.external_id,
            f"{row.name} ({row.external_id}): {what} of {row.owner}, whom nobody knows or who had left",
            row.amount,
            {"source": row.source, "owner": row.owner, "deal": row.external_id},
            row.booked_on,
            mark=row.external_id,
        )


def quotas(reading: Reading) -> Iterator[Finding]:
    """A4: who is on a plan that prices by a quota and has none that is usable, today or on the day of a deal."""
    found: dict[tuple[str, str, int], Finding] = {}
    for problem in reading.calculation.problems:
        if problem.code in _OF_QUOTAS and problem.rep_id is not None:
            finding = _of_problem(reading, problem)
            found.setdefault((finding.key, finding.code, problem.rep_id), finding)
    for plan in reading.plans:
        if reading.ctx.as_of in plan.effective:
            for finding in _today(reading, plan):
                found.setdefault((finding.key, finding.code, int(finding.found["rep"])), finding)
    yield from found.values()


def _of_problem(reading: Reading, problem: Problem) -> Finding:
    plan_name, _, component = problem.where.partition(" / ")
    quota = _quota_of(reading, plan_name, component)
    rep_id = problem.rep_id or 0
    message = f"{reading.name(rep_id)}: {problem.message} Found: {problem.found}."
    told = reading.rep(rep_id) | {"plan": plan_name, "quota": quota, "currency": _currency(reading, plan_name)}
    subject = f"quota {quota} of plan {plan_name}"
    since = _last_day(problem.found)
    return Finding("A4", f"{plan_name}:{quota}", subject, f"rep:{rep_id}", message, found=told, since_on=since)


def _last_day(text: str) -> date | None:
    """The day that a sentence ends with, "deal booked on 2026-10-03"."""
    try:
        return date.fromisoformat(text[-10:])
    except ValueError:
        return None


def _quota_of(reading: Reading, plan_name: str, component: str) -> str:
    """The quota that a component of a plan goes by."""
    parts = (each for plan in reading.plans if plan.name == plan_name for each in plan.components)
    return next((each.quota or each.name for each in parts if each.name == component), component)


def _currency(reading: Reading, plan_name: str) -> str:
    return next((plan.currency for plan in reading.plans if plan.name == plan_name), "USD")


def _today(reading: Reading, plan: Plan) -> Iterator[Finding]:
    """Who is on the plan today without a quota that runs today."""
    on_it = _assigned(reading, plan.name)
    if not len(on_it):
        return
    exchange, today = Exchange(reading.facts.rates), day(reading.ctx.as_of)
    for quota in sorted({each.quota for each in plan.components if each.quota}):
        rows = quotas_of(reading.facts, quota, on_it, plan, exchange)
        runs = (rows.start <= today) & (today < rows.end)
        lacking = np.setdiff1d(np.arange(len(on_it)), rows.rep[runs])
        for rep_id in on_it[lacking].tolist():
            told = reading.rep(rep_id) | {"plan": plan.name, "quota": quota, "currency": plan.currency}
            message = f"{reading.name(rep_id)} is on the plan and has no quota today"
            subject = f"quota {quota} of plan {plan.name}"
            yield Finding("A4", f"{plan.name}:{quota}", subject, f"rep:{rep_id}", message, found=told, mark=quota)


def _assigned(reading: Reading, plan_name: str) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Who is on the plan today and still works here."""
    table, today = reading.facts.assignments, day(reading.ctx.as_of)
    label = named(table, "plan")
    own = (label.codes == label.code(plan_name)) & (integers(table, "start_on") <= today)
    own &= today < integers(table, "end_on")
    here = [
        rep_id
        for rep_id in np.unique(integers(table, "rep_id")[own]).tolist()
        if rep_id in reading.people and reading.people[rep_id].is_employed(reading.ctx.as_of)
    ]
    return np.array(here, dtype=np.int64)


def plans(reading: Reading) -> Iterator[Finding]:
    """A5: deals on days without a plan, components without a rate, and plans that overlap."""
    for problem in reading.calculation.problems:
        if problem.code == "plan_missing" and problem.rep_id is not None:
            yield _unplanned(reading, problem)
        if problem.code == "rate_missing" and problem.rep_id is not None and problem.deal is not None:
            yield _unrated(reading, problem, problem.deal)
    yield from _overlaps(reading)


def _unplanned(reading: Reading, problem: Problem) -> Finding:
    rep_id, deal = problem.rep_id or 0, problem.deal or 0
    row = reading.deals([deal]).get(deal)
    message = f"{reading.name(rep_id)}: {problem.message} Found: {problem.found}."
    told = reading.rep(rep_id) | {"deal": row.external_id if row else "", "on": str(row.booked_on) if row else ""}
    return Finding(
        "A5", "no plan", "reps without a plan", f"rep:{rep_id}", message, row.amount if row else None, told,
        row.booked_on if row else None,
    )  # fmt: skip


def _unrated(reading: Reading, problem: Problem, deal: int) -> Finding:
    row = reading.deals([deal]).get(deal)
    amount, external = (row.amount, row.external_id) if row else (None, str(deal))
    message = f"{external}: {problem.message} {problem.remedy}"
    told = reading.rep(problem.rep_id or 0) | {"deal": external, "where": problem.where}
    since = row.booked_on if row else None
    subject = f"rate of {problem.where}"
    return Finding("A5", f"rate:{problem.where}", subject, external, message, amount, told, since)


def _overlaps(reading: Reading) -> Iterator[Finding]:
    """Two plans of one rep that run on one day."""
    table = reading.facts.assignments
    label = named(table, "plan")
    rep, start, end = (integers(table, name) for name in ("rep_id", "start_on", "end_on"))
    order = np.lexsort([label.codes, start, rep])
    rows = [(int(rep[at]), label.names[label.codes[at]], int(start[at]), int(end[at])) for at in order.tolist()]
    held: list[tuple[int, str, int, int]] = []
    for row in rows:
        held = [one for one in held if one[0] == row[0] and one[3] > row[2]]
        for one in held:
            if one[1] != row[1]:
                yield _twice(reading, one, row)
        held.append(row)


def _twice(reading: Reading, one: tuple[int, str, int, int], other: tuple[int, str, int, int]) -> Finding:
    rep_id, since = one[0], on_day(max(one[2], other[2]))
    plans = sorted((one[1], other[1]))
    message = f"{reading.name(rep_id)} is on {plans[0]} and on {plans[1]} from {since} on"
    told = reading.rep(rep_id) | {"plan": other[1], "other": one[1], "start_on": str(on_day(other[2]))}
    return Finding(
        "A5", f"two:{plans[0]}:{plans[1]}", f"plans {plans[0]} and {plans[1]} at once", f"rep:{rep_id}", message,
        found=told, since_on=since,
    )  # fmt: skip


def absent(reading: Reading) -> Iterator[Finding]:
    """A18: who left before or in a period, was away in it, or is new, and is paid in it as anybody else."""
    for period in reading.closing:
        span, subject = period.span, f"who left or was away in {label_of(period)}"
        away = _away(reading, day(span.start_on), day(span.end_on))
        for (rep_id, _), total in sorted(reading.totals(span).items()):
            person = reading.people.get(rep_id)
            gone = person is not None and person.left_on is not None and person.left_on < span.end_on
            if not total.minor or not (gone or rep_id in away):
                continue
            why = f"left on {person.left_on}" if gone and person is not None else "was away in it"
            message = f"{reading.name(rep_id)} {why} and has a statement for {period.label}"
            told = reading.rep(rep_id) | {"currency": total.currency, "start_on": str(span.start_on)}
            mark = f"{why}:{total.minor}"
            yield Finding("A18", key_of(span), subject, f"rep:{rep_id}", message, total, told, span.start_on, mark)
        yield from _new_here(reading, period)


def _new_here(reading: Reading, period: PayPeriod) -> Iterator[Finding]:
    """Who joined lately and is paid as if they had not: by a plan with quotas none of which is ramped up."""
    span, paid, plans_ = period.span, _plans_in(reading, period), reading.calculation.plans
    since = just_before(span, reading.limits.ramp_days)
    for (rep_id, _), total in sorted(reading.totals(span).items()):
        person = reading.people.get(rep_id)
        joined = person.hired_on if person is not None else None
        if joined is None or not since <= joined < span.end_on or not total.minor:
            continue
        flat = sorted({plans_[number].name for number in paid.get(rep_id, ()) if _is_flat(plans_[number])})
        if flat:
            message = f"{reading.name(rep_id)} joined on {joined} and is paid by {', '.join(flat)}, which has no ramp"
            told = reading.rep(rep_id) | {"currency": total.currency, "start_on": str(span.start_on)}
            subject = f"who left or was away in {label_of(period)}"
            yield Finding(
                "A18", key_of(span), subject, f"rep:{rep_id}", message, total, told, span.start_on, f"new:{rep_id}"
            )


def _plans_in(reading: Reading, period: PayPeriod) -> dict[int, set[int]]:
    """By which plan versions each rep is paid in a period, by their places in the calculation."""
    own = reading.lines[reading.within(period.span)]
    found: dict[int, set[int]] = {}
    pairs = zip(integers(own, "rep_id").tolist(), integers(own, "plan_no").tolist(), strict=True)
    for rep_id, plan_no in set(pairs):
        found.setdefault(rep_id, set()).add(plan_no)
    return found


def _is_flat(plan: Plan) -> bool:
    """Whether a plan prices by quotas and asks new people for all of them at once."""
    has_quota = any(each.quota for each in plan.components)
    return has_quota and not any(rule.ramp for rule in plan.quotas)


def _away(reading: Reading, first: int, end: int) -> frozenset[int]:
    table = reading.facts.absences
    start, until = integers(table, "start_on"), integers(table, "end_on")
    return frozenset(integers(table, "rep_id")[(start < end) & (until > first)].tolist())


FINDERS: Mapping[str, Finder] = {"A3": owners, "A4": quotas, "A5": plans, "A18": absent}
