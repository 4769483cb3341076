"""Answers to word, by name of the state they show. Every string that comes from outside is in `Words`.

A golden exists for each; the hostile tests take the same cases with other words.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from engine.answers import (
    ComponentEarnings,
    DealName,
    EarningsAnswer,
    HomeAnswer,
    LineExplanation,
    LineSummary,
    NextTier,
    PlanRef,
    QuotaAnswer,
    QuotaProgress,
    RepRef,
    Slice,
)
from engine.money import Money, Rate
from engine.problems import Problem
from messages import sync_progress, views
from messages.reply import Reply, Visibility
from tests.messages.alert_samples import ALERT_REPLY_CASES
from tests.messages.notice_answer_samples import NOTICE_ANSWER_CASES
from tests.messages.outlook_samples import OUTLOOK_CASES
from tests.messages.pay_samples import PAY_CASES
from tests.messages.sample_words import (
    GERMAN,
    JAPANESE,
    LAST,
    LATER,
    MANAGER,
    Q4,
    READER,
    TODAY,
    Words,
    basis,
    fresh,
    held,
    usd,
)
from tests.messages.spif_samples import SPIF_REPLY_CASES

if TYPE_CHECKING:
    from collections.abc import Callable


def progress(words: Words, currency: str = "USD", scale: int = 1, **changes: object) -> QuotaProgress:
    def money(minor: int) -> Money:
        return Money(minor * scale, currency)

    made = QuotaProgress(
        name=words.quota,
        period=Q4,
        quota=money(10_200_000),
        credit=money(8_360_000),
        gap=money(1_840_000),
        over=money(0),
        attainment_ppm=819_607,
        days_left=15,
        days_total=92,
        elapsed_ppm=836_956,
        pace=money(8_536_956),
        per_day=money(122_666),
        next_tier=NextTier(words.component, 1_000_000, Rate.parse("10%"), money(1_840_000)),
        open_pipeline=money(6_400_000),
        open_deals=5,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def quota_answer(words: Words, **changes: object) -> QuotaAnswer:
    made = QuotaAnswer(
        rep=RepRef(7, words.rep),
        as_of=TODAY,
        plan=PlanRef(words.plan, 3, "ab12"),
        quotas=(progress(words),),
        earned=usd(668_800),
        basis=basis(words),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def over(words: Words) -> QuotaProgress:
    return progress(
        words,
        credit=usd(11_220_000),
        gap=usd(0),
        over=usd(1_020_000),
        attainment_ppm=1_100_000,
        per_day=usd(0),
        next_tier=None,
        open_pipeline=usd(0),
        open_deals=0,
    )


def no_plan(words: Words) -> Problem:
    remedy = "Assign a plan that covers the day, then recalculate."
    found = "3 deals, the first booked on 2025-10-16"
    return Problem("plan_missing", words.message, remedy, rep_id=7, found=found)


def troubles(words: Words) -> tuple[Problem, ...]:
    place = f"AE / {words.component}"
    return (
        Problem("quota_missing", "None.", "Load a quota named 'bookings'.", place, 7, found="0 quotas on 2025-11-21"),
        Problem("fx_rate_missing", "No single exchange rate from EUR to USD on 2025-10-16.", "Load.", found="EUR"),
        Problem("split_sum", "The shares of this deal do not sum.", "Correct.", found="9 (parts per billion)"),
    )


def overlap(words: Words) -> Problem:
    return Problem("quota_overlap", words.message, "End one of the two quotas.", rep_id=7, found=words.note)


def name(words: Words) -> DealName:
    return DealName(11, words.deal, words.account, words.external_id, words.source)


def line(words: Words, number: int = 1, **changes: object) -> LineSummary:
    made = LineSummary(
        line_no=number,
        kind="commission",
        component=words.component,
        deal=name(words),
        booked_on=date(2025, 10, 14) + timedelta(days=number - 1),
        credit=usd(4_800_000),
        amount=usd(384_000),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def earnings_answer(words: Words, count: int, **changes: object) -> EarningsAnswer:
    lines = tuple(line(words, number) for number in range(1, count + 1))
    components = (ComponentEarnings(words.component, usd(4_800_000 * count), usd(384_000 * count), count),)
    made = EarningsAnswer(
        rep=RepRef(7, words.rep),
        as_of=TODAY,
        period=Q4,
        plan=PlanRef(words.plan, 3, "ab12"),
        components=components if count else (),
        lines=lines,
        total=usd(384_000 * count),
        basis=basis(words),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def with_cap(words: Words) -> EarningsAnswer:
    cap = line(words, 3, kind="cap", deal=None, credit=usd(0), amount=usd(-68_000))
    paid = ComponentEarnings(words.component, usd(9_600_000), usd(700_000), 3)
    return earnings_answer(
        words, 2, lines=(line(words, 1), line(words, 2), cap), components=(paid,), total=usd(700_000)
    )


def in_euros(words: Words) -> EarningsAnswer:
    def eur(minor: int) -> Money:
        return Money(minor, "EUR")

    paid = ComponentEarnings(words.component, eur(4_800_000), eur(384_050), 1)
    only = line(words, 1, credit=eur(4_800_000), amount=eur(384_050))
    return earnings_answer(words, 1, lines=(only,), components=(paid,), total=eur(384_050))


def explanation(words: Words, **changes: object) -> LineExplanation:
    made = LineExplanation(
        rep=RepRef(7, words.rep),
        line=line(words),
        plan=PlanRef(words.plan, 3, "ab12"),
        period=Q4,
        rule=words.rule,
        deal_amount=usd(4_800_000),
        share_ppb=1_000_000_000,
        converted_at=None,
        before=usd(1_000_000),
        after=usd(5_800_000),
        quota=usd(10_200_000),
        slices=(Slice("attainment", 0, 1_000_000, usd(4_800_000), Rate.parse("8%"), usd(384_000)),),
        rerated=usd(0),
        basis=basis(words),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def across_tiers(words: Words) -> LineExplanation:
    slices = (
        Slice("attainment", 0, 1_000_000, usd(1_840_000), Rate.parse("8%"), usd(147_200)),
        Slice("attainment", 1_000_000, 1_200_000, usd(2_040_000), Rate.parse("10%"), usd(204_000)),
        Slice("attainment", 1_200_000, None, usd(920_000), Rate.parse("12.5%"), usd(115_000)),
    )
    return explanation(
        words,
        line=line(words, amount=usd(466_200)),
        before=usd(8_360_000),
        after=usd(13_160_000),
        slices=slices,
        note=words.note,
    )


def split_in_euros(words: Words) -> LineExplanation:
    return explanation(
        words,
        line=line(words, credit=usd(2_886_667), amount=usd(230_933)),
        deal_amount=Money(8_000_000, "EUR"),
        share_ppb=333_333_333,
        converted_at=Rate.parse("1.0825"),
        after=usd(3_886_667),
        slices=(Slice("amount", 0, 5_000_000, usd(2_886_667), Rate.parse("8%"), usd(230_933)),),
    )


def taken_back(words: Words) -> LineExplanation:
    return explanation(
        words,
        line=line(words, credit=usd(-4_800_000), amount=usd(-384_000)),
        deal_amount=usd(-4_800_000),
        before=usd(5_800_000),
        after=usd(1_000_000),
        slices=(Slice("attainment", 0, 1_000_000, usd(-4_800_000), Rate.parse("8%"), usd(-384_000)),),
    )


def rerated(words: Words) -> LineExplanation:
    return explanation(
        words,
        line=line(words, amount=usd(584_000)),
        slices=(Slice("attainment", 500_000, None, usd(4_800_000), Rate.parse("10%"), usd(480_000)),),
        rerated=usd(104_000),
    )


def capped(words: Words) -> LineExplanation:
    return explanation(
        words,
        line=line(words, kind="cap", deal=None, credit=usd(0), amount=usd(-68_000)),
        deal_amount=None,
        quota=None,
        slices=(),
        rerated=usd(-68_000),
        note=words.note,
    )


def in_steps(words: Words, count: int) -> LineExplanation:
    slices = tuple(
        Slice("amount", 100_000 * place, 100_000 * (place + 1), usd(100_000), Rate.parse("8%"), usd(8_000))
        for place in range(count)
    )
    return explanation(words, line=line(words, amount=usd(8_000 * count)), slices=slices)


def at_home(words: Words, count: int, **changes: object) -> HomeAnswer:
    second = replace(basis(words), receipt_id="rcp_51be7700c2")
    unplanned = {"plan": None, "total": None} if "plan" in changes else {}
    earned = earnings_answer(words, count, basis=second, **unplanned)
    return HomeAnswer(RepRef(7, words.rep), quota_answer(words, **changes), earned)


def _quota(answer: QuotaAnswer, reader: views.Reader = READER) -> Reply:
    return Reply("quota", views.quota(answer, reader))


def _earnings(answer: EarningsAnswer, reader: views.Reader = READER) -> Reply:
    return Reply("earnings", views.earnings(answer, reader))


def _line(answer: LineExplanation, reader: views.Reader = READER) -> Reply:
    return Reply("line", views.line(answer, reader))


def _statement(answer: EarningsAnswer, reader: views.Reader = READER) -> Reply:
    return Reply("statement", views.statement(answer, reader), "dm")


def _home(answer: HomeAnswer, reader: views.Reader = READER, shown: Visibility = "home") -> Reply:
    return Reply("home", views.home(answer, reader), shown)


def _choices(words: Words, count: int) -> list[views.Choice]:
    value = '{"v":1,"receipt":"rcp_9f2c41d07a","line":3}'
    return [views.Choice(words.deal, "why_line", value) for _ in range(count)]


NEAREST = [
    views.Choice("What's left of my quota?", "show_quota", '{"v":1,"rep":7,"period":""}'),
    views.Choice("What did I earn?", "show_earnings", '{"v":1,"rep":7,"period":""}'),
    views.Choice("Explain my statement", "explain_statement", '{"v":1,"rep":7,"period":""}'),
]

CASES: dict[str, Callable[[Words], Reply]] = {
    **OUTLOOK_CASES,
    **PAY_CASES,
    "quota": lambda w: _quota(quota_answer(w)),
    "quota_over": lambda w: _quota(quota_answer(w, quotas=(over(w),))),
    "quota_reached_exactly": lambda w: _quota(
        quota_answer(w, quotas=(replace(over(w), over=usd(0), credit=usd(10_200_000), attainment_ppm=1_000_000),))
    ),
    "quota_last_day": lambda w: _quota(quota_answer(w, quotas=(progress(w, days_left=0, elapsed_ppm=1_000_000),))),
    "quota_past_short": lambda w: _quota(quota_answer(w, as_of=LAST, quotas=(progress(w, days_left=0),)), LATER),
    "quota_past_over": lambda w: _quota(quota_answer(w, as_of=LAST, quotas=(over(w),)), LATER),
    "quota_past_running": lambda w: _quota(quota_answer(w, as_of=date(2025, 10, 31))),
    "quota_past_many": lambda w: _quota(quota_answer(w, as_of=LAST, quotas=(progress(w), over(w))), LATER),
    "quota_past_of_a_report": lambda w: _quota(quota_answer(w, as_of=date(2025, 10, 31)), MANAGER),
    "quota_past_zero": lambda w: _quota(
        quota_answer(w, as_of=LAST, quotas=(progress(w, quota=usd(0), gap=usd(0), attainment_ppm=0),)), LATER
    ),
    "quota_past_none": lambda w: _quota(quota_answer(w, as_of=LAST, quotas=(), earned=None), LATER),
    "quota_none": lambda w: _quota(quota_answer(w, quotas=(), earned=None)),
    "quota_zero": lambda w: _quota(
        quota_answer(w, quotas=(progress(w, quota=usd(0), gap=usd(0), attainment_ppm=0, next_tier=None),))
    ),
    "quota_no_plan": lambda w: _quota(quota_answer(w, plan=None, quotas=(), earned=None, problems=(no_plan(w),))),
    "quota_unusable": lambda w: _quota(quota_answer(w, quotas=(), earned=None, problems=(overlap(w),))),
    "quota_problems_limit_plus_1": lambda w: _quota(quota_answer(w, problems=(*troubles(w), no_plan(w)))),
    "quota_unknown_problem": lambda w: _quota(
        quota_answer(w, problems=(Problem("new", w.message, "Mend it", found=w.note),))
    ),
    "quota_waiting_connector": lambda w: _quota(quota_answer(w, basis=replace(basis(w), waiting=held(w)))),
    "earnings_with_problems": lambda w: _earnings(earnings_answer(w, 0, problems=(no_plan(w),))),
    "earnings_problems_of_a_report": lambda w: _earnings(earnings_answer(w, 0, problems=(no_plan(w),)), MANAGER),
    "quota_stale": lambda w: _quota(quota_answer(w, basis=basis(w, stale=True))),
    "quota_never_synced": lambda w: _quota(quota_answer(w, basis=replace(basis(w), sources=()))),
    "quota_waiting_1": lambda w: _quota(quota_answer(w, basis=basis(w, 1))),
    "quota_waiting_limit_plus_1": lambda w: _quota(quota_answer(w, basis=basis(w, 4))),
    "quota_many": lambda w: _quota(quota_answer(w, quotas=(progress(w), over(w)))),
    "quota_limit_plus_1": lambda w: _quota(quota_answer(w, quotas=(progress(w),) * 7)),
    "quota_of_a_report": lambda w: _quota(quota_answer(w), MANAGER),
    "quota_eur_de": lambda w: _quota(
        quota_answer(w, quotas=(progress(w, "EUR"),), earned=Money(668_800, "EUR")), GERMAN
    ),
    "quota_jpy_ja": lambda w: _quota(
        quota_answer(w, quotas=(progress(w, "JPY"),), earned=Money(668_800, "JPY")), JAPANESE
    ),
    "earnings_none": lambda w: _earnings(earnings_answer(w, 0)),
    "earnings_1": lambda w: _earnings(earnings_answer(w, 1)),
    "earnings_many": lambda w: _earnings(earnings_answer(w, 8)),
    "earnings_limit_plus_1": lambda w: _earnings(earnings_answer(w, 9)),
    "earnings_past": lambda w: _earnings(earnings_answer(w, 1, as_of=LAST), LATER),
    "earnings_with_cap": lambda w: _earnings(with_cap(w)),
    "earnings_no_plan": lambda w: _earnings(earnings_answer(w, 0, plan=None, total=None, problems=(no_plan(w),))),
    "earnings_stale": lambda w: _earnings(earnings_answer(w, 1, basis=basis(w, 1, stale=True))),
    "earnings_of_a_report": lambda w: _earnings(earnings_answer(w, 1), MANAGER),
    "earnings_eur_de": lambda w: _earnings(in_euros(w), GERMAN),
    "line": lambda w: _line(explanation(w)),
    "line_across_tiers": lambda w: _line(across_tiers(w)),
    "line_split_in_euros": lambda w: _line(split_in_euros(w)),
    "line_taken_back": lambda w: _line(taken_back(w)),
    "line_deal_limit": lambda w: _line(explanation(w, deal_amount=usd(9_000_000), note=w.note)),
    "line_rerated": lambda w: _line(rerated(w)),
    "line_cap": lambda w: _line(capped(w)),
    "line_steps_limit_plus_1": lambda w: _line(in_steps(w, 31)),
    "line_of_a_report": lambda w: _line(across_tiers(w), MANAGER),
    "line_stale": lambda w: _line(explanation(w, basis=basis(w, stale=True))),
    "statement_none": lambda w: _statement(earnings_answer(w, 0)),
    "statement_1": lambda w: _statement(earnings_answer(w, 1)),
    "statement_with_cap": lambda w: _statement(with_cap(w)),
    "statement_many": lambda w: _statement(earnings_answer(w, 40)),
    "statement_limit_plus_1": lambda w: _statement(earnings_answer(w, 41)),
    "home": lambda w: _home(at_home(w, 2)),
    "home_nothing_yet": lambda w: _home(at_home(w, 0, quotas=(), earned=None)),
    "home_no_plan": lambda w: _home(at_home(w, 0, plan=None, quotas=(), problems=(no_plan(w),))),
    "home_stale": lambda w: _home(at_home(w, 1, basis=basis(w, 1, stale=True))),
    "home_limit_plus_1": lambda w: _home(at_home(w, 9, quotas=(progress(w),) * 7)),
    "home_ja": lambda w: _home(at_home(w, 1), JAPANESE),
    "help": lambda _: Reply("help", views.help(READER)),
    "help_not_linked": lambda _: Reply("help", views.help(views.Reader())),
    "help_unknown": lambda w: Reply("help", views.help(READER, w.heard, "/attain status")),
    "error": lambda w: Reply("error", views.error("I can't read that period.", w.remedy)),
    "error_with_reference": lambda _: Reply("error", views.error("Something broke.", "Ask again.", "7f3a91c2")),
    "error_refused": lambda _: Reply("error", views.refused()),
    "not_linked": lambda _: Reply("not_linked", views.not_linked()),
    "not_linked_address": lambda _: Reply("not_linked", views.not_linked("dana_reyes@example.com")),
    "busy": lambda _: Reply("busy", views.busy()),
    **NOTICE_ANSWER_CASES,
    **ALERT_REPLY_CASES,
    **SPIF_REPLY_CASES,
    "status": lambda w: Reply("status", views.status((fresh(w),), (), READER)),
    "status_stale": lambda w: Reply(
        "status",
        views.status((fresh(w, stale=True),), (views.Check("Quarantine", is_well=False, detail=w.reason),), READER),
    ),
    "status_for_ops": lambda w: Reply("status", views.status((fresh(w),), (), READER, may_sync=True)),
    "sync_asked": lambda w: Reply("noted", sync_progress.asked([w.source], READER)),
    "sync_asked_of_none": lambda _: Reply("noted", sync_progress.asked([], READER)),
    "status_empty": lambda _: Reply("status", views.status((), (), READER)),
    "status_whoami": lambda w: Reply(
        "status", views.status((), (views.Check("You are", is_well=True, detail=w.rep),), READER)
    ),
    "ambiguous": lambda w: Reply("ambiguous", views.ambiguous(w.heard, NEAREST)),
    "ambiguous_deals_limit_plus_1": lambda w: Reply("ambiguous", views.ambiguous(w.deal, _choices(w, 4), "deal")),
    "ambiguous_nothing_near": lambda w: Reply("ambiguous", views.ambiguous(w.heard, [])),
}
