"""The leadership digest: every Monday, to each leader, how their people stand in the fiscal quarter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from engine import commission, leadership
from engine.answers import RepRef
from engine.dates import Calendar, add_months, day
from engine.forecast import expected
from engine.frames import integers
from engine.leadership import Exceptions, LeadershipAnswer, PayCost, Reporting, Runs
from engine.money import Money, Rate
from engine.needs import needs
from engine.notices import Notice, Recipient
from operations import basis, leadership_beside, leadership_data, memory, pricing
from store import changes, frames, outbox, outcomes, people, placed

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from engine.dates import Period
    from engine.forecast import Outcomes
    from engine.frames import Facts
    from engine.leadership import Standing
    from engine.people import Person
    from engine.plans.schema import Plan
    from operations.context import Context
    from store.database import Connection

KIND = "leadership_digest"
#: A quota of this name, held by a leader, is the budget for what the people below them are paid.
PAY_BUDGET = "pay_budget"
#: Monday at nine on the leader's clock, and worth reading until Thursday.
WEEKDAY, HOUR, KEEPS = 0, 9, timedelta(days=3)
_WHOLE_PPM = 1_000_000


@dataclass(frozen=True)
class _Company:
    """Everybody in one calculation as things are, and in one with the pipeline closed as expected."""

    runs: Runs
    people: Mapping[int, Person]
    above: Mapping[int, int]
    outcomes: Outcomes
    open_deals: int
    overdue: int


def due(ctx: Context, addresses: Collection[str] = ()) -> int:
    """How many digests were put into the outbox: one a week for each leader whose Monday morning has come.

    Args:
        ctx: Its instant decides whose Monday it is.
        addresses: Who gets one; where nobody is named, whoever has people below and nobody above.
    """
    with ctx.db.read() as conn:
        above = _above(conn, ctx)
        waiting = [
            each for each in _leaders(conn, ctx, above, addresses) if not outbox.of_topic(conn, _topic(each, ctx))
        ]
        silent = _silent(conn, ctx)
        waiting = [each for each in waiting if _has_come(each, ctx.now) and each.rep_id not in silent]
        company = _company(conn, ctx, above) if waiting else None
    if company is None:
        return 0
    notices = [_notice(ctx, company, each) for each in waiting]
    silent.update(each.rep_id for each, made in zip(waiting, notices, strict=True) if made is None)
    with ctx.db.write() as conn:
        return outbox.put(conn, [each for each in notices if each is not None], ctx.now)


def _silent(conn: Connection, ctx: Context) -> set[int]:
    """The leaders below whom nobody has a quota, as found since a fact changed: nobody is calculated for them."""
    nobody: Callable[[], set[int]] = set
    return memory.of(ctx.db, "silent leaders", capacity=1).recall((changes.watermark(conn), ctx.as_of), nobody)


def digest(ctx: Context, leader: Person) -> LeadershipAnswer | None:
    """How the people below the leader stand on the context's day; None where nobody below them has a quota."""
    with ctx.db.read() as conn:
        company = _company(conn, ctx, _above(conn, ctx))
    return _answer(ctx, company, leader)


def _notice(ctx: Context, company: _Company, leader: Person) -> Notice | None:
    answer = _answer(ctx, company, leader)
    if answer is None:
        return None
    topic = _topic(leader, ctx)
    return Notice(
        key=topic,
        kind=KIND,
        to=Recipient(leader.rep_id),
        data=leadership_data.spelled(answer)
        | {"subjects": sorted(_people_of(company, leader) & company.people.keys())},
        topic=topic,
        expires_at=ctx.now + KEEPS,
    )


def _answer(ctx: Context, company: _Company, leader: Person) -> LeadershipAnswer | None:
    runs, below = company.runs, _people_of(company, leader)
    reporting = Reporting.of(runs.facts, leader.currency, runs.as_of)
    members = []
    for rep_id in sorted(below & company.people.keys()):
        found = leadership.standing(runs, (rep_id, company.people[rep_id].team), reporting)
        if found is not None:
            members.append(found)
    if not members:
        return None
    with ctx.db.read() as conn:
        rests_on = basis.freshness(conn, ctx.now)
        open_alerts, gravest = leadership_beside.alerts(conn)
        spif_returns = leadership_beside.returns(conn, runs.period)
    return LeadershipAnswer(
        leader=RepRef(leader.rep_id, leader.name),
        as_of=runs.as_of,
        period=runs.period,
        whole=leadership.team("", members, leader.currency),
        teams=leadership.teams(members, leader.currency),
        pay=_cost(company, leader, below, reporting),
        outcomes=company.outcomes,
        open_deals=company.open_deals,
        overdue=company.overdue,
        spifs=spif_returns,
        exceptions=Exceptions(open_alerts, gravest, _left_out(company, below, members)),
        sources=rests_on,
    )


def _people_of(company: _Company, leader: Person) -> frozenset[int]:
    """Whose pay is in the leader's sums, and so counts as shown to them."""
    below = _below(company.above, leader.rep_id)
    return frozenset(company.people) if leader.role == "admin" and not below else below


def _left_out(company: _Company, below: frozenset[int], members: Sequence[Standing]) -> int:
    """How many reps below are in no sum, because they have no quota of money or no rate leads from its currency."""
    told = {each.rep_id for each in members}
    return sum(person.role == "rep" for rep_id, person in company.people.items() if rep_id in below - told)


def _cost(company: _Company, leader: Person, below: frozenset[int], reporting: Reporting) -> PayCost:
    """What the people below are paid, and the budget that the leader holds for that."""
    runs = company.runs
    earned = _total(leadership.paid(runs.now, below, runs.period), reporting)
    later = None if runs.later is None else _total(leadership.paid(runs.later, below, runs.period), reporting)
    budget = _budget(runs.facts, leader, runs.period, reporting)
    return PayCost(earned, later, budget, leadership.booked(runs, below, reporting))


def _total(amounts: Mapping[str, Money], reporting: Reporting) -> Money:
    made = [reporting.into(amount) for amount in amounts.values()]
    return Money(sum(each.minor for each in made if each is not None), reporting.currency)


def _budget(facts: Facts, leader: Person, period: Period, reporting: Reporting) -> Money | None:
    """The budgets of the leader that lie within the period, together; None where there are none."""
    rows = facts.quotas
    own = (rows["rep_id"] == leader.rep_id) & (rows["name"] == PAY_BUDGET)
    own &= (integers(rows, "start_on") >= day(period.start_on)) & (integers(rows, "end_on") <= day(period.end_on))
    held = rows[own]
    made = [
        reporting.into(Money(amount, str(currency)))
        for amount, currency in zip(held["amount_cents"].tolist(), held["currency"], strict=True)
    ]
    return Money(sum(each.minor for each in made if each), reporting.currency) if made and all(made) else None


def _company(conn: Connection, ctx: Context, above: Mapping[int, int]) -> _Company:
    plans = pricing.paying(conn, ctx.as_of)
    period = _quarter(plans, ctx)
    facts = frames.facts(conn, pricing.window(plans, ctx.as_of), more=needs(plans) | {frames.PIPELINE})
    ended = outcomes.closed(conn, (add_months(ctx.as_of, -12), ctx.as_of))
    now = commission.calculate(facts, plans, ctx.as_of)
    known = {each.rep_id: each for each in people.all(conn) if each.is_employed(ctx.as_of)}
    if ended.chance_ppm is None:
        return _Company(Runs(now, facts, None, None, ctx.as_of, period), known, above, ended, 0, 0)
    closing = expected(facts, ctx.as_of, period, Rate(ended.chance_ppm, _WHOLE_PPM))
    later = commission.calculate(closing.facts, plans, period.last_on)
    runs = Runs(now, facts, later, closing.facts, ctx.as_of, period)
    return _Company(runs, known, above, ended, closing.deals, closing.overdue)


def _quarter(plans: Sequence[Plan], ctx: Context) -> Period:
    """The fiscal quarter of the day by the plans' calendar; by the calendar year where there is no plan."""
    starts = [plan.effective.start_on for plan in plans if ctx.as_of in plan.effective]
    return Calendar(min(starts) if starts else ctx.as_of.replace(month=1, day=1)).quarter(ctx.as_of)


def _above(conn: Connection, ctx: Context) -> dict[int, int]:
    """Who reports to whom on the day; 0 for nobody."""
    rows, today = placed.people(conn, changes.watermark(conn)), day(ctx.as_of)
    now = (integers(rows, "start_on") <= today) & (today < integers(rows, "end_on"))
    return dict(zip(integers(rows, "rep_id")[now].tolist(), integers(rows, "manager_id")[now].tolist(), strict=True))


def _below(above: Mapping[int, int], rep_id: int) -> frozenset[int]:
    """Everybody below someone, at any distance."""
    found: set[int] = set()
    level = {rep_id}
    while level:
        level = {each for each, manager in above.items() if manager in level} - found - {rep_id}
        found |= level
    return frozenset(found)


def _leaders(conn: Connection, ctx: Context, above: Mapping[int, int], addresses: Collection[str]) -> list[Person]:
    if addresses:
        named = (people.by_email(conn, address) for address in addresses)
        return [each for each in named if each is not None and each.is_employed(ctx.as_of)]
    lead = set(above.values()) - {0}
    tops = [people.by_id(conn, each) for each in sorted(lead) if not above.get(each)]
    return [each for each in tops if each is not None and each.is_employed(ctx.as_of)]


def _local(leader: Person, now: datetime) -> datetime:
    return now.astimezone(ZoneInfo(leader.timezone))


def _has_come(leader: Person, now: datetime) -> bool:
    """Whether the leader's Monday morning has come this week, and the digest would not be stale."""
    local = _local(leader, now)
    monday = local.date() - timedelta(days=local.weekday() - WEEKDAY)
    from_at = datetime.combine(monday, time(HOUR), local.tzinfo).astimezone(UTC)
    return from_at <= now < from_at + KEEPS


def _topic(leader: Person, ctx: Context) -> str:
    year, week, _ = _local(leader, ctx.now).date().isocalendar()
    return f"leadership:{leader.rep_id}:{year}-W{week:02d}"
