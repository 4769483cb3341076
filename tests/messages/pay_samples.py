"""What a plan does beside rates: steps from earnings to payout, lines of other kinds, and quotas that are numbers."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from engine.answers import (
    Closing,
    ComponentEarnings,
    DealName,
    EarningsAnswer,
    LineExplanation,
    LineSummary,
    NextTier,
    Payout,
    PayoutStep,
    PlanRef,
    QuotaAnswer,
    QuotaProgress,
    RepRef,
    Slice,
)
from engine.money import Quantity, Rate
from messages import views
from messages.reply import Reply
from tests.messages.sample_words import GERMAN, MANAGER, Q4, READER, TODAY, Words, basis, usd

if TYPE_CHECKING:
    from collections.abc import Callable

    from messages.reader import Reader


def many(count: int) -> Quantity:
    return Quantity(count * 1_000_000)


def line(words: Words, number: int, kind: str, amount: int, **changes: object) -> LineSummary:
    deal = DealName(11, words.deal, words.account, words.external_id, words.source)
    made = LineSummary(number, kind, words.component, deal, date(2025, 10, 14), usd(0), usd(amount))
    return replace(made, **changes)  # type: ignore[arg-type]


def paid(words: Words, **changes: object) -> EarningsAnswer:
    """Earned 9,400, a quarter of it held back, and a draw repaid."""
    lines = (
        line(words, 1, "commission", 940_000, credit=usd(11_750_000)),
        line(words, 2, "hold", -235_000),
        line(words, 3, "recovery", -100_000, component="", deal=None),
    )
    steps = (
        PayoutStep("hold", "Held back", usd(-235_000), (words.rule,)),
        PayoutStep("recovery", "Repayment of the draw", usd(-100_000)),
    )
    payout = Payout(words.plan, Q4, usd(940_000), steps, usd(605_000), usd(235_000), usd(50_000), usd(0))
    made = EarningsAnswer(
        rep=RepRef(7, words.rep),
        as_of=TODAY,
        period=Q4,
        plan=PlanRef(words.plan, 3, "ab12"),
        components=(
            ComponentEarnings(words.component, usd(11_750_000), usd(705_000), 2),
            ComponentEarnings("Repayment of the draw", usd(0), usd(-100_000), 1),
        ),
        lines=lines,
        total=usd(605_000),
        basis=basis(words),
        payouts=(payout,),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def closed(words: Words) -> EarningsAnswer:
    locked, settled = datetime(2025, 11, 5, 15, tzinfo=UTC), datetime(2025, 11, 7, 15, tzinfo=UTC)
    return paid(words, basis=replace(basis(words), closings=(Closing(Q4, "paid", locked, settled),)))


def why(words: Words, told: LineSummary, **changes: object) -> LineExplanation:
    made = LineExplanation(
        rep=RepRef(7, words.rep),
        line=told,
        plan=PlanRef(words.plan, 3, "ab12"),
        period=Q4,
        rule="",
        deal_amount=usd(4_800_000),
        share_ppb=1_000_000_000,
        converted_at=None,
        before=usd(0),
        after=usd(0),
        quota=None,
        slices=(),
        rerated=told.amount,
        note=words.note,
        basis=basis(words),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def repaid(words: Words) -> LineExplanation:
    told = line(words, 3, "recovery", -100_000, component="", deal=None)
    note = "Out of 4000.00 USD, what is above the draw of 3000.00 USD repays a debt of 1500.00 USD."
    return why(words, told, deal_amount=None, before=usd(150_000), after=usd(50_000), note=note)


def priced(words: Words, told: LineSummary, *slices: Slice, **changes: object) -> LineExplanation:
    return why(words, told, rule=words.rule, slices=slices, rerated=usd(0), note="", **changes)


def by_margin(words: Words) -> LineExplanation:
    part = Slice(
        "deal", 250_000, 400_000, usd(4_800_000), Rate.parse("20%"), usd(960_000), "rate", "margin_pct", "number"
    )
    extra = Slice("deal", 250_000, 400_000, usd(0), Rate(0), usd(50_000), "fixed", "margin_pct", "number")
    return priced(words, line(words, 1, "commission", 1_010_000, credit=usd(4_800_000)), part, extra)


def by_step(words: Words) -> LineExplanation:
    part = Slice("attainment", 500_000, 1_000_000, many(0), Rate(0), usd(500_000), "value", "", "attainment")
    told = line(words, 1, "commission", 400_000, deal=None, credit=many(6))
    more = {"deal_amount": None, "quota": many(30), "before": many(12), "after": many(18)}
    return replace(priced(words, told, part, **more), rerated=usd(-100_000))


def by_unit(words: Words) -> LineExplanation:
    part = Slice("amount", 0, None, many(40), Rate(1_500), usd(60_000), axis_unit="number")
    told = line(words, 1, "commission", 60_000, credit=many(40))
    return priced(words, told, part, before=many(2), after=many(42))


def by_curve(words: Words) -> LineExplanation:
    low = Slice("attainment", 0, 800_000, usd(1_000_000), Rate.parse("2%"), usd(20_000), axis_unit="attainment")
    jump = Slice("attainment", 800_000, None, usd(0), Rate(0), usd(200_000), "jump", "", "attainment")
    high = Slice("attainment", 800_000, None, usd(3_800_000), Rate.parse("5%"), usd(190_000), axis_unit="attainment")
    return priced(words, line(words, 1, "commission", 410_000, credit=usd(4_800_000)), low, jump, high)


def meetings(words: Words, tier: NextTier | None) -> QuotaAnswer:
    progress = QuotaProgress(
        name=words.quota,
        period=Q4,
        quota=many(30),
        credit=many(12),
        gap=many(18),
        over=many(0),
        attainment_ppm=400_000,
        days_left=41,
        days_total=92,
        elapsed_ppm=554_347,
        pace=Quantity(16_630_434),
        per_day=Quantity(439_024),
        next_tier=tier,
        open_pipeline=many(0),
        open_deals=2,
    )
    return QuotaAnswer(
        RepRef(7, words.rep), TODAY, PlanRef(words.plan, 3, "ab12"), (progress,), usd(0), (), basis(words)
    )


def _line(explanation: LineExplanation, reader: Reader = READER) -> Reply:
    return Reply("line", views.line(explanation, reader))


def _next(words: Words, rate: Rate, pays: str) -> Reply:
    tier = NextTier(words.component, 1_000_000, rate, many(18), pays)
    return Reply("quota", views.quota(meetings(words, tier), READER))


PAY_CASES: dict[str, Callable[[Words], Reply]] = {
    "earnings_payout": lambda w: Reply("earnings", views.earnings(paid(w), READER)),
    "earnings_payout_of_a_report": lambda w: Reply("earnings", views.earnings(paid(w), MANAGER)),
    "earnings_payout_de": lambda w: Reply("earnings", views.earnings(paid(w), GERMAN)),
    "earnings_paid": lambda w: Reply("earnings", views.earnings(closed(w), READER)),
    "statement_payout": lambda w: Reply("statement", views.statement(closed(w), READER), "dm"),
    "line_hold": lambda w: _line(why(w, line(w, 2, "hold", -235_000))),
    "line_clawback_of_a_report": lambda w: _line(why(w, line(w, 2, "clawback", -235_000)), MANAGER),
    "line_gate": lambda w: _line(why(w, line(w, 2, "gate", -120_000))),
    "line_recovery": lambda w: _line(repaid(w)),
    "line_recovery_de": lambda w: _line(repaid(w), GERMAN),
    "line_by_margin": lambda w: _line(by_margin(w)),
    "line_by_step": lambda w: _line(by_step(w)),
    "line_by_unit": lambda w: _line(by_unit(w)),
    "line_by_curve": lambda w: _line(by_curve(w)),
    "quota_number_step": lambda w: _next(w, Rate(500_000), "amount"),
    "quota_number_target": lambda w: _next(w, Rate.parse("120%"), "target"),
    "quota_number_each": lambda w: _next(w, Rate(5_000), "rate"),
}
