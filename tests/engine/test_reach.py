"""Who has to be loaded to calculate some reps, who may change with them, and that nothing else matters."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.dates import day
from engine.frames import Facts
from engine.reach import affected, needed
from tests.engine.booked import YEAR, deal, facts_of, on_plan, person, plan_of, quarters, run

if TYPE_CHECKING:
    from collections.abc import Collection

    from engine.calculation import Calculation
    from engine.plans.schema import Plan

SALES = """\
- {name: Sales, quota: bookings, accumulate: quarter, rate: 7%, cap: {per_period: 900}}
- {name: Pool, rate: 3%, accumulate: month, pool: {share: credit}}
"""
LEAD = """\
- {name: Override, measure: {team_commission: {levels: 2}}, rate: 10%}
- {name: Rolled, rate: 1%, gates: [{component: Rolled up, at_least: 100, over: month}]}
- {name: Rolled up, measure: {credited_by: [team]}, rate: 0%}
"""
HEAD = "crediting: [{rule: owner}, {rule: team, to: managers, levels: 1}]"
LEVELS = "- {name: Levels, levels: [{level: a, rate: 1%}, {level: b, rate: 3%}, {level: c, rate: 4%}]}"
PLANS = [plan_of(SALES, name="sales"), plan_of(LEAD, HEAD, "lead"), plan_of(LEVELS, name="levels")]
AS_OF = date(2026, 8, 15)


@st.composite
def companies(draw: st.DrawFn) -> Facts:
    """Eight people who report to higher numbers, some of whom move in May."""
    reps, may = range(1, 9), date(2026, 5, 1)
    people, assignments = [], []
    for rep in reps:
        title = draw(st.sampled_from("abc "))
        above = [draw(st.sampled_from([0, *range(rep + 1, 9)])) for _ in range(2)]
        spans = [(YEAR[0], may), (may, YEAR[1])] if draw(st.booleans()) else [YEAR]
        people += [person(rep, manager, title, span) for manager, span in zip(above, spans, strict=False)]
        for name in draw(st.lists(st.sampled_from(["sales", "lead", "levels"]), max_size=2, unique=True)):
            start = draw(st.sampled_from([YEAR[0], date(2026, 3, 17)]))
            assignments += on_plan([rep], name, (start, YEAR[1]))
    sold = [
        deal(
            number,
            draw(st.sampled_from(list(reps))),
            (draw(st.integers(1, 9)), draw(st.integers(1, 28))),
            draw(st.integers(-2_000_00, 9_000_00)),
        )
        for number in range(1, draw(st.integers(2, 14)))
    ]
    splits = []
    if draw(st.booleans()):
        pair = draw(st.lists(st.sampled_from(list(reps)), min_size=2, max_size=2, unique=True))
        splits = [{"deal_id": 1, "rep_id": rep, "share_ppb": 500_000_000} for rep in pair]
    quotas = [row for rep in reps for row in quarters(rep, 5_000_00)]
    return facts_of(sold, people=people, assignments=assignments, quotas=quotas, splits=splits)


def loaded(facts: Facts, reps: Collection[int]) -> Facts:
    """Only what is loaded for some reps."""
    frames = dict(facts.frames())
    shared = frames["splits"].loc[frames["splits"]["rep_id"].isin(reps), "deal_id"]
    deals = frames["deals"]
    frames["deals"] = deals[deals["owner_id"].isin(reps) | deals["deal_id"].isin(shared)]
    frames["splits"] = frames["splits"][frames["splits"]["deal_id"].isin(frames["deals"]["deal_id"])]
    frames["quotas"] = frames["quotas"][frames["quotas"]["rep_id"].isin(reps)]
    return Facts(**frames)


def said(calc: Calculation, reps: Collection[int]) -> list[list[object]]:
    """The lines of some reps, as values."""
    lines = calc.lines[calc.lines["rep_id"].isin(reps)]
    return [[str(value) for value in row] for row in lines.itertuples(index=False)]


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(companies(), st.sets(st.integers(1, 8), min_size=1, max_size=3))
def test_some_reps_are_paid_the_same_alone_as_in_a_full_run(facts: Facts, reps: set[int]) -> None:
    whole = run(PLANS, facts, AS_OF)
    alone = run(PLANS, facts, AS_OF, sorted(reps))
    assert said(alone, range(99)) == said(whole, reps)
    assert alone.credits.to_numpy().tolist() == whole.credits[whole.credits["rep_id"].isin(reps)].to_numpy().tolist()
    load = needed(PLANS, facts.people, facts.assignments, reps)
    assert load is not None
    assert reps <= load
    assert said(run(PLANS, loaded(facts, load), AS_OF, sorted(reps)), range(99)) == said(whole, reps)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(companies(), st.integers(1, 8))
def test_whoever_is_not_affected_keeps_every_line(facts: Facts, rep: int) -> None:
    before = run(PLANS, facts, AS_OF)
    more = pd.concat([facts.deals, Facts.of(deals=[deal(99, rep, (4, 4), 3_000_00)]).deals], ignore_index=True)
    more = more.astype(dict.fromkeys(("currency", "deal_type", "product", "stage"), "category"))
    after = run(PLANS, Facts(**(dict(facts.frames()) | {"deals": more})), AS_OF)
    others = set(range(1, 9)) - affected(PLANS, facts.people, facts.assignments, [rep])
    assert said(after, others) == said(before, others)


PEOPLE = [person(1, 3), person(2, 3), person(3, 4), person(4, 0)]


def reach_of(plan: Plan, reps: Collection[int]) -> tuple[frozenset[int] | None, frozenset[int]]:
    frames = Facts.of(people=PEOPLE, assignments=on_plan([1, 2, 3, 4]))
    return (
        needed([plan], frames.people, frames.assignments, reps),
        affected([plan], frames.people, frames.assignments, reps),
    )


def test_a_plan_of_own_deals_needs_and_affects_nobody_else() -> None:
    assert reach_of(plan_of("- {name: Sales, rate: 5%}"), [3]) == ({3}, {3})


def test_a_roll_up_needs_the_levels_below_and_affects_those_above() -> None:
    plan = plan_of("- {name: Sales, rate: 5%}", "crediting: [{rule: owner}, {rule: up, to: managers, levels: 1}]")
    assert reach_of(plan, [4]) == ({3, 4}, {4})
    assert reach_of(plan, [1]) == ({1}, {1, 3})


def test_an_override_needs_everybody_below_whose_pay_it_counts() -> None:
    plan = plan_of("- {name: Lead, rate: 5%, measure: {team_commission: {levels: 1}}}")
    assert reach_of(plan, [4]) == ({1, 2, 3, 4}, {4})
    assert reach_of(plan, [1]) == ({1}, {1, 3, 4})


def test_a_pool_needs_and_affects_everybody_on_the_plan() -> None:
    plan = plan_of("- {name: Pool, rate: 5%, accumulate: month, pool: {share: equal}}")
    assert reach_of(plan, [2]) == ({1, 2, 3, 4}, {1, 2, 3, 4})


def test_an_overlay_for_a_role_may_need_anybodys_deals() -> None:
    head = "crediting: [{rule: owner}, {rule: overlay, to: role, role: rep}]"
    assert reach_of(plan_of("- {name: Sales, rate: 5%}", head), [2]) == (None, {1, 2, 3, 4})


def test_days_do_not_matter_to_reach() -> None:
    gone = person(5, 4, span=(date(2020, 1, 1), date(2021, 1, 1)))
    frames = Facts.of(people=[*PEOPLE, gone], assignments=on_plan([1, 2, 3, 4, 5]))
    plan = plan_of("- {name: Lead, rate: 5%, measure: {team_commission: {levels: 1}}}")
    assert needed([plan], frames.people, frames.assignments, [4]) == {1, 2, 3, 4, 5}
    assert day(YEAR[0]) > int(frames.people["end_on"].min())
