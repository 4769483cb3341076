"""Plans that pay weekly, every two weeks or twice a month, and credit that adds up over such a window."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.dates import PAYS, WINDOWS, Calendar
from messages.plan_prose import plan as prose
from tests.engine.worked_plans import holds, plan_of, refused


def head(pays: str, pays_from: str = "") -> str:
    start = f"pays_from: {pays_from}\n" if pays_from else ""
    return f"plan: p\nversion: 1\neffective: 2026-01-01 .. 2027-01-01\ncurrency: USD\npays: {pays}\n{start}"


def test_a_week_of_sales_is_graduated_capped_and_drawn_against_by_itself() -> None:
    body = """
components:
  - name: Sales
    accumulate: pay_period
    table: {by: amount, behaviour: marginal, tiers: [{from: 0, rate: 3%}, {from: 5_000, rate: 5%}]}
    cap: {per_period: 500}
payment: {draw: {amount: 300, periods: 4}}
"""
    plan = plan_of(body, head("weekly"))
    holds(
        plan,
        """
- name: the plan begins on a Thursday, so the first week has four days
  deals:
    - {on: 2026-01-05, amount: 6_000}
    - {on: 2026-01-11, amount: 1_000}
    - {id: next, on: 2026-01-12, amount: 1_000}
    - {id: big, on: 2026-02-02, amount: 100_000}
  as_of: 2026-02-08
  expect:
    - {within: 2026-01-01 .. 2026-01-05, kind: draw, pays: 171.43}
    - {within: 2026-01-05 .. 2026-01-12, kind: commission, pays: 250}
    - {within: 2026-01-05 .. 2026-01-12, kind: draw, pays: 50}
    - {deal: next, pays: 30}
    - {within: 2026-01-26 .. 2026-02-02, pays: 0}
    - {deal: big, pays: 500}
    - {within: 2026-02-02 .. 2026-02-09, kind: recovery, pays: -500}
""",
    )
    assert "paid in USD" not in prose(plan)
    assert "It counts and pays in USD, every week." in prose(plan)


def test_two_weeks_are_counted_from_the_day_that_is_said() -> None:
    body = """
components: [{name: Sales, quota: q, accumulate: pay_period, target: 26_000}]
payment: {salary_by_rep: base}
"""
    holds(
        plan_of(body, head("biweekly", "2026-01-02")),
        """
- name: a 26th of the target at 120 %, and of the salary
  quotas: [{name: q, over: 2026-01-02 .. 2026-01-16, amount: 10_000}]
  incentives: [{name: base, amount: 52_000}]
  deals: [{on: 2026-01-05, amount: 12_000}]
  as_of: 2026-01-16
  expect:
    - {kind: commission, pays: 1_200}
    - {within: 2026-01-02 .. 2026-01-16, kind: salary, pays: 2_000}
    - {within: 2026-01-01 .. 2026-01-02, kind: salary, pays: 142.86}
""",
    )


def test_half_months_end_with_the_fifteenth_and_with_the_month() -> None:
    body = """
components: [{name: Sales, rate: 10%, accumulate: pay_period, cap: {per_period: 1_000}}]
payment: {salary: 1_500, cap_per_year: 1_900}
"""
    holds(
        plan_of(body, head("semimonthly")),
        """
- name: February
  deals: [{on: 2026-02-15, amount: 12_000}, {on: 2026-02-16, amount: 5_000}, {on: 2026-02-28, amount: 12_000}]
  as_of: 2026-02-28
  expect:
    - {within: 2026-02-01 .. 2026-02-16, pays: 2_500}
    - {within: 2026-02-16 .. 2026-03-01, component: Sales, pays: 1_000}
    - {within: 2026-02-16 .. 2026-03-01, pays: 2_400}
""",
    )


def test_a_monthly_plan_may_pay_by_the_week() -> None:
    body = """
components:
  - name: Weekly goal
    quota: q
    accumulate: week
    incentive: bonus
    table: {by: attainment, behaviour: step, tiers: [{from: 100%, pays: 100%}]}
"""
    holds(
        plan_of(body, head("monthly")),
        """
- name: two weeks reached of three, the first begins in the old year
  quotas:
    - {name: q, over: 2025-12-29 .. 2026-01-05, amount: 100}
    - {name: q, over: 2026-01-05 .. 2026-01-12, amount: 100}
    - {name: q, over: 2026-01-12 .. 2026-01-19, amount: 100}
  incentives: [{name: bonus, amount: 5_200}]
  deals: [{on: 2026-01-02, amount: 100}, {on: 2026-01-05, amount: 99}, {on: 2026-01-13, amount: 120}]
  as_of: 2026-01-31
  expect: [{pays: 200}, {component: Weekly goal, within: 2026-01-12 .. 2026-01-19, attainment: 120%}]
""",
    )


@pytest.mark.parametrize(
    ("pays", "pays_from", "code", "line"),
    [("biweekly", "", "key_missing", 5), ("monthly", "2026-01-05", "pays_from_unused", 6),
     ("fortnightly", "", "value_unknown", 5), ("weekly", "2026-01-32", "day_unreadable", 6)],
)  # fmt: skip
def test_what_cannot_be_counted_is_refused(pays: str, pays_from: str, code: str, line: int) -> None:
    found = refused("components: [{name: A, rate: 1%}]\n", head(pays, pays_from))
    assert [(each, where.split(" ")[0]) for each, where in found] == [(code, f"p.yaml:{line}")]


@given(
    start=st.dates(date(2020, 1, 1), date(2028, 12, 28)),
    pays_from=st.dates(date(2019, 1, 1), date(2030, 1, 1)),
    kind=st.sampled_from(WINDOWS),
    days=st.integers(-400, 900),
)
def test_windows_follow_each_other_without_a_gap(start: date, pays_from: date, kind: str, days: int) -> None:
    calendar, on = Calendar(start.replace(day=min(start.day, 28)), pays_from), start + timedelta(days=days)
    here = calendar.window(kind, on)
    assert on in here
    assert calendar.window(kind, here.last_on) == here
    after = calendar.window(kind, here.end_on)
    assert after.start_on == here.end_on
    assert calendar.number(kind, here.end_on) == calendar.number(kind, on) + 1
    edges = calendar.edges(kind, calendar.start_on + timedelta(days=40))
    assert edges[0] <= calendar.start_on < edges[1]
    assert [calendar.number(kind, edge) for edge in edges] == list(range(len(edges)))


def test_a_year_has_about_as_many_pay_periods_as_share_its_amount() -> None:
    calendar = Calendar(date(2026, 1, 1))
    for pays, (kind, count) in PAYS.items():
        assert abs(calendar.number(kind, date(2027, 1, 1)) - count) <= (pays in ("weekly", "biweekly"))
