"""Deals just won (N1): what each pays and how, seconds after its sync; those of a busy hour in one message."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from engine.dates import day
from engine.notices import Notice, Recipient
from engine.statements import EARNED
from operations import answers
from operations.errors import OperationError
from operations.tellings import told_amount, told_period, told_rate
from store import deal_changes, outbox

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from engine.answers import EarningsAnswer, LineSummary
    from engine.dates import Period
    from operations.tellings import Telling
    from store.database import Connection

KIND = "deal_won"
#: Deals that were booked longer ago are news to nobody.
RECENT = timedelta(days=14)
#: So many messages of this kind in an hour; what is won beyond them is told together.
MOST_AN_HOUR = 3
HOUR = timedelta(hours=1)
#: How long somebody may still care about a deal that was won.
WORTH = timedelta(days=7)
#: How far back it is looked up what somebody was told of a deal.
REMEMBERED = timedelta(days=60)


def of(telling: Telling) -> list[Notice]:
    """The notices of one person about deals that count for them from this run on."""
    grown = [each for each in telling.moved if each.was is None or each.now.lines > each.was.lines]
    if not grown or telling.person is None:
        return []
    fresh = _fresh(telling)
    found = []
    for each in grown:
        notice = _notice(telling, each.now.period, fresh) if fresh else None
        if notice is not None:
            found.append(notice)
    return found


def owe(conn: Connection, notice: Notice, now: datetime) -> None:
    """The notice owed; in a busy hour its deals join those that wait already."""
    said = outbox.of_kind(conn, notice.to.rep_id, KIND, now - REMEMBERED)
    known = {deal["deal_id"] for one in said for deal in one.notice.data.get("deals", ())}
    deals = [deal for deal in notice.data["deals"] if deal["deal_id"] not in known]
    if not deals:
        return
    recent = [one for one in said if one.created_at > now - HOUR and not one.notice.edits]
    alike = [one for one in recent if one.state == "pending" and _is_alike(one.notice, notice)]
    waiting = alike[-1] if alike else None
    if waiting is not None and len(recent) >= MOST_AN_HOUR:
        data = dict(waiting.notice.data) | {"deals": [*waiting.notice.data["deals"], *deals]}
        receipts = tuple(dict.fromkeys((*waiting.notice.receipt_ids, *notice.receipt_ids)))
        if outbox.amend(conn, waiting.outbox_id, data | {"receipt": notice.data["receipt"]}, receipts):
            return
    later = recent[0].created_at + HOUR if len(recent) >= MOST_AN_HOUR else None
    outbox.put(conn, _each(notice, deals, later, together=len(deals) > MOST_AN_HOUR or later is not None), now)


def _each(notice: Notice, deals: Sequence[dict[str, Any]], later: datetime | None, *, together: bool) -> list[Notice]:
    """One notice for all the deals, or one for each."""
    groups = [list(deals)] if together else [[deal] for deal in deals]
    made = []
    for group in groups:
        key = f"{KIND}:{notice.to.rep_id}:{group[0]['deal_id']}"
        made.append(
            Notice(
                key,
                KIND,
                notice.to,
                dict(notice.data) | {"deals": group},
                not_before_at=later,
                expires_at=notice.expires_at,
                receipt_ids=notice.receipt_ids,
            )
        )
    return made


def _is_alike(one: Notice, other: Notice) -> bool:
    return one.data.get("period") == other.data.get("period")


def _fresh(telling: Telling) -> frozenset[int]:
    """Deals booked of late that pay the person from this run on, and that nobody brought along in a backfill."""
    now, before = telling.paid_now, telling.paid_before
    late = now["booked_on"] >= day(telling.ctx.as_of - RECENT)
    found = set(now["deal_id"][late].tolist()) - set(before["deal_id"].tolist()) - {0}
    if not found:
        return frozenset()
    with telling.ctx.db.read() as conn:
        return frozenset(found) - deal_changes.came_by_backfill(conn, found)


def _notice(telling: Telling, period: Period, fresh: frozenset[int]) -> Notice | None:
    """One notice for all the new deals of a period; None where none of them pays."""
    try:
        answer = telling.earnings(period)
    except OperationError:
        return None  # a period that cannot be asked for has no receipt to show
    deals = [one for deal_id in sorted(fresh) for one in told(telling, answer, deal_id)]
    if not deals:
        return None
    receipt = answer.basis.receipt_id
    data = {"rep_id": telling.rep_id, "receipt": receipt, "period": told_period(period), "deals": deals}
    expires_at = telling.ctx.now + WORTH
    to = Recipient(telling.rep_id)
    return Notice(f"{KIND}:{telling.rep_id}", KIND, to, data, expires_at=expires_at, receipt_ids=(receipt,))


def told(telling: Telling, answer: EarningsAnswer, deal_id: int) -> list[dict[str, Any]]:
    """What is told of a deal; nothing where it pays nothing."""
    own = [line for line in answer.lines if line.deal is not None and line.deal.deal_id == deal_id]
    earned = [line for line in own if line.kind in EARNED]
    total = sum(line.amount.minor for line in earned)
    if total <= 0:
        return []
    deal, currency = earned[0].deal, earned[0].amount.currency
    held = -sum(line.amount.minor for line in own if line.kind == "hold")
    shown: dict[str, Any] = {
        "deal_id": deal_id,
        "deal": deal.name if deal is not None else "",
        "account": deal.account if deal is not None else "",
        "pay": {"minor": total, "currency": currency},
        "steps": _steps(telling, answer, earned),
        "lines": [line.line_no for line in earned],
    }
    if held > 0:
        waits = [wait for each in answer.payouts for step in each.steps if step.kind == "hold" for wait in step.until]
        shown |= {"held": {"minor": held, "currency": currency}, "until": waits}
    return [shown]


def _steps(telling: Telling, answer: EarningsAnswer, earned: Sequence[LineSummary]) -> list[dict[str, Any]]:
    """The slices that priced a deal: how much credit at which rate; nothing where that is not the whole of it."""
    found = []
    for line in earned:
        try:
            explained = answers.line(telling.ctx, answer.basis.receipt_id, line.line_no)
        except OperationError:
            return []  # it is told without its slices rather than not at all
        if explained.rerated or any(each.kind != "rate" for each in explained.slices):
            return []
        found += [{"basis": told_amount(each.basis), "rate": told_rate(each.rate)} for each in explained.slices]
    return found
