"""Nudges: what the rules read, who is due which notice, and that it is owed from then on."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from engine import commission
from engine.dates import Period, on_day
from engine.frames import integers, named
from engine.notices import Notice, Recipient
from engine.nudges import rules
from engine.nudges.owed import Approval, Finished, HeldBack, Kept, LeftAlone, NewPlan
from engine.nudges.rule import Readings
from engine.nudges.table import table
from engine.preferences import OPT_IN, Preferences
from operations import loading, memory, pricing
from store import (
    attention,
    changes,
    company,
    frames,
    idle_deals,
    outbox,
    people,
    periods,
    plans,
    preferences,
    quarantine,
    runs,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from engine.nudges.rule import Due, Limits
    from engine.people import Person
    from operations.context import Context
    from store.database import Connection

LIMITS = table().limits
#: Versions of a plan that come so soon after one another were loaded together: nobody was paid by the first.
_TOGETHER = timedelta(minutes=5)


#: Rules that go by the clock and by what the store keeps beside the facts: looked at anew in every pass. What the
#: others find stands until a fact, a preference or the day is another one.
_BY_CLOCK = frozenset({"missing_field", "statement_ready", "plan_changed", "approval_waiting"})
#: Rules that read what the store keeps beside the facts.
_BY_KEPT = frozenset({"stalled_deals", "missing_field", "statement_ready", "plan_changed", "approval_waiting"})


@dataclass(frozen=True, slots=True)
class NudgeSummary:
    """What an evaluation of the rules found: how many are due by kind, and how many of them are new."""

    found: Mapping[str, int]
    new: int


def due(ctx: Context, limits: Limits = LIMITS) -> NudgeSummary:
    """Every rule evaluated for everybody; what is due is owed from now on, each fact once.

    Nobody's facts are read again while none has changed since the last pass of the day: then only the rules that go
    by the clock can find anything new.
    """
    with ctx.db.read() as conn:
        key = changes.watermark(conn), ctx.as_of, limits, preferences.newest(conn)
        seen = memory.of(ctx.db, "nudges", capacity=1).recall(key, lambda: _looked(conn, ctx, limits))
        found = [*seen.due, *_by_clock(conn, ctx, seen, limits)]
        known = attention.known_keys(conn, [each.key for each in found])
        fresh = [each for each in found if each.key not in known]
        wanted = preferences.of_many(conn, {each.rep_id for each in fresh})
    new = 0
    if fresh:
        who = {person.rep_id: person for person in seen.people}
        notices = [notice(each, who[each.rep_id], wanted.get(each.rep_id), ctx) for each in fresh]
        with ctx.db.write() as conn:
            new = outbox.put(conn, notices, ctx.now)
    return NudgeSummary(dict(Counter(each.kind for each in found)), new)


@dataclass(frozen=True, slots=True)
class _Seen:
    """What a look at everybody's facts found: what is due by them, who is there, and who has a new plan."""

    due: tuple[Due, ...]
    people: tuple[Person, ...]
    plans: tuple[NewPlan, ...]


def _looked(conn: Connection, ctx: Context, limits: Limits) -> _Seen:
    read = readings(conn, ctx, limits=limits)
    kinds = rules.RULES.keys() - _BY_CLOCK
    return _Seen(tuple(rules.due(read, kinds)), read.people, read.kept.plans)


def _by_clock(conn: Connection, ctx: Context, seen: _Seen, limits: Limits) -> list[Due]:
    """What the rules find that read no facts of deals."""
    nothing: Any = None  # they ask for no calculation, and for no facts
    read = Readings(nothing, nothing, ctx.as_of, ctx.now, seen.people, Kept(), frozenset(), limits)
    kept = _kept(conn, ctx, read, seen.plans)
    return list(rules.due(replace(read, kept=kept), _BY_CLOCK))


def due_to(ctx: Context, rep_ids: Collection[int], kinds: Collection[str], limits: Limits = LIMITS) -> list[Due]:
    """What is due to some people by some rules, from their own facts; of a manager also those of their reports."""
    with ctx.db.read() as conn:
        return list(rules.due(readings(conn, ctx, rep_ids, kinds, limits=limits), kinds))


def notice(due: Due, person: Person, wanted: Preferences | None, ctx: Context) -> Notice:
    """What is due, as the outbox keeps it; days and minutes are those of the reader."""
    hours = (wanted or Preferences()).hours(person)
    begins = hours.at(hours.today(ctx.now), due.from_minutes) if due.from_minutes else None
    return Notice(
        key=due.key,
        kind=due.kind,
        to=Recipient(due.rep_id),
        data={**due.data, "topic": due.topic, "state": due.state, "again": due.again},
        topic=due.topic,
        not_before_at=begins if begins is not None and begins > ctx.now else None,
        expires_at=hours.at(due.expires_on, 0) if due.expires_on is not None else None,
    )


def readings(
    conn: Connection,
    ctx: Context,
    rep_ids: Collection[int] | None = None,
    kinds: Collection[str] | None = None,
    *,
    limits: Limits = LIMITS,
) -> Readings:
    """What the rules, or some of them, read: of everybody, or of some people and those who report to them."""
    everybody = memory.of(ctx.db, "everybody", capacity=1).recall(company.newest(conn), lambda: people.all(conn))
    reps = None if rep_ids is None else _with_reports(everybody, rep_ids)
    asked = _asked(conn, ctx)
    if reps is None:
        facts = frames.facts(conn, asked.window, watermark=asked.watermark, more=asked.more(asked.plans))
    else:
        facts = loading.for_many(conn, reps, asked)
    calc = commission.calculate(facts, asked.plans, ctx.as_of, reps=reps)
    listed = tuple(each for each in everybody if reps is None or each.rep_id in reps)
    said = preferences.of_many(conn, [each.rep_id for each in listed])
    asked_for = frozenset((rep_id, kind) for rep_id, one in said.items() for kind in one.asked_for if kind in OPT_IN)
    read = Readings(calc, facts, ctx.as_of, ctx.now, listed, Kept(), asked_for, limits)
    return read if kinds is not None and not _BY_KEPT & set(kinds) else _with_kept(conn, ctx, read)


def _asked(conn: Connection, ctx: Context) -> loading.Asked:
    paying = pricing.paying(conn, ctx.as_of)
    return loading.Asked(paying, pricing.window(paying, ctx.as_of), changes.watermark(conn), pipeline=True)


def _with_reports(everybody: Sequence[Person], rep_ids: Collection[int]) -> frozenset[int]:
    wanted = frozenset(rep_ids)
    return wanted | {each.rep_id for each in everybody if each.manager_id in wanted}


def _with_kept(conn: Connection, ctx: Context, read: Readings) -> Readings:
    kept = _kept(conn, ctx, read, tuple(_new_plans(conn, read)))
    return replace(read, kept=replace(kept, left_alone=tuple(_left_alone(conn, ctx, read))))


def _kept(conn: Connection, ctx: Context, read: Readings, new_plans: tuple[NewPlan, ...]) -> Kept:
    listed = read.people
    finished = tuple(_finished(conn, ctx, [each.rep_id for each in listed], read.limits))
    topics = {f"statement_ready:{each.rep_id}:{each.pays}:{each.period.start_on}" for each in finished}
    topics |= {f"plan_changed:{each.rep_id}:{each.plan}:{each.version}" for each in new_plans}
    return Kept(
        held_back=tuple(_held_back(conn, listed)),
        finished=finished,
        plans=new_plans,
        approvals=tuple(_approvals(conn)),
        acknowledged=preferences.acknowledged(conn, topics) if topics else frozenset(),
    )


def _left_alone(conn: Connection, ctx: Context, read: Readings) -> Iterator[LeftAlone]:
    """Open deals that should close soon and that nobody has touched for as long."""
    own, days = {each.rep_id for each in read.people}, timedelta(days=read.limits.idle_days)
    for one in idle_deals.idle(conn, (ctx.as_of, ctx.as_of + days), ctx.now - days):
        if one.rep_id in own:
            yield LeftAlone(one.rep_id, one.deal_id, one.due_on, one.since_at.date())


def _held_back(conn: Connection, listed: Sequence[Person]) -> Iterator[HeldBack]:
    """Deals in quarantine whose owner is known, by the owner's id in the source or their address."""
    owners = {person.external_id: person.rep_id for person in listed if person.external_id}
    owners |= {person.email.casefold(): person.rep_id for person in listed if person.email}
    for row in quarantine.open_rows(conn, kind="deal"):
        rep_id = owners.get(row.owner_external_id) or owners.get(row.owner_external_id.casefold())
        if rep_id and row.code != quarantine.OWNER_UNKNOWN:
            name = row.label or row.external_id
            yield HeldBack(rep_id, row.external_id, name, row.detail, row.remedy, row.first_seen)


def _finished(conn: Connection, ctx: Context, rep_ids: Sequence[int], limits: Limits) -> Iterator[Finished]:
    """The statements of the pay periods that went up for review lately."""
    recent = ctx.now - timedelta(days=limits.owed_days)
    spans = {}
    for span, last in periods.states(conn).items():
        if last.state in ("review", "locked"):
            submits = [moved.at for moved in periods.history(conn, span) if moved.move == "submit"]
            if submits and submits[-1] >= recent:
                spans[span.start_on, span.end_on] = span.pays, submits[-1]
    for said in runs.shown(conn, rep_ids) if spans else ():
        found = spans.get((said.period.start_on, said.period.end_on))
        if found is not None and said.lines:
            yield Finished(said.rep_id, said.period, *found)


def _new_plans(conn: Connection, read: Readings) -> Iterator[NewPlan]:
    """New versions of the plans that people are on, where an earlier version was published before."""
    at = attention.published(conn)
    recent = read.now - timedelta(days=read.limits.owed_days)
    if all(published < recent for published in at.values()):
        return
    for text in plans.all(conn):
        since = at[text.name, text.version]
        earlier = [version for name, version in at if name == text.name and version < text.version]
        if not earlier or since < recent or since - at[text.name, max(earlier)] <= _TOGETHER:
            continue
        within = Period("", max(text.effective_from_on, read.as_of), text.effective_to_on)
        for rep_id in _on_plan(read, text.name, within):
            effective_on = text.effective_from_on
            yield NewPlan(rep_id, text.name, text.version, max(earlier), effective_on, since)


def _on_plan(read: Readings, name: str, within: Period) -> list[int]:
    """Who is on the plan on any of the days."""
    table = read.facts.assignments
    labels = named(table, "plan")
    spans = zip(integers(table, "start_on").tolist(), integers(table, "end_on").tolist(), strict=True)
    rows = zip(integers(table, "rep_id").tolist(), labels.codes.tolist(), spans, strict=True)
    return sorted(
        {
            rep_id
            for rep_id, code, (start, end) in rows
            if labels.names[code] == name and on_day(start) < within.end_on and on_day(end) > within.start_on
        }
    )


def _approvals(conn: Connection) -> Iterator[Approval]:
    """Pay periods up for review; SPIFs ask for their approvals themselves."""
    for span, last in periods.states(conn).items():
        if last.state == "review":
            yield Approval(f"{span.pays}:{span.start_on}", "pay_period", last.actor, last.at)
