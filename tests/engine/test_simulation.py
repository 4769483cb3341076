"""A draft over history: the differences are those of two payroll runs, and whoever crosses an edge is named."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.commission import calculate
from engine.dates import Period, day
from engine.frames import Facts
from engine.money import Money
from engine.plans.load import load
from engine.plans.schema import Plan
from engine.simulation import in_place, simulate

YEAR = Period("2026", date(2026, 1, 1), date(2027, 1, 1))
PLAN = """\
plan: ae
version: 1
effective: 2026-01-01 .. 2027-01-01
currency: USD
components:
  - name: New business
    quota: bookings
    accumulate: quarter
    table:
      by: attainment
      behaviour: whole_amount
      tiers: [{from: 0%, rate: 8%}, {from: 100%, rate: 12%}]
"""


def plan(text: str = PLAN) -> Plan:
    found = load(text, "plan.yaml")
    assert isinstance(found, Plan), found
    return found


def facts(*deals: tuple[int, date, int]) -> Facts:
    year = {"start_on": day(YEAR.start_on), "end_on": day(YEAR.end_on)}
    quarters = [(date(2026, 1, 1), date(2026, 4, 1)), (date(2026, 4, 1), date(2026, 7, 1))]
    return Facts.of(
        deals=[
            {
                "deal_id": number, "owner_id": rep, "amount_cents": cents, "currency": "USD", "booked_on": day(on),
                "deal_type": "new", "product": "any", "stage": "won",
            }
            for number, (rep, on, cents) in enumerate(deals, start=1)
        ],
        quotas=[
            {
                "rep_id": rep, "name": "bookings", "start_on": day(start), "end_on": day(end), "currency": "USD",
                "amount_cents": 100_000_00,
            }
            for rep in (1, 2, 3) for start, end in quarters
        ],
        assignments=[{"rep_id": rep, "plan": "ae", **year} for rep in (1, 2, 3)],
    )  # fmt: skip


HISTORY = facts((1, date(2026, 2, 1), 96_000_00), (2, date(2026, 5, 1), 120_000_00))


def test_what_a_draft_changes_for_each_rep() -> None:
    found = simulate(HISTORY, [plan()], (plan(PLAN.replace("12%", "15%")), "ae"), YEAR)
    assert [(each.rep_id, each.now.minor, each.draft.minor, each.change_ppm) for each in found.impacts] == [
        (2, 14_400_00, 18_000_00, 250_000),
        (1, 7_680_00, 7_680_00, 0),
        (3, 0, 0, None),
    ]
    assert found.totals == ((Money(22_080_00, "USD"), Money(25_680_00, "USD")),)
    assert found.crossings == ()
    assert found.problems == ()


def test_who_reaches_a_tier_in_the_draft_only_is_named_with_both_sides() -> None:
    found = simulate(HISTORY, [plan()], (plan(PLAN.replace("from: 100%", "from: 95%")), "ae"), YEAR)
    assert [(each.rep_id, each.component, each.window, each.now, each.draft) for each in found.crossings] == [
        (1, "New business", "Q1 2026", "from 0%", "from 95%")
    ]


def test_a_gate_that_closes_and_a_cap_that_holds_are_cliffs() -> None:
    gated = PLAN + "    cap: {per_period: 9_000}\n"
    found = simulate(HISTORY, [plan()], (plan(gated), "ae"), YEAR)
    assert [(each.rep_id, each.now, each.draft) for each in found.crossings] == [
        (2, "below every cap", "held by a cap")
    ]
    gate = PLAN + (
        "    gates: [{component: Renewals, at_least: 10, over: quarter}]\n"
        "  - {name: Renewals, measure: {where: {type: renewal}}, rate: 1%}\n"
    )
    found = simulate(HISTORY, [plan()], (plan(gate), "ae"), YEAR)
    assert {(each.rep_id, each.now, each.draft) for each in found.crossings} == {
        (1, "gates open", "a gate is closed"),
        (2, "gates open", "a gate is closed"),
    }
    assert all(each.draft.minor == 0 for each in found.impacts)


def test_only_lines_of_the_days_count() -> None:
    first = Period("Q1", date(2026, 1, 1), date(2026, 4, 1))
    found = simulate(HISTORY, [plan()], (plan(PLAN.replace("8%", "9%")), "ae"), first)
    assert {each.rep_id: each.change.minor for each in found.impacts} == {1: 960_00, 2: 0, 3: 0}


def test_a_draft_of_another_year_and_name_pays_over_the_days_of_what_it_replaces() -> None:
    later = PLAN.replace("plan: ae", "plan: next").replace("2026-01-01 .. 2027-01-01", "2028-01-01 .. 2029-01-01")
    found = simulate(HISTORY, [plan()], (plan(later), "ae"), YEAR)
    assert all(not each.change for each in found.impacts)
    assert [each.name for each in in_place(plan(later), [plan()], "ae")] == ["ae"]


def test_what_stands_in_the_drafts_way_is_a_problem_of_the_draft() -> None:
    found = simulate(HISTORY, [plan()], (plan(PLAN.replace("quota: bookings", "quota: missing")), "ae"), YEAR)
    assert {problem.code for problem in found.problems} == {"quota_missing"}


def test_locked_periods_do_not_hold_a_draft_back() -> None:
    locks = [{"pays": "monthly", "start_on": day(date(2026, 2, 1)), "end_on": day(date(2026, 3, 1))}]
    locked = Facts.of(**{name: frame for name, frame in HISTORY.frames() if name != "locks"}, locks=locks)
    found = simulate(locked, [plan()], (plan(PLAN.replace("8%", "9%")), "ae"), YEAR)
    assert {each.rep_id: each.change.minor for each in found.impacts}[1] == 960_00


@settings(max_examples=25, deadline=None)
@given(
    deals=st.lists(
        st.tuples(st.integers(1, 3), st.dates(date(2026, 1, 1), date(2026, 6, 30)), st.integers(1, 150_000_00)),
        max_size=12,
    ),
    rates=st.tuples(st.integers(0, 20), st.integers(0, 30)),
    start=st.integers(50, 150),
)
def test_a_simulation_is_two_payroll_runs(
    deals: list[tuple[int, date, int]], rates: tuple[int, int], start: int
) -> None:
    draft = plan(PLAN.replace("8%", f"{rates[0]}%").replace("12%", f"{rates[1]}%").replace("100%", f"{start}%"))
    history = facts(*deals)
    found = simulate(history, [plan()], (draft, "ae"), YEAR)
    for each in found.impacts:
        for side, told in ((plan(), each.now), (draft, each.draft)):
            lines = calculate(history, [side], YEAR.last_on, reps=[each.rep_id]).lines
            assert told.minor == int(lines["amount_cents"].sum())
    now, then = found.totals[0]
    assert (then - now).minor == sum(each.change.minor for each in found.impacts)


@pytest.mark.parametrize("text", [PLAN.replace("whole_amount", "marginal"), PLAN.replace("quarter", "quota_period")])
def test_tiers_of_every_window_are_compared(text: str) -> None:
    found = simulate(HISTORY, [plan(text)], (plan(text.replace("from: 100%", "from: 95%")), "ae"), YEAR)
    assert [(each.rep_id, each.window, each.draft) for each in found.crossings] == [(1, "Q1 2026", "from 95%")]
