"""What a rep is paid by a day: which pay periods are, and by which lines of the payroll calculation."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from engine import paycheck, statements
from engine.answers import RepRef
from engine.commission import calculate
from engine.dates import Period, add_months, on_day
from engine.frames import integers
from engine.money import Money
from engine.paycheck import PaycheckAnswer, PaycheckPart, Payday
from engine.whatif import Closing, closed
from operations import answers, basis, periods, pricing, receipted
from operations.errors import DayUnplanned, UnknownPeriod
from operations.open_deals import Pipeline, of_priced
from store import periods as pay_periods
from store.periods import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from engine.answers import LineSummary
    from engine.calculation import Calculation
    from engine.dates import Calendar
    from engine.people import Person
    from engine.problems import Problem
    from operations.context import Context
    from operations.pricing import Priced
    from store.database import Connection
    from store.periods import Moved

#: Pay periods looked at behind and ahead of today.
MOST_PERIODS = 60
_HAS_YEAR = re.compile(r"\d{4}")
_WAITING = ("review", "locked")
Before = Mapping[Period, tuple["LineSummary", ...]]


@dataclass(frozen=True, slots=True)
class Asked:
    """By which day, and the pay periods that are paid by then."""

    by: date
    paydays: tuple[Payday, ...]

    def horizon(self, as_of: date) -> date:
        """The last day of the pay periods, or today."""
        return max(as_of, *(each.period.last_on for each in self.paydays))

    def args(self) -> tuple[tuple[str, str], ...]:
        """As a receipt spells it."""
        spans = ((each.period, each.on) for each in self.paydays)
        said = ",".join(f"{span.start_on}/{span.end_on}/{on}/{span.label}" for span, on in spans)
        return (("by", self.by.isoformat()), ("paydays", said))

    @classmethod
    def of(cls, args: Mapping[str, str]) -> Asked:
        """What `args` spelled."""
        found = []
        for text in args["paydays"].split(","):
            start, end, on, label = text.split("/", 3)
            period = Period(label, date.fromisoformat(start), date.fromisoformat(end))
            found.append(Payday(period, date.fromisoformat(on)))
        return cls(date.fromisoformat(args["by"]), tuple(found))


def paid_by(ctx: Context, subject: Person, when: str = "", after_days: int = 0) -> PaycheckAnswer:
    """What the rep is paid by a day.

    Args:
        ctx: Today.
        subject: Whose pay.
        when: A day as 2026-12-15 or, for the next one of it, 12-15; a period, of which the last day is meant; ""
            for the next pay day.
        after_days: How many days after the end of a pay period it is paid.

    Raises:
        UnknownPeriod: `when` names no day and no period, or one that is past.
        DayUnplanned: No plan pays the rep.
    """
    with ctx.db.read() as conn:
        today = pricing.price(conn, subject, ctx.as_of)
        asked = _asked(conn, today, _until(when, today), after_days)
        since = min(ctx.as_of, *(each.period.start_on for each in asked.paydays))
        priced = pricing.price(conn, subject, asked.horizon(ctx.as_of), since=since)
        answer = paycheck_of(conn, priced, asked, ctx.as_of)
        rests_on = basis.of(conn, ctx, subject)
    receipt_id = receipted.issue(ctx, priced, receipted.About("paycheck", asked.args()), answer)
    return replace(answer, basis=replace(rests_on, receipt_id=receipt_id))


def paycheck_of(conn: Connection, priced: Priced, asked: Asked, as_of: date) -> PaycheckAnswer:
    """The answer of a rep who is priced, seen from `as_of`: what a replay computes again."""
    horizon = asked.horizon(as_of)
    if priced.as_of != horizon:
        again = calculate(priced.facts, priced.plans, horizon, reps=[priced.person.rep_id])
        priced = replace(priced, as_of=horizon, calculation=again)
    of = of_priced(conn, replace(priced, as_of=as_of), as_of)
    calc, currency = of.priced.calculation, _currency(of)
    before = _before(of, calc, asked, currency)
    closing = _closing(of, asked)
    found = _certain(of, asked, before)
    added = _added(of, before, closing, (horizon, currency)) if closing else ()
    sure = tuple(part for part in found if part.kind != "awaited")
    hoped = (*(part for part in found if part.kind == "awaited"), *added)
    risks = paycheck.exposed(_lines(of, calc, _ever(of), currency), of.priced.plans, as_of)
    return PaycheckAnswer(
        rep=RepRef(of.priced.person.rep_id, of.priced.person.name),
        as_of=as_of,
        by=asked.by,
        paydays=asked.paydays,
        certain=sure,
        expected=hoped,
        exposed=risks,
        certain_total=_total(sure, currency),
        expected_total=_total(hoped, currency),
        exposed_total=_total(risks, currency),
        plan=of.priced.plan_ref,
        problems=_problems(of, calc, asked, currency),
    )


def _problems(of: Pipeline, calc: Calculation, asked: Asked, currency: str) -> tuple[Problem, ...]:
    """What stands in the rep's way, and what is paid in other currencies, which the answer leaves out."""
    rep_id = of.priced.person.rep_id
    own = [one for one in calc.problems if one.rep_id in (None, rep_id)]
    for each in asked.paydays:
        own += answers.elsewhere(statements.components(calc, rep_id, each.period), currency)
    return tuple(dict.fromkeys(own))


def _until(when: str, priced: Priced) -> date | None:
    """The day that is asked for; None for the next pay day."""
    if not when:
        return None
    by = _day(when, priced.as_of) or _last_of(when, priced)
    if by < priced.as_of:
        raise UnknownPeriod(f"{by} is past. Ask for a pay day from today on, or for your earnings of that time.")
    return by


def _day(when: str, as_of: date) -> date | None:
    """The day that is written, None where it is none; without a year the next one from today on."""
    years = (0, 1, 2, 3, 4) if len(when) == len("12-15") else ()
    for said in (when, *(f"{as_of.year + more}-{when}" for more in years)):
        try:
            found = date.fromisoformat(said)
        except ValueError:
            continue
        if said == when or found >= as_of:
            return found
    return None


def _last_of(when: str, priced: Priced) -> date:
    """The last day of a period; a month or quarter without a year is the next one that is not over."""
    span = periods.named(when, priced.fiscal, priced.as_of)
    on = span.last_on
    return add_months(on, 12) if on < priced.as_of and not _HAS_YEAR.search(when) and "last" not in when else on


def _asked(conn: Connection, priced: Priced, by: date | None, after_days: int) -> Asked:
    """The pay periods that are not paid yet and will be by the day; where there are none, the next one.

    A period that payroll has marked as paid is; one whose pay day has passed counts as paid unless it still waits.
    """
    plan = priced.plan
    if plan is None:
        raise DayUnplanned(f"No published plan pays {priced.person.name} on {priced.as_of}, so no pay day is known.")
    states = pay_periods.states(conn)
    open_: list[Payday] = []
    for period in _spans(priced.fiscal, plan.pays, priced.as_of):
        payday = Payday(period, period.end_on + timedelta(days=after_days))
        moved = states.get(Span(plan.pays, period.start_on, period.end_on))
        if _is_unpaid(payday, moved, priced.as_of):
            open_.append(payday)
    ahead = [each for each in open_ if each.on >= priced.as_of]
    due = [each for each in open_ if by is not None and each.on <= by]
    if not due:
        due = [each for each in open_ if each.on <= ahead[0].on]
    return Asked(by or max(each.on for each in due), tuple(due))


def _is_unpaid(payday: Payday, moved: Moved | None, as_of: date) -> bool:
    if moved is not None and moved.state == "paid":
        return False
    return payday.on >= as_of or (moved is not None and moved.state in _WAITING)


def _spans(fiscal: Calendar, pays: str, as_of: date) -> Iterator[Period]:
    """The pay periods around today of a plan that pays so often, in their order."""
    here = fiscal.pay_period(pays, as_of)
    behind, at = [], here
    for _ in range(MOST_PERIODS):
        at = fiscal.pay_period(pays, at.start_on - timedelta(days=1))
        behind.append(at)
    yield from reversed(behind)
    at = here
    for _ in range(MOST_PERIODS):
        yield at
        at = fiscal.pay_period(pays, at.end_on)


def _before(of: Pipeline, calc: Calculation, asked: Asked, currency: str) -> Before:
    return {each.period: _lines(of, calc, each.period, currency) for each in asked.paydays}


def _closing(of: Pipeline, asked: Asked) -> dict[int, date]:
    """When the open deals close that do so within the pay periods."""
    spans = [each.period for each in asked.paydays]
    return {key: on for key, (on, _) in of.open.items() if any(on in span for span in spans)}


def _certain(of: Pipeline, asked: Asked, before: Before) -> tuple[PaycheckPart, ...]:
    rows = of.priced.facts.table("events")
    days = (on_day(each) for each in integers(rows, "on").tolist())
    events = set(zip(integers(rows, "deal_id").tolist(), days, strict=True))
    return tuple(
        part for each in asked.paydays for part in paycheck.certain(before[each.period], each, of.as_of, events)
    )


def _added(of: Pipeline, before: Before, closing: dict[int, date], how: tuple[date, str]) -> tuple[PaycheckPart, ...]:
    """What the open deals add that close within the pay periods, seen from their end, in one currency."""
    horizon, currency = how
    facts = closed(of.priced.facts, [Closing(deal_id, on) for deal_id, on in sorted(closing.items())])
    calc = calculate(facts, of.priced.plans, horizon, reps=[of.priced.person.rep_id])
    after = [line for span in before for line in _lines(of, calc, span, currency)]
    return paycheck.expected([line for lines in before.values() for line in lines], after, closing, currency)


def _lines(of: Pipeline, calc: Calculation, span: Period, currency: str) -> tuple[LineSummary, ...]:
    """The rep's lines of a period, in the currency of the answer."""
    every = statements.lines(calc, of.priced.facts, of.priced.person.rep_id, span, of.names)
    return tuple(line for line in every if line.amount.currency == currency)


def _currency(of: Pipeline) -> str:
    plan = of.priced.plan
    return plan.currency if plan is not None else of.priced.person.currency


def _ever(of: Pipeline) -> Period:
    """Every day that the calculation covers."""
    start, end = pricing.window(of.priced.plans, of.priced.as_of)
    return Period("", start, end)


def _total(parts: Sequence[PaycheckPart], currency: str) -> Money:
    return sum((part.amount for part in parts), Money(0, currency))
