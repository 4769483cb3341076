"""Credit against the quota to date: at each period's end the lines sum to what the whole credit is worth by then."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import attainment, statements
from engine.commission import calculate
from engine.dates import Period
from engine.frames import Facts
from engine.money import divide
from engine.plans.load import load
from engine.plans.schema import Plan
from engine.standings import standings
from tests.engine.settling import assigned, deal, event, on, paid, plan_of, run, shown

if TYPE_CHECKING:
    from collections.abc import Callable
from datetime import date

MONTHS = [f"2026-{month:02d}-01" for month in range(1, 8)]
TIERS = "tiers: [{from: 0%, rate: 5%}, {from: 100%, rate: 10%}]"
WHOLE = f"{{by: attainment, behaviour: whole_amount, {TIERS}}}"
MARGINAL = f"{{by: attainment, behaviour: marginal, {TIERS}}}"
CURVE = "{by: attainment, behaviour: curve, tiers: [{from: 50%, pays: 50%}, {from: 100%, pays: 100%, slope: 2}]}"


def plan(table: str, more: str = "") -> Plan:
    return plan_of(f"components: [{{name: c, quota: b, accumulate: to_date, table: {table}{more}}}]")


def quotas(*amounts: int, rep: int = 1) -> list[dict[str, object]]:
    spans = zip(MONTHS, MONTHS[1:], amounts, strict=False)
    return [
        {
            "rep_id": rep,
            "name": "b",
            "start_on": on(start),
            "end_on": on(end),
            "amount_cents": cents,
            "currency": "USD",
        }
        for start, end, cents in spans
    ]


def whole(credit: int, quota: int, _target: int) -> Fraction:
    return Fraction(credit) * (Fraction(1, 10) if credit >= quota else Fraction(1, 20))


def marginal(credit: int, quota: int, _target: int) -> Fraction:
    above = max(credit - quota, 0)
    return Fraction(credit - above, 20) + Fraction(above, 10)


def curve(credit: int, quota: int, target: int) -> Fraction:
    reached = Fraction(credit, quota)
    if reached < Fraction(1, 2):
        return Fraction(0)
    return target * (min(reached, Fraction(1)) + 2 * max(reached - 1, 0))


@pytest.mark.parametrize(
    ("table", "worth", "more"),
    [(WHOLE, whole, ""), (MARGINAL, marginal, ""), (CURVE, curve, ", target: 12_000")],
    ids=["whole_amount", "marginal", "curve"],
)
@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.integers(1, 10_000), min_size=2, max_size=6),
    st.lists(st.tuples(st.integers(0, 5), st.integers(1, 28), st.integers(-3_000, 20_000)), max_size=8),
)
def test_at_each_end_the_lines_sum_to_the_worth_of_everything_by_then(
    table: str,
    worth: Callable[[int, int, int], Fraction],
    more: str,
    amounts: list[int],
    booked: list[tuple[int, int, int]],
) -> None:
    """By plain loops over fractions; nothing is paid before the first deal."""
    rows = [
        deal(number + 1, f"{MONTHS[month][:8]}{day_:02d}", "0", amount_cents=cents)
        for number, (month, day_, cents) in enumerate(booked)
        if month < len(amounts)
    ]
    calc = run(plan(table, more), "2026-12-31", deals=rows, quotas=quotas(*amounts))
    for month in range(len(amounts)):
        end = MONTHS[month + 1]
        own = [row for row in rows if row["booked_on"] < on(end)]
        credit, quota = sum(row["amount_cents"] for row in own), sum(amounts[: month + 1])
        exact = worth(credit, quota, 100_000 * (month + 1)) if own else Fraction(0)
        assert paid(calc, "2026-01-01", end) == divide(exact.numerator, exact.denominator), end


def test_more_quota_takes_back_what_an_early_month_was_paid() -> None:
    calc = run(
        plan(WHOLE),
        "2026-03-31",
        deals=[deal(1, "2026-01-10", "120"), deal(2, "2026-03-05", "200")],
        quotas=quotas(10_000, 10_000, 10_000),
    )
    assert shown(calc) == [
        ("commission", "2026-01-10", 1_200),
        ("true_up", "2026-02-28", -600),
        ("commission", "2026-03-05", 2_600),
    ]


def test_a_true_up_comes_once_its_period_has_ended_and_not_for_leavers() -> None:
    rows = {"deals": [deal(1, "2026-01-10", "120")], "quotas": quotas(10_000, 10_000)}
    assert shown(run(plan(WHOLE), "2026-02-27", **rows), "true_up") == []
    gone = run(plan(WHOLE), "2026-03-31", assignments=[assigned(end="2026-02-20")], **rows)
    assert shown(gone, "true_up") == []


def test_the_year_begins_anew_and_a_balance_counts_without_being_paid() -> None:
    two = plan_of(
        f"components: [{{name: c, quota: b, accumulate: to_date, table: {WHOLE}}}]",
        effective="2025-02-01 .. 2027-02-01",
    )
    rows = quotas(10_000, 10_000)
    calc = run(two, "2026-02-28", deals=[deal(1, "2026-01-10", "120"), deal(2, "2026-02-10", "50")], quotas=rows)
    assert shown(calc) == [("commission", "2026-01-10", 1_200), ("commission", "2026-02-10", 250)]
    opened = {"rep_id": 1, "plan": "p", "name": "c", "on": on("2026-01-01"), "value": 9_000}
    calc = run(plan(WHOLE), "2026-02-28", deals=[deal(1, "2026-01-10", "20")], quotas=rows, balances=[opened])
    first = divide(11_000, 10) - divide(9_000, 20)
    assert shown(calc) == [
        ("commission", "2026-01-10", first),
        ("true_up", "2026-02-28", divide(11_000, 20) - divide(11_000, 10)),
    ]


def test_answers_speak_of_the_quota_to_date() -> None:
    facts = Facts.of(
        deals=[deal(1, "2026-01-10", "120"), deal(2, "2026-02-10", "50")],
        quotas=quotas(10_000, 20_000, 5_000),
        assignments=[assigned()],
    )
    as_of = date(2026, 2, 28)
    calc = calculate(facts, [plan(WHOLE)], as_of)
    month, year = attainment.progress(calc, facts, 1, as_of)
    assert (month.quota.minor, month.credit.minor) == (20_000, 5_000)
    assert (year.quota.minor, year.credit.minor, year.attainment_ppm) == (30_000, 17_000, 566_666)
    assert year.period == Period("2026-01-01 .. 2026-03-01", date(2026, 1, 1), date(2026, 3, 1))
    assert year.next_tier is not None
    assert year.next_tier.shortfall.minor == 13_000
    (stands,) = standings(calc, facts, as_of)
    assert (int(stands.window_quota[0]), int(stands.missing[0])) == (30_000, 13_000)
    explained = statements.explain(calc, facts, 1, 2, {})
    assert sum(each.amount.minor for each in explained.slices) + explained.rerated.minor == 250
    assert (explained.before.minor, explained.quota.minor) == (12_000, 30_000)
    up = statements.explain(calc, facts, 1, 3, {})
    assert up.line.kind == "true_up"
    assert up.line.amount.minor == -600
    assert "300.00" in up.note
    assert "100.00" in up.note


def test_a_few_reps_and_small_chunks_pay_the_same() -> None:
    deals = [
        deal(number, f"2026-{1 + number % 4:02d}-{number:02d}", "70", owner=1 + number % 3) for number in range(1, 28)
    ]
    rows = [row for rep in (1, 2, 3) for row in quotas(10_000, 4_000, 8_000, 9_000, rep=rep)]
    facts = Facts.of(deals=deals, quotas=rows, assignments=[assigned(rep) for rep in (1, 2, 3)])
    whole_ = calculate(facts, [plan(WHOLE)], date(2026, 6, 1))
    small = calculate(facts, [plan(WHOLE)], date(2026, 6, 1), chunk_rows=3)
    assert whole_.lines.equals(small.lines)
    one = calculate(facts, [plan(WHOLE)], date(2026, 6, 1), reps=[2])
    assert shown(one, rep=2) == shown(whole_, rep=2)
    assert set(one.lines["rep_id"]) == {2}


def test_what_is_released_over_time_is_trued_up_all_the_same() -> None:
    waits = ", release: [{share: 100%, on: cash}]"
    calc = run(
        plan(WHOLE, waits),
        "2026-02-28",
        deals=[deal(1, "2026-01-10", "120")],
        quotas=quotas(10_000, 10_000),
        events=[event(1, "payment", "2026-02-02", "120")],
    )
    assert paid(calc, "2026-01-01", "2026-03-01") == 600


@pytest.mark.parametrize(
    ("component", "code"),
    [
        ("accumulate: to_date, rate: 5%", "quota_unnamed"),
        ("accumulate: to_date, quota: b, rate: 5%, cap: {per_period: 5}", "to_date_unsaid"),
        ("accumulate: to_date, quota: b, fixed: 5", "to_date_unsaid"),
        ("accumulate: to_date, quota: b, rates: [{rate: 5%}]", "to_date_unsaid"),
        (f"accumulate: to_date, quota: b, table: {WHOLE}, gates: [{{component: c, at_least: 50%, over: year}}]", ""),
    ],
)
def test_what_cannot_be_trued_up_is_refused(component: str, code: str) -> None:
    head = "plan: p\nversion: 1\neffective: 2026-01-01 .. 2027-01-01\ncurrency: USD\n"
    found = load(f"{head}components: [{{name: c, {component}}}]\n", "p.yaml")
    assert not isinstance(found, Plan)
    assert (code or "to_date_unsaid") in [problem.code for problem in found]
