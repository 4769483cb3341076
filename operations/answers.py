"""What reps ask: quota, earnings, one line, Home. Each answer is calculated from the facts and leaves a receipt."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar

from engine import attainment, statements
from engine.adjustments import KINDS_OF_ADJUSTMENT
from engine.answers import (
    EarningsAnswer,
    HomeAnswer,
    LineExplanation,
    QuotaAnswer,
    RepRef,
)
from engine.frames import integers
from engine.money import Money
from engine.problems import Problem
from operations import basis, memory, periods, pricing, receipted
from operations.errors import FactsChanged, PeriodNotBegun, UnknownReceipt
from operations.locked_lines import as_locked
from store import adjustments, frames, people, touched
from store import receipts as kept

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from engine.answers import ComponentEarnings, DealName, Payout
    from engine.dates import Period
    from engine.people import Person
    from engine.plans.schema import Plan
    from engine.receipts import Receipt
    from operations.context import Context
    from operations.pricing import Priced
    from store.database import Connection

T = TypeVar("T")


def quota(ctx: Context, subject: Person, period: str | None = None) -> QuotaAnswer:
    """How far the rep is: on the context's day, or at the end of a past period.

    Raises:
        UnknownPeriod: `period` names none.
        PeriodNotBegun: `period` lies ahead.
    """
    with ctx.db.read() as conn:
        answer, receipt = _given(conn, ctx, ("quota", subject, period), lambda: _quota(conn, ctx, subject, period))
        rests_on = basis.of(conn, ctx, subject)
    receipted.keep(ctx, receipt)
    return replace(answer, basis=replace(rests_on, receipt_id=receipt.receipt_id))


def earnings(ctx: Context, subject: Person, period: str | None = None) -> EarningsAnswer:
    """What the rep earned in a period; without one, in the plan's pay period with the context's day.

    Raises:
        UnknownPeriod: `period` names none.
        PeriodNotBegun: `period` lies ahead.
    """
    with ctx.db.read() as conn:
        asked = ("earnings", subject, period)
        answer, receipt, plan = _given(conn, ctx, asked, lambda: _earnings(conn, ctx, subject, period))
        closings = basis.closings(conn, answer.period, plan) if plan else ()
        rests_on = replace(basis.of(conn, ctx, subject), closings=closings)
    receipted.keep(ctx, receipt)
    return replace(answer, basis=replace(rests_on, receipt_id=receipt.receipt_id))


def home(ctx: Context, subject: Person) -> HomeAnswer:
    """The quota and the earnings of the day, side by side."""
    named = RepRef(subject.rep_id, subject.name)
    return HomeAnswer(named, quota(ctx, subject), earnings(ctx, subject))


def line(ctx: Context, receipt_id: str, line_no: int) -> LineExplanation:
    """Why a line of a receipted answer is what it is, from the facts as they were known when it was given.

    Raises:
        UnknownReceipt: There is no such receipt.
        LineUnknown: The rep's calculation has no line of that number.
        FactsChanged: The facts behind the receipt are not what they were.
    """
    with ctx.db.read() as conn:
        receipt, subject = subject_of(conn, receipt_id)
        priced = pricing.price_again(conn, subject, receipt.as_of, receipt.watermark, receipt.plan_hashes)
        if priced.facts.inputs_hash() != receipt.inputs_hash:
            raise FactsChanged
        names = deal_names(conn, priced)
        explanation = statements.explain(priced.calculation, priced.facts, subject.rep_id, line_no, names)
        rests_on = basis.of(conn, ctx, subject)
        explanation, then, number = as_locked(conn, priced, explanation, names)
        if explanation.line.kind in KINDS_OF_ADJUSTMENT:
            explanation = replace(explanation, note=_decided(conn, then, number) or explanation.note)
    named = RepRef(subject.rep_id, subject.name)
    return replace(explanation, rep=named, basis=replace(rests_on, receipt_id=receipt_id))


def _decided(conn: Connection, priced: Priced, line_no: int) -> str:
    """The reason for an amount that somebody decided, and who approved it, as they were known then."""
    calc = priced.calculation
    lots = zip(calc.extras.rep_id.tolist(), calc.extra_numbers.tolist(), calc.extras.x.tolist(), strict=True)
    number = next((x for rep_id, own, x in lots if (rep_id, own) == (priced.person.rep_id, line_no)), None)
    found = None if number is None else adjustments.decided(conn, number, priced.watermark)
    if found is None:
        return ""
    approved = f" Approved by {found.approved_by}." if found.approved_by else ""
    return f"{found.reason.rstrip('.')}.{approved}" if found.reason else approved.strip()


def subject_of(conn: Connection, receipt_id: str) -> tuple[Receipt, Person]:
    """The receipt and the person it is about, as known on its day.

    Raises:
        UnknownReceipt: There is no such receipt.
    """
    receipt = kept.get(conn, receipt_id)
    subject = people.by_id(conn, receipt.rep_id, receipt.watermark) if receipt else None
    if receipt is None or subject is None:
        raise UnknownReceipt
    return receipt, subject


def quota_of(priced: Priced) -> QuotaAnswer:
    """The quota answer of a calculation: pure, and so what a replay computes again."""
    asked = (priced.calculation, priced.facts, priced.person.rep_id, priced.as_of)
    quotas = attainment.progress(*asked)
    earned = _earned(earnings_of(priced, quotas[0].period, {})) if quotas else None
    return QuotaAnswer(
        rep=RepRef(priced.person.rep_id, priced.person.name),
        as_of=priced.as_of,
        plan=priced.plan_ref,
        quotas=quotas,
        earned=earned,
        problems=_problems(priced, attainment.problems(*asked)),
    )


def earnings_of(priced: Priced, period: Period, names: dict[int, DealName]) -> EarningsAnswer:
    """The earnings answer of a calculation for a period, in the currency of the rep's plan.

    What another plan pays in another currency is no part of the total: a problem says how much that is.
    """
    rep_id = priced.person.rep_id
    components = statements.components(priced.calculation, rep_id, period)
    currency = _currency(priced, components)
    lines = statements.lines(priced.calculation, priced.facts, rep_id, period, names)
    own = tuple(part for part in components if part.amount.currency == currency)
    return EarningsAnswer(
        rep=RepRef(rep_id, priced.person.name),
        as_of=priced.as_of,
        period=period,
        plan=priced.plan_ref,
        components=own,
        lines=tuple(line for line in lines if line.amount.currency == currency),
        total=sum((part.amount for part in own), Money(0, currency)) if currency else None,
        problems=_problems(priced, elsewhere(components, currency)),
        payouts=_payouts(priced, period, currency),
    )


def _payouts(priced: Priced, period: Period, currency: str) -> tuple[Payout, ...]:
    """How each plan comes from earnings to payout in the period; nothing where no plan does anything in between."""
    if not len(priced.calculation.extras):
        return ()
    every = statements.payout(priced.calculation, priced.person.rep_id, period)
    own = tuple(each for each in every if each.payout.currency == currency)
    return own if any(each.steps or each.held or each.owed or each.carried for each in own) else ()


def _earned(answer: EarningsAnswer) -> Money | None:
    """What was earned, before anything is held back, drawn or carried."""
    if answer.total is None or not answer.payouts:
        return answer.total
    return sum((each.earnings for each in answer.payouts), Money(0, answer.total.currency))


def _currency(priced: Priced, components: Sequence[ComponentEarnings]) -> str:
    """The currency of the plan on the day; of what was earned where the rep has no plan any more; else none."""
    plan = priced.plan
    return plan.currency if plan else next((part.amount.currency for part in components), "")


def elsewhere(components: Sequence[ComponentEarnings], currency: str) -> Iterable[Problem]:
    """What other plans pay in other currencies, which a total in one leaves out."""
    for part in components:
        if part.amount.currency != currency:
            figure = f"{part.amount.minor} minor units of {part.amount.currency}"
            yield Problem(
                "other_currency",
                f"{part.name} pays in {part.amount.currency}, which the total leaves out.",
                "Ask for the statement in that currency, or have ops put both plans into one currency.",
                f"component {part.name}",
                found=figure,
            )


def pay_period(priced: Priced) -> Period:
    """The period the rep's plan pays by, with the calculation's day in it."""
    return priced.fiscal.pay_period(priced.plan.pays if priced.plan else "monthly", priced.as_of)


def _given(conn: Connection, ctx: Context, asked: tuple[str, Person, str | None], work_out: Callable[[], T]) -> T:
    """The answer to what is asked, from memory while no fact has changed that could matter to its subject."""
    rep_id = asked[1].rep_id
    known, watermark = memory.of(ctx.db, "touched"), touched.watermark(conn)
    newest = known.recall(
        (rep_id, watermark),
        lambda: touched.last_change(
            conn, rep_id, known.recall(("sharing", watermark), lambda: pricing.sharing(conn))
        ),
    )
    return memory.of(ctx.db).recall((*asked, ctx.as_of, newest), work_out)


def _quota(conn: Connection, ctx: Context, subject: Person, period: str | None) -> tuple[QuotaAnswer, Receipt]:
    priced, _ = _ask(conn, ctx, subject, period)
    answer = quota_of(priced)
    return answer, _issue("quota", priced, None, answer)


def _earnings(
    conn: Connection, ctx: Context, subject: Person, period: str | None
) -> tuple[EarningsAnswer, Receipt, Plan | None]:
    priced, span = _ask(conn, ctx, subject, period)
    span = span or pay_period(priced)
    answer = earnings_of(priced, span, deal_names(conn, priced))
    return answer, _issue("earnings", priced, span, answer), priced.plan


def _ask(conn: Connection, ctx: Context, subject: Person, period: str | None) -> tuple[Priced, Period | None]:
    """The subject priced for what was asked: a past period is seen from its last day."""
    priced = _given(conn, ctx, ("price", subject, None), lambda: pricing.price(conn, subject, ctx.as_of))
    if not period:
        return priced, None
    span = periods.named(period, priced.fiscal, ctx.as_of)
    if span.start_on > ctx.as_of:
        raise PeriodNotBegun(f"{span.label} begins on {span.start_on:%d %B %Y}, so there is nothing to show yet.")
    seen_from = min(ctx.as_of, span.end_on - timedelta(days=1))
    return pricing.price(conn, subject, seen_from, since=span.start_on), span


def deal_names(conn: Connection, priced: Priced) -> dict[int, DealName]:
    """What people call the deals of a rep's calculation, as known at its watermark; of others only what is paid."""
    deals, calc = priced.facts.deals, priced.calculation
    owned = integers(deals, "owner_id") == priced.person.rep_id
    shared = integers(priced.facts.splits, "deal_id")[integers(priced.facts.splits, "rep_id") == priced.person.rep_id]
    deal_ids = [*integers(deals, "deal_id")[owned].tolist(), *shared.tolist()]
    deal_ids += calc.lines["deal_id"].tolist() if len(deal_ids) < len(deals) else calc.extras.deal_id.tolist()
    return frames.names(conn, deal_ids, watermark=priced.watermark)


def _problems(priced: Priced, more: Iterable[Problem] = ()) -> tuple[Problem, ...]:
    """What stands in the subject's way; what concerns only the people they share a deal with is left out."""
    own = (None, priced.person.rep_id)
    said = {
        (problem.code, problem.where, problem.deal): problem
        for problem in (*priced.calculation.problems, *more)
        if problem.rep_id in own
    }
    return tuple(sorted(said.values()))


def _issue(question: str, priced: Priced, period: Period | None, answer: object) -> Receipt:
    args = () if period is None else _spell(period)
    return receipted.of(priced, receipted.About(question, args), answer, priced.as_of)


def _spell(period: Period) -> tuple[tuple[str, str], ...]:
    return (
        ("end_on", period.end_on.isoformat()),
        ("label", period.label),
        ("start_on", period.start_on.isoformat()),
    )
