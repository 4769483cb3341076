"""What a rep would be paid if some open deals closed: all together, each alone, and each as the last one."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from engine import attainment, whatif
from engine.answers import RepRef
from engine.commission import calculate
from engine.dates import add_months
from engine.frames import integers
from engine.money import Money
from engine.outlook import DealEffect, QuotaMove, WhatIfAnswer
from engine.whatif import Closing
from operations import basis, periods, receipted
from operations.errors import DealUnclear
from operations.open_deals import Pipeline, Wish, matching, pipeline

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

    from engine.people import Person
    from engine.whatif import WhatIf
    from operations.context import Context

MOST_DEALS = 12
_ARG = "deal"
_JOINED = re.compile(r"\s+(?:and|or|&|plus)\s+|\s*,\s*")


def what_if(ctx: Context, subject: Person, wishes: Sequence[Wish]) -> WhatIfAnswer:
    """The effect of the open deals on the rep's pay, by the payroll calculation over facts in which they are won.

    Raises:
        DealUnclear: A wish does not name one open deal of the rep, or there are none or too many of them.
        DayUnplanned: No plan pays the rep on a day.
    """
    if not 1 <= len(wishes) <= MOST_DEALS:
        raise DealUnclear(f"Name 1 to {MOST_DEALS} open deals; {len(wishes)} are too {_many(wishes)} to tell apart.")
    until = max((wish.on for wish in wishes if wish.on), default=None)
    with ctx.db.read() as conn:
        of = pipeline(conn, ctx, subject, until)
        closings = [of.closing(wish) for wish in wishes]
        if len({each.deal_id for each in closings}) < len(closings):
            raise DealUnclear("One deal is named twice. Name each deal once.")
        answer = what_if_of(of, closings)
        rests_on = basis.of(conn, ctx, subject)
    about = receipted.About("what_if", tuple((_ARG, _spelled(each)) for each in closings))
    receipt_id = receipted.issue(ctx, of.priced, about, answer)
    return replace(answer, basis=replace(rests_on, receipt_id=receipt_id))


def spoken(ctx: Context, subject: Person, said: str, period: str | None = None) -> WhatIfAnswer:
    """The effect of the open deals that a sentence names, such as "acme and globex", closed within a period.

    In a period that runs they close today, in one that lies ahead on its first day.

    Raises:
        UnknownPeriod: `period` names none.
        DealUnclear: A name does not mean one open deal of the rep.
        DayUnplanned: No plan pays the rep then.
    """
    with ctx.db.read() as conn:
        of = pipeline(conn, ctx, subject)
    on = _day_in(of, period) if period else None
    whole = matching(said, {key: name for key, name in of.names.items() if key in of.open})
    parts = [said] if whole else [part for part in _JOINED.split(said) if part.strip()]
    return what_if(ctx, subject, [Wish(part.strip(), on) for part in parts])


def _day_in(of: Pipeline, period: str) -> date:
    """A day in the period; a month or quarter without a year that is over means the next one of that name."""
    span = periods.named(period, of.priced.fiscal, of.as_of)
    start, end = span.start_on, span.end_on
    while end <= of.as_of:
        start, end = add_months(start, 12), add_months(end, 12)
    return max(start, of.as_of)


def what_if_of(of: Pipeline, closings: Sequence[Closing]) -> WhatIfAnswer:
    """The answer of a rep who is priced: pure, and so what a replay computes again."""
    found = whatif.what_if(of.question, closings)
    return WhatIfAnswer(
        rep=RepRef(of.priced.person.rep_id, of.priced.person.name),
        as_of=of.as_of,
        deals=effects(of, closings, found),
        before=found.before,
        after=found.after,
        gain=found.gain,
        rerated=_rerated(of, closings, found),
        quotas=tuple(_moves(of, closings, found)),
        plan=of.priced.plan_ref,
        problems=tuple(one for one in found.calculation.problems if one.rep_id in (None, of.priced.person.rep_id)),
    )


def closings_of(args: Iterable[tuple[str, str]]) -> list[Closing]:
    """The closings that a receipt's arguments spell."""
    from datetime import date as day

    found = []
    for _, text in args:
        deal_id, on, amount = text.split(" ")
        found.append(Closing(int(deal_id), day.fromisoformat(on), int(amount) if amount != "-" else None))
    return found


def effects(of: Pipeline, closings: Sequence[Closing], found: WhatIf) -> tuple[DealEffect, ...]:
    """What each deal adds, with its name, day and amount."""
    by_deal = {each.deal_id: each for each in found.effects}
    return tuple(
        DealEffect(
            of.names[each.deal_id], each.on, of.amount(each), by_deal[each.deal_id].alone, by_deal[each.deal_id].last
        )
        for each in closings
    )


def _spelled(closing: Closing) -> str:
    amount = "-" if closing.amount_cents is None else str(closing.amount_cents)
    return f"{closing.deal_id} {closing.on} {amount}"


def _many(wishes: Sequence[Wish]) -> str:
    return "many" if wishes else "few"


def _rerated(of: Pipeline, closings: Sequence[Closing], found: WhatIf) -> tuple[Money, ...]:
    """The part of the gain that is not on the lines of the deals themselves."""
    lines = found.calculation.lines
    own = (lines["rep_id"] == of.priced.person.rep_id) & lines["deal_id"].isin([each.deal_id for each in closings])
    amounts, numbers = integers(lines, "amount_cents")[own.to_numpy()], integers(lines, "plan_no")[own.to_numpy()]
    paid: dict[str, int] = {}
    for number, amount in zip(numbers.tolist(), amounts.tolist(), strict=True):
        currency = found.calculation.plans[number].currency
        paid[currency] = paid.get(currency, 0) + amount
    return tuple(Money(gain.minor - paid.get(gain.currency, 0), gain.currency) for gain in found.gain)


def _moves(of: Pipeline, closings: Sequence[Closing], found: WhatIf) -> Iterator[QuotaMove]:
    """Each quota that runs on a day on which a deal closes, without and with the deals."""
    asked, won = of.question, whatif.closed(of.priced.facts, closings)
    horizon = max(each.on for each in closings)
    base = calculate(asked.facts, asked.plans, max(asked.as_of, horizon), reps=[asked.rep_id])
    seen: set[tuple[str, date]] = set()
    for on in sorted({each.on for each in closings}):
        before = attainment.progress(base, asked.facts, asked.rep_id, on)
        after = attainment.progress(found.calculation, won, asked.rep_id, on)
        for one in before:
            later = next((each for each in after if (each.name, each.period) == (one.name, one.period)), None)
            key = (one.name, one.period.start_on)
            if later is not None and key not in seen:
                seen.add(key)
                tier = one.next_tier.from_ppm if one.next_tier else None
                reached = tier if tier is not None and later.attainment_ppm >= tier else None
                yield QuotaMove(one.name, one.period, one.attainment_ppm, later.attainment_ppm, reached)
