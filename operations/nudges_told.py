"""What a nudge says, worked out when it is about to be sent: the figures of the same answers that people can ask for.

A nudge whose fact does not hold any more says nothing, and is not sent.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from engine import commission, statements
from engine.dates import on_day
from engine.frames import integers
from engine.money import Money
from engine.nudges.rule import amount
from engine.whatif import Closing
from operations import answers, gap, nudges, plans, pricing
from operations import nudge_figures as figures
from operations.open_deals import pipeline
from operations.plan_changes import for_person
from operations.what_if import what_if_of
from store import frames, people, runs

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

    from engine.answers import EarningsAnswer, LineSummary, QuotaAnswer
    from engine.nudges.rule import Due, Limits
    from engine.outlook import GapAnswer
    from engine.people import Person
    from engine.plans.schema import Plan
    from operations.context import Context
    from operations.open_deals import Pipeline

SHOWN = 5
REPORTS_SHOWN = 8
_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Told:
    """What a notice says, and the receipts that its figures come from."""

    data: Mapping[str, Any]
    receipt_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Ask:
    ctx: Context
    person: Person
    due: Due
    limits: Limits


def again(ctx: Context, person: Person, kind: str, topic: str, limits: Limits = nudges.LIMITS) -> Told | None:
    """What a nudge says as things stand; None where its fact holds no more.

    Args:
        ctx: The instant, and the reader's own day.
        person: The reader.
        kind: Its kind, one of `engine.nudges.rules.RULES`.
        topic: What it is about.
        limits: The numbers in the rules.
    """
    found = [each for each in nudges.due_to(ctx, (person.rep_id,), (kind,), limits) if each.topic == topic]
    if not found:
        return None
    told = _TOLD[kind](_Ask(ctx, person, found[0], limits))
    if told is None:
        return None
    data = {**told.data, "topic": topic, "state": found[0].state, "again": found[0].again, "rep_id": person.rep_id}
    data["receipts"] = list(told.receipt_ids)
    return Told(data, told.receipt_ids)


def _near_tier(ask: _Ask) -> Told | None:
    quota = answers.quota(ask.ctx, ask.person)
    progress = figures.running(quota, ask.due.data["quota"])
    tier = figures.next_tier(quota, ask.due.data["quota"]) if ask.due.data["reaches"] == "tier" else None
    if progress is None or (tier is None and ask.due.data["reaches"] == "tier"):
        return None
    missing = progress.gap if tier is None else tier.shortfall
    if missing.minor <= 0:
        return None
    ways = gap.gap(ask.ctx, ask.person)
    data = {
        **ask.due.data,
        "period": figures.span(progress.period),
        "gap": figures.spelled(missing),
        "attained_ppm": progress.attainment_ppm,
        **figures.pays(tier or (progress.next_tier if figures.begins_at_quota(progress) else None)),
        **figures.route(ways, ask.due.data["quota"], ask.due.data["from_ppm"]),
    }
    return _told(data, quota, ways)


def _tier_crossed(ask: _Ask) -> Told:
    quota, earned = answers.quota(ask.ctx, ask.person), answers.earnings(ask.ctx, ask.person)
    progress, tier = figures.running(quota, ask.due.data["quota"]), figures.next_tier(quota, ask.due.data["quota"])
    data: dict[str, Any] = {**ask.due.data, **figures.pays(tier)}
    if progress is not None:
        data |= {"period": figures.span(progress.period), "attained_ppm": progress.attainment_ppm}
    if tier is not None:
        data["gap"] = figures.spelled(tier.shortfall)
    data |= _rerated(ask, earned.lines)
    return _told(data, quota, earned)


def _rerated(ask: _Ask, lines: Sequence[LineSummary]) -> dict[str, Any]:
    """What the deal that crossed the tier is, and what earlier deals gained by it."""
    with ask.ctx.db.read() as conn:
        priced = pricing.price(conn, ask.person, ask.ctx.as_of)
        names = answers.deal_names(conn, priced)
    since = ask.ctx.as_of - ask.limits.recent_days * timedelta(days=1)
    for line in lines:
        is_own = line.component == ask.due.data["component"] and line.kind == "commission" and line.booked_on > since
        if is_own and line.deal is not None:
            said = statements.explain(priced.calculation, priced.facts, ask.person.rep_id, line.line_no, names)
            bounds = [each.from_bound for each in said.slices if each.axis == "attainment"]
            if ask.due.data["from_ppm"] in bounds:
                top = next(each for each in said.slices if each.from_bound == ask.due.data["from_ppm"])
                rate = {} if top.kind != "rate" else {"rate": {"num": top.rate.num, "den": top.rate.den}}
                gained = {"rerated": figures.spelled(said.rerated)} if said.rerated.minor > 0 else {}
                return {"deal": line.deal.name or line.deal.external_id, **rate, **gained}
    return {}


def _quota_reached(ask: _Ask) -> Told | None:
    quota = answers.quota(ask.ctx, ask.person)
    progress, tier = figures.running(quota, ask.due.data["quota"]), figures.next_tier(quota, ask.due.data["quota"])
    if progress is None or tier is None or progress.gap.minor > 0 or tier.shortfall.minor <= 0:
        return None
    ways = gap.gap(ask.ctx, ask.person)
    route = figures.route(ways, ask.due.data["quota"], tier.from_ppm)
    if not route["deals"]:
        return None  # a step that no open deal reaches is no next step
    data = {
        **ask.due.data,
        "period": figures.span(progress.period),
        "over": figures.spelled(progress.over),
        "gap": figures.spelled(tier.shortfall),
        **figures.pays(tier),
        **route,
    }
    return _told(data, quota, ways)


def _behind_pace(ask: _Ask) -> Told | None:
    quota = answers.quota(ask.ctx, ask.person)
    progress = figures.running(quota, ask.due.data["quota"])
    if progress is None or progress.gap.minor <= 0:
        return None
    with ask.ctx.db.read() as conn:
        of = pipeline(conn, ask.ctx, ask.person)
    inside = [
        (money, on, deal_id)
        for deal_id, (on, money) in of.open.items()
        if progress.period.start_on <= on < progress.period.end_on
    ]
    best = sorted(inside, key=lambda each: (-each[0].minor, each[1], each[2]))[:3]
    data = {
        **ask.due.data,
        "period": figures.span(progress.period),
        "gap": figures.spelled(progress.gap),
        "behind_ppm": progress.elapsed_ppm - progress.attainment_ppm,
        "attained_ppm": progress.attainment_ppm,
        "elapsed_ppm": progress.elapsed_ppm,
        "days_left": progress.days_left,
        "per_day": figures.spelled(progress.per_day),
        "deals": [_open(of, deal_id) for _, _, deal_id in best],
        "open_deals": progress.open_deals,
    }
    return _told(data, quota)


def _team_at_risk(ask: _Ask) -> Told | None:
    """Reports by name; who has the most in the pipeline is not named first, nor who is furthest behind."""
    reports = ask.due.data["reports"]
    return Told({**ask.due.data, "reports": reports[:REPORTS_SHOWN], "more": max(len(reports) - REPORTS_SHOWN, 0)})


def _stalled_deals(ask: _Ask) -> Told | None:
    with ask.ctx.db.read() as conn:
        of = pipeline(conn, ask.ctx, ask.person)
    due_on = dict(zip(ask.due.data["deals"], map(on_day, ask.due.data["due_on"]), strict=True))
    idle_on = dict(zip(ask.due.data["deals"], ask.due.data["idle_on"], strict=True))
    listed = [deal_id for deal_id in due_on if deal_id in of.open][:SHOWN]
    if not listed:
        return None
    is_paid = any(ask.ctx.as_of in plan.effective for plan in of.priced.plans)
    deals = [
        {
            "name": figures.called(of.names[deal_id]),
            "due_on": str(due_on[deal_id]),
            "idle_on": idle_on[deal_id],
            "amount": figures.spelled(of.open[deal_id][1]),
            "rides": _rides(of, deal_id, ask.ctx.as_of) if is_paid else [],
        }
        for deal_id in listed
    ]
    return Told({"deals": deals, "count": ask.due.data["count"], "more": ask.due.data["count"] - len(deals)})


def _rides(of: Pipeline, deal_id: int, on: date) -> list[dict[str, Any]]:
    """What the deal would pay by itself if it closed on that day."""
    effect = what_if_of(of, [Closing(deal_id, on)])
    return [figures.spelled(gain) for gain in effect.gain if gain.minor > 0]


def _missing_field(ask: _Ask) -> Told:
    deals = ask.due.data["deals"]
    return Told({"deals": deals[:SHOWN], "count": len(deals), "more": max(len(deals) - SHOWN, 0)})


def _listed(ask: _Ask) -> Told:
    """Deals by name, with the sum of what is listed where that is of one currency."""
    deals = ask.due.data["deals"]
    with ask.ctx.db.read() as conn:
        names = frames.names(conn, [each["deal"] for each in deals[:SHOWN]])
    shown = [{**each, "name": figures.called(names[each["deal"]])} for each in deals[:SHOWN] if each["deal"] in names]
    own = [each["amount"] for each in deals if "amount" in each]  # of others' pay nothing is said
    currencies = {each["currency"] for each in own}
    total = {"total": amount(sum(each["minor"] for each in own), currencies.pop())} if len(currencies) == 1 else {}
    return Told({"deals": shown, "count": len(deals), "more": len(deals) - len(shown), **total})


def _statement_ready(ask: _Ask) -> Told | None:
    earned = answers.earnings(ask.ctx, ask.person, ask.due.data["period"])
    with ask.ctx.db.read() as conn:
        shown = runs.shown(conn, (ask.person.rep_id,))
    own = [each for each in shown if str(each.period.start_on) == ask.due.data["start_on"]]
    before = [each for each in shown if str(each.period.end_on) == ask.due.data["start_on"]]
    if not own or earned.total is None:
        return None
    data: dict[str, Any] = {
        **ask.due.data,
        "total": [figures.spelled(each.total) for each in own],
        "lines": len(earned.lines),
    }
    if len(before) == 1 and len(own) == 1 and before[0].total.currency == own[0].total.currency:
        data["before"], data["before_period"] = figures.spelled(before[0].total), before[0].period.label
    return Told(data, figures.receipts(earned))


def _plan_changed(ask: _Ask) -> Told:
    """What changes for the person, and what their last two deals would pay by the old and by the new version."""
    new, old = (plans.named(ask.ctx, ask.due.data["plan"], ask.due.data[which]) for which in ("version", "before"))
    said = [change.sentence for change in for_person(ask.ctx, old, new, ask.person.email).changes]
    examples = _examples(ask, old, new)
    listed = {"changes": said[:REPORTS_SHOWN], "more": max(len(said) - REPORTS_SHOWN, 0), "examples": examples}
    return Told({**ask.due.data, **listed})


def _examples(ask: _Ask, old: Plan, new: Plan) -> list[dict[str, Any]]:
    with ask.ctx.db.read() as conn:
        priced = pricing.price(conn, ask.person, ask.ctx.as_of)
        names = answers.deal_names(conn, priced)
    found: list[dict[int, int]] = []
    order: dict[int, None] = {}
    for plan in (old, replace(new, name=old.name, version=old.version, effective=old.effective)):
        lines = commission.calculate(priced.facts, [plan], ask.ctx.as_of, reps=[ask.person.rep_id]).lines
        paid: dict[int, int] = {}
        for deal_id, cents in zip(lines["deal_id"].tolist(), integers(lines, "amount_cents").tolist(), strict=True):
            paid[deal_id] = paid.get(deal_id, 0) + cents
            order[deal_id] = order.pop(deal_id, None)
        found.append(paid)
    latest = [deal_id for deal_id in reversed(order) if deal_id in names][:2]
    return [
        {
            "name": figures.called(names[deal_id]),
            "before": amount(found[0].get(deal_id, 0), old.currency),
            "after": amount(found[1].get(deal_id, 0), new.currency),
        }
        for deal_id in latest
    ]


def _approval_waiting(ask: _Ask) -> Told:
    """What is to be approved, with its sums: who approves sees the batch, and the largest of it."""
    pays, _, start = ask.due.data["name"].partition(":")
    with ask.ctx.db.read() as conn:
        shown = [
            each
            for each in runs.shown(conn, [each.rep_id for each in people.all(conn)])
            if str(each.period.start_on) == start
        ]
    totals: dict[str, int] = {}
    for each in shown:
        totals[each.total.currency] = totals.get(each.total.currency, 0) + each.total.minor
    label = shown[0].period.label if shown else start
    sums = [amount(minor, currency) for currency, minor in sorted(totals.items())]
    counted = {
        "reps": len({each.rep_id for each in shown if each.lines}),
        "negative": sum(each.total.minor < 0 for each in shown),
    }
    return Told({**ask.due.data, "pays": pays, "period": label, "totals": sums, **counted})


def _my_week(ask: _Ask) -> Told:
    quota, earned = answers.quota(ask.ctx, ask.person), answers.earnings(ask.ctx, ask.person)
    since = ask.ctx.as_of - _WEEK
    last = [line for line in earned.lines if since <= line.booked_on < ask.ctx.as_of]
    with ask.ctx.db.read() as conn:
        of = pipeline(conn, ask.ctx, ask.person)
    coming = sorted((on, -money.minor, deal_id) for deal_id, (on, money) in of.open.items())[:3]
    data: dict[str, Any] = {
        "deals_won": len({line.deal.deal_id for line in last if line.deal is not None}),
        "coming": [_open(of, deal_id) for _, _, deal_id in coming],
        "earned_in": figures.span(earned.period),
    }
    if earned.total is not None:
        data["earned"] = figures.spelled(sum((line.amount for line in last), Money(0, earned.total.currency)))
        paid = sum((each.payout for each in earned.payouts), Money(0, earned.total.currency))
        data["payable"] = figures.spelled(paid if earned.payouts else earned.total)
    if quota.quotas:
        first = quota.quotas[0]
        gap_left = figures.spelled(first.gap)
        data |= {"quota": first.name, "period": figures.span(first.period), "gap": gap_left}
        data["attained_ppm"] = first.attainment_ppm
    return _told(data, quota, earned)


def _personal_best(ask: _Ask) -> Told | None:
    """Which deal it is; no pay is said."""
    earned = answers.earnings(ask.ctx, ask.person)
    since = ask.ctx.as_of - ask.limits.recent_days * timedelta(days=1)
    own = [
        line
        for line in earned.lines
        if line.component == ask.due.data["component"] and line.deal is not None and line.booked_on > since
    ]
    if not own:
        return None
    best = max(own, key=lambda line: line.credit.minor)
    return Told({**ask.due.data, "deal": figures.called(best.deal)}) if best.deal is not None else None


def _open(of: Pipeline, deal_id: int) -> dict[str, Any]:
    """An open deal: its name, its amount, and when it is expected to close."""
    on, money = of.open[deal_id]
    return {"name": figures.called(of.names[deal_id]), "amount": figures.spelled(money), "on": str(on)}


def _told(data: Mapping[str, Any], *given: QuotaAnswer | EarningsAnswer | GapAnswer) -> Told:
    return Told({**data, "is_stale": figures.is_stale(*given)}, figures.receipts(*given))


_TOLD: Mapping[str, Callable[[_Ask], Told | None]] = {
    "near_tier": _near_tier,
    "tier_crossed": _tier_crossed,
    "goal_reached": _quota_reached,
    "behind_pace": _behind_pace,
    "team_at_risk": _team_at_risk,
    "stalled_deals": _stalled_deals,
    "missing_field": _missing_field,
    "waiting_for_payment": _listed,
    "statement_ready": _statement_ready,
    "plan_changed": _plan_changed,
    "approval_waiting": _approval_waiting,
    "clawback_exposure": _listed,
    "my_week": _my_week,
    "personal_best": _personal_best,
}
