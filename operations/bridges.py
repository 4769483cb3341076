"""Why pay changed: the way from one statement to another, in steps that sum to the difference exactly."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from engine import bridge as engine_bridge
from engine.answers import RepRef
from engine.outlook import BridgeAnswer
from operations import answers, basis, receipts
from operations.errors import NotComparable

if TYPE_CHECKING:
    from engine.answers import EarningsAnswer
    from engine.people import Person
    from operations.context import Context


def between_receipts(ctx: Context, before: str, after: str) -> BridgeAnswer:
    """Why one receipted earnings answer differs from another of the same person.

    Both are calculated again from the facts as they were known, so that what was shown is what is compared.

    Raises:
        UnknownReceipt: There is no such receipt.
        NotComparable: They are not of earnings, not of one person, or not in one currency.
        FactsChanged: The facts behind a receipt are not what they were.
    """
    sides = [receipts.earnings_again(ctx, receipt_id) for receipt_id in (before, after)]
    subjects = {side.rep.rep_id for side in sides}
    if len(subjects) > 1:
        raise NotComparable("These receipts are of two people. Compare two of the same person.")
    with ctx.db.read() as conn:
        _, subject = answers.subject_of(conn, after)
        rests_on = basis.of(conn, ctx, subject)
    return replace(_bridged(*sides), basis=rests_on)


def between_periods(ctx: Context, subject: Person, before: str | None, after: str | None) -> BridgeAnswer:
    """Why the rep's pay of one period differs from that of another: by default of the present and the one before.

    Raises:
        UnknownPeriod: A name names no period.
        PeriodNotBegun: It lies ahead.
        NotComparable: The two are paid in different currencies.
    """
    later = answers.earnings(ctx, subject, after)
    earlier = before or f"{later.period.start_on - timedelta(days=1):%Y-%m}"
    if before is None and later.period.days > _LONGEST_MONTH:
        earlier = "last year" if later.period.days > _LONGEST_QUARTER else "last quarter"
    found = _bridged(answers.earnings(ctx, subject, earlier), later)
    return replace(found, basis=later.basis)


_LONGEST_MONTH, _LONGEST_QUARTER = 31, 92


def _bridged(before: EarningsAnswer, after: EarningsAnswer) -> BridgeAnswer:
    currencies = {side.total.currency for side in (before, after) if side.total is not None}
    if len(currencies) != 1:
        raise NotComparable("They are not paid in one currency. Compare each currency's statements by themselves.")
    return BridgeAnswer(
        rep=RepRef(after.rep.rep_id, after.rep.name),
        before=before.period,
        after=after.period,
        bridge=engine_bridge.bridge(before.lines, after.lines, currencies.pop()),
        before_receipt=before.basis.receipt_id,
        after_receipt=after.basis.receipt_id,
        plan=after.plan,
    )
