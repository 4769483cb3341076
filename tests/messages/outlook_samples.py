"""Answers about what could be, what is not, and what changed, by name of the state they show."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from engine.answers import DealName, LineSummary, PlanRef, RepRef
from engine.bridge import bridge
from engine.dates import Period
from engine.money import Quantity
from engine.outlook import BridgeAnswer, DealEffect, GapAnswer, GapRoute, QuotaMove, WhatIfAnswer, WhyNotAnswer
from engine.paycheck import PaycheckAnswer, PaycheckPart, Payday
from engine.problems import Problem
from engine.whynot import ComponentTried, Condition, RuleTried
from messages import views
from messages.reply import Reply
from tests.messages.sample_words import MANAGER, Q4, READER, TODAY, Words, basis, usd

if TYPE_CHECKING:
    from collections.abc import Callable

OCTOBER = Period("2025-10", date(2025, 10, 1), date(2025, 11, 1))
NOVEMBER = Period("2025-11", date(2025, 11, 1), date(2025, 12, 1))


def name(words: Words, number: int = 11) -> DealName:
    return DealName(number, words.deal, words.account, words.external_id, words.source)


def plan(words: Words) -> PlanRef:
    return PlanRef(words.plan, 3, "ab12")


def effect(words: Words, number: int = 11) -> DealEffect:
    return DealEffect(name(words, number), date(2025, 12, 1), usd(6_000_000), (usd(480_000),), (usd(520_000),))


def what_if(words: Words, count: int = 2, **changes: object) -> WhatIfAnswer:
    made = WhatIfAnswer(
        rep=RepRef(7, words.rep),
        as_of=TODAY,
        deals=tuple(effect(words, number) for number in range(count)),
        before=(usd(668_800),),
        after=(usd(1_668_800),),
        gain=(usd(1_000_000),),
        rerated=(usd(0),),
        quotas=(QuotaMove(words.quota, Q4, 819_607, 1_100_000, 1_000_000),),
        plan=plan(words),
        basis=basis(words),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def route(words: Words, count: int = 1, **changes: object) -> GapRoute:
    deals = tuple(effect(words, number) for number in range(count))
    gain = (usd(520_000 * count),)
    made = GapRoute("quota", words.quota, 1_000_000, usd(1_840_000), deals, usd(6_000_000), usd(0), True, gain)
    return replace(made, **changes)  # type: ignore[arg-type]


def gap(words: Words, *routes: GapRoute, **changes: object) -> GapAnswer:
    made = GapAnswer(RepRef(7, words.rep), TODAY, routes, 5, plan=plan(words), basis=basis(words))
    return replace(made, **changes)  # type: ignore[arg-type]


def why_not(words: Words, **changes: object) -> WhyNotAnswer:
    won = Condition("The deal is won", "pass", "won")
    credited = Condition(
        "The rep owns the deal, shares it, or is credited by a rule", "fail", words.note, words.remedy
    )
    fx = Condition("There is one exchange rate from EUR to USD", "unknown", "one on 2025-10-16")
    made = WhyNotAnswer(
        rep=RepRef(7, words.rep),
        as_of=TODAY,
        deal=name(words),
        conditions=(won, credited, fx),
        components=(),
        paid=(),
        blocker=credited,
        plan=plan(words),
        basis=basis(words),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def paid_deal(words: Words) -> WhyNotAnswer:
    rules = (RuleTried("8%", True, "the most specific rule"), RuleTried("5%", False, words.note))
    counts = Condition(words.component, "pass")
    part = ComponentTried(words.plan, words.component, (counts,), rules, usd(480_000))
    holds = (Condition("The deal is won", "pass", "won"),)
    return why_not(words, conditions=holds, components=(part,), paid=(usd(480_000),), blocker=None)


def changed(words: Words, count: int = 2, **changes: object) -> BridgeAnswer:
    def line(number: int, cents: int) -> LineSummary:
        deal = name(words, number) if number else None
        kind = "commission" if number else "draw"
        return LineSummary(number, kind, words.component, deal, TODAY, usd(4_800_000), usd(cents))

    before = [line(1, 384_000), line(0, 100_000)]
    after = [line(number, 100_000 * number) for number in range(1, count + 1)]
    made = BridgeAnswer(
        RepRef(7, words.rep), OCTOBER, NOVEMBER, bridge(before, after, "USD"), "rcp_before", "rcp_after", plan(words)
    )
    return replace(made, basis=replace(basis(words), receipt_id="rcp_after"), **changes)  # type: ignore[arg-type]


def paycheck(words: Words, *more: PaycheckPart, **changes: object) -> PaycheckAnswer:
    sure = (
        PaycheckPart("earned", NOVEMBER.label, date(2025, 12, 15), usd(384_000)),
        PaycheckPart("timed", words.component, date(2025, 11, 30), usd(100_000)),
    )
    hoped = (PaycheckPart("deal", "", date(2025, 11, 28), usd(480_000), name(words)), *more)
    made = PaycheckAnswer(
        rep=RepRef(7, words.rep),
        as_of=TODAY,
        by=date(2025, 12, 15),
        paydays=(Payday(NOVEMBER, date(2025, 12, 15)),),
        certain=sure,
        expected=hoped,
        exposed=(),
        certain_total=usd(484_000),
        expected_total=usd(sum(part.amount.minor for part in hoped)),
        exposed_total=usd(0),
        plan=plan(words),
        basis=basis(words),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def at_risk(words: Words, count: int) -> dict[str, object]:
    parts = [
        PaycheckPart("exposed", words.component, date(2026, 3, number), usd(10_000 * number), name(words, number))
        for number in range(1, count + 1)
    ]
    return {"exposed": tuple(parts), "exposed_total": usd(sum(part.amount.minor for part in parts))}


def _reply(template: str, answer: object, reader: views.Reader = READER) -> Reply:
    return Reply(template, views.VIEWS[template](answer, reader))


OUTLOOK_CASES: dict[str, Callable[[Words], Reply]] = {
    "what_if": lambda w: _reply("what_if", what_if(w)),
    "what_if_rerates_others": lambda w: _reply("what_if", what_if(w, 1, rerated=(usd(300_000),))),
    "what_if_changes_nothing": lambda w: _reply("what_if", what_if(w, 1, gain=(usd(0),), quotas=())),
    "what_if_of_a_report": lambda w: _reply("what_if", what_if(w), MANAGER),
    "what_if_problem": lambda w: _reply(
        "what_if", what_if(w, problems=(Problem("new", w.message, "Mend it.", found=w.note),))
    ),
    "what_if_stale": lambda w: _reply("what_if", what_if(w, basis=basis(w, stale=True))),
    "what_if_limit": lambda w: _reply("what_if", what_if(w, 12)),
    "gap": lambda w: _reply("gap", gap(w, route(w))),
    "gap_quota_and_tier": lambda w: _reply(
        "gap", gap(w, route(w), route(w, 2, reaches="tier", from_ppm=1_200_000, is_least=False))
    ),
    "gap_out_of_reach": lambda w: _reply("gap", gap(w, route(w, 0, short_by=usd(840_000), gain=()))),
    "gap_in_numbers": lambda w: _reply(
        "gap",
        gap(w, route(w, missing=Quantity(12_500_000, "seats"), credit=Quantity(20_000_000, "seats"))),
    ),
    "gap_nothing_missing": lambda w: _reply("gap", gap(w)),
    "gap_limit_plus_1": lambda w: _reply("gap", gap(w, route(w, 9))),
    "gap_of_a_report": lambda w: _reply("gap", gap(w, route(w)), MANAGER),
    "why_not": lambda w: _reply("why_not", why_not(w)),
    "why_not_paid": lambda w: _reply("why_not", paid_deal(w)),
    "why_not_of_a_report": lambda w: _reply("why_not", paid_deal(w), MANAGER),
    "paycheck": lambda w: _reply("paycheck", paycheck(w)),
    "paycheck_with_risk": lambda w: _reply("paycheck", paycheck(w, **at_risk(w, 5))),
    "paycheck_of_a_report": lambda w: _reply("paycheck", paycheck(w), MANAGER),
    "paycheck_too_early": lambda w: _reply("paycheck", paycheck(w, by=date(2025, 11, 25), expected=())),
    "paycheck_of_two_periods": lambda w: _reply(
        "paycheck",
        paycheck(w, paydays=(Payday(OCTOBER, date(2025, 11, 15)), Payday(NOVEMBER, date(2025, 12, 15)))),
    ),
    "paycheck_limit_plus_1": lambda w: _reply(
        "paycheck",
        paycheck(
            w,
            PaycheckPart("awaited", w.component, date(2025, 11, 29), usd(70_000), name(w, 12)),
            *(PaycheckPart("deal", "", date(2025, 11, 30), usd(1_000), name(w, number)) for number in range(20, 31)),
            PaycheckPart("rerated", "", date(2025, 11, 30), usd(2_000)),
        ),
    ),
    "bridge": lambda w: _reply("bridge", changed(w)),
    "bridge_of_one_period": lambda w: _reply("bridge", changed(w, before=NOVEMBER)),
    "bridge_limit_plus_1": lambda w: _reply("bridge", changed(w, 27)),
    "bridge_no_change": lambda w: _reply("bridge", changed(w, bridge=bridge([], [], "USD"))),
    "bridge_of_a_report": lambda w: _reply("bridge", changed(w), MANAGER),
}
