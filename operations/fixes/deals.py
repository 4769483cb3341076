"""Fixes about deals and money: exchange rates, splits, duplicates, corrections and their second person."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from engine.errors import EngineError
from engine.money import Money
from operations.errors import FixRefused
from operations.fixes.work import SOURCE, Done
from store import facts, fixable, ops_alerts, runs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from operations.fixes.work import Effect, Work
    from store.ops_alerts import Move

_WHOLE_PPB = 1_000_000_000
_END = date(9999, 12, 31)
#: Between the parts of a drafted correction as its move keeps it.
_BAR = " | "


def enter_rate(work: Work) -> Done:
    """One unit of the first currency is worth so many of the second over those days, exactly."""
    one, other = work.found("from"), work.found("to")
    if len(one) != 3 or len(other) != 3:
        raise FixRefused("This finding does not name both currencies. Load the rate with its source.")
    num, den = _ratio(work.text("rate"))
    start = work.day("start_on")
    end = work.day("end_on") if work.told.fields.get("end_on", "").strip() else _END
    if end <= start:
        raise FixRefused("The last day has to come after the first.")
    change_id = work.change(f"enter rate {one} to {other}")
    row = {"source": SOURCE, "from_currency": one, "to_currency": other, "start_on": start, "end_on": end}
    work.apply("rate", [row | {"rate_num": num, "rate_den": den}], change_id)
    runs.mark_all_stale(work.conn)
    return Done(f"entered {work.text('rate')} {other} for 1 {one} from {start} on", change_id)


def _ratio(text: str) -> tuple[int, int]:
    """A decimal number above zero as a fraction."""
    try:
        num, den = Decimal(text).as_integer_ratio()
    except (InvalidOperation, ValueError, OverflowError):
        raise FixRefused(f"{text[:40]!r} is no rate. Write a number such as 1.0842.") from None
    if num <= 0 or max(num, den) > 2**62:
        raise FixRefused("The rate has to be above zero, with at most 15 decimals.")
    return num, den


def edit_split(work: Work) -> Done:
    """The deal is shared so: "anna@example.com 60, ben@example.com 40", in percent that sum to 100."""
    item = work.item()
    source, deal = item.found.get("source", ""), item.found.get("deal", "")
    if item.found.get("held") or not fixable.holds_deal(work.conn, source, deal):
        raise FixRefused(f"Deal {deal} waits in quarantine as its source wrote it. Correct the split there.")
    shares = _shares(work)
    change_id = work.change(f"edit the split of {deal}")
    rows = [
        {"source": source, "deal_external_id": deal, "person_external_id": email, "share_ppb": share}
        for email, share in shares.items()
    ]
    work.apply("split", rows, change_id)
    said = ", ".join(f"{email} {Decimal(share) / 10_000_000:f} %" for email, share in shares.items())
    return Done(f"shared {deal} {said}; say so in {source} too, or its next change brings it back", change_id)


def _shares(work: Work) -> dict[str, int]:
    """The shares in parts per billion by address."""
    found: dict[str, int] = {}
    for part in work.text("shares").replace("\n", ",").replace(";", ",").split(","):
        email, _, share = part.strip().rpartition(" ")
        try:
            ppb = Decimal(share.rstrip("%")) * 10_000_000
        except InvalidOperation:
            raise FixRefused(f"{part.strip()[:60]!r} is no share. Write: anna@example.com 60.") from None
        if email in found or ppb != int(ppb) or not 0 < ppb <= _WHOLE_PPB:
            raise FixRefused("Each person has one share, above 0 and up to 100 percent.")
        found[work.person(email.strip()).email] = int(ppb)
    if sum(found.values()) != _WHOLE_PPB:
        raise FixRefused("The shares have to sum to 100 percent.")
    return found


def merge_deals(work: Work) -> Done:
    """Only the chosen deal stays; the others that are like it are deleted here."""
    kept = work.item()
    others = [one for one in work.items if one.item != kept.item]
    if not others:
        raise FixRefused("There is no second deal any more.")
    change_id = work.change(f"keep only {kept.item}")
    for one in others:
        gone = facts.delete(work.conn, "deal", one.found["source"], [one.found["deal"]], change_id)
        runs.mark_stale(work.conn, gone.touched, change_id)
    names = ", ".join(one.found["deal"] for one in others)
    return Done(f"kept {kept.item} and deleted {names}; delete it at the source too", change_id)


def draft_correction(work: Work) -> Done:
    """An amount put down for a second person to approve; nothing is paid by it yet."""
    person = work.person(work.told.fields.get("email", "").strip() or work.item().found.get("email", ""))
    amount = work.money("amount", "currency")
    if not amount.minor:
        raise FixRefused("An amount of zero corrects nothing.")
    plan = work.told.fields.get("plan", "").strip() or work.item().found.get("plan", "")
    if not plan:
        raise FixRefused("Name the plan of the rep that the correction belongs to.")
    return Done(_BAR.join((person.email, plan, str(amount.minor), amount.currency)))


def approve_correction(work: Work) -> Done:
    """The drafted correction posted into the open period, by somebody else than who drafted it and who is paid it."""
    item = work.item().item
    draft = _draft(work, item)
    email, plan, minor, currency = draft.detail.split(_BAR)
    if work.ctx.actor_name in (draft.actor, email):
        raise FixRefused(f"{draft.actor} drafted it; another person than that and than who is paid it approves it.")
    try:
        amount = Money(int(minor), currency)
    except EngineError as error:
        raise FixRefused(str(error)) from None
    change_id = work.change(f"correct {email}")
    row = {
        "source": SOURCE,
        "external_id": f"alert-{work.alert.alert_id}-{work.alert.round}-{item}",
        "person_external_id": work.person(email).email,
        "on_day": work.ctx.as_of,
        "kind": "adjustment",
        "plan": plan,
        "amount_cents": amount.minor,
        "currency": amount.currency,
        "reason": draft.reason,
        "approved_by": work.ctx.actor_name,
    }
    work.apply("adjustment", [row], change_id)
    return Done(f"posted the correction for {item} that {draft.actor} drafted", change_id)


def _draft(work: Work, item: str) -> Move:
    for made in reversed(ops_alerts.fixes(work.conn, work.alert)):
        if made.fix == "draft_correction" and made.item == item:
            return made
    raise FixRefused("Nobody has drafted a correction for this yet. Draft it first; another person approves it.")


def second_approval(work: Work) -> Done:
    """The adjustment approved by somebody who neither entered it nor is paid it."""
    item = work.item()
    if work.ctx.actor_name in (item.found.get("entered_by", ""), item.found.get("email", "")):
        raise FixRefused("Who entered it, or is paid it, cannot approve it. Ask another person.")
    return Done(f"approved {item.item} as a second person")


EFFECTS: Mapping[str, Effect] = {
    "enter_rate": enter_rate,
    "edit_split": edit_split,
    "merge_deals": merge_deals,
    "draft_correction": draft_correction,
    "approve_correction": approve_correction,
    "second_approval": second_approval,
}
