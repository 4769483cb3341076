"""Figures that somebody was shown and that are others now (N11, D12): from what to what, what changed, who, and when.

The message that showed the figure is mended, and a reply beneath it says why; where there is no such message, or it
was an answer that passes, a message of its own does. Of one statement there is one such notice a day.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from engine.notices import Notice, Recipient
from operations import deal_notices
from operations.errors import OperationError
from operations.tellings import by_deal, told_amount, told_period
from store import disclosures, outbox, runs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from engine.answers import EarningsAnswer
    from engine.money import Money
    from operations.tellings import Moved, Telling
    from store.database import Connection
    from store.deal_changes import DealChange, DealState
    from store.outbox import Owed
    from store.runs import Statement

KIND = "figure_changed"
A_DAY = timedelta(days=1)
#: Causes that are written out; of more, how many there are.
MOST_CAUSES = 20


def of(telling: Telling) -> list[Notice]:
    """The notices of one person about figures they were shown, the mended messages first."""
    changed = [each for each in telling.moved if each.was is not None and each.was.total != each.now.total]
    if not changed or not telling.was_told or telling.person is None:
        return []
    found: list[Notice] = []
    for each in changed:
        found += _of_statement(telling, each)
    return found


def owe(conn: Connection, notice: Notice, now: datetime) -> None:
    """The notice owed; what waits on the same statement is brought up to date instead, or ends if nothing is left."""
    if notice.kind != KIND:
        outbox.put(conn, [notice], now)
        return
    told = outbox.of_topic(conn, notice.topic)
    waiting = next((one for one in told if one.state == "pending"), None)
    if waiting is not None:
        _bring_up_to_date(conn, waiting, notice, now)
        return
    said = [one.sent_at for one in told if one.sent_at is not None]
    later = max(said) + A_DAY if said and max(said) + A_DAY > now else None
    notices = [_at(notice, later)]
    outbox.put(conn, notices, now)


def _at(notice: Notice, later: datetime | None) -> Notice:
    return Notice(
        notice.key,
        notice.kind,
        notice.to,
        notice.data,
        notice.topic,
        not_before_at=later,
        thread=notice.thread,
        receipt_ids=notice.receipt_ids,
    )


def _bring_up_to_date(conn: Connection, waiting: Owed, newest: Notice, now: datetime) -> None:
    old, new = waiting.notice.data, newest.data
    if old["before"] == new["after"]:
        outbox.suppress(conn, [waiting.outbox_id], "the figure is what it was", now)
        return
    causes = [*old["causes"], *new["causes"]]
    data = dict(new) | {"before": old["before"], "causes": causes[-MOST_CAUSES:]}
    data["others"] = old.get("others", 0) + new.get("others", 0) + max(0, len(causes) - MOST_CAUSES)
    receipts = tuple(dict.fromkeys((*waiting.notice.receipt_ids, *newest.receipt_ids)))
    outbox.amend(conn, waiting.outbox_id, data, receipts)


def _of_statement(telling: Telling, each: Moved) -> list[Notice]:
    """The notices about one statement; none where nobody saw it, or where only new deals moved it."""
    if telling.shown_run is None or each.was is None:
        return []
    before, now = (by_deal(lines, each.now.period) for lines in (telling.paid_before, telling.paid_now))
    pay = {deal_id: now.get(deal_id, 0) - before.get(deal_id, 0) for deal_id in before.keys() - {0}}
    causes, deals = _causes(telling, each, pay)
    if not causes:
        return []
    with telling.ctx.db.read() as conn:
        told = outbox.of_kind(conn, telling.rep_id, deal_notices.KIND, telling.ctx.now - deal_notices.REMEMBERED)
        since = runs.stands_since(conn, each.was)
        seen = since is not None and telling.rep_id in disclosures.saw_own(conn, (telling.rep_id,), since)
        seen = seen or any(one.state == "pending" for one in outbox.of_topic(conn, _topic(each.now)))
    messages = [one for one in told if one.state == "sent" or not one.notice.edits]
    shown = [one for one in messages if {deal["deal_id"] for deal in one.notice.data["deals"]} & deals]
    return _notices(telling, (each.was.total, each.now), causes, shown) if seen or shown else []


def _topic(said: Statement) -> str:
    return f"{KIND}:{said.rep_id}:{said.period.start_on}:{said.total.currency}"


def _causes(telling: Telling, each: Moved, pay: Mapping[int, int]) -> tuple[list[dict[str, Any]], frozenset[int]]:
    """What made the figure another one, and which deals are among it."""
    plans = telling.opened.plan_hashes if telling.shown_run is None else telling.shown_run[2]
    currency = each.now.total.currency
    deals, others = telling.changed
    changed = [one for one in deals if one.deal_id in pay]
    found = [_cause(one, {"minor": pay[one.deal_id], "currency": currency}) for one in changed]
    if set(plans) != set(telling.opened.plan_hashes):
        found.append({"changes": [{"field": "plan"}], "at": telling.opened.started_at.isoformat()})
    found += [{"changes": [{"field": one.kind}], "actor": one.actor, "at": one.at.isoformat()} for one in others]
    return found, frozenset(one.deal_id for one in changed)


def _cause(one: DealChange, pay: dict[str, Any]) -> dict[str, Any]:
    return {
        "deal_id": one.deal_id,
        "deal": one.name,
        "account": one.account,
        "changes": list(_fields(one.before, one.after)),
        "pay": pay if pay["minor"] else None,
        "source": one.source,
        "actor": one.actor,
        "at": one.at.isoformat(),
    }


def _fields(before: DealState | None, after: DealState | None) -> Sequence[dict[str, Any]]:
    """Each property that differs, before and after."""
    if before is None or after is None or before.is_deleted != after.is_deleted:
        there = [("deleted" if one is None or one.is_deleted else "there") for one in (before, after)]
        return [{"field": "deal", "before": there[0], "after": there[1]}]
    both = (before, after)
    pairs: dict[str, list[Any]] = {
        "amount": [told_amount(one.amount) for one in both],
        "owner": [one.owner for one in both],
        "stage": [one.stage for one in both],
        "booked_on": [one.booked_on.isoformat() for one in both],
        "share": [1_000_000_000 if one.share_ppb is None else one.share_ppb for one in both],
    }
    return [{"field": name, "before": was, "after": now} for name, (was, now) in pairs.items() if was != now]


def _notices(
    telling: Telling, figures: tuple[Money, Statement], causes: list[dict[str, Any]], shown: Sequence[Owed]
) -> list[Notice]:
    """The messages that showed the figure, mended, and what is said about it."""
    before, now = figures
    period = now.period
    try:
        answer = telling.earnings(period)
    except OperationError:
        return []  # a period that cannot be asked for has no receipt to show
    receipt = answer.basis.receipt_id
    _with_rates(causes, answer, telling)
    mended = [_mended(telling, one, answer) for one in shown]
    topic = _topic(now)
    data = {
        "rep_id": telling.rep_id,
        "period": told_period(period),
        "before": told_amount(before),
        "after": told_amount(now.total),
        "causes": causes[:MOST_CAUSES],
        "others": max(0, len(causes) - MOST_CAUSES),
        "receipts": [receipt],
    }
    to = Recipient(telling.rep_id)
    key = f"{topic}:{telling.opened.watermark}"
    thread = shown[0].notice.topic if len(shown) == 1 else ""
    return [*mended, Notice(key, KIND, to, data, topic, thread=thread, receipt_ids=(receipt,))]


def _with_rates(causes: Sequence[dict[str, Any]], answer: EarningsAnswer, telling: Telling) -> None:
    """Say at which rate a changed amount is paid, where it is one."""
    for cause in causes:
        deal_id = cause.get("deal_id", 0)
        for change in cause["changes"]:
            if change["field"] != "amount":
                continue
            told = deal_notices.told(telling, answer, deal_id)
            rates = {(step["rate"]["num"], step["rate"]["den"]) for one in told for step in one["steps"]}
            if len(rates) == 1:
                change["rate"] = dict(zip(("num", "den"), rates.pop(), strict=True))


def _mended(telling: Telling, one: Owed, answer: EarningsAnswer) -> Notice:
    """The message about won deals, with what they pay now; a deal that pays nothing any more says so."""
    receipt = answer.basis.receipt_id
    deals = []
    for deal in one.notice.data["deals"]:
        now = deal_notices.told(telling, answer, deal["deal_id"])
        gone = {"pay": dict(deal["pay"]) | {"minor": 0}, "steps": [], "lines": []}
        deals.append(now[0] if now else {**deal, **gone})
    topic = one.notice.edits or one.notice.topic
    data = dict(one.notice.data) | {"deals": deals, "receipt": receipt}
    key = f"{topic}:{telling.opened.watermark}"
    return Notice(key, deal_notices.KIND, one.notice.to, data, edits=topic, receipt_ids=(receipt,))
