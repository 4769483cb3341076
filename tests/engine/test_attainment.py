"""How far a rep is, what is left, and where the next tier begins."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.attainment import problems, progress
from engine.commission import calculate
from engine.dates import day
from engine.frames import Facts
from engine.money import Money, Rate
from engine.plans.load import load
from engine.plans.schema import Plan

PLAN = """
plan: ae
version: 1
effective: 2026-01-01 .. 2027-01-01
currency: USD
components:
  - name: new business
    measure: {where: {type: new}}
    quota: bookings
    accumulate: %s
    table:
      by: attainment
      behaviour: marginal
      tiers: [{from: 0, rate: 5%%}, {from: 66.667%%, rate: 8%%}, {from: 100%%, rate: 10%%}]
"""
YEAR = {"start_on": day(date(2026, 1, 1)), "end_on": day(date(2027, 1, 1))}
MID_MAY = date(2026, 5, 16)


def plan_of(window: str) -> Plan:
    plan = load(PLAN % window, "x.yaml")
    assert isinstance(plan, Plan), plan
    return plan


def deal(number: int, amount: int, on: date, **more: object) -> dict:
    row = {"deal_id": number, "owner_id": 1, "amount_cents": amount, "currency": "USD", "booked_on": day(on)}
    return row | {"deal_type": "new", "product": "A", "stage": "won"} | more


def quarters(*amounts: int) -> list[dict]:
    edges = [day(date(2026, month, 1)) for month in (1, 4, 7, 10)] + [YEAR["end_on"]]
    row = {"rep_id": 1, "name": "bookings", "currency": "USD"}
    return [
        row | {"amount_cents": amount, "start_on": low, "end_on": high}
        for amount, low, high in zip(amounts, edges, edges[1:], strict=False)
    ]


def company(deals: list[dict], quotas: list[dict], **more: object) -> Facts:
    return Facts.of(**{"deals": deals, "quotas": quotas, "assignments": [{"rep_id": 1, "plan": "ae"} | YEAR]} | more)


DEALS = [
    deal(1, 40_000, date(2026, 2, 1)),
    deal(2, 30_000, date(2026, 4, 20)),
    deal(3, 99_000, date(2026, 4, 20), deal_type="renewal"),
    deal(4, 11_111, date(2026, 5, 17)),
    deal(5, 20_000, date(2026, 6, 1), stage="open"),
    deal(6, 7_000, date(2026, 7, 1), stage="open"),
    deal(7, 7_000, date(2026, 6, 1), stage="open", deal_type="renewal"),
]


def test_the_running_quota_is_shown_with_gap_pace_and_next_tier() -> None:
    facts = company(DEALS, quarters(50_000, 60_000))
    (only,) = progress(calculate(facts, [plan_of("quota_period")], MID_MAY), facts, 1, MID_MAY)
    usd = lambda minor: Money(minor, "USD")  # noqa: E731
    assert (only.name, only.period.label) == ("bookings", "Q2 2026")
    assert (only.quota, only.credit, only.gap, only.over) == (usd(60_000), usd(30_000), usd(30_000), usd(0))
    assert (only.attainment_ppm, only.days_left, only.days_total) == (500_000, 45, 91)
    assert only.pace == usd(30_330)  # 46 of 91 days have passed at the end of the day
    assert only.per_day == usd(667)
    assert (only.open_pipeline, only.open_deals) == (usd(20_000), 1)
    # 66.667 % of 600.00 is 400.002: one cent more than 400.00
    assert (only.next_tier.from_ppm, only.next_tier.rate, only.next_tier.shortfall) == (
        666_670,
        Rate(2, 25),
        usd(10_001),
    )


def test_a_component_of_the_year_shows_the_year_too() -> None:
    facts = company(DEALS, quarters(50_000, 60_000, 10_000, 10_000))
    quarter, year = progress(calculate(facts, [plan_of("year_to_date")], MID_MAY), facts, 1, MID_MAY)
    assert (quarter.period.label, quarter.credit.minor, quarter.next_tier) == ("Q2 2026", 30_000, None)
    assert (year.period.label, year.quota.minor, year.credit.minor) == ("2026", 130_000, 70_000)
    assert year.next_tier.shortfall.minor == 16_668  # 66.667 % of 1,300.00 is 866.671


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 400_000), st.integers(1, 10**7))
def test_the_next_tier_is_reached_by_exactly_its_shortfall(credit: int, quota: int) -> None:
    plan = plan_of("year_to_date")
    quotas = [{"rep_id": 1, "name": "bookings", "currency": "USD", "amount_cents": quota} | YEAR]
    facts = company([deal(1, credit, MID_MAY)], quotas)
    (now,) = progress(calculate(facts, [plan], MID_MAY), facts, 1, MID_MAY)
    if now.next_tier is None:
        assert credit >= quota
        return
    for more, reached in ((now.next_tier.shortfall.minor, True), (now.next_tier.shortfall.minor - 1, False)):
        facts = company([deal(1, credit + more, MID_MAY)], quotas)
        (then,) = progress(calculate(facts, [plan], MID_MAY), facts, 1, MID_MAY)
        beyond = then.next_tier is None or then.next_tier.from_ppm > now.next_tier.from_ppm
        assert beyond is reached


def test_a_rep_over_quota_has_no_gap_and_no_next_tier() -> None:
    facts = company([deal(1, 70_000, MID_MAY)], quarters(1, 60_000))
    (only,) = progress(calculate(facts, [plan_of("quota_period")], MID_MAY), facts, 1, MID_MAY)
    assert (only.gap.minor, only.over.minor, only.attainment_ppm, only.next_tier) == (0, 10_000, 1_166_666, None)


def test_a_rep_without_deals_sees_the_whole_gap() -> None:
    facts = company([], quarters(50_000, 60_000))
    (only,) = progress(calculate(facts, [plan_of("quota_period")], MID_MAY), facts, 1, MID_MAY)
    assert (only.gap.minor, only.credit.minor, only.next_tier.rate) == (60_000, 0, Rate(2, 25))


def test_the_last_day_leaves_no_day() -> None:
    facts = company([], quarters(50_000, 60_000))
    (only,) = progress(calculate(facts, [plan_of("quota_period")], date(2026, 6, 30)), facts, 1, date(2026, 6, 30))
    assert (only.days_left, only.elapsed_ppm, only.per_day.minor, only.pace.minor) == (0, 1_000_000, 60_000, 60_000)


@pytest.mark.parametrize(
    ("quotas", "code"),
    [([], "quota_missing"), (quarters(1, 0), "quota_zero"), (quarters(1, 5) * 2, "quota_overlap")],
)
def test_a_quota_that_cannot_be_used_is_a_problem_and_no_figure(quotas: list[dict], code: str) -> None:
    facts = company([], quotas)
    calc = calculate(facts, [plan_of("quota_period")], MID_MAY)
    assert progress(calc, facts, 1, MID_MAY) == ()
    (only,) = problems(calc, facts, 1, MID_MAY)
    assert (only.code, only.rep_id) == (code, 1)
    assert "2026-05-16" in only.remedy


def test_a_rep_on_no_plan_is_told_so() -> None:
    facts = company([], [], assignments=[])
    calc = calculate(facts, [plan_of("quota_period")], MID_MAY)
    assert [problem.code for problem in problems(calc, facts, 1, MID_MAY)] == ["plan_missing"]


def paid_and_shown(plan: Plan, facts: Facts, as_of: date) -> tuple[list[str], tuple, list[str]]:
    """What the calculation refuses, what progress shows, and what it refuses."""
    calc = calculate(facts, [plan], as_of)
    shown = progress(calc, facts, 1, as_of)
    return [each.code for each in calc.problems], shown, [each.code for each in problems(calc, facts, 1, as_of)]


@pytest.mark.parametrize("window", ["month", "quarter", "quota_period", "year_to_date"])
@pytest.mark.parametrize("length", [(0, 0), (31, 0), (0, 60), (0, 91), (120, 200)])
def test_what_pricing_refuses_is_not_shown_as_progress(window: str, length: tuple[int, int]) -> None:
    (row,) = quarters(60_000, 0)[:1]
    row |= {"start_on": day(MID_MAY) - length[0], "end_on": day(MID_MAY) + 1 + length[1]}
    refused, shown, told = paid_and_shown(plan_of(window), company([deal(1, 100, MID_MAY)], [row]), MID_MAY)
    assert bool(shown) is not bool(refused)
    assert told == refused


def test_a_quarterly_quota_promises_no_tier_to_a_component_of_the_month() -> None:
    facts = company([deal(1, 9_000, date(2026, 4, 5))], quarters(50_000, 60_000))
    refused, shown, told = paid_and_shown(plan_of("month"), facts, date(2026, 4, 20))
    assert (refused, shown, told) == (["quota_too_long"], (), ["quota_too_long"])
    (only,) = problems(calculate(facts, [plan_of("month")], MID_MAY), facts, 1, date(2026, 4, 20))
    assert "2026-04-01 .. 2026-05-01" in only.remedy


def test_the_next_tier_counts_the_quotas_of_the_plan_alone() -> None:
    plan = load(PLAN.replace("2027-01-01", "2026-07-01") % "year_to_date", "x.yaml")
    assert isinstance(plan, Plan)
    facts = company([deal(1, 19_000, MID_MAY)], quarters(10_000, 10_000, 10_000, 10_000))
    calc = calculate(facts, [plan], MID_MAY)
    quarter, whole = progress(calc, facts, 1, MID_MAY)
    assert (quarter.quota.minor, whole.quota.minor, whole.next_tier.shortfall.minor) == (10_000, 20_000, 1_000)
    assert (whole.period.end_on, whole.days_total) == (date(2026, 7, 1), 181)
    facts = company([deal(1, 19_000, MID_MAY), deal(2, 1_100, MID_MAY)], quarters(*[10_000] * 4))
    assert calculate(facts, [plan], MID_MAY).lines["amount_cents"].tolist()[1] == 1_000 * 8 // 100 + 10


@pytest.mark.parametrize("window", ["quota_period", "year_to_date"])
@pytest.mark.parametrize("month", [1, 2, 3, 5, 9, 12])
def test_every_quota_that_overlaps_another_is_refused(window: str, month: int) -> None:
    spans = [(date(2026, 1, 1), date(2027, 1, 1))]
    spans += [(date(2026, low, 1), date(2026, low + 1, 1)) for low in (2, 5)]
    row = {"rep_id": 1, "name": "bookings", "currency": "USD", "amount_cents": 10_000}
    quotas = [row | {"start_on": day(low), "end_on": day(high)} for low, high in spans]
    quotas.append(row | {"rep_id": 2} | {"start_on": day(spans[1][0]), "end_on": day(spans[1][1])})
    on = date(2026, month, 3)
    refused, shown, told = paid_and_shown(plan_of(window), company([deal(1, 100, on)], quotas), on)
    assert (refused, shown, told) == (["quota_overlap"], (), ["quota_overlap"])


def test_quotas_beside_overlapping_ones_are_paid_and_those_of_other_reps_too() -> None:
    edges = [date(2026, 1, 1), date(2026, 4, 1), date(2026, 3, 1), date(2026, 5, 1), date(2026, 6, 1)]
    row = {"name": "bookings", "currency": "USD", "amount_cents": 10_000}
    spans = [(edges[0], edges[1]), (edges[2], edges[3]), (edges[3], edges[4])]
    quotas = [row | {"rep_id": 1, "start_on": day(low), "end_on": day(high)} for low, high in spans]
    quotas += [row | {"rep_id": 2, "start_on": day(low), "end_on": day(high)} for low, high in spans[1:]]
    deals = [deal(number, 100, date(2026, number, 9)) for number in range(1, 6)]
    deals += [deal(number + 10, 100, date(2026, number, 9), owner_id=2) for number in range(1, 6)]
    assigned = [{"rep_id": rep, "plan": "ae"} | YEAR for rep in (1, 2)]
    lines = calculate(company(deals, quotas, assignments=assigned), [plan_of("quota_period")], MID_MAY).lines
    assert lines["deal_id"].tolist() == [5, 13, 14, 15]
