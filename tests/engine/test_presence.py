"""Target incentives that shrink for joiners, leavers and people on leave, by days or by whole months."""

from __future__ import annotations

from engine.plan_changes import changes
from messages.plan_prose import plan as prose
from tests.engine.worked_plans import holds, plan_of, refused

BODY = """
quotas: [{name: q, parts: quarter, prorate: days}]
components:
  - {name: Bookings, quota: q, accumulate: quarter, target: 40_000, prorate: days}
"""


def test_a_joiner_who_reaches_the_shrunk_quota_has_the_shrunk_target() -> None:
    plan = plan_of(BODY)
    holds(
        plan,
        """
- name: 45 of the 90 days of the first quarter
  reps: [{name: Ann, on_plan: 2026-02-15 .. 2027-01-01}]
  quotas: [{amount: 400_000}]
  deals: [{on: 2026-03-01, amount: 50_000}]
  as_of: 2026-03-31
  expect: [{quota: 50_000}, {pays: 5_000}]
- name: a leaver after 31 days, and half of the quota that this leaves
  reps: [{name: Ann, on_plan: 2025-05-01 .. 2026-05-02}]
  quotas: [{amount: 364_000}]
  deals: [{on: 2026-04-10, amount: 15_500}]
  as_of: 2026-06-30
  expect: [{quota: 31_000}, {pays: 1_703.30}]
- name: somebody who is there throughout has all of it
  quotas: [{amount: 400_000}]
  deals: [{on: 2026-03-01, amount: 100_000}]
  as_of: 2026-03-31
  expect: [{pays: 10_000}]
""",
    )
    assert "It shrinks by the days" in prose(plan)
    assert len(changes(plan, plan_of(BODY.replace("target: 40_000, prorate: days", "target: 40_000")))) == 1


def test_leave_counts_and_months_count_whole() -> None:
    body = "components: [{name: B, quota: q, accumulate: quarter, incentive: variable, weight: 50%, prorate: %s}]\n"
    example = """
- name: twenty days of leave in February
  reps: [{name: Ann}]
  quotas: [{amount: 100, over: 2026-01-01 .. 2026-04-01}]
  incentives: [{name: variable, amount: 36_000}]
  absences: [{rep: Ann, over: 2026-02-03 .. 2026-02-23}]
  deals: [{on: 2026-03-01, amount: 100}]
  as_of: 2026-03-31
  expect: [{pays: %s}]
"""
    holds(plan_of(body.replace("%s", "days")), example % "3_500")
    holds(plan_of(body.replace("%s", "months")), example % "3_000")
    holds(plan_of(body.replace(", prorate: %s", "")), example % "4_500")


def test_where_nothing_could_shrink_is_refused() -> None:
    found = refused("components: [{name: A, rate: 1%, prorate: days}]\n")
    assert [code for code, _ in found] == ["target_missing"]
    rows = "components: [{name: A, quota: q, accumulate: quota_period, target: 1_000, prorate: days}]\n"
    assert [code for code, _ in refused(rows)] == ["prorate_unused"]
    weeks = "components: [{name: A, quota: q, accumulate: week, target: 1_000, prorate: months}]\n"
    assert [code for code, _ in refused(weeks)] == ["prorate_unused"]
